"""Servers and workers are killed under load, again and again: every event is delivered, and every timer fires once."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Semaphore

import httpx
import pytest
from law import all_items, assert_law, feed
from patience import PATIENCE
from post import Box, Letter, box, eventually
from processes import PLAIN

from placet.app import build
from placet.catalog.discovery import Registry
from placet.engine.act.deliveries import Delivery, DeliveryQuery, DeliveryStatus
from placet.engine.act.records import EventRecord
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.settings import Settings
from placet.worker.worker import Worker

from .crew import PLUGIN, Crew

WRITERS = 3
#: Writes of one writer before a kill, at random between these, and seconds after the last of them.
WRITES, MOMENT = (2, 5), 0.1
POISON = "poison"
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Hall:
    """An installation whose processes come and go."""

    settings: Settings
    token: str
    heard: Path
    #: One webhook is notified of everything; the other chokes on poison.
    good: str
    picky: str
    first: int

    @property
    def environment(self) -> dict[str, str]:
        configured = self.settings
        return {
            "PLACET_DATABASE_URL": configured.database_url,
            "PLACET_EVIDENCE_URL": str(configured.evidence_folder),
            "PLACET_WEBHOOK_ALLOW_PRIVATE": "true",
            "PLACET_SECRET_KEY": str(configured.secret_key),
            "PLACET_DELIVERY_DELAYS": ",".join(str(each) for each in configured.delivery_delays),
            "PLACET_WORKER_PATIENCE": str(configured.worker_patience),
            "PLACET_POOL_SIZE": "4",
        }

    def heard_by(self) -> dict[str, set[str]]:
        """Ids of the events that the plugin was notified of, by process."""
        lines = self.heard.read_text().splitlines() if self.heard.exists() else []
        found: dict[str, set[str]] = {}
        for line in lines:
            pid, _, id = line.partition(" ")
            found.setdefault(pid, set()).add(id)
        return found


@dataclass
class Written:
    """The acknowledged deliveries."""

    events: list[str] = field(default_factory=list)
    lamps: list[str] = field(default_factory=list)


def write(base: str, token: str, name: str, over: Event, enough: Semaphore) -> Written:
    """Write until it is to stop, or until nobody answers."""
    written, chance = Written(), random.Random(name)  # noqa: S311  # load, no secret
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(
        base_url=f"{base}/api/v1", headers=headers, timeout=PATIENCE, trust_env=False, verify=PLAIN
    ) as http:
        while not over.is_set():
            try:
                if chance.random() < 0.15 or not written.lamps:
                    lamp = {"workspace": "HALL", "type": "hall.lamp", "title": name}
                    answer = http.post("/items", json=lamp)
                    written.lamps.append(answer.json()["key"])
                else:
                    key = chance.choice(written.lamps)
                    text = POISON if chance.random() < 0.05 else name
                    answer = http.post(f"/items/{key}/comments", json={"text": text})
                    written.events.append(answer.json()["id"])
            except httpx.TransportError:
                return written
            assert answer.is_success, answer.text
            enough.release()
            time.sleep(0.005)
    return written


def deliveries(engine: Engine, subscriber: str | None, status: DeliveryStatus) -> list[Delivery]:
    found: list[Delivery] = []
    query = DeliveryQuery(subscriber, status, limit=500)
    while True:
        page = engine.deliveries.find(SYSTEM_ACTOR, query)
        found += page.rows
        if page.next_cursor is None:
            return found
        query = DeliveryQuery(subscriber, status, page.next_cursor, 500)


@pytest.fixture
def boxes() -> Iterator[tuple[Box, Box]]:
    """The addresses of both webhooks."""

    def choke(letter: Letter) -> int:
        return 500 if letter.event["data"].get("comment") == POISON else 204

    with box() as good, box() as picky:
        picky.answer = choke
        yield good, picky


@pytest.fixture
def hall(database_url: str, tmp_path: Path, boxes: tuple[Box, Box]) -> Hall:
    settings = Settings(
        database_url=database_url,
        evidence_url=str(tmp_path / "evidence"),
        secret_key="of the great hall",
        webhook_allow_private=True,
        delivery_delays=(0.3, 0.5, 1.0, 1.0, 1.0),
        worker_patience=1.0,
    )
    with closing(build(settings, registry=Registry.of(PLUGIN))) as application:
        engine = application.engine
        engine.workspaces.create(SYSTEM_ACTOR, key="HALL", name="The hall", methods=["hall"])
        warden = engine.people.add(SYSTEM_ACTOR, id="wanda", name="Wanda")
        engine.workspaces.assign(SYSTEM_ACTOR, "HALL", "hall.warden", ["wanda"])
        token, _ = engine.people.issue_token(warden, "wanda", name="kill")
        # A plugin is notified of what happens after a worker has met it.
        worker = Worker(application)
        worker.start()
        worker.stop()
        good, picky = (
            engine.deliveries.add_webhook(
                SYSTEM_ACTOR, url=each.url, secret=application.vault.lock(_SECRET)
            ).subscriber
            for each in boxes
        )
        # Webhooks are notified of what happens from now on, and of the installation's own acts if they name these.
        first = len(feed(engine))
    return Hall(settings, token, tmp_path / "heard", good, picky, first)


@pytest.fixture
def crew(hall: Hall, tmp_path: Path) -> Iterator[Crew]:
    opened = Crew(tmp_path, hall.heard, **hall.environment)
    yield opened
    opened.close()


def assert_all_delivered(hall: Hall, engine: Engine, boxes: tuple[Box, Box]) -> list[EventRecord]:
    """Every event reached every subscriber under its own id, and what is poison for one is dead for that one alone."""
    # The last event's deliveries are looked for first: before there are any, none is pending either.
    assert eventually(
        lambda: reported(hall, engine) and not deliveries(engine, None, "pending"), seconds=PATIENCE
    )
    events = feed(engine)[hall.first :]
    ids = {event.id for event in events}
    good, picky = boxes
    assert set(good.ids) == ids
    bodies: dict[str, set[bytes]] = {}
    for letter in good.letters:
        bodies.setdefault(letter.headers["webhook-id"], set()).add(letter.body)
    assert {id: each for id, each in bodies.items() if len(each) > 1} == {}, "one id, and two stories"
    poison = {event.id for event in events if event.data.get("comment") == POISON}
    assert set(picky.ids) == ids
    assert {each.event for each in deliveries(engine, None, "dead")} == poison
    assert {each.subscriber for each in deliveries(engine, None, "dead")} <= {hall.picky}
    assert {each.event for each in deliveries(engine, hall.picky, "delivered")} == ids - poison
    return events


def reported(hall: Hall, engine: Engine) -> bool:
    """Whether there is a delivery of the last event."""
    last = feed(engine)[-1].id
    return any(
        each.event == last for each in engine.deliveries.find(SYSTEM_ACTOR, DeliveryQuery(hall.good)).rows
    )


def assert_all_flickered_once(engine: Engine, lamps: list[str]) -> None:
    """No timer was forgotten, and none made its transition twice."""
    flickers = Counter(
        event.key
        for event in feed(engine)
        if event.data.get("transition") == "flicker" and event.kind == "transition"
    )
    assert {lamp: flickers[lamp] for lamp in lamps} == dict.fromkeys(lamps, 1)


@pytest.mark.first
class TestKill:
    def test_every_event_is_notified_and_every_timer_fires_once(
        self, hall: Hall, crew: Crew, boxes: tuple[Box, Box], kills: int
    ) -> None:
        """SIGKILL to the server or a worker in the middle of writes, again and again."""
        names = ["server", "worker"] if hall.settings.sqlite_file is not None else ["server", "one", "two"]
        written: list[Written] = []
        for round in range(kills):
            crew.complete(names)
            over, enough = Event(), Semaphore(0)
            with ThreadPoolExecutor(WRITERS) as pool:
                writers = [
                    pool.submit(write, crew.base, hall.token, f"{round}-{n}", over, enough)
                    for n in range(WRITERS)
                ]
                for _ in range(WRITERS * random.randint(*WRITES)):  # noqa: S311
                    assert enough.acquire(timeout=PATIENCE)
                time.sleep(random.uniform(0, MOMENT))  # noqa: S311
                crew.kill(random.choice(names))  # noqa: S311
                over.set()
                written += [writer.result() for writer in writers]
        crew.complete(names)

        acknowledged = [id for each in written for id in each.events]
        lamps = [key for each in written for key in each.lamps]
        with closing(build(hall.settings, registry=Registry.of(PLUGIN))) as application:
            assert eventually(
                lambda: not any(item.fields["flickers"] == 0 for item in all_items(application.engine)),
                seconds=PATIENCE,
            )
            assert_all_delivered(hall, application.engine, boxes)
            heard = set().union(*hall.heard_by().values())
            assert {event.id for event in feed(application.engine)[hall.first :]} <= heard
            assert_all_flickered_once(
                application.engine, [item.key for item in all_items(application.engine)]
            )
            assert set(lamps) <= {item.key for item in all_items(application.engine)}
            crew.close()
            assert_law(application.engine, acknowledged)


@pytest.mark.first
class TestTwoWorkers:
    @pytest.fixture
    def database_url(self, postgresql_url: str) -> str:
        """Several workers share a PostgreSQL database."""
        return postgresql_url

    def test_share_the_load_and_one_takes_over_from_the_other(
        self, hall: Hall, crew: Crew, boxes: tuple[Box, Box]
    ) -> None:
        """Both deliver some of it; the other delivers what one was delivering when it was killed."""
        held, under_way, let_go = Event(), Event(), Event()

        def answer(_: Letter) -> int:
            if held.is_set():
                under_way.set()
                assert let_go.wait(PATIENCE)
            return 204

        boxes[0].answer = answer
        crew.complete(["one", "two"])
        with closing(build(hall.settings, registry=Registry.of(PLUGIN))) as application:
            warden = application.engine.people.authenticate(hall.token)[0]
            lamp = application.engine.items.create(
                warden, workspace="HALL", type="hall.lamp", title="The lamp"
            )

            def more() -> None:
                for n in range(10):
                    application.engine.items.comment(warden, lamp.key, f"no. {n}")

            def both_have_delivered() -> bool:
                """The first to ask delivers a row of events: so more are written until both were first once."""
                more()
                time.sleep(0.5)
                return len(hall.heard_by()) == 2

            assert eventually(both_have_delivered)
            held.set()
            more()
            assert under_way.wait(PATIENCE)
            crew.kill("one")
            let_go.set()

            assert_all_delivered(hall, application.engine, boxes)
            both = {pid: len(ids) for pid, ids in hall.heard_by().items()}
            assert len(both) == 2
            assert min(both.values()) > 0
