"""What is told to the outside, as frozen values: webhooks, deliveries, and how an event looks to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import orjson

from placet.engine.act.journal import new_id
from placet.engine.act.records import EventRecord

if TYPE_CHECKING:
    from placet.engine.act.ports import SealedEvent

DeliveryStatus = Literal["pending", "delivered", "dead"]

#: What a webhook's receiver is called: this and its id.
WEBHOOK = "webhook:"
#: The receiver that writes people's notifications.
NOTIFICATIONS = "notifications"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events."""

    id: str
    url: str
    #: Empty: all kinds.
    kinds: tuple[str, ...]
    #: `None`: all workspaces.
    workspace: str | None
    #: Encrypted; only whoever signs can read it.
    secret: str
    created_by: str
    created_at: datetime
    #: When its receiver said that it is gone for good; nothing is delivered since.
    gone_at: datetime | None = None

    @property
    def receiver(self) -> str:
        """Its name among the receivers."""
        return f"{WEBHOOK}{self.id}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to tell a receiver of an event."""

    at: datetime
    #: How long it took.
    seconds: float
    #: What the other side answered, where it speaks HTTP.
    status: int | None = None
    #: Why it failed; empty where it did not.
    error: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one receiver, and what became of it."""

    id: str
    receiver: str
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


def delivery_of(event: SealedEvent, receiver: str, now: datetime) -> Delivery:
    """The delivery of an event to a receiver, before its first attempt."""
    record = event.event
    return Delivery(
        id=new_id(),
        receiver=receiver,
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


def dead_letter(receiver: str, event: SealedEvent, attempt: Attempt) -> Delivery:
    """A delivery that failed for good in its only attempt."""
    return replace(
        delivery_of(event, receiver, attempt.at), status="dead", tries=1, run=2, attempts=(attempt,)
    )


@dataclass(frozen=True, slots=True)
class DeliveryQuery:
    """A page of deliveries, the newest event first."""

    #: `None`: all receivers.
    receiver: str | None = None
    status: DeliveryStatus | None = None
    #: As given out with the page before.
    cursor: str | None = None
    limit: int = 50


#: Members of an event that every event has, whatever its kind.
_MEMBERS = (
    "on_behalf_of", "caused_by", "transition", "from_state", "to_state", "comment", "definition",
    "workspace_version",
)  # fmt: skip


def event_document(event: EventRecord) -> dict[str, Any]:
    """An event as others see it, in values of JSON: in the API, in webhooks, in plugins' `placet_event`.

    Members of its kind follow those that every event has.
    """
    data: Mapping[str, Any] = event.data
    return {
        **{name: data.get(name) for name in _MEMBERS},
        "roles": [],
        "changes": {},
        **data,
        "at": orjson.dumps(event.at, option=orjson.OPT_UTC_Z).decode().strip('"'),
        "erased": list(event.erased),
        "prev_hash": event.prev_hash,
        "hash": event.hash,
    }
