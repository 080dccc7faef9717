"""Lanes: in each one thing is done after the other, and no lane waits for another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

_log = logging.getLogger(__name__)

#: Seconds that a lane rests after something failed in it that was not to fail, so that it does not do so in a circle.
_AFTER_FAILURE = 1.0
#: Seconds for which what is being done is waited for in the end.
_LAST = 5.0


class Lanes:
    """Threads by name, each there for as long as it has something to do."""

    def __init__(self, over: Callable[[], None]) -> None:
        """`over` is called whenever a lane has done what it had."""
        self._over = over
        self._lock = threading.Lock()
        self._busy: dict[str, threading.Thread] = {}
        self._stopping = threading.Event()

    def busy(self) -> frozenset[str]:
        """Lanes that have something to do, and take nothing more until they have done it."""
        with self._lock:
            return frozenset(self._busy)

    def give(self, lane: str, things: Sequence[Callable[[], None]]) -> None:
        """Have things done in a lane that is not busy."""
        thread = threading.Thread(
            target=self._run, args=(lane, things), name=f"placet-lane-{lane}", daemon=True
        )
        with self._lock:
            self._busy[lane] = thread
        thread.start()

    def stop(self) -> None:
        """Begin nothing more, and wait a moment for what is being done."""
        self._stopping.set()
        with self._lock:
            threads = list(self._busy.values())
        for thread in threads:
            thread.join(_LAST)

    def _run(self, lane: str, things: Sequence[Callable[[], None]]) -> None:
        for thing in things:
            if self._stopping.is_set():
                break
            try:
                thing()
            except Exception:  # noqa: BLE001  # logged; what is to be done stands in the database, and is found again
                _log.exception("the lane %s failed, and goes on in a moment", lane)
                self._stopping.wait(_AFTER_FAILURE)
                break
        with self._lock:
            del self._busy[lane]
        self._over()
