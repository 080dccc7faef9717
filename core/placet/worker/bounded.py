"""Foreign code, called with a time limit.

Python cannot end a thread. So what takes longer is left to itself in a thread of its own, and who called goes on;
of one caller only so many calls are left behind, so that a plugin that never ends does not take the machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

#: Calls that may be left behind before no further one is made.
LEFT_BEHIND = 4


class OverdueError(Exception):
    """A call did not end in time. It goes on by itself, and nobody learns what becomes of it."""


class CrowdedError(Exception):
    """A call is not made, since too many before it have not ended."""


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
        """Do something, and answer what it answers or raise what it raises.

        Raises:
            CrowdedError: it was not made.
            OverdueError: it did not end in time.
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
                # What was called raised it itself.
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
        """Let its threads end; those of calls that were left behind do so when these come back."""
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
    """A thread that does one thing after the other, and never keeps a process from ending."""

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
            except BaseException as error:  # noqa: BLE001  # raised where it was asked for
                answer.set_exception(error)
            del asked, answer, do
