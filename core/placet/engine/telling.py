"""What is told to the outside, as frozen values: webhooks, deliveries, and how an event looks to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from placet.engine.records import EventRecord

DeliveryStatus = Literal["pending", "delivered", "dead"]

#: What a webhook's receiver is called: this and its id.
WEBHOOK = "webhook:"


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
    #: Names the job that does the next attempt.
    run: int
    #: Whether that job was handed over.
    handed: bool
    #: When something is done with it next.
    next_at: datetime
    #: The last ones, the oldest first.
    attempts: tuple[Attempt, ...]
    created_at: datetime


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
    "on_behalf_of", "transition", "from_state", "to_state", "comment", "definition", "workspace_version",
)  # fmt: skip


def told(event: EventRecord) -> dict[str, Any]:
    """An event as the API, webhooks and plugins tell it; members of its kind follow those that every event has."""
    data: Mapping[str, Any] = event.data
    return {
        **{name: data.get(name) for name in _MEMBERS},
        "changes": {},
        **data,
        "at": event.at,
        "erased": list(event.erased),
        "prev_hash": event.prev_hash,
        "hash": event.hash,
    }
