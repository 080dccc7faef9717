"""The store itself: one database, its connections, and what its sessions share."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from threading import RLock, local
from typing import Any, TypeVar, cast
from weakref import WeakSet

import orjson
from sqlalchemy import (
    ARRAY,
    URL,
    Connection,
    Engine,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import await_only

from placet.engine.act.guards import Family
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.ports import MovedError, Session
from placet.errors import BusyError, SettingsError
from placet.store import backends, documents, guards, log, private, sealing, stats
from placet.store.attempts import Attempts, Contention
from placet.store.availability import Departure, read_only
from placet.store.backends import Backend, Backends
from placet.store.commit import Commit, Comparison, Locks, PostgresqlWriter, Registered, SqliteWriter
from placet.store.driver import Driver, Statement, driver_of
from placet.store.failures import Failure, failure_of
from placet.store.log_signal import LogSignal
from placet.store.remembered import RememberedItems
from placet.store.sealing import Lag
from placet.store.session import SqlSession
from placet.store.stats import Values
from placet.store.tables import counters, definitions, families, installation, workspaces

T = TypeVar("T")

#: Connections for what is done beside a transaction, on PostgreSQL.
_ASIDE = 2
#: Seconds until a transaction of administration that met others gives up.
_PATIENCE = 5.0
#: Statements that are remembered as prepared: pages have as many shapes as people ask for.
_STATEMENTS_KEPT = 2_000
#: Longest lists of values for which statements are prepared.
_LISTED = 64
#: The first half of advisory locks of those who queue for a guard.
_QUEUE = 0x706C61
#: Advisory lock of who opens a workspace, or registers families of searches for all of them.
_OPENING = 0x706C61636574_04
#: What a session does while it holds locks before it reads: milliseconds that it may think.
_THINKING = 2000

#: Seconds until a server has to be connected to, and to have answered: longer than its own `statement_timeout`, for
#: servers that are gone without a word.
_CONNECTING, _ANSWERING = 5, 40

#: What every connection asks of PostgreSQL. Milliseconds.
_POSTGRESQL = {
    "default_transaction_isolation": "read committed",
    "timezone": "UTC",
    "lock_timeout": "4000",
    "statement_timeout": "30000",
    "idle_in_transaction_session_timeout": "30000",
}


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z).decode()


def database_url(url: str) -> URL:
    """The URL with the driver that is ours to choose. Raises `SettingsError` for other databases, and for no URL."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # Not shown: it may have a password in it.
        raise SettingsError(
            "the database's address cannot be read: write sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from error
    match parsed.get_backend_name():
        case "sqlite":
            return parsed.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise SettingsError(
                f'the database "{other}" is not known here: use sqlite:///FILE or postgresql://...'
            )


def open_store(
    url: str, *, asynchronous: bool = False, pool_size: int = 8, pool_timeout: float = 5.0
) -> SqlStore:
    """Open a database. The schema has to be there; see `placet.store.schema`.

    Args:
        url: `sqlite:///FILE` or `postgresql://...`.
        asynchronous: on PostgreSQL, for use inside `placet.store.bridge.run`; no thread is needed then.
        pool_size: connections kept open at most; there may be as many again when all of them are in use.
        pool_timeout: seconds to wait for one of them, on PostgreSQL.

    Raises:
        SettingsError: the URL is no database of ours.
    """
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqlStore(_sqlite(parsed), asynchronous=False)
    made = partial(_postgresql, parsed, asynchronous=asynchronous, pool_timeout=pool_timeout)
    return SqlStore(made(pool_size=pool_size), asynchronous=asynchronous, aside=made(pool_size=_ASIDE))


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise SettingsError("SQLite needs a file: a database in memory is gone with its first connection")
    engine = create_engine(
        url,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"timeout": 30, "check_same_thread": False},
        # Each thread that acts keeps one, and takes another for what it shows: with a limit, threads that all keep one
        # would wait for each other. They hold nothing but a file.
        max_overflow=-1,
    )

    event.listen(engine, "do_connect", private.before_connecting)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        # The driver must not begin transactions by itself: `begin` below does, before the first read.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")
        # SQLite's own knows the letters from A to Z alone, and titles are searched in any case.
        connection.create_function("lower", 1, str.lower, deterministic=True)
        documents.install(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") == "AUTOCOMMIT":
            return
        statement = "BEGIN" if options.get("placet_reading", False) else "BEGIN IMMEDIATE"
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute(statement)
        except sqlite3.Error as error:
            raise DBAPIError(statement, None, error) from error

    return engine


def _postgresql(url: URL, *, asynchronous: bool, pool_size: int, pool_timeout: float = 5.0) -> Engine:
    server = _POSTGRESQL
    common: dict[str, Any] = {
        "json_serializer": _dumps,
        "json_deserializer": orjson.loads,
        "pool_size": pool_size,
        "max_overflow": pool_size,
        "pool_timeout": pool_timeout,
        "pool_pre_ping": False,
    }
    if asynchronous:
        made = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            connect_args={"server_settings": server, "timeout": _CONNECTING, "command_timeout": _ANSWERING},
            **common,
        )
        return made.sync_engine
    # A space would end the option.
    options = " ".join("-c " + f"{name}={value}".replace(" ", r"\ ") for name, value in server.items())
    return create_engine(url, connect_args={"options": options, "connect_timeout": _CONNECTING}, **common)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What all stores of a driver have in common: statements, prepared once in a process."""

    comparison: Comparison
    backends: Backends | None
    commits: SqliteWriter | PostgresqlWriter
    #: Of pages and searches, as they were asked for.
    statements: dict[tuple[int, tuple[int, ...]], tuple[Any, Statement]] = field(default_factory=dict)
    guarded: dict[tuple[int, int], tuple[Any, Select[Any]]] = field(default_factory=dict)


@cache
def _prepared(driver: Driver) -> _Prepared:
    sqlite = driver.dialect.name == "sqlite"
    return _Prepared(
        Comparison(driver),
        None if sqlite else Backends(driver),
        SqliteWriter(driver) if sqlite else PostgresqlWriter(driver),
    )


class SqlStore:
    """Implements `placet.engine.act.ports.Store`."""

    def __init__(self, engine: Engine, *, asynchronous: bool, aside: Engine | None = None) -> None:
        self.engine = engine
        self._others = aside
        self.asynchronous = asynchronous
        self.sqlite = engine.dialect.name == "sqlite"
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
        #: What starting again costs.
        self.contention = Contention()
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        options: dict[str, Any] = {"placet_reading": True}
        if not self.sqlite:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = engine.execution_options(**options)
        # Of a pool of their own: whoever holds a connection and waits for a second one of the same pool may wait for
        # others who do just that.
        self._aside = (
            self._reading if aside is None else aside.execution_options(isolation_level="AUTOCOMMIT")
        )
        # One writer at a time in a process: waiting here costs nothing, SQLite's busy handler sleeps.
        self._writer: AbstractContextManager[Any] = RLock() if self.sqlite else nullcontext()
        self._threads = ThreadConnections(self._autocommit)
        #: The log has grown by what this process wrote, and by what can be read of it. On SQLite that is one.
        self.written = LogSignal()
        self.log_signal = self.written if self.sqlite else LogSignal()
        self.items = RememberedItems()
        self._workspaces: dict[str, WorkspaceRecord] = {}
        self._registered: dict[str, Registered] = {}
        self._known_definitions: set[str] = set()
        self._statements = prepared.statements
        self._guarded = prepared.guarded

    def close(self) -> None:
        """Give the connections back."""
        self._threads.close()
        self.engine.dispose()
        if self._others is not None:
            self._others.dispose()

    # Acts

    def run(self, work: Callable[[Session], T], *, event: str, bulk: bool = False) -> T:
        """Do the work of one act; see `placet.store.attempts`."""
        return Attempts(self, work, event=event, bulk=bulk).run()

    @contextmanager
    def acting(self, *, writing: bool = False) -> Iterator[Connection]:
        """A connection that holds nothing; with `writing` (SQLite) one that keeps other writers out from now on."""
        if not self.sqlite:
            with self._autocommit.connect() as connection:
                yield connection
            return
        connection = self._threads.connection()
        if not writing:
            yield connection
            return
        with self._writer, self._transaction(connection, "BEGIN IMMEDIATE"):
            yield connection

    @contextmanager
    def _transaction(self, connection: Connection, begin: str) -> Iterator[None]:
        """What is not committed inside is taken back."""
        self.driver.command(connection, begin)
        try:
            yield
        finally:
            if not connection.invalidated and self.driver.in_transaction(connection):
                self.driver.command(connection, "ROLLBACK")

    @contextmanager
    def queued(self, connection: Connection, guard: int) -> Iterator[None]:
        """Wait for those who start again because of the same guard. On PostgreSQL."""
        key = {"space": _QUEUE, "guard": guard}
        connection.execute(_QUEUED, key)
        try:
            yield
        finally:
            if not connection.invalidated:
                connection.execute(_LEFT, key)

    @contextmanager
    def holding(self, connection: Connection, locks: Locks) -> Iterator[None]:
        """Hold everything that an act has read and written so far before it reads again. On PostgreSQL."""
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
                    # Each statement of the function sees what is committed when it begins only where it is alone, or
                    # in a transaction at READ COMMITTED of ours; and without one there is nothing to be committed.
                    raise RuntimeError(
                        f"an act is committed with{'' if held else 'out'} its locks held, and a transaction is "
                        f"{'not ' if held else ''}open"
                    )
                commits.commit(connection, commit, held=held)
                if held:
                    self.driver.command(connection, "COMMIT")
            case SqliteWriter() as commits if held:
                commits.commit(connection, commit)
                self.driver.command(connection, "COMMIT")
            case SqliteWriter() as commits:
                with self._writer, self._transaction(connection, "BEGIN IMMEDIATE"):
                    commits.commit(connection, commit)
                    self.driver.command(connection, "COMMIT")

    def backend_of(self, connection: Connection) -> Backend | None:
        """The server's process behind a connection; `None` on SQLite."""
        return None if self._backends is None else self._backends.of(connection)

    def end_backend(self, backend: Backend) -> bool:
        """End a server's process whose answer was lost, so that what it was at is done by now, or never will be.

        Answers whether that is certain: the server may not be reached, or take its time.
        """
        try:
            with self._aside.connect() as connection:
                return backends.end(connection, backend)
        except SQLAlchemyError as error:
            self.departure.after(error)
            return False

    # Transactions

    def transact(self, work: Callable[[Session], T], *, configures: Sequence[str] = ()) -> T:
        """Do the work of administration in one transaction, and again when it met others."""
        deadline = time.monotonic() + _PATIENCE
        attempt = 0
        # A row that is there already is one to be read on starting again; met twice, something is wrong.
        doubled_before = False
        while True:
            attempt += 1
            try:
                return self._transacted(work, configures)
            except MovedError as moved:
                reason: Exception = moved
            except DBAPIError as error:
                failure = failure_of(error)
                if failure is Failure.DOUBLED and not doubled_before:
                    doubled_before = True
                elif failure is not Failure.MET_OTHERS:
                    raise
                reason = error
            self.contention.retries += 1
            if time.monotonic() > deadline:
                self.contention.given_up += 1
                raise BusyError(attempt) from reason
            self.pause(random.uniform(0.002, 0.05 * min(attempt, 4)))  # noqa: S311  # jitter, no secret

    def _transacted(self, work: Callable[[Session], T], configures: Sequence[str]) -> T:
        begin = "BEGIN IMMEDIATE" if self.sqlite else "BEGIN ISOLATION LEVEL READ COMMITTED"
        with self._writer, self._autocommit.connect() as connection, self._transaction(connection, begin):
            if configures:
                self.configure(connection, configures)
            session = SqlSession(self, lambda: connection)
            result = work(session)
            session.commit(held=True)
            if self.driver.in_transaction(connection):
                self.driver.command(connection, "COMMIT")
        if session.appended:
            self.written.announce()
        return result

    def pause(self, seconds: float) -> None:
        """Wait without keeping others from going on."""
        if self.asynchronous:
            await_only(asyncio.sleep(seconds))
        else:
            time.sleep(seconds)

    @contextmanager
    def reading(self, *, whole: bool = True) -> Iterator[Session]:
        """A read-only view, consistent in itself.

        Args:
            whole: whether its transaction begins with the first read. Otherwise with the second, which then raises
                `MovedError` where the first would not give the same any more: most views read one thing, and opening
                and ending a transaction costs more than that.
        """
        begin = "BEGIN" if self.sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        with read_only(), ExitStack() as opened:

            def connect() -> Connection:
                return opened.enter_context(self._autocommit.connect())

            def started(connection: Connection) -> None:
                opened.enter_context(self._transaction(connection, begin))

            def connect_and_begin() -> Connection:
                connection = connect()
                started(connection)
                return connection

            if whole:
                yield SqlSession(self, connect_and_begin, view=True)
            else:
                yield SqlSession(self, connect, view=True, begin=started)

    @contextmanager
    def outside(self) -> Iterator[Connection]:
        """A transaction over what no check reads."""
        with self._writer, self.engine.begin() as connection:
            yield connection

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A read-only view for what sessions do not show."""
        with read_only(), self._reading.connect() as connection, connection.begin():
            yield connection

    # What sessions share

    def knows(self, hash: str) -> bool:
        """Whether a definition is certainly stored."""
        return hash in self._known_definitions

    def known_workspace(self, key: str, version: int) -> WorkspaceRecord | None:
        """A workspace as it was at a version, if remembered."""
        known = self._workspaces.get(key)
        return known if known is not None and known.version == version else None

    def know_workspace(self, record: WorkspaceRecord) -> None:
        """Remember a workspace; its content at a version never changes."""
        self._workspaces[record.key] = record

    def insert_or_ignore(self, table: Table) -> Any:
        """An insert that leaves a row that is there."""
        return (sqlite_insert if self.sqlite else postgresql_insert)(table).on_conflict_do_nothing()

    def define(self, connection: Connection, hash: str, document: Mapping[str, Any]) -> None:
        """Keep a definition, before what refers to it."""
        with self._writer:
            connection.execute(self.insert_or_ignore(definitions), {"hash": hash, "document": document})
            if not self.driver.in_transaction(connection):
                # Only now is it certain that it is stored.
                self._known_definitions.add(hash)

    def prepared(self, statement: Select[Any], values: Mapping[str, Any]) -> Statement:
        """A statement that was built once, for the driver, and for lists as long as those among its values."""
        lists = {name: value for name, value in values.items() if isinstance(value, list)}
        lengths = tuple(len(value) for value in lists.values())
        known = self._statements.get((id(statement), lengths))
        if known is None:
            if len(self._statements) >= _STATEMENTS_KEPT:
                self._statements.clear()
            made = Statement(
                statement, self.driver.dialect, lists if max(lengths, default=0) <= _LISTED else None
            )
            # It is kept with what was prepared of it, so that no other statement gets its id.
            known = self._statements[id(statement), lengths] = (statement, made)
        return known[1]

    def guarded(self, statement: Select[Any], n: int) -> Select[Any]:
        """A search that was built once, together with `n` counters."""
        known = self._guarded.get((id(statement), n))
        if known is None:
            if len(self._guarded) >= _STATEMENTS_KEPT:
                self._guarded.clear()
            known = self._guarded[id(statement), n] = (statement, guards.guarded(statement, n))
        return known[1]

    def registered(self, connection: Connection, workspace: str) -> Registered:
        """The families of searches that are counted for in a workspace, as remembered."""
        known = self._registered.get(workspace)
        if known is None:
            # The counter first: families that are registered meanwhile are then too many, and never too few.
            counter = connection.scalar(select(workspaces.c.families).where(workspaces.c.key == workspace))
            counted = select(families).where(families.c.workspace.in_((workspace, "")))
            found = frozenset(
                Family(row.kind, row.type, tuple(row.fields.split())) for row in connection.execute(counted)
            )
            known = Registered(counter or 0, found)
            if counter is not None:
                # Of one that is not there yet nothing is remembered: no counter would say that it is no longer so.
                self._registered[workspace] = known
        return known

    def forget_families(self, workspace: str) -> None:
        """Ask again for the families of a workspace: others have registered some."""
        self._registered.pop(workspace, None)

    def register(self, unknown: set[tuple[str, Family]]) -> None:
        """Have every writer count for some families of searches from now on.

        What was written before is there to be read; whoever writes afterwards compares the counter, and counts. A
        workspace that is opened meanwhile is seen here, or sees what is registered here.
        """
        rows = {(place if family.kind == "find" else "", family) for place, family in unknown}
        keys = select(workspaces.c.key).order_by(workspaces.c.key)
        if all(place for place, _ in rows):
            keys = keys.where(workspaces.c.key.in_({place for place, _ in rows}))
        with self.outside() as connection:
            self.keep_apart(connection)
            concerned = list(connection.scalars(keys))
            self.configure(connection, concerned)
            for place, family in sorted(rows):
                values = {"workspace": place, **family._asdict(), "fields": " ".join(family.fields)}
                connection.execute(self.insert_or_ignore(families), values)
            raised = update(workspaces).where(workspaces.c.key.in_(concerned))
            connection.execute(raised.values(families=workspaces.c.families + 1))
        self._registered.clear()

    def configure(self, connection: Connection, keys: Sequence[str]) -> None:
        """Wait for the acts in some workspaces that are at their commit, and keep others from it until the end.

        Before what is read of them: on SQLite writers come one by one anyway.
        """
        if not self.sqlite:
            connection.execute(_CONFIGURE, {"keys": list(keys)})

    def keep_apart(self, connection: Connection) -> None:
        """Let nobody else open a workspace or register families until the present transaction ends.

        A row that is not there yet cannot be locked. On SQLite writers come one by one anyway.
        """
        if not self.sqlite:
            connection.execute(_APART)

    def last_number(self, connection: Connection, workspace: str) -> int:
        """The last number that was given to an item of a workspace."""
        found: int | None = connection.scalar(
            select(counters.c.last).where(counters.c.workspace == workspace)
        )
        return found or 0

    def next_number(self, connection: Connection, workspace: str) -> int:
        """The next number of a workspace, for good: nobody who makes items waits for another who does.

        Where a transaction is open on PostgreSQL, it is given outside of it.
        """
        counted = (
            (sqlite_insert if self.sqlite else postgresql_insert)(counters)
            .on_conflict_do_update(index_elements=[counters.c.workspace], set_={"last": counters.c.last + 1})
            .returning(counters.c.last)
        )
        with self._writer:
            if not self.sqlite and self.driver.in_transaction(connection):
                with self._aside.connect() as own:
                    return int(own.execute(counted, {"workspace": workspace, "last": 1}).scalar_one())
            return int(connection.execute(counted, {"workspace": workspace, "last": 1}).scalar_one())

    # The log

    def settle(self) -> None:
        """Give positions to what is committed; see `placet.store.sealing`."""
        if self._others is None:
            return
        with self._aside.connect() as connection:
            _, marked = sealing.state(connection)
        if not marked:
            return
        try:
            sealed = sealing.BATCH
            while sealed >= sealing.BATCH:
                with self._others.begin() as connection:
                    sealed = sealing.seal(connection)
        except DBAPIError as error:
            # Somebody else has been at it for seconds: what they sealed is there to be read.
            if failure_of(error) is not Failure.MET_OTHERS:
                raise
        self.log_signal.announce()

    def begin_epoch(self, now: datetime) -> int:
        """After a backup was restored: cursors from before mean nothing from now on. Answers the new epoch's number.

        What they stood for may be gone, and its place be taken by other events: whoever went on from them would miss
        these without a word. Kept with it: when that was, and how far the log was.
        """
        self.settle()
        with self._aside.connect() as connection:
            era, last = log.epoch(connection) + 1, log.last_position(connection)
        self.set_note(f"{log.EPOCH_NOTE}.{era}", f"{now.isoformat()} at {last}")
        self.set_note(log.EPOCH_NOTE, str(era))
        return era

    def lag(self) -> Lag:
        """How far the log's positions are behind what is committed."""
        with self._aside.connect() as connection:
            return sealing.lag(connection)

    def stats(self, now: datetime) -> list[Values]:
        """How things stand, for each of `placet.store.stats.GAUGES`."""
        with self._aside.connect() as connection:
            return [gauge.ask(connection, now) for gauge in stats.GAUGES]

    def connections(self) -> dict[str, int]:
        """Connections of this process to the database: in use, and kept open for the next."""
        pools = [self.engine.pool] if self._others is None else [self.engine.pool, self._others.pool]
        known = [pool for pool in pools if isinstance(pool, QueuePool)]
        return {
            "in_use": sum(pool.checkedout() for pool in known),
            "idle": sum(pool.checkedin() for pool in known),
        }

    def sealing_engine(self) -> Engine:
        """Connections for a `Sealer`: of its own, and synchronous whatever the others are. PostgreSQL's alone."""
        url = self.engine.url.set(drivername="postgresql+psycopg")
        return _postgresql(url, asynchronous=False, pool_size=1)

    # What the installation knows of itself

    def note(self, name: str) -> str | None:
        """A note of the installation."""
        with self._aside.connect() as connection:
            return connection.scalar(select(installation.c.value).where(installation.c.name == name))

    def set_note(self, name: str, value: str) -> None:
        """Keep a note of the installation."""
        with self._writer, self.engine.begin() as connection:
            changed = update(installation).where(installation.c.name == name).values(value=value)
            if connection.execute(changed).rowcount == 0:
                connection.execute(insert(installation), {"name": name, "value": value})


class ThreadConnections:
    """One connection for each thread that acts, kept: opening and closing one costs more than what an act reads.

    SQLite's alone, whose connections hold nothing on a server.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._own = local()
        self._all: WeakSet[Connection] = WeakSet()

    def connection(self) -> Connection:
        """This thread's."""
        found: Connection | None = getattr(self._own, "connection", None)
        if found is None or found.closed or found.invalidated:
            found = self._own.connection = self._engine.connect()
            self._all.add(found)
        return found

    def close(self) -> None:
        """Close those of all threads."""
        for connection in list(self._all):
            connection.close()


_APART = select(func.pg_advisory_xact_lock(_OPENING))
_QUEUED = select(func.pg_advisory_lock(bindparam("space", type_=Integer), bindparam("guard", type_=Integer)))
_LEFT = select(func.pg_advisory_unlock(bindparam("space", type_=Integer), bindparam("guard", type_=Integer)))
_CONFIGURE = select(func.placet_configure(bindparam("keys", type_=ARRAY(String))))
