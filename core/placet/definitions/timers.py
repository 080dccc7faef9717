"""Timers on items: when they run, for how long, when they pause, and what happens at their thresholds.

Declared as data. The reading of a timer is a pure function of the item's events and the calendars in force
(`placet.engine.timers.readings`); firing is an act of the engine like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from placet.definitions.arguments import Title, at_least, checked, written
from placet.definitions.checks import Effect
from placet.definitions.context import CheckContext
from placet.definitions.places import Written


@written
@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: on a calendar of the workspace, or elapsed time without one."""

    time: timedelta = timedelta()
    #: Business days, each as long as the calendar says.
    days: float = 0
    #: Name of one of the workspace's calendars; `None` counts every hour.
    calendar: str | None = None


_NO_TIME = Span()


#: An amount of time, which does not run backwards.
Time = Annotated[float, at_least(0)]


@checked
def elapsed(*, days: Time = 0, hours: Time = 0, minutes: Time = 0) -> Span:
    """A span of elapsed time: every hour counts, nights and holidays too."""
    return Span(timedelta(days=days, hours=hours, minutes=minutes))


@checked
def business(*, days: Time = 0, hours: Time = 0, minutes: Time = 0, calendar: str = "default") -> Span:
    """A span of business days and hours on one of the workspace's calendars, by its name."""
    return Span(timedelta(hours=hours, minutes=minutes), days, calendar)


@written
@dataclass(frozen=True, slots=True)
class Until:
    """A timer that runs until the moment in a field; a date means the end of that day in the workspace's zone."""

    field: str
    #: The time by which it is due before the moment in the field.
    lead: Span = _NO_TIME


@written
@dataclass(frozen=True, slots=True)
class ByField:
    """A timer whose time depends on the value of a field; without a row for the value it has no target."""

    field: str
    spans: Mapping[str, Span]


#: The time of a timer. A function, for targets that are settings, is pure and reads only its context.
Target = Span | Until | ByField | Callable[[CheckContext], Span | datetime | date | None]


@written
@dataclass(frozen=True, slots=True)
class Holds:
    """A field has one of these values."""

    field: str
    values: Sequence[str | int | bool]


#: A condition on the item. A function, for conditions that are settings, is pure and reads only its context.
Condition = Holds | Callable[[CheckContext], bool]


@written
@dataclass(frozen=True, slots=True)
class Pause:
    """The timer pauses while the item is in one of these states and, if there is a condition, that holds."""

    states: Sequence[str]
    when: Condition | None = None


@written
@dataclass(frozen=True, slots=True)
class Threshold:
    """A point in a timer's time at which it fires: give one of `percent`, `before` and `after`."""

    #: Percent of the timer's time; 100 is the due moment, more is later.
    percent: int | None = None
    #: The time before its due moment.
    before: Span | None = None
    #: The time after its due moment.
    after: Span | None = None
    #: Roles and actors who are notified; `asked:APPROVAL` stands for those whose vote on it is still asked for.
    notifies: Sequence[str] = ()
    #: Transition that `system` makes. While it is blocked by rules, it is tried again, and the people who can clear its
    #: blockers are notified; the timer's other thresholds go on.
    fires: str | None = None
    #: Run before the transition; refused effects are tried again likewise.
    effects: Sequence[Effect] = ()
    #: Nobody is notified and nothing is done if this does not hold at the threshold.
    when: Condition | None = None

    @property
    def label(self) -> str:
        """The name of the threshold: `75 %`, `before P14D`."""
        if self.percent is not None:
            return f"{self.percent} %"
        span, word = (self.before, "before") if self.before is not None else (self.after, "after")
        if span is None:
            return ""
        if not span.days and not span.time:
            return "when due"
        length = f"{span.days:g} bd " if span.days else ""
        return f"{word} {length}{span.time if span.time or not span.days else ''}".strip()


@written
@dataclass(frozen=True, slots=True)
class Timer(Written):
    """A timer on an item. Transitions start, stop and restart it; it pauses by state or by a reason field."""

    #: `itil.pir_due`.
    id: str
    title: Title
    #: Transitions that start it; `create` stands for the making of the item.
    starts: Sequence[str]
    #: Transitions that stop it. Entering a final state stops it too, unless the same transition starts it.
    stops: Sequence[str]
    target: Target
    thresholds: Sequence[Threshold] = ()
    pauses: Sequence[Pause] = ()
    #: Instead of starting and stopping with transitions, it runs for as long as this holds...
    runs_while: Condition | None = None
    #: ...and the item is in one of these states. Give them wherever a condition is about states: the linter reads them.
    states: Sequence[str] = ()
    #: Transitions that start it from zero, even while it runs.
    resets: Sequence[str] = ()
    #: Transitions after which a stopped timer goes on with the time that it had used.
    resumes: Sequence[str] = ()
    #: The least time, in percent of the target, that a timer has when it goes on. A function where that is a setting.
    grace: int | Callable[[CheckContext], int] = 0
    #: How often it becomes due before it ends, each time counted from the last, or at the next moment of its target; 0
    #: for no end.
    repeats: Annotated[int, at_least(0)] = 1

    @property
    def follows_item(self) -> bool:
        """Whether it runs by what the item is, and not by transitions."""
        return self.runs_while is not None or bool(self.states)

    def threshold(self, label: str) -> Threshold | None:
        """Its threshold of a label."""
        return next((threshold for threshold in self.thresholds if threshold.label == label), None)

    @property
    def calendars(self) -> frozenset[str]:
        """Names of the calendars that its table mentions."""
        spans: list[Span | None] = [part for t in self.thresholds for part in (t.before, t.after)]
        match self.target:
            case Span():
                spans.append(self.target)
            case Until():
                spans.append(self.target.lead)
            case ByField():
                spans += self.target.spans.values()
            case _:
                pass
        return frozenset(span.calendar for span in spans if span is not None and span.calendar is not None)
