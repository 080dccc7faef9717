"""The subjects of a session, each with its reads and writes; `store` implements them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from placet.engine.act.deliveries import Delivery, DeliveryQuery, Webhook
from placet.engine.act.indexing import Values
from placet.engine.act.notifications import NotificationRecord, Preferences
from placet.engine.act.people import (
    Actor,
    Delegation,
    Invitation,
    Token,
)
from placet.engine.act.proposals import Proposal
from placet.engine.act.queries import (
    ChannelState,
    Claim,
    EventQuery,
    InboxQuery,
    Page,
    TimerQuery,
)
from placet.engine.act.records import (
    EventRecord,
    ItemRecord,
    ItemRef,
    JobRun,
    Progress,
    Schedule,
    SealedEvent,
)


class Notifications(Protocol):
    """Notifications, people's preferences for them, and those still to be sent."""

    def notified(self, events: Iterable[str]) -> frozenset[tuple[str, str]]:
        """The people who have been notified of some events, as (event, person)."""
        ...

    def advance(self, since: int, until: int) -> bool:
        """Move the position in the log up to which people were notified; returns `False` unless it was at `since`."""
        ...

    def add(self, notifications: Sequence[NotificationRecord]) -> tuple[NotificationRecord, ...]:
        """Add notifications; returns those that are new."""
        ...

    def send(self, sendings: Sequence[tuple[NotificationRecord, str, datetime]]) -> None:
        """Schedule notifications to be sent by channels, each at its moment."""
        ...

    def page(self, query: InboxQuery) -> Page[NotificationRecord]: ...
    def unread(self, query: InboxQuery) -> int: ...
    def notification(self, actor: str, id: str) -> NotificationRecord | None:
        """One notification of a person."""
        ...

    def mark_read(self, actor: str, id: str, at: datetime) -> datetime:
        """Mark a notification of a person as read, unless it is; returns when it was first read."""
        ...

    def mark_all_read(self, actor: str, at: datetime, *, until: str, workspace: str | None) -> int:
        """Mark a notification and all older ones as read; returns how many."""
        ...

    def preferences(self, actors: Iterable[str]) -> Mapping[str, Preferences]: ...
    def lock_preferences(self, actor: str) -> None:
        """Lock a person's preferences until the transaction ends."""
        ...

    def prefer(self, preferences: Preferences) -> None:
        """Save preferences; notifications that wait for a removed channel are dropped."""
        ...

    def channel_states(self, actor: str) -> Mapping[str, ChannelState]: ...
    def due(self, now: datetime) -> bool:
        """Whether a notification is due to be sent."""
        ...

    def claim(self, now: datetime, until: datetime) -> Claim | None:
        """Claim the due notifications of one channel, the longest due first; others cannot claim them until a moment.

        Two workers never claim the same at once; `None` if nothing is due, or others have claimed all of it.
        """
        ...

    def close(
        self, actor: str, channel: str, events: Sequence[str], at: datetime, *, claimed_until: datetime
    ) -> None:
        """Mark the notifications claimed until `claimed_until` as sent; those that others claimed since stay due."""
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
        """Retry the notifications claimed until `claimed_until` at a moment, after an error; `None` gives them up."""
        ...


