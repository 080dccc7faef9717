"""What the store is asked, and what its answers are made of, as frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from placet.definitions.figures import Simple
from placet.engine.act.records import ItemRef

Row = TypeVar("Row")
#: A value of a field that one can group by.
Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Condition:
    """A bound on an indexed field."""

    field: str
    #: `eq`, `lt`, `le`, `gt`, `ge`, `has` (a member of a list field), or `any` (one of several values, or members).
    op: str
    value: Scalar | tuple[Scalar, ...]


class ItemSpan(NamedTuple):
    """When an item takes place, from the beginning of its first occurrence to the end of its last one."""

    type: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """A page of items, by keyset."""

    workspaces: tuple[str, ...] | None
    type: str | None = None
    state: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    parent: str | None = None
    assignee: str | None = None
    conditions: tuple[Condition, ...] = ()
    #: Words that the title contains, in any case.
    q: str | None = None
    #: `key`, `created_at`, `updated_at` or an indexed field; `-` in front for descending.
    sort: str = "key"
    limit: int = 50
    #: As given out with the page before.
    cursor: str | None = None
    #: Only items on which this actor holds a role of the item's own, besides `workspaces`.
    or_held_by: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and where it goes on."""

    rows: Sequence[Row]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class EventQuery:
    """A page of the log."""

    workspaces: tuple[str, ...] | None
    ref: ItemRef | None = None
    actor: str | None = None
    kinds: tuple[str, ...] = ()
    after: str | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class TimerQuery:
    """A page of timers, in order of item and timer."""

    workspaces: tuple[str, ...]
    ref: ItemRef | None = None
    #: `running`, `paused`, `met` or `breached`, as of `now`.
    status: str | None = None
    due_before: datetime | None = None
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """A page of somebody's notifications, the newest first."""

    actor: str
    #: Where they may see everything; elsewhere they see the items on which they hold a role.
    workspaces: tuple[str, ...]
    #: Only of this workspace.
    workspace: str | None = None
    unread: bool = False
    #: Only of these events.
    events: tuple[str, ...] | None = None
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How sending by a channel goes."""

    #: Notifications that have not gone out yet.
    waiting: int = 0
    #: Notifications that were given up.
    failed: int = 0
    #: What the channel last failed with, where something waits or was given up.
    error: str | None = None


class Claim(NamedTuple):
    """What one worker is to send by one channel."""

    actor: str
    channel: str
    events: tuple[str, ...]
    #: How often it was tried before.
    attempts: int


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time, without its end."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """A figure over some periods; its states are those of the workflows, one by one."""

    workspace: str
    figure: Simple
    #: Each begins where the one before it ends.
    periods: tuple[Period, ...]
    now: datetime
    #: Fields that can be searched, of all its item types.
    indexed: frozenset[str] = frozenset()
    #: A field or `state`, to be told for each of its values; nothing for all together.
    dimension: str | None = None


@dataclass(frozen=True, slots=True)
class FigureRow:
    """What a figure is made of, in one period and for one value of the dimension. Spans are in microseconds."""

    period: int
    group: Scalar | None
    #: Items; where something is measured, those that have it.
    count: int
    #: Items that meet the conditions of a share.
    met: int = 0
    total: float = 0
    #: Neighbours of a percentile, and how far it lies from the first to the second, in hundredths.
    low: float = 0
    high: float = 0
    hundredths: int = 0
