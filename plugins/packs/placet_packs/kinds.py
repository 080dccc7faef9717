"""Kinds of values: as annotations of fields, as types of CEL, and as CEL takes the values themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from cel_expr_python import cel
from pydantic import AwareDatetime

from placet import ActorId, ItemKey, Line, Moment, Text
from placet.errors import DefinitionError
from placet_packs.models import Kind

_ANNOTATIONS: Mapping[Kind, Any] = {
    Kind.LINE: Line, Kind.TEXT: Text, Kind.INTEGER: int, Kind.DECIMAL: Decimal, Kind.FLAG: bool, Kind.DATE: date,
    Kind.MOMENT: Moment, Kind.DURATION: timedelta, Kind.PERSON: ActorId, Kind.ITEM: ItemKey,
}  # fmt: skip
_TYPES: tuple[tuple[type, cel.Type], ...] = (
    (bool, cel.Type.BOOL),  # before int, which it is in Python too
    (int, cel.Type.INT),
    (float, cel.Type.DOUBLE),
    (Decimal, cel.Type.DOUBLE),
    (str, cel.Type.STRING),
    (datetime, cel.Type.TIMESTAMP),  # before date
    (AwareDatetime, cel.Type.TIMESTAMP),  # a class of its own
    (date, cel.Type.STRING),
    (timedelta, cel.Type.DURATION),
)


def annotation_of(kind: Kind, choices: tuple[str, ...]) -> Any:
    """The annotation of a field.

    Raises:
        DefinitionError: a choice without values, or values without a choice.
    """
    if (kind is Kind.CHOICE) != bool(choices):
        raise DefinitionError(
            "a choice lists its values in `choices`"
            if kind is Kind.CHOICE
            else "`choices` belong to the type choice"
        )
    return Literal[choices] if choices else _ANNOTATIONS[kind]


def cel_type(annotation: Any) -> cel.Type | None:
    """The type of an annotation in CEL; `None` for one that expressions cannot read."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return cel_type(inner[0])
    if origin in {Union, UnionType}:
        found = [cel_type(each) for each in inner if each is not NoneType]
        return found[0] if found and all(each == found[0] for each in found) else None
    if origin is Literal:
        return cel_type(type(inner[0]))
    if origin in {list, tuple, set, frozenset}:
        member = cel_type(inner[0])
        return None if member is None else cel.Type.List(member)
    if isinstance(annotation, type):
        return next((found for kind, found in _TYPES if issubclass(annotation, kind)), None)
    return None


def cel_value(value: Any) -> Any:
    """A value as CEL takes it: a day as its text, which sorts as the days do, and a decimal as a double.

    CEL has no decimals. A double holds each decimal of up to 15 digits, so that comparisons with it are right; one of
    more digits may be on the wrong side of a limit.

    Raises:
        DefinitionError: a decimal that a double does not hold; its check is unknown then, and blocks.
    """
    match value:
        case Enum():
            return cel_value(value.value)
        case Decimal():
            return _double(value)
        case datetime():
            return value
        case date():
            return value.isoformat()
        case list() | tuple() | set() | frozenset():
            return [cel_value(each) for each in value]
        case _:
            return value


def _double(value: Decimal) -> float:
    found = float(value)
    if Decimal(repr(found)) != value:
        raise DefinitionError(
            f"the decimal {value} has more digits than conditions compare, which are 15: shorten it"
        )
    return found
