"""What is exported: the events of a workspace's items, item by item, out of one view of the store.

A format may read them more than once, and holds none of them for longer than it needs: an export of a million events
takes as much memory as one of a thousand. The workspace's own history (who holds which role) is not part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from placet.engine.act.records import EventRecord

#: What an item is whose first event does not say it, because somebody tampered with it.
_UNKNOWN = "unknown"


class Log(Protocol):
    """Events and the definitions that they were made under."""

    def events(self) -> Iterable[EventRecord]:
        """Item by item, each item's from the first to the last; every call begins anew."""
        ...

    def definition(self, hash: str) -> Mapping[str, Any] | None:
        """The document of a definition, if it is known."""
        ...


class Entry(NamedTuple):
    """One event, with what it is about."""

    event: EventRecord
    #: The item's type.
    type: str

    @property
    def activity(self) -> str:
        """What was done: the transition's name, or the event's kind where none was made."""
        kind = self.event.kind
        return str(self.event.data.get("transition", kind)) if kind == "transition" else kind

    @property
    def state(self) -> str | None:
        """The state that the item came to, where it came to one."""
        return self.event.data.get("to_state")

    @property
    def fields(self) -> dict[str, Any]:
        """The fields that got another value, with that value; `None` where it was taken away."""
        data = self.event.data
        # An event about a role tells its holders in the same words.
        changes = {} if "role" in data else data.get("changes", {})
        return {name: new for name, (_, new) in changes.items()}


def entries(log: Log) -> Iterator[Entry]:
    """Every event with its item's type, which only the item's first event names."""
    number, type = 0, _UNKNOWN
    for event in log.events():
        if event.number != number:
            number, type = event.number, event.data.get("type", _UNKNOWN)
        yield Entry(event, type)


def moment(at: datetime) -> str:
    """A moment in RFC 3339, in UTC and always of the same length."""
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"
