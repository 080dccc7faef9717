"""The threads in which an asynchronous program waits for SQLite."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from contextvars import ContextVar
from threading import Thread, current_thread
from typing import Any, TypeVar

import anyio
import pytest
from patience import PATIENCE

from placet.store.threads import Threads

T = TypeVar("T")

_ASKED = ContextVar("_ASKED", default="nobody")


@pytest.fixture
def threads() -> Iterator[Threads]:
    """Threads that end with the test."""
    with closing(Threads()) as made:
        yield made


def _in_a_loop(task: Callable[[], Coroutine[Any, Any, T]]) -> T:
    async def done() -> T:
        async with asyncio.timeout(PATIENCE):
            return await task()

    return asyncio.run(done())


def test_a_verb_runs_beside_the_event_loop(threads: Threads) -> None:
    async def both() -> tuple[object, object]:
        return current_thread(), await threads.run(current_thread)

    loop, verb = _in_a_loop(both)

    assert verb is not loop


def test_verbs_of_several_tasks_run_at_the_same_time(threads: Threads) -> None:
    together = threading.Barrier(16)

    async def several() -> list[int]:
        return await asyncio.gather(*(threads.run(lambda: together.wait(PATIENCE)) for _ in range(16)))

    assert sorted(_in_a_loop(several)) == list(range(16))


def test_an_error_of_the_verb_is_raised_where_it_is_awaited(threads: Threads) -> None:
    def fail() -> None:
        raise LookupError("there is no such thing")

    async def failing() -> str:
        with pytest.raises(LookupError, match="there is no such thing"):
            await threads.run(fail)
        return await threads.run(lambda: "the next one")

    assert _in_a_loop(failing) == "the next one"


def test_an_error_that_nothing_awaited_can_raise_is_reported_as_another(threads: Threads) -> None:
    async def failing() -> None:
        with pytest.raises(RuntimeError, match="StopIteration"):
            await threads.run(lambda: next(iter(())))

    _in_a_loop(failing)


def test_a_verb_sees_the_context_of_its_task(threads: Threads) -> None:
    """A trace begins in the task, and goes on in the verb."""

    async def asked() -> str:
        _ASKED.set("ann")
        return await threads.run(_ASKED.get)

    assert _in_a_loop(asked) == "ann"


def test_a_request_that_is_given_up_waits_for_the_end_of_its_verb(threads: Threads) -> None:
    """So nothing is taken from the verb while it uses it."""
    begun, let_go = threading.Event(), threading.Event()
    ended: list[bool] = []

    def verb() -> None:
        begun.set()
        ended.append(let_go.wait(PATIENCE))

    async def given_up() -> list[bool]:
        async with anyio.create_task_group() as group:
            group.start_soon(threads.run, verb)
            await asyncio.to_thread(begun.wait)
            group.cancel_scope.cancel()
            asyncio.get_running_loop().call_later(0.01, let_go.set)
        return list(ended)

    assert _in_a_loop(given_up) == [True]


def test_closing_ends_idle_threads_and_the_others_after_their_verbs(threads: Threads) -> None:
    """The last verb closes them itself, and runs in one of them."""

    async def closing_last() -> list[Thread]:
        first = await threads.run(current_thread)

        def last() -> Thread:
            threads.close()
            return current_thread()

        return [first, await threads.run(last)]

    found = _in_a_loop(closing_last)
    for thread in found:
        thread.join(PATIENCE)

    assert not any(thread.is_alive() for thread in found)
