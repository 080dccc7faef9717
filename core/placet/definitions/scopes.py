"""The items that a gate is for, as plain data: conditions on their fields, all of which have to hold.

    {"type": ["normal", "emergency"], "cis": ["OPS-3"], "users_affected": {"at_least": 100}}

A field has one of some values, or lies in a range; a list has one of the values in it. An empty field is in scope: a
gate is not left by leaving something out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from placet.definitions.document import canonical, plain
from placet.errors import nearest

#: The reading of a check that did not run, as its gate is not for the item: the fields by which it is not.
OUT_OF_SCOPE = "out_of_scope"
#: By field: its values, or its range with `at_least`, `at_most` or both.
Scope = Mapping[str, Any]
_LEAST, _MOST = "at_least", "at_most"
_NUMBER = (int, float, Decimal)


def beyond(scope: Scope, fields: BaseModel) -> dict[str, Any]:
    """The fields by which an item is out of scope, with their values; empty for one that is in it."""
    values = {name: getattr(fields, name) for name in scope}
    return {name: plain(value) for name, value in values.items() if not _holds(scope[name], value)}


def _holds(wanted: Any, value: Any) -> bool:
    if value is None or value in ("", (), []):
        return True
    if isinstance(wanted, Mapping):
        least, most = wanted.get(_LEAST), wanted.get(_MOST)
        return (least is None or value >= least) and (most is None or value <= most)
    found = plain(value)
    return any(each in wanted for each in (found if isinstance(found, list) else [found]))


def scope_faults(scope: Scope, fields: type[BaseModel], item_type: str) -> Iterator[str]:
    """Why a scope would not work on items with these fields: unknown fields, and values that they never have."""
    for name, wanted in scope.items():
        if name not in fields.model_fields:
            yield f'{item_type} has no field "{name}" for its scope{nearest(name, fields.model_fields)}'
        elif isinstance(wanted, Mapping):
            yield from _range_faults(fields, name, wanted)
        else:
            yield from _value_faults(fields, name, wanted)


def _range_faults(fields: type[BaseModel], name: str, wanted: Mapping[str, Any]) -> Iterator[str]:
    unknown = sorted(set(wanted) - {_LEAST, _MOST})
    bounds = [each for each in wanted.values() if each is not None]
    if unknown or not bounds:
        yield f'the range of the field "{name}" has {", ".join(unknown) or "no bound"}: give at_least, at_most or both'
    elif not all(_is_number(each) and _is_number(_read(fields, name, each)) for each in bounds):
        yield f'the field "{name}" has no range; its values are not numbers: list them'


def _is_number(value: Any) -> bool:
    return isinstance(value, _NUMBER) and not isinstance(value, bool)


def _value_faults(fields: type[BaseModel], name: str, wanted: Any) -> Iterator[str]:
    if not isinstance(wanted, list | tuple) or not wanted:
        yield f'the field "{name}" has no values in the scope: list some, or take it out'
        return
    for each in wanted:
        if plain(_read(fields, name, each)) not in (each, [each]):
            hint = (
                nearest(each, _choices(fields.model_fields[name].annotation)) if isinstance(each, str) else ""
            )
            yield f'the field "{name}" never has the value {canonical(each)}{hint}'


def _choices(annotation: Any) -> list[str]:
    """The values of the enumerations and literals in a type."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(each.value) for each in annotation]
    inner = [each for each in get_args(annotation) if each is not annotation]
    return [found for each in inner for found in ([each] if isinstance(each, str) else _choices(each))]


def _read(fields: type[BaseModel], name: str, value: Any) -> Any:
    """A value, or a list of it alone, as the field would keep it; `None` where it fits in neither form."""
    for said in (value, [value]):
        try:
            return _adapter(fields, name).validate_json(canonical(said))
        except ValidationError:
            continue
    return None


@lru_cache(maxsize=1024)
def _adapter(fields: type[BaseModel], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(fields.model_fields[name].rebuild_annotation())
