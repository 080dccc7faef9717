"""What goes to the outside, as frozen values: webhooks, and deliveries of events to their subscribers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from placet.engine.act.journal import new_id
from placet.engine.act.records import SealedEvent

DeliveryStatus = Literal["pending", "delivered", "dead"]

#: What a webhook is called as a subscriber: this and its id.
WEBHOOK = "webhook:"
#: The subscriber that writes people's notifications.
NOTIFICATIONS = "notifications"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that events are sent to."""

    id: str
    url: str
    #: Empty: all kinds.
    kinds: tuple[str, ...]
    #: `None`: all workspaces.
    workspace: str | None
    #: Encrypted; only who signs can read it.
    secret: str
    created_by: str
    created_at: datetime
    #: When its receiver said that it is gone for good; nothing is delivered since.
    gone_at: datetime | None = None

    @property
    def subscriber(self) -> str:
        """Its name among the subscribers."""
        return f"{WEBHOOK}{self.id}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver an event to a subscriber."""

    at: datetime
    #: How long it took.
    seconds: float
    #: What the other side answered, where it speaks HTTP.
    status: int | None = None
    #: Why it failed; empty where it did not.
    error: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one subscriber, and what became of it."""

    id: str
    subscriber: str
    workspace: str
    #: Id of the event.
    event: str
    item: str
    kind: str
    position: int
    status: DeliveryStatus
    #: Attempts of the present schedule.
    tries: int
    #: Goes up whenever an attempt is made or put off: what somebody read with another one is no longer so.
    run: int
    #: The task that makes the next attempt, once it was given to one.
    task: str | None
    #: When something is done with it next.
    next_at: datetime
    #: The last ones, the oldest first.
    attempts: tuple[Attempt, ...]
    created_at: datetime


def delivery_of(event: SealedEvent, subscriber: str, now: datetime) -> Delivery:
    """The delivery of an event to a subscriber, before its first attempt."""
    record = event.event
    return Delivery(
        id=new_id(),
        subscriber=subscriber,
        workspace=record.workspace,
        event=record.id,
        item=record.key,
        kind=record.kind,
        position=event.position,
        status="pending",
        tries=0,
        run=1,
        task=None,
        next_at=now,
        attempts=(),
        created_at=now,
    )


def dead_letter(subscriber: str, event: SealedEvent, attempt: Attempt) -> Delivery:
    """A delivery that failed for good in its only attempt."""
    return replace(
        delivery_of(event, subscriber, attempt.at), status="dead", tries=1, run=2, attempts=(attempt,)
    )


@dataclass(frozen=True, slots=True)
class DeliveryQuery:
    """A page of deliveries, the newest event first."""

    #: `None`: all subscribers.
    subscriber: str | None = None
    status: DeliveryStatus | None = None
    #: As given out with the page before.
    cursor: str | None = None
    limit: int = 50
