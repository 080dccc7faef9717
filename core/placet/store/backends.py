"""The server's processes behind connections: ended where a reply was lost, so that their work is over for certain.

PostgreSQL only. A process is identified by its number and its start, as numbers are used again.
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
#: Whether it has ended within a second. No row if it had ended already, or its number belongs to another process.
_END = select(func.pg_terminate_backend(_activity.c.pid, literal_column("1000"))).where(
    _activity.c.pid == bindparam("pid", type_=Integer),
    _activity.c.backend_start == bindparam("began", type_=Moment),
)


class Backend(NamedTuple):
    """One process of the server."""

    pid: int
    began: datetime


class Backends:
    """Finds the process of a connection, once for each."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._own = Statement(_OWN, driver.dialect)

    def of(self, connection: Connection) -> Backend:
        """The process behind a connection. Found before the connection can be lost, as afterwards it is unknown."""
        # The pool drops this together with the connection.
        known: dict[Any, Any] = connection.info
        found: Backend | None = known.get(_REMEMBERED)
        if found is None:
            (row,) = self._driver.fetch(connection, self._own, {})
            found = known[_REMEMBERED] = Backend(*row)
        return found


def end(connection: Connection, backend: Backend) -> bool:
    """End a process; returns whether it has certainly ended."""
    return all(connection.scalars(_END, {"pid": backend.pid, "began": backend.began}))
