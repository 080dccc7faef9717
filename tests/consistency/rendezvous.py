"""Makes acts overlap: after one has read, and before it decides, it waits for others.

Either for several acts to come as far (a meeting), or for the test, which does meanwhile whatever it likes (a stop).
Nothing of it takes time that could run out on a busy machine: who waits in vain is an error, and says so. The checks in
which acts are held have time for it (`lasting`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, BrokenBarrierError, Event, get_ident
from types import SimpleNamespace
from typing import Any

import pytest
from patience import PATIENCE

from placet import Method, hookimpl
from placet.engine.engine import Engine
from placet.store.contention import Contention


def lasting(engine: Engine) -> None:
    """Let the checks of an engine wait as long as tests do, which is longer than any setting allows."""
    engine._acts.plugins._deadline = 2 * PATIENCE


class Stop:
    """One act that stands still: the first that arrives, in its first attempt."""

    def __init__(self) -> None:
        self._reached, self._go = Event(), Event()
        self._thread: int | None = None
        #: How often the act has come by: once for each of its attempts.
        self.arrivals = 0

    def arrive(self) -> None:
        """Stand still, if nobody does yet."""
        if self._thread is None:
            self._thread = get_ident()
            self.arrivals = 1
            self._reached.set()
            if not self._go.wait(PATIENCE):
                raise RuntimeError("the test never let the act go on")
        elif self._thread == get_ident():
            self.arrivals += 1

    def wait(self) -> None:
        """Until the act stands still. Raises `RuntimeError` if it never came here."""
        if not self._reached.wait(PATIENCE):
            raise RuntimeError("no act came to where it was to stand still")

    def release(self) -> None:
        """Let it go on."""
        self._go.set()


class Rendezvous:
    """Where checks come by after they have read; they pass, unless a test has called a meeting or put up a stop."""

    def __init__(self) -> None:
        self._barrier: Barrier | None = None
        self._stop: Stop | None = None

    @contextmanager
    def of(self, parties: int) -> Iterator[None]:
        """Call a meeting of acts, each in its first attempt. Raises `RuntimeError` if it was not held."""
        held = False

        def hold() -> None:
            nonlocal held
            held = True
            # Who starts again finds it over.
            self._barrier = None

        self._barrier = Barrier(parties, action=hold, timeout=PATIENCE)
        try:
            with _without_lock():
                yield
        finally:
            self._barrier = None
        if not held:
            raise RuntimeError(f"fewer than {parties} acts overlapped: what was tested shows nothing")

    @contextmanager
    def stop(self) -> Iterator[Stop]:
        """Let the first act that comes by stand still, until the test lets it go."""
        self._stop = made = Stop()
        try:
            with _without_lock():
                yield made
        finally:
            made.release()
            self._stop = None

    def arrive(self) -> None:
        """Come by."""
        if self._stop is not None:
            self._stop.arrive()
        barrier = self._barrier
        if barrier is not None:
            try:
                barrier.wait()
            except BrokenBarrierError:
                raise RuntimeError("the other acts did not come as far") from None


@contextmanager
def _without_lock() -> Iterator[None]:
    """Nobody comes with the lock of SQLite: an act that has learned to begin with it would keep others from coming."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Contention, "expects", lambda *_: False)
        yield


MEETING = Rendezvous()


def meeting_place(*requires: str, **hooks: Callable[..., Any]) -> SimpleNamespace:
    """A plugin `meeting` beside the methods that are tried, by whose hooks acts come by."""
    return SimpleNamespace(
        __name__="meeting",
        placet_method=hookimpl(lambda: Method("meeting", "Meeting", requires=requires)),
        **{name: hookimpl(hook) for name, hook in hooks.items()},
    )
