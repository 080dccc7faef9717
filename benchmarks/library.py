"""A governed transition without HTTP, against the same reads and writes by hand.

On PostgreSQL both run as in the server: asyncpg, one event loop, a task for each client. On SQLite both run in threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import asyncpg

from benchmarks.applications import Filled
from benchmarks.by_hand import SqliteByHand, move
from benchmarks.rounds import Candidate, Effort, Line, Toggle, compare, in_tasks, in_threads, toggles
from benchmarks.toy import ACTOR, WORKSPACE
from placet.app import Application
from placet.engine.act.people import Actor
from placet.store import bridge

ADA = Actor(ACTOR, "Ada")
CLIENTS = (1, 8)
AIM = 0.6
#: Both candidates work on the same tables, on items of their own.
OWN = 200


def governed(application: Application, toggle: Toggle) -> None:
    """One transition."""
    number, transition = toggle.next()
    application.engine.transition(ADA, f"{WORKSPACE}-{number}", transition)


def placet_tasks(runner: asyncio.Runner, application: Application, clients: list[Toggle]) -> Candidate:
    """Placet with a task for each client."""

    async def one(toggle: Toggle) -> None:
        await bridge.run(application.store, lambda: governed(application, toggle))

    return in_tasks(runner, [lambda t=each: one(t) for each in clients])  # type: ignore[misc]


def on_sqlite(filled: Filled, effort: Effort) -> list[Line]:
    """With threads."""
    application = filled.application()
    lines = []
    for n, clients in enumerate(CLIENTS):
        first, lock = filled.tasks.start + 2 * n * OWN, Lock()
        hands = [SqliteByHand(filled.url.removeprefix("sqlite:///"), lock) for _ in range(clients)]
        own = toggles(first, clients)
        theirs = toggles(first + OWN, clients)
        candidates = {
            "placet": in_threads([lambda t=t: governed(application, t) for t in own]),  # type: ignore[misc]
            "by hand": in_threads(
                [lambda h=h, t=t: h.move(*t.next(), ACTOR) for h, t in zip(hands, theirs, strict=True)]  # type: ignore[misc]
            ),
        }
        lines += compare(f"transition, SQLite, {clients} client(s)", candidates, {"by hand": AIM}, effort)
        for hand in hands:
            hand.close()
    application.close()
    return lines


@contextmanager
def opened(
    runner: asyncio.Runner, filled: Filled, size: int = 8
) -> Iterator[tuple[Application, asyncpg.Pool]]:
    """Placet and a pool of asyncpg's own over one database."""
    application = filled.application(asynchronous=True)

    async def make() -> asyncpg.Pool:
        return await asyncpg.create_pool(filled.url, min_size=size, max_size=size)

    pool = runner.run(make())
    try:
        yield application, pool
    finally:
        runner.run(pool.close())
        runner.run(bridge.run(application.store, application.close))


def on_postgresql(runner: asyncio.Runner, filled: Filled, effort: Effort) -> list[Line]:
    """With tasks."""
    lines = []
    with opened(runner, filled) as (application, pool):
        for n, clients in enumerate(CLIENTS):
            first = filled.tasks.start + 2 * n * OWN
            own, theirs = toggles(first, clients), toggles(first + OWN, clients)
            candidates = {
                "placet": placet_tasks(runner, application, own),
                "by hand": in_tasks(runner, [lambda t=t: move(pool, *t.next(), ACTOR) for t in theirs]),  # type: ignore[misc]
            }
            title = f"transition, PostgreSQL, {clients} client(s)"
            lines += compare(title, candidates, {"by hand": AIM}, effort)
    return lines
