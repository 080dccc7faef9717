"""Bounds on indexed values, and the rows of narrow tables that lead to items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, TextClause, and_, bindparam, text

from placet.engine.act.queries import Condition
from placet.engine.act.sorting import sortable
from placet.store.tables import item_values

T = TypeVar("T")

#: A missing value is the empty text, which sorts before every other value.
_COMPARED: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "eq": lambda column, value: column == value,
    "has": lambda column, value: column == value,
    "any": lambda column, value: column.in_(value),
    "lt": lambda column, value: and_(column < value, column != ""),
    "le": lambda column, value: and_(column <= value, column != ""),
    "gt": lambda column, value: column > value,
    "ge": lambda column, value: column >= value,
}
#: Operators that name the values they look for, so that an index leads to few rows.
NAMING = frozenset({"eq", "has", "any"})


def compared(values: Any, n: int, op: str) -> list[ColumnElement[bool]]:
    """The bound with a number, on `item_values` or an alias of it; its parameters are those of `given`."""
    bound = bindparam(f"search_value_{n}", type_=item_values.c.value.type, expanding=op == "any")
    return [
        values.c.field == bindparam(f"search_field_{n}", type_=item_values.c.field.type),
        _COMPARED[op](values.c.value, bound),
    ]


def given(conditions: Sequence[Condition]) -> dict[str, Any]:
    """The parameters of bounds, numbered from 0 on."""
    parameters: dict[str, Any] = {}
    for n, condition in enumerate(conditions):
        parameters[f"search_field_{n}"] = condition.field
        parameters[f"search_value_{n}"] = (
            filled([sortable(each) for each in condition.value])
            if isinstance(condition.value, tuple)
            else sortable(condition.value)
        )
    return parameters


def contained(text: str) -> str:
    """A pattern that finds a text inside others; its special characters are escaped by `/`."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def among(start: Sequence[ColumnElement[Any]], *, sqlite: bool) -> TextClause:
    """The condition that workspace and number are among `refs`, a list of pairs as JSON: of any length."""
    columns = ", ".join(f"{column.table.name}.{column.name}" for column in start)
    if sqlite:
        pairs = "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:refs)"
    else:
        pairs = "SELECT pair->>0, CAST(pair->>1 AS bigint) FROM jsonb_array_elements(CAST(:refs AS jsonb)) AS pair"
    return text(f"({columns}) IN ({pairs})")


def named(column: ColumnElement[Any], *, sqlite: bool) -> TextClause:
    """The condition that a column's value is one of `names`, a list of texts as JSON: of any length."""
    values = (
        "SELECT value FROM json_each(:names)"
        if sqlite
        else "SELECT jsonb_array_elements_text(CAST(:names AS jsonb))"
    )
    return text(f"{column.table.name}.{column.name} IN ({values})")


def filled(values: list[T]) -> list[T]:
    """The values, filled up with the last one to the next power of two, so that few statements have to be prepared."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))
