"""Reading: explaining an item with twelve transitions, and a page of 50 out of all items."""

from __future__ import annotations

import asyncio
import random
from base64 import urlsafe_b64decode
from datetime import datetime

import asyncpg
import orjson

from benchmarks.applications import Filled
from benchmarks.by_hand import READ_ONE
from benchmarks.library import ADA, opened
from benchmarks.rounds import Effort, Line, compare, in_tasks
from benchmarks.toy import WORKSPACE
from placet.store import bridge, cursors

PAGE = 50
#: Pages somewhere in the middle are asked for with one of so many cursors.
_PLACES = 200
_LIST = (
    "SELECT * FROM items WHERE workspace = $1 AND (created_at, workspace, number) > ($2, $1, $3)"
    f" ORDER BY created_at, workspace, number LIMIT {PAGE + 1}"
)


def explain(runner: asyncio.Runner, filled: Filled, effort: Effort) -> list[Line]:
    """Against one SELECT of the same item."""
    number = int(filled.hub.rpartition("-")[2])
    with opened(runner, filled) as (application, pool):
        explanation = runner.run(
            bridge.run(application.store, lambda: application.engine.explain(ADA, filled.hub))
        )
        if len(explanation.previews) != 12:
            raise AssertionError("the hub has other transitions than said")
        candidates = {
            "placet": in_tasks(
                runner,
                [lambda: bridge.run(application.store, lambda: application.engine.explain(ADA, filled.hub))],
            ),
            "one SELECT": in_tasks(runner, [lambda: pool.fetchrow(READ_ONE, WORKSPACE, number)]),
        }
        return compare("explain 12 transitions", candidates, {"one SELECT": None}, effort)


def listing(runner: asyncio.Runner, filled: Filled, effort: Effort) -> list[Line]:
    """Against keyset SQL with the JSON read; at random places, oldest first."""
    with opened(runner, filled) as (application, pool):
        places = _places(runner, filled)
        query = runner.run(
            bridge.run(
                application.store,
                lambda: application.engine.reports.item_query(
                    ADA, workspace=WORKSPACE, sort="created_at", limit=PAGE
                ),
            )
        )
        first = runner.run(
            bridge.run(application.store, lambda: application.engine.reports.items(ADA, query))
        )
        starts = [_moved(first.next_cursor, at, number) for at, number in places]

        def governed() -> None:
            cursor = random.choice(starts)
            asked = application.engine.reports.item_query(
                ADA, workspace=WORKSPACE, sort="created_at", limit=PAGE, cursor=cursor
            )
            if len(application.engine.reports.items(ADA, asked).rows) != PAGE:
                raise AssertionError("a page is not full")

        async def by_hand() -> None:
            at, number = random.choice(places)
            rows = await pool.fetch(_LIST, WORKSPACE, at, number)
            if (
                len([(row, orjson.loads(row["fields"]), orjson.loads(row["body"])) for row in rows])
                != PAGE + 1
            ):
                raise AssertionError("a page is not full")

        candidates = {
            "placet": in_tasks(runner, [lambda: bridge.run(application.store, governed)]),
            "keyset SQL": in_tasks(runner, [by_hand]),
        }
        title = f"list {PAGE} of {len(filled.tasks):,} items"
        return compare(title, candidates, {"keyset SQL": None}, effort)


def _places(runner: asyncio.Runner, filled: Filled) -> list[tuple[datetime, int]]:
    """(created at, number) of rows spread over all."""

    async def read() -> list[tuple[datetime, int]]:
        connection = await asyncpg.connect(filled.url)
        last = len(filled.tasks) - PAGE - 10
        numbers = [filled.tasks[random.randrange(last)] for _ in range(_PLACES)]
        rows = await connection.fetch("SELECT created_at, number FROM items WHERE number = ANY($1)", numbers)
        await connection.close()
        return [(row["created_at"], row["number"]) for row in rows]

    return runner.run(read())


def _moved(cursor: str | None, at: datetime, number: int) -> str:
    """A cursor of the same list, elsewhere."""
    if cursor is None:
        raise AssertionError("the list has one page only")
    of, *kept = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    # Everything but the place itself, which is at the end.
    return cursors.encode(of, [*kept[:-3], at.isoformat(), WORKSPACE, number])
