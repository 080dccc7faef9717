"""Timers in JSON, as items and events keep them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from placet.definitions.document import plain
from placet.definitions.once import once
from placet.definitions.timers import Span
from placet.engine.act.records import TimerRecord

_DURATION = TypeAdapter(timedelta)


def target_data(target: Span | datetime | None) -> Any:
    """A target in JSON: a moment, or a span's parts."""
    if not isinstance(target, Span):
        return plain(target)
    return {"time": _time_data(target.time), "days": target.days, "calendar": target.calendar}


@lru_cache(maxsize=1024)
def _time_data(time: timedelta) -> str:
    return str(plain(time))


def target_of(kept: Any) -> Span | datetime | None:
    """A target read back from JSON."""
    if kept is None:
        return None
    if isinstance(kept, str):
        return datetime.fromisoformat(kept).astimezone(UTC)
    return _span_of(kept["time"], kept["days"], kept["calendar"])


@lru_cache(maxsize=1024)
def _span_of(time: str, days: float, calendar: str | None) -> Span:
    """A span read back: an item that is read has the same few again and again, and each would be checked anew."""
    return Span(_DURATION.validate_python(time), days, calendar)


@once
def timer_data(timer: TimerRecord) -> dict[str, Any]:
    """A timer as its item keeps it; it is written in the event, in the item and in its next event."""
    overtaken = {} if timer.overtaken is None else {"overtaken": asdict(timer.overtaken)}
    return {
        "marks": [
            {
                "at": mark.at,
                "what": mark.what,
                "reason": mark.reason,
                "target": target_data(mark.target),
                "grace": mark.grace,
            }
            for mark in timer.marks
        ],
        "fired": list(timer.fired),
        "turns": timer.turns,
        "due_points": [asdict(point) for point in timer.due_points],
        **overtaken,
    }
