"""Threads in which the verbs of an asynchronous program wait for SQLite, or for the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from anyio import CancelScope

T = TypeVar("T")

#: Threads at most: further verbs wait for one of them.
_MOST = 40


class Threads:
    """The threads of one database.

    The event loop hands a verb over to them directly: the threads that FastAPI uses are reached by way of two turns of
    the loop, which is a twentieth of a request.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_MOST, "placet-verbs")

    async def run(self, verb: Callable[[], T]) -> T:
        """The result of a verb, which sees the context variables of the task.

        A task that is cancelled meanwhile waits for the end of the verb: it may commit.
        """
        loop, context = asyncio.get_running_loop(), copy_context()
        with CancelScope(shield=True):
            found = await loop.run_in_executor(self._pool, context.run, _called, verb)
        return found  # noqa: RET504  # for all that a type checker knows, the scope might swallow an error

    def close(self) -> None:
        """Let all threads end: the idle ones now, and the others after their verbs."""
        self._pool.shutdown(wait=False)


def _called(verb: Callable[[], T]) -> T:
    try:
        return verb()
    except StopIteration as error:
        # No future can have it: until Python 3.12, its task would wait for ever.
        raise RuntimeError("a verb raised StopIteration") from error
