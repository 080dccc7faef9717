"""The context of checks, and what it shows: the views of the engine that plugin code is given to read.

All reading goes through the context, so that it holds at the commit: the engine notes what was read, and compares it
then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from placet.definitions.added_gates import AddedGate
from placet.definitions.calendar import BusinessCalendar, Timetable
from placet.definitions.states import Category


class ApprovalStatus(StrEnum):
    """The status of an approval."""

    PENDING = "pending"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"
    #: A material field or evidence changed, or a transition withdrew it.
    VOIDED = "voided"


class Decision(StrEnum):
    """The decision of a vote."""

    APPROVE = "approve"
    REJECT = "reject"
    ABSTAIN = "abstain"


class ConfirmationStatus(StrEnum):
    """The status of one person's confirmation."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    #: Nobody answered in time.
    EXPIRED = "expired"
    #: The person is not named any more, or the item has ended.
    WITHDRAWN = "withdrawn"


class VoteView(Protocol):
    """One person's vote."""

    @property
    def actor(self) -> str: ...
    @property
    def on_behalf_of(self) -> str | None: ...
    @property
    def decision(self) -> Decision: ...
    @property
    def at(self) -> datetime: ...
    @property
    def comment(self) -> str | None: ...


class ApprovalView(Protocol):
    """The latest round of one approval on an item."""

    @property
    def approval(self) -> str: ...
    @property
    def status(self) -> ApprovalStatus: ...
    @property
    def round(self) -> int: ...
    @property
    def asked_at(self) -> datetime: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def votes(self) -> Sequence[VoteView]: ...
    @property
    def approvals(self) -> int:
        """Votes to approve that count towards the quorum."""
        ...

    @property
    def needed(self) -> int:
        """Votes to approve that the quorum requires, as far as it is known now."""
        ...

    @property
    def missing(self) -> tuple[str, ...]:
        """Actors whose vote is still asked for; role ids where nobody holds the role."""
        ...

    @property
    def kept(self) -> Mapping[str, Sequence[str]]:
        """Where nobody is left whose vote is asked for: those whom a duty bars from it, with the acts that bar them."""
        ...

    @property
    def summary(self) -> str:
        """`2 of 3 approvals`, with the veto or the reason of its end, if there is one."""
        ...


class ConfirmationView(Protocol):
    """One confirmation of an item, as it counts for the item as it would be."""

    @property
    def named(self) -> tuple[str, ...]:
        """The people of whom it is asked: all whom its field names."""
        ...

    @property
    def missing(self) -> tuple[str, ...]:
        """Those of them who have not confirmed it as it would be, or no longer count."""
        ...

    def status(self, person: str) -> ConfirmationStatus | None:
        """One person's answer; `None` where it was never asked for."""
        ...

    def until(self, person: str) -> datetime | None:
        """The end of the person's time to answer; `None` where it stays open or was never asked for."""
        ...


