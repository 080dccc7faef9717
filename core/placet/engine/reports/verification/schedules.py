"""Schedules: the timers and due work of an item are computed again from its events and the rules, and compared.

A timer whose row is gone, or due at another moment, would be silenced without a trace in the log. Rows are compared
exactly, but for what time alone changes: a running timer may have exceeded its target since, and refused work was
postponed, by a day at most. The moment at which a timer that has stopped was due follows from the calendars of then,
and is not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from placet.engine.act.auditing import StoredSchedule, moment_text
from placet.engine.act.progress import SCHEDULE
from placet.engine.act.records import ItemRecord, Schedule, TimerRow
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.reports.verification.histories import UNFIT
from placet.engine.timers.readings import TimerStatus
from placet.engine.timers.schedules import LONGEST_RETRY, TIMER, ends

#: The schedule of an item without rows.
NONE = StoredSchedule({}, {})
_TIMERS, _DUES = "timers", "dues"


def differing(unit: UnitOfWork, record: ItemRecord, stored: StoredSchedule) -> Iterator[tuple[str, str]]:
    """(table, sentence) for each row that is missing, too many, or not what the item's events say."""
    yield from _names(_TIMERS, stored.timers, record.timers)
    expected = _expected(unit, record)
    if expected is None:
        # When timers are due is not known; requests to people end when the item itself says.
        asked = {subject: at for subject, at in stored.dues.items() if not subject.startswith(f"{TIMER}:")}
        yield from _names(_DUES, asked, dict(ends(record)))
        return
    for row in expected.timers:
        if row.timer in stored.timers:
            yield from ((_TIMERS, said) for said in _row(row, stored.timers[row.timer]))
    yield from _names(_DUES, stored.dues, dict(expected.dues))
    for subject, moment in expected.dues:
        if subject in stored.dues and not _on_time(moment, *stored.dues[subject], unit.now):
            said = f"{subject} is due at {stored.dues[subject][0]}, and its events say {moment_text(moment)}"
            yield _DUES, said


def _expected(unit: UnitOfWork, record: ItemRecord) -> Schedule | None:
    """The schedule of an item as it follows from its events; `None` while a change of rules is being followed."""
    try:
        item_type = unit.item_type(record)
        if item_type is None or (
            item_type.timers and not unit.follows(record.workspace, record.type, SCHEDULE)
        ):
            return None
        return unit.schedule(record)
    except UNFIT:
        return None


def _names(
    table: str, stored: Mapping[str, object], expected: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    for name in sorted(expected.keys() - stored.keys()):
        yield table, f"{name} is missing"
    for name in sorted(stored.keys() - expected.keys()):
        yield table, f"{name} is there, and its events do not say so"


def _row(row: TimerRow, stored: tuple[str, str | None, int | None]) -> Iterator[str]:
    """The columns of a timer's row that are not what its events say."""
    status, due_at, spent = stored
    stopped = row.spent is not None
    if status != row.status and (status, row.status, stopped) != (
        TimerStatus.RUNNING, TimerStatus.BREACHED, False
    ):  # fmt: skip
        yield f"{row.timer} is {status}, and its events say {row.status}"
    expected = None if row.spent is None else row.spent // timedelta(microseconds=1)
    if spent != expected:
        yield f"{row.timer} took {spent} microseconds, and its events say {expected}"
    expected_at = None if row.due_at is None else moment_text(row.due_at)
    if not stopped and due_at != expected_at:
        yield f"{row.timer} is due at {due_at}, and its events say {expected_at}"


def _on_time(expected: datetime, at: str, tries: int, now: datetime) -> bool:
    """Whether due work is due when its events say, or was refused then and waits for its next attempt."""
    try:
        stored = datetime.fromisoformat(at)
    except ValueError:
        return False
    return stored == expected or (tries > 0 and expected <= stored <= max(expected, now) + LONGEST_RETRY)
