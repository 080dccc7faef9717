"""The file of a SQLite database, which somebody may replace while a process has it open: with a backup, for example.

The process would go on writing to the former file, which has no name any more, and everything that it has confirmed
would be gone with its end.
"""

from __future__ import annotations

import os

from placet.errors import UnavailableError


class OpenFile:
    """The file that a process began with."""

    def __init__(self, path: str | None) -> None:
        """`path` is `None` for databases of a server."""
        self._path = path
        self._begun = None if path is None else _identity(path)

    def demand_same(self) -> None:
        """Raises `UnavailableError` where another file is in its place by now, or none."""
        if self._path is None:
            return
        found = _identity(self._path)
        if self._begun is None:
            self._begun = found
        elif found != self._begun:
            raise UnavailableError(
                f"{self._path} was replaced or removed while this process had it open, and the process has to be"
                " started again"
            )


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # before each commit, and a path object costs more than the question
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