class EvidenceView(Protocol):
    """Evidence attached to an item."""

    @property
    def kind(self) -> str: ...
    @property
    def sha256(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def valid_until(self) -> datetime | None: ...


class ItemView(Protocol):
    """A work item as checks see it, with the fields of the request already merged."""

    @property
    def key(self) -> str: ...
    @property
    def workspace(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def category(self) -> Category:
        """The category of its state: whether it is open, whatever its type."""
        ...

    @property
    def version(self) -> int: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def created_by(self) -> str: ...
    @property
    def updated_at(self) -> datetime: ...
    @property
    def state_since(self) -> datetime: ...
    @property
    def fields(self) -> Any:
        """The fields as the item type's Pydantic model: typed, `None` where nothing is filled in yet."""
        ...

    @property
    def evidence(self) -> Sequence[EvidenceView]: ...
    @property
    def links(self) -> Mapping[str, Sequence[str]]:
        """Keys of linked items by link type, for the links that start here."""
        ...

    @property
    def link(self) -> Any:
        """The attributes of the link by which `linked` or `linking` found the item, as the model of its link type.

        `None` where the item was found in another way, or where links of the type have no attributes.
        """
        ...

    def edited_at(self, field: str) -> datetime | None:
        """When the value of the field last changed; `None` if it never had one."""
        ...

    def doers(self, act: str) -> tuple[str, ...]:
        """Everybody who ever did an act on this item, delegating people included; acts are written as in `Duty`."""
        ...


class TimeView(Protocol):
    """One occurrence of an item in a calendar, read without the item."""

    @property
    def key(self) -> str:
        """The item's key."""
        ...

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields that were asked for, as they are stored: moments as text, decimals too."""
        ...


class EventView(Protocol):
    """One event of an item's history, as it was recorded."""

    @property
    def id(self) -> str: ...
    @property
    def key(self) -> str:
        """The item's key."""
        ...

    @property
    def kind(self) -> str:
        """`created`, `edited`, `transition`, `refused`, `voted`, ..."""
        ...

    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]:
        """The members of its kind: for a transition its name, both states, and `checks` with verdicts and readings."""
        ...


class WorkspaceView(Protocol):
    """The workspace as checks see it."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def methods(self) -> Sequence[str]: ...
    @property
    def governed(self) -> Sequence[str]:
        """The parts of its rules that two people change, `windows` among them."""
        ...

    @property
    def calendar(self) -> BusinessCalendar:
        """The calendar named `default`, as it is now."""
        ...

    def timetable(self, name: str = ...) -> Timetable:
        """One of the workspace's calendars by name, with its former versions."""
        ...


@runtime_checkable
class CheckContext(Protocol):
    """A transition as it would be: read-only, and the same for listing, dry run and execution."""

    @property
    def item(self) -> ItemView: ...
    @property
    def before(self) -> ItemView | None:
        """The item as of its last event, without the fields of the request; `None` while it is being made.

        For rights that follow from a field: nobody gets one by what they send with the act that needs it.
        """
        ...

    @property
    def workspace(self) -> WorkspaceView: ...
    @property
    def actor(self) -> str: ...
    @property
    def transition(self) -> str:
        """The transition's name; empty on an edit, and while fields are computed."""
        ...

    @property
    def comment(self) -> str: ...
    @property
    def sent(self) -> Mapping[str, Any]:
        """The fields of the request, as they were sent."""
        ...

    @property
    def now(self) -> datetime:
        """The moment of the decision, in UTC."""
        ...

    @property
    def today(self) -> date:
        """The day of the decision in the workspace's time zone: compare dates with it, and never with that of `now`."""
        ...

    @property
    def settings(self) -> Any:
        """This workspace's settings of the method to which the running check belongs."""
        ...

    def holders(self, role: str, *, of: str | None = None) -> tuple[str, ...]:
        """The holders of a role on this item: its own where it has some, else those of the workspace.

        `of`: those on another item, by key; nobody where the item does not exist.
        """
        ...

    def holds(self, actor: str | None, *roles: str) -> bool:
        """Whether the actor holds one of the roles on this item."""
        ...

    def is_administrator(self, actor: str) -> bool:
        """Whether the actor administers the installation, and so names who holds which role."""
        ...

    def approval(self, approval: str) -> ApprovalView | None:
        """The latest round of an approval; `None` if it was never asked for."""
        ...

    def asked_by(self, approval: str) -> Sequence[str]:
        """The transitions out of the item's state that ask for an approval; none where it is asked for elsewhere."""
        ...

    def confirmation(self, confirmation: str) -> ConfirmationView:
        """A confirmation of this item, by those whom its field names."""
        ...

    def evidence(self, kind: str) -> Sequence[EvidenceView]:
        """Valid evidence of a kind, the newest last."""
        ...

    def get(self, key: str) -> ItemView | None:
        """Another item of the same organization, by key."""
        ...

    def get_all(self, keys: Iterable[str]) -> Sequence[ItemView]:
        """Other items by key, read at once, in the given order; missing items are left out."""
        ...

    def parent(self) -> ItemView | None: ...

    def children(self, type: str | None = None, *, of: str | None = None) -> Sequence[ItemView]:
        """The items below this one, or below the item `of`: of one type, or of any."""
        ...

    def linked(self, link_type: str, *, of: str | None = None) -> Sequence[ItemView]:
        """The targets of the links of a type that start at this item, or at the item `of`.

        Each item's `link` holds the attributes of the link that leads to it.
        """
        ...

    def linking(self, link_type: str, *, of: str | None = None) -> Sequence[ItemView]:
        """The sources of the links of a type that lead to this item, or to the item `of`; otherwise the same."""
        ...

    def reachable(
        self, link_type: str, *, of: Iterable[str] | None = None, inwards: bool = False, steps: int = 20
    ) -> Sequence[str]:
        """Keys of all items to which links of a type lead from this item, or from the items `of`, in so many steps.

        `inwards` walks the links the other way: to the items that depend on it, and not those on which it depends. In
        order of key, without the items at the start; one query for any number of items. The links of every visited item
        count as read: the act is decided again if a link of the type is made or removed meanwhile. The content of the
        items does not: read those that matter with `get_all`.
        """
        ...

    def items(
        self,
        type: str,
        *,
        states: Iterable[str] = (),
        overlapping: tuple[datetime, datetime] | None = None,
        **where: Any,
    ) -> Sequence[ItemView]:
        """The workspace's items of a type, by state and by fields declared as indexed.

        `field=value` compares; `field__lt=`, `field__le=`, `field__gt=`, `field__ge=` bound; `field__has=` finds a
        member of a list field; `field__any=` finds one of several values, or a list field with one of them. `None`, and
        an empty list of values, find nothing. `overlapping` finds items that take place in a time [start, end) by the
        calendar entry of their type; the size of the past does not matter. Keep searches narrow: an act is decided
        again if an item that they would find changes.
        """
        ...

    def times(
        self,
        type: str,
        *,
        overlapping: tuple[datetime, datetime],
        states: Iterable[str] = (),
        fields: Iterable[str] = (),
        **where: Any,
    ) -> Sequence[TimeView]:
        """When the items take place that `items` would find: each occurrence in the time, in order of start and key.

        For schedules with thousands of entries: an occurrence costs a small part of what its item costs. `fields` are
        read with it. The search counts as read as that of `items` does, and so do the items: the act is decided again
        if one of them changes.
        """
        ...

    def events(
        self,
        type: str,
        *,
        kinds: Iterable[str] = ("transition",),
        since: datetime,
        until: datetime,
        of: Iterable[str] | None = None,
    ) -> Sequence[EventView]:
        """The events of the workspace's items of a type in the time [since, until), in order of time.

        Only of these kinds. The act is decided again if an item of the type changes meanwhile; refusals and comments,
        which change nothing, are those of the moment, and only of items that are open or have changed since. `of` reads
        the histories of some items alone, by key: the act is decided again if one of them changes, and not for others.
        """
        ...

    def gate_faults(self, gate: AddedGate) -> tuple[str, ...]:
        """Why a gate would not work if an effect added it here: unknown names, parameters that do not fit.

        Empty if it would.
        """
        ...
