"""Threads in which the verbs of an asynchronous program wait for SQLite, or for the disk.

A thread hop of the library that FastAPI uses takes over a hundred calls of Python: it lets other tasks run twice before
it begins, and hands over through a queue that is written in Python. Here an idle thread gets its work directly, and
the one that was busy last comes first, as the pages of its last act are still in the cache of its connection.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from anyio import CancelScope

T = TypeVar("T")

#: Threads at most: further work waits for one of them.
_MOST = 40
#: Seconds until an idle thread ends, and its connection with it.
_IDLE = 10.0


class _Job:
    """Work of one task, which waits for its outcome."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._loop = asyncio.get_running_loop()
        self._context: Context = copy_context()
        self.outcome: asyncio.Future[Any] = self._loop.create_future()
        self._found: Any = None
        self._error: BaseException | None = None

    def do(self) -> None:
        """Do the work, in a thread, unless nobody waits for it any more. Its task learns of it when it is reported."""
        if self.outcome.cancelled():
            return
        try:
            self._found = self._context.run(self._work)
        except StopIteration as error:  # nothing that is awaited can raise it
            self._error = RuntimeError("the work raised StopIteration")
            self._error.__cause__ = error
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is the task's
            self._error = error

    def report(self) -> None:
        """Let the task go on, in its event loop."""
        try:
            self._loop.call_soon_threadsafe(self._settle)
        except RuntimeError:
            # Nobody waits any more where the loop was closed meanwhile.
            if not self._loop.is_closed():
                raise

    def _settle(self) -> None:
        if not self.outcome.cancelled():
            if self._error is None:
                self.outcome.set_result(self._found)
            else:
                self.outcome.set_exception(self._error)
        # An error knows, by its traceback, this job: together they would stay until the garbage is collected.
        self._found = self._error = None
        del self.outcome


class Threads:
    """The threads of one database, each of which ends when it was idle for a while."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._idle: list[_Thread] = []
        self._waiting: deque[_Job] = deque()
        self._started = 0
        self._closed = False

    async def run(self, work: Callable[[], T]) -> T:
        """The result of the work, done in a thread. A task that is cancelled meanwhile waits for its end.

        The work sees the context variables of the task.
        """
        with CancelScope(shield=True):
            found = await self._begun(work)
        return found  # noqa: RET504  # for all that a type checker knows, the scope might swallow an error

    def _begun(self, work: Callable[[], T]) -> asyncio.Future[T]:
        job = _Job(work)
        outcome = job.outcome
        with self._lock:
            if self._idle:
                self._idle.pop().jobs.put(job)
            elif self._started < _MOST:
                _Thread(self, job).start()
                self._started += 1  # not before, as a machine may have no thread left
            else:
                self._waiting.append(job)
        return outcome

    def next(self, thread: _Thread) -> _Job | None:
        """The job that waits longest, for a thread that has ended one; `None` if it is idle from now on, or ends."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._idle.append(thread)
            if self._closed:
                self._end_idle()
            return None

    def leaves(self, thread: _Thread) -> bool:
        """Whether a thread that was idle for long may end: otherwise it has just been given something."""
        with self._lock:
            if thread not in self._idle:
                return False
            self._idle.remove(thread)
            self._started -= 1
            return True

    def close(self) -> None:
        """Let all threads end: the idle ones now, and the others after their work."""
        with self._lock:
            self._closed = True
            self._end_idle()

    def _end_idle(self) -> None:
        while self._idle:
            self._idle.pop().jobs.put(None)
            self._started -= 1


class _Thread(Thread):
    """A thread, which begins with a job."""

    def __init__(self, threads: Threads, job: _Job) -> None:
        super().__init__(name="placet-verbs")
        self._threads = threads
        #: The next job; `None` ends the thread.
        self.jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self.jobs.put(job)

    def run(self) -> None:
        while True:
            try:
                job = self.jobs.get(timeout=_IDLE)
            except Empty:
                if self._threads.leaves(self):
                    return
                continue
            if job is None:
                return
            while job is not None:
                job.do()
                # Idle before its task goes on, whose next work it then gets.
                done, job = job, self._threads.next(self)
                done.report()
                del done
