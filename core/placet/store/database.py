"""One database: its connections, the work over them, and this process's caches."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from threading import RLock
from typing import Any, cast

from sqlalchemy import Connection, Engine, Insert, Select, Update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import await_only

from placet.engine.act.people import WorkspaceRecord
from placet.store import backends
from placet.store.availability import Departure, read_only
from placet.store.backends import Backend, Backends
from placet.store.commit import Commit, Locks
from placet.store.commit_comparison import Comparison
from placet.store.commit_postgresql import PostgresqlWriter
from placet.store.commit_sqlite import SqliteWriter
from placet.store.connections import ThreadConnections, postgresql_engine
from placet.store.contention import Contention
from placet.store.driver import Driver, driver_of
from placet.store.families import Families
from placet.store.log_signal import LogSignal
from placet.store.passed_on import PassedConnections
from placet.store.prepared import PreparedStatements
from placet.store.remembered import RememberedItems
from placet.store.replaced import OpenFile
from placet.store.statements import DEFINE, LAST_NUMBER, NEXT_NUMBER, USE_DEFINITION
from placet.store.threads import Threads

#: Milliseconds for which a session that holds locks before it reads may be idle.
_THINKING = 2000


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The statements that all databases of a driver share, prepared once in a process."""

    comparison: Comparison
    backends: Backends | None
    commits: SqliteWriter | PostgresqlWriter
    #: Statements of pages and searches, by their shape.
    statements: PreparedStatements


@cache
def _prepared(driver: Driver) -> _Prepared:
    sqlite = driver.dialect.name == "sqlite"
    return _Prepared(
        Comparison(driver),
        None if sqlite else Backends(driver),
        SqliteWriter(driver) if sqlite else PostgresqlWriter(driver),
        PreparedStatements(driver.dialect),
    )


