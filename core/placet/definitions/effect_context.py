"""The contexts of effects and periodic jobs: what plugin code writes with, besides what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable

from placet.definitions.added_gates import AddedGate
from placet.definitions.context import CheckContext, EventView, ItemView, WorkspaceView


@runtime_checkable
class EffectContext(CheckContext, Protocol):
    """The verbs of an effect, in the transaction of the transition, after the state has changed."""

    def set(self, **fields: Any) -> None:
        """Set fields of this item."""
        ...

    def set_on(self, key: str, **fields: Any) -> None:
        """Set fields of another item.

        An effect writes on items of another workspace only where both have its method on and name each other in
        `effects_with`; what it leaves out is in `left_out` of the event. So do `link` from another item, and `fire`.
        """
        ...

    def create(self, type: str, title: str, /, *, parent: str | None = None, **fields: Any) -> str:
        """Make an item in this workspace, as the actor `system`; returns its key."""
        ...

    def create_in(
        self, workspace: str, type: str, title: str, /, *, parent: str | None = None, **fields: Any
    ) -> str | None:
        """Make an item in another workspace, under its rules, where `set_on` may write there and the type exists.

        Returns its key; `None` where it may not be made, and `left_out` of the event has the parent then, or else the
        workspace. Others than those of this workspace read it: give it nothing that is for this workspace alone.
        """
        ...

    def link(
        self,
        link_type: str,
        target: str,
        *,
        source: str | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        """Link this item (or `source`) to a target, or change the attributes of an existing link."""
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
        """Attach evidence to this item: a small document, or a reference to an address.

        A document (1 MiB at most; text is kept in UTF-8) is stored by its content when the act is committed, and not
        in a dry run. The event says what was attached.
        """
        ...

    def fire(self, key: str, transition: str, *, comment: str, **fields: Any) -> None:
        """Move another item as the actor `system`, under all its rules; raises `BlockedError` if they refuse."""
        ...

    def note(self, key: str, text: str) -> None:
        """Comment on another item as the actor `system`, as people do; its version stays the same."""
        ...

    def void(self, approval: str, reason: str) -> None:
        """Withdraw an approval of this item, whatever its status."""
        ...

    def ask(self, approval: str) -> None:
        """Open a new round of an approval of this item."""
        ...

    def set_gates(self, *gates: AddedGate) -> None:
        """Let the gates that this method adds for this item be these and no others; without any, they are taken away.

        They are rules of the workspace: in force for everybody from the commit on, in an event of its history. For an
        effect that is declared with `changes_rules`.
        """
        ...


class VerificationView(Protocol):
    """The latest verification of the log by the worker, as far as it concerns a workspace."""

    @property
    def event(self) -> str:
        """Id of the event that keeps it."""
        ...

    @property
    def at(self) -> datetime: ...
    @property
    def ok(self) -> bool:
        """Whether all that concerns the workspace is stored as the log says: its own histories, and what is shared."""
        ...

    @property
    def places(self) -> Sequence[tuple[str, str]]:
        """(key, table) of what is not, as far as it is kept: of an item, of the workspace, `installation` or `log`."""
        ...


class JobContext(Protocol):
    """The verbs of a periodic job in one workspace, as the actor `system`."""

    @property
    def workspace(self) -> WorkspaceView: ...
    @property
    def now(self) -> datetime:
        """The moment at which the occurrence is due, in UTC."""
        ...

    @property
    def today(self) -> date:
        """The day of that moment in the workspace's time zone."""
        ...

    @property
    def settings(self) -> Any:
        """The settings of the job's method in this workspace."""
        ...

    @property
    def verification(self) -> VerificationView | None:
        """The latest verification of the log by the worker; `None` before the first."""
        ...

    def holders(self, role: str) -> tuple[str, ...]:
        """The holders of a role in the workspace."""
        ...

    def get(self, key: str) -> ItemView | None: ...
    def get_all(self, keys: Iterable[str]) -> Sequence[ItemView]:
        """As `CheckContext.get_all`: for many items, where each alone would take a query of its own."""
        ...

    def linked(self, link_type: str, *, of: str | None = None) -> Sequence[ItemView]: ...
    def linking(self, link_type: str, *, of: str | None = None) -> Sequence[ItemView]: ...
    def reachable(
        self, link_type: str, *, of: Iterable[str], inwards: bool = False, steps: int = 20
    ) -> Sequence[str]:
        """As `CheckContext.reachable`, from the items `of`."""
        ...

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

    def events(
        self,
        type: str,
        *,
        kinds: Iterable[str] = ("transition",),
        since: datetime,
        until: datetime,
        of: Iterable[str] | None = None,
    ) -> Sequence[EventView]:
        """As `CheckContext.events`."""
        ...

    def set_on(self, key: str, **fields: Any) -> None: ...
    def create(self, type: str, title: str, /, *, parent: str | None = None, **fields: Any) -> str: ...
    def link(
        self, link_type: str, target: str, *, source: str, attributes: Mapping[str, Any] | None = None
    ) -> None: ...
    def fire(self, key: str, transition: str, *, comment: str, **fields: Any) -> None: ...
