"""The threads in which an asynchronous program waits for SQLite."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from contextvars import ContextVar
from threading import Thread, current_thread
from typing import Any, TypeVar

import anyio
import pytest
from patience import PATIENCE

from placet.store import threads as store_threads
from placet.store.threads import Threads

T = TypeVar("T")

_ASKED = ContextVar("_ASKED", default="nobody")


@pytest.fixture
def threads() -> Iterator[Threads]:
    """Threads that end with the test."""
    with closing(Threads()) as made:
        yield made


def _in_a_loop(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    async def done() -> T:
        async with asyncio.timeout(PATIENCE):
            return await work()

    return asyncio.run(done())


def _ended(those: list[Thread]) -> bool:
    for thread in those:
        thread.join(PATIENCE)
    return not any(thread.is_alive() for thread in those)


def test_work_is_done_beside_the_event_loop(threads: Threads) -> None:
    async def both() -> tuple[object, object]:
        return current_thread(), await threads.run(current_thread)

    loop, work = _in_a_loop(both)

    assert work is not loop


def test_work_one_after_the_other_is_done_in_one_thread(threads: Threads) -> None:
    """So the pages that it read last are in the cache of its connection."""

    async def several() -> set[object]:
        return {await threads.run(current_thread) for _ in range(20)}

    assert len(_in_a_loop(several)) == 1


def test_work_of_several_tasks_is_done_at_the_same_time(threads: Threads) -> None:
    together = threading.Barrier(5)

    async def several() -> list[int]:
        return await asyncio.gather(*(threads.run(lambda: together.wait(PATIENCE)) for _ in range(5)))

    assert sorted(_in_a_loop(several)) == [0, 1, 2, 3, 4]


def test_more_work_than_threads_waits_for_one_of_them(
    threads: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_threads, "_MOST", 2)

    async def several() -> list[Thread]:
        return await asyncio.gather(*(threads.run(current_thread) for _ in range(50)))

    found = _in_a_loop(several)

    assert len(found) == 50
    assert len(set(found)) <= 2


def test_an_error_of_the_work_is_raised_where_it_is_awaited(threads: Threads) -> None:
    def fail() -> None:
        raise LookupError("there is no such thing")

    async def failing() -> None:
        with pytest.raises(LookupError, match="there is no such thing"):
            await threads.run(fail)
        assert await threads.run(lambda: "the next one") == "the next one"

    _in_a_loop(failing)


def test_an_error_that_nothing_awaited_can_raise_is_reported_as_another(threads: Threads) -> None:
    async def failing() -> None:
        with pytest.raises(RuntimeError, match="StopIteration"):
            await threads.run(lambda: next(iter(())))

    _in_a_loop(failing)


def test_work_sees_the_context_of_its_task(threads: Threads) -> None:
    """A trace begins in the task, and goes on in the work."""

    async def asked() -> str:
        _ASKED.set("ann")
        return await threads.run(_ASKED.get)

    assert _in_a_loop(asked) == "ann"


def test_a_result_is_not_kept_after_its_task_had_it(threads: Threads) -> None:
    class Result:
        pass

    async def gone() -> bool:
        kept = weakref.ref(await threads.run(Result))
        # The thread that had it lets go of it before it takes the next work.
        await threads.run(lambda: None)
        return kept() is None

    gc.disable()
    try:
        assert _in_a_loop(gone)
    finally:
        gc.enable()


def test_a_request_that_is_given_up_waits_for_the_end_of_its_work(threads: Threads) -> None:
    """So nothing is taken from the work while it uses it."""
    begun, let_go = threading.Event(), threading.Event()
    ended: list[bool] = []

    def work() -> None:
        begun.set()
        ended.append(let_go.wait(PATIENCE))

    async def given_up() -> list[bool]:
        async with anyio.create_task_group() as group:
            group.start_soon(threads.run, work)
            await asyncio.to_thread(begun.wait)
            group.cancel_scope.cancel()
            asyncio.get_running_loop().call_later(0.01, let_go.set)
        return list(ended)

    assert _in_a_loop(given_up) == [True]


def test_work_that_waits_for_a_thread_is_not_begun_once_nobody_waits_for_it(
    threads: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_threads, "_MOST", 1)
    begun, let_go = threading.Event(), threading.Event()
    done: list[str] = []

    def first() -> None:
        begun.set()
        let_go.wait(PATIENCE)
        done.append("first")

    async def one_of_two() -> list[str]:
        working = asyncio.create_task(threads.run(first))
        await asyncio.to_thread(begun.wait)
        waiting = asyncio.create_task(threads.run(lambda: done.append("second")))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        let_go.set()
        await working
        await threads.run(lambda: done.append("third"))
        return done

    assert _in_a_loop(one_of_two) == ["first", "third"]


def test_an_idle_thread_ends_after_a_while(threads: Threads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_threads, "_IDLE", 0.01)

    async def one() -> Thread:
        return await threads.run(current_thread)

    first = _in_a_loop(one)
    assert _ended([first])

    assert _in_a_loop(one) is not first


def test_closing_ends_idle_threads_at_once_and_the_others_after_their_work(threads: Threads) -> None:
    """The last work closes them itself, and is one of them."""

    async def closing_last() -> list[Thread]:
        first, second = await asyncio.gather(threads.run(current_thread), threads.run(current_thread))
        await threads.run(threads.close)
        return [first, second]

    assert _ended(_in_a_loop(closing_last))


def test_work_after_closing_is_done_and_leaves_no_thread(
    threads: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test, or a program that ends, may still ask."""
    monkeypatch.setattr(store_threads, "_MOST", 1)
    threads.close()

    async def several() -> list[Thread]:
        return [await threads.run(current_thread) for _ in range(3)]

    found = _in_a_loop(several)

    assert len(found) == 3
    assert _ended(found)


def test_work_whose_loop_is_closed_before_its_end_lets_its_thread_go_on(threads: Threads) -> None:
    begun, let_go = threading.Event(), threading.Event()
    found: list[Thread] = []

    def work() -> None:
        found.append(current_thread())
        begun.set()
        let_go.wait(PATIENCE)

    async def left() -> None:
        waiting = asyncio.create_task(threads.run(work))
        await asyncio.to_thread(begun.wait)
        assert not waiting.done()

    _in_a_loop(left)
    let_go.set()

    async def next_one() -> Thread:
        return await threads.run(current_thread)

    assert _in_a_loop(next_one) is not None
    threads.close()
    assert _ended(found)
