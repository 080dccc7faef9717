"""What is asked of transitions, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from placet.engine.act.records import EventRecord, ItemRecord
from placet.engine.approvals.views import ApprovalView
from placet.engine.rules.previews import TransitionPreview
from placet.engine.timers.views import TimerView
from placet.errors import PlacetError


@dataclass(frozen=True, slots=True)
class Moved:
    """A transition that was made, or (without an event) would be."""

    #: As one view after the commit shows it, which may be newer than the event; without such a view, as committed.
    item: ItemRecord
    event: EventRecord | None
    #: What can be done next; `None` where that was not asked for, or could not be found out.
    previews: tuple[TransitionPreview, ...] | None
    #: The item's approvals in that view; `None` where it failed.
    approvals: tuple[ApprovalView, ...] | None
    #: Its timers in that view; `None` where it failed.
    timers: tuple[TimerView, ...] | None
    #: Whether the same request had made it before.
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A request's idempotency key, which belongs to the one who sends it."""

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
