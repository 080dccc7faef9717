"""The file of a SQLite database, which somebody may replace while a process has it open: with a backup, for example.

The process would go on with the former file, which has no name any more: everything that it has confirmed would be gone
with its end, and what it shows is not what other processes show. New connections of it would open the other file.
"""

from __future__ import annotations

import os
import time

from placet.errors import UnavailableError

#: Seconds for which views take it that the file is the same: asking costs an eighth of the shortest view.
_TAKEN = 0.1


class OpenFile:
    """The file that a process began with."""

    def __init__(self, path: str | None) -> None:
        """`path` is `None` for databases of a server."""
        self._path = path
        self._begun = None if path is None else _identity(path)
        self._asked = time.monotonic()

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

    def demand_same_lately(self) -> None:
        """As `demand_same`, for what is only shown: the file was the same a tenth of a second ago at most."""
        now = time.monotonic()
        if now - self._asked >= _TAKEN:
            self.demand_same()
            self._asked = now


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # a `Path` takes twice as long, and every commit asks
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
