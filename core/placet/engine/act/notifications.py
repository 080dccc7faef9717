"""Notifications, and people's preferences for them, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import NamedTuple

from placet.engine.act.people import Actor
from placet.engine.act.records import Message

#: The result of a rule for an event: each person with a reason; `None` if the rule is not about this event.
Found = Mapping[str, Message] | None


class Why(NamedTuple):
    """The stored reason of a notification: a rule, and a message of the engine."""

    rule: str
    reason: Message


class Because(NamedTuple):
    """The reason of a notification as people read it: a rule, and the end of "You get this because ..."."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotificationRecord:
    """The notification of one person about one event."""

    #: UUIDv7; newer notifications have greater ids.
    id: str
    actor: str
    #: Id of the event.
    event: str
    workspace: str
    #: The item's number; 0 for the workspace itself.
    number: int
    #: When the event happened.
    at: datetime
    #: A sentence about the event, rendered from the event when the notification is read.
    message: str = ""
    because: tuple[Because, ...] = ()
    read_at: datetime | None = None
    #: The title of the item, or the name of the workspace, as it is now.
    title: str = ""
    #: The item's type; empty for the workspace.
    type: str = ""
    #: The stored reason, from which `because` is rendered.
    why: tuple[Why, ...] = ()
    #: Who did it; `system` for Placet itself. Read from the event, as is the moment below.
    by: str = ""
    #: `at` on the clock of the workspace, with the weekday and the zone: `Monday 2 March 10:00, Europe/Vienna`.
    local_time: str = ""

    @property
    def key(self) -> str:
        return f"{self.workspace}-{self.number}" if self.number else self.workspace


class Digest(StrEnum):
    """When a channel gets the notifications that were collected for it."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Channel:
    """An address to which a person wants notifications besides the inbox."""

    id: str
    digest: Digest
    #: The address as the person sees it, without its secrets.
    shown: str
    #: The address, encrypted; `None` for the person's own mail address.
    sealed: str | None = None


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's preferences for notifications."""

    actor: str
    #: Ids of rules, and keys of workspaces, whose notifications the person does not want.
    muted: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    #: The time zone of `digest_at`; `None` for that of the workspace.
    zone: str | None = None
    digest_at: time = time(8)


@dataclass(frozen=True, slots=True)
class Sending:
    """Notifications to be sent to one person by one channel, in one message."""

    actor: Actor
    channel: Channel
    notifications: tuple[NotificationRecord, ...]
    #: Number of failed attempts.
    attempts: int
    #: Until when other workers cannot claim it; identifies this attempt.
    until: datetime