class Database:
    """The base of sessions, attempts and views."""

    def __init__(self, engine: Engine, *, asynchronous: bool, aside: Engine | None = None) -> None:
        self.engine = engine
        self._others = aside
        self.asynchronous = asynchronous
        self.sqlite = engine.dialect.name == "sqlite"
        #: The file that this began with, on SQLite.
        self.file = OpenFile(engine.url.database if self.sqlite else None)
        #: Which connections of this process may still be used.
        self.departure = Departure()
        for each in (engine, aside):
            if each is not None:
                self.departure.watch(each)
        self.driver = driver_of(engine, asynchronous=asynchronous)
        prepared = _prepared(self.driver)
        self.comparison, self._backends, self._commits = (
            prepared.comparison,
            prepared.backends,
            prepared.commits,
        )
        #: Counts of attempts that started again.
        self.contention = Contention()
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        options: dict[str, Any] = {"placet_reading": True}
        if not self.sqlite:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = engine.execution_options(**options)
        # They have a pool of their own: holders of one connection who wait for a second one of the same pool may wait
        # for each other.
        self._aside = (
            self._reading if aside is None else aside.execution_options(isolation_level="AUTOCOMMIT")
        )
        # One writer at a time in a process: waiting here costs nothing, while SQLite's busy handler sleeps.
        self._writer: AbstractContextManager[Any] = RLock() if self.sqlite else nullcontext()
        #: The connections of acts and views.
        self._kept = ThreadConnections(self._autocommit) if self.sqlite else self._passed_on()
        #: Where an asynchronous program waits for it.
        self.threads = Threads()
        #: Signals that this process wrote to the log, and that new events can be read. On SQLite both are the same.
        self.written = LogSignal()
        self.log_signal = self.written if self.sqlite else LogSignal()
        self.items = RememberedItems()
        self._workspaces: dict[str, WorkspaceRecord] = {}
        self.statements = prepared.statements
        self.families = Families(self.outside, self.fetch, self.execute)
        self._known_definitions: set[tuple[str, str]] = set()

    def _passed_on(self) -> PassedConnections:
        pool = cast("QueuePool", self.engine.pool)
        return PassedConnections(self._autocommit, pool, self.driver, self.departure)

    def close(self) -> None:
        """Give the connections back."""
        self.threads.close()
        self._kept.close()
        self.engine.dispose()
        if self._others is not None:
            self._others.dispose()

    def connections(self) -> dict[str, int]:
        """Connections of this process to the database: those in use, and those kept open for later."""
        pools = [self.engine.pool] if self._others is None else [self.engine.pool, self._others.pool]
        known = [pool for pool in pools if isinstance(pool, QueuePool)]
        waiting = self._kept.waiting if isinstance(self._kept, PassedConnections) else 0
        return {
            "in_use": sum(pool.checkedout() for pool in known) - waiting,
            "idle": sum(pool.checkedin() for pool in known) + waiting,
        }

    # Statements that are built once, and prepared once in a process

    def fetch(
        self, connection: Connection, statement: Select[Any] | Insert, values: Mapping[str, Any]
    ) -> list[Any]:
        """The rows of a statement."""
        prepared = self.statements.prepared(statement, values)
        if prepared.varies:
            return list(connection.execute(statement, values))
        return self.driver.fetch(connection, prepared, values)

    def execute(self, connection: Connection, statement: Insert | Update, values: Mapping[str, Any]) -> None:
        """Execute a statement without rows."""
        prepared = self.statements.prepared(statement, values)
        if prepared.varies:
            connection.execute(statement, values)
        else:
            self.driver.execute(connection, prepared, [values])

    # Acts

    @contextmanager
    def acting(self, *, writing: bool = False) -> Iterator[Connection]:
        """A connection without locks; with `writing` (SQLite) one that excludes other writers from now on."""
        with self._kept.connection() as connection:
            if not writing:
                yield connection
                return
            with self._writer, self._transaction(connection, "BEGIN IMMEDIATE"):
                yield connection

    @contextmanager
    def _transaction(self, connection: Connection, begin: str) -> Iterator[None]:
        """Roll back everything that is not committed inside."""
        self.driver.command(connection, begin)
        try:
            # Not before: the file may be replaced while this waits for its lock.
            self.file.demand_same()
            yield
        finally:
            if not connection.invalidated and self.driver.in_transaction(connection):
                self.driver.command(connection, "ROLLBACK")

    @contextmanager
    def holding(self, connection: Connection, locks: Locks) -> Iterator[None]:
        """Lock everything that an act has read and written so far, before it reads again. On PostgreSQL."""
        with self._transaction(connection, "BEGIN ISOLATION LEVEL READ COMMITTED"):
            thinking = f"SET LOCAL idle_in_transaction_session_timeout = {_THINKING}"
            self.driver.command(connection, thinking)
            cast("PostgresqlWriter", self._commits).hold(connection, locks)
            yield

    def write(self, connection: Connection, commit: Commit, *, held: bool) -> None:
        """The one commit of an attempt. Raises `MovedError`."""
        match self._commits:
            case PostgresqlWriter() as commits:
                if self.driver.in_transaction(connection) is not held:
                    # The statements of the function see everything committed at their start only where the call is
                    # alone, or in our own transaction at READ COMMITTED; without one there is nothing to commit.
                    raise RuntimeError(
                        f"an act is committed with{'' if held else 'out'} locks held before, and a transaction is "
                        f"{'not ' if held else ''}open"
                    )
                commits.commit(connection, commit, held=held)
                if held:
                    self.driver.command(connection, "COMMIT")
            case SqliteWriter() as commits:
                if held:
                    self._write_file(commits, connection, commit)
                else:
                    with self._writer, self._transaction(connection, "BEGIN IMMEDIATE"):
                        self._write_file(commits, connection, commit)

    def _write_file(self, commits: SqliteWriter, connection: Connection, commit: Commit) -> None:
        rows = commits.commit(connection, commit)
        self.driver.command(connection, "COMMIT")
        for row, (_, record) in zip(rows, commit.changes.updated, strict=True):
            self.items.wrote(row, record)

    def backend_of(self, connection: Connection) -> Backend | None:
        """The server's process behind a connection; `None` on SQLite."""
        return None if self._backends is None else self._backends.of(connection)

    def end_backend(self, backend: Backend) -> bool:
        """End a server's process whose reply was lost, so that its commit is done by now, or never will be.

        Returns whether that is certain: the server may be out of reach, or slow.
        """
        try:
            with self._aside.connect() as connection:
                return backends.end(connection, backend)
        except SQLAlchemyError as error:
            self.departure.after(error)
            return False

    # Transactions

    def pause(self, seconds: float) -> None:
        """Wait without blocking others."""
        if self.asynchronous:
            await_only(asyncio.sleep(seconds))
        else:
            time.sleep(seconds)

    @contextmanager
    def outside(self, *, forced: bool = False) -> Iterator[Connection]:
        """A transaction over tables that no check reads.

        Args:
            forced: whether it has to be on the disk at its end, as somebody is notified of it; see `_unforced`.
        """
        # Before: a connection would make a file where it was removed. After: it may be replaced while this waits.
        self.file.demand_same()
        with (
            self._writer,
            self.engine.connect() as connection,
            nullcontext() if forced else self._unforced(connection),
            connection.begin(),
        ):
            self.file.demand_same()
            yield connection

    @contextmanager
    def _unforced(self, connection: Connection) -> Iterator[None]:
        """Commits on a connection reach the disk with the next forced one, of any connection. On SQLite.

        SQLite's log is flushed as a whole. After a loss of power the file is as it was at one moment, so that whatever
        follows from a lost commit is lost with it: only what somebody was notified of has to be forced. Forcing takes
        far longer than writing, and other writers wait meanwhile.
        """
        if not self.sqlite:
            yield
            return
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            driver.execute("PRAGMA synchronous=FULL")

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A read-only view of tables that sessions do not show."""
        self.file.demand_same()
        with read_only(), self._reading.connect() as connection, connection.begin():
            yield connection

    def sealing_engine(self) -> Engine:
        """Connections for a `Sealer`: its own, and synchronous even where others are not. PostgreSQL only."""
        url = self.engine.url.set(drivername="postgresql+psycopg")
        return postgresql_engine(url, asynchronous=False, pool_size=1)

    # Caches that sessions share

    def knows(self, workspace: str, hash: str) -> bool:
        """Whether a definition is certainly stored, and its use in a workspace."""
        return (workspace, hash) in self._known_definitions

    def known_workspace(self, key: str, version: int) -> WorkspaceRecord | None:
        """A workspace as it was at a version, if remembered."""
        known = self._workspaces.get(key)
        return known if known is not None and known.version == version else None

    def know_workspace(self, record: WorkspaceRecord) -> None:
        """Remember a workspace; its content at a version never changes."""
        self._workspaces[record.key] = record

    def define(self, connection: Connection, workspace: str, hash: str, document: Mapping[str, Any]) -> None:
        """Store a definition and its use in a workspace, before anything that refers to it."""
        with self._writer:
            dialect = connection.dialect.name
            self.execute(connection, DEFINE[dialect], {"hash": hash, "document": document})
            self.execute(connection, USE_DEFINITION[dialect], {"workspace": workspace, "hash": hash})
            if not self.driver.in_transaction(connection):
                # It is certainly stored only now.
                self._known_definitions.add((workspace, hash))

    def last_number(self, connection: Connection, workspace: str) -> int:
        """The last number that was given to an item of a workspace."""
        found = self.fetch(connection, LAST_NUMBER, {"workspace": workspace})
        return int(found[0].last) if found else 0

    def next_number(self, connection: Connection, workspace: str) -> int:
        """Take the next number of a workspace, for good, so that acts that make items do not wait for each other.

        On PostgreSQL the number is taken outside of an open transaction.
        """
        with self._writer:
            if not self.sqlite and self.driver.in_transaction(connection):
                with self._aside.connect() as own:
                    return self._counted(own, workspace)
            if self.driver.in_transaction(connection):
                return self._counted(connection, workspace)
            # An item with this number is forced to the disk, and this with it.
            with self._unforced(connection):
                return self._counted(connection, workspace)

    def _counted(self, connection: Connection, workspace: str) -> int:
        first = {"workspace": workspace, "last": 1}
        return int(self.fetch(connection, NEXT_NUMBER[connection.dialect.name], first)[0].last)
