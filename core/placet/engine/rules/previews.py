"""What the engine answers: explanations, results of moves, and what waits for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from placet.definitions.context import ApprovalStatus
from placet.definitions.verdicts import Blocker, GateMode, Outcome
from placet.engine.act.records import EventRecord, ItemRecord, Vote, Waiver
from placet.engine.timers.readings import Reading, Stretch
from placet.errors import PlacetError


@dataclass(frozen=True, slots=True)
class CheckReport:
    """One check of one gate, with its verdict and what it looked at."""

    gate: str
    check: str
    title: str
    source: str
    mode: GateMode
    verdict: Outcome
    read: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outlook:
    """One transition as it would be for one person now."""

    name: str
    title: str
    to: str
    allowed: bool
    roles: tuple[str, ...]
    #: Enforced and warning ones; observed ones are recorded only.
    blockers: tuple[Blocker, ...]
    #: When it can pass at the earliest, where every enforced blocker knows; `None` otherwise.
    earliest: datetime | None
    #: The people who can clear its blockers.
    waits_on: tuple[str, ...]
    #: JSON Schema of the fields it asks for.
    fields_schema: Mapping[str, Any]
    checks: tuple[CheckReport, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every transition defined from an item's state, for one person."""

    item: ItemRecord
    outlooks: tuple[Outlook, ...]

    def outlook(self, name: str) -> Outlook | None:
        return next((outlook for outlook in self.outlooks if outlook.name == name), None)


@dataclass(frozen=True, slots=True)
class Moved:
    """A transition that was made, or (without an event) would be."""

    #: As one view after the commit shows it, which may be newer than the event; without such a view, as committed.
    item: ItemRecord
    event: EventRecord | None
    #: What can be done next; `None` where that was not asked for, or could not be found out.
    outlooks: tuple[Outlook, ...] | None
    #: The item's approvals in that view; `None` where it failed.
    approvals: tuple[ApprovalLine, ...] | None
    #: Its timers in that view; `None` where it failed.
    timers: tuple[TimerLine, ...] | None
    #: Whether the same request had made it before.
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A request's idempotency key, which belongs to who sends it."""

    key: str
    #: SHA-256 over path and body.
    request: str


@dataclass(frozen=True, slots=True)
class Wish:
    """One transition of a bulk request."""

    key: str
    transition: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of one wish: moved, or refused with an error."""

    key: str
    moved: Moved | None = None
    error: PlacetError | None = None


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """The latest round of one approval on one item, counted."""

    item: ItemRecord
    approval: str
    title: str
    round: int
    status: ApprovalStatus
    asked_at: datetime
    expires_at: datetime | None
    #: The people asked now.
    asked: tuple[str, ...]
    #: Of those, who has not voted.
    missing: tuple[str, ...]
    summary: str
    votes: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class TimerLine:
    """A clock of an item, read at a moment."""

    item: ItemRecord
    timer: str
    title: str
    reading: Reading
    #: The sum line by line; empty where it was not asked for.
    explanation: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnItem:
    """An item that somebody can move now."""

    item: ItemRecord
    transitions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TurnCheck:
    """A blocker that names somebody as the one who can clear it."""

    item: ItemRecord
    transition: str
    blocker: Blocker


@dataclass(frozen=True, slots=True)
class Turn:
    """What waits for one person."""

    approvals: tuple[ApprovalLine, ...]
    items: tuple[TurnItem, ...]
    checks: tuple[TurnCheck, ...]
    #: Waivers that they granted and nobody has reviewed.
    reviews: tuple[tuple[ItemRecord, Waiver], ...]
    #: Clocks about to end, or over, on items that they can move.
    timers: tuple[TimerLine, ...]


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """One link of an item, seen from it."""

    link_type: str
    title: str
    #: `out` where it starts at the item, `in` where it leads to it.
    direction: str
    key: str
    type: str
    item_title: str
    state: str
