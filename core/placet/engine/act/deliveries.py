"""Webhooks and the deliveries of events to subscribers, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from placet.engine.act.journal import new_id
from placet.engine.act.records import SealedEvent

DeliveryStatus = Literal["pending", "delivered", "dead"]

#: The prefix of a webhook's name as a subscriber; its id follows.
WEBHOOK = "webhook:"
#: The subscriber that writes people's notifications.
NOTIFICATIONS = "notifications"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address to which events are sent."""

    id: str
    url: str
    #: Empty: all kinds.
    kinds: tuple[str, ...]
    #: `None`: all workspaces.
    workspace: str | None
    #: Encrypted; only the code that signs requests can read it.
    secret: str
    created_by: str
    created_at: datetime
    #: When the address answered that it is gone for good; nothing has been delivered since.
    gone_at: datetime | None = None
    #: The secret before the last rotation, encrypted. It signs too, beside the present one, until `former_until`.
    former_secret: str | None = None
    former_until: datetime | None = None

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """The encrypted secrets that sign a delivery at a moment, the present one first."""
        if self.former_secret is None or self.former_until is None or now >= self.former_until:
            return (self.secret,)
        return (self.secret, self.former_secret)

    @property
    def subscriber(self) -> str:
        """The webhook's name as a subscriber."""
        return f"{WEBHOOK}{self.id}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver an event to a subscriber."""

    at: datetime
    #: Duration of the attempt.
    seconds: float
    #: The HTTP status of the answer, if there was one.
    status: int | None = None
    #: Reason of the failure; empty for a success.
    error: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one subscriber, with its status and attempts."""

    id: str
    subscriber: str
    workspace: str
    #: Id of the event.
    event: str
    item: str
    kind: str
    position: int
    status: DeliveryStatus
    #: Attempts of the current schedule.
    tries: int
    #: Increases with every attempt and postponement: a delivery that was read with a smaller number is out of date.
    run: int
    #: The task that makes the next attempt, once there is one.
    task: str | None
    #: When the next attempt is due.
    next_at: datetime
    #: The latest attempts, the oldest first.
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
    #: The cursor that was returned with the previous page.
    cursor: str | None = None
    limit: int = 50
