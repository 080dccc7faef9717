"""An organization with one change that waits for its authorization, among as many others as a test wants."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from placet.app import Application
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR
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
    """An organization with one change that waits for its authorization, on an item that much depends on."""

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
        self.change = self.awaiting(self.hub, FROM)
        self.template = self.planned(self.other, FROM)
        self.past = self.window(START - timedelta(days=700))

    def made(self, type: str, /, **fields: Any) -> str:
        return self.engine.items.create(self.carl, workspace="DESK", type=type, title=type, fields=fields).key

    def planned(self, item: str, start: datetime, end: datetime | None = None) -> str:
        times = {"planned_start": text_of(start), "planned_end": text_of(end or start + timedelta(hours=1))}
        return self.made("itil.change", cis=[item], **CHANGE, **times)

    def awaiting(self, item: str, start: datetime, end: datetime | None = None) -> str:
        """A change that waits for its authorization."""
        key = self.planned(item, start, end)
        self.engine.transition(self.carl, key, "submit")
        self.engine.evidence.attach(self.carl, key, kind="test_result", content=b"ok")
        self.engine.transition(self.carl, key, "request_authorization")
        return key

    def window(self, start: datetime, **fields: Any) -> str:
        times = {"start": text_of(start), "end": text_of(start + timedelta(hours=2))}
        return self.made("itil.change_window", **{"kind": "freeze", "scope": ["all"], **times, **fields})

    def schedule(self, times: Iterable[tuple[str, datetime, datetime]]) -> None:
        """Changes on the schedule: each with its item, its planned start and its planned end."""
        fill(
            self.application,
            self.template,
            (
                {"cis": [item], "planned_start": text_of(start), "planned_end": text_of(end)}
                for item, start, end in times
            ),
            state="scheduled",
        )

    def declare(self, times: Iterable[tuple[datetime, datetime]], **fields: Any) -> None:
        """Windows in force: each with its start and its end; those that recur do so for good."""
        always = {"until": "9999-12-31T00:00:00Z"} if "rrule" in fields else {}
        fill(
            self.application,
            self.past,
            (
                {"start": text_of(start), "end": text_of(end), "until": text_of(end), **fields, **always}
                for start, end in times
            ),
        )

    def dependants(self, number: int) -> list[str]:
        """Items that depend on the hub."""
        link = {"itil.depends_on": [self.hub]}
        return fill(self.application, self.other, ({} for _ in range(number)), links=link)

    def grow(self, changes: int, windows: int, dependants: int) -> None:
        """Many more changes on the schedule, windows before and after, and items that depend on the hub."""
        below = self.dependants(dependants)
        starts = spread(START, timedelta(days=400), changes)
        self.schedule(
            (below[n % len(below)], start, start + timedelta(hours=1)) for n, start in enumerate(starts)
        )
        starts = spread(START - timedelta(days=600), timedelta(days=1000), windows)
        self.declare((start, start + timedelta(hours=2)) for start in starts)


def spread(start: datetime, length: timedelta, number: int) -> list[datetime]:
    """Moments at the same distance from each other."""
    return [start + n * length / number for n in range(number)]


def text_of(moment: datetime) -> str:
    """A moment as it is stored."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"
