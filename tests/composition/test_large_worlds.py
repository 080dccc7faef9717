"""Searches among thousands: the number of statements depends on what is asked, not on how much there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from statements import sent

from placet.app import Application, build
from placet.catalog.discovery import Registry
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings
from placet.testing import DeskClock
from placet.testing.bulk import fill

MANY = 5000
DEPENDANTS = 381
START = datetime(2026, 11, 16, 9, tzinfo=UTC)
#: A time in the middle of all that is planned.
FROM, TO = datetime(2027, 3, 1, 10, tzinfo=UTC), datetime(2027, 3, 1, 11, tzinfo=UTC)
SERVER: dict[str, Any] = {
    "kind": "server", "criticality": 2, "data_class": "public", "owner": "carl",
}  # fmt: skip
CHANGE: dict[str, Any] = {
    "type": "normal", "reason": "maintenance", "implementer": "carl", "implementation_plan": "Upgrade it.",
    "test_plan": "Replay.", "backout_plan": "Go back.", "backout_max_min": 20, "users_affected": 0,
    "data_class": "public", "novelty": 1, "complexity": 1, "testing": 1, "backout": 1, "planned_outage_min": 0,
}  # fmt: skip


class World:
    """An organization with one change that waits for its schedule, on an item that much depends on."""

    def __init__(self, application: Application) -> None:
        self.application, self.engine = application, application.engine
        engine = application.engine
        self.carl: Actor = engine.people.add(SYSTEM_ACTOR, id="carl", name="Carl")
        engine.workspaces.create(SYSTEM_ACTOR, key="DESK", name="The desk", methods=["itil"])
        for role in engine.workspaces.catalog(SYSTEM_ACTOR, "DESK").roles:
            if role != "placet.auditor":
                engine.workspaces.assign(SYSTEM_ACTOR, "DESK", role, ["carl"])
        self.hub = self.made("itil.configuration_item", **SERVER)
        self.other = self.made("itil.configuration_item", **SERVER)
        self.change = self.planned(self.hub, FROM)
        self.engine.transition(self.carl, self.change, "submit")
        self.engine.evidence.attach(self.carl, self.change, kind="test_result", content=b"ok")
        self.engine.transition(self.carl, self.change, "request_authorization")

    def made(self, type: str, /, **fields: Any) -> str:
        return self.engine.items.create(self.carl, workspace="DESK", type=type, title=type, fields=fields).key

    def planned(self, item: str, start: datetime) -> str:
        times = {"planned_start": start.isoformat(), "planned_end": (start + timedelta(hours=1)).isoformat()}
        return self.made("itil.change", cis=[item], **CHANGE, **times)

    def window(self, start: datetime, **fields: Any) -> str:
        times = {"start": start.isoformat(), "end": (start + timedelta(hours=2)).isoformat()}
        return self.made("itil.change_window", **{"kind": "freeze", "scope": ["all"], **times, **fields})

    def grow(self, changes: int, windows: int, dependants: int) -> None:
        """Many more changes on the schedule, windows before and after, and items that depend on the hub."""
        on_schedule = self.planned(self.other, FROM)
        link = {"itil.depends_on": [self.hub]}
        below = fill(self.application, self.other, ({} for _ in range(dependants)), links=link)
        spread = timedelta(days=400) / changes
        fill(
            self.application,
            on_schedule,
            (
                {
                    "cis": [below[n % len(below)]],
                    "planned_start": _text(START + n * spread),
                    "planned_end": _text(START + n * spread + timedelta(hours=1)),
                }
                for n in range(changes)
            ),
            state="scheduled",
        )
        window = self.window(START - timedelta(days=700))
        spread = timedelta(days=1000) / windows
        fill(
            self.application,
            window,
            (
                {
                    "start": _text(START - timedelta(days=600) + n * spread),
                    "end": _text(START - timedelta(days=600) + n * spread + timedelta(hours=2)),
                    "until": _text(START - timedelta(days=600) + n * spread + timedelta(hours=2)),
                }
                for n in range(windows)
            ),
        )


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """The organization under change enablement alone, on either database."""
    application = build(
        Settings(database_url=database_url, evidence_url=str(tmp_path / "evidence")),
        clock=DeskClock(START),
        registry=Registry.of(import_module("placet_itil_change")),
    )
    yield World(application)
    application.close()


class TestAmongThousands:
    def test_checks_send_as_many_statements_as_among_a_few(self, world: World) -> None:
        """5,000 changes on the schedule, 5,000 windows and 381 dependants cost no query each."""
        world.grow(40, 40, 20)
        with sent(world.application.store) as few:
            before = world.engine.explain(world.carl, world.change).preview("authorize_change")
        world.grow(MANY, MANY, DEPENDANTS)

        with sent(world.application.store) as many:
            after = world.engine.explain(world.carl, world.change).preview("authorize_change")

        assert before is not None
        assert after is not None
        found = {blocker.check for blocker in after.blockers}
        assert "itil.collision_related" in found
        # It finds a collision there, and looks for a free slot in three stretches of four or five statements each.
        assert len(few) < len(many) <= len(few) + 15, (len(few), len(many))

    def test_windows_of_a_day_are_found_by_the_day(self, world: World) -> None:
        """One search for each type of window, which leads to those that overlap the day and to no others."""
        world.grow(40, MANY, 20)
        weekly = world.window(START, rrule="FREQ=WEEKLY;BYDAY=MO", kind="maintenance")
        day = datetime(2027, 3, 1, tzinfo=UTC)

        with sent(world.application.store) as statements, world.application.store.reading() as session:
            span = (day, day + timedelta(days=1))
            candidates = session.search("DESK", "itil.change_window", ["in_force"], (), span)
        found = world.engine.agenda.windows(world.carl, "DESK", *span)

        assert len([statement for statement in statements if "item_spans" in statement]) == 1
        assert weekly in {line.item.key for line, _, _ in found}
        # One every 4.8 hours, the first of which began on the day before, and the weekly one.
        assert len(found) == len(candidates) == 7
