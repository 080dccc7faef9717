"""That the log has grown, for those who wait for it in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock


class LogSignal:
    """Calls everybody who wants to know. Safe to share between threads.

    A wake-up and no more: what there is to read is read from the store, and a listener that is called too often
    finds nothing.
    """

    def __init__(self) -> None:
        # Replaced and never changed, so that announcing, which every writer does, takes no lock.
        self._changing = Lock()
        self._listeners: tuple[Callable[[], None], ...] = ()

    def announce(self) -> None:
        """Say that there is something new."""
        for listener in self._listeners:
            listener()

    @contextmanager
    def listened(self, listener: Callable[[], None]) -> Iterator[None]:
        """Have a function called, in any thread, while the context lasts; it must neither wait nor raise."""
        with self._changing:
            self._listeners = (*self._listeners, listener)
        try:
            yield
        finally:
            with self._changing:
                self._listeners = tuple(each for each in self._listeners if each is not listener)
