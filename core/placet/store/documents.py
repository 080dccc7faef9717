"""Queries inside JSON: the same questions in the dialects of SQLite and PostgreSQL.

Values of another kind than asked for count as missing: an item may have been written when its field had another type.
Moments are whole microseconds since 1970, exact on both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Numeric,
    String,
    Text,
    and_,
    case,
    cast,
    column,
    exists,
    extract,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from placet.engine.act.queries import Scalar

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EMPTY: tuple[Any, ...] = (None, [], {})
_BLANKS = " \t\r\n"
_LOOKS_LIKE_A_MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$"
_LOOKS_LIKE_A_NUMBER = r"^-?\d+(\.\d+)?([eE][+-]?\d+)?$"

Sql = ColumnElement[Any]


class Documents(Protocol):
    """Questions about JSON. `document` is a JSON column, `name` a member."""

    def text(self, document: Sql, name: str) -> Sql:
        """The text of a JSON text that is kept as text."""
        ...

    def holds(self, document: Sql, name: str, values: Sequence[Scalar]) -> Sql:
        """Whether the member is one of the values, or a list that contains one of them."""
        ...

    def given(self, document: Sql, name: str) -> Sql:
        """Whether the member exists and is not empty."""
        ...

    def has(self, document: Sql, name: str, inner: str) -> Sql:
        """Whether the member, an object, has a member."""
        ...

    def number(self, document: Sql, name: str) -> Sql: ...
    def moment(self, document: Sql, name: str) -> Sql: ...
    def json(self, document: Sql, name: str) -> Sql:
        """The member as JSON text."""
        ...

    def micros(self, moment: Sql) -> Sql:
        """A column of moments as microseconds."""
        ...


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


class PostgresqlDocuments:
    """Over JSONB."""

    def text(self, document: Sql, name: str) -> Sql:
        return _text(cast(document, JSONB), name)

    def holds(self, document: Sql, name: str, values: Sequence[Scalar]) -> Sql:
        # A scalar contains itself, and a list each of its members.
        return or_(*(document[name].bool_op("@>")(literal(value, JSONB)) for value in values))

    def given(self, document: Sql, name: str) -> Sql:
        document = cast(document, JSONB)  # it may be kept as text
        return and_(
            document[name].is_not(None),
            document[name].not_in([literal(empty, JSONB) for empty in _EMPTY]),
            func.btrim(_text(document, name), _BLANKS) != "",
        )

    def has(self, document: Sql, name: str, inner: str) -> Sql:
        there: Sql = document.op("->", return_type=JSONB())(name).bool_op("?")(inner)
        return there

    def number(self, document: Sql, name: str) -> Sql:
        text = _text(document, name)
        return case((text.regexp_match(_LOOKS_LIKE_A_NUMBER), cast(text, Numeric)))

    def moment(self, document: Sql, name: str) -> Sql:
        text = _text(document, name)
        return self.micros(
            case((text.regexp_match(_LOOKS_LIKE_A_MOMENT), cast(text, TIMESTAMP(timezone=True))))
        )

    def json(self, document: Sql, name: str) -> Sql:
        return cast(document[name], Text)

    def micros(self, moment: Sql) -> Sql:
        return cast(extract("epoch", moment) * literal_column("1000000"), BigInteger)


def _text(document: Sql, name: str) -> Sql:
    return document.op("->>", return_type=Text())(name)


class SqliteDocuments:
    """SQLite: over text, with functions that `install` adds to a connection."""

    def text(self, document: Sql, name: str) -> Sql:
        return func.json_extract(document, _path(name), type_=String)

    def holds(self, document: Sql, name: str, values: Sequence[Scalar]) -> Sql:
        # One row for a scalar, and one for each member of a list.
        each = func.json_each(document, _path(name)).table_valued(column("value"), column("type"))
        return exists(select(1).select_from(each).where(or_(*(self._is(each.c, v) for v in values))))

    def _is(self, each: Any, value: Scalar) -> Sql:
        if isinstance(value, bool):
            return and_(each.type == ("true" if value else "false"))
        kinds = ["text"] if isinstance(value, str) else ["integer", "real"]
        return and_(each.type.in_(kinds), each.value == value)

    def given(self, document: Sql, name: str) -> Sql:
        kind, value = self._kind(document, name), self.text(document, name)
        return and_(
            kind.is_not(None),
            kind != "null",
            not_(and_(kind == "text", func.trim(value, _BLANKS) == "")),
            not_(and_(kind.in_(["array", "object"]), value.in_(["[]", "{}"]))),
        )

    def has(self, document: Sql, name: str, inner: str) -> Sql:
        kind: Sql = func.json_type(document, f'{_path(name)}."{inner}"', type_=String)
        there: Sql = kind.is_not(None)
        return there

    def number(self, document: Sql, name: str) -> Sql:
        known = self._kind(document, name).in_(["integer", "real", "text"])
        return case((known, func.placet_number(func.json_extract(document, _path(name)), type_=Float)))

    def moment(self, document: Sql, name: str) -> Sql:
        return func.placet_micros(func.json_extract(document, _path(name)), type_=BigInteger)

    def json(self, document: Sql, name: str) -> Sql:
        kind = self._kind(document, name)
        text = func.json_quote(func.json_extract(document, _path(name)))
        return case((kind.in_(["true", "false"]), kind), else_=text)

    def micros(self, moment: Sql) -> Sql:
        return func.placet_micros(moment, type_=BigInteger)

    def _kind(self, document: Sql, name: str) -> Sql:
        return func.json_type(document, _path(name), type_=String)


def _path(name: str) -> str:
    return f'$."{name}"'


def _number_of(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]  # SQLite gives texts, numbers and nothing
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _micros_of(value: object) -> int | None:
    if not isinstance(value, str) or not value.endswith("Z"):
        return None
    try:
        return micros(datetime.fromisoformat(value))
    except ValueError:
        return None


def install(connection: Any) -> None:
    """Add missing functions to a connection to SQLite."""
    connection.create_function("placet_number", 1, _number_of, deterministic=True)
    connection.create_function("placet_micros", 1, _micros_of, deterministic=True)


def documents(dialect: str) -> Documents:
    """The dialect of a database."""
    return SqliteDocuments() if dialect == "sqlite" else PostgresqlDocuments()
