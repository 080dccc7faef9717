"""Lanes: each does one piece of work after the other, and no lane waits for another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from placet.errors import UnavailableError

_log = logging.getLogger(__name__)

#: Seconds for which a lane rests after an unexpected failure, so that it does not fail in a tight loop.
_AFTER_FAILURE = 1.0
#: Seconds for which running work is waited for at the end.
_LAST = 5.0


class Lanes:
    """Threads by name, each of which exists while it has work."""

    def __init__(self, over: Callable[[], None]) -> None:
        """`over` is called whenever a lane has finished its work."""
        self._over = over
        self._lock = threading.Lock()
        self._busy: dict[str, threading.Thread] = {}
        self._stopping = threading.Event()

    def busy(self) -> frozenset[str]:
        """Lanes that are busy, and take no further work until they have finished."""
        with self._lock:
            return frozenset(self._busy)

    def give(self, lane: str, things: Sequence[Callable[[], None]]) -> None:
        """Start work in a lane that is not busy. What fails is logged, and the rest of the work is done after it.

        Only where the database is unavailable nothing more is tried: it stays due, and is found again.
        """
        thread = threading.Thread(
            target=self._run, args=(lane, things), name=f"placet-lane-{lane}", daemon=True
        )
        with self._lock:
            self._busy[lane] = thread
        thread.start()

    def stop(self) -> None:
        """Start nothing more, and wait a moment for running work."""
        self._stopping.set()
        with self._lock:
            threads = list(self._busy.values())
        for thread in threads:
            thread.join(_LAST)

    def _run(self, lane: str, things: Sequence[Callable[[], None]]) -> None:
        failed = False
        for thing in things:
            if self._stopping.is_set():
                break
            try:
                thing()
            except UnavailableError:
                _log.exception("the lane %s failed, and goes on in a moment", lane)
                failed = True
                break
            except Exception:  # noqa: BLE001  # logged; it stays due, and must not keep what is due after it
                _log.exception("some work of the lane %s failed, and stays due", lane)
                failed = True
        if failed:
            self._stopping.wait(_AFTER_FAILURE)
        with self._lock:
            del self._busy[lane]
        self._over()
