"""The log by position, read behind writers that commit late, on PostgreSQL; beside it, two ways of reading that fail.

The writers are plain transactions with pauses in them, which no engine of ours would make: between taking a number and
committing, and between the first event and the next.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from signal import SIGKILL
from typing import Any

import psycopg
import pytest
from patience import PATIENCE
from processes import Child
from sqlalchemy import Engine, create_engine, text

from placet.engine.act.journal import new_id
from placet.engine.act.records import EventRecord
from placet.store import log
from placet.store.connections import database_url
from placet.store.sealing import Sealer
from placet.store.store import SqlStore, open_store

from .sealer import start_sealer

ITEMS, WRITERS, TRANSACTIONS = 12, 8, 40
#: Starts a process that seals, and kills it in the end.
Sealing = Callable[[], AbstractContextManager[Child]]
#: An event as a reader knows it: its item, and its number there.
Sealed = tuple[int, int]

#: The numbers that a log without a sealer would be read by: a sequence's, and the transaction's.
_CONTROL = """
CREATE TABLE heads (number bigint PRIMARY KEY, seq bigint NOT NULL DEFAULT 0);
INSERT INTO heads (number) SELECT generate_series(1, :items);
CREATE TABLE control (
    id bigserial PRIMARY KEY, xid bigint DEFAULT (pg_current_xact_id()::text)::bigint, number bigint, seq bigint
);
"""


@pytest.fixture
def store(postgresql_url: str) -> Iterator[SqlStore]:
    """A store whose log nobody seals yet."""
    with closing(open_store(postgresql_url)) as opened:
        with opened.engine.begin() as connection:
            connection.execute(text(_CONTROL.replace(":items", str(ITEMS))))
        yield opened


@pytest.fixture
def writing(postgresql_url: str) -> Iterator[Engine]:
    """Connections for writers."""
    made = create_engine(
        database_url(postgresql_url), pool_size=WRITERS + 2, isolation_level="READ COMMITTED"
    )
    yield made
    made.dispose()


def write(engine: Engine, numbers: list[int], pause: Callable[[], None], *, commit: bool = True) -> None:
    """One transaction that appends an event to each of some items, with pauses in between."""
    with engine.connect() as connection, connection.begin() as transaction:
        for number in numbers:
            behind = text("UPDATE heads SET seq = seq + 1 WHERE number = :number RETURNING seq")
            seq = connection.execute(behind, {"number": number}).scalar_one()
            connection.execute(
                text("INSERT INTO control (number, seq) VALUES (:number, :seq)"),
                {"number": number, "seq": seq},
            )
            log.append(connection, [event(number, seq)])
            pause()
        if not commit:
            transaction.rollback()


def event(number: int, seq: int) -> EventRecord:
    return EventRecord(
        id=new_id(), workspace="OPS", number=number, seq=seq, kind="edited", at=datetime.now(UTC), actor="ann",
        prev_hash="", hash="", body="{}", data={},
    )  # fmt: skip


def write_at_random(engine: Engine, seed: int) -> None:
    """Transactions of one writer: some over several items, some slow, some taken back."""
    chance = random.Random(seed)  # noqa: S311  # load, no secret
    for _ in range(TRANSACTIONS):
        numbers = sorted(chance.sample(range(1, ITEMS + 1), 3 if chance.random() < 0.4 else 1))
        slow = chance.random() < 0.2

        def pause(slow: bool = slow) -> None:
            time.sleep(0.03 if slow else chance.uniform(0, 0.005))

        write(engine, numbers, pause, commit=chance.random() >= 0.05)


@dataclass
class Reader:
    """Reads on from what it read last, again and again."""

    #: Reads what is behind a cursor, and answers with the next one.
    read: Callable[[Any], tuple[list[Sealed], Any]]
    cursor: Any
    sealed: list[Sealed] = field(default_factory=list)

    def follow(self, done: threading.Event) -> None:
        last = False
        while True:
            found, self.cursor = self.read(self.cursor)
            self.sealed += found
            if last and not found:
                return
            last = done.is_set()
            time.sleep(0.003)

    @property
    def out_of_order(self) -> int:
        """Events that came after a later one of their item."""
        of_items: dict[int, list[int]] = {}
        for number, seq in self.sealed:
            of_items.setdefault(number, []).append(seq)
        return sum(later <= former for seqs in of_items.values() for former, later in pairwise(seqs))


def by_position(store: SqlStore) -> Reader:
    """As Placet's own readers do."""

    def read(position: int) -> tuple[list[Sealed], int]:
        with store.reading() as session:
            found = session.log.events_after(position, 50)
        assert [each.position for each in found] == list(range(position + 1, position + 1 + len(found)))
        return [(each.event.number, each.event.seq) for each in found], position + len(found)

    return Reader(read, 0)


