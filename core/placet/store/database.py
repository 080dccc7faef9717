"""The store itself: one database, transactions that hold what was read, and starting again when writers met."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    insert,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import await_only

from placet.engine.ports import LostError, Session
from placet.engine.records import WorkspaceRecord
from placet.errors import BusyError, SettingsError
from placet.store import documents, gauges, log, sealing
from placet.store.availability import Departure, read_only
from placet.store.direct import direct
from placet.store.failures import Failure, failure_of
from placet.store.gauges import Values
from placet.store.news import News
from placet.store.sealing import Lag
from placet.store.session import SqlSession
from placet.store.tables import counters, installation

T = TypeVar("T")

#: Connections for what is done beside a transaction, on PostgreSQL.
_ASIDE = 2
#: Attempts of one act before it gives up, and the time in all (seconds).
_ATTEMPTS = 12
_PATIENCE = 5.0

#: Seconds until a server has to be connected to, and to have answered: longer than its own `statement_timeout`, for
#: servers that are gone without a word.
_CONNECTING, _ANSWERING = 5, 40

#: What every connection asks of PostgreSQL besides its isolation. Milliseconds.
_POSTGRESQL = {
    "timezone": "UTC",
    "lock_timeout": "4000",
    "statement_timeout": "30000",
    "idle_in_transaction_session_timeout": "30000",
}


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z).decode()


def database_url(url: str) -> URL:
    """The URL with the driver that is ours to choose. Raises `SettingsError` for other databases."""
    parsed = make_url(url)
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
    return SqlStore(
        made(pool_size=pool_size, level="serializable"),
        asynchronous=asynchronous,
        # Two who count at once wait for each other there, and would have to start again at SERIALIZABLE.
        aside=made(pool_size=_ASIDE, level="read committed"),
    )


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise SettingsError("SQLite needs a file: a database in memory is gone with its first connection")
    engine = create_engine(
        url,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"timeout": 30, "check_same_thread": False},
    )

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
        reading = connection.get_execution_options().get("placet_reading", False)
        statement = "BEGIN" if reading else "BEGIN IMMEDIATE"
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute(statement)
        except sqlite3.Error as error:
            raise DBAPIError(statement, None, error) from error

    return engine


def _postgresql(
    url: URL, *, asynchronous: bool, pool_size: int, level: str, pool_timeout: float = 5.0
) -> Engine:
    server = {**_POSTGRESQL, "default_transaction_isolation": level}
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


class SqlStore:
    """Implements `placet.engine.ports.Store`."""

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
        #: The short way for plain transitions, where the driver has one.
        self.direct = direct(engine, asynchronous=asynchronous)
        #: Attempts that met other writers and were started again, since the start.
        self.retries = 0
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        options: dict[str, Any] = {"placet_reading": True}
        if not self.sqlite:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = engine.execution_options(**options)
        #: For what no check reads; who meets another waits instead of starting again.
        self._calm = engine if self.sqlite else engine.execution_options(isolation_level="READ COMMITTED")
        # Of a pool of their own: whoever holds a connection and waits for a second one of the same pool may wait for
        # others who do just that.
        self._aside = (
            self._reading if aside is None else aside.execution_options(isolation_level="AUTOCOMMIT")
        )
        # One writer at a time in a process: waiting here costs nothing, SQLite's busy handler sleeps.
        self._writer: AbstractContextManager[Any] = Lock() if self.sqlite else nullcontext()
        #: The log has grown by what this process wrote, and by what can be read of it. On SQLite that is one.
        self.written = News()
        self.news = self.written if self.sqlite else News()
        self._workspaces: dict[str, WorkspaceRecord] = {}
        self._known_definitions: set[str] = set()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
        if self._others is not None:
            self._others.dispose()

    # Transactions

    def run(self, work: Callable[[Session], T], *, isolated: bool = True, commit: bool = True) -> T:
        """Do the work in one transaction, and again with fresh reads when it met other writers."""
        deadline = time.monotonic() + _PATIENCE
        attempt = 0
        # A row that is there already is one to be read on starting again; met twice, something is wrong.
        doubled_before = False
        while True:
            attempt += 1
            try:
                return self._once(work, isolated=isolated or self.sqlite, commit=commit)
            except LostError as lost:
                reason: Exception = lost
            except DBAPIError as error:
                failure = failure_of(error)
                if failure is Failure.DOUBLED and not doubled_before:
                    doubled_before = True
                elif failure is not Failure.MET_OTHERS:
                    raise
                reason = error
            self.retries += 1
            if attempt >= _ATTEMPTS or time.monotonic() > deadline:
                raise BusyError(attempt) from reason
            self._pause(random.uniform(0.002, 0.05 * min(attempt, 4)))  # noqa: S311  # jitter, no secret

    def _once(self, work: Callable[[Session], T], *, isolated: bool, commit: bool) -> T:
        with self._writer:
            if not isolated:
                with self._autocommit.connect() as connection:
                    session = SqlSession(self, connection, isolated=False)
                    result = work(session)
            else:
                with self.engine.connect() as connection, connection.begin() as transaction:
                    session = SqlSession(self, connection, isolated=True, lasting=commit)
                    result = work(session)
                    if not commit:
                        transaction.rollback()
                        return result
            # Only now is it certain that they are stored.
            self._known_definitions |= session.stored_definitions
        if session.appended:
            self.written.announce()
        return result

    def _pause(self, seconds: float) -> None:
        if self.asynchronous:
            await_only(asyncio.sleep(seconds))
        else:
            time.sleep(seconds)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only view, consistent in itself."""
        # Begun at once: what is given to the driver itself would precede a transaction that begins with the first need.
        with read_only(), self._reading.connect() as connection, connection.begin():
            yield SqlSession(self, connection, isolated=True)

    @contextmanager
    def outside(self) -> Iterator[Connection]:
        """A transaction over what no check reads: READ COMMITTED on PostgreSQL."""
        with self._writer, self._calm.begin() as connection:
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

    def next_number(self, connection: Connection, workspace: str, *, lasting: bool) -> int:
        """The next number of a workspace.

        On PostgreSQL in a transaction of its own, so that two people who make items do not wait for each other; unless
        it is not to last (a dry run).
        """
        if self.sqlite or not lasting:
            return self._counted(connection, workspace)
        with self._aside.connect() as own:
            return self._counted(own, workspace)

    def _counted(self, connection: Connection, workspace: str) -> int:
        statement = (sqlite_insert if self.sqlite else postgresql_insert)(counters)
        counted = statement.on_conflict_do_update(
            index_elements=[counters.c.workspace], set_={"last": counters.c.last + 1}
        ).returning(counters.c.last)
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
        self.news.announce()

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

    def gauges(self, now: datetime) -> list[Values]:
        """How things stand, for each of `placet.store.gauges.GAUGES`."""
        with self._aside.connect() as connection:
            return [gauge.ask(connection, now) for gauge in gauges.GAUGES]

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
        return _postgresql(
            self.engine.url.set(drivername="postgresql+psycopg"), asynchronous=False, pool_size=1,
            level="read committed",
        )  # fmt: skip

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

    def demand_isolation(self) -> None:
        """Raises `SettingsError` where the database does not write at SERIALIZABLE (a pooler may drop what we ask)."""
        if self.sqlite:
            return
        with self._autocommit.connect() as connection:
            level = connection.scalar(text("SHOW default_transaction_isolation"))
        if level != "serializable":
            raise SettingsError(
                f"the database writes at {level}, and Placet needs serializable: connect without a transaction pooler"
            )
