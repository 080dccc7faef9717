"""The interface of the store for verification: rows as they are, and the log beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import orjson

from placet.catalog.catalog import Definition
from placet.engine.act.indexing import Values
from placet.engine.act.queries import ItemSpan
from placet.engine.act.records import EventRecord, ItemRecord, ItemRef


def moment_text(moment: datetime) -> str:
    """A moment as rows have it when they are read for verification: `2026-03-02T09:00:00Z`."""
    return orjson.dumps(moment, option=orjson.OPT_UTC_Z).decode().strip('"')


class StoredItem(NamedTuple):
    """An item as it is stored, however somebody may have changed it."""

    ref: ItemRef
    seq: int
    head: str
    #: Its parts in JSON, by the names of `placet.engine.act.became.PARTS`, and whatever else is there.
    parts: Mapping[str, Any]
    #: `None` where the parts are not an item.
    record: ItemRecord | None


class Searched(NamedTuple):
    """The values by which searches find an item, as they follow from it."""

    #: Values of indexed fields; `None` while they are brought up to date after a change of rules, with the span.
    values: Values | None
    span: ItemSpan | None


class StoredSchedule(NamedTuple):
    """The timers and the due work of an item as they are stored; moments as text, and `None` for none."""

    #: By timer: its status, when it is due, and the microseconds that it took.
    timers: dict[str, tuple[str, str | None, int | None]]
    #: By subject: the moment, and how often it was postponed.
    dues: dict[str, tuple[str, int]]


class LogPlace(NamedTuple):
    """A position of the log."""

    position: int
    ref: ItemRef
    seq: int
    #: Of its event; `None` where the event does not exist.
    hash: str | None
    #: Whether it has the kind and the actor of its event.
    fits: bool
    #: Whether the event before it in its item has an earlier position.
    follows: bool


class AuditReads(Protocol):
    """Reads of verification. None of them fails because somebody tampered with what it reads."""

    def rows(
        self, table: str, *, within: Mapping[str, str] | None = None, after: str | None = None, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Rows of a table in JSON, in order of their key, after a key; only those with some values, if there are."""
        ...

    def items(self, workspace: str, after: int, limit: int) -> Sequence[StoredItem]:
        """Items of a workspace after a number, in order."""
        ...

    def events(
        self, workspace: str, after: tuple[int, int], last: int | None, limit: int
    ) -> Sequence[EventRecord]:
        """Events of a workspace item by item, without their data, after (item's number, event's number).

        `last` is the last item's number; `None` for all.
        """
        ...

    def derived(
        self, workspace: str, found: Sequence[tuple[ItemRecord, Searched]], first: int, last: int
    ) -> Iterable[tuple[int, str]]:
        """(item's number, table) for each table whose rows do not follow from an item between two numbers."""
        ...

    def schedules(self, workspace: str, first: int, last: int) -> Mapping[int, StoredSchedule]:
        """The timers and due work of the items between two numbers, by number."""
        ...

    def derived_of_nothing(self, workspace: str) -> Iterable[tuple[int, str]]:
        """(item's number, table) for rows that follow from items, and whose item is not there."""
        ...

    def places(self, after: int, limit: int) -> Sequence[LogPlace]:
        """Positions of the log after a position, in order."""
        ...

    def hashes(self, after: int, limit: int) -> Sequence[tuple[int, str]]:
        """(position, hash) of events after a position, in order."""
        ...

    def counts(self) -> tuple[int, int, int]:
        """The numbers of events, of positions, and of events that have no position yet."""
        ...

    def strange_texts(self) -> Sequence[tuple[str, int, int]]:
        """(workspace, item's number, event's number) of texts without an event, at most 100."""
        ...

    def strange_marks(self) -> list[str]:
        """The ids of events that wait for a position and are not there, at most 100."""
        ...

    def histories(self) -> Sequence[str]:
        """The names of all histories that the log has: of workspaces, and the installation's."""
        ...

    def tree(self) -> tuple[int, Sequence[bytes], str | None]:
        """The tree of the latest checkpoint, as its size and the roots of its complete subtrees, and its text."""
        ...

    def keep_tree(self, size: int, peaks: Sequence[bytes], note: str, former: str | None) -> None:
        """Keep the tree of the latest checkpoint, in an act of administration.

        `former` is the text of the one before it; the act starts again where a later one exists.
        """
        ...

    def definitions(self, after: str, limit: int) -> Sequence[Definition]:
        """Stored definitions after a hash, in order."""
        ...

    def kept_definitions(self, hashes: Iterable[str]) -> set[str]:
        """The hashes of some stored definitions, of those that are asked for."""
        ...

    def evidence(self, after: str, limit: int) -> Sequence[tuple[str, ItemRef]]:
        """Digests of files that items have as evidence, after a digest, each with one of these items."""
        ...
