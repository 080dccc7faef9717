"""One act on its way to its commit: attempt after attempt, each with fresh reads, and later ones with locks.

1. The act reads and commits, and holds no lock before its commit.
2. If something that it read has changed, it queues: acts that start again for the same change wait for each other.
3. From the fifth attempt on (for acts over many items, from the second), everything that its attempts have read and
   written so far is locked before it reads. Anything that it reads or writes for the first time is compared at the
   commit as usual; where others hold a row that it has to write, it releases everything, and starts again with it.

On SQLite, where writers take turns, the second attempt reads under the write lock. So does the first attempt of the
next acts on the same item: who worked beside it probably still does, and reading twice costs more than waiting.

Time is up after ten seconds, but no act gives up for what others have changed before it has tried once with locks: one
that waited long for its first commit would otherwise be refused though nobody is in its way any more.

Where the reply to a commit is lost, the act's event is looked up before anything else is done or reported: it exists,
or never will once the server's process that worked on the commit has ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, NoReturn, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from placet.engine.act.guards import Family
from placet.engine.act.ports import MovedError
from placet.engine.act.read_set import ReadSet
from placet.engine.act.session import Session
from placet.errors import BusyError, UnavailableError
from placet.store import locks
from placet.store.backends import Backend
from placet.store.commit import Locks
from placet.store.database import Database
from placet.store.failures import Failure, cause_of, failure_of
from placet.store.guards import bucket
from placet.store.session import SqlSession

T = TypeVar("T")

#: Seconds until an act gives up.
_PATIENCE = 10.0
#: The first attempt that locks before it reads, on PostgreSQL and on SQLite.
_LOCKING, _LOCKING_BULK, _LOCKING_SQLITE = 5, 2, 2
#: Seconds until the next attempt after a server has gone without a reply.
_BREATH = 0.2


class _UnregisteredError(Exception):
    """A search belongs to a family for which nobody counts yet: register it, and start again."""

    def __init__(self, unknown: set[tuple[str, Family]]) -> None:
        super().__init__()
        self.unknown = unknown


class Attempts(Generic[T]):
    """All attempts of one act."""

    def __init__(
        self, database: Database, act: Callable[[Session], T], *, event: str, bulk: bool, about: str = ""
    ) -> None:
        self._database = database
        self._act = act
        self._event = event
        self._about = about
        self._locking = _LOCKING_SQLITE if database.sqlite else _LOCKING_BULK if bulk else _LOCKING
        self._locks = Locks()
        self._moved: MovedError | None = None
        #: Results of commits whose reply was lost, by the hash of their first event.
        self._unsure: dict[str, T] = {}
        #: Whether the reply to a commit was lost, so that it is unknown whether it happened.
        self._lost_one = False
        #: The server's processes that may still work on such a commit, as they could not be ended.
        self._lingering: set[Backend] = set()
        self._doubled = False

    def run(self) -> T:
        """Try until it is done. Raises `BusyError` when the time is up."""
        deadline = time.monotonic() + _PATIENCE
        attempt, made = 1, 0
        unknown: set[tuple[str, Family]] = set()
        while True:
            try:
                if unknown:
                    self._database.families.register(unknown)
                    unknown = set()
                return self._try(attempt)
            except _UnregisteredError as found:
                unknown = found.unknown
                continue
            except MovedError as error:
                self._note(error)
                reason: Exception = error
            except (DBAPIError, PoolTimeoutError) as error:
                self._demand_passing(error, late=time.monotonic() > deadline)
                reason = error
            made += 1
            self._database.contention.retries += 1
            late = time.monotonic() > deadline
            if late and (attempt >= self._locking or not isinstance(reason, MovedError)):
                self._give_up(made, reason)
            attempt = max(attempt + 1, self._locking) if late else attempt + 1

    def _give_up(self, attempts: int, reason: Exception) -> NoReturn:
        self._database.contention.given_up += 1
        if self._lost_one:
            raise UnavailableError(cause_of(reason), outcome_known=False) from reason
        raise BusyError(attempts) from reason

    def _note(self, moved: MovedError) -> None:
        self._moved = moved
        self._database.contention.moved.update(moved.labels)
        if self._about:
            self._database.contention.met(self._about)
        for name in moved.names:
            if name.startswith("families:"):
                self._database.families.forget(name.removeprefix("families:"))

    def _demand_passing(self, error: DBAPIError | PoolTimeoutError, *, late: bool) -> None:
        """Raises `UnavailableError`, or the error itself, unless another attempt may succeed."""
        self._database.departure.after(error)
        match failure_of(error):
            case Failure.MET_OTHERS:
                return
            case Failure.DOUBLED if self._unsure and not late:
                # The existing row may come from an attempt whose reply was lost: that is looked up.
                return
            case Failure.DOUBLED if not self._doubled:
                # Two acts made the same row at once: the next attempt reads it. Met twice, something is wrong.
                self._doubled = True
                return
            case Failure.LOST | Failure.UNAVAILABLE if self._unsure and not late:
                self._database.pause(_BREATH)
                return
            case Failure.LOST | Failure.UNAVAILABLE:
                raise UnavailableError(cause_of(error), outcome_known=not self._lost_one) from error
            case _:
                raise error

    def _try(self, attempt: int) -> T:
        with self._connection(attempt) as (connection, held):
            reads = ReadSet()
            session = SqlSession(self._database, lambda: connection, reads=reads)
            known = self._found(session)
            if known is not None:
                return known[0]
            try:
                result = self._worked(session, reads)
            except (MovedError, _UnregisteredError, DBAPIError, PoolTimeoutError):
                raise
            except Exception:
                known = self._found_after_all(session)
                if known is not None:
                    return known[0]
                raise
            self._commit(session, result, held=held)
            if not session.appended:
                known = self._found_after_all(session)
                return result if known is None else known[0]
        self._database.written.announce()
        return result

    def _worked(self, session: SqlSession, reads: ReadSet) -> T:
        """The result of the act. A refusal, or another error, counts only if everything that it read is unchanged."""
        try:
            result = self._act(session)
        except MovedError:
            self._locks.add(session.locks())
            raise
        except (DBAPIError, PoolTimeoutError):
            raise
        except Exception:
            _demand_registered(reads)
            self._validate(session)
            raise
        _demand_registered(reads)
        return result

    def _commit(self, session: SqlSession, result: T, *, held: bool) -> None:
        try:
            session.commit(held=held)
        except MovedError:
            self._locks.add(session.locks())
            raise
        except DBAPIError as error:
            self._lost(session, result, error)
            raise

    def _validate(self, session: SqlSession) -> None:
        try:
            session.validate()
        except MovedError:
            self._locks.add(session.locks())
            raise

    # A lost reply

    def _lost(self, session: SqlSession, result: T, error: DBAPIError) -> None:
        """Remember a possible commit, and end the process that may still work on it."""
        if failure_of(error) is not Failure.LOST:
            return
        self._lost_one = True
        if session.first_hash is not None:
            self._unsure[session.first_hash] = result
        if session.backend is not None:
            self._lingering.add(session.backend)
        self._end_lingering()

    def _end_lingering(self) -> None:
        self._lingering = {backend for backend in self._lingering if not self._database.end_backend(backend)}

    def _found(self, session: SqlSession) -> tuple[T] | None:
        """The result of an earlier attempt that was committed after all."""
        if not self._unsure:
            return None
        self._end_lingering()
        event = session.log.event(self._event)
        return None if event is None else (self._unsure[event.hash],)

    def _found_after_all(self, session: SqlSession) -> tuple[T] | None:
        """The same again, before it is reported that nothing was done: it may have happened since this attempt began.

        Raises:
            UnavailableError: an earlier attempt may still be committed.
        """
        known = self._found(session)
        if known is None and self._lingering:
            raise UnavailableError("the connection to the database was lost", outcome_known=False)
        return known

    # The connection of each attempt

    @contextmanager
    def _connection(self, attempt: int) -> Iterator[tuple[Connection, bool]]:
        database = self._database
        if database.sqlite:
            writing = attempt >= self._locking or database.contention.expects(self._about)
            with database.acting(writing=writing) as connection:
                yield connection, writing
        elif attempt == 1:
            with database.acting() as connection:
                yield connection, False
        elif attempt < self._locking:
            moved = self._moved.names[0] if self._moved is not None else self._event
            with database.acting() as connection, locks.queued(connection, bucket(moved)):
                yield connection, False
        else:
            with database.acting() as connection, database.holding(connection, self._locks):
                yield connection, True


def _demand_registered(reads: ReadSet) -> None:
    if reads.unknown:
        raise _UnregisteredError(reads.unknown)
