"""The statements of a plain transition, given to the driver itself.

SQLAlchemy builds and compiles them, and its types turn the values; only its execution is passed by, which costs more
than the rest of a transition. Where the driver begins transactions late (asyncpg's), it is for autocommit alone.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, cast

import asyncpg
from sqlalchemy import ClauseElement, Connection, Dialect, Engine, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import await_only

from placet.engine.ports import LostError
from placet.engine.records import ItemRef
from placet.store import statements as sql
from placet.store.tables import items

Convert = Callable[[Any], Any]

_COLUMNS = (*(column.name for column in items.c), "workspace_version", "place")
_Row = namedtuple("_Row", _COLUMNS, defaults=[None])  # type: ignore[misc]  # noqa: PYI024  # the columns are the table's


class Direct(Protocol):
    """Reads one item, and writes one move of it."""

    def item(self, connection: Connection, ref: ItemRef) -> Any:
        """The item's row with its `place`, or `None`."""
        ...

    def move(self, connection: Connection, values: Mapping[str, Any], *, answered: bool) -> None:
        """Write an item read by `item`, its event and perhaps an answer.

        Raises `LostError` if somebody was faster.
        """
        ...


def direct(engine: Engine, *, asynchronous: bool) -> Direct | None:
    """For SQLite and asyncpg; other drivers go the long way."""
    if engine.dialect.name == "sqlite":
        return _Sqlite(engine.dialect)
    return _Asyncpg(engine.dialect) if asynchronous else None


class _Prepared:
    """A statement's text, and how its parameters are turned into what the driver takes."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled = cast("SQLCompiler", cast("ClauseElement", statement).compile(dialect=dialect))
        self.text = str(compiled)
        self._parameters: list[tuple[str, Convert | None]] = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]

    def given(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters in the statement's order."""
        return [
            values[name] if convert is None else convert(values[name]) for name, convert in self._parameters
        ]


class _Reader:
    """Turns a driver's row of an item into that of `placet.store.rows`."""

    def __init__(self, dialect: Dialect) -> None:
        self._converts: list[tuple[int, Convert]] = []
        for n, column in enumerate(items.c):
            convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if convert is not None:
                self._converts.append((n, convert))

    def row(self, found: Iterable[Any]) -> Any:
        """The row with values of ours."""
        values = list(found)
        for n, convert in self._converts:
            values[n] = convert(values[n])
        return _Row(*values)


class _Sqlite:
    """Inside a transaction that has begun."""

    def __init__(self, dialect: Dialect) -> None:
        self._load = _Prepared(sql.LOAD_ITEM, dialect)
        self._reader = _Reader(dialect)
        self._update = _Prepared(sql.UPDATE_ITEM, dialect)
        self._state = _Prepared(sql.UPDATE_STATE, dialect)
        self._event = _Prepared(sql.RECORD_EVENT, dialect)
        self._position = _Prepared(sql.RECORD_POSITION, dialect)
        self._answer = _Prepared(sql.RECORD_ANSWER, dialect)

    def _run(self, connection: Connection, statement: _Prepared, values: Mapping[str, Any]) -> sqlite3.Cursor:
        driver: Any = connection.connection.driver_connection
        try:
            found: sqlite3.Cursor = driver.execute(statement.text, statement.given(values))
        except sqlite3.Error as error:
            raise DBAPIError(statement.text, None, error) from error
        return found

    def item(self, connection: Connection, ref: ItemRef) -> Any:
        found = self._run(connection, self._load, ref._asdict()).fetchone()
        return None if found is None else self._reader.row(found)

    def move(self, connection: Connection, values: Mapping[str, Any], *, answered: bool) -> None:
        if self._run(connection, self._update, values).rowcount != 1:
            raise LostError
        self._run(connection, self._state, values)
        self._run(connection, self._event, values)
        self._run(connection, self._position, values)
        if answered:
            self._run(connection, self._answer, values)


class _Asyncpg:
    """In autocommit, inside `placet.store.bridge.run`."""

    def __init__(self, dialect: Dialect) -> None:
        self._load = _Prepared(sql.LOAD_ITEM_PLACED, dialect)
        self._reader = _Reader(dialect)
        self._moves = {
            answered: _Prepared(statement, dialect)
            for answered, statement in ((False, sql.MOVE_PLACED), (True, sql.MOVE_PLACED_ANSWERED))
        }

    def _first(self, connection: Connection, statement: _Prepared, values: Mapping[str, Any]) -> Any:
        driver: Any = connection.connection.driver_connection
        try:
            return await_only(driver.fetchrow(statement.text, *statement.given(values)))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            if driver.is_closed():
                # The pool learns of it only from SQLAlchemy's own execution.
                connection.invalidate(error)
            raise DBAPIError(statement.text, None, error) from error

    def item(self, connection: Connection, ref: ItemRef) -> Any:
        found = self._first(connection, self._load, ref._asdict())
        return None if found is None else self._reader.row(found)

    def move(self, connection: Connection, values: Mapping[str, Any], *, answered: bool) -> None:
        if self._first(connection, self._moves[answered], values) is None:
            raise LostError
