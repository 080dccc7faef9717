"""Figures of sprints: velocity, say/do, scope change, carry-over, and goals that were met.

An item that is done counts

    for say/do      with the points that were committed: a sprint that finishes all of them has 100 percent, however
                    they were estimated anew
    for velocity    with the points that it had when its work began, or fewer since: the next sprints are planned by
                    estimates made before the work, and no team is faster for what it estimates anew at the end

Source: common practice beside the Scrum Guide. Our choices: these two, that the day of the review is the last of the
sprint as a whole, and that a cancelled sprint has a velocity, which the average leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from fractions import Fraction

from placet_agile.numbers.history import Flow, ItemHistory, Stamp, end_of_last_day
from placet_agile.numbers.scope import Scope, Timebox, scope, size

_ZERO, _ONE = Decimal(), Decimal(1)


@dataclass(frozen=True, slots=True)
class SprintResult:
    """A sprint that has ended, in points."""

    key: str
    #: The scope at its end.
    scope: Scope
    #: Points of the items that were finished in it, as they were when their work began, or fewer since.
    velocity: Decimal
    #: Committed points of items that were committed at the start and done at the end.
    kept: Decimal
    #: Items in it at its end, and those of them that were not done.
    items: int
    unfinished: int
    cancelled: bool = False
    #: As recorded at the review.
    goal_met: bool | None = None

    @property
    def say_do(self) -> Fraction | None:
        """The percentage of the committed points that were done; `None` where none were committed."""
        return _percent(self.kept, self.scope.committed)

    @property
    def scope_change(self) -> Fraction | None:
        """The points added and removed, in percent of the committed ones; `None` where none were committed."""
        return _percent(self.scope.added + self.scope.removed, self.scope.committed)

    @property
    def carry_over(self) -> Fraction | None:
        """The percentage of its items that were not done at its end; `None` where there were none."""
        return _percent(self.unfinished, self.items)


def result(
    items: Sequence[ItemHistory],
    sprint: Timebox,
    flow: Flow,
    now: datetime,
    *,
    zone: tzinfo,
    cancelled: bool = False,
    goal_met: bool | None = None,
    points: bool = True,
) -> SprintResult:
    """A sprint in points or in items, as it was before it ended, or as it is now.

    It is reviewed on the day of its planned end: what is accepted on that day was done in it, and what was finished
    later, while people closed it, was unfinished at its end.
    """
    end = sprint.ended or Stamp(now, _LATEST)
    over = min(end, Stamp(end_of_last_day(sprint.planned_end, zone), _LATEST))
    inside = [item for item in items if size(item, sprint.key, flow, end, points=False)]
    done = [item for item in inside if item.states.before(over) in flow.done]
    velocity = sum((size_done(item, flow, end) if points else _ONE for item in done), _ZERO)
    kept = sum((size(item, sprint.key, flow, sprint.started, points=points) for item in done), _ZERO)
    whole = scope(items, sprint, flow, end, points=points)
    unfinished = len(inside) - len(done)
    return SprintResult(sprint.key, whole, velocity, kept, len(inside), unfinished, cancelled, goal_met)


def size_done(item: ItemHistory, flow: Flow, until: Stamp) -> Decimal:
    """The points with which an item counts that was done before an act: the fewest since its work last began."""
    begun, started = Stamp(item.created_at), item.states.initial in flow.started
    for stamp, state in item.states.changes:
        if stamp < until and state in flow.started and not started:
            begun = stamp
        started = state in flow.started
    sizes = [item.points.before(begun), *(each for at, each in item.points.changes if begun <= at < until)]
    return min((each for each in sizes if each is not None), default=_ZERO)


#: After all acts of a moment.
_LATEST = 2**63


def average_velocity(results: Sequence[SprintResult], window: int) -> Fraction | None:
    """The mean velocity of the last closed sprints, the cancelled ones left out; `None` where there are none.

    Args:
        results: in the order in which the sprints ended.
        window: how many of them count.
    """
    counted = [Fraction(each.velocity) for each in results if not each.cancelled][-window:]
    return sum(counted, Fraction()) / len(counted) if counted else None


def goal_success(results: Iterable[SprintResult]) -> Fraction | None:
    """The percentage of closed sprints whose goal was met, as the review recorded; `None` where there are none."""
    closed = [each.goal_met for each in results if not each.cancelled]
    return _percent(closed.count(True), len(closed))


#: The limit of each event for each week of a sprint, in minutes; a daily scrum has the same limit in all.
TIMEBOXES: Mapping[str, int] = {"planning": 120, "review": 60, "retrospective": 45}
DAILY = 15
#: Weeks of a sprint of a month, whose timeboxes are the longest.
MONTH = 4


def overrun(events: Iterable[tuple[str, int]], weeks: Fraction) -> Fraction:
    """The minutes by which events exceeded their timeboxes, in all.

    Source: Scrum Guide 2020, events of a one-month sprint; shorter sprints in proportion.

    Args:
        events: the kind and the minutes of each.
        weeks: the length of the sprint; above four, it is one of a month.
    """
    weeks = min(weeks, Fraction(MONTH))
    limits = {kind: minutes * weeks for kind, minutes in TIMEBOXES.items()} | {"daily": Fraction(DAILY)}
    over = (minutes - limits[kind] for kind, minutes in events if kind in limits)
    return sum((max(each, Fraction()) for each in over), Fraction())


def _percent(part: Decimal | int, whole: Decimal | int) -> Fraction | None:
    return 100 * Fraction(part) / Fraction(whole) if whole else None
