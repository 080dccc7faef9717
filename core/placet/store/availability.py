"""Whether there is a database to work with: leaving servers that are no longer the one, and saying so when none is.

A server that became read-only, or that ends, leaves its connections open or half open; the address may lead to its
successor by then. So one that says such a thing is left with all connections at once, and the next are made afresh.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from placet.errors import UnavailableError
from placet.store.failures import Failure, cause_of, failure_of, is_server_gone

_OPENED = "placet_opened"
_IS_READ_ONLY = text("SELECT current_setting('transaction_read_only') = 'on'")


class Departure:
    """Which of a process's connections may still be used: those opened since a server was last left.

    Shared by all pools of a store, and safe to share between threads.
    """

    def __init__(self) -> None:
        self._since = 0.0

    def leave(self) -> None:
        """Use no connection any more that is open now."""
        self._since = time.monotonic()

    def after(self, error: Exception) -> None:
        """Leave the server if that is what a failure says."""
        if isinstance(error, DBAPIError) and is_server_gone(error):
            self.leave()

    def watch(self, engine: Engine) -> None:
        """Keep a pool to what may still be used."""
        event.listen(engine, "do_connect", _connect)
        event.listen(engine, "connect", _opened)
        event.listen(engine, "checkout", self._checked_out)
        event.listen(engine, "handle_error", self._failed)

    def _checked_out(self, _: object, entry: ConnectionPoolEntry, __: object) -> None:
        driver: Any = entry.driver_connection
        # asyncpg sees a connection's end when it comes; others only when they use it.
        closed = getattr(driver, "is_closed", None)
        if entry.info[_OPENED] <= self._since or (closed is not None and closed()):
            raise DisconnectionError("opened before its server was left")  # the pool opens another instead

    def _failed(self, context: ExceptionContext) -> None:
        error = context.sqlalchemy_exception
        if error is not None:
            self.after(error)


def _connect(dialect: Any, _: object, arguments: Any, named: Any) -> Any:
    """Connect as ever; what asyncpg meets at it would come past SQLAlchemy as it is."""
    try:
        return dialect.connect(*arguments, **named)
    except OSError as error:
        raise DBAPIError(None, None, error) from error


def _opened(_: object, entry: ConnectionPoolEntry) -> None:
    entry.info[_OPENED] = time.monotonic()


@contextmanager
def answered(departure: Departure) -> Iterator[None]:
    """Say `UnavailableError` where database or disk are away, whatever driver, pool or file system call it.

    Raises:
        UnavailableError: with whether it is known that nothing was written.
    """
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        departure.after(error)
        match failure_of(error):
            case Failure.UNAVAILABLE:
                raise UnavailableError(cause_of(error)) from error
            case Failure.LOST:
                raise UnavailableError(cause_of(error), outcome_known=False) from error
            case _:
                raise


@contextmanager
def read_only() -> Iterator[None]:
    """For what only reads: a connection that is lost meanwhile has changed nothing."""
    try:
        yield
    except SQLAlchemyError as error:
        if failure_of(error) in {Failure.LOST, Failure.UNAVAILABLE}:
            raise UnavailableError(cause_of(error)) from error
        raise


def demand_writable(connection: Connection) -> None:
    """Raises `UnavailableError` on a server that takes no writes: PostgreSQL's standbys, and primaries that were."""
    if connection.scalar(_IS_READ_ONLY):
        raise UnavailableError("the database takes no writes")
