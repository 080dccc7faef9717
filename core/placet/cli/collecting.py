"""Python's collector of circles, in processes that run for long."""

from __future__ import annotations

import gc

#: After how many new objects, and how many collections of the younger ones, the collector looks for circles.
_COLLECTIONS = (20_000, 20, 20)


def collect_less() -> None:
    """Keep Python's collector off what stays for as long as the process lives, and let it look less often.

    An act makes thousands of objects and hardly a circle: at the usual thresholds a tenth of its time goes into looking
    for some, and now and then a request waits while everything is looked through. Of a worker, which reads hundreds of
    events at a time, it took a third.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)
