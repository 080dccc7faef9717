"""What the engine needs from outside, stated in its own words; `store` implements it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import BinaryIO, NamedTuple, Protocol, TypeVar, runtime_checkable

from placet.catalog.catalog import Definition
from placet.definitions.verdicts import Blocker
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

T = TypeVar("T")


class MovedError(Exception):
    """What an act read is no longer as it was read: `Store.run` starts it again with fresh reads."""

    def __init__(self, names: Sequence[str], labels: Sequence[str]) -> None:
        super().__init__(f"changed meanwhile: {', '.join(names)}")
        #: What moved, each by its own name.
        self.names = tuple(names)
        #: What kind of thing each of them is, as metrics tell it.
        self.labels = tuple(labels)


class Notifications(Protocol):
    """What people were notified of, how they want to be notified, and what is still to be sent."""

    def notified(self, event: str) -> frozenset[str]:
        """Who has been notified of an event."""
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


class Session(Protocol):
    """One transaction's view of the store."""

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

    def workspace(self, key: str) -> WorkspaceRecord | None: ...
    def workspace_keys(self) -> Sequence[str]: ...
    def actor(self, id: str) -> Actor | None: ...
    def actors(self, ids: Iterable[str]) -> Mapping[str, Actor]: ...
    def actor_ids(self, like: str, limit: int) -> Sequence[str]:
        """Ids near a misspelt one, for error messages."""
        ...

    def idempotency(self, actor: str, key: str) -> IdempotencyRecord | None:
        """What somebody did under an idempotency key."""
        ...

    def event(self, id: str) -> EventRecord | None: ...
    def events(self, ids: Iterable[str]) -> Mapping[str, EventRecord]:
        """Those that there are, by their ids."""
        ...

    def next_number(self, workspace: str) -> int:
        """A number for a new item, never given twice; numbers of acts that fail are lost. Provisional in a view."""
        ...

    @property
    def draws_for_good(self) -> bool:
        """Whether numbers stay this act's whatever becomes of this attempt: else another act may be given them then."""
        ...

    def write(self, changes: Changes) -> None:
        """What the act's one commit is to write, if all that it read is still as it was."""
        ...

    # What administrators write. Each takes the records as they shall be, with their events.
    def save_workspace(
        self, old: WorkspaceRecord | None, new: WorkspaceRecord, events: Sequence[EventRecord]
    ) -> None: ...
    def save_actor(self, actor: Actor) -> None:
        """Raises `ConflictError` if the id is taken."""
        ...

    def save_token(self, token: Token) -> None: ...
    def token(self, digest: str) -> tuple[Token, Actor] | None: ...
    def token_by_id(self, id: str) -> Token | None: ...
    def revoke_token(self, id: str, at: datetime) -> None:
        """Revokes a token; one that is revoked stays as it is."""
        ...

    def save_delegation(self, delegation: Delegation) -> None:
        """Acts that have read those of the two people start again."""
        ...

    # What is told to the outside
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

    # Queries
    def list_items(self, query: ItemQuery) -> Page[ItemRecord]: ...
    def number_of_items(self, query: ItemQuery) -> int:
        """How many items all pages of a query have together, whatever its cursor and limit."""
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

    def history(self, ref: ItemRef, after_seq: int, limit: int) -> Sequence[EventRecord]: ...
    def histories(self, workspace: str, after: tuple[int, int], limit: int) -> Sequence[EventRecord]:
        """Events of a workspace item by item, each item's in order, from the one after (item's number, event's)."""
        ...

    def pending_approvals(
        self, workspaces: tuple[str, ...] | None, ref: ItemRef | None, after: str | None, limit: int
    ) -> Page[ItemRecord]:
        """Items with a round that is pending as stored."""
        ...

    # What the clock demands
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

    def figure(self, query: FigureQuery) -> Sequence[FigureRow]:
        """By period and group; those without any item have no row. Who stands where is told for what has begun."""
        ...

    def list_actors(self, after: str | None, limit: int) -> Page[Actor]: ...
    def list_delegations(self, actor: str | None) -> Sequence[Delegation]:
        """From somebody and to them, the newest first; of everybody for `None`, which no act may rest on."""
        ...

    def definition(self, hash: str) -> Definition | None: ...
    def states_in_use(self, workspace: str) -> Sequence[tuple[str, str, int]]:
        """(item type, state, number of items) of a workspace."""
        ...

    def evidence_holders(self, sha256: str) -> Sequence[ItemRecord]:
        """Items that hold these bytes."""
        ...


class Store(Protocol):
    """Where everything is kept."""

    def run(self, work: Callable[[Session], T], *, event: str, bulk: bool = False) -> T:
        """Do the work of one act: its reads hold nothing, and one commit compares them and writes.

        Started again with fresh reads when something that it read has moved, whatever its outcome was: refusals and
        errors are compared too. `event` is the id of the first event that it would write, the same in every attempt, by
        which it is found again where the commit's answer was lost. `bulk` acts take their locks earlier.

        Raises:
            BusyError: what it read had moved in every attempt until its patience ended.
            UnavailableError: the database is away; says whether it is known that nothing was written.
        """
        ...

    def transact(self, work: Callable[[Session], T], *, configures: Sequence[str] = ()) -> T:
        """Do the work of administration in one transaction; start again where others were met.

        `configures` are the workspaces whose configuration it may change: acts in them wait until it is done, and what
        it reads of them holds.

        Raises:
            BusyError: it met others in every attempt.
        """
        ...

    def reading(self, *, whole: bool = True) -> AbstractContextManager[Session]:
        """A read-only view, consistent in itself.

        Unless it is `whole`, it may find with its second read that the first one would give something else by now, and
        raises `MovedError`.
        """
        ...

    def pause(self, seconds: float) -> None:
        """Wait without stopping the other requests of this process."""
        ...

    def settle(self) -> None:
        """Give positions to what is committed by now, where that does not happen with the commit."""
        ...


class Stored(NamedTuple):
    """Bytes that are kept."""

    #: In hex.
    sha256: str
    size: int


class EvidenceStore(Protocol):
    """Bytes by their SHA-256."""

    def put(self, content: BinaryIO) -> Stored:
        """Keeps the rest of a file, once, of whatever size.

        Raises:
            UnavailableError: there is no room for it.
        """
        ...

    def open(self, sha256: str) -> BinaryIO | None:
        """The bytes as a file, which who asks for it closes; `None` if they are not here.

        Raises:
            OSError: they are not what was put there.
        """
        ...


class Observer(Protocol):
    """Told what became of the transitions that were asked for. It neither raises nor waits."""

    def moved(self, type: str, transition: str) -> None: ...
    def refused(self, type: str, transition: str, blockers: Sequence[Blocker]) -> None: ...
    def failed(self) -> None:
        """It was neither made nor refused by the rules: an error of the request or of the store."""
        ...


class Tracer(Protocol):
    """Follows what is done, for those who look into where time goes."""

    def span(self, name: str, attributes: Mapping[str, str]) -> AbstractContextManager[object]:
        """Around what is done inside."""
        ...


class Clock(Protocol):
    """Where the engine has the time from."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...


@runtime_checkable
class MovableClock(Clock, Protocol):
    """A clock that stands where it is put: a sandbox's, a test's, a stage's."""

    def move_to(self, moment: datetime) -> None:
        """Let it stand at a moment."""
        ...
