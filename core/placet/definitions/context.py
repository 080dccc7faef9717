"""What a check may look at, and what an effect may do: the two views of the engine that plugin code is given.

Reading goes through the context alone, because that is what makes it hold at commit: the engine sees what
was read, and takes the transaction that protects it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from placet.definitions.calendar import BusinessCalendar, Timetable


class ApprovalStatus(StrEnum):
    """Where an approval stands."""

    PENDING = "pending"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"
    #: A material field or evidence changed, or a transition took it back.
    VOIDED = "voided"


class Decision(StrEnum):
    """What a vote says."""

    APPROVE = "approve"
    REJECT = "reject"
    ABSTAIN = "abstain"


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
        """Votes to approve that the quorum asks for, as far as it can be told now."""
        ...

    @property
    def missing(self) -> tuple[str, ...]:
        """Actors whose vote is still asked for; role ids where nobody holds the role."""
        ...

    @property
    def summary(self) -> str:
        """`2 of 3 approvals`, with the veto or the reason of its end where there is one."""
        ...


class EvidenceView(Protocol):
    """Proof attached to an item."""

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
    """A work item as checks see it, with the fields sent along already merged."""

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
        """The item type's Pydantic model: typed attributes, `None` where nothing is filled in yet."""
        ...

    @property
    def evidence(self) -> Sequence[EvidenceView]: ...
    @property
    def links(self) -> Mapping[str, Sequence[str]]:
        """Keys by link type, of the links that start here."""
        ...

    @property
    def link(self) -> Any:
        """The attributes of the link by which `linked` or `linking` found the item, as the model of its link type.

        `None` where it was found otherwise, or where links of the type have no attributes.
        """
        ...

    def edited_at(self, field: str) -> datetime | None:
        """When the field last got another value; `None` if it never had one."""
        ...

    def doers(self, act: str) -> tuple[str, ...]:
        """Who did an act on this item, ever, principals included; acts are written as in `Duty`."""
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
    def calendar(self) -> BusinessCalendar:
        """The calendar named `default`, as it is now."""
        ...

    def timetable(self, name: str = ...) -> Timetable:
        """One of the workspace's calendars by name, with its former versions."""
        ...


@runtime_checkable
class CheckContext(Protocol):
    """A transition as it would be: read-only, and the same for listing, dry run and the real thing."""

    @property
    def item(self) -> ItemView: ...
    @property
    def workspace(self) -> WorkspaceView: ...
    @property
    def actor(self) -> str: ...
    @property
    def transition(self) -> str:
        """The transition's name; empty while fields are computed."""
        ...

    @property
    def comment(self) -> str: ...
    @property
    def sent(self) -> Mapping[str, Any]:
        """The fields sent along with the request, as they were sent."""
        ...

    @property
    def now(self) -> datetime:
        """The moment of the decision, in UTC."""
        ...

    @property
    def settings(self) -> Any:
        """The settings, in this workspace, of the method that the running check belongs to."""
        ...

    def holders(self, role: str) -> tuple[str, ...]:
        """Who holds a role on this item: its own holders where it has some, else the workspace's."""
        ...

    def holds(self, actor: str | None, *roles: str) -> bool:
        """Whether the actor holds one of the roles on this item."""
        ...

    def approval(self, approval: str) -> ApprovalView | None:
        """The latest round of an approval, or `None` if it was never asked for."""
        ...

    def evidence(self, kind: str) -> Sequence[EvidenceView]:
        """Evidence of the kind that is valid now, the newest last."""
        ...

    def get(self, key: str) -> ItemView | None:
        """Another item of the same organisation, by key."""
        ...

    def get_all(self, keys: Iterable[str]) -> Sequence[ItemView]:
        """Other items by key, read at once, in the order asked for; what is not there is left out."""
        ...

    def parent(self) -> ItemView | None: ...

    def children(self, type: str | None = None) -> Sequence[ItemView]: ...

    def linked(self, link_type: str, *, of: str | None = None) -> Sequence[ItemView]:
        """Where the links of a type lead that start at this item, or at the item `of`.

        Each item's `link` holds the attributes of the link that leads to it.
        """
        ...

    def linking(self, link_type: str, *, of: str | None = None) -> Sequence[ItemView]:
        """Where the links of a type start that lead to this item, or to the item `of`; likewise."""
        ...

    def reachable(
        self, link_type: str, *, of: Iterable[str] | None = None, inwards: bool = False, steps: int = 20
    ) -> Sequence[str]:
        """Keys of all items to which links of a type lead from this item, or from the items `of`, in so many steps.

        `inwards` walks the links the other way: what depends on it, and not what it depends on. In order of key,
        without those that it starts from; one query, whatever is found. Read are the links of every item that was
        visited: an act that rests on them is decided again where a link of the type was made or taken away meanwhile.
        What the items are besides is not: ask for those that matter with `get_all`.
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
        member of a list field; `field__any=` finds one of several values, or a member of a list field that is one of
        them. Nothing is found by `None`, nor by no values. `overlapping` finds what takes place in a time [start, end),
        as the calendar entry of its type says, however much has taken place before. Narrow it: an act is decided again
        where what was read here has changed.
        """
        ...


