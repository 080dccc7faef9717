"""Models of timers."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from placet.api.models.base import (
    PAGE,
    Answer,
    Cursor,
    Flag,
    InWorkspace,
    ItemKey,
    Limit,
    Moment,
    OfItem,
    Paged,
    Parameters,
    Span,
    Time,
)
from placet.engine.timers.views import TimerView

_SECOND = timedelta(seconds=1)


class Timer(Answer):
    """A timer of an item, read now. Times are working time if the timer runs by a calendar."""

    timer: str
    title: str
    item: ItemKey
    status: Literal["running", "paused", "met", "breached"]
    started_at: Moment
    stopped_at: Moment | None
    due_at: Moment | None
    breached_at: Moment | None
    elapsed: Span
    remaining: Span | None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, line: Any) -> Any:
        return _flat(line) if isinstance(line, TimerView) else line


class Stretch(Answer):
    """A period of a timer, how much of it counted, and why the rest did not."""

    start: Annotated[Moment, Field(serialization_alias="from")]
    end: Annotated[Moment, Field(serialization_alias="to")]
    counted: timedelta
    reason: str


class ListedTimer(Timer):
    """The same in a list, on request with the sum line by line."""

    explanation: list[Stretch] = Field(default_factory=list)

    @classmethod
    def explained(cls, line: TimerView) -> ListedTimer:
        """A timer with its sum, whose lines add up to the elapsed time, in whole seconds."""
        lines, counted = [], timedelta()
        for each in line.explanation:
            # Of the sum so far, so that the lines add up.
            before, counted = counted, counted + each.counted
            whole = counted // _SECOND * _SECOND - before // _SECOND * _SECOND
            lines.append(Stretch(start=each.start, end=each.end, counted=whole, reason=each.reason))
        return cls.model_validate({**_flat(line), "explanation": lines})


class Timers(Paged):
    """A page of timers."""

    timers: list[ListedTimer]


class TimersQuery(Parameters):
    """Which timers."""

    workspace: InWorkspace = None
    item: OfItem = None
    status: Annotated[
        Literal["running", "paused", "met", "breached"] | None,
        Field(description="The status of the timers; all if left out."),
    ] = None
    due_before: Annotated[
        Time | None,
        Field(description="The timers are due before this moment, such as `2026-03-02T09:00:00Z`."),
    ] = None
    explain: Annotated[Flag, Field(description="Add the sum line by line.")] = False
    limit: Limit = PAGE
    cursor: Cursor | None = None


def _flat(line: TimerView) -> dict[str, Any]:
    reading = line.reading
    return {
        "timer": line.timer,
        "title": line.title,
        "item": line.item.key,
        "status": reading.status,
        "started_at": reading.started_at,
        "stopped_at": reading.stopped_at,
        "due_at": reading.due_at,
        "breached_at": reading.breached_at,
        "elapsed": reading.elapsed,
        "remaining": reading.remaining,
    }
