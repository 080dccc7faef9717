"""Connections to PostgreSQL that go from one act to the next without a stop in their pool."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.pool import QueuePool

from placet.store.availability import Departure
from placet.store.driver import Driver


class PassedConnections:
    """Hands an open connection on from one act to the next: the way through the pool costs more than a read of an act.

    PostgreSQL only. At most half of the pool's connections wait here; all other work finds the rest in the pool.
    """

    def __init__(self, engine: Engine, pool: QueuePool, driver: Driver, departure: Departure) -> None:
        """`engine` has the options of these connections, which come from `pool`."""
        self._engine, self._driver, self._departure = engine, driver, departure
        self._most = pool.size() // 2
        self._waiting: list[Connection] = []
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many of the pool's connections are here, and in use by nobody."""
        return len(self._waiting)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """The connection that was used last, or another one while that is in use."""
        connection = self._passed_on() or self._engine.connect()
        try:
            yield connection
        finally:
            if self._may_wait(connection):
                self._waiting.append(connection)
            else:
                if self._closed:
                    connection.invalidate()  # its pool is gone, and would keep it
                connection.close()

    def _may_wait(self, connection: Connection) -> bool:
        if not connection.invalidated and self._driver.in_transaction(connection):
            # It was given up in the middle: the next act, here or from the pool, would go on in this transaction.
            connection.invalidate()
        return not (self._closed or connection.invalidated) and len(self._waiting) < self._most

    def _passed_on(self) -> Connection | None:
        while (found := self._taken()) is not None:
            if self._departure.may_use(found.connection.driver_connection, found.info):
                return found
            found.invalidate()
            found.close()
        return None

    def _taken(self) -> Connection | None:
        try:
            return self._waiting.pop()
        except IndexError:
            return None

    def close(self) -> None:
        """Give the connections that wait back to the pool, and from now on each one when its act ends."""
        self._closed = True
        while (found := self._taken()) is not None:
            found.close()
