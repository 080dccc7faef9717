"""Requests for transitions, and their results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from placet.engine.act.records import EventRecord, ItemRecord
from placet.engine.approvals.views import ApprovalView
from placet.engine.rules.former import FormerField
from placet.engine.rules.previews import TransitionPreview
from placet.engine.timers.views import TimerView
from placet.errors import PlacetError


@dataclass(frozen=True, slots=True)
class Moved:
    """A transition that was made or, without an event, would be made."""

    #: As committed, or as read after that, so that it may be newer than the event.
    item: ItemRecord
    event: EventRecord | None
    #: The transitions that are available next; `None` where they were not asked for, or could not be evaluated.
    previews: tuple[TransitionPreview, ...] | None
    #: The item's approvals at the same reading; `None` where it failed.
    approvals: tuple[ApprovalView, ...] | None
    #: Its timers at the same reading; `None` where it failed.
    timers: tuple[TimerView, ...] | None
    #: Whether an earlier, identical request made it.
    replayed: bool = False
    #: Values of the item that no rule knows any more, by name.
    former: Mapping[str, FormerField] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The idempotency key of a request; keys of different actors are independent."""

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
    """The result of one wish: moved, or refused with an error."""

    key: str
    moved: Moved | None = None
    error: PlacetError | None = None
