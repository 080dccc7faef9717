"""What an act reads and writes of the store, by subject; stated in the engine's words, implemented by `store`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from placet.catalog.catalog import Definition
from placet.engine.act.changes import Changes
from placet.engine.act.deliveries import Delivery, DeliveryQuery, Webhook
from placet.engine.act.notifications import NotificationRecord, Preferences
from placet.engine.act.people import Actor, Delegation, Token, WorkspaceRecord
from placet.engine.act.queries import (
    ChannelState,
    Claim,
    Condition,
    EventQuery,
    FigureQuery,
    FigureRow,
    InboxQuery,
    ItemQuery,
    ItemSpan,
    Page,
    TimerQuery,
)
from placet.engine.act.records import (
    EventRecord,
    IdempotencyRecord,
    ItemRecord,
    ItemRef,
    JobRun,
    Schedule,
    SealedEvent,
)


class Notifications(Protocol):
    """What people were notified of, how they want to be notified, and what is still to be sent."""

    def notified(self, events: Iterable[str]) -> frozenset[tuple[str, str]]:
        """Who has been notified of some events, as (event, person)."""
        ...

    def advance(self, since: int, until: int) -> bool:
        """Move the position in the log up to which people were notified; only from where it is, and answers whether."""
        ...

    def add(self, notifications: Sequence[NotificationRecord]) -> tuple[NotificationRecord, ...]:
        """New notifications; answers those of which nobody was notified already."""
        ...

    def send(self, sendings: Sequence[tuple[NotificationRecord, str, datetime]]) -> None:
        """What of them goes out by which channel when."""
        ...

    def page(self, query: InboxQuery) -> Page[NotificationRecord]: ...
    def unread(self, query: InboxQuery) -> int: ...
    def notification(self, actor: str, id: str) -> NotificationRecord | None:
        """One of somebody's notifications."""
        ...

    def mark_read(self, actor: str, id: str, at: datetime) -> datetime:
        """Marks one of somebody's notifications, unless it is marked; answers when it was read first."""
        ...

    def mark_all_read(self, actor: str, at: datetime, *, until: str, workspace: str | None) -> int:
        """Marks what is as old as a notification, or older; answers how many."""
        ...

    def preferences(self, actors: Iterable[str]) -> Mapping[str, Preferences]: ...
    def lock_preferences(self, actor: str) -> None:
        """Let nobody else change them until this is over."""
        ...

    def prefer(self, preferences: Preferences) -> None:
        """Keeps them; what waits for a channel that is no longer there is dropped."""
        ...

    def channel_states(self, actor: str) -> Mapping[str, ChannelState]: ...
    def due(self, now: datetime) -> bool:
        """Whether something is to be sent."""
        ...

    def claim(self, now: datetime, until: datetime) -> Claim | None:
        """What is due by one channel, the longest due first, kept from other workers until a moment.

        Two who ask at once never get the same; `None` where nothing is due that nobody else has just taken.
        """
        ...

    def close(
        self, actor: str, channel: str, events: Sequence[str], at: datetime, *, claimed_until: datetime
    ) -> None:
        """Nothing more is to be sent of what is claimed until then; what somebody else has claimed since stays."""
        ...

    def postpone(
        self,
        actor: str,
        channel: str,
        events: Sequence[str],
        due_at: datetime | None,
        error: str,
        *,
        claimed_until: datetime,
    ) -> None:
        """What is claimed until then failed, and is tried again at a moment, or given up for `None`."""
        ...


class People(Protocol):
    """People, their tokens, and who votes for whom."""

    def actor(self, id: str) -> Actor | None: ...
    def actors(self, ids: Iterable[str]) -> Mapping[str, Actor]: ...
    def actor_ids(self, like: str, limit: int) -> Sequence[str]:
        """Ids near a misspelt one, for error messages."""
        ...

    def list_actors(self, after: str | None, limit: int) -> Page[Actor]: ...
    def save_actor(self, actor: Actor) -> None:
        """Raises `ConflictError` if the id is taken."""
        ...

    def token(self, digest: str) -> tuple[Token, Actor] | None: ...
    def token_by_id(self, id: str) -> Token | None: ...
    def save_token(self, token: Token) -> None: ...
    def revoke_token(self, id: str, at: datetime) -> None:
        """Revokes a token; one that is revoked stays as it is."""
        ...

    def save_delegation(self, delegation: Delegation) -> None:
        """Acts that have read those of the two people start again."""
        ...

    def list_delegations(self, actor: str | None) -> Sequence[Delegation]:
        """From somebody and to them, the newest first; of everybody for `None`, which no act may rest on."""
        ...


