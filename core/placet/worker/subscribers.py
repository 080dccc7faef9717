"""Subscribers to events, and the errors with which one refuses an event."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from placet.engine.act.records import SealedEvent


class UndeliveredError(Exception):
    """A subscriber did not take an event."""

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        #: The status that it answered, if it speaks HTTP.
        self.status = status


class AwayError(UndeliveredError):
    """It cannot be reached at all, so that trying the next event now is useless."""


class FinalError(UndeliveredError):
    """This event is not to be repeated automatically."""


class GoneError(FinalError):
    """It is gone for good, and gets nothing more."""


class Line(Protocol):
    """A connection to a subscriber, which delivers one event after the other."""

    def deliver(self, event: SealedEvent) -> int | None:
        """Deliver an event, or raise to have it attempted again later. Returns the HTTP status, if there is one."""
        ...


class Subscriber(Protocol):
    """It gets each event at least once, in no certain order, and never in a transaction."""

    @property
    def name(self) -> str:
        """A stable id, under which its position in the log is kept."""
        ...

    def wants(self, event: SealedEvent) -> bool:
        """Whether it gets an event. Fast, and always the same for the same event."""
        ...

    def open(self) -> AbstractContextManager[Line]:
        """Open a connection for some events in a row."""
        ...
