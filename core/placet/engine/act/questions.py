"""Requests to one person on an item, as frozen values: to confirm something, or to clear a check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from placet.definitions.context import ConfirmationStatus
from placet.definitions.readonly import sealed


@dataclass(frozen=True, slots=True)
class ConfirmationRecord:
    """A confirmation that is asked of one person on an item, with their answer."""

    confirmation: str
    #: The person who is named, and who alone answers.
    actor: str
    #: As of the last event: from `expires_at` on it is over, even if that is not recorded yet.
    status: ConfirmationStatus
    asked_at: datetime
    asked_by: str
    #: The part of the field that names the person, and the material fields.
    material: Mapping[str, Any] = field(default_factory=dict)
    #: The end of the time to answer, or of the time for which a confirmation counts.
    expires_at: datetime | None = None
    #: When the person is reminded; `None` once that is done.
    reminds_at: datetime | None = None
    decided_at: datetime | None = None
    comment: str = ""

    def __post_init__(self) -> None:
        sealed(self, "material")

    def status_at(self, now: datetime) -> ConfirmationStatus:
        """Its status at a moment: an open question ends on time, and so does a confirmation."""
        ends = self.status in {ConfirmationStatus.PENDING, ConfirmationStatus.CONFIRMED}
        if ends and self.expires_at is not None and now >= self.expires_at:
            return ConfirmationStatus.EXPIRED
        return self.status


class AskStatus(StrEnum):
    """The state of a request to clear a check."""

    PENDING = "pending"
    #: The check passed, or the item needs it no longer.
    CLEARED = "cleared"
    #: The person who was asked will not do it.
    DECLINED = "declined"
    #: The person who asked took it back.
    WITHDRAWN = "withdrawn"
    #: Nobody cleared it in time.
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class AskRecord:
    """A request to one person to clear a check that blocks an item."""

    check: str
    #: The person who is asked.
    actor: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    status: AskStatus = AskStatus.PENDING
    #: When the person is reminded; `None` once that is done.
    reminds_at: datetime | None = None
    ended_at: datetime | None = None

    def status_at(self, now: datetime) -> AskStatus:
        """Its status at a moment: an open request ends on time, even if that is not recorded yet."""
        over = self.status is AskStatus.PENDING and now >= self.expires_at
        return AskStatus.EXPIRED if over else self.status
