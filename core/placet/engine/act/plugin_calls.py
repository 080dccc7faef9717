"""Calls the code of plugins: checks, computed fields, effects, panels, hooks. A faulty plugin does not stop the others.

Every exception of that code becomes a `PluginError` with the code's id, even `sys.exit()`. An exception that the engine
raised while that code called it (a failure of the store, an act that has to start again) is raised again, even if the
code caught it. Code that exceeds the deadline is interrupted, and then runs in threads of its own for a while, where
others do not wait for it. The deadline counts the code's own time, without its waits for the database.
"""

from __future__ import annotations

import functools
import logging
import signal
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar, cast

from placet.catalog import composition
from placet.definitions.storable import message_of
from placet.engine.act.deadline import HERE, NEVER, Overrun
from placet.engine.act.watched_session import Failure
from placet.errors import DefinitionError

_log = logging.getLogger(__name__)

T = TypeVar("T")
VerbT = TypeVar("VerbT", bound=Callable[..., Any])


class _Act(Protocol):
    """The unit of work that a context reads through."""

    @property
    def failure(self) -> Failure: ...
    def raise_failure(self) -> None: ...


class _Subject(Protocol):
    """The item that a context is about."""

    @property
    def key(self) -> str: ...


class Seen(Protocol):
    """The context that is passed to the code of a plugin, as far as this module uses it."""

    @property
    def unit(self) -> _Act: ...
    @property
    def record(self) -> _Subject: ...


#: Seconds of its own time that the code of a plugin may take, unless the settings say otherwise.
DEADLINE = 2.0
#: A call that takes more seconds than this is logged.
_SLOW = 0.05
#: Seconds for which the same code is not logged again.
_SILENCE = 60.0
#: Seconds after its last overrun during which code runs in threads of its own.
_APART = 600.0
#: The most calls that may still run after their time was up; no more are started until one has ended.
_LEFT_BEHIND = 16


class PluginError(Exception):
    """The code of a plugin failed; the message describes the failure in one line."""

    def __init__(self, id: str, message: str, error: BaseException | None = None) -> None:
        super().__init__(message)
        #: Id of the check, effect, approval, timer or hook, or `ITEM_TYPE.FIELD` (`METHOD.FIELD` for an added field).
        self.id = id
        #: The exception that it raised or that interrupted it; `None` if the call was abandoned.
        self.error = error


def by_the_engine(verb: VerbT) -> VerbT:
    """Decorator for verbs of a context that read or write: the deadline is suspended, and nothing interrupts them."""

    @functools.wraps(verb)
    def called(ctx: Seen, /, *args: Any, **kwargs: Any) -> Any:
        running = HERE.running
        if running.due == NEVER:
            return verb(ctx, *args, **kwargs)
        left, when_late = running.due - time.monotonic(), running.when_late
        # Written out here and in `call`, as an act makes some dozens of such calls.
        running.due = NEVER
        if running.aimed:
            running.dodge()
        if left <= 0:
            raise Overrun
        try:
            if running.apart is not None:
                return running.apart.at_home(lambda: verb(ctx, *args, **kwargs))
            return verb(ctx, *args, **kwargs)
        except BaseException as fault:
            if not isinstance(fault, Exception | Overrun):
                ctx.unit.failure.met = fault
            raise
        finally:
            running.when_late = when_late
            running.due = time.monotonic() + left

    return cast("VerbT", called)