class Timers(Protocol):
    """What the clock demands of items, and the occurrences of periodic jobs."""

    def list_timers(self, query: TimerQuery, now: datetime) -> Page[tuple[ItemRecord, str]]:
        """Timers with the items that they are on."""
        ...

    def due(
        self, before: datetime, limit: int, but: Collection[str] = ()
    ) -> Sequence[tuple[ItemRef, str, datetime]]:
        """Subjects of items that were due before a moment or at it, in order of their moments.

        Left out are those of some methods: of these, `timer:METHOD.NAME` and `approval:METHOD.NAME`, and of the empty
        one, which is the engine's own, waivers.
        """
        ...

    def next_due(self) -> datetime | None:
        """When the first subject of any item is due."""
        ...

    def tries(self, ref: ItemRef, subject: str) -> int:
        """How often a subject was postponed since it came to be."""
        ...

    def on_the_clock(self, workspace: str, after: int, limit: int) -> Sequence[ItemRecord]:
        """Items of a workspace with a clock that runs or is paused, in order of number."""
        ...

    def save_schedule(self, ref: ItemRef, schedule: Schedule) -> None:
        """What the clock demands of an item of a workspace that is locked, where the item itself has not changed."""
        ...

    def last_runs(self, workspace: str) -> Mapping[str, datetime]:
        """The latest occurrence of each periodic job that has been done."""
        ...

    def failed_runs(self, workspace: str) -> Sequence[JobRun]:
        """The latest occurrences of those jobs whose latest one could not be done, by job."""
        ...


class Deliveries(Protocol):
    """Who is sent events, and what became of each of them."""

    def save_webhook(self, webhook: Webhook) -> None:
        """It is notified of what happens from now on."""
        ...

    def webhook(self, id: str) -> Webhook | None: ...
    def webhooks(self) -> Sequence[Webhook]: ...
    def delete_webhook(self, webhook: Webhook) -> None:
        """Deletes its deliveries with it."""
        ...

    def delivery(self, id: str) -> Delivery | None: ...
    def list_deliveries(self, query: DeliveryQuery) -> Page[Delivery]: ...
    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """New deliveries; one that is there already stays as it is."""
        ...

    def retry_delivery(self, delivery: Delivery) -> Delivery:
        """Begins its schedule anew; as it was read, else `MovedError`."""
        ...


class EventLog(Protocol):
    """What has happened: of one item in its order, and of all by position."""

    def event(self, id: str) -> EventRecord | None: ...
    def events(self, ids: Iterable[str]) -> Mapping[str, EventRecord]:
        """Those that there are, by their ids."""
        ...

    def history(self, ref: ItemRef, after_seq: int, limit: int) -> Sequence[EventRecord]: ...
    def histories(self, workspace: str, after: tuple[int, int], limit: int) -> Sequence[EventRecord]:
        """Events of a workspace item by item, each item's in order, from the one after (item's number, event's)."""
        ...

    def erase_text(self, ref: ItemRef, seq: int, at: datetime) -> bool:
        """Erase what people typed in one event, and its salt; answers whether there was something to erase.

        The chain holds without it. What the item itself keeps of it (a field, a vote's comment) stays.
        """
        ...

    def list_events(self, query: EventQuery) -> Page[SealedEvent]:
        """Events that have a position, in its order; see `Store.settle`. The cursor is there even at the end.

        Raises `MalformedError` for a cursor that is not of this log, or of another epoch.
        """
        ...

    def events_after(self, position: int, limit: int) -> Sequence[SealedEvent]:
        """Events behind a position in order, from 0 on; see `Store.settle`.

        Who goes on from the last one that they were given misses nothing and is told nothing twice, whatever is
        written meanwhile: positions are given without a gap, and are read only when all before them can be.
        """
        ...

    def last_position(self) -> int:
        """The position of the last event that has one; 0 for an empty log."""
        ...