@runtime_checkable
class EffectContext(CheckContext, Protocol):
    """What an effect may do, inside the same transaction as the transition, after the state has changed."""

    def set(self, **fields: Any) -> None:
        """Give fields of this item another value."""
        ...

    def set_on(self, key: str, **fields: Any) -> None:
        """Give fields of another item another value."""
        ...

    def create(self, type: str, title: str, /, *, parent: str | None = None, **fields: Any) -> str:
        """Make an item in this workspace, as the actor `system`; answers its key."""
        ...

    def link(
        self,
        link_type: str,
        target: str,
        *,
        source: str | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        """Link this item (or `source`) to a target, or give a link that is there other attributes."""
        ...

    def attach(
        self,
        kind: str,
        *,
        name: str = "",
        content: bytes | str | None = None,
        url: str | None = None,
        sha256: str | None = None,
        media_type: str = "application/octet-stream",
        valid_until: datetime | None = None,
    ) -> None:
        """Attach evidence to this item: a small document, or a reference to one elsewhere.

        A document (1 MiB at most; text is kept in UTF-8) is stored by its content when the act is committed, and not
        in a dry run. The event says what was attached.
        """
        ...

    def fire(self, key: str, transition: str, *, comment: str, **fields: Any) -> None:
        """Move another item as the actor `system`, under all its rules; raises `BlockedError` if they refuse."""
        ...

    def void(self, approval: str, reason: str) -> None:
        """Take back an approval of this item, whatever it stands at."""
        ...

    def ask(self, approval: str) -> None:
        """Open a new round of an approval of this item."""
        ...


class JobContext(Protocol):
    """What a periodic job may do in one workspace, as the actor `system`."""

    @property
    def workspace(self) -> WorkspaceView: ...
    @property
    def now(self) -> datetime:
        """The moment at which the occurrence is due, in UTC."""
        ...

    @property
    def settings(self) -> Any:
        """The settings of the job's method in this workspace."""
        ...

    def get(self, key: str) -> ItemView | None: ...
    def linked(self, link_type: str, *, of: str | None = None) -> Sequence[ItemView]: ...
    def linking(self, link_type: str, *, of: str | None = None) -> Sequence[ItemView]: ...
    def items(
        self,
        type: str,
        *,
        states: Iterable[str] = (),
        overlapping: tuple[datetime, datetime] | None = None,
        **where: Any,
    ) -> Sequence[ItemView]:
        """As `CheckContext.items`."""
        ...

    def set_on(self, key: str, **fields: Any) -> None: ...
    def create(self, type: str, title: str, /, *, parent: str | None = None, **fields: Any) -> str: ...
    def link(
        self, link_type: str, target: str, *, source: str, attributes: Mapping[str, Any] | None = None
    ) -> None: ...
    def fire(self, key: str, transition: str, *, comment: str, **fields: Any) -> None: ...
