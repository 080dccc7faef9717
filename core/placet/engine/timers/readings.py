"""Readings: the state of a timer at a moment, as a pure function of its marks and of the calendars in force.

Source of the rules: common policies for service level timers (service level management practice). Stopping exactly at
the target meets it. After a tighter target the timer is due at the old due moment or a full new target from now,
whichever is earlier; a looser target counts from the start, without pauses. A breach stays a breach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from placet.definitions.calendar import Timetable
from placet.definitions.copies import changed
from placet.definitions.timers import Span, Threshold
from placet.engine.act.records import Mark, TimerRecord

#: Returns a workspace's calendar by name.
Calendars = Callable[[str], Timetable]

_NOTHING = timedelta()
_ELAPSED = "elapsed time"


class TimerStatus(StrEnum):
    """The status of a timer."""

    RUNNING = "running"
    PAUSED = "paused"
    #: Stopped in time.
    MET = "met"
    #: It exceeded its target, whether it still runs or not.
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A period in which a timer ran, or was paused for a reason."""

    start: datetime
    end: datetime
    counted: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A timer, read at a moment."""

    status: TimerStatus
    started_at: datetime
    stopped_at: datetime | None
    #: Time that has counted, on the calendar of the present target.
    elapsed: timedelta
    #: Its total time; `None` where it has no target.
    allowance: timedelta | None
    #: When it is due if nothing else happens; `None` while it is paused or has no target. Once it has stopped, the
    #: moment at which it was due.
    due_at: datetime | None
    #: When it exceeded its target.
    breached_at: datetime | None

    @property
    def remaining(self) -> timedelta | None:
        """The time that is left; never negative."""
        return None if self.allowance is None else max(self.allowance - self.elapsed, _NOTHING)


@dataclass(slots=True)
class Course:
    """A timer's history, followed through its marks: its reading at a moment, and when it reaches a point."""

    calendars: Calendars
    started: datetime
    target: Span | datetime | None
    #: Since when it has been running; `None` while it is paused, and once it has stopped.
    since: datetime | None
    #: The periods before in which it ran.
    ran: list[tuple[datetime, datetime]] = field(default_factory=list)
    #: Time that counted in the periods that are over, and when the last of them ended.
    spent: timedelta = _NOTHING
    halted: datetime | None = None
    #: The target's length, and the time that the timer may use in all: another one after a change of target, or grace.
    whole: timedelta = _NOTHING
    allowance: timedelta | None = None
    breached_at: datetime | None = None
    stopped: datetime | None = None
    #: When it was due at the moment at which it stopped or paused.
    was_due: datetime | None = None
    #: When so much time will have counted while it runs on; `None` until all of its marks were followed.
    known: dict[timedelta, datetime] | None = None
    #: The reading of a timer that has stopped, which does not change any more.
    over: Reading | None = None

    def counted(self, until: datetime) -> timedelta:
        """Time that counts up to a moment."""
        if self.halted is None or until >= self.halted:
            since = self.since
            return self.spent if since is None else self.spent + self.measured(since, max(until, since))
        return sum((self.measured(begin, max(min(end, until), begin)) for begin, end in self.ran), _NOTHING)

    def measured(self, start: datetime, end: datetime) -> timedelta:
        """Time in [start, end) that counts towards its target."""
        return measured(self.target, self.calendars, start, end)

    def due(self, at: datetime) -> datetime | None:
        """When it is due at present; may be before `at`."""
        if isinstance(self.target, datetime):
            return self.target
        if self.allowance is None:
            return None
        return self.reaches(self.allowance, at)

    def reaches(self, amount: timedelta, at: datetime) -> datetime | None:
        """When so much time will have counted; `None` if it is paused before that."""
        if amount > self.spent:
            return None if self.since is None else self._goes_on(self.since, amount)
        left = amount
        for begin, end in self.ran:
            whole = self.measured(begin, end)
            if whole >= left:
                return added(self.target, self.calendars, begin, left)
            left -= whole
        if self.since is not None:
            return added(self.target, self.calendars, self.since, left)
        return at if left <= _NOTHING else None

    def _goes_on(self, since: datetime, amount: timedelta) -> datetime:
        """When so much time will have counted, of which the last is still to come; worked out once."""
        found = None if self.known is None else self.known.get(amount)
        if found is None:
            found = added(self.target, self.calendars, since, amount - self.spent)
            if self.known is not None:
                self.known[amount] = found
        return found

    def close(self, at: datetime) -> None:
        """Stop counting, and keep a breach."""
        due, since = self.due(at), self.since
        if since is not None and due is not None and at > due and self.breached_at is None:
            self.breached_at = due
        self.was_due = due
        if since is not None:
            self.since = None
            self.ran.append((since, at))
            self.spent += self.measured(since, at)
            self.halted = at

    def set_length(self, at: datetime) -> None:
        """Give it the full time of its target."""
        if isinstance(self.target, Span):
            self.whole = length(self.target, self.calendars, at)
        elif self.target is not None:
            self.whole = self.target - at
        self.allowance = None if self.target is None else self.whole

    def aim(self, target: Span | datetime | None, at: datetime) -> None:
        """Change the target while it runs or is paused."""
        old_due, running = self.due(at), self.since is not None
        if running and old_due is not None and at > old_due and self.breached_at is None:
            self.breached_at = old_due
        remaining = None if self.allowance is None else self.allowance - self.counted(at)
        self.target = target
        # By the calendar of the new target.
        self.spent = sum((self.measured(begin, end) for begin, end in self.ran), _NOTHING)
        self.set_length(self.started if isinstance(target, datetime) else at)
        if remaining is None or not isinstance(target, Span):
            return
        whole, counted = self.whole, self.counted(at)
        restarted = added(target, self.calendars, at, max(whole - counted, _NOTHING))
        before = (
            old_due
            if running and old_due is not None
            else added(target, self.calendars, at, max(remaining, _NOTHING))
        )
        if whole <= counted or restarted < before:
            full = added(target, self.calendars, at, whole)
            self.allowance = counted + measured(target, self.calendars, at, max(min(before, full), at))

    def read(self, at: datetime) -> Reading:
        """The timer's reading at a moment."""
        if self.over is not None and self.stopped is not None and at >= self.stopped:
            return self.over
        running = self.since is not None
        due = self.due(at) if running else self.was_due
        breached = self.breached_at
        if breached is None and running and due is not None and at > due:
            breached = due
        if breached is not None:
            status = TimerStatus.BREACHED
        elif self.stopped is not None:
            status = TimerStatus.MET
        else:
            status = TimerStatus.RUNNING if running else TimerStatus.PAUSED
        paused = not running and self.stopped is None
        return Reading(
            status=status,
            started_at=self.started,
            stopped_at=self.stopped,
            elapsed=self.counted(at),
            allowance=self.allowance,
            # A moment in a field does not move while the timer is paused.
            due_at=due if not paused or isinstance(self.target, datetime) else None,
            breached_at=breached,
        )

    def moment_of(self, threshold: Threshold, at: datetime) -> datetime | None:
        """When it reaches a threshold if nothing else happens; `None` while it is paused or has no target."""
        if self.since is None or self.allowance is None:
            return None
        if threshold.percent is not None:
            # Counted from the end, so that a warning keeps its distance from it when the target has changed.
            before_end = self.whole * (100 - threshold.percent) / 100
            if isinstance(self.target, datetime):
                return self.target - before_end
            return self.reaches(max(self.allowance - before_end, _NOTHING), at)
        due = self.due(at)
        if due is None:
            return None
        if threshold.after is not None:
            return added(threshold.after, self.calendars, due, length(threshold.after, self.calendars, due))
        return None if threshold.before is None else earlier(threshold.before, self.calendars, due)


