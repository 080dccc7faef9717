"""The measures of flow: cycle time, lead time, age, throughput, work in progress, and the consistency of them all.

Times are counted in calendar days of the workspace's zone, and both the first day and the last one count: an item that
is finished on the day on which it was started took one day.

Source: the Kanban Guide, the four flow measures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from placet_agile.numbers.enough import NotEnoughData
from placet_agile.numbers.history import Flow, ItemHistory, Stamp, day_of, days, end_of
from placet_agile.numbers.percentiles import percentile

#: The fewest finished items from which a service level expectation is computed.
LEAST_FINISHED = 11
_NONE = timedelta()


def days_counted(start: datetime, end: datetime, zone: tzinfo) -> int:
    """Calendar days from a moment to a later one, both days included."""
    return (day_of(end, zone) - day_of(start, zone)).days + 1


@dataclass(frozen=True, slots=True)
class FinishedItem:
    """An item that was started and finished, with its times in days."""

    key: str
    started_at: datetime
    finished_at: datetime
    #: From the first start to the end.
    cycle_time: int
    #: From its creation, or from another beginning that was chosen, to the end.
    lead_time: int


def finished_items(
    items: Iterable[ItemHistory], flow: Flow, zone: tzinfo, *, lead_since: frozenset[str] | None = None
) -> list[FinishedItem]:
    """The finished items, the first finished one first.

    Args:
        items: any items.
        flow: their workflow.
        zone: where days begin.
        lead_since: the lead time begins with the first of these states; `None` for the making of the item.
    """
    found = []
    for item in items:
        finished = item.entered(flow.done)
        if finished is not None:
            started = item.entered(flow.started) or finished
            asked = item.created_at if lead_since is None else item.entered(lead_since) or started
            times = (days_counted(since, finished, zone) for since in (started, asked))
            found.append(FinishedItem(item.key, started, finished, *times))
    return sorted(found, key=lambda item: (item.finished_at, item.key))


def sle_days(cycle_times: Sequence[int], percent: int) -> int | NotEnoughData:
    """The service level expectation: so many percent of items are finished within this number of days."""
    found = percentile(cycle_times, percent)
    if found is None or len(cycle_times) < LEAST_FINISHED:
        return NotEnoughData("finished items", len(cycle_times), LEAST_FINISHED)
    return found


def attainment(cycle_times: Sequence[int], limit: int) -> Fraction | None:
    """The percentage of items that were finished within a number of days; `None` without items."""
    return (
        Fraction(100 * sum(time <= limit for time in cycle_times), len(cycle_times)) if cycle_times else None
    )


class Light(StrEnum):
    """The age of an item, compared with the cycle times of the items before it."""

    GREEN = "green"
    AMBER = "amber"
    ORANGE = "orange"
    RED = "red"


def light(age: int, cycle_times: Sequence[int], limit: int | None) -> Light | None:
    """Green below the median, then amber, orange from the 70th percentile on, red above the expectation.

    `None` while too few items have been finished for a comparison, and the limit is not passed.
    """
    if limit is not None and age > limit:
        return Light.RED
    if len(cycle_times) < LEAST_FINISHED:
        return None
    for color, percent in ((Light.ORANGE, 70), (Light.AMBER, 50)):
        if age >= (percentile(cycle_times, percent) or 0):
            return color
    return Light.GREEN


def throughput(finished: Iterable[datetime], first: date, last: date, zone: tzinfo) -> list[int]:
    """The number of items finished on each calendar day, days without any included."""
    by_day = Counter(day_of(at, zone) for at in finished)
    return [by_day[day] for day in days(first, last)]


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """How the time of a finished item was spent, from its start to its end."""

    whole: timedelta
    #: In active states and not blocked.
    worked: timedelta
    #: Blocked, in any state.
    blocked: timedelta


def time_spent(item: ItemHistory, flow: Flow) -> TimeSpent | None:
    """How an item's time was spent; `None` where it is not finished."""
    started, finished = item.entered(flow.started), item.entered(flow.done)
    if started is None or finished is None:
        return None
    moments = {started, finished}
    for course in (item.states, item.blocked):
        moments |= {stamp.at for stamp, _ in course.changes if started <= stamp.at <= finished}
    edges = sorted(moments)
    worked = blocked = _NONE
    for start, end in pairwise(edges):
        # All changes of one moment are before what lasts from there on.
        inside = Stamp(end)
        if item.blocked.before(inside):
            blocked += end - start
        elif item.states.before(inside) in flow.active:
            worked += end - start
    return TimeSpent(finished - started, worked, blocked)


def efficiency(spent: Iterable[TimeSpent]) -> Fraction | None:
    """The percentage of the time of finished items in which somebody could work on them; `None` without time."""
    return _share([(each.worked, each.whole) for each in spent])


def blocked_share(spent: Iterable[TimeSpent]) -> Fraction | None:
    """The percentage of the time of finished items in which they were blocked; `None` without time."""
    return _share([(each.blocked, each.whole) for each in spent])


def _share(pairs: Sequence[tuple[timedelta, timedelta]]) -> Fraction | None:
    part, whole = (sum((pair[n] for pair in pairs), _NONE) for n in (0, 1))
    microsecond = timedelta(microseconds=1)
    return Fraction(100 * (part // microsecond), whole // microsecond) if whole else None


def work_in_progress(items: Sequence[ItemHistory], flow: Flow, day: date, zone: tzinfo) -> int:
    """The number of items in active states at the end of a day."""
    return sum(item.states.before(end_of(day, zone)) in flow.active for item in items)


def ages(items: Sequence[ItemHistory], flow: Flow, day: date, zone: tzinfo) -> list[int]:
    """The ages in days of the items in active states at the end of a day, the youngest first."""
    inside = [item for item in items if item.states.before(end_of(day, zone)) in flow.active]
    started = [day_of(at, zone) for item in inside if (at := item.entered(flow.started)) is not None]
    return sorted((day - each).days + 1 for each in started)


def worked_on(items: Sequence[ItemHistory], flow: Flow, day: date, zone: tzinfo) -> int:
    """The number of items that were in an active state at some time of a day, as cycle times count days."""
    start, end = end_of(day - timedelta(days=1), zone), end_of(day, zone)
    return sum(
        item.states.before(start) in flow.active
        or any(start <= stamp < end and state in flow.active for stamp, state in item.states.changes)
        for item in items
    )


def little_check(
    on_each_day: Sequence[int], per_day: Sequence[int], cycle_times: Sequence[int]
) -> Fraction | None:
    """Average work in progress over average throughput times average cycle time; from 0.75 to 1.25 they agree.

    `None` where one of them is missing or zero.

    Args:
        on_each_day: items worked on, for each day.
        per_day: items finished, for each day.
        cycle_times: of the finished items.
    """
    if not on_each_day or not sum(per_day) or not cycle_times:
        return None
    average_time = Fraction(sum(cycle_times), len(cycle_times))
    return Fraction(sum(on_each_day), len(on_each_day)) / (
        Fraction(sum(per_day), len(per_day)) * average_time
    )
