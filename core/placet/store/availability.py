"""Availability of the database: leaving servers that are no longer the primary, and reporting that none can be reached.

A server that became read-only, or that shuts down, leaves its connections open or half open, while the address may lead
to its successor. After such an error all connections of the process are dropped at once, and new ones are opened.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
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
    """The connections of a process that may still be used: those opened since a server was last left.

    Shared by all pools of a store, and safe to share between threads.
    """

    def __init__(self) -> None:
        self._since = 0.0

    def leave(self) -> None:
        """From now on, use none of the connections that are open now."""
        self._since = time.monotonic()

    def after(self, error: Exception) -> None:
        """Leave the server if a failure calls for it."""
        if isinstance(error, DBAPIError) and is_server_gone(error):
            self.leave()

    def watch(self, engine: Engine) -> None:
        """Restrict a pool to connections that may still be used."""
        event.listen(engine, "do_connect", _connect)
        event.listen(engine, "connect", _opened)
        event.listen(engine, "checkout", self._checked_out)
        event.listen(engine, "handle_error", self._failed)

    def may_use(self, driver: Any, info: Mapping[Any, Any]) -> bool:
        """Whether a driver's connection, with what its pool notes of it, may still be used."""
        # asyncpg notices at once that a connection has ended; other drivers only when they use it.
        closed = getattr(driver, "is_closed", None)
        return bool(info[_OPENED] > self._since and not (closed is not None and closed()))

    def _checked_out(self, _: object, entry: ConnectionPoolEntry, __: object) -> None:
        if not self.may_use(entry.driver_connection, entry.info):
            raise DisconnectionError("opened before its server was left")  # the pool opens another instead

    def _failed(self, context: ExceptionContext) -> None:
        error = context.sqlalchemy_exception
        if error is not None:
            self.after(error)


def _connect(dialect: Any, _: object, arguments: Any, named: Any) -> Any:
    """Connect as usual, and translate asyncpg's errors, which SQLAlchemy would let through here."""
    try:
        return dialect.connect(*arguments, **named)
    except OSError as error:
        raise DBAPIError(None, None, error) from error


def _opened(_: object, entry: ConnectionPoolEntry) -> None:
    entry.info[_OPENED] = time.monotonic()


@contextmanager
def answered(departure: Departure) -> Iterator[None]:
    """Translate failures of the database or the disk, from any driver, pool or file system, into `UnavailableError`.

    Raises:
        UnavailableError: says whether it is certain that nothing was written.
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
    """For reading alone: a connection that is lost meanwhile has changed nothing."""
    try:
        yield
    except SQLAlchemyError as error:
        if failure_of(error) in {Failure.LOST, Failure.UNAVAILABLE}:
            raise UnavailableError(cause_of(error)) from error
        raise


def demand_writable(connection: Connection) -> None:
    """Raises `UnavailableError` on a server that takes no writes: PostgreSQL's standbys, and former primaries."""
    if connection.scalar(_IS_READ_ONLY):
        raise UnavailableError("the database takes no writes")
