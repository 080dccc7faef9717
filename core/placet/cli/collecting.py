"""Python's garbage collector at the start of processes, and in those that run for long."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: Thresholds of the collector: new objects, and collections of the younger generations.
_COLLECTIONS = (20_000, 20, 20)


@contextmanager
def loading() -> Iterator[None]:
    """Load code and definitions without the garbage collector.

    They stay, and looking for reference cycles among them takes a sixth of a start.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def collect_less() -> None:
    """Exclude permanent objects from the garbage collector, and run it less often.

    An act makes thousands of objects and hardly any reference cycle. With the default thresholds, a tenth of its time
    is spent on looking for cycles, and now and then a request waits for a full collection. A worker, which reads
    hundreds of events at a time, spent a third of its time on it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)
