"""The signal that the log has grown, for waiting threads of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock


class LogSignal:
    """Calls all listeners. Safe to share between threads.

    It only wakes them: the events are read from the store, and a listener that is called too often finds none.
    """

    def __init__(self) -> None:
        # Replaced and never changed, so that announcing, which every writer does, takes no lock.
        self._changing = Lock()
        self._listeners: tuple[Callable[[], None], ...] = ()

    def announce(self) -> None:
        """Announce that there are new events."""
        for listener in self._listeners:
            listener()

    @contextmanager
    def listened(self, listener: Callable[[], None]) -> Iterator[None]:
        """Have a function called, from any thread, while the context lasts; it must neither wait nor raise."""
        with self._changing:
            self._listeners = (*self._listeners, listener)
        try:
            yield
        finally:
            with self._changing:
                self._listeners = tuple(each for each in self._listeners if each is not listener)
