"""The busy desk of the benchmarks compares what can be compared, and an answer that is an error ends it red."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from post import eventually
from sqlalchemy import select

from benchmarks.desk import floor, listener, meanings, peer, targets
from benchmarks.desk.clients import Answer, Desk, Measured, Person, Request, work
from benchmarks.desk.desk import failures
from benchmarks.desk.flow import ACTS, Turn
from benchmarks.desk.growth import interval
from benchmarks.desk.recording import Recording, record
from benchmarks.desk.site import WORKSPACE, Site, prepare, registry
from benchmarks.desk.templates import number_of
from placet.engine.act.journal import new_id
from placet.engine.act.records import EventRecord
from placet.store import log
from placet.store.store import SqlStore, open_store
from placet.store.tables import events, items


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return prepare(f"sqlite:///{tmp_path_factory.mktemp('desk') / 'desk.db'}", crowd=0)


@pytest.fixture(scope="module")
def recording(runner: asyncio.Runner, site: Site) -> Recording:
    """One turn of one person with Placet itself."""
    return record(runner, site, 1)


class TestThePeer:
    def test_asks_and_writes_the_same(self, recording: Recording, site: Site, tmp_path: Path) -> None:
        """By table and act, as the mapping says; what only one of them has is in it with the reason."""
        pytest.importorskip(
            "rest_framework", reason="what the benchmarks compare with is installed for them alone"
        )
        theirs = meanings.theirs(peer.recorded(peer.prepare(f"sqlite:///{tmp_path / 'peer.db'}"), 2))

        ours = meanings.ours(recording.turns[0], site.cis)

        assert meanings.differences(ours, theirs) == []
        assert list(ours) == list(theirs) == [act.name for act in ACTS]

    def test_a_difference_is_reported(self, recording: Recording, site: Site) -> None:
        """By act and table, so that the one that has less can be mended."""
        ours = meanings.ours(recording.turns[0], site.cis)
        theirs = meanings.ours(recording.turns[0], site.cis)
        theirs["submit"].reads["change_window"] = 0
        theirs["comment"].writes.remove("events")

        assert meanings.differences(ours, theirs) == [
            "submit: change_window is read 1 times here and 0 times there",
            "comment: events is written here alone",
        ]

    def test_a_table_that_is_not_in_the_mapping_is_named(self) -> None:
        """A new table gets its counterpart, or the reason why it has none."""
        with pytest.raises(meanings.UnknownTableError, match="stickers"):
            meanings.theirs({"submit": [("INSERT INTO stickers (id) VALUES (%s)", ["1"])]})


class TestTheStatementsByHand:
    @pytest.fixture
    def by_hand(
        self, recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Callable[[Site], FastAPI]:
        """The application that sends them, by the site."""

        def made(site: Site) -> FastAPI:
            floor.keep(recording, site, tmp_path / "recording")
            monkeypatch.setenv(floor.PLACE, str(tmp_path / "recording"))
            return floor.application()

        return made

    def test_leave_behind_what_the_acts_leave(
        self,
        runner: asyncio.Runner,
        recording: Recording,
        site: Site,
        by_hand: Callable[[Site], FastAPI],
    ) -> None:
        """Fresh items, at the same point of their lives as those that were recorded, with as many events."""
        turn, app = Turn(3, 16, 7, site.origin), by_hand(site)

        async def send() -> None:
            transport = httpx.ASGITransport(app)
            async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport) as client:
                for act in ACTS:
                    request = floor.compose(act, turn, {})
                    sent = await client.post(f"http://localhost{request.path}", content=request.body)
                    assert sent.is_success, sent.text

        runner.run(send())

        for about, key in recording.turns[0].keys.items():
            assert _left(site, floor.own(turn)[about]) == _left(site, number_of(key))

    def test_get_their_positions_meanwhile(
        self,
        runner: asyncio.Runner,
        site: Site,
        by_hand: Callable[[Site], FastAPI],
        postgresql_url: str,
    ) -> None:
        """On PostgreSQL somebody has to seal the log, here as with Placet, so that both pay for it."""
        app = by_hand(site.at(postgresql_url))
        event = EventRecord(
            id=new_id(), workspace="OPS", number=1, seq=1, kind="edited", at=site.origin, actor="ann",
            prev_hash="", hash="", body="{}", data={},
        )  # fmt: skip

        async def sealed(store: SqlStore) -> bool:
            async with app.router.lifespan_context(app):
                return await asyncio.to_thread(eventually, lambda: store.lag().events == 0)

        with closing(open_store(postgresql_url)) as store:
            with store.engine.begin() as connection:
                log.append(connection, [event])
            assert store.lag().events == 1
            assert runner.run(sealed(store))


class TestAnAnswerThatIsAnError:
    def test_is_counted_and_shown(self, runner: asyncio.Runner) -> None:
        """The bench names the act, the status and what was said, and ends with an exit code."""
        found, gone = Measured(), asyncio.Event()

        def person() -> Person:
            while True:
                yield Request("submit", "POST", "/anything", "none")

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 9\r\n\r\ntry later")
            await reader.read()  # until the person goes
            writer.close()
            await writer.wait_closed()
            gone.set()

        async def visit() -> None:
            async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
                port = server.sockets[0].getsockname()[1]
                await work([Desk(person())], [port], 0, found)
                await gone.wait()

        runner.run(visit())

        assert failures("the desk", found) == [
            "the desk: submit was answered 503, 1 times",
            "  submit 503: try later",
        ]

    def test_leaves_out_what_would_need_the_record(self, site: Site) -> None:
        """Where a change was not made, nobody asks to move it, and the incident has its turn."""
        turn = targets.turn(targets.placet(site), Turn(0, 1, 0, site.origin), {})
        next(turn)

        assert turn.send(Answer(503, b"")).act == "create incident"


class TestTheInstallation:
    def test_is_made_under_the_rules_of_the_servers(self) -> None:
        """Otherwise its computed values count as outdated, and who searches by one reads all items of the type."""
        listed = "from placet.catalog.discovery import Registry; print(Registry.discover().plugins)"
        with listener.installed() as path:
            served = subprocess.run(
                [sys.executable, "-c", listed], env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True,
                check=True,
            )  # fmt: skip

        assert served.stdout == f"{registry().plugins}\n"


class TestAnInterval:
    def test_holds_the_mean_of_the_pairs(self) -> None:
        """Pairs that agree leave no doubt; pairs that do not leave much."""
        assert interval([0.5, 0.5, 0.5]) == pytest.approx((0.5, 0.5, 0.5))
        middle, low, high = interval([0.5, 1.0, 2.0])
        assert (low, middle, high) == pytest.approx((0.5, 1.0, 2.0), rel=0.1)


def _left(site: Site, number: int) -> tuple[object, ...]:
    """State, version, and numbers of events of an item."""
    store = open_store(site.url)
    try:
        with store.looking() as connection:
            item = connection.execute(
                select(items.c.state, items.c.version, items.c.seq).where(
                    items.c.workspace == WORKSPACE, items.c.number == number
                )
            ).one()
            logged = connection.scalars(
                select(events.c.seq).where(events.c.workspace == WORKSPACE, events.c.number == number)
            ).all()
            return (*item, sorted(logged))
    finally:
        store.close()