class PluginCalls:
    """Calls the code of plugins, for one engine."""

    def __init__(self, deadline: float, pause: Callable[[float], None]) -> None:
        """Create the caller of one engine.

        Args:
            deadline: seconds of its own time that a call may take.
            pause: waits for some seconds without stopping other requests.
        """
        self._deadline = deadline
        self._pause = pause
        #: Until when code that has overrun runs in its own threads, by id.
        self._apart: dict[str, float] = {}
        self._late: dict[str, Callable[[], None]] = {}
        self._left_behind = 0
        self._lock = threading.Lock()
        #: When code was last logged as slow, by id.
        self._logged: dict[str, float] = {}

    def call(self, id: str, ctx: Seen, code: Callable[[Any], T]) -> T:
        """The result of a plugin's code for a context.

        Raises:
            PluginError: the code raised an exception, or took too long.
        """
        running = HERE.running
        if self._apart and running.apart is None and self.runs_apart(id):
            return self._call_apart(id, ctx, code)
        began = time.monotonic()
        try:
            try:
                running.when_late = self._late[id] if id in self._late else self._when_late(id)
                running.due = due = began + self._deadline
                given = code(ctx)
            finally:
                due, running.due = running.due, NEVER
                if running.aimed:
                    running.dodge()
        except Overrun as overrun:
            running.clear()
            ctx.unit.raise_failure()
            raise self._overran(id, overrun) from overrun
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) and _somebody_interrupts():
                raise
            ctx.unit.raise_failure()
            raise PluginError(id, one_line(error), error) from error
        if ctx.unit.failure.met is not None:
            raise ctx.unit.failure.met
        now = time.monotonic()
        if now - began > _SLOW:
            self._log_slow(id, ctx, now - began, own=self._deadline - (due - now))
        return given

    def _when_late(self, id: str) -> Callable[[], None]:
        """The watchdog's callback for late code; made once, as an act has some dozens of calls."""
        return self._late.setdefault(id, functools.partial(self.run_apart, id))

    def runs_apart(self, id: str) -> bool:
        """Whether this code has overrun recently, so that it runs in threads of its own."""
        return id in self._apart and time.monotonic() < self._apart[id]

    def run_apart(self, id: str) -> None:
        """Run this code in threads of its own for a while."""
        self._apart[id] = time.monotonic() + _APART

    def _overran(self, id: str, overrun: Overrun | None) -> PluginError:
        self.run_apart(id)
        return PluginError(
            id,
            f"it took longer than the {self._deadline:g} s that it may take (PLACET_CHECK_DEADLINE)",
            overrun,
        )

    def _log_slow(self, id: str, ctx: Seen, took: float, *, own: float) -> None:
        now = time.monotonic()
        if now - self._logged.get(id, -_SILENCE) < _SILENCE:
            return
        self._logged[id] = now
        _log.warning(
            "%s took %.0f ms on %s, %.0f ms of it in its own code and the rest reading: everybody who lists or "
            "moves such items waits for it; it is not logged as slow again for %.0f s",
            id, took * 1000, ctx.record.key, own * 1000, _SILENCE,
        )  # fmt: skip

    # Threads apart

    def _call_apart(self, id: str, ctx: Seen, code: Callable[[Any], T]) -> T:
        """Call the code in a thread of its own: only this act waits for it, until its time is up."""
        with self._lock:
            if self._left_behind >= _LEFT_BEHIND:
                raise PluginError(
                    id,
                    f"{_LEFT_BEHIND} calls that took too long have not ended, and no more are started until one has",
                )
        apart = _Apart()
        thread = threading.Thread(
            target=self._run_apart, args=(apart, id, ctx, code), name=f"placet-apart {id}", daemon=True
        )
        thread.start()
        left, pause = self._deadline, _FIRST_PAUSE
        while True:
            began = time.monotonic()
            asked = apart.asked()
            if asked is None:
                if left <= 0 and apart.abandon():
                    with self._lock:
                        self._left_behind += 1
                    ctx.unit.raise_failure()
                    raise self._overran(id, None)
                self._pause(pause)
                pause = min(pause * 1.5, _LONGEST_PAUSE)
                left -= time.monotonic() - began
            elif isinstance(asked, _Outcome):
                return cast("T", asked.result())
            else:
                asked()
                pause = _FIRST_PAUSE

    def _run_apart(self, apart: _Apart, id: str, ctx: Seen, code: Callable[[Any], Any]) -> None:
        HERE.running.apart = apart
        try:
            outcome = _Outcome(given=self.call(id, ctx, code))
        except BaseException as error:  # noqa: BLE001  # raised again in the calling thread
            outcome = _Outcome(error=error)
        if not apart.end(outcome):
            with self._lock:
                self._left_behind -= 1


#: Seconds between two looks at a call in a thread of its own.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.02


class _Outcome:
    """The result of a call, or the exception that it raised."""

    def __init__(self, given: Any = None, error: BaseException | None = None) -> None:
        self._given, self._error = given, error

    def result(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._given


class _Apart:
    """One call in a thread of its own. Its calls of the engine run in the act's thread, which has the connection."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[Callable[[], object] | _Outcome] = SimpleQueue()
        self._answers: SimpleQueue[_Outcome] = SimpleQueue()
        self._lock = threading.Lock()
        self._abandoned = self._ended = False

    # In the thread of the call

    def at_home(self, verb: Callable[[], T]) -> T:
        """Run a verb of the engine in the thread of the act. Raises `Overrun` if that no longer waits."""

        def carried_out() -> None:
            try:
                answer = _Outcome(given=verb())
            except BaseException as error:  # noqa: BLE001  # raised in the thread that asked
                answer = _Outcome(error=error)
            self._answers.put(answer)

        with self._lock:
            if self._abandoned:
                raise Overrun
            self._asked.put(carried_out)
        return cast("T", self._answers.get().result())

    def end(self, outcome: _Outcome) -> bool:
        """Pass on the outcome; returns whether the act still waits for it."""
        with self._lock:
            self._ended = True
            self._asked.put(outcome)
            return not self._abandoned

    # In the thread of the act

    def asked(self) -> Callable[[], object] | _Outcome | None:
        """The next verb to run in the thread of the act, or the outcome."""
        try:
            return self._asked.get_nowait()
        except Empty:
            return None

    def abandon(self) -> bool:
        """Stop waiting; returns `False` if the call has just ended or requested a verb."""
        with self._lock:
            if self._ended or not self._asked.empty():
                return False
            self._abandoned = True
            return True


def _somebody_interrupts() -> bool:
    """Whether a `KeyboardInterrupt` here may be that of a person: of a command, and never of a server or worker.

    A server ends by a handler of its own, and no other thread than the main one is ever interrupted.
    """
    return (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )


def one_line(error: BaseException) -> str:
    """An exception in one line; a refusal of Placet's own is a sentence without more."""
    return message_of(error) if isinstance(error, DefinitionError) else composition.one_line(error)
