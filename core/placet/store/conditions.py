"""Bounds on indexed values, and the rows of narrow tables that lead to items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    TextClause,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB

from placet.engine.act.queries import Condition, Scalar
from placet.engine.act.records import ItemRef
from placet.engine.act.sorting import sortable
from placet.store.json import dumps
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
#: The operator `any` of very many values: one statement serves any number of them, and a database need not parse each.
MANY = "many"
#: More values than this are very many.
_FEW = 64
#: Operators that name the values they look for, so that an index leads to few rows.
NAMING = frozenset({"eq", "has", "any", MANY})


def operators(conditions: Sequence[Condition]) -> tuple[str, ...]:
    """The operators of conditions, as the shape of a statement depends on them."""
    return tuple(
        [MANY if isinstance(each.value, tuple) and len(each.value) > _FEW else each.op for each in conditions]
    )


def compared(values: Any, n: int, op: str, *, sqlite: bool) -> list[ColumnElement[bool]]:
    """The bound with a number, on `item_values` or an alias of it; its parameters are those of `given`."""
    return [_field(values, n), _bound(values.c.value, n, op, sqlite=sqlite)]


def looked_up(n: int, op: str, *, sqlite: bool) -> list[ColumnElement[bool]]:
    """The same bound, on the rows of `item_values` of one item at a time."""
    # An item has few values: SQLite would rather look for each of those that are named.
    value = literal_column("+item_values.value", String()) if sqlite else item_values.c.value
    return [_field(item_values, n), _bound(value, n, op, sqlite=sqlite)]


def _field(values: Any, n: int) -> ColumnElement[bool]:
    found: ColumnElement[bool] = values.c.field == bindparam(
        f"search_field_{n}", type_=item_values.c.field.type
    )
    return found


def _bound(value: ColumnElement[Any], n: int, op: str, *, sqlite: bool) -> ColumnElement[bool]:
    if op == MANY:
        return value.in_(_listed(n)) if sqlite else value == any_(_array(n))
    bound = bindparam(f"search_value_{n}", type_=item_values.c.value.type, expanding=op == "any")
    return _COMPARED[op](value, bound)


def _listed(n: int) -> Select[Any]:
    """The values of a list that is given as JSON, on SQLite."""
    return select(func.json_each(bindparam(f"search_value_{n}")).table_valued("value").c.value)


def _array(n: int) -> ColumnElement[Any]:
    """The same on PostgreSQL: an array, which an index takes as it is; a set would be one more table to join."""
    values = func.jsonb_array_elements_text(cast(bindparam(f"search_value_{n}", type_=String()), JSONB))
    return func.array(select(values).scalar_subquery())


def given(conditions: Sequence[Condition]) -> dict[str, Any]:
    """The parameters of bounds, numbered from 0 on."""
    parameters: dict[str, Any] = {}
    for n, condition in enumerate(conditions):
        parameters[f"search_field_{n}"] = condition.field
        value = condition.value
        parameters[f"search_value_{n}"] = _texts_of(value) if isinstance(value, tuple) else sortable(value)
    return parameters


def _texts_of(values: Sequence[Scalar]) -> str | list[str]:
    texts = [sortable(each) for each in values]
    return dumps(texts) if len(texts) > _FEW else filled(texts)


def contained(text: str) -> str:
    """A pattern that finds a text inside others; its special characters are escaped by `/`."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def among(start: Sequence[ColumnElement[Any]], *, sqlite: bool) -> ColumnElement[bool] | TextClause:
    """The condition that workspace and number are among `refs`, a list of pairs as JSON: of any length.

    SQLite finds no row by an index where pairs of a text and a number are compared with a list of pairs: it would read
    the whole workspace, or the whole table. So the list leads there, and each of its pairs is found by the index.
    """
    if sqlite:
        (table,) = {column.table.name for column in start}
        same = " AND ".join(
            f"here.{column.name} = json_extract(pair.value, '$[{n}]')" for n, column in enumerate(start)
        )
        found = text(f"json_each(:refs) AS pair CROSS JOIN {table} AS here ON {same}")
        rows: Any = select(literal_column("here.rowid")).select_from(found)
        return literal_column(f"{table}.rowid").in_(rows)
    columns = ", ".join(f"{column.table.name}.{column.name}" for column in start)
    pairs = (
        "SELECT pair->>0, CAST(pair->>1 AS bigint) FROM jsonb_array_elements(CAST(:refs AS jsonb)) AS pair"
    )
    return text(f"({columns}) IN ({pairs})")


def these(key: Sequence[ColumnElement[Any]], *, sqlite: bool) -> ColumnElement[bool] | TextClause:
    """The condition that workspace and number are among `refs`, which `pairs` gives: for a few items."""
    if sqlite:
        return among(key, sqlite=True)
    refs: BindParameter[Any] = bindparam("refs", expanding=True)
    return tuple_(*key).in_(refs)


def pairs(refs: Sequence[ItemRef], *, sqlite: bool) -> Any:
    """The parameter of `these`."""
    return dumps([tuple(ref) for ref in refs]) if sqlite else filled([tuple(ref) for ref in refs])


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
