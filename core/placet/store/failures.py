"""The meaning of a database failure for the act that met it, distinguished once for all drivers."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from typing import Any

import asyncpg
import psycopg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from placet.errors import ConflictError


class Failure(Enum):
    """Kinds of failures, by what is known afterwards and can be done."""

    #: It met other writers: nothing was written, and the same act may succeed when it starts again.
    MET_OTHERS = auto()
    #: A row exists already: nothing was written. Two acts that make the same row at once may both get this error, on
    #: PostgreSQL also in place of a serialization failure: the act that starts again sees the other's row.
    DOUBLED = auto()
    #: The connection was lost during a statement, perhaps a COMMIT: it is unknown whether it was done.
    LOST = auto()
    #: The server cannot be reached or takes no writes, the disk is full, or the server has cancelled the statement,
    #: because it took too long or an administrator ended it: nothing was written. It may pass.
    UNAVAILABLE = auto()
    #: Something is wrong with the statement or the data: it will fail again.
    DEFECT = auto()


#: Serialization failure, deadlock, lock not had in time.
_MET_OTHERS = frozenset({"40001", "40P01", "55P03"})
_UNIQUE_VIOLATION = "23505"
_READ_ONLY = "25006"
_CANCELED = "57014"
#: A connection that was lost, as the server or the driver says, and the states of a server that closes it.
_LOST = frozenset({"08000", "08003", "08006", "08007", "25P03", "57P01", "57P02", "57P04", "57P05"})
#: Nothing was done: read-only, not accepting connections yet or any more, no such database or user, an input or output
#: error, cancelled, and (class 53) no disk, memory or connections left.
_UNAVAILABLE = frozenset(
    {_READ_ONLY, "08001", "08004", "28000", "28P01", "3D000", _CANCELED, "57P03", "58030"}
)
_NO_RESOURCES = "53"
#: The address may lead to another server by now: this one is read-only as a standby, has ended, or is not ready.
_RETIRED = frozenset({_READ_ONLY, "57P01", "57P02", "57P03"})
#: One connection was closed, as it was idle in a transaction or for too long; this says nothing about the others.
_ENDED_ALONE = frozenset({"25P03", "57P05"})

_SQLITE = {
    "SQLITE_BUSY": Failure.MET_OTHERS,
    "SQLITE_LOCKED": Failure.MET_OTHERS,
    "SQLITE_CONSTRAINT_PRIMARYKEY": Failure.DOUBLED,
    "SQLITE_CONSTRAINT_UNIQUE": Failure.DOUBLED,
    # A commit that could not be forced to the disk may be found there after a crash.
    "SQLITE_IOERR": Failure.LOST,
    "SQLITE_FULL": Failure.UNAVAILABLE,
    "SQLITE_CANTOPEN": Failure.UNAVAILABLE,
    "SQLITE_READONLY": Failure.UNAVAILABLE,
    "SQLITE_NOMEM": Failure.UNAVAILABLE,
}
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def failure_of(error: Exception) -> Failure:
    """The meaning of a failure. `DEFECT` for errors that come from no database, pool or disk."""
    match error:
        case PoolTimeoutError():
            return Failure.UNAVAILABLE
        case OSError() if error.errno in _DISK_FULL:
            return Failure.UNAVAILABLE
        case DBAPIError():
            return _of_database(error)
        case _:
            return Failure.DEFECT


def _of_database(error: DBAPIError) -> Failure:
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return _of_sqlite(original)
    state = sqlstate(error)
    if state in _MET_OTHERS:
        return Failure.MET_OTHERS
    if state == _UNIQUE_VIOLATION:
        return Failure.DOUBLED
    if state in _LOST:
        return Failure.LOST
    if state is not None:
        known = state in _UNAVAILABLE or state.startswith(_NO_RESOURCES)
        return Failure.UNAVAILABLE if known else Failure.DEFECT
    return _without_state(error, original)


def _of_sqlite(error: sqlite3.Error) -> Failure:
    # Errors of the driver itself have no name, and the extended codes of SQLite begin with the plain ones.
    name = getattr(error, "sqlite_errorname", "")
    return next((failure for start, failure in _SQLITE.items() if name.startswith(start)), Failure.DEFECT)


def _without_state(error: DBAPIError, original: Any) -> Failure:
    """The meaning of a driver's own error, without a code of the server's."""
    if "connection is closed" in str(original):
        return Failure.UNAVAILABLE  # asyncpg noticed it before it sent anything
    if isinstance(original, asyncpg.InterfaceError) and isinstance(original, ValueError):
        return Failure.DEFECT  # a value that the statement does not take, which nobody has sent
    if error.connection_invalidated:
        return Failure.LOST
    if isinstance(original, (OSError, psycopg.OperationalError, asyncpg.InterfaceError)):
        # Without a statement, it happened while connecting.
        return Failure.UNAVAILABLE if error.statement is None else Failure.LOST
    return Failure.DEFECT


def sqlstate(error: DBAPIError) -> str | None:
    """The server's code for it, or `None` where it said nothing."""
    original: Any = error.orig
    state: str | None = getattr(original, "sqlstate", None)
    return state


def is_server_gone(error: DBAPIError) -> bool:
    """Whether the other connections to that server must not be used either."""
    state = sqlstate(error)
    return state in _RETIRED or (state not in _ENDED_ALONE and failure_of(error) is Failure.LOST)


def cause_of(error: Exception) -> str:
    """The cause in words, for the caller."""
    match error:
        case PoolTimeoutError():
            return "no database connection came free in time"
        case OSError():
            return "the disk is full or read-only"
        case DBAPIError() if sqlstate(error) == _READ_ONLY:
            return "the database takes no writes"
        case DBAPIError() if sqlstate(error) == _CANCELED:
            return "the database has cancelled it, because it took too long or an administrator ended it"
        case DBAPIError() if sqlstate(error) == "53100" or "SQLITE_FULL" in sqlite_name(error):
            return "the disk of the database is full"
        case DBAPIError() if failure_of(error) is Failure.LOST:
            return "the connection to the database was lost"
        case _:
            return "the database cannot be reached"


def sqlite_name(error: DBAPIError) -> str:
    """The name that SQLite gives to an error, such as `SQLITE_FULL`; empty for other databases."""
    return str(getattr(error.orig, "sqlite_errorname", ""))


@contextmanager
def unique(what: str) -> Iterator[None]:
    """Raises `ConflictError` where a row exists already."""
    try:
        yield
    except IntegrityError as error:
        if failure_of(error) is not Failure.DOUBLED:
            raise
        raise ConflictError(f"the {what} is already in use") from error
