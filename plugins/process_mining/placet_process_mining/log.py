"""The exported log: the events of a workspace's items, each with its item type and its activity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from placet import EventRecord

#: The type of an item whose first event has none, because somebody tampered with it.
_UNKNOWN = "unknown"


class Log(Protocol):
    """Events, and the definitions under which they were made."""

    def events(self) -> Iterable[EventRecord]:
        """All events, item by item, each item's from the first to the last; every call begins anew."""
        ...

    def definition(self, hash: str) -> Mapping[str, Any] | None:
        """The document of a definition, if it is known."""
        ...


class Entry(NamedTuple):
    """One event, with the type of its item."""

    event: EventRecord
    #: The item's type.
    type: str

    @property
    def activity(self) -> str:
        """The activity: the transition's name, or else the event's kind."""
        kind = self.event.kind
        return str(self.event.data.get("transition", kind)) if kind == "transition" else kind

    @property
    def state(self) -> str | None:
        """The state that the item entered, if it entered one."""
        return self.event.data.get("to_state")

    @property
    def fields(self) -> dict[str, Any]:
        """The changed fields, with their new values; `None` where a field was cleared."""
        data = self.event.data
        # An event about a role has its holders in the same member.
        changes = {} if "role" in data else data.get("changes", {})
        return {name: new for name, (_, new) in changes.items()}


def entries(log: Log) -> Iterator[Entry]:
    """Every event with its item's type, which only the item's first event has."""
    number, type = 0, _UNKNOWN
    for event in log.events():
        if event.number != number:
            number, type = event.number, event.data.get("type", _UNKNOWN)
        yield Entry(event, type)


def moment(at: datetime) -> str:
    """A moment in RFC 3339, in UTC and always of the same length."""
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"
