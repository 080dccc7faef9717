"""A governed transition without HTTP, against the same reads and writes by hand.

On PostgreSQL both run as in the server: asyncpg, one event loop, a task for each client. On SQLite both run in threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import asyncpg

from benchmarks.by_hand import SqliteByHand, move
from benchmarks.houses import Filled
from benchmarks.rounds import Candidate, Effort, Line, Toggle, compare, in_tasks, in_threads, toggles
from benchmarks.toy import ACTOR, WORKSPACE
from placet.app import House
from placet.engine.act.people import Actor
from placet.store import bridge

ADA = Actor(ACTOR, "Ada")
CLIENTS = (1, 8)
AIM = 0.6
#: Both candidates work on the same tables, on items of their own.
OWN = 200


def governed(house: House, toggle: Toggle) -> None:
    """One transition."""
    number, transition = toggle.next()
    house.engine.transition(ADA, f"{WORKSPACE}-{number}", transition)


def placet_tasks(runner: asyncio.Runner, house: House, clients: list[Toggle]) -> Candidate:
    """Placet with a task for each client."""

    async def one(toggle: Toggle) -> None:
        await bridge.run(house.store, lambda: governed(house, toggle))

    return in_tasks(runner, [lambda t=each: one(t) for each in clients])  # type: ignore[misc]


def on_sqlite(filled: Filled, effort: Effort) -> list[Line]:
    """With threads."""
    house = filled.house()
    lines = []
    for n, clients in enumerate(CLIENTS):
        first, lock = filled.tasks.start + 2 * n * OWN, Lock()
        hands = [SqliteByHand(filled.url.removeprefix("sqlite:///"), lock) for _ in range(clients)]
        own = toggles(first, clients)
        theirs = toggles(first + OWN, clients)
        candidates = {
            "placet": in_threads([lambda t=t: governed(house, t) for t in own]),  # type: ignore[misc]
            "by hand": in_threads(
                [lambda h=h, t=t: h.move(*t.next(), ACTOR) for h, t in zip(hands, theirs, strict=True)]  # type: ignore[misc]
            ),
        }
        lines += compare(f"transition, SQLite, {clients} client(s)", candidates, {"by hand": AIM}, effort)
        for hand in hands:
            hand.close()
    house.close()
    return lines


@contextmanager
def opened(runner: asyncio.Runner, filled: Filled, size: int = 8) -> Iterator[tuple[House, asyncpg.Pool]]:
    """Placet and a pool of asyncpg's own over one database."""
    house = filled.house(asynchronous=True)

    async def make() -> asyncpg.Pool:
        return await asyncpg.create_pool(filled.url, min_size=size, max_size=size)

    pool = runner.run(make())
    try:
        yield house, pool
    finally:
        runner.run(pool.close())
        runner.run(bridge.run(house.store, house.close))


def on_postgresql(runner: asyncio.Runner, filled: Filled, effort: Effort) -> list[Line]:
    """With tasks."""
    lines = []
    with opened(runner, filled) as (house, pool):
        for n, clients in enumerate(CLIENTS):
            first = filled.tasks.start + 2 * n * OWN
            own, theirs = toggles(first, clients), toggles(first + OWN, clients)
            candidates = {
                "placet": placet_tasks(runner, house, own),
                "by hand": in_tasks(runner, [lambda t=t: move(pool, *t.next(), ACTOR) for t in theirs]),  # type: ignore[misc]
            }
            title = f"transition, PostgreSQL, {clients} client(s)"
            lines += compare(title, candidates, {"by hand": AIM}, effort)
    return lines
