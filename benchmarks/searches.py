"""What checks search for in a large world: thousands of changes and windows, and an item that hundreds depend on.

Compared is the same search in a world with a hundredth of everything: it takes what it finds, and hardly more where
much else is there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from benchmarks.rounds import Candidate, Effort, Line, compare, in_threads
from placet.app import Application, build, migrate
from placet.catalog.discovery import Registry
from placet.engine.act.input import parse_key
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings
from placet.testing import DeskClock
from placet.testing.bulk import fill

LARGE, SMALL = 5000, 50
START = datetime(2026, 11, 16, 9, tzinfo=UTC)
#: The change that is looked at is planned for then, in the middle of all others.
PLANNED = datetime(2027, 6, 1, 10, tzinfo=UTC)
_DAY = timedelta(days=1)
_CARL = Actor(id="carl", name="Carl", kind="person", admin=False)
_ITEM: dict[str, Any] = {"kind": "server", "criticality": 2, "data_class": "public", "owner": _CARL.id}


def searches(kind: str, urls: tuple[str, str], effort: Effort) -> list[Line]:
    """All of them on one database: its urls for the large world and for the small one."""
    large, small = _World(urls[0], LARGE), _World(urls[1], SMALL)
    lines = []
    for title, search in (
        ("explain a change", _World.explain),
        ("windows of a day", _World.windows_of_a_day),
        ("dependants", _World.dependants),
    ):
        candidates: dict[str, Candidate] = {
            "large": in_threads([_of(search, large)]),
            "small": in_threads([_of(search, small)]),
        }
        found = compare(f"{title}, {kind}, among {LARGE:,} of each", candidates, {"small": None}, effort)
        lines += [Line(**{**vars(line), "other": f"among {SMALL}"}) for line in found]
    large.application.close()
    small.application.close()
    return lines


def _of(search: Callable[[_World], object], world: _World) -> Callable[[], object]:
    return lambda: search(world)


class _World:
    """An organization under change enablement, with so many changes and windows, and dependants of one item."""

    def __init__(self, url: str, size: int) -> None:
        settings = Settings(database_url=url)
        migrate(settings)
        registry = Registry.of(import_module("placet_itil_change"))
        self.application: Application = build(settings, clock=DeskClock(START), registry=registry)
        engine = self.application.engine
        engine.people.add(SYSTEM_ACTOR, id=_CARL.id, name=_CARL.name)
        engine.workspaces.create(SYSTEM_ACTOR, key="DESK", name="The desk", methods=["itil"])
        for role in engine.workspaces.catalog(SYSTEM_ACTOR, "DESK").roles:
            engine.workspaces.assign(SYSTEM_ACTOR, "DESK", role, [_CARL.id])
        self._hub, other = (self._made("itil.configuration_item", **_ITEM) for _ in range(2))
        self._change = self._planned(self._hub)
        below = fill(
            self.application, other, ({} for _ in range(size // 13)), links={"itil.depends_on": [self._hub]}
        )
        spread = timedelta(days=400) / size
        starts = [START + n * spread for n in range(size)]
        fill(
            self.application,
            self._planned(other),
            (
                {
                    "cis": [below[n % len(below)]],
                    "planned_start": _text(at),
                    "planned_end": _text(at + _DAY / 24),
                }
                for n, at in enumerate(starts)
            ),
            state="scheduled",
        )
        window = self._made(
            "itil.change_window",
            kind="freeze",
            scope=[other],
            start=_text(START),
            end=_text(START + _DAY / 12),
        )
        times = ((_text(at), _text(at + _DAY / 12)) for at in starts)
        fill(self.application, window, ({"start": begin, "end": end, "until": end} for begin, end in times))

    def _made(self, type: str, /, **fields: Any) -> str:
        return self.application.engine.items.create(
            _CARL, workspace="DESK", type=type, title=type, fields=fields
        ).key

    def _planned(self, item: str) -> str:
        return self._made(
            "itil.change", type="normal", reason="maintenance", cis=[item], implementer=_CARL.id,
            planned_start=_text(PLANNED), planned_end=_text(PLANNED + _DAY / 24),
        )  # fmt: skip

    def explain(self) -> None:
        """All transitions of the change; the collision checks are among those of the next states."""
        self.application.engine.explain(_CARL, self._change)

    def windows_of_a_day(self) -> None:
        """As `GET /windows` lists them."""
        day = PLANNED.replace(hour=0)
        self.application.engine.agenda.windows(_CARL, "DESK", day, day + _DAY)

    def dependants(self) -> None:
        """All that depends on the hub, in three steps."""
        with self.application.store.reading() as session:
            session.reachable("itil.depends_on", [parse_key(self._hub)], inwards=True, steps=3)


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"
