"""A verification keeps one batch in memory, however many items there are."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.reports.verification.items import ITEMS
from placet.testing import Desk

#: How much more a longer verification may take at its largest moment: names and findings of batches differ a little.
_MORE = 1.1


def logged(desk: Desk, lessons: int) -> None:
    """So many more lessons."""
    for n in range(lessons):
        desk.create("governance.lesson", f"Lesson {n}", actor="lil", event="e", effect="f", cause="c",
                    recommendation="r", scope="organisation")  # fmt: skip


def peak(desk: Desk) -> int:
    """Bytes that a verification holds at most, beside what was there before."""
    gc.collect()
    tracemalloc.start()
    try:
        assert desk.engine.reports.verify(SYSTEM_ACTOR).ok
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_does_not_grow_with_the_number_of_items(tmp_path: Path) -> None:
    """Three batches take as much as six: nothing of an item is kept once it is compared."""
    with Desk(tmp_path, methods=["governance"], people={"governance.lessons_owner": ["lil"]}) as desk:
        logged(desk, 3 * ITEMS)
        peak(desk)  # what is read once in a process
        few = peak(desk)
        logged(desk, 3 * ITEMS)

        assert peak(desk) <= few * _MORE
