"""Positions: given once, without a gap, in an order that keeps every item's own, whatever order commits come in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from patience import PATIENCE
from post import eventually
from sqlalchemy import Connection, Engine, event, insert, text

from placet.engine.act.queries import EventQuery
from placet.engine.act.records import EventRecord, ItemRef, SealedEvent
from placet.errors import MalformedError
from placet.store import log, sealing
from placet.store.sealing import Sealer
from placet.store.store import SqlStore, open_store
from placet.store.tables import workspaces

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
#: Rows that a connection has read lately in the tables of the log.
_ROWS_READ = text(
    "SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) FROM pg_stat_xact_user_tables"
    " WHERE relname IN ('events', 'positions')"
)


def made(n: int, number: int, seq: int, **other: str) -> EventRecord:
    """An event whose id is the n-th."""
    id = f"0198f2a4-7c11-7d3e-9d0c-{n:012x}"
    named = {"workspace": "OPS", "kind": "edited", "actor": "ann"} | other
    return EventRecord(
        id=id, number=number, seq=seq, at=AT, prev_hash="", hash="", body="{}", data={},
        workspace=named["workspace"], kind=named["kind"], actor=named["actor"],
    )  # fmt: skip


def sealed(store: SqlStore) -> list[tuple[int, str]]:
    """The whole log: positions, and their events."""
    with store.reading() as session:
        return [
            (each.position, f"{each.event.key}:{each.event.seq}")
            for each in session.log.events_after(0, 10_000)
        ]


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    """A store over either database."""
    with closing(open_store(database_url)) as opened:
        yield opened


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[SqlStore]:
    """A store over PostgreSQL."""
    with closing(open_store(postgresql_url)) as opened:
        yield opened


def write(store: SqlStore, *records: EventRecord) -> None:
    """Append events in one transaction."""
    with store.engine.begin() as connection:
        log.append(connection, records)


class TestPositions:
    def test_are_given_to_what_is_committed(self, store: SqlStore) -> None:
        """From 1 on, without a gap, and once."""
        write(store, made(1, 1, 1), made(2, 2, 1))
        store.settle()
        write(store, made(3, 1, 2))
        store.settle()
        store.settle()

        assert sealed(store) == [(1, "OPS-1:1"), (2, "OPS-2:1"), (3, "OPS-1:2")]
        with store.reading() as session:
            assert session.log.last_position() == 3
            assert [each.event.key for each in session.log.events_after(1, 1)] == ["OPS-2"]
            assert session.log.events_after(3, 10) == []

    def test_of_an_empty_log_there_are_none(self, store: SqlStore) -> None:
        """It ends at 0."""
        store.settle()

        with store.reading() as session:
            assert (session.log.last_position(), session.log.events_after(0, 10)) == (0, [])

    def test_are_not_given_to_what_is_taken_back(self, store: SqlStore) -> None:
        """A transaction that fails leaves no gap."""
        with store.engine.connect() as connection, connection.begin() as transaction:
            log.append(connection, [made(1, 1, 1)])
            transaction.rollback()
        write(store, made(2, 2, 1))
        store.settle()

        assert sealed(store) == [(1, "OPS-2:1")]

    def test_wait_for_nobody(self, postgresql: SqlStore) -> None:
        """A transaction that takes long holds nothing back, and is in the log when it commits: behind, not between."""
        with postgresql.engine.connect() as connection, connection.begin():
            log.append(connection, [made(1, 1, 1)])
            write(postgresql, made(2, 2, 1))
            postgresql.settle()
            before = sealed(postgresql)
        postgresql.settle()

        assert before == [(1, "OPS-2:1")]
        assert sealed(postgresql) == [(1, "OPS-2:1"), (2, "OPS-1:1")]

    def test_are_in_the_order_of_decisions_whatever_the_ids(self, postgresql: SqlStore) -> None:
        """An event's id is made before its act waits for others: the one that was decided first stands first."""
        write(postgresql, made(9, 1, 1), made(5, 2, 1))
        write(postgresql, made(7, 1, 2))
        write(postgresql, made(1, 3, 1))
        postgresql.settle()

        assert [what for _, what in sealed(postgresql)] == ["OPS-1:1", "OPS-2:1", "OPS-1:2", "OPS-3:1"]

    def test_are_not_held_back_by_strangers(self, postgresql: SqlStore) -> None:
        """A decision stands behind those on which it rests, while somebody else's transaction runs on."""
        with postgresql.engine.connect() as stranger, stranger.begin():
            log.append(stranger, [made(1, 9, 1)])
            write(postgresql, made(8, 1, 1))
            write(postgresql, made(3, 2, 1))
            postgresql.settle()

            assert [what for _, what in sealed(postgresql)] == ["OPS-1:1", "OPS-2:1"]

    def test_keep_an_items_order_where_numbers_do_not(self, postgresql: SqlStore) -> None:
        """Those of a log that was put together by hand may turn an item around: it waits for what is missing."""
        for n, seq in ((1, 3), (2, 2)):
            write(postgresql, made(n, 1, seq))
        write(postgresql, made(3, 2, 1))
        postgresql.settle()
        before = [what for _, what in sealed(postgresql)]
        write(postgresql, made(4, 1, 1))
        postgresql.settle()

        assert before == ["OPS-2:1"]
        assert [what for _, what in sealed(postgresql)] == ["OPS-2:1", "OPS-1:1", "OPS-1:2", "OPS-1:3"]

    def test_of_many_events_are_given_in_parts(self, postgresql: SqlStore) -> None:
        """More than one transaction takes, and all of an item in the wrong order: everything is sealed all the same."""
        count = 2 * sealing.BATCH + 100
        for seq in range(count, 0, -500):
            write(postgresql, *(made(n, 1, n) for n in range(seq, max(seq - 500, 0), -1)))
        write(postgresql, made(count + 1, 2, 1))
        postgresql.settle()

        found = sealed(postgresql)
        assert [position for position, _ in found] == list(range(1, count + 2))
        assert [what for _, what in found if what.startswith("OPS-1:")] == [
            f"OPS-1:{n}" for n in range(1, count + 1)
        ]
        assert postgresql.lag() == (0, 0.0)

    def test_are_given_past_events_that_somebody_deleted(self, postgresql: SqlStore) -> None:
        """Their marks are still there, more of them than one transaction takes: the log goes on behind them."""
        write(postgresql, *(made(n, n, 1) for n in range(1, sealing.BATCH + 1)))
        with postgresql.engine.begin() as connection:
            connection.execute(text("DELETE FROM events"))
        last = sealing.BATCH + 1
        write(postgresql, made(last, last, 1))
        postgresql.settle()

        assert sealed(postgresql) == [(1, f"OPS-{last}:1")]

    def test_that_somebody_hangs_at_giving_keep_nobody_from_reading(self, postgresql: SqlStore) -> None:
        """After a while what is sealed is read as it is; the rest comes when it can be sealed again."""
        write(postgresql, made(1, 1, 1))
        postgresql.settle()
        others = postgresql.sealing_engine()
        with others.begin() as hanging:
            hanging.execute(text(f"SELECT pg_advisory_xact_lock({sealing._SEALING})"))
            write(postgresql, made(2, 2, 1))
            postgresql.settle()
            meanwhile = sealed(postgresql)
        others.dispose()
        postgresql.settle()

        assert meanwhile == [(1, "OPS-1:1")]
        assert sealed(postgresql) == [(1, "OPS-1:1"), (2, "OPS-2:1")]

    def test_leave_nothing_marked(self, postgresql: SqlStore) -> None:
        """The waiting events are counted, with how long they have waited."""
        write(postgresql, made(1, 1, 1), made(2, 2, 1))
        waiting = postgresql.lag()
        postgresql.settle()

        assert waiting.events == 2
        assert waiting.seconds > 0
        assert postgresql.lag() == (0, 0.0)


