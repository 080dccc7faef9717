"""Titles of items that effects make."""

from __future__ import annotations

#: Characters of the longest title.
_LONGEST = 200


def shortened(title: str) -> str:
    """A title that is made of other titles, cut where it would be too long."""
    return title[:_LONGEST]