def by_sequence(store: SqlStore) -> Reader:
    """By the number that each event was given when it was written."""

    def read(last: int) -> tuple[list[Sealed], int]:
        asked = text("SELECT id, number, seq FROM control WHERE id > :last ORDER BY id")
        with store.engine.connect() as connection:
            found = connection.execute(asked, {"last": last}).all()
        return [(row.number, row.seq) for row in found], found[-1].id if found else last

    return Reader(read, 0)


def by_transaction(store: SqlStore) -> Reader:
    """By the transaction's number, below those of all transactions that still run."""
    asked = text(
        "SELECT xid, id, number, seq FROM control WHERE (xid, id) > (:xid, :id)"
        " AND xid < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint ORDER BY xid, id"
    )

    def read(last: tuple[int, int]) -> tuple[list[Sealed], tuple[int, int]]:
        with store.engine.connect() as connection:
            found = connection.execute(asked, {"xid": last[0], "id": last[1]}).all()
        return [(row.number, row.seq) for row in found], (found[-1].xid, found[-1].id) if found else last

    return Reader(read, (0, 0))


def committed(store: SqlStore) -> Counter[Sealed]:
    with store.engine.connect() as connection:
        return Counter(
            (row.number, row.seq) for row in connection.execute(text("SELECT number, seq FROM events"))
        )


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)


def leaders(database_url: str) -> int:
    """How many processes lead the sealing of a database: they hold its session's advisory lock."""
    asked = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute(asked).fetchone()
    assert row is not None
    return int(row[0])


class TestBehindWriters:
    def test_positions_skip_nothing_and_keep_every_items_order(
        self, store: SqlStore, writing: Engine
    ) -> None:
        """Whatever writers do at once, and whenever a reader looks."""
        done, reader = threading.Event(), by_position(store)
        with Sealer(store), ThreadPoolExecutor(WRITERS) as writers, ThreadPoolExecutor(1) as reading:
            following = reading.submit(reader.follow, done)
            for writer in [writers.submit(write_at_random, writing, seed) for seed in range(WRITERS)]:
                writer.result()
            wait_for(lambda: store.lag().events == 0)
            done.set()
            following.result()

        assert Counter(reader.sealed) == committed(store)
        assert reader.out_of_order == 0

    def test_who_commits_late_comes_behind_what_was_read(self, store: SqlStore, writing: Engine) -> None:
        """One writes an item; a second writes another one, commits and is read; the first writes that one too.

        Who reads by the number of each event skips what commits late, and who reads by that of its transaction turns
        an item's events around.
        """
        positions, sequence, transaction = readers = (
            by_position(store),
            by_sequence(store),
            by_transaction(store),
        )
        written, read = threading.Event(), threading.Event()

        def pause() -> None:
            written.set()
            assert read.wait(PATIENCE)

        with Sealer(store), ThreadPoolExecutor(1) as pool:
            slow = pool.submit(write, writing, [1, 2], pause)
            assert written.wait(PATIENCE)
            write(writing, [2], lambda: None)
            wait_for(lambda: store.lag().events == 0)
            for reader in readers:
                found, reader.cursor = reader.read(reader.cursor)
                reader.sealed += found
            first = [list(reader.sealed) for reader in readers]
            read.set()
            slow.result()
            wait_for(lambda: store.lag().events == 0)
            for reader in readers:
                reader.sealed += reader.read(reader.cursor)[0]

        # A transaction that still runs holds up everything behind it, for those who read by its number.
        assert first == [[(2, 1)], [(2, 1)], []]
        assert positions.sealed == [(2, 1), (1, 1), (2, 2)]
        assert sequence.sealed == [(2, 1), (2, 2)]
        assert transaction.sealed == [(1, 1), (2, 2), (2, 1)]
        assert transaction.out_of_order == 1


