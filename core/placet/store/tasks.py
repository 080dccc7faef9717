"""The storage of the task engine, and the leading worker."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from placet.store import private
from placet.store.connections import database_url, postgresql_engine

_log = logging.getLogger(__name__)

#: On PostgreSQL the task engine has a schema of its own.
SCHEMA = "placet_worker"
#: Connections of a worker to its tasks.
_CONNECTIONS = 8
#: The lock of the leading worker, within the database.
_LEADER = 0x706C61636574_03
_TRY = text(f"SELECT pg_try_advisory_lock({_LEADER})")


class TaskStore:
    """A file beside the SQLite database, or the same PostgreSQL database."""

    def __init__(self, url: str) -> None:
        parsed = database_url(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        if self.sqlite:
            self.engine = _beside(Path(parsed.database or ""))
        else:
            self.engine = postgresql_engine(parsed, asynchronous=False, pool_size=_CONNECTIONS)
        self._leading: Connection | None = None

    def leads(self) -> bool:
        """Whether this worker leads; it leads until it ends or loses its connection."""
        if self.sqlite:
            return True  # there is one worker
        try:
            if self._leading is not None:
                self._leading.execute(text("SELECT 1"))
                return True
            connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if connection.scalar(_TRY):
                self._leading = connection
                return True
            connection.close()
        except DBAPIError:
            _log.warning("the connection of the leading worker was lost", exc_info=True)
            self._resign()
        return False

    def _resign(self) -> None:
        if self._leading is not None:
            # Closed instead of returned to the pool, as the lock belongs to the connection.
            self._leading.invalidate()
            self._leading.close()
            self._leading = None

    def close(self) -> None:
        """Give up leading, and the connections."""
        self._resign()
        self.engine.dispose()


def beside(file: Path) -> Path:
    """The file of the tasks: `placet.work.db` beside `placet.db`."""
    return file.with_name(f"{file.stem}.work{file.suffix}")


def _beside(file: Path) -> Engine:
    engine = create_engine(f"sqlite:///{beside(file)}", pool_size=_CONNECTIONS, max_overflow=_CONNECTIONS)

    event.listen(engine, "do_connect", private.before_connecting)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        # A transaction that will write takes the lock at once: reading first, it would fail instead of waiting.
        connection.isolation_level = "IMMEDIATE"
        # Not FULL: all pending work is in the database itself. A task that is lost at a power failure is started again,
        # and one that comes back finds nothing left to do.
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
