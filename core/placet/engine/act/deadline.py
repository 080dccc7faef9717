"""Interrupts plugins' code that runs too long, where it runs, and nothing else.

A thread says with one write until when the code of a plugin may run in it, and with another that it is over; a
watchdog looks at all threads ten times a second. Whose time is up is interrupted: the main thread, where on PostgreSQL
all requests run, by a signal whose handler raises `Overrun` inside the code (out of `time.sleep` too); any other thread
by an exception that Python raises in it at its next step (so not before a sleep has ended). Code that holds the
interpreter itself, such as a regular expression that runs away, cannot be interrupted.

Nothing of ours is ever hit: while plugins' code calls the engine no deadline is set, and who clears one waits for
a strike that is under way.
"""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

#: No code of a plugin runs.
NEVER = float("inf")
#: Seconds between two looks of the watchdog.
_PERIOD = 0.1
#: Seconds after which a thread that goes on nevertheless is struck again.
_AGAIN = 0.5
#: Does nothing where no handler is set, and no server uses it.
_SIGNAL = getattr(signal, "SIGURG", None)
_AIMING, _STRUCK = 1, 2


class Overrun(BaseException):
    """Raised inside plugins' code whose time is up.

    Derived from BaseException so that an `except Exception` of that code lets it pass.
    """


def _nothing() -> None:
    """No code has run yet."""


class Running:
    """Until when plugins' code may run in one thread."""

    __slots__ = ("aimed", "apart", "by_signal", "due", "struck_at", "thread", "when_late")

    def __init__(self, *, by_signal: bool) -> None:
        #: By `time.monotonic`. Written by its own thread alone.
        self.due = NEVER
        self.thread = threading.get_ident()
        self.by_signal = by_signal
        #: Written by the watchdog to `_AIMING` and on, and back to 0 by either.
        self.aimed = 0
        self.struck_at = 0.0
        #: What the watchdog does first when time is up: code that waits outside Python may never end. Set before `due`.
        self.when_late: Callable[[], None] = _nothing
        #: The call that this thread was begun for, where it was begun for one (see `placet.engine.act.plugin_calls`).
        self.apart: Any = None

    def over(self) -> None:
        """The code has returned, or calls the engine: it cannot be struck from here on. Raises `Overrun` if it was."""
        self.due = NEVER
        if self.aimed:
            self._dodge()

    def _dodge(self) -> None:
        while self.aimed == _AIMING:
            time.sleep(0)
        if self.aimed == _STRUCK:
            self.clear()
            raise Overrun

    def clear(self) -> None:
        """No strike is under way any more: what was struck has been raised, or is taken back here."""
        self.due = NEVER
        while self.aimed == _AIMING:
            time.sleep(0)
        if self.aimed:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.thread), None)
            self.aimed = 0


class _Watchdog:
    """Looks at all threads that have run plugins' code."""

    def __init__(self) -> None:
        #: By thread; a thread's number is given again once it has ended.
        self._watched: dict[int, Running] = {}
        self._started = threading.Lock()
        self._thread: threading.Thread | None = None

    def watch(self) -> Running:
        """Watch the present thread from now on."""
        running = Running(by_signal=_takes_signals())
        self._watched[running.thread] = running
        with self._started:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="placet-deadlines", daemon=True)
                self._thread.start()
        return running

    def _run(self) -> None:
        while True:
            time.sleep(_PERIOD)
            now = time.monotonic()
            for running in list(self._watched.values()):
                # Read before the deadline that it belongs to is, as it is written before it.
                when_late = running.when_late
                if running.due < now and running.struck_at < now - _AGAIN:
                    running.struck_at = now
                    when_late()
                    _strike(running)


def _strike(running: Running) -> None:
    if running.by_signal:
        signal.pthread_kill(running.thread, _SIGNAL)  # type: ignore[arg-type]  # there is one, or it was not set
        return
    # Either its thread sees that it is aimed at and waits, or it has cleared its deadline before that is looked at.
    running.aimed = _AIMING
    if running.due < time.monotonic():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(running.thread), ctypes.py_object(Overrun))
        running.aimed = _STRUCK
    else:
        running.aimed = 0


def _takes_signals() -> bool:
    """Whether the present thread is the main one and our handler is set."""
    if _SIGNAL is None or threading.current_thread() is not threading.main_thread():
        return False
    if signal.getsignal(_SIGNAL) is not _interrupt:
        if signal.getsignal(_SIGNAL) not in {signal.SIG_DFL, signal.SIG_IGN}:
            # Somebody else's: then the slower way has to do.
            return False
        signal.signal(_SIGNAL, _interrupt)
    return True


def _interrupt(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001  # a handler's signature
    """In the main thread, between two steps of whatever runs there: only plugins' code has a deadline that is over."""
    if here().due < time.monotonic():
        raise Overrun


_WATCHDOG = _Watchdog()
_HERE = threading.local()


def here() -> Running:
    """Until when plugins' code may run in the present thread."""
    try:
        found: Running = _HERE.running
    except AttributeError:
        found = _HERE.running = _WATCHDOG.watch()
    return found
