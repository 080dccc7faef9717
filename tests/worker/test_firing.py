"""Due work is done by the worker, once, as any other act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event
from types import ModuleType
from typing import Any

import pytest
from post import eventually
from shop import Shop, plugin

from placet import (
    Category,
    EffectContext,
    Fields,
    ItemType,
    Method,
    State,
    Threshold,
    Timer,
    Transition,
    Workflow,
    effect,
    elapsed,
)
from placet.engine.engine import SYSTEM_ACTOR
from placet.worker.bounded import LEFT_BEHIND
from placet.worker.worker import Worker

WorkOn = Callable[[Shop], Worker]
OpenOffice = Any
Office = Any


def clockwork(method: str, strike: Callable[[str], None]) -> ModuleType:
    """A plugin with alarms that strike once, a moment after they are made."""

    @effect(f"{method}.strike")
    def strikes(ctx: EffectContext) -> None:
        """The effect when it fires."""
        strike(ctx.item.key)

    workflow = Workflow(
        f"{method}.alarm",
        [State("wound", "Wound", Category.ACTIVE), State("run_down", "Run down", Category.DONE)],
        [Transition("strike", "wound", "run_down", ["system"], effects=[strikes])],
    )
    timer = Timer(
        f"{method}.spring",
        "Spring",
        ("create",),
        (),
        elapsed(minutes=1 / 600),
        (Threshold(100, fires="strike"),),
    )
    item_type = ItemType(f"{method}.alarm", "Alarm", fields=Fields, workflow=workflow, timers=[timer])
    return plugin(Method(method, method.capitalize(), item_types=[item_type]))


def wind(office: Office, method: str, count: int = 1) -> list[str]:
    """Make alarms of a method; answers their keys."""
    made = [
        office.engine.items.create(SYSTEM_ACTOR, workspace="TOWN", type=f"{method}.alarm", title="An alarm")
        for _ in range(count)
    ]
    return [each.key for each in made]


def struck(office: Office, keys: list[str]) -> list[int]:
    """How often each alarm has struck."""
    return [
        sum(event.kind == "transition" for event in office.engine.event_log.history(SYSTEM_ACTOR, key).rows)
        for key in keys
    ]


@pytest.fixture
def work_on() -> Iterator[WorkOn]:
    """Starts the worker of a shop, and stops it in the end."""
    started: list[Worker] = []

    def start(shop: Shop) -> Worker:
        worker = Worker(shop.application)
        worker.start()
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.stop()


class TestWhatIsDue:
    def test_happens_when_its_moment_has_come(self, any_shop: Shop, work_on: WorkOn) -> None:
        """An approval that nobody gave in time counts no more, and its item's history says so, once."""
        waiting = [any_shop.offered() for _ in range(3)]
        work_on(any_shop)

        def ended() -> list[int]:
            return [any_shop.kinds(item).count("approval_expired") for item in waiting]

        assert ended() == [0, 0, 0]

        any_shop.clock.forward(days=11)
        assert eventually(lambda: ended() == [1, 1, 1])

        # Once the worker has come for a later one, it has looked at the former ones again.
        waiting.append(any_shop.offered())
        any_shop.clock.forward(days=11)
        assert eventually(lambda: ended()[-1] == 1)
        assert ended() == [1, 1, 1, 1]
        assert any_shop.engine.reports.verify(any_shop["ida"]).ok

    def test_happens_though_its_moment_passed_while_nobody_worked(self, shop: Shop, work_on: WorkOn) -> None:
        item = shop.offered()
        shop.clock.forward(days=30)

        work_on(shop)

        assert eventually(lambda: "approval_expired" in shop.kinds(item))


def refused_by(office: Office, keys: list[str]) -> list[list[str]]:
    """The blockers of each timer's transition, from its history."""
    histories = (office.engine.event_log.history(SYSTEM_ACTOR, key).rows for key in keys)
    return [
        [
            blocker["check"]
            for event in events
            if event.kind == "refused"
            for blocker in event.data["blockers"]
        ]
        for events in histories
    ]


class TestAMethod:
    """Timers of two methods, `tower` and `station`; those of the station are well."""

    def test_that_fails_keeps_no_other(
        self, open_office: OpenOffice, database_url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A failure is logged, stands by name in the item's history, and is tried again; the others fire once."""

        def jam(key: str) -> None:
            raise RuntimeError(f"{key} is jammed")

        plugins = clockwork("tower", jam), clockwork("station", lambda _: None)
        office = open_office(database_url, plugins=plugins)
        office.engine.workspaces.create(
            SYSTEM_ACTOR, key="TOWN", name="The town", methods=["station", "tower"]
        )
        jammed, well = wind(office, "tower", 3), wind(office, "station", 3)
        office.work()

        assert eventually(lambda: struck(office, well) == [1, 1, 1])
        assert eventually(lambda: refused_by(office, jammed) == [["tower.strike"]] * 3)
        assert all(f"{key} is jammed" in caplog.text for key in jammed)
        assert struck(office, jammed) == [0, 0, 0]

    def test_that_fails_at_one_item_fires_the_others(
        self, open_office: OpenOffice, database_url: str
    ) -> None:
        """Those that are due before it and after it; the one is tried again later."""
        jammed: list[str] = []

        def strike(key: str) -> None:
            if key in jammed:
                raise RuntimeError(f"{key} is jammed")

        office = open_office(database_url, plugins=[clockwork("tower", strike)])
        office.engine.workspaces.create(SYSTEM_ACTOR, key="TOWN", name="The town", methods=["tower"])
        keys = wind(office, "tower", 4)
        jammed.append(keys[1])
        office.work()

        assert eventually(lambda: struck(office, keys) == [1, 0, 1, 1])
        assert eventually(lambda: refused_by(office, [keys[1]]) == [["tower.strike"]])

    @pytest.mark.untraced
    def test_that_never_ends_keeps_no_other(
        self, open_office: OpenOffice, database_url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It is named in the log, and after some calls that did not end it is asked for nothing more until one does."""
        over, begun = Event(), set[str]()

        def hang(key: str) -> None:
            begun.add(key)
            over.wait()

        plugins = clockwork("tower", hang), clockwork("station", lambda _: None)
        office = open_office(database_url, plugins=plugins, plugin_timeout=0.5)
        office.engine.workspaces.create(
            SYSTEM_ACTOR, key="TOWN", name="The town", methods=["station", "tower"]
        )
        hanging = wind(office, "tower", LEFT_BEHIND + 1)
        office.work()
        assert eventually(lambda: len(begun) > 0)

        well = wind(office, "station", 3)

        assert eventually(lambda: struck(office, well) == [1, 1, 1])
        assert struck(office, hanging) == [0] * len(hanging)
        assert eventually(lambda: f"{LEFT_BEHIND} calls of tower have not ended" in caplog.text)
        assert "of the method tower: it had not ended after 0.5 s" in caplog.text
        assert len(begun) == LEFT_BEHIND
        over.set()
