"""Measuring: candidates take turns, so that whatever else a shared machine does hits all of them alike."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import median

import uvloop

#: Runs for some seconds and answers operations a second.
Candidate = Callable[[float], float]


@dataclass(frozen=True)
class Effort:
    """How long to measure, and on how much."""

    rounds: int
    #: Seconds that a candidate runs in one round.
    seconds: float
    small: int
    large: int


FULL = Effort(rounds=7, seconds=1.0, small=10_000, large=1_000_000)
QUICK = Effort(rounds=1, seconds=0.1, small=500, large=2_000)


@dataclass(frozen=True)
class Line:
    """One comparison: the first candidate against each of the others."""

    title: str
    rate: float
    other: str
    other_rate: float
    ratio: float
    aim: float | None

    @property
    def verdict(self) -> str:
        if self.aim is None:
            return ""
        return "reached" if self.ratio >= self.aim else "short"


def compare(
    title: str, candidates: Mapping[str, Candidate], aims: Mapping[str, float | None], effort: Effort
) -> list[Line]:
    """Measure in turns A B, B A, A B; ratios are medians over the rounds, each of neighbors in time."""
    for run in candidates.values():
        run(effort.seconds / 2)
    rates: dict[str, list[float]] = {name: [] for name in candidates}
    names = list(candidates)
    for n in range(effort.rounds):
        for name in names if n % 2 == 0 else reversed(names):
            rates[name].append(candidates[name](effort.seconds))
    first = names[0]
    return [
        Line(
            title,
            median(rates[first]),
            other,
            median(rates[other]),
            median(a / b for a, b in zip(rates[first], rates[other], strict=True)),
            aim,
        )
        for other, aim in aims.items()
    ]


@dataclass
class Toggle:
    """A client's own items, each started and stopped in turns, so that no two clients meet."""

    numbers: Sequence[int]
    _moves: Iterator[tuple[int, str]] | None = None

    def next(self) -> tuple[int, str]:
        """The next item's number and what to do with it."""
        if self._moves is None:
            self._moves = (
                (number, "start" if turn % 2 == 0 else "stop") for turn in count() for number in self.numbers
            )
        return next(self._moves)


def toggles(first: int, clients: int, each: int = 20) -> list[Toggle]:
    """Clients with `each` items of their own, numbered from `first` on."""
    return [Toggle(range(first + n * each, first + (n + 1) * each)) for n in range(clients)]


def in_threads(works: Sequence[Callable[[], object]]) -> Candidate:
    """One thread for each client."""

    def run(seconds: float) -> float:
        done = [0] * len(works)
        failed: list[Exception] = []
        until = time.perf_counter() + seconds

        def client(n: int) -> None:
            try:
                while time.perf_counter() < until:
                    works[n]()
                    done[n] += 1
            except Exception as error:  # noqa: BLE001  # raised below: a thread cannot
                failed.append(error)

        threads = [threading.Thread(target=client, args=(n,)) for n in range(len(works))]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]
        return sum(done) / (time.perf_counter() - began)

    return run


def in_tasks(runner: asyncio.Runner, works: Sequence[Callable[[], Awaitable[object]]]) -> Candidate:
    """One task for each client, in one event loop."""

    async def all_of(seconds: float) -> float:
        began = time.perf_counter()
        until = began + seconds

        async def client(work: Callable[[], Awaitable[object]]) -> int:
            done = 0
            while time.perf_counter() < until:
                await work()
                done += 1
            return done

        done = await asyncio.gather(*(client(work) for work in works))
        return sum(done) / (time.perf_counter() - began)

    return lambda seconds: runner.run(all_of(seconds))


def loop() -> asyncio.Runner:
    """The event loop that the server uses too."""
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)
