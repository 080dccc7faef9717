"""What is exported: the events of a workspace's items, item by item, out of one view of the store.

A format may read them more than once, and holds none of them for longer than it needs: an export of a million events
takes as much memory as one of a thousand. The workspace's own history (who holds which role) is not part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from placet.engine.act.ports import ItemQuery, Session
from placet.engine.act.records import Actor, EventRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.engine import Engine

#: Events read at a time.
_BATCH = 500
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


class WorkspaceLog:
    """The log of one workspace, as one view of the store shows it."""

    def __init__(
        self, session: Session, workspace: str, progress: Callable[[float], None] | None = None
    ) -> None:
        """`progress` is told now and then how often the log was read: 1.5 is once, and half of it again."""
        self._session = session
        self.workspace = workspace
        self._progress = progress
        self._readings = 0
        self._definitions: dict[str, Mapping[str, Any] | None] = {}

    def events(self) -> Iterator[EventRecord]:
        """Read batch by batch."""
        newest = self._session.list_items(ItemQuery((self.workspace,), sort="-key", limit=1)).rows
        after = (1, 0)
        while batch := self._session.histories(self.workspace, after, _BATCH):
            yield from batch
            after = (batch[-1].number, batch[-1].seq)
            if self._progress is not None:
                self._progress(self._readings + after[0] / newest[0].number)
        self._readings += 1

    def definition(self, hash: str) -> Mapping[str, Any] | None:
        """As it was stored when it was first used, so that it is there though its plugin is not."""
        if hash not in self._definitions:
            found = self._session.definition(hash)
            self._definitions[hash] = None if found is None else found.document
        return self._definitions[hash]


@contextmanager
def workspace_log(
    engine: Engine, asker: Actor, workspace: str, progress: Callable[[float], None] | None = None
) -> Iterator[WorkspaceLog]:
    """The log of a workspace that the asker may see. What happens while it is read is not in it.

    Raises:
        NotFoundError: there is no such workspace, or the asker may not see it.
    """
    with engine.store.reading() as session:
        place = engine.seen_workspace(
            UnitOfWork(session, engine.clock.now(), engine.catalog_of, engine.guard, engine.typed),
            asker,
            workspace,
        )
        yield WorkspaceLog(session, place.key, progress)
