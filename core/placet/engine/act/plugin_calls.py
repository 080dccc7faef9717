"""Calls the code of plugins: checks, computed fields, effects, panels, hooks. One that misbehaves stops nobody else.

Whatever it raises becomes a `PluginError`, with its id; `sys.exit()` too. What the engine itself raised while it was
called by that code (the store's failure, an act that has to start again) goes on, whatever the code made of it. Code
that takes longer than the deadline is interrupted, and from then on runs in threads of its own, where others do not
wait for it. The deadline counts its own time, not what it waits for the database.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar, cast

from placet.engine.act.deadline import NEVER, Overrun, here
from placet.errors import DefinitionError

_log = logging.getLogger(__name__)

T = TypeVar("T")
VerbT = TypeVar("VerbT", bound=Callable[..., Any])


class _Act(Protocol):
    """The unit of work that a context reads through."""

    def note_failure(self, failure: BaseException) -> None: ...
    def raise_failure(self) -> None: ...


class _Subject(Protocol):
    """What a context is about."""

    @property
    def key(self) -> str: ...


class Seen(Protocol):
    """The context that plugins' code is called with, as far as calling it has to know."""

    @property
    def work(self) -> _Act: ...
    @property
    def record(self) -> _Subject: ...


#: Seconds that plugins' code may take of its own, unless the settings say otherwise.
DEADLINE = 2.0
#: Seconds from which on a call is told in the log.
_SLOW = 0.05
#: Seconds for which the same code is not told again.
_SILENCE = 60.0
#: Seconds after its last overrun for which code runs in threads of its own.
_APART = 600.0
#: Calls that may go on at once after their time was up; no more are begun until one has ended.
_LEFT_BEHIND = 16


class PluginError(Exception):
    """The code of a plugin did not do what it is there for; says what happened in one line."""

    def __init__(self, id: str, message: str, error: BaseException | None = None) -> None:
        super().__init__(message)
        #: Of the check, effect, approval, timer or hook, or `ITEM_TYPE.FIELD` (`METHOD.FIELD` of an added one).
        self.id = id
        #: What it raised, or was interrupted with; `None` where it was left behind.
        self.error = error


def by_the_engine(verb: VerbT) -> VerbT:
    """A verb of a context that reads or writes: no deadline runs meanwhile, and nothing interrupts it."""

    @functools.wraps(verb)
    def called(ctx: Seen, /, *args: Any, **kwargs: Any) -> Any:
        running = here()
        if running.due == NEVER:
            return verb(ctx, *args, **kwargs)
        left, when_late = running.due - time.monotonic(), running.when_late
        running.over()
        if left <= 0:
            raise Overrun
        try:
            if running.apart is not None:
                return running.apart.at_home(lambda: verb(ctx, *args, **kwargs))
            return verb(ctx, *args, **kwargs)
        except BaseException as fault:
            if not isinstance(fault, Exception | Overrun):
                ctx.work.note_failure(fault)
            raise
        finally:
            running.when_late = when_late
            running.due = time.monotonic() + left

    return cast("VerbT", called)


class PluginCalls:
    """Calls the code of plugins, for one engine."""

    def __init__(self, deadline: float, pause: Callable[[float], None]) -> None:
        """Make one.

        Args:
            deadline: seconds that a call may take of its own.
            pause: waits for seconds without stopping other requests.
        """
        self._deadline = deadline
        self._pause = pause
        #: Until when code that has overrun runs apart, by id.
        self._apart: dict[str, float] = {}
        self._late: dict[str, Callable[[], None]] = {}
        self._left_behind = 0
        self._lock = threading.Lock()
        #: When code was last told of as slow, by id.
        self._logged: dict[str, float] = {}

    def call(self, id: str, ctx: Seen, code: Callable[[Any], T]) -> T:
        """What the code of a plugin gives for a context.

        Raises:
            PluginError: it raised something, or took too long.
        """
        if self._apart and self.runs_apart(id):
            return self._call_apart(id, ctx, code)
        return self._call_here(id, ctx, code)

    def _call_here(self, id: str, ctx: Seen, code: Callable[[Any], T]) -> T:
        running = here()
        began = time.monotonic()
        try:
            try:
                running.when_late = self._when_late(id)
                running.due = due = began + self._deadline
                given = code(ctx)
            finally:
                due = running.due
                running.over()
        except Overrun as overrun:
            running.clear()
            ctx.work.raise_failure()
            raise self._overran(id, overrun) from overrun
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            ctx.work.raise_failure()
            raise PluginError(id, one_line(error), error) from error
        ctx.work.raise_failure()
        now = time.monotonic()
        if now - began > _SLOW:
            self._log_slow(id, ctx, now - began, own=self._deadline - (due - now))
        return given

    def _when_late(self, id: str) -> Callable[[], None]:
        """What the watchdog does for code that is late; made once, as there are some dozens of calls an act."""
        found = self._late.get(id)
        if found is None:
            found = self._late[id] = functools.partial(self.run_apart, id)
        return found

    def runs_apart(self, id: str) -> bool:
        """Whether this code has overrun a while ago, and runs in threads of its own."""
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
            "%s took %.0f ms on %s, %.0f ms of it in its own code and the rest reading: all who list or move such "
            "items wait for it; how slow it is next is not written for %.0f s",
            id, took * 1000, ctx.record.key, own * 1000, _SILENCE,
        )  # fmt: skip

    # Apart

    def _call_apart(self, id: str, ctx: Seen, code: Callable[[Any], T]) -> T:
        """The same in a thread of its own: only who asks waits for it, until its time is up."""
        with self._lock:
            if self._left_behind >= _LEFT_BEHIND:
                raise PluginError(
                    id,
                    f"{_LEFT_BEHIND} calls that took too long have not ended, and no more are begun until one has",
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
                    ctx.work.raise_failure()
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
        here().apart = apart
        try:
            outcome = _Outcome(given=self._call_here(id, ctx, code))
        except BaseException as error:  # noqa: BLE001  # raised again where it was asked for
            outcome = _Outcome(error=error)
        if not apart.end(outcome):
            with self._lock:
                self._left_behind -= 1


#: Seconds between two looks at what runs apart.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.02


class _Outcome:
    """What a call apart gave, or raised."""

    def __init__(self, given: Any = None, error: BaseException | None = None) -> None:
        self._given, self._error = given, error

    def result(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._given


class _Apart:
    """One call in a thread of its own. It calls the engine where the act runs, as the connection belongs there."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[Callable[[], object] | _Outcome] = SimpleQueue()
        self._answers: SimpleQueue[_Outcome] = SimpleQueue()
        self._lock = threading.Lock()
        self._abandoned = self._ended = False

    # In the thread apart

    def at_home(self, verb: Callable[[], T]) -> T:
        """Have the engine's verb called where the act runs. Raises `Overrun` if nobody waits there any more."""

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
        """Hand over what came of it; answers whether somebody still waits for it."""
        with self._lock:
            self._ended = True
            self._asked.put(outcome)
            return not self._abandoned

    # At home

    def asked(self) -> Callable[[], object] | _Outcome | None:
        """The next thing to be done at home, or the outcome."""
        try:
            return self._asked.get_nowait()
        except Empty:
            return None

    def abandon(self) -> bool:
        """Wait no longer; answers `False` if it has just ended or asked for something."""
        with self._lock:
            if self._ended or not self._asked.empty():
                return False
            self._abandoned = True
            return True


def one_line(error: BaseException) -> str:
    """What was raised, in one line."""
    text = " ".join(str(error).split())
    if isinstance(error, DefinitionError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