class TestTheCost:
    """A sealing reads the events that it seals, however long the log is: rows are counted, by the database itself."""

    #: Rows of events and positions that are read for one event: itself, and the one before it.
    EACH = 2

    def read(self, sealing_connections: Engine) -> int:
        """Rows that one sealing reads in the tables which grow with the log."""
        with sealing_connections.begin() as connection:
            before = connection.scalar(_ROWS_READ)
            sealing.seal(connection)
            return int(connection.scalar(_ROWS_READ) - before)

    @pytest.fixture
    def connections(self, postgresql: SqlStore) -> Iterator[Engine]:
        """The connections of a sealer."""
        made = postgresql.sealing_engine()
        yield made
        made.dispose()

    def test_does_not_depend_on_statistics(self, postgresql: SqlStore, connections: Engine) -> None:
        """Those on marks are always of another moment: the oldest events had marks then, the latest have now."""
        self.written(postgresql, 1, 60)
        self.analyzed(postgresql, "unsealed")
        postgresql.settle()
        self.written(postgresql, 61, 3000)
        postgresql.settle()
        self.analyzed(postgresql, "events", "positions")
        self.written(postgresql, 3001, 3005)

        assert self.read(connections) <= self.EACH * 5 + 1

    def test_does_not_depend_on_marks_that_are_gone(self, postgresql: SqlStore, connections: Engine) -> None:
        """Their room counts as rows for PostgreSQL, as if nearly the whole log had to be sealed."""
        self.written(postgresql, 1, 3000)
        postgresql.settle()
        self.analyzed(postgresql, "events", "positions")
        self.written(postgresql, 3001, 3005)

        assert self.read(connections) <= self.EACH * 5 + 1

    def test_does_not_depend_on_how_long_the_log_was_at_first(
        self, postgresql: SqlStore, connections: Engine
    ) -> None:
        """A plan that is kept from the first events is one for many."""
        self.written(postgresql, 1, 1)
        postgresql.settle()
        self.analyzed(postgresql, "events", "positions")
        for n in range(2, 13):
            self.written(postgresql, n, n)
            self.read(connections)
        self.written(postgresql, 13, 1000)
        self.read(connections)
        self.written(postgresql, 1001, 1005)

        assert self.read(connections) <= self.EACH * 5 + 1

    def test_is_three_statements_whatever_the_number_of_events(
        self, postgresql: SqlStore, connections: Engine
    ) -> None:
        """To be alone, to read the marked events, and to write: where few people act there is one for each act."""
        self.written(postgresql, 1, 5)
        sent: list[str] = []

        def note(_c: object, _k: object, statement: str, *_: object) -> None:
            sent.append(statement)

        event.listen(connections, "before_cursor_execute", note)
        with connections.begin() as connection:
            assert sealing.seal(connection) == 5

        assert len(sent) == 3

    def written(self, store: SqlStore, first: int, last: int) -> None:
        """Events, the first ones of items of their own."""
        write(store, *(made(n, n, 1) for n in range(first, last + 1)))

    def analyzed(self, store: SqlStore, *tables: str) -> None:
        """PostgreSQL looks at some tables, as it does from time to time, at each by itself."""
        with store.engine.begin() as connection:
            for table in tables:
                connection.execute(text(f"ANALYZE {table}"))


