"""The cost of contention: acts that met others."""

from __future__ import annotations

from collections import Counter, OrderedDict

#: How many of the next acts on an item expect to meet others, after one that did.
_LESSON = 8
#: Items of which that is remembered; the oldest is forgotten first.
_MOST = 1000


class Contention:
    """Counts of attempts that started again, since the process began, and what they teach about the next acts."""

    def __init__(self) -> None:
        #: Attempts that were started again.
        self.retries = 0
        #: Acts that were given up.
        self.given_up = 0
        #: The reads that had changed, by kind: an item, a workspace, or a family of searches.
        self.moved: Counter[str] = Counter()
        #: By item: how many of the next acts on it expect to meet others.
        self._lessons: OrderedDict[str, int] = OrderedDict()

    def met(self, about: str) -> None:
        """Note that an act on an item had to start again, as others had changed what it read."""
        self._lessons[about] = _LESSON
        while len(self._lessons) > _MOST:
            self._lessons.popitem(last=False)

    def expects(self, about: str) -> bool:
        """Whether an act on an item probably meets others: those before it did."""
        left = self._lessons.pop(about, 0)
        if left > 1:
            self._lessons[about] = left - 1
        return left > 0
