"""How items show in a calendar: as work that is planned, or as windows that other work has to mind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from placet.definitions.arguments import written


@written
@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """Which fields of an item type say when it takes place, and in which states it does."""

    #: A moment or a date.
    start: str
    #: A moment or a date, that day included; `None` for an entry of one moment or one day.
    end: str | None
    states: Sequence[str]
    #: A field with a recurrence rule (RFC 5545), by the clock on the wall of the workspace's zone.
    rrule: str | None = None
    #: A field that says what kind of entry it is, such as maintenance or freeze; the item type's title without one.
    kind: str | None = None
    #: Whether it is a window: a time that other work has to mind. Windows can be declared without knowing their type.
    window: bool = False
    #: Fields of a window that is declared without them.
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it names."""
        named = (self.start, self.end, self.rrule, self.kind)
        return (*(name for name in named if name is not None), *self.defaults)
