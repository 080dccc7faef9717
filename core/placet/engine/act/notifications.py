"""Notifications, and how people want to have them, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import NamedTuple

from placet.engine.act.people import Actor
from placet.engine.act.records import Message


class Why(NamedTuple):
    """Why somebody is told, as it is kept: a rule, and a message of the engine's."""

    rule: str
    reason: Message


class Because(NamedTuple):
    """Why somebody is told, as they read it: a rule, and the end of the sentence "You get this because ..."."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotificationRecord:
    """One person notified of one event."""

    #: UUIDv7; newer notifications have greater ones.
    id: str
    actor: str
    #: Id of the event.
    event: str
    workspace: str
    number: int
    #: When the event happened.
    at: datetime
    #: What happened, in words: put together when it is read, from the event as it is then.
    message: str = ""
    because: tuple[Because, ...] = ()
    read_at: datetime | None = None
    #: The item's title as it is now.
    title: str = ""
    #: The item's type.
    type: str = ""
    #: What `because` is put together from.
    why: tuple[Why, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.workspace}-{self.number}"


class Digest(StrEnum):
    """When a channel is sent what has been collected for it."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Channel:
    """Where somebody wants to be notified besides the inbox."""

    id: str
    digest: Digest
    #: The address as the person is shown it, without its secrets.
    shown: str
    #: The address, encrypted; `None` for the person's own mail address.
    sealed: str | None = None


@dataclass(frozen=True, slots=True)
class Preferences:
    """How somebody wants to be notified."""

    actor: str
    #: Ids of rules, and keys of workspaces, of which they want to hear nothing.
    muted: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    #: The zone of `digest_at`; `None` for the workspace's own.
    zone: str | None = None
    digest_at: time = time(8)


@dataclass(frozen=True, slots=True)
class Sending:
    """What is to be sent to somebody by one channel, in one message."""

    actor: Actor
    channel: Channel
    notifications: tuple[NotificationRecord, ...]
    #: How often it was tried in vain.
    attempts: int
    #: Until when it is kept from other workers; names this try among others.
    until: datetime