class TestSealers:
    def test_one_leads_and_another_takes_over(
        self, store: SqlStore, writing: Engine, postgresql_url: str, sealing: Sealing
    ) -> None:
        """When the process that leads is killed, its lock is gone with its connection."""
        with sealing() as first:
            wait_for(lambda: leaders(postgresql_url) == 1)
            with Sealer(store), sealing():
                write(writing, [1], lambda: None)
                wait_for(lambda: store.lag().events == 0)
                assert leaders(postgresql_url) == 1
                first.end(SIGKILL)
                write(writing, [1, 2], lambda: None)
                wait_for(lambda: store.lag().events == 0)
                wait_for(lambda: leaders(postgresql_url) == 1)

        assert by_position(store).read(0)[0] == [(1, 1), (1, 2), (2, 1)]

    def test_that_are_killed_leave_no_gap_and_nothing_twice(
        self, store: SqlStore, writing: Engine, sealing: Sealing
    ) -> None:
        """SIGKILL at random moments while six writers write; then all is sealed by the next."""
        done = threading.Event()
        reader = by_position(store)

        def go_on(seed: int) -> None:
            while not done.is_set():
                write_at_random(writing, seed)

        with ThreadPoolExecutor(7) as pool:
            writers = [pool.submit(go_on, seed) for seed in range(6)]
            following = pool.submit(reader.follow, done)
            for _ in range(6):
                with sealing():
                    time.sleep(random.uniform(0.05, 0.5))  # noqa: S311  # a moment, no secret
            done.set()
            for writer in writers:
                writer.result()
            following.result()
        with Sealer(store):
            wait_for(lambda: store.lag().events == 0)
        reader.follow(done)

        assert Counter(reader.sealed) == committed(store)
        assert reader.out_of_order == 0

    def test_come_back_when_the_database_does(
        self, store: SqlStore, writing: Engine, postgresql_url: str
    ) -> None:
        """A connection that is cut is made again."""
        with Sealer(store):
            wait_for(lambda: leaders(postgresql_url) == 1)
            with psycopg.connect(postgresql_url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database ="
                    " (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            write(writing, [1], lambda: None)
            wait_for(lambda: store.lag().events == 0)

        assert by_position(store).read(0)[0] == [(1, 1)]

    def test_announce_what_they_and_others_seal(
        self, store: SqlStore, writing: Engine, postgresql_url: str
    ) -> None:
        """In the process of the leader as in those that wait: nobody has to ask again and again."""
        with closing(open_store(postgresql_url)) as other, Sealer(store):
            wait_for(lambda: leaders(postgresql_url) == 1)
            with Sealer(other):
                for each in (store, other):
                    heard = threading.Event()
                    with each.log_signal.listened(heard.set):
                        time.sleep(0.2)  # what was said at their beginning
                        heard.clear()
                        write(writing, [1], lambda: None)
                        assert heard.wait(PATIENCE)

    @pytest.fixture
    def sealing(self, postgresql_url: str, tmp_path: Path) -> Sealing:
        """Lets a process seal meanwhile."""

        @contextmanager
        def run() -> Iterator[Child]:
            process = start_sealer(postgresql_url, tmp_path)
            try:
                yield process
            finally:
                process.end(SIGKILL)

        return run
