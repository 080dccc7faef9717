"""Items in a calendar: as planned work, or as windows that other work has to respect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from placet.definitions.arguments import written
from placet.definitions.context import CheckContext


@written
@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """The fields of an item type that say when it takes place, and the states in which it does."""

    #: A moment or a date.
    start: str
    #: A moment or a date, that day included; `None` for an entry of one moment or one day.
    end: str | None
    states: Sequence[str]
    #: A field with a recurrence rule (RFC 5545), in local time of the workspace's zone.
    rrule: str | None = None
    #: A field that says what kind of entry it is, such as maintenance or freeze; the item type's title without one.
    kind: str | None = None
    #: Whether it is a window: a time that other work has to respect. Windows can be declared without naming their type.
    window: bool = False
    #: Default fields of a declared window.
    defaults: Mapping[str, Any] = field(default_factory=dict)
    #: For windows: the keys of the planned items that the window of the context holds up, now or at their time. It is
    #: pure, and shows people what they would hold up before they declare a window.
    holds_up: Callable[[CheckContext], Iterable[str]] | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it names."""
        named = (self.start, self.end, self.rrule, self.kind)
        return (*(name for name in named if name is not None), *self.defaults)