class People(Protocol):
    """People, their tokens and delegations."""

    def actor(self, id: str) -> Actor | None: ...
    def actors(self, ids: Iterable[str]) -> Mapping[str, Actor]: ...
    def actor_alike(self, id: str) -> str | None:
        """The id of an actor that is the same but for its case."""
        ...

    def name_of(self, id: str) -> tuple[str, bool] | None:
        """The name of an actor, and whether another has the same one."""
        ...

    def actor_ids(self, like: str, limit: int) -> Sequence[str]:
        """For the message about a misspelt one: all ids, or `Some` of them where there are more than so many."""
        ...

    def list_actors(self, after: str | None, limit: int) -> Page[Actor]: ...
    def save_actor(self, actor: Actor) -> None:
        """Raises `ConflictError` if the id is already in use."""
        ...

    def change_actor(self, actor: Actor) -> None:
        """Save an actor that exists already."""
        ...

    def administrators(self) -> Sequence[str]:
        """The ids of the people who are administrators and are not switched off, in order."""
        ...

    def token(self, digest: str) -> tuple[Token, Actor] | None: ...
    def token_by_id(self, id: str) -> Token | None: ...
    def save_token(self, token: Token) -> None: ...
    def revoke_token(self, id: str, at: datetime) -> None:
        """Revoke a token; a revoked one stays unchanged."""
        ...

    def tokens_of(self, actor: str) -> Sequence[Token]:
        """All tokens of an actor, ended ones too, the newest first."""
        ...

    def end_tokens(self, actor: str, at: datetime) -> Sequence[str]:
        """Revoke all tokens of an actor; returns the ids of those that were in use."""
        ...

    def end_invitations(self, actor: str, at: datetime) -> Sequence[str]:
        """End the invitations of an actor; returns the ids of those that had not ended."""
        ...

    def invite(self, invitation: Invitation) -> None:
        """Save an invitation."""
        ...

    def invitation(self, digest: str) -> Invitation | None: ...
    def use_invitation(self, id: str, at: datetime) -> bool:
        """End an invitation; returns `False` if it had ended already."""
        ...

    def end_delegations(self, actor: str, at: datetime, by: str) -> Sequence[Delegation]:
        """End all delegations from and to a person; returns those that were in force or still to come."""
        ...

    def erase_person(self, actor: Actor) -> None:
        """Save an actor without name and address, and erase the names of their tokens and their preferences."""
        ...

    def save_delegation(self, delegation: Delegation) -> None:
        """Save a delegation; acts that have read the delegations of its two people start again."""
        ...

    def delegation(self, id: str) -> Delegation | None: ...
    def revoke_delegation(self, delegation: Delegation) -> None:
        """Save the end of a delegation, as `save_delegation`; one that has ended stays unchanged."""
        ...

    def list_delegations(self, actor: str | None) -> Sequence[Delegation]:
        """Delegations from and to a person, the newest first; of everybody for `None`, on which no act may depend."""
        ...


class Proposals(Protocol):
    """Proposed changes of rules."""

    def proposal(self, workspace: str, id: str) -> Proposal | None: ...
    def page(self, workspace: str, after: str | None, limit: int) -> Page[Proposal]:
        """Proposals of a workspace, the newest first."""
        ...

    def waiting(self, workspaces: Sequence[str], now: datetime) -> Sequence[Proposal]:
        """Proposals of some workspaces that wait for a decision, the oldest first."""
        ...

    def add(self, proposal: Proposal) -> None: ...
    def decide(self, proposal: Proposal) -> None:
        """Save the decision on a proposal that was open. Raises `MovedError` if somebody else has decided it."""
        ...


class Timers(Protocol):
    """Schedules of items, and occurrences of periodic jobs."""

    def list_timers(self, query: TimerQuery, now: datetime) -> Page[tuple[ItemRecord, str]]:
        """Timers with their items."""
        ...

    def due(
        self, before: datetime, limit: int, but: Collection[str] = ()
    ) -> Sequence[tuple[ItemRef, str, datetime]]:
        """Subjects of items that are due by a moment, sorted by their moments.

        Those of some methods are left out: `timer:METHOD.NAME` and `approval:METHOD.NAME`, and for the empty method,
        which stands for the engine itself, waivers.
        """
        ...

    def tries(self, ref: ItemRef, subject: str) -> int:
        """How often a subject was postponed since it was created."""
        ...

    def timed(self, workspace: str, after: int, limit: int) -> Sequence[ItemRecord]:
        """Items of a workspace with a timer that runs or is paused, sorted by number."""
        ...

    def save_schedule(self, ref: ItemRef, schedule: Schedule) -> None:
        """Save the schedule of an unchanged item, in a workspace that is locked."""
        ...

    def last_runs(self) -> Mapping[str, Mapping[str, datetime]]:
        """The latest occurrence of each periodic job that was done, by workspace and job."""
        ...

    def last_run(self, workspace: str, job: str) -> datetime | None:
        """The latest occurrence of a periodic job that was done in a workspace."""
        ...

    def failed_runs(self, workspace: str) -> Sequence[JobRun]:
        """The latest occurrence of each job, for jobs whose latest one failed, sorted by job."""
        ...


