"""Sealing: committed events get their positions in the log, 1..n without a gap.

On PostgreSQL, transactions do not commit in the order in which they took numbers: a client that reads on after the last
number it has seen would miss events that are committed late. Writers therefore give no positions. They leave a mark
beside each event, in the same transaction, with a number that they draw at its end, while everything that they read
and wrote is locked: this is the order in which acts were decided. Sealing takes the marks that it sees in that order,
writes the positions and removes the marks, in one transaction, and one such transaction runs at a time. Events that
are committed later keep their marks, and come with the next sealing.

One process of an installation, the leader, seals all the time. Readers of the log seal the marked events that they
find, so that they see their own writes.

On SQLite writers take turns, and give the positions themselves.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from types import TracebackType
from typing import Any, NamedTuple, Self

import psycopg
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine

from placet.errors import UnavailableError
from placet.store import log
from placet.store import statements as sql
from placet.store.availability import demand_writable
from placet.store.database import Database
from placet.store.tables import events, positions, unsealed
from placet.store.write_ahead import WriteAheadLog

_log = logging.getLogger(__name__)

#: Advisory locks of the leader, and of a running sealing: any numbers that are not used otherwise in this database.
_LEADING, _SEALING = 0x706C61636574_01, 0x706C61636574_02
_CHANNEL = "placet_log"
#: Events sealed in one transaction; more, where all of these wait for earlier ones.
BATCH = 1000
#: Seconds: at least between two batches, so that busy writers are not held up; and until a leader looks for events of
#: other processes, which do not signal them, as a NOTIFY in each transaction would halve their rate.
_BREATH, _LOOK = 0.02, 0.1
#: Rest for each second of work. While the server has a very old transaction, deleted marks cannot be vacuumed, and
#: reading past them takes longer and longer: then the log is sealed later, and writers are not held up.
_REST = 4
#: Seconds until a process that does not lead tries to lead, and reads the end of the log itself.
_TRY = 1.0
#: Seconds at most until a waiting process notices that it is to stop.
_TICK = 0.2

#: The marks that are taken next, in the order in which their events were decided.
_marks = (
    select(unsealed.c.decided, unsealed.c.event)
    .order_by(unsealed.c.decided, unsealed.c.event)
    .limit(bindparam("limit"))
    .subquery("marks")
)
#: A mark's event. The table of marks fills and empties all the time, so that PostgreSQL's statistics on it are of
#: another moment: in a plain join it would now and then read the whole log for a few marks. The limit makes it look
#: up each event by itself.
_event = (
    select(*(events.c[name] for name in ("id", *sql.PLACED)))
    .where(events.c.id == _marks.c.event)
    .limit(1)
    .lateral("event")
)
_preceding = (
    select(positions.c.position)
    .where(
        positions.c.workspace == _event.c.workspace,
        positions.c.number == _event.c.number,
        positions.c.seq == _event.c.seq - 1,
    )
    .scalar_subquery()
)
#: Marked events in that order, whether the preceding event of their item is sealed, and the last position. Of an event
#: that somebody deleted there is only the mark.
_MARKED: Select[Any] = (
    select(
        _marks.c.decided,
        *_event.c,
        or_(_event.c.seq == 1, _preceding.is_not(None)).label("follows"),
        select(func.coalesce(func.max(positions.c.position), 0)).scalar_subquery().label("last"),
    )
    .select_from(_marks.outerjoin(_event, true()))
    .order_by(_marks.c.decided, _marks.c.event)
)


def _column(name: str, type: TypeEngine[Any]) -> ColumnElement[Any]:
    return func.unnest(bindparam(name, type_=ARRAY(type)))


# One array for each column: a statement for each row would take several times as long.
_PLACE = insert(positions).from_select(
    ["position", *sql.PLACED],
    select(_column("position", BigInteger()), *(_column(n, positions.c[n].type) for n in sql.PLACED)),
)
_UNMARK = delete(unsealed).where(
    tuple_(unsealed.c.decided, unsealed.c.event).in_(
        select(_column("decided", BigInteger()), _column("ids", String()))
    )
)

#: All that a sealing writes, in one statement: on a desk with few people there is a sealing for nearly every act.
_SEAL = select(func.pg_notify(_CHANNEL, "")).add_cte(_PLACE.cte("placed"), _UNMARK.cte("unmarked"))

#: Plans are cached, and may be made while the log is short: in this transaction they are those of a long one.
_ALONE = select(func.pg_advisory_xact_lock(_SEALING), func.set_config("enable_seqscan", "off", True))  # noqa: FBT003  # PostgreSQL's signature
_LEAD = select(func.pg_try_advisory_lock(_LEADING))
_STATE = select(
    select(func.coalesce(func.max(positions.c.position), 0)).scalar_subquery(),
    exists(select(unsealed.c.event)),
)
#: The end of the log on SQLite.
_END = "SELECT coalesce(max(position), 0) FROM positions"


class Lag(NamedTuple):
    """How far the log's positions lag behind committed events."""

    #: Events that are committed and have no position.
    events: int
    #: Seconds since the oldest of them was made.
    seconds: float