def length(span: Span, calendars: Calendars, at: datetime) -> timedelta:
    """A span as working or elapsed time, by the calendar in force at a moment."""
    if span.calendar is None or not span.days:
        return span.time + timedelta(days=span.days)
    return span.time + calendars(span.calendar).in_force(at).hours_per_day * span.days


def measured(
    target: Span | datetime | None, calendars: Calendars, start: datetime, end: datetime
) -> timedelta:
    """Time in [start, end) that counts for a timer with a target."""
    if isinstance(target, Span) and target.calendar is not None:
        return calendars(target.calendar).between(start, end)
    return end - start


def added(target: Span | datetime | None, calendars: Calendars, start: datetime, time: timedelta) -> datetime:
    """When so much time will have counted since a moment, for a timer with a target."""
    if isinstance(target, Span) and target.calendar is not None:
        return calendars(target.calendar).add(start, time)
    return start + time


def course(timer_record: TimerRecord, calendars: Calendars) -> Course:
    """The course of a timer, followed once for all readings of it: nobody changes it afterwards.

    The record keeps it: most timers of an item are the same objects after an act, whose schedule and answer read them
    all.
    """
    known: Course | None = timer_record.__dict__.get(__name__)
    if known is None or known.calendars != calendars:
        known = timer_record.__dict__[__name__] = _followed(timer_record, calendars)
    return known


