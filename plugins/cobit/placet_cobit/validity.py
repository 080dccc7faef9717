"""Days for which something is valid, such as a risk acceptance: its first and its last day included."""

from __future__ import annotations

from datetime import date


def covers(valid_from: date | None, valid_until: date | None, day: date, until: date | None = None) -> bool:
    """Whether a validity covers a day, and all days from it to another; it needs a first and a last day for that."""
    if valid_from is None or valid_until is None:
        return False
    return valid_from <= day and (until or day) <= valid_until