def lag(connection: Connection) -> Lag:
    """The events that wait for the sealer. None on SQLite."""
    count, oldest = connection.execute(select(func.count(), func.min(unsealed.c.event))).one()
    if oldest is None:
        return Lag(0, 0.0)
    # A UUIDv7 begins with the milliseconds of its moment.
    made = int(oldest.replace("-", "")[:12], 16) / 1000
    return Lag(count, max(0.0, time.time() - made))


def state(connection: Connection) -> tuple[int, bool]:
    """The last position, and whether there are marked events."""
    last, marked = connection.execute(_STATE).one()
    return last, marked


def seal(connection: Connection) -> int:
    """Give positions to marked events, a batch at most; returns how many. In a transaction at READ COMMITTED.

    It waits for other sealing transactions, and therefore sees their result.
    """
    connection.execute(_ALONE)
    chosen = _chosen(connection)
    if not chosen:
        return 0
    first = chosen[0].last + 1
    placed = {name: [getattr(event, name) for event in chosen] for name in sql.PLACED}
    unmarked = {"decided": [event.decided for event in chosen], "ids": [event.id for event in chosen]}
    connection.execute(_SEAL, {"position": list(range(first, first + len(chosen))), **placed, **unmarked})
    return len(chosen)


def _chosen(connection: Connection) -> list[Row[Any]]:
    """The events to be sealed next, in the order of decisions, but none before the preceding event of its item.

    All of them come from one snapshot. An act holds its locks from before it draws its number until it has committed,
    so that everything on which a visible event rests is visible, with a smaller number: no transaction has to be
    waited for. The same holds for the events of one item; an event whose predecessor is missing, in a log that was
    put together by hand, waits.
    """
    limit = BATCH
    while True:
        found = connection.execute(_MARKED, {"limit": limit}).all()
        chosen: list[Row[Any]] = []
        sealed: set[tuple[str, int, int]] = set()
        held: dict[tuple[str, int, int], Row[Any]] = {}
        for event in found:
            if event.id is None:
                continue
            place = (event.workspace, event.number, event.seq)
            if not event.follows and (*place[:2], event.seq - 1) not in sealed:
                held[place] = event
                continue
            following: Row[Any] | None = event
            while following is not None:
                chosen.append(following)
                place = (following.workspace, following.number, following.seq)
                sealed.add(place)
                following = held.pop((*place[:2], following.seq + 1), None)
        if chosen or len(found) < limit:
            return chosen
        # All of them wait for later events, or are gone. The second read starts from the beginning, to be one snapshot
        # again.
        limit *= 2


