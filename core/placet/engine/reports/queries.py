"""Queries given as text: their names are checked against the rules of the workspaces that are searched."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from placet.catalog.catalog import Catalog
from placet.definitions.items import Fields, json_schema
from placet.engine.act.indexing import ValuesOf
from placet.engine.act.queries import Condition, ItemQuery, Scalar
from placet.engine.act.sorting import decimal_fields
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import MalformedError, NotFoundError

#: Sorts that every item has.
BASIC_SORTS = ("key", "created_at", "updated_at")
CATEGORIES = ("todo", "active", "waiting", "done", "cancelled")


def indexed_fields(catalogs: Sequence[Catalog], type: str | None) -> dict[str, str]:
    """Indexed fields by name, with their JSON types."""
    found: dict[str, str] = {}
    for catalog in catalogs:
        for item_type in catalog.item_types.values():
            if type in {None, item_type.id}:
                kinds = _json_types(item_type.fields)
                for name in item_type.indexed:
                    kind = kinds.get(name, "string")
                    # A list in one type is a list in all, as an item of it has several values.
                    found[name] = kind if found.get(name) != "array" else "array"
    return found


def values_of(unit: UnitOfWork, query: ItemQuery) -> ValuesOf | None:
    """The computation of items' values, where the index that a query needs is not complete; `None` where it is."""
    by_field = query.sort.removeprefix("-") not in BASIC_SORTS
    if not (by_field or query.conditions or query.assignee):
        return None
    complete = all(
        unit.is_indexed(place, type)
        for place in (*(query.workspaces or ()), *(query.elsewhere.workspaces if query.elsewhere else ()))
        for type in unit.catalog(place).item_types
        if query.type in {None, type}
    )
    return None if complete else unit.index_values


def is_computed(unit: UnitOfWork, workspace: str, type: str) -> bool:
    """Whether the computed fields of a type's items are stored as its definition computes them."""
    return unit.is_computed(workspace, unit.catalog(workspace).item_types[type])


def is_complete(unit: UnitOfWork, query: ItemQuery) -> bool:
    """Whether the computed fields by which a query selects or sorts are stored as the rules in force compute them.

    Only the index can be done without, since it follows from stored fields. After a change of rules the worker computes
    fields again item by item, which takes a while.
    """
    names = {query.sort.removeprefix("-"), *(each.field for each in query.conditions)}
    names |= {"assignee"} if query.assignee is not None else set()
    return all(
        is_computed(unit, place, item_type.id)
        for place in (*(query.workspaces or ()), *(query.elsewhere.workspaces if query.elsewhere else ()))
        for item_type in unit.catalog(place).item_types.values()
        if query.type in {None, item_type.id} and not names.isdisjoint(item_type.computed_fields)
    )


def demand_known(
    catalogs: Sequence[Catalog], type: str | None, states: Sequence[str], categories: Sequence[str]
) -> None:
    """Raises `MalformedError` for an unknown item type, state or category, with the nearest names."""
    types = {t.id: t for catalog in catalogs for t in catalog.item_types.values()}
    if type is not None and type not in types:
        raise _no_such("item type", type, types)
    looked_at = [types[type]] if type is not None else list(types.values())
    known = {state.id for item_type in looked_at for state in item_type.workflow.states}
    for state in states:
        if state not in known:
            raise _no_such("state", state, known)
    for category in categories:
        if category not in CATEGORIES:
            raise _no_such("category", category, CATEGORIES)


def demand_sort(sort: str, indexed: Mapping[str, str]) -> None:
    """Raises `MalformedError` for a field that lists cannot be sorted by, with the nearest names."""
    # A list field has several values, so that an item would appear in several places.
    fields = [name for name, kind in indexed.items() if kind != "array"]
    name, known = sort.removeprefix("-"), [*BASIC_SORTS, *fields]
    if name not in known:
        raise _no_such("sort", name, known)


def _no_such(kind: str, name: str, known: Iterable[str]) -> MalformedError:
    return MalformedError(str(NotFoundError(kind, name[:100], known)))


@lru_cache(maxsize=1024)
def _json_types(fields: type[Fields]) -> Mapping[str, str]:
    """The JSON type of each field; every list asks for those of all item types."""
    decimals = decimal_fields(fields)
    properties = json_schema(fields).get("properties", {})
    return {name: _json_type(schema, decimal=name in decimals) for name, schema in properties.items()}


def _json_type(schema: Mapping[str, object], *, decimal: bool) -> str:
    """`integer`, `number`, `boolean`, `array` or `string`, for optional fields too."""
    options = schema.get("anyOf", [schema])
    given = options if isinstance(options, list) else []
    types = [option.get("type") for option in given if isinstance(option, Mapping)]
    known = [str(each) for each in types if each not in {None, "null"}]
    if "string" in known:
        # A decimal may be sent as a number or as text. In other unions with text, the text may be anything.
        return "number" if decimal else "string"
    return known[0] if known else "string"


def condition(field: str, value: str, indexed: Mapping[str, str]) -> Condition:
    """A text as a bound on an indexed field. Raises `MalformedError` where it does not fit the field's type."""
    if field not in indexed:
        raise _no_such("indexed field", field, indexed)
    kind = indexed[field]
    parsed: Scalar = value
    try:
        if kind == "integer":
            parsed = int(value)
        elif kind == "number":
            parsed = _number(value)
        elif kind == "boolean":
            parsed = {"true": True, "false": False}[value]
    except (ValueError, KeyError):
        raise MalformedError(f'field.{field} is of type {kind}, and "{value[:50]}" is not') from None
    return Condition(field, "has" if kind == "array" else "eq", parsed)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
