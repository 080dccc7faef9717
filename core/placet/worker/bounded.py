"""Foreign code, called with a time limit.

Python cannot end a thread. A call that takes longer is therefore abandoned in a thread of its own, and the caller goes
on. Each caller may abandon a few calls only, so that a plugin that never ends does not use up the machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

#: Abandoned calls after which no further call is made.
LEFT_BEHIND = 4


class OverdueError(Exception):
    """A call did not end in time. It goes on in its thread, and its result is ignored."""


class CrowdedError(Exception):
    """A call is not made, because too many earlier ones have not ended."""


class BoundedCalls:
    """Calls of one plugin. Safe to share between threads."""

    def __init__(self, whose: str, seconds: float) -> None:
        self._whose = whose
        self._seconds = seconds
        self._lock = threading.Lock()
        self._idle: list[_Caller] = []
        self._left = 0
        self._closed = False

    def call(self, do: Callable[[], T]) -> T:
        """Make a call; returns its result, or raises its error.

        Raises:
            CrowdedError: the call was not made.
            OverdueError: the call did not end in time.
        """
        with self._lock:
            if self._left >= LEFT_BEHIND:
                raise CrowdedError(
                    f"{self._left} calls of {self._whose} have not ended, and no further one is made until one does or "
                    "the worker is started again"
                )
            caller = self._idle.pop() if self._idle else _Caller(self._whose)
        answer = caller.ask(do)
        try:
            found: T = answer.result(self._seconds)
        except TimeoutError:
            if answer.done():
                # The called function raised it itself.
                self._keep(caller)
                raise
            with self._lock:
                self._left += 1
            answer.add_done_callback(lambda _: self._came_back(caller))
            raise OverdueError(f"it had not ended after {self._seconds:g} s") from None
        except BaseException:
            self._keep(caller)
            raise
        self._keep(caller)
        return found

    def close(self) -> None:
        """Let its threads end; those of abandoned calls end when these return."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for caller in idle:
            caller.end()

    def _keep(self, caller: _Caller) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(caller)
                return
        caller.end()

    def _came_back(self, caller: _Caller) -> None:
        with self._lock:
            self._left -= 1
        self._keep(caller)


class _Caller:
    """A thread that makes one call after the other, and never keeps a process from ending."""

    def __init__(self, whose: str) -> None:
        self._asked: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        threading.Thread(target=self._run, name=f"placet-{whose}", daemon=True).start()

    def ask(self, do: Callable[[], Any]) -> Future[Any]:
        answer: Future[Any] = Future()
        self._asked.put((answer, do))
        return answer

    def end(self) -> None:
        self._asked.put(None)

    def _run(self) -> None:
        while (asked := self._asked.get()) is not None:
            answer, do = asked
            try:
                answer.set_result(do())
            except BaseException as error:  # noqa: BLE001  # raised in the caller's thread
                answer.set_exception(error)
            del asked, answer, do
