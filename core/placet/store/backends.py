"""The server's processes behind connections: ended where an answer was lost, so that what they were at is over.

PostgreSQL's alone. A process is known by its number and by when it began: numbers are used again.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, bindparam, column, func, literal_column, select, table
from sqlalchemy.types import Integer

from placet.store.driver import Statement
from placet.store.tables import Moment

if TYPE_CHECKING:
    from placet.store.driver import Driver

_REMEMBERED = "placet_backend"
_activity = table("pg_stat_activity", column("pid", Integer), column("backend_start", Moment))
_OWN = select(_activity.c.pid, _activity.c.backend_start).where(_activity.c.pid == func.pg_backend_pid())
#: Whether it has ended within a second. There is no row where it is gone already, or its number is somebody else's.
_END = select(func.pg_terminate_backend(_activity.c.pid, literal_column("1000"))).where(
    _activity.c.pid == bindparam("pid", type_=Integer),
    _activity.c.backend_start == bindparam("began", type_=Moment),
)


class Backend(NamedTuple):
    """One process of the server."""

    pid: int
    began: datetime


class Backends:
    """Asks for them, once a connection."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._own = Statement(_OWN, driver.dialect)

    def of(self, connection: Connection) -> Backend:
        """The process behind a connection. Asked for before it may be lost, as nobody can say it afterwards."""
        # Forgotten with the connection by the pool.
        known: dict[Any, Any] = connection.info
        found: Backend | None = known.get(_REMEMBERED)
        if found is None:
            (row,) = self._driver.fetch(connection, self._own, {})
            found = known[_REMEMBERED] = Backend(*row)
        return found


def end(connection: Connection, backend: Backend) -> bool:
    """End a process; answers whether it certainly is no more."""
    return all(connection.scalars(_END, {"pid": backend.pid, "began": backend.began}))
