"""The next slot of a change that collides, against a search that tries one start after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet.app import build, migrate
from placet.catalog.discovery import Registry
from placet.settings import Settings
from placet.testing import DeskClock

from .schedules import FROM, SERVER, START, World

Interval = tuple[datetime, datetime]
#: All times are multiples of it, and so is the buffer between changes.
STEP = timedelta(minutes=15)
BUFFER = timedelta(minutes=30)
#: In units of the step: other changes and windows lie in the two weeks after the planned start, or last for weeks.
_OTHERS = st.tuples(st.integers(-20, 96 * 12), st.integers(1, 200))
_FREEZES = st.tuples(st.integers(-200, 96 * 12), st.sampled_from([1, 4, 50, 96 * 3, 96 * 40]))
_WEEKLY = st.lists(st.tuples(st.integers(-96, 96 * 6), st.integers(1, 60)), max_size=3)


def intervals(units: Sequence[tuple[int, int]]) -> list[Interval]:
    """Times from numbers of steps after the planned start, and lengths in steps."""
    return [(FROM + begin * STEP, FROM + (begin + length) * STEP) for begin, length in units]


@dataclass(frozen=True)
class Case:
    """A change and what surrounds it, as intervals."""

    length: timedelta
    #: One of them is met at the planned time, so that there is a collision to be answered.
    changes: Sequence[Interval]
    freezes: Sequence[Interval]
    #: The first of the weekly windows outside of which it may not be done; `None` where it may always be.
    maintenance: Sequence[Interval] | None
    #: Whether every other change is on an item that depends on its own, and not on its own.
    related: bool

    def slot(self) -> datetime | None:
        """The first start of all that meets nothing, in half a year."""
        starts = (FROM + n * STEP for n in range(96 * 180))
        return next((start for start in starts if self._fits(start, start + self.length)), None)

    def _fits(self, start: datetime, end: datetime) -> bool:
        met = any(start - BUFFER < ends and begins < end + BUFFER for begins, ends in self.changes)
        frozen = any(start < ends and begins < end for begins, ends in self.freezes)
        return self._maintained(start, end) and not met and not frozen

    def _maintained(self, start: datetime, end: datetime) -> bool:
        if self.maintenance is None:
            return True
        weeks = [timedelta(days=7) * n for n in range(27)]
        return any(b + week <= start and end <= e + week for b, e in self.maintenance for week in weeks)


CASES = st.builds(
    Case,
    length=st.integers(2, 30).map(lambda n: n * STEP),
    changes=st.lists(_OTHERS, max_size=20).map(lambda units: intervals([(0, 4), *units])),
    freezes=st.lists(_FREEZES, max_size=3).map(intervals),
    maintenance=st.one_of(st.none(), _WEEKLY.map(intervals)),
    related=st.booleans(),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The organization, to which every example adds an item of its own with its surroundings."""
    folder = tmp_path_factory.mktemp("slots")
    configured = Settings(
        database_url=f"sqlite:///{folder / 'slots.db'}", evidence_url=str(folder / "evidence")
    )
    migrate(configured)
    registry = Registry.of(import_module("placet_itil_change"))
    application = build(configured, clock=DeskClock(START), registry=registry)
    yield World(application)
    application.close()


def offered(world: World, case: Case) -> datetime | None:
    """The slot that a refusal offers to a change with these surroundings."""
    bound: dict[str, Any] = {} if case.maintenance is None else {"maintenance_only": True}
    item = world.made("itil.configuration_item", **SERVER, **bound)
    other = world.made("itil.configuration_item", **SERVER) if case.related else item
    if case.related:
        world.engine.items.link(world.carl, other, "itil.depends_on", item)
    key = world.awaiting(item, FROM, FROM + case.length)
    world.schedule((other if n % 2 else item, *time) for n, time in enumerate(case.changes))
    world.declare(case.freezes, scope=[item])
    world.declare(case.maintenance or [], scope=[item], kind="maintenance", rrule="FREQ=WEEKLY")
    preview = world.engine.explain(world.carl, key).preview("authorize_change")
    assert preview is not None
    (slot,) = {each.earliest for each in preview.blockers if each.check.startswith("itil.collision")}
    return slot


class TestTheNextSlot:
    @settings(max_examples=40)
    @given(CASES)
    def test_is_the_first_start_of_all_that_meets_nothing(self, world: World, case: Case) -> None:
        """Other changes on its item and on what depends on it, with their buffer; freezes; and maintenance windows."""
        assert offered(world, case) == case.slot()