class TestTheThread:
    def test_begins_no_transaction_to_look_for_events(self, postgresql: SqlStore, tmp_path: Path) -> None:
        """It looks several times a second, and mostly there are none: each look is one message to the server."""
        messages = tmp_path / "messages"
        with messages.open("w") as file:

            def trace(connection: psycopg.Connection, _: object) -> None:
                connection.pgconn.trace(file.fileno())

            event.listen(Engine, "connect", trace)
            try:
                with Sealer(postgresql):
                    looked = eventually(lambda: messages.read_text().count("unsealed") >= 3)
            finally:
                event.remove(Engine, "connect", trace)

        _, _, since_the_first_look = messages.read_text().partition("unsealed")
        assert looked
        assert not re.search(r"\b(BEGIN|COMMIT)\b", since_the_first_look)

    def test_goes_on_whatever_it_failed_at(
        self,
        store: SqlStore,
        database_url: str,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """It is logged, and what others write afterwards is announced as ever."""
        failed, heard = Event(), Event()

        def announce() -> None:
            if not failed.is_set():
                failed.set()
                raise ZeroDivisionError("a listener of no use")
            heard.set()

        monkeypatch.setattr(store.log_signal, "announce", announce)
        with Sealer(store), closing(open_store(database_url)) as other:
            write(other, made(1, 1, 1))
            assert failed.wait(PATIENCE)
            heard.clear()
            write(other, made(2, 1, 2))
            assert heard.wait(PATIENCE)

        assert "a listener of no use" in caplog.text


class TestNarrowing:
    """An index range of each workspace finds the same as a look at every event."""

    KINDS = ("created", "edited", "voted")
    ACTORS = ("ann", "bob")
    PLACES = ("OPS", "DEV", "LAB")

    @pytest.fixture
    def filled(self, store: SqlStore) -> SqlStore:
        """Three workspaces, and something of each kind by each person in each."""
        with store.engine.begin() as connection:
            connection.execute(
                insert(workspaces),
                [
                    {
                        "key": key,
                        "name": key,
                        "version": 1,
                        "configuration": {},
                        "seq": 0,
                        "head": "",
                        "created_at": AT,
                    }
                    for key in self.PLACES
                ],
            )
        seqs: dict[tuple[str, int], int] = {}
        for n in range(120):
            place, number = self.PLACES[n * n % 3], 1 + n % 4
            seqs[place, number] = seqs.get((place, number), 0) + 1
            kind, actor = self.KINDS[n % 7 % 3], self.ACTORS[n % 5 % 2]
            write(store, made(n, number, seqs[place, number], workspace=place, kind=kind, actor=actor))
        store.settle()
        return store

    @pytest.fixture
    def read(self, filled: SqlStore) -> Callable[[EventQuery], list[SealedEvent]]:
        """Everything that a query finds, page by page."""

        def pages(query: EventQuery) -> list[SealedEvent]:
            found: list[SealedEvent] = []
            after = query.after
            while True:
                with filled.reading() as session:
                    page = session.log.list_events(
                        EventQuery(query.workspaces, query.ref, query.actor, query.kinds, after, query.limit)
                    )
                found += page.rows
                after = page.next_cursor
                if not page.rows:
                    return found

        return pages

    def test_finds_what_there_is_in_order(self, read: Callable[[EventQuery], list[SealedEvent]]) -> None:
        """Any combination of workspaces, item, actor and kinds, in pages of any size, from anywhere."""
        everything = read(EventQuery(None, limit=500))
        assert [each.position for each in everything] == list(range(1, len(everything) + 1))

        queries = st.builds(
            EventQuery,
            workspaces=st.none() | st.lists(st.sampled_from(self.PLACES), unique=True).map(tuple),
            ref=st.none() | st.builds(ItemRef, st.sampled_from(self.PLACES), st.integers(1, 5)),
            actor=st.sampled_from((None, *self.ACTORS, "eve")),
            kinds=st.lists(st.sampled_from((*self.KINDS, "nothing")), max_size=3).map(tuple),
            after=st.none() | st.sampled_from(everything).map(lambda each: each.cursor),
            limit=st.integers(1, 50),
        )

        @given(queries)
        def holds(query: EventQuery) -> None:
            expected = [
                each
                for each in everything
                if (query.after is None or each.cursor > query.after)
                and (query.workspaces is None or each.event.workspace in query.workspaces)
                and (query.ref is None or (each.event.workspace, each.event.number) == query.ref)
                and query.actor in {None, each.event.actor}
                and (not query.kinds or each.event.kind in query.kinds)
            ]
            assert read(query) == expected

        holds()

    @pytest.mark.parametrize(
        "query",
        [
            EventQuery(("OPS",)),
            EventQuery(("OPS", "DEV")),
            EventQuery(("OPS",), actor="ann"),
            EventQuery(None, actor="ann"),
            EventQuery(("OPS",), kinds=("voted", "edited")),
            EventQuery(None, ItemRef("OPS", 1)),
            EventQuery(None),
        ],
        ids=["workspace", "workspaces", "actor", "actor anywhere", "kinds", "item", "all"],
    )
    def test_reads_by_index(self, filled: SqlStore, query: EventQuery) -> None:
        """Nothing reads the whole log, and nothing sorts it."""
        with filled.engine.connect() as connection:
            if not filled.sqlite:
                connection.execute(text("SET LOCAL enable_seqscan = off"))
            plans = [
                "\n".join(str(row) for row in _explained(connection, statement))
                for statement in log.statements(connection, query, after=17)
            ]
        for plan in plans:
            assert "SCAN positions" not in plan
            assert "Seq Scan on positions" not in plan
            assert "positions" in plan


def _explained(connection: Connection, statement: object) -> list[object]:
    shown = statement.compile(connection, compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]
    how = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    return list(connection.execute(text(f"{how} {str(shown).replace(':', chr(92) + ':')}")))


class TestCursors:
    def read(self, store: SqlStore, after: str | None) -> str | None:
        with store.reading() as session:
            return session.log.list_events(EventQuery(None, after=after)).next_cursor

    def test_are_there_even_at_the_end(self, store: SqlStore) -> None:
        """To go on from later; a narrowed list need not look through the rest again."""
        assert self.read(store, None) == "e1-00000000"
        write(store, made(1, 1, 1), made(2, 2, 1))
        store.settle()

        assert self.read(store, "e1-00000000") == "e1-00000002"
        assert self.read(store, "e1-00000002") == "e1-00000002"
        with store.reading() as session:
            assert session.log.list_events(EventQuery(("DEV",))).next_cursor == "e1-00000002"

    @pytest.mark.parametrize(
        ("after", "message"),
        [
            ("nonsense", '"nonsense" is not a cursor of this log'),
            ("e1-5-OPS-1-3", '"e1-5-OPS-1-3" is not a cursor of this log, or comes from a former version: leave it'),
            ("e1-\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0661", "is not a cursor of this log"),
            ("e1-00000001\n", "is not a cursor of this log"),
            ("e2-00000001", "a cursor of epoch 2, and since a backup was restored the log is in epoch 1"),
            ("e1-00000002", "after the end of this log, which is 1: leave it out to begin at the beginning"),
            ("e1-999999999999999999", "after the end of this log"),
        ],
    )  # fmt: skip
    def test_from_elsewhere_are_refused(self, store: SqlStore, after: str, message: str) -> None:
        """With what is wrong about them: going on from them would skip or repeat without a word."""
        write(store, made(1, 1, 1))
        store.settle()

        with pytest.raises(MalformedError, match=message):
            self.read(store, after)

    def test_are_refused_after_a_restore(self, store: SqlStore) -> None:
        """They may stand for events that are gone, and whose places others have taken."""
        write(store, made(1, 1, 1))
        store.settle()
        before = self.read(store, None)
        assert before is not None

        assert store.begin_epoch(AT) == 2

        with pytest.raises(
            MalformedError, match="epoch 1, and since a backup was restored the log is in epoch 2"
        ):
            self.read(store, before)
        assert self.read(store, None) == "e2-00000001"
        assert store.note("log.epoch.2") == "2026-03-02T09:00:00+00:00 at 1"