class Session(Protocol):
    """One transaction's view of the store: items and workspaces, and its other subjects by name."""

    @property
    def people(self) -> People: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def log(self) -> EventLog: ...
    @property
    def notifications(self) -> Notifications: ...

    def item(self, ref: ItemRef) -> ItemRecord | None: ...
    def items(self, refs: Iterable[ItemRef]) -> Sequence[ItemRecord]:
        """Those that exist, in the order asked for."""
        ...

    def children(self, ref: ItemRef, type: str | None) -> Sequence[ItemRecord]: ...
    def linking(self, link_type: str, ref: ItemRef) -> Sequence[ItemRecord]:
        """Items with a link of the type to this one."""
        ...

    def reachable(
        self, link_type: str, refs: Sequence[ItemRef], *, inwards: bool, steps: int
    ) -> Sequence[ItemRef]:
        """All items that are visited on a walk from some (one at least) along links of a type, those included.

        Read are the links of the type, and nothing else of the items: the walk holds until one is made or taken away.
        """
        ...

    def titled(self, workspace: str, words: str, *, among: int) -> Sequence[ItemRef]:
        """Those of a workspace's latest `among` items whose titles contain the words, in any case, the latest first."""
        ...

    def search(
        self,
        workspace: str,
        type: str,
        states: Sequence[str],
        where: Sequence[Condition],
        overlapping: tuple[datetime, datetime] | None = None,
    ) -> Sequence[ItemRecord]:
        """Items by state, bounds on fields, and the time [after, before) that their spans overlap or touch."""
        ...

    def placed(self, workspace: str, type: str, after: int, limit: int) -> Sequence[ItemRecord]:
        """Items of a type that take place at a time, in order of number, from the one after a number."""
        ...

    def save_spans(self, spans: Mapping[str, ItemSpan | None]) -> None:
        """When items take place, where the items themselves have not changed."""
        ...

    def list_items(self, query: ItemQuery) -> Page[ItemRecord]: ...
    def number_of_items(self, query: ItemQuery) -> int:
        """How many items all pages of a query have together, whatever its cursor and limit."""
        ...

    def pending_approvals(
        self, workspaces: tuple[str, ...] | None, ref: ItemRef | None, after: str | None, limit: int
    ) -> Page[ItemRecord]:
        """Items with a round that is pending as stored."""
        ...

    def evidence_holders(self, sha256: str) -> Sequence[ItemRecord]:
        """Items that hold these bytes."""
        ...

    def states_in_use(self, workspace: str) -> Sequence[tuple[str, str, int]]:
        """(item type, state, number of items) of a workspace."""
        ...

    def next_number(self, workspace: str) -> int:
        """A number for a new item, never given twice; numbers of acts that fail are lost. Provisional in a view."""
        ...

    @property
    def draws_for_good(self) -> bool:
        """Whether numbers stay this act's whatever becomes of this attempt: else another act may be given them then."""
        ...

    def workspace(self, key: str) -> WorkspaceRecord | None: ...
    def workspace_keys(self) -> Sequence[str]: ...
    def save_workspace(
        self, old: WorkspaceRecord | None, new: WorkspaceRecord, events: Sequence[EventRecord]
    ) -> None: ...
    def idempotency(self, actor: str, key: str) -> IdempotencyRecord | None:
        """What somebody did under an idempotency key."""
        ...

    def definition(self, hash: str) -> Definition | None: ...
    def figure(self, query: FigureQuery) -> Sequence[FigureRow]:
        """By period and group; those without any item have no row. Who stands where is told for what has begun."""
        ...

    def write(self, changes: Changes) -> None:
        """What the act's one commit is to write, if all that it read is still as it was."""
        ...
