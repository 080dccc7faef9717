"""Queries to the store, and the parts of its results, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from placet.definitions.figures import Simple
from placet.engine.act.records import ItemRef

Row = TypeVar("Row")
#: A field value by which results can be grouped.
Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True, repr=False)
class Condition:
    """A condition on an indexed field."""

    field: str
    #: `eq`, `lt`, `le`, `gt`, `ge`, `has` (a member of a list field), or `any` (one of several values, or members).
    op: str
    value: Scalar | tuple[Scalar, ...]

    def __repr__(self) -> str:
        # Written out, as it is part of the name of a search.
        return f"{self.field} {self.op} {self.value!r}"


class ItemSpan(NamedTuple):
    """The time of an item, from the start of its first occurrence to the end of its last one."""

    type: str
    starts: datetime
    ends: datetime


class TimesAsked(NamedTuple):
    """The time of a search for when items take place."""

    after: datetime
    before: datetime
    #: With the stored fields of the items.
    whole: bool
    #: Only those that begin in it; else those that overlap or touch it.
    beginning: bool


class TimeRow(NamedTuple):
    """When an item takes place: as `ItemSpan`, with its number, and its stored fields where these were asked for."""

    number: int
    starts: datetime
    ends: datetime
    fields: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Workspaces to which somebody does not belong, and in which they see single items."""

    actor: str
    workspaces: tuple[str, ...]
    #: Roles that items below inherit, and the fields by which items name those that they inherit from.
    roles: tuple[str, ...]
    through: tuple[str, ...]


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
    #: Words that the title contains, in upper or lower case.
    q: str | None = None
    #: `key`, `created_at`, `updated_at` or an indexed field; `-` in front for descending.
    sort: str = "key"
    limit: int = 50
    #: The cursor that was returned with the previous page.
    cursor: str | None = None
    #: Besides the items of `workspaces`, single items of others.
    elsewhere: Elsewhere | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the cursor of the next page."""

    rows: Sequence[Row]
    next_cursor: str | None
    #: Whether the list is what the rules in force make of it; not while values that it goes by are brought up to date.
    complete: bool = True


@dataclass(frozen=True, slots=True)
class EventQuery:
    """A page of the event log."""

    workspaces: tuple[str, ...] | None
    ref: ItemRef | None = None
    actor: str | None = None
    kinds: tuple[str, ...] = ()
    after: str | None = None
    limit: int = 100


class Edge(NamedTuple):
    """One step from an item to another: along a link, up to its parent or down to a child."""

    start: ItemRef
    #: Id of the link type, name of the field, `parent` or `child`.
    relation: str
    #: Whether a link starts at `start`.
    outwards: bool
    end: ItemRef


@dataclass(frozen=True, slots=True)
class TypeHistory:
    """The events of a workspace's items of a type in the time [since, until)."""

    workspace: str
    type: str
    kinds: tuple[str, ...]
    since: datetime
    until: datetime
    #: Of items that have changed since, and of those in these states: refusals change nothing.
    standing: tuple[str, ...] = ()
    #: Of these items alone; of all of the type where there is none.
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TimerQuery:
    """A page of timers, sorted by item and timer."""

    workspaces: tuple[str, ...]
    ref: ItemRef | None = None
    #: `running`, `paused`, `met` or `breached`, as of `now`.
    status: str | None = None
    due_before: datetime | None = None
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """A page of a person's notifications, the newest first."""

    actor: str
    #: Workspaces in which the person sees everything.
    workspaces: tuple[str, ...]
    #: And single items of others.
    elsewhere: Elsewhere | None = None
    #: Only notifications of this workspace.
    workspace: str | None = None
    unread: bool = False
    #: Only notifications of these events.
    events: tuple[str, ...] | None = None
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """The state of sending by a channel."""

    #: Notifications that have not been sent yet.
    waiting: int = 0
    #: Notifications that were given up.
    failed: int = 0
    #: The last error of the channel, if notifications wait or were given up.
    error: str | None = None


class Claim(NamedTuple):
    """The notifications that one worker has claimed, to send them by one channel."""

    actor: str
    channel: str
    events: tuple[str, ...]
    #: Number of attempts before.
    attempts: int


@dataclass(frozen=True, slots=True)
class Period:
    """A period of time; its end is excluded."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """A figure over some periods; its states are single states of the workflows."""

    workspace: str
    figure: Simple
    #: Each period begins where the previous one ends.
    periods: tuple[Period, ...]
    now: datetime
    #: Fields that can be searched in all of its item types.
    indexed: frozenset[str] = frozenset()
    #: A field or `state`: one result for each of its values; empty for one result in all.
    dimension: str | None = None


@dataclass(frozen=True, slots=True)
class FigureRow:
    """The parts of a figure in one period and for one value of the dimension. Spans are in microseconds."""

    period: int
    group: Scalar | None
    #: Number of items; for a measurement, only of those that have the measured value.
    count: int
    #: Number of items that meet the conditions of a share.
    met: int = 0
    total: float = 0
    #: The neighbors of a percentile, and its distance from the first towards the second, in hundredths.
    low: float = 0
    high: float = 0
    hundredths: int = 0