class Sealer:
    """Seals the log in a thread of its own for as long as it runs, and announces new events in this process.

    Of several sealers on one database one leads, by an advisory lock of its connection; when the connection ends, the
    lock is released, and another takes over. The others wait for a NOTIFY. On SQLite it looks for events of other
    processes, and copies SQLite's own log.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stopping = threading.Event()
        self._wake = threading.Event()
        #: The end of the log when it was last announced.
        self._announced = 0
        #: When the server was last known to take writes.
        self._looked = 0.0
        self._thread = threading.Thread(target=self._run, name="placet-sealer", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait for the end."""
        self._stopping.set()
        self._wake.set()
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        """Log each failure and try again: nobody would notice that the thread has ended."""
        step = self._watch if self._database.sqlite else self._seal
        with self._database.written.listened(self._wake.set):
            while not self._stopping.is_set():
                try:
                    step()
                except Exception as error:  # noqa: BLE001  # logged, and tried again
                    # With a traceback only if the database is not simply unavailable.
                    away = isinstance(
                        error, (SQLAlchemyError, psycopg.Error, sqlite3.Error, UnavailableError)
                    )
                    _log.warning(
                        "the log is not %s from here, which is tried again in %s s: %s",
                        "followed" if self._database.sqlite else "sealed", _TRY, error, exc_info=not away,
                    )  # fmt: skip
                    self._stopping.wait(_TRY)

    def _seal(self) -> None:
        engine = self._database.sealing_engine()
        try:
            # Most of its looks find nothing: each is one message, and not a transaction.
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                self._serve(connection)
        finally:
            engine.dispose()  # the lock is released with the connection

    def _serve(self, connection: Connection) -> None:
        connection.execute(text(f"LISTEN {_CHANNEL}"))
        while not self._leads(connection):
            self._demand_writable(connection)
            self._follow(connection)
        connection.execute(text(f"UNLISTEN {_CHANNEL}"))
        while not self._stopping.is_set():
            self._demand_writable(connection)
            self._lead(connection)

    def _demand_writable(self, connection: Connection) -> None:
        """Leave a server that no longer takes writes, with all connections of this process."""
        if time.monotonic() - self._looked < _TRY:
            return
        try:
            demand_writable(connection)
        except UnavailableError:
            self._database.departure.leave()
            raise
        self._looked = time.monotonic()

    def _leads(self, connection: Connection) -> bool:
        return self._stopping.is_set() or bool(connection.scalar(_LEAD))

    def _lead(self, connection: Connection) -> None:
        self._wake.clear()
        began = time.monotonic()
        last, marked = state(connection)
        sealed = self._sealed(connection) if marked else 0
        took = time.monotonic() - began
        self._announce(last + sealed)
        if sealed >= BATCH:
            return
        self._stopping.wait(max(_BREATH, _REST * took))
        if not sealed:
            self._wake.wait(_LOOK)

    @staticmethod
    def _sealed(connection: Connection) -> int:
        driver: Any = connection.connection.driver_connection
        with driver.transaction():
            return seal(connection)

    def _announce(self, last: int) -> None:
        if last != self._announced:
            self._announced = last
            self._database.log_signal.announce()

    def _follow(self, connection: Connection) -> None:
        self._announce(log.last_position(connection))
        driver: Any = connection.connection.driver_connection
        until = time.monotonic() + _TRY
        while not self._stopping.is_set() and time.monotonic() < until:
            for _ in driver.notifies(timeout=_TICK, stop_after=1):
                self._database.log_signal.announce()

    def _watch(self) -> None:
        """On SQLite: announce events of other processes, and copy its log, until it is stopped."""
        connection = self._database.engine.raw_connection()
        file: Any = connection.driver_connection
        ahead = WriteAheadLog(str(self._database.engine.url.database))
        try:
            before = None
            while not self._stopping.wait(_TICK):
                version = file.execute("PRAGMA data_version").fetchone()
                if version != before:
                    before = version
                    ahead.grown()
                    # Most commits of a worker keep its books: nobody who follows the log is woken for these.
                    self._announce(file.execute(_END).fetchone()[0])
                ahead.copy(file)
        finally:
            connection.close()
