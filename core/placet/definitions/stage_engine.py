"""The engine as a demonstration uses it: the acts of people, by subject.

The first argument of each is the person who acts: `Stage.director`, or one whom `people.add` has returned. The engine
itself belongs to a higher layer, and is one of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from placet.definitions.context import Decision

T_co = TypeVar("T_co", covariant=True)

#: Somebody who acts; only the engine reads it.
Person = Any


class StageItem(Protocol):
    """A work item as it is stored."""

    @property
    def key(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, Any]:
        """The values of its fields, as JSON."""
        ...

    @property
    def links(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of linked items by link type."""
        ...


class StageLink(Protocol):
    """A link of an item, in either direction."""

    @property
    def link_type(self) -> str: ...
    @property
    def key(self) -> str:
        """The key of the item at its other end."""
        ...


class Identified(Protocol):
    """Something with an id of its own: a waiver, an event."""

    @property
    def id(self) -> str: ...


class Received(Identified, Protocol):
    """A notification."""

    @property
    def actor(self) -> str:
        """The person who gets it."""
        ...


class Rows(Protocol[T_co]):
    """A page of a list."""

    @property
    def rows(self) -> Sequence[T_co]: ...


class AskedFor(Protocol):
    """An approval that waits for somebody."""

    @property
    def item(self) -> StageItem: ...


class StageItems(Protocol):
    """Acts on items."""

    def create(
        self,
        actor: Person,
        *,
        workspace: str,
        type: str,
        title: str,
        fields: Mapping[str, Any] | None = None,
        parent: str | None = None,
    ) -> StageItem: ...
    def get(self, actor: Person, key: str) -> StageItem: ...
    def edit(self, actor: Person, key: str, *, fields: Mapping[str, Any] | None = None) -> StageItem: ...
    def comment(self, actor: Person, key: str, text: str) -> Identified: ...
    def link(
        self,
        actor: Person,
        key: str,
        link_type: str,
        target: str,
        attributes: Mapping[str, Any] | None = None,
    ) -> StageItem: ...
    def links(self, actor: Person, key: str) -> Sequence[StageLink]: ...
    def set_role(self, actor: Person, key: str, role: str, actors: Sequence[str]) -> StageItem: ...


class StageApprovals(Protocol):
    """Decisions of people who are asked for their vote."""

    def vote(
        self, actor: Person, key: str, approval: str, decision: Decision, *, comment: str = ""
    ) -> object: ...
    def find(self, actor: Person, *, waiting_for: str | None = None, limit: int = 50) -> Rows[AskedFor]: ...


class StageConfirmations(Protocol):
    """Answers of people who are named."""

    def decide(
        self, actor: Person, key: str, confirmation: str, *, confirm: bool, comment: str = ""
    ) -> StageItem: ...


class StageWaivers(Protocol):
    """Ways through a gate, as decisions of their own."""

    def ask(self, actor: Person, key: str, *, gate: str, reason: str, expires_at: datetime) -> Identified: ...
    def decide(
        self, actor: Person, key: str, waiver: str, *, grant: bool, comment: str = ""
    ) -> Identified: ...


class StageEvidence(Protocol):
    """Files and references that prove something."""

    def attach(
        self,
        actor: Person,
        key: str,
        *,
        kind: str,
        name: str = "",
        content: bytes | None = None,
        url: str | None = None,
        media_type: str = "application/octet-stream",
    ) -> Identified: ...


class StageWorkspaces(Protocol):
    """Workspaces, and who holds their roles."""

    def create(
        self,
        actor: Person,
        *,
        key: str,
        name: str,
        methods: Sequence[str],
        settings: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> object: ...
    def assign(self, actor: Person, workspace: str, role: str, actors: Sequence[str]) -> object: ...


class StagePeople(Protocol):
    """People of the organization."""

    def add(self, actor: Person, *, id: str, name: str, email: str | None = None) -> Person: ...


class StageReports(Protocol):
    """Lists of items."""

    def item_query(
        self, actor: Person, *, workspace: str | None = None, type: str | None = None, limit: int = 50
    ) -> Any: ...
    def items(self, actor: Person, query: Any) -> Rows[StageItem]: ...


class StageNotifications(Protocol):
    """Notifications, which follow from events."""

    def notify(self, event: Any) -> Sequence[Received]: ...


class StageEngine(Protocol):
    """All acts of a demonstration but transitions, which the stage makes."""

    @property
    def items(self) -> StageItems: ...
    @property
    def approvals(self) -> StageApprovals: ...
    @property
    def confirmations(self) -> StageConfirmations: ...
    @property
    def waivers(self) -> StageWaivers: ...
    @property
    def evidence(self) -> StageEvidence: ...
    @property
    def workspaces(self) -> StageWorkspaces: ...
    @property
    def people(self) -> StagePeople: ...
    @property
    def reports(self) -> StageReports: ...
    @property
    def notifications(self) -> StageNotifications: ...
