"""The interface of the store for one act; `store` implements it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from placet.catalog.catalog import Definition
from placet.engine.act.auditing import AuditReads
from placet.engine.act.changes import Changes
from placet.engine.act.indexing import ValuesOf
from placet.engine.act.people import (
    InstallationRecord,
    WorkspaceRecord,
)
from placet.engine.act.queries import (
    Condition,
    Edge,
    Elsewhere,
    FigureQuery,
    FigureRow,
    ItemQuery,
    ItemSpan,
    Page,
    TimeRow,
    TimesAsked,
    TypeHistory,
)
from placet.engine.act.records import (
    EventRecord,
    IdempotencyRecord,
    ItemRecord,
    ItemRef,
)
from placet.engine.act.subjects import Deliveries, EventLog, Notifications, People, Proposals, Timers, Upkeep


class Session(Protocol):
    """The store in one transaction: items and workspaces, and its other subjects by name."""

    @property
    def people(self) -> People: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def upkeep(self) -> Upkeep: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def log(self) -> EventLog: ...
    @property
    def notifications(self) -> Notifications: ...
    @property
    def proposals(self) -> Proposals: ...
    @property
    def audit(self) -> AuditReads: ...

    def item(self, ref: ItemRef) -> ItemRecord | None: ...
    def items(self, refs: Iterable[ItemRef]) -> Sequence[ItemRecord]:
        """The items that exist, in the order of `refs`."""
        ...

    def children(self, ref: ItemRef, type: str | None) -> Sequence[ItemRecord]: ...
    def children_of(self, workspace: str, numbers: Sequence[int], type: str | None) -> Sequence[ItemRecord]:
        """The children of some items of a workspace, read at once; for views, as it does not count as read."""
        ...

    def linking_to(self, link_type: str, workspace: str, numbers: Sequence[int]) -> Sequence[ItemRecord]:
        """Items with a link of the type to one of these; likewise."""
        ...

    def below(self, ref: ItemRef) -> Sequence[ItemRecord]:
        """The items below this one on all levels, in order of key; for views, as it does not count as read."""
        ...

    def linking(self, link_type: str, ref: ItemRef) -> Sequence[ItemRecord]:
        """Items with a link of the type to this one."""
        ...

    def reachable(
        self, link_type: str, refs: Sequence[ItemRef], *, inwards: bool, steps: int
    ) -> Sequence[ItemRef]:
        """All items on a walk from some items (at least one) along links of a type, including the first ones.

        It reads only links of that type: the result stays valid until such a link is made or removed.
        """
        ...

    def edges(
        self,
        refs: Sequence[ItemRef],
        *,
        outwards: Sequence[str] = (),
        inwards: Sequence[str] = (),
        fields: Collection[tuple[str, str]] = (),
        below: bool = False,
    ) -> Sequence[Edge]:
        """The steps from some items to those beside them; for views, as it does not count as read.

        Args:
            refs: the items.
            outwards: link types that are followed from the source to the target.
            inwards: link types that are followed from the target to the source.
            fields: (item type, field) of the indexed fields that are followed to the items that they name.
            below: whether the steps to children are among them; those to parents always are.
        """
        ...

    def titled(self, workspace: str, words: str, *, among: int) -> Sequence[ItemRef]:
        """Those of a workspace's latest `among` items whose titles contain the words (any case), the latest first."""
        ...

    def search(
        self,
        workspace: str,
        type: str,
        states: Sequence[str],
        where: Sequence[Condition],
        overlapping: tuple[datetime, datetime] | None = None,
    ) -> Sequence[ItemRecord]:
        """Items by state, conditions on fields, and spans that overlap or touch the time [after, before)."""
        ...

    def times(
        self,
        workspace: str,
        type: str,
        states: Sequence[str],
        where: Sequence[Condition],
        asked: TimesAsked,
    ) -> Sequence[TimeRow]:
        """When the items take place that such a search finds, without the items, in no order."""
        ...

    def placed(self, workspace: str, type: str, after: int, limit: int) -> Sequence[ItemRecord]:
        """Items of a type that have a span, sorted by number, after a number."""
        ...

    def save_spans(self, spans: Mapping[str, ItemSpan | None]) -> None:
        """Save the spans of items that have not changed themselves."""
        ...

    def list_items(self, query: ItemQuery, values_of: ValuesOf | None = None) -> Page[ItemRecord]:
        """A page of items, by the index, or by reading all items and computing their values."""
        ...

    def number_of_items(self, query: ItemQuery, values_of: ValuesOf | None = None) -> int:
        """The number of items on all pages of a query, whatever its cursor and limit."""
        ...

    def pending_approvals(
        self,
        workspaces: tuple[str, ...] | None,
        ref: ItemRef | None,
        after: str | None,
        limit: int,
        elsewhere: Elsewhere | None = None,
    ) -> Page[ItemRecord]:
        """Items with a round that is stored as pending: of whole workspaces, and single ones elsewhere."""
        ...

    def pending_confirmations(self, actor: str) -> Sequence[ItemRecord]:
        """Items on which a person is asked to confirm something, in order of key, at most 200."""
        ...

    def item_places(self, actor: str) -> Sequence[str]:
        """The workspaces with an item on which somebody holds a role, or is asked to confirm something."""
        ...

    def pending_asks(self, actor: str) -> Sequence[ItemRecord]:
        """Items on which a person is asked to clear a check, in order of key, at most 200."""
        ...

    def evidence_holders(self, sha256: str) -> Sequence[ItemRecord]:
        """Items that have this file as evidence."""
        ...

    def states_in_use(self, workspace: str) -> Sequence[tuple[str, str, int]]:
        """(item type, state, number of items) for each state in use in a workspace."""
        ...

    def next_number(self, workspace: str) -> int:
        """A number for a new item, never given twice; a failed act's numbers are lost. In a view it is provisional."""
        ...

    @property
    def draws_for_good(self) -> bool:
        """Whether an act keeps its numbers if this attempt fails; otherwise another act may get them."""
        ...

    def workspace(self, key: str) -> WorkspaceRecord | None: ...
    def workspace_keys(self) -> Sequence[str]:
        """The keys of all workspaces, in order. Those that are asked for afterwards cost no read, if they are known."""
        ...

    def save_workspace(
        self, old: WorkspaceRecord | None, new: WorkspaceRecord, events: Sequence[EventRecord]
    ) -> None: ...
    def installation(self) -> InstallationRecord:
        """The end of the installation's own history."""
        ...

    def save_installation(self, old: InstallationRecord, event: EventRecord) -> None:
        """Append an event to the installation's own history. Raises `MovedError` where another was faster."""
        ...

    def loaded_plugins(self) -> Sequence[Mapping[str, Any]]:
        """The plugins that were recorded last; empty if none were."""
        ...

    def keep_plugins(self, plugins: Sequence[Mapping[str, Any]]) -> None:
        """Keep the plugins that are recorded now."""
        ...

    def events_of(self, query: TypeHistory) -> Sequence[EventRecord]:
        """The events of items of a type in a time, in order of time."""
        ...

    def idempotency(self, actor: str, key: str) -> IdempotencyRecord | None:
        """The act of an actor under an idempotency key."""
        ...

    def definition(self, hash: str) -> Definition | None: ...
    def uses_definition(self, hash: str, workspaces: Sequence[str]) -> bool:
        """Whether a definition was ever in force for an item of one of these workspaces."""
        ...

    def figure(self, query: FigureQuery) -> Sequence[FigureRow]:
        """Rows by period and group, without empty ones. The state is that of the end of each period that has begun."""
        ...

    def write(self, changes: Changes) -> None:
        """Set the changes that the act's one commit writes, if nothing that it read has changed."""
        ...
