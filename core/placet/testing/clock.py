"""The clock of a desk."""

from __future__ import annotations

from datetime import UTC, datetime

#: A Monday morning.
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class DeskClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, moment: datetime = START) -> None:
        self._now = moment

    def now(self) -> datetime:
        """The moment at which it stands."""
        return self._now

    def move_to(self, moment: datetime | str) -> None:
        """Move it, forward or back: `desk.clock.move_to("2026-03-04T12:00:00Z")`."""
        self._now = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