class Upkeep(Protocol):
    """Values that follow from items and their definitions. No act depends on what it reads here."""

    def versions(self) -> Mapping[str, int]:
        """The version of each workspace's configuration."""
        ...

    def progress(self, workspace: str) -> Sequence[Progress]:
        """How far the values of each type follow a definition, for types that were ever brought up to date."""
        ...

    def save(self, state: Progress) -> None:
        """Save how far it is, in a workspace that is locked."""
        ...

    def numbers(self, workspace: str) -> Mapping[str, int]:
        """The number of items of each type that has any."""
        ...

    def batch(self, workspace: str, type: str, after: int, limit: int) -> Sequence[ItemRecord]:
        """Items of a type after a number, sorted by number."""
        ...

    def index(self, values: Mapping[ItemRef, Values]) -> None:
        """Replace all indexed values of items that have not changed themselves."""
        ...


class Deliveries(Protocol):
    """Webhooks, and the deliveries of events to subscribers."""

    def save_webhook(self, webhook: Webhook) -> None:
        """Save a webhook; it gets all events from now on."""
        ...

    def save_secret(self, webhook: Webhook) -> None:
        """Save the secrets of a webhook, the present and the former one."""
        ...

    def webhook(self, id: str) -> Webhook | None: ...
    def webhooks(self) -> Sequence[Webhook]: ...
    def delete_webhook(self, webhook: Webhook) -> None:
        """Delete a webhook and its deliveries."""
        ...

    def delivery(self, id: str) -> Delivery | None: ...
    def list_deliveries(self, query: DeliveryQuery) -> Page[Delivery]: ...
    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Add deliveries; an existing one stays unchanged."""
        ...

    def retry_delivery(self, delivery: Delivery) -> Delivery:
        """Restart the schedule of a delivery. Raises `MovedError` if it has changed since it was read."""
        ...


class EventLog(Protocol):
    """The event log: the events of one item in order, and of all items by position."""

    def event(self, id: str) -> EventRecord | None: ...
    def events(self, ids: Iterable[str]) -> Mapping[str, EventRecord]:
        """The events that exist, by their ids."""
        ...

    def history(self, ref: ItemRef, after_seq: int, limit: int) -> Sequence[EventRecord]: ...
    def histories(self, workspace: str, after: tuple[int, int], limit: int) -> Sequence[EventRecord]:
        """Events of a workspace item by item, each item's in order; `after` is (item's number, event's number)."""
        ...

    def histories_of(self, refs: Sequence[ItemRef]) -> Sequence[EventRecord]:
        """All events of some items, item by item, each item's in order."""
        ...

    def erase_text(self, ref: ItemRef, seq: int, at: datetime) -> bool:
        """Erase the text that people typed in one event, and its salt; returns whether there was text to erase.

        The chain stays valid. A copy of the text in the item itself (a field, a vote's comment) stays.
        """
        ...

    def typed_by(self, actor: str, after: int, limit: int) -> Sequence[SealedEvent]:
        """Events of an actor with text that is not erased, by position, after a position."""
        ...

    def list_events(self, query: EventQuery) -> Page[SealedEvent]:
        """Events that have a position, sorted by it; see `Store.settle`. The last page has a cursor too.

        Raises `MalformedError` for a cursor of another log, or of another epoch.
        """
        ...

    def list_together(self, refs: Sequence[ItemRef], query: EventQuery) -> Page[SealedEvent]:
        """Events of some items, as one list sorted by position; of the query, kinds, cursor and limit count.

        Raises `MalformedError` as `list_events` does.
        """
        ...

    def events_after(self, position: int, limit: int) -> Sequence[SealedEvent]:
        """Events after a position, in order; 0 begins with the first. See `Store.settle`.

        A client that goes on from its last cursor misses no event and gets none twice, even while others write:
        positions have no gaps, and a position can be read only when all before it can.
        """
        ...

    def latest(self, workspace: str, kinds: Sequence[str]) -> EventRecord | None:
        """The last event of some kinds in a workspace's histories, or in the installation's, that has a position."""
        ...

    def last_position(self) -> int:
        """The position of the last event that has one; 0 for an empty log."""
        ...
