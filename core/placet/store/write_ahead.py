"""SQLite's write-ahead log, which is copied into the file beside the acts and not by one of them.

Every commit appends the pages that it has changed. Now and then somebody has to copy them into the file; SQLite leaves
that to the commit that passes a thousand pages, which is every thirtieth act: it writes them all, and waits for the
disk twice more, while the next writer waits for it. A thread that holds no lock of writers copies them instead.
Only where no process has such a thread, as while a command imports a lot, commits still do it, and less often.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

#: Pages after which a commit copies the log after all: 32 MB of them.
PAGES = 8_000
#: Seconds between two copies, by whichever process: each waits for the disk twice.
_APART = 1.0
#: Seconds for which readers of a former version, and another who copies, are waited for.
_PATIENCE = 0.5
#: Seconds between two attempts where another copies.
_AGAIN = 0.01


class WriteAheadLog:
    """The log of one file, as the thread that copies it knows it."""

    def __init__(self, file: str) -> None:
        self._file = Path(file)
        #: Whether pages may have been appended that are not in the file.
        self._behind = False

    def grown(self) -> None:
        """Note that somebody has written."""
        self._behind = True

    def copy(self, connection: sqlite3.Connection) -> None:
        """Copy what nobody reads in its former version, unless little time has passed; readers and writers go on."""
        if not self._behind or self._copied_lately():
            return
        busy, pages, copied = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        self._behind = bool(busy) or copied < pages

    def _copied_lately(self) -> bool:
        # Commits write to the log alone: the file is as old as the last copy, by this process or another.
        try:
            age = time.time() - self._file.stat().st_mtime
        except FileNotFoundError:
            return True  # nothing is left to copy to, and every act says so
        return 0 <= age < _APART


def truncate(connection: sqlite3.Connection) -> bool:
    """Copy everything and empty the log; returns whether nobody kept it from that, such as a reader.

    In the turn of a writer. Where another connection is copying, SQLite refuses at once instead of waiting.
    """
    (usual,) = connection.execute("PRAGMA busy_timeout").fetchone()
    until = time.monotonic() + _PATIENCE
    try:
        while (left := until - time.monotonic()) > 0:
            connection.execute(f"PRAGMA busy_timeout = {int(1000 * left)}")
            if not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return True
            time.sleep(_AGAIN)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {usual}")
    return False
