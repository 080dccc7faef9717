"""What it costs that acts meet others."""

from __future__ import annotations

from collections import Counter


class Contention:
    """What starting again costs, counted since the process began."""

    def __init__(self) -> None:
        #: Attempts that were started again.
        self.retries = 0
        #: Acts that were given up.
        self.given_up = 0
        #: What had moved, by kind: an item, a workspace, or a family of searches.
        self.moved: Counter[str] = Counter()