def _followed(timer_record: TimerRecord, calendars: Calendars) -> Course:
    run = _begun(timer_record.marks[0], calendars)
    for mark in timer_record.marks[1:]:
        match mark.what:
            case "pause" | "stop":
                run.close(mark.at)
                run.stopped = mark.at if mark.what == "stop" else None
            case "continue":
                run.since = mark.at
            case "resume":
                run.stopped, run.since = None, mark.at
                if run.allowance is not None and isinstance(run.target, Span):
                    run.allowance = max(run.allowance, run.counted(mark.at) + run.whole * mark.grace / 100)
            case _:
                run.aim(mark.target, mark.at)
    run.known = {}
    if run.stopped is not None:
        run.over = run.read(run.stopped)
    return run


def _begun(mark: Mark, calendars: Calendars) -> Course:
    run = Course(calendars, mark.at, mark.target, since=mark.at)
    run.set_length(mark.at)
    return run


def read(timer_record: TimerRecord, calendars: Calendars, at: datetime) -> Reading:
    """A timer's reading at a moment."""
    return course(timer_record, calendars).read(at)


def explained(timer_record: TimerRecord, calendars: Calendars, at: datetime) -> Iterator[Stretch]:
    """The sum line by line: each period since the timer's last start, what of it counted, and why the rest did not."""
    run = course(timer_record, calendars)
    marks = [mark for mark in timer_record.marks if mark.what != "target"]
    for mark, then in zip(marks, [*marks[1:], None], strict=True):
        end = at if then is None else then.at
        if end <= mark.at:
            continue
        if mark.what in {"pause", "stop"}:
            if mark.what == "pause" or then is not None:
                word = "paused" if mark.what == "pause" else "stopped"
                yield Stretch(mark.at, end, _NOTHING, f"{word}: {mark.reason}")
        elif isinstance(run.target, Span) and run.target.calendar is not None:
            for line in calendars(run.target.calendar).lines(mark.at, end):
                yield Stretch(line.start, line.end, line.counted, line.reason)
        else:
            yield Stretch(mark.at, end, end - mark.at, _ELAPSED)


def earlier(span: Span, calendars: Calendars, end: datetime) -> datetime:
    """The latest moment from which a span still fits before another."""
    if span.calendar is None:
        return end - length(span, calendars, end)
    return calendars(span.calendar).subtract(end, length(span, calendars, end))


def marked(timer_record: TimerRecord | None, mark: Mark) -> TimerRecord:
    """The timer with one more mark; a new start drops the earlier ones."""
    if timer_record is None or mark.what == "start":
        return TimerRecord(marks=(mark,))
    if mark.what == "repeat":
        over = timer_record.overtaken
        still = None if over is None else replace(over, turns=over.turns + 1)
        return TimerRecord(marks=(mark,), turns=timer_record.turns + 1, overtaken=still)
    return changed(timer_record, marks=(*timer_record.marks, mark))
