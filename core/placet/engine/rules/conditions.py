"""The conditions of a search by a check: read from its arguments, and judged on an item as this act leaves it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import TypeAdapter

from placet.definitions.items import Fields, ItemType
from placet.engine.act.lenient import defaults
from placet.engine.act.queries import Condition
from placet.engine.act.records import ItemRecord
from placet.engine.act.sorting import VALUE_LIMIT, as_compared, decimal_fields, sortable
from placet.errors import DefinitionError

_JSON: TypeAdapter[Any] = TypeAdapter(Any)
_LISTS: frozenset[Any] = frozenset({list, tuple, set, frozenset, Sequence})
#: Annotations that say nothing of the values.
_UNKNOWN: frozenset[Any] = frozenset({Any, object})
#: Operators that name values.
_NAMING = frozenset({"eq", "has", "any"})
#: Texts to which other values sort too: truth, numbers, and moments, in `sortable`.
_SORTED_OTHERWISE = re.compile(r"[01]|[0-9a-f]{16}|.*[0-9]Z")
_OPERATORS = ("lt", "le", "gt", "ge", "has", "any")


def condition_of(item_type: ItemType, name: str, value: Any) -> Condition:
    """The condition of an argument such as `risk="high"` or `planned_start__lt=moment`.

    Raises:
        DefinitionError: the field is not indexed.
    """
    field, _, op = name.rpartition("__")
    if op not in _OPERATORS or not field:
        field, op = name, "eq"
    if field not in item_type.indexed:
        raise DefinitionError(
            f"a check searches {item_type.id} by {field}, which is not indexed: declare it in the item type's"
            " `indexed`"
        )
    fields = item_type.fields
    if op == "any":
        each = _JSON.dump_python([one for one in value if one is not None], mode="json")
        if field in decimal_fields(fields):
            each = [as_compared(fields, field, one) for one in each]
        return Condition(field, op, tuple(dict.fromkeys(each)))
    return Condition(field, op, as_compared(fields, field, _JSON.dump_python(value, mode="json")))


def holds(condition: Condition, item_type: ItemType, record: ItemRecord) -> bool:
    """Whether an item fits a condition."""
    value, bound = _compared(item_type.fields, condition.field, record), condition.value
    if isinstance(bound, tuple):
        return not set(bound).isdisjoint(value if isinstance(value, list) else [value])
    if condition.op == "has":
        return isinstance(value, list) and bound in value
    if condition.op == "eq":
        return bool(value == bound)
    if value is None:
        return False
    mine, bound = sortable(value), sortable(bound)
    match condition.op:
        case "lt":
            return mine < bound
        case "le":
            return mine <= bound
        case "gt":
            return mine > bound
        case _:
            return mine >= bound


def is_exact(condition: Condition, item_type: ItemType) -> bool:
    """Whether the index finds an item by this condition only where `holds` does, so that nothing is left to judge.

    So it is with bounds, and with keys and words. Two numbers, moments or long texts may sort alike and differ.
    """
    listed = _is_list(item_type.fields, condition.field)
    if condition.op not in _NAMING:
        # The index has an empty text for a missing value.
        return listed is False and not isinstance(condition.value, tuple) and sortable(condition.value) != ""
    bounds = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    fits = {"eq": listed is False, "has": listed is True, "any": True}[condition.op]
    return fits and all(isinstance(bound, str) and _is_word(bound) for bound in bounds)


def _is_word(text: str) -> bool:
    return (
        0 < len(text) < VALUE_LIMIT and sortable(text) == text and _SORTED_OTHERWISE.fullmatch(text) is None
    )


@lru_cache(maxsize=4096)
def _is_list(model: type[Fields], field: str) -> bool | None:
    """Whether a field holds lists; `None` where it may hold one or not."""
    kinds = {get_origin(kind) or kind for kind in _alternatives(model.model_fields[field].annotation)}
    lists = kinds & _LISTS
    plain = kinds - lists
    unclear = kinds & _UNKNOWN or any(_may_be_many(kind) for kind in plain)
    return None if unclear or (lists and plain) else bool(lists)


def _may_be_many(kind: Any) -> bool:
    if not isinstance(kind, type):
        return kind is not Literal
    return issubclass(kind, Collection) and not issubclass(kind, str)


def _alternatives(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in {Union, UnionType}:
        for each in get_args(annotation):
            yield from _alternatives(each)
    elif annotation is not NoneType:
        yield annotation


def _compared(model: type[Fields], field: str, record: ItemRecord) -> Any:
    """A field of an item in the form that is compared with the conditions of a search."""
    value = record.fields.get(field, defaults(model).get(field))
    if field not in decimal_fields(model):
        return value
    if isinstance(value, list):
        return [as_compared(model, field, each) for each in value]
    return as_compared(model, field, value)
