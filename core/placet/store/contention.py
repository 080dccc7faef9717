"""The cost of contention: acts that met others."""

from __future__ import annotations

from collections import Counter


class Contention:
    """Counts of attempts that started again, since the process began."""

    def __init__(self) -> None:
        #: Attempts that were started again.
        self.retries = 0
        #: Acts that were given up.
        self.given_up = 0
        #: The reads that had changed, by kind: an item, a workspace, or a family of searches.
        self.moved: Counter[str] = Counter()
