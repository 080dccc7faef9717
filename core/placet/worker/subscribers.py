"""Subscribers to events: what they are, and how one says that it did not take an event."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from placet.engine.act.records import SealedEvent


class UndeliveredError(Exception):
    """A subscriber did not take an event."""

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        #: What it answered, where it speaks HTTP.
        self.status = status


class AwayError(UndeliveredError):
    """It cannot be reached at all: there is no use in trying the next event now."""


class FinalError(UndeliveredError):
    """This event is not to be delivered to it again by itself."""


class GoneError(FinalError):
    """It is gone for good, and wants nothing more."""


class Line(Protocol):
    """A connection to a subscriber, over which one event is delivered after the other."""

    def deliver(self, event: SealedEvent) -> int | None:
        """Deliver an event, or raise to have it attempted again later. Answers an HTTP status where there is one."""
        ...


class Subscriber(Protocol):
    """Somebody who gets events: each at least once, in no certain order, and never in a transaction."""

    @property
    def name(self) -> str:
        """Stable: how far it is in the log is kept under it."""
        ...

    def wants(self, event: SealedEvent) -> bool:
        """Whether it gets an event. Quick, and the same for the same event."""
        ...

    def open(self) -> AbstractContextManager[Line]:
        """Connect to it, for some events in a row."""
        ...
