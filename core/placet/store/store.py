"""The store itself: acts, administration and views over one database, and its log."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from placet.engine.act.ports import MovedError
from placet.engine.act.records import ItemRecord
from placet.engine.act.session import Session
from placet.errors import BusyError
from placet.store import installation, locks, log, sealing, stats, write_ahead
from placet.store.attempts import Attempts
from placet.store.availability import read_only
from placet.store.connections import database_url, postgresql_engine, sqlite_engine
from placet.store.database import Database
from placet.store.failures import Failure, failure_of
from placet.store.sealing import Lag
from placet.store.session import SqlSession
from placet.store.statements import LOAD_NOTE
from placet.store.stats import Values

_log = logging.getLogger(__name__)

T = TypeVar("T")

#: Connections for work beside a transaction, on PostgreSQL.
_ASIDE = 2
#: Seconds until a transaction of administration that meets other writers gives up.
_PATIENCE = 5.0


def open_store(
    url: str, *, asynchronous: bool = False, pool_size: int = 8, pool_timeout: float = 5.0
) -> SqlStore:
    """Open a database, whose schema has to exist; see `placet.store.schema`.

    Args:
        url: `sqlite:///FILE` or `postgresql://...`.
        asynchronous: on PostgreSQL, for use inside `placet.store.bridge.run`; no thread is needed then.
        pool_size: connections kept open at most; there may be as many again when all of them are in use.
        pool_timeout: seconds to wait for one of them, on PostgreSQL.

    Raises:
        SettingsError: the URL is not of a supported database.
    """
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqlStore(sqlite_engine(parsed), asynchronous=False)
    made = partial(postgresql_engine, parsed, asynchronous=asynchronous, pool_timeout=pool_timeout)
    return SqlStore(made(pool_size=pool_size), asynchronous=asynchronous, aside=made(pool_size=_ASIDE))


class SqlStore(Database):
    """Implements `placet.engine.act.ports.Store`."""

    def run(self, act: Callable[[Session], T], *, event: str, bulk: bool = False, about: str = "") -> T:
        """Run one act; see `placet.store.attempts`."""
        return Attempts(self, act, event=event, bulk=bulk, about=about).run()

    def transact(
        self, act: Callable[[Session], T], *, configures: Sequence[str] = (), forced: bool = True
    ) -> T:
        """Run an act of administration in one transaction, and again when it meets other writers."""
        deadline = time.monotonic() + _PATIENCE
        attempt = 0
        # An existing row is read by the next attempt. If it happens twice, something is wrong.
        doubled_before = False
        while True:
            attempt += 1
            try:
                return self._transacted(act, configures, forced=forced)
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
            self.pause(random.uniform(0.002, 0.05 * min(attempt, 4)))  # noqa: S311  # jitter, not a secret

    def _transacted(self, act: Callable[[Session], T], configures: Sequence[str], *, forced: bool) -> T:
        begin = "BEGIN IMMEDIATE" if self.sqlite else "BEGIN ISOLATION LEVEL READ COMMITTED"
        with (
            self._writer,
            self._autocommit.connect() as connection,
            nullcontext() if forced else self._unforced(connection),
            self._transaction(connection, begin),
        ):
            if configures:
                locks.configure(connection, configures)
            session = SqlSession(self, lambda: connection)
            result = act(session)
            session.commit(held=True)
            if self.driver.in_transaction(connection):
                self.driver.command(connection, "COMMIT")
        if session.appended:
            self.written.announce()
        return result

    @contextmanager
    def reading(self, *, whole: bool = True, known: Sequence[ItemRecord] = ()) -> Iterator[Session]:
        """A read-only view, consistent in itself.

        Args:
            whole: whether its transaction begins with the first read. Otherwise it begins with the second, which raises
                `MovedError` where the first read has changed since: most views read one thing, and opening
                and ending a transaction costs more than the read.
            known: items as they were at one moment, such as that of a commit: they are the first read of a view that is
                not `whole`, which reads nothing at all if it needs nothing else.
        """
        begin = "BEGIN" if self.sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        with read_only(), ExitStack() as opened:

            def connect() -> Connection:
                self.file.demand_same_lately()
                # On SQLite the pages of the last act are still in the cache of its connection.
                return opened.enter_context(self._kept.connection())

            def started(connection: Connection) -> None:
                opened.enter_context(self._transaction(connection, begin))

            def connect_and_begin() -> Connection:
                connection = connect()
                started(connection)
                return connection

            if whole:
                yield SqlSession(self, connect_and_begin, view=True)
            else:
                yield SqlSession(self, connect, view=True, begin=started, known=known)

    # The log

    def overwrite_erased(self) -> None:
        """Empty SQLite's log, which has former versions of pages until they are overwritten one day.

        Writers wait meanwhile, so that it waits for readers of a former version for a moment only; where one goes on
        reading, a warning says what to do. PostgreSQL removes former versions of rows by itself (autovacuum), and
        administrators sooner (VACUUM).
        """
        if not self.sqlite:
            return
        with self._writer, self._autocommit.connect() as connection:
            driver: Any = connection.connection.driver_connection
            emptied = write_ahead.truncate(driver)
        if not emptied:
            _log.warning(
                "what was erased is gone from the database, and its log keeps former pages, since somebody reads from"
                " before: let exports and backups end, and run PRAGMA wal_checkpoint(TRUNCATE) or restart the server"
            )

    def settle(self) -> None:
        """Give positions to committed events; see `placet.store.sealing`."""
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
            # Another process has been sealing for seconds: its result can be read.
            if failure_of(error) is not Failure.MET_OTHERS:
                raise
        self.log_signal.announce()

    def begin_epoch(self, now: datetime) -> int:
        """Begin a new epoch after a backup was restored: former cursors are refused. Returns the number of the epoch.

        Events after the backup are lost, and other events take their positions: clients that went on from old cursors
        would miss these silently. Stored with the epoch: its moment, and the end of the log.
        """
        self.settle()
        with self._aside.connect() as connection:
            era, last = log.epoch(connection) + 1, log.last_position(connection)
        self.set_note(f"{log.EPOCH_NOTE}.{era}", f"{now.isoformat()} at {last}")
        self.set_note(log.EPOCH_NOTE, str(era))
        return era

    def lag(self) -> Lag:
        """How far the log's positions lag behind committed events."""
        with self._aside.connect() as connection:
            return sealing.lag(connection)

    def stats(self, now: datetime) -> list[Values]:
        """The present figures, for each of `placet.store.stats.STATS`."""
        with self._aside.connect() as connection:
            return [stat.ask(connection, now) for stat in stats.STATS]

    # Notes of the installation

    def note(self, name: str) -> str | None:
        """A note of the installation."""
        with self._aside.connect() as connection:
            found = self.fetch(connection, LOAD_NOTE, {"name": name})
        return found[0].value if found else None

    def set_note(self, name: str, value: str) -> None:
        """Write a note of the installation."""
        with self.outside(forced=True) as connection:
            installation.set_note(connection, name, value)
