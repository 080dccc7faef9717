"""The bridge on which asynchronous code runs the engine's synchronous verbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.util import greenlet_spawn

from placet.store.availability import answered
from placet.store.database import Database

T = TypeVar("T")


async def run(database: Database, verb: Callable[[], T]) -> T:
    """Run a verb without blocking the event loop.

    On an asynchronous store it needs no thread, as a thread hop costs as much as a transition itself; otherwise it
    runs in one.

    Raises:
        UnavailableError: the database or the disk is unavailable; besides the errors of the verb.
    """
    if not database.asynchronous:
        return await beside(database, verb)
    with answered(database.departure):
        return await greenlet_spawn(verb)


async def beside(database: Database, call: Callable[[], T]) -> T:
    """Run in a thread a call that waits for the disk and not for the database.

    Raises:
        UnavailableError: the disk is full; besides the errors of the call.
    """
    with answered(database.departure):
        return await database.threads.run(call)
