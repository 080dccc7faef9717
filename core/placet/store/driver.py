"""Statements of the hot path, executed by the driver itself.

SQLAlchemy builds and compiles them once, and its types convert the values; only its execution is bypassed, which costs
more than the rest of an act. Connections of acts are in autocommit: statements begin and end the transactions.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any, Protocol, cast

import asyncpg
import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import ClauseElement, Connection, Dialect, Engine, Executable, Insert, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import await_only

from placet.store.tables.columns import ItemDocument, Moment

Convert = Callable[[Any], Any]
#: From so many rows on, they are converted column by column.
_MANY = 16
#: The rows of a statement that is built once, with the values of its parameters.
Fetch = Callable[[Select[Any], Mapping[str, Any]], list[Any]]


class Statement:
    """A statement's text for one driver, with the conversion of its parameters and of the rows."""

    def __init__(
        self, statement: Executable, dialect: Dialect, lists: Mapping[str, Sequence[Any]] | None = None
    ) -> None:
        """Prepare a statement.

        Args:
            statement: the statement, which is built once.
            dialect: the dialect of the driver.
            lists: examples of its list parameters, which fix the length of each list.
        """
        compiled = cast("SQLCompiler", cast("ClauseElement", statement).compile(dialect=dialect))
        self.text = str(compiled)
        #: Whether its text depends on the lengths of list parameters that are not known yet.
        self.varies = bool(compiled.post_compile_params) and lists is None
        #: The parameters of each list in the text: one for each member, or for each part of each member.
        self._lists: Mapping[str, Sequence[str]] = {}
        names: Iterable[str] = compiled.positiontup or compiled.binds
        converts: dict[str, Convert | None] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        if lists:
            unknown = dict.fromkeys(compiled.binds)
            expanded = compiled.construct_expanded_state({**unknown, **lists}, escape_names=False)
            self.text = expanded.statement
            self._lists = expanded.parameter_expansion
            names = expanded.positiontup or expanded.parameters
            converts |= {
                name: cast("Convert", expanded.processors[name])
                for parts in self._lists.values()
                for name in parts
                if name in expanded.processors
            }
        self._names = list(names)
        self._select = _selection(self._names)
        self._turned = [(n, convert) for n, name in enumerate(self._names) if (convert := converts.get(name))]
        #: Values that the statement itself contains.
        self._fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._row, self._converts = _result(statement, dialect)
        self._made = partial(tuple.__new__, self._row)

    def given(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters in the statement's order."""
        known = {**self._fixed, **values} if self._fixed else values
        if self._lists:
            known = dict(known)
            for name, parts in self._lists.items():
                known.update(zip(parts, _members(values[name]), strict=True))
        given = list(self._select(known))
        for n, convert in self._turned:
            given[n] = convert(given[n])
        return given

    def named(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters by name."""
        return dict(zip(self._names, self.given(values), strict=True))

    def row(self, found: Sequence[Any]) -> Any:
        """A driver's row with converted values."""
        values = list(found)
        for n, convert in self._converts:
            if values[n] is not None:
                values[n] = convert(values[n])
        # Its constructor would be a call of Python for each row, to look at the number of values.
        return tuple.__new__(self._row, values)

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """A driver's rows with converted values; of many rows, column by column, so that none costs a call."""
        if len(found) < _MANY:
            return list(map(self.row, found))
        columns: list[Sequence[Any]] = list(zip(*found, strict=True))
        for n, convert in self._converts:
            columns[n] = [value if value is None else convert(value) for value in columns[n]]
        return list(map(self._made, zip(*columns, strict=True)))


def _selection(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """The values of some names, in their order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _result(statement: Executable, dialect: Dialect) -> tuple[Any, list[tuple[int, Convert]]]:
    """The type of a statement's rows, and the conversions of some of its columns; items' documents stay unparsed."""
    columns = list(statement.exported_columns) if isinstance(statement, Select | Insert) else []
    if not columns:
        return None, []
    row = namedtuple("_Row", [column.key or f"c{n}" for n, column in enumerate(columns)])  # type: ignore[misc]  # noqa: PYI024  # the columns are the statement's
    converts = (
        (n, _reading(column.type, dialect))
        for n, column in enumerate(columns)
        if column.type is not ItemDocument
    )
    return row, [(n, convert) for n, convert in converts if convert is not None]


def _reading(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """The conversion of a driver's value other than null; `None` where it needs none."""
    if isinstance(kind, Moment):
        return kind.reading(dialect)
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _members(values: Sequence[Any]) -> Sequence[Any]:
    """The members of a list; tuples are flattened into their parts."""
    return list(chain.from_iterable(values)) if values and isinstance(values[0], tuple) else values


class Driver(Protocol):
    """Executes statements with one driver."""

    dialect: Dialect

    def __hash__(self) -> int:
        """Prepared statements are cached by driver."""
        ...

    def fetch(self, connection: Connection, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """All rows of a statement."""
        ...

    def execute(self, connection: Connection, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> int:
        """Execute a statement for each of some rows; returns how many rows it changed in all."""
        ...

    def command(self, connection: Connection, text: str) -> None:
        """Execute a text that has neither parameters nor rows."""
        ...

    def in_transaction(self, connection: Connection) -> bool:
        """Whether a transaction is open."""
        ...


#: Drivers by the name of the dialect, and whether they are asynchronous.
_DRIVERS: dict[tuple[str, bool], Driver] = {}


def driver_of(engine: Engine, *, asynchronous: bool) -> Driver:
    """The driver of an engine, the same for all engines of a kind.

    Its prepared statements serve every database that a process opens: preparing them takes longer than opening one.
    """
    kind = engine.dialect.name, asynchronous
    return _DRIVERS.get(kind) or _DRIVERS.setdefault(kind, _driver(engine.dialect, asynchronous=asynchronous))


def _driver(dialect: Dialect, *, asynchronous: bool) -> Driver:
    if dialect.name == "sqlite":
        return _Sqlite(dialect)
    return _Asyncpg(dialect) if asynchronous else _Psycopg(dialect)


class _Sqlite:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def fetch(self, connection: Connection, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        given = statement.given(values)
        try:
            found = _file(connection).execute(statement.text, given).fetchall()
        except sqlite3.Error as error:
            raise DBAPIError(statement.text, None, error) from error
        return statement.rows(found) if found else found

    def execute(self, connection: Connection, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> int:
        if not rows:
            return 0
        try:
            if len(rows) == 1:
                return _file(connection).execute(statement.text, statement.given(rows[0])).rowcount
            given = [statement.given(row) for row in rows]
            return _file(connection).executemany(statement.text, given).rowcount
        except sqlite3.Error as error:
            raise DBAPIError(statement.text, None, error) from error

    def command(self, connection: Connection, text: str) -> None:
        try:
            _file(connection).execute(text)
        except sqlite3.Error as error:
            raise DBAPIError(text, None, error) from error

    def in_transaction(self, connection: Connection) -> bool:
        return _file(connection).in_transaction


def _file(connection: Connection) -> sqlite3.Connection:
    """SQLite's own connection."""
    file: Any = connection.connection.dbapi_connection
    found: sqlite3.Connection = file
    return found


class _Asyncpg:
    """Works inside `placet.store.bridge.run`."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def _run(self, connection: Connection, text: str, call: Callable[[Any], Any]) -> Any:
        driver: Any = connection.connection.driver_connection
        try:
            return await_only(call(driver))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            if driver.is_closed():
                # The pool notices this only in SQLAlchemy's own execution.
                connection.invalidate(error)
            raise DBAPIError(text, None, error) from error
        except BaseException:
            # Cancelled: a transaction may be open, and the pool does not see it.
            connection.invalidate()
            raise

    def fetch(self, connection: Connection, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        given = statement.given(values)
        found = self._run(connection, statement.text, lambda driver: driver.fetch(statement.text, *given))
        return statement.rows(found)

    def execute(self, connection: Connection, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> int:
        changed = 0
        for row in rows:
            given = statement.given(row)
            run = partial(_executed, statement.text, given)
            done = self._run(connection, statement.text, run)
            changed += int(done.rpartition(" ")[2])
        return changed

    def command(self, connection: Connection, text: str) -> None:
        self._run(connection, text, lambda driver: driver.execute(text))

    def in_transaction(self, connection: Connection) -> bool:
        driver: Any = connection.connection.driver_connection
        return bool(driver.is_in_transaction())


def _executed(text: str, given: Sequence[Any], driver: Any) -> Any:
    return driver.execute(text, *given)


class _Psycopg:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def _run(self, connection: Connection, text: str, given: Mapping[str, Any] | None) -> Any:
        driver: Any = connection.connection.driver_connection
        try:
            return driver.execute(text, given)
        except psycopg.Error as error:
            if driver.closed:
                connection.invalidate(error)
            raise DBAPIError(text, None, error) from error

    def fetch(self, connection: Connection, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        found = self._run(connection, statement.text, statement.named(values))
        return statement.rows(found.fetchall())

    def execute(self, connection: Connection, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> int:
        return sum(int(self._run(connection, statement.text, statement.named(row)).rowcount) for row in rows)

    def command(self, connection: Connection, text: str) -> None:
        self._run(connection, text, None)

    def in_transaction(self, connection: Connection) -> bool:
        driver: Any = connection.connection.driver_connection
        return bool(driver.info.transaction_status != TransactionStatus.IDLE)
