"""Guards as they are stored: counters, by hash of their names.

See `placet.engine.act.guards` for their meaning. Two names may share a counter: then an act starts again needlessly;
with 65,536 counters that happens to a few acts in ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Select, bindparam, func, literal_column, select, true

from placet.engine.act.guards import Guard
from placet.store.statements import insert_into
from placet.store.tables import guards

#: The number of counters. Every process has to hash alike: changing it takes a migration without writers.
COUNTERS = 65_536


def bucket(name: str) -> int:
    """The id of a guard's counter."""
    return crc32(name.encode()) % COUNTERS


def buckets(names: Iterable[str]) -> list[int]:
    """The ids of the counters of some guards, each once, in the order in which they are locked."""
    return sorted({bucket(name) for name in names})


def count(connection: Connection, names: Iterable[str]) -> None:
    """Count some guards within a transaction, in the common order of locks."""
    counted = insert_into(connection, guards)
    more = counted.on_conflict_do_update(index_elements=[guards.c.id], set_={"count": guards.c.count + 1})
    for id in buckets(names):
        connection.execute(more, {"id": id, "count": 1})


def guarded(found: Select[Any], n: int) -> Select[Any]:
    """The result of a search together with `n` counters, in one statement, so that both are of one moment.

    There is one row even where nothing is found: its columns of items are empty.
    """
    rows = found.order_by(None).subquery("found")
    one = select(literal_column("1").label("one")).subquery("one")
    counts = [
        func.coalesce(
            select(guards.c.count)
            .where(guards.c.id == bindparam(f"guard_{k}", type_=guards.c.id.type))
            .scalar_subquery(),
            0,
        ).label(f"guard_{k}")
        for k in range(n)
    ]
    return (
        select(*counts, *rows.c)
        .select_from(one.outerjoin(rows, true()))
        .order_by(rows.c.workspace, rows.c.number)
    )


def asked(of: Sequence[Guard]) -> dict[str, int]:
    """The parameters of `guarded`."""
    return {f"guard_{k}": bucket(guard.name) for k, guard in enumerate(of)}


def seen(of: Sequence[Guard], row: Any) -> dict[Guard, int]:
    """The counters in a row that `guarded` gave."""
    return {guard: row[k] for k, guard in enumerate(of)}
