"""Connections to one database: its address, the driver, which is our choice, and the options of every connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, local
from typing import Any
from weakref import WeakSet

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from placet.errors import SettingsError
from placet.store import documents, private
from placet.store.compiled import COMPILED
from placet.store.json import dumps
from placet.store.write_ahead import PAGES

#: Seconds within which a server has to accept a connection, and to reply: longer than its own `statement_timeout`, for
#: servers that have disappeared.
_CONNECTING, _ANSWERING = 5, 40

#: Options of every statement.
_STATEMENTS = {"compiled_cache": COMPILED}

#: Settings of every connection to a file. Erased texts are overwritten, which not every SQLite does by itself.
_PRAGMAS = (
    "journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=30000", "secure_delete=ON",
    f"wal_autocheckpoint={PAGES}",
)  # fmt: skip

#: Options of every connection to PostgreSQL. Milliseconds.
_POSTGRESQL = {
    "default_transaction_isolation": "read committed",
    "timezone": "UTC",
    "lock_timeout": "4000",
    "statement_timeout": "30000",
    "idle_in_transaction_session_timeout": "30000",
}


def database_url(url: str) -> URL:
    """The URL with our choice of driver. Raises `SettingsError` for other databases, and where it is not a URL."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # Not shown, as it may contain a password.
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
                f'the database "{other}" is not supported: use sqlite:///FILE or postgresql://...'
            )


def sqlite_engine(url: URL) -> Engine:
    """Connections to a file."""
    if not url.database or url.database == ":memory:":
        raise SettingsError("SQLite needs a file: a database in memory is lost with its first connection")
    engine = create_engine(
        url,
        execution_options=_STATEMENTS,
        json_serializer=dumps,
        json_deserializer=orjson.loads,
        connect_args={"timeout": 30, "check_same_thread": False},
        # Each thread that acts keeps one connection, and may take another while that is in use: with a limit, such
        # threads would wait for each other. A connection holds nothing but a file.
        max_overflow=-1,
    )

    event.listen(engine, "do_connect", private.before_connecting)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        # The driver must not begin transactions itself: `begin` below does, before the first read.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        # SQLite's own function knows only the letters from A to Z, and titles are searched in any case.
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


def postgresql_engine(url: URL, *, asynchronous: bool, pool_size: int, pool_timeout: float = 5.0) -> Engine:
    """Connections to a server."""
    server = _POSTGRESQL
    common: dict[str, Any] = {
        "execution_options": _STATEMENTS,
        "json_serializer": dumps,
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


class _Kept(local):
    """A thread's connection."""

    connection: Connection | None = None
    #: Held while the connection is in use: by an act, or by a view that may go on in another thread.
    used: Lock

    def __init__(self) -> None:
        self.used = Lock()


class ThreadConnections:
    """Keeps one connection for each thread that acts: opening and closing one costs more than the reads of an act.

    SQLite only, whose connections hold nothing on a server.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._own = _Kept()
        self._all: WeakSet[Connection] = WeakSet()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """The thread's connection, or another one while that is in use."""
        used = self._own.used
        if not used.acquire(blocking=False):
            with self._engine.connect() as connection:
                yield connection
            return
        try:
            yield self._kept()
        finally:
            used.release()

    def _kept(self) -> Connection:
        found = self._own.connection
        if found is None or found.closed or found.invalidated:
            found = self._own.connection = self._engine.connect()
            self._all.add(found)
        return found

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in list(self._all):
            connection.close()
