"""A point of a timer whose consequence the rules refuse: it holds nothing back, and those who can act are notified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hotline import CALL, METHOD, RESOLUTION
from shop import changed, plugin

from placet import EffectContext, GateMode, Method, Threshold, effect
from placet.catalog.discovery import Registry
from placet.engine.act.records import EventRecord, ItemRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.testing import Desk


@effect("hotline.jingle")
def jingle(ctx: EffectContext) -> None:
    """A bell that breaks."""
    raise RuntimeError("the bell is broken")


#: Half of its time closes a call, which an open call refuses.
TIMER = changed(
    RESOLUTION,
    stops=("close",),
    thresholds=(
        Threshold(50, fires="close"),
        Threshold(60, effects=(jingle,)),
        Threshold(75, notifies=("hotline.lead",)),
        Threshold(100, notifies=("hotline.lead",)),
    ),
)
STRICT = changed(CALL, timers=[TIMER])
#: The hotline with that timer.
REGISTRY = Registry.of(plugin(Method(METHOD.id, METHOD.title, item_types=[STRICT], roles=METHOD.roles)))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, registry=REGISTRY) as opened:
        yield opened


def call(desk: Desk) -> ItemRecord:
    """A call of Friday 15:00 with 24 business hours."""
    desk.at("2026-03-06T15:00:00Z")
    return desk.create("hotline.call", "The printer is on fire")


def recorded(desk: Desk, item: ItemRecord, kind: str) -> list[EventRecord]:
    return [event for event in desk.history(item) if event.kind == kind]


class TestARefusedConsequence:
    def test_holds_no_other_point_of_the_timer_back(self, desk: Desk) -> None:
        """Each point is at its own moment, and so are those after a transition or an effect that was refused."""
        item = call(desk)

        desk.pass_time("2026-03-20T00:00:00Z")

        assert [(e.at, e.data["point"]) for e in recorded(desk, item, "timer")] == [
            (datetime(2026, 3, 10, 11, tzinfo=UTC), "50 %"),
            (datetime(2026, 3, 10, 13, 24, tzinfo=UTC), "60 %"),
            (datetime(2026, 3, 10, 17, tzinfo=UTC), "75 %"),
            (datetime(2026, 3, 11, 15, tzinfo=UTC), "100 %"),
        ]

    def test_is_recorded_once_with_its_blockers_and_who_can_clear_them(self, desk: Desk) -> None:
        item = call(desk)

        desk.pass_time("2026-03-20T00:00:00Z")

        refused = recorded(desk, item, "refused")
        assert [(e.data["point"], e.data["notifies"]) for e in refused] == [
            ("50 %", ["agent"]),
            ("60 %", ["agent"]),
        ]
        assert [[b["check"] for b in e.data["blockers"]] for e in refused] == [
            ["workflow.state", "hotline.answer_given"],
            ["hotline.jingle"],
        ]

    def test_notifies_those_who_can_clear_it_with_the_reasons(self, desk: Desk) -> None:
        item = call(desk)
        desk.pass_time("2026-03-10T12:00:00Z")

        (notification,) = desk.engine.notifications.notify(recorded(desk, item, "refused")[0])

        assert notification.actor == "agent"
        assert notification.message.startswith("Resolution: Close is blocked: ")
        assert "missing: answer" in notification.message
        assert notification.message.endswith("It can be cleared by Agent")

    def test_notifies_them_where_refusals_are_not_recorded_too(self, desk: Desk) -> None:
        """By an event of the timer, without the blockers."""
        desk.engine.workspaces.change(SYSTEM_ACTOR, desk.key, record_refusals=False)
        item = call(desk)
        desk.pass_time("2026-03-10T12:00:00Z")

        notified = recorded(desk, item, "timer")[-1]

        assert recorded(desk, item, "refused") == []
        assert (notified.data["point"], notified.data["notifies"]) == ("50 %", ["agent"])

    def test_is_made_as_soon_as_the_item_allows_it(self, desk: Desk) -> None:
        """A resolved call without an answer is refused at each attempt; with the answer it is closed at once."""
        item = call(desk)
        desk.move(item, "start", actor="agent")
        desk.move(item, "resolve", actor="agent")
        desk.pass_time("2026-03-20T00:00:00Z")
        before = desk.item(item).state, recorded(desk, item, "timer")[-1].data["point"]

        desk.edit(item, actor="agent", answer="Water")
        desk.pass_time("2026-03-20T00:00:01Z")

        assert before == ("resolved", "100 %")
        assert desk.item(item).state == "closed"

    def test_is_tried_again_by_itself(self, desk: Desk) -> None:
        """Nothing on the item changes, but the mode of the gate: the next attempt makes it."""
        item = call(desk)
        desk.move(item, "start", actor="agent")
        desk.move(item, "resolve", actor="agent")
        desk.pass_time("2026-03-12T00:00:00Z")
        desk.engine.workspaces.change(
            SYSTEM_ACTOR, desk.key, gate_modes={"hotline.answered": GateMode.OBSERVE}
        )

        desk.pass_time("2026-03-14T00:00:00Z")

        assert desk.item(item).state == "closed"
