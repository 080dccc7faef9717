"""What the clock demands of an item, as it is stored to be searched: its timers in lists, and when to look at it.

It follows from the item, its timers' definitions, and the calendars; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from placet.definitions.context import ApprovalStatus
from placet.definitions.items import ItemType
from placet.definitions.timers import Threshold, Timer
from placet.engine import clocks
from placet.engine.clocks import Calendars
from placet.engine.records import Clock, ItemRecord, Round, Schedule, TimerRow

_OPEN = frozenset({ApprovalStatus.PENDING, ApprovalStatus.GRANTED})

_FINAL = frozenset({"done", "cancelled"})

TIMER, APPROVAL, WAIVER = "timer", "approval", "waiver"


def schedule(record: ItemRecord, item_type: ItemType | None, calendars: Calendars, at: datetime) -> Schedule:
    """What an item demands, as it stands at a moment."""
    timers = {} if item_type is None else {timer.id: timer for timer in item_type.timers}
    rows, dues = [], [*_ends(record)]
    for id, clock in record.timers.items():
        reading = clocks.read(clock, calendars, at)
        spent = None if reading.stopped_at is None else reading.elapsed
        rows.append(TimerRow(id, reading.status.value, reading.due_at, spent))
        look_at = next_look(timers[id], clock, calendars, at) if id in timers else None
        if look_at is not None:
            dues.append((f"{TIMER}:{id}", look_at))
    return Schedule(tuple(rows), tuple(dues))


def _ends(record: ItemRecord) -> Iterator[tuple[str, datetime]]:
    """Approvals and waivers whose end nobody has recorded yet."""
    for round in record.approvals:
        if round.expires_at is not None and lapses(round, record):
            yield f"{APPROVAL}:{round.approval}", round.expires_at
    for waiver in record.waivers:
        if not waiver.ended and waiver.granted is not False:
            yield f"{WAIVER}:{waiver.id}", waiver.expires_at


def lapses(round: Round, record: ItemRecord) -> bool:
    """Whether the end of a round is worth a record: it still waits, or was granted and has not been made use of.

    An item that has left the state in which it was asked has been let through by it, or waits for it no more.
    """
    return round.status is ApprovalStatus.PENDING or (
        round.status is ApprovalStatus.GRANTED and round.state == record.state
    )


def next_look(timer: Timer, clock: Clock, calendars: Calendars, at: datetime) -> datetime | None:
    """When a clock comes to its next point; `None` if nothing is to come."""
    moments = [] if clock.owed is None else [clock.owed.since]
    moments += [moment for moment, _ in points(timer, clock, calendars, at)]
    return min(moments, default=None)


def points(
    timer: Timer, clock: Clock, calendars: Calendars, at: datetime
) -> list[tuple[datetime, Threshold | None]]:
    """The points of a clock that are still to come or to be acted on, in order; `None` where it begins again."""
    if not clock.running or clock.paused:
        return []
    found: list[tuple[datetime, Threshold | None]] = []
    for threshold in timer.thresholds:
        moment = clocks.moment_of(threshold, clock, calendars, at)
        if moment is not None and threshold.label not in clock.fired:
            found.append((moment, threshold))
    again = clocks.read(clock, calendars, at).due_at
    if again is not None and timer.repeats != 1 and (timer.repeats == 0 or clock.turns + 1 < timer.repeats):
        found.append((again, None))
    # What happens when it is due comes before it begins again.
    return sorted(found, key=lambda point: (point[0], point[1] is None))
