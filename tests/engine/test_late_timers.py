"""A timer that nobody fired for a while, as the server was down: its points act one by one, and it speaks once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hotline import REGISTRY

from placet.engine.act.records import EventRecord, ItemRecord
from placet.testing import Desk

FRIDAY = "2026-03-06T15:00:00Z"
MONDAY = "2026-03-09T08:30:00Z"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A hotline in UTC that works Monday to Friday, 09:00 to 17:00."""
    with Desk(tmp_path, registry=REGISTRY) as opened:
        yield opened


def call(desk: Desk, **fields: Any) -> ItemRecord:
    desk.at(FRIDAY)
    return desk.create("hotline.call", "The printer is on fire", **fields)


def late(desk: Desk, moment: str) -> None:
    """The worker is there again, and fires everything that became due in its absence."""
    desk.at(moment)
    while due := desk.engine.timers.due(desk.clock.now(), jobs=False):
        for each in due:
            desk.engine.timers.fire(each)


def points(desk: Desk, item: ItemRecord, timer: str) -> list[EventRecord]:
    return [e for e in desk.history(item) if e.kind == "timer" and e.data["timer"] == timer]


def notified(desk: Desk, item: ItemRecord) -> list[tuple[str, str]]:
    """Everybody who is notified of timers, and the sentence."""
    made = [each for e in desk.history(item) if e.kind == "timer" for each in desk.notify(e)]
    return [(each.actor, each.message) for each in made]


class TestATimerThatBeginsAgain:
    def test_speaks_once_of_all_turns_that_were_missed(self, desk: Desk) -> None:
        """Watched every two hours without an end; nobody fired it from Friday 15:00 to Monday 08:30."""
        item = call(desk, watched=True)

        late(desk, MONDAY)

        said = (
            "Watch was due 32 times before anybody could be notified, the last time on Monday 9 March 07:00; "
            "it is due next on Monday 9 March 09:00"
        )
        assert notified(desk, item) == [("lead", said)]

    def test_records_each_turn_and_acts_on_each(self, desk: Desk) -> None:
        """A turn that is notified of once is still done and recorded as often as it was due."""
        item = call(desk, watched=True)

        late(desk, MONDAY)

        watched = [e for e in points(desk, item, "hotline.watch") if e.data["point"] == "100 %"]
        assert len(watched) == 32
        assert [e.data.get("overtaken", False) for e in watched] == [True] * 31 + [False]
        assert watched[-1].data["times_due"] == 32
        assert desk.item(item.key).fields["alarms"] == 32
        assert desk.engine.reports.verify(desk.person("lead")).ok

    def test_speaks_as_ever_when_it_is_fired_in_time_again(self, desk: Desk) -> None:
        item = call(desk, watched=True)
        late(desk, MONDAY)

        late(desk, "2026-03-09T09:00:00Z")

        assert notified(desk, item)[-1] == ("lead", "Watch was due on Monday 9 March 09:00")

    def test_names_no_next_time_after_its_last_turn(self, desk: Desk) -> None:
        """Three reminders, an hour apart, of which the last is the end."""
        item = call(desk)
        desk.move(item, "start", actor="agent")
        desk.move(item, "wait", actor="agent", waits_for="vendor")

        late(desk, "2026-03-06T22:00:00Z")

        assert notified(desk, item) == [(
            "agent",
            "Reminder was due 3 times before anybody could be notified, the last time on Friday 6 March 18:00",
        )]  # fmt: skip


class TestPointsOfOneTurn:
    def test_notify_everybody_once_by_the_last_of_them(self, desk: Desk) -> None:
        """50 % notifies agents, 75 % and 100 % the lead: both are notified of the last one, that it was due."""
        item = call(desk)

        late(desk, "2026-03-31T00:00:00Z")

        resolution = points(desk, item, "hotline.resolution")
        assert [(e.data["point"], e.data.get("notifies", [])) for e in resolution] == [
            ("50 %", []), ("75 %", []), ("100 %", ["hotline.agent", "hotline.lead"]),
        ]  # fmt: skip
        due = "Resolution was due on Wednesday 11 March 15:00"
        assert sorted(notified(desk, item)) == [("agent", due), ("lead", due)]

    def test_of_which_none_has_overtaken_another_speak_each_for_itself(self, desk: Desk) -> None:
        item = call(desk)

        late(desk, "2026-03-10T12:00:00Z")
        late(desk, "2026-03-10T18:00:00Z")

        assert notified(desk, item) == [
            ("agent", "Resolution is due on Wednesday 11 March 15:00 (50 %)"),
            ("lead", "Resolution is due on Wednesday 11 March 15:00 (75 %)"),
        ]
