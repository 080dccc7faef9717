"""Interrupts code of plugins that runs too long, and no other code.

A thread sets a deadline with one write before the code of a plugin runs in it, and clears it with another; a
watchdog looks at all threads ten times a second. It interrupts a thread whose deadline has passed: the main thread,
where all requests run on PostgreSQL, by a signal whose handler raises `Overrun` inside the code (even in `time.sleep`);
any other thread by an exception that Python raises at its next step (so only after a sleep has ended). Code that holds
the interpreter itself, such as a regular expression that runs away, cannot be interrupted.

The engine's own code is never interrupted: no deadline is set while a plugin's code calls the engine, and a thread that
clears its deadline waits for an interruption that is under way. Nor is an import: a module that was interrupted in the
middle is broken for everybody in the process, for as long as that lives.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

#: No code of a plugin runs.
NEVER = float("inf")
#: Seconds between two looks of the watchdog.
_PERIOD = 0.1
#: Seconds after which a thread that still goes on is interrupted again.
_AGAIN = 0.5
#: This signal does nothing where no handler is set, and no server uses it.
_SIGNAL = getattr(signal, "SIGURG", None)
_AIMING, _STRUCK = 1, 2
#: Where the code of Python's own imports is.
_IMPORTING = "<frozen importlib._bootstrap>"


class Overrun(BaseException):
    """Raised inside the code of a plugin whose time is up.

    It derives from BaseException so that an `except Exception` of that code lets it pass.
    """


def _nothing() -> None:
    """The callback of a thread in which no code has run yet."""


class Running:
    """The deadline of the plugin code that runs in one thread."""

    __slots__ = ("aimed", "apart", "by_signal", "due", "struck_at", "thread", "when_late")

    def __init__(self, *, by_signal: bool) -> None:
        #: By `time.monotonic`. Written by its own thread alone.
        self.due = NEVER
        self.thread = threading.get_ident()
        self.by_signal = by_signal
        #: The watchdog raises it to `_AIMING` and beyond; either side resets it to 0.
        self.aimed = 0
        self.struck_at = 0.0
        #: Called first when time is up, as code that waits outside Python may never end. Set before `due`.
        self.when_late: Callable[[], None] = _nothing
        #: The call for which this thread was started, if it was started for one (see `placet.engine.act.plugin_calls`).
        self.apart: Any = None

    def dodge(self) -> None:
        """Wait for an interruption that is under way; raises `Overrun` if it has struck.

        For a thread that has cleared its deadline, as code returned or calls the engine, and finds that it is `aimed`.
        """
        while self.aimed == _AIMING:
            time.sleep(0)
        if self.aimed == _STRUCK:
            self.clear()
            raise Overrun

    def clear(self) -> None:
        """End an interruption of this thread: either its exception has been raised, or it is raised and caught here."""
        self.due = NEVER
        while self.aimed == _AIMING:
            time.sleep(0)
        if self.aimed:
            _take_at_once(self.thread)
            self.aimed = 0


def _take_at_once(thread: int) -> None:
    """Raise the exception in this very thread, and catch it.

    Withdrawn instead, it would leave Python 3.11 looking for it at every call from then on, in all threads; and under a
    tracer or profiler for ever.
    """
    try:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(Overrun))
        while True:
            pass
    except Overrun:
        return


class _Watchdog:
    """Watches all threads that have run code of plugins."""

    def __init__(self) -> None:
        #: By thread; the number of a thread that has ended is used again.
        self._watched: dict[int, Running] = {}
        self._started = threading.Lock()
        self._thread: threading.Thread | None = None

    def watch(self) -> Running:
        """Watch the current thread from now on."""
        running = Running(by_signal=_takes_signals())
        self._watched[running.thread] = running
        with self._started:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="placet-deadlines", daemon=True)
                self._thread.start()
        return running

    def _run(self) -> None:
        struck = False
        while True:
            time.sleep(_PERIOD)
            if struck:
                # A thread that sleeps has not taken its exception. It still will, but until somebody takes one, Python
                # 3.11 looks for it at every call of every thread, and under a tracer or profiler for ever.
                _take_at_once(threading.get_ident())
            struck = False
            now = time.monotonic()
            for running in list(self._watched.values()):
                # Read before the deadline to which it belongs, because it is written before that deadline.
                when_late = running.when_late
                if running.due < now and running.struck_at < now - _AGAIN:
                    running.struck_at = now
                    when_late()
                    _strike(running)
                    struck = struck or not running.by_signal


def _strike(running: Running) -> None:
    # Python shows the frames of another thread in no other way.
    if _imports(sys._current_frames().get(running.thread)):  # noqa: SLF001
        return
    if running.by_signal:
        signal.pthread_kill(running.thread, _SIGNAL)  # type: ignore[arg-type]  # there is one, or it was not set
        return
    # Either the thread sees the aim and waits, or it has cleared its deadline before the next line reads it.
    running.aimed = _AIMING
    if running.due < time.monotonic():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(running.thread), ctypes.py_object(Overrun))
        running.aimed = _STRUCK
    else:
        running.aimed = 0


def _takes_signals() -> bool:
    """Whether the current thread is the main one and our handler is set."""
    if _SIGNAL is None or threading.current_thread() is not threading.main_thread():
        return False
    if signal.getsignal(_SIGNAL) is not _interrupt:
        if signal.getsignal(_SIGNAL) not in {signal.SIG_DFL, signal.SIG_IGN}:
            # Another handler is set: use the slower way.
            return False
        signal.signal(_SIGNAL, _interrupt)
    return True


def _interrupt(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001  # a handler's signature
    """Raise `Overrun` in the main thread, if the deadline of a plugin's code has passed there."""
    if HERE.running.due < time.monotonic() and not _imports(frame):
        raise Overrun


def _imports(frame: FrameType | None) -> bool:
    """Whether a module is being imported in a frame, or in one that has called it."""
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTING:
            return True
        frame = frame.f_back
    return False


_WATCHDOG = _Watchdog()


class _Here(threading.local):
    """The state of the current thread, which is watched from its first call of a plugin's code on."""

    running: Running

    def __getattr__(self, name: str) -> Running:
        # Not when it is made, as that is on import: a process that calls no plugin needs neither watchdog nor signal.
        if name != "running":
            raise AttributeError(name)
        self.running = _WATCHDOG.watch()
        return self.running


#: `HERE.running` is the deadline of the current thread.
HERE = _Here()
