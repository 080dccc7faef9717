"""Faults of foreign logs, with their places."""

from __future__ import annotations

from pathlib import Path

from placet import MalformedError

#: A line of a text, or another place in files without lines.
Place = str | int


class LogError(MalformedError):
    """A log cannot be read, or does not fit its map; nothing was counted."""

    def __init__(self, file: Path, place: Place | None, message: str) -> None:
        where = "" if place is None else f", line {place}" if isinstance(place, int) else f", {place}"
        super().__init__(f"{file.name}{where}: {message}")
        self.file, self.place = file, place
