"""An act of the desk reads no more rows of PostgreSQL among ten times as many items; rows are counted by the database.

Times would not show it before there are many more, and on a quiet machine. What is read once for a process, and by the
sealer beside the acts, is counted with them.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from pathlib import Path

import psycopg
import pytest

from benchmarks.desk.clients import Measured
from benchmarks.desk.desk import Databases
from benchmarks.desk.filling import fill
from benchmarks.desk.growth import costs
from benchmarks.desk.recording import record
from benchmarks.desk.site import Site

pytestmark = pytest.mark.greenlets

FEW, MANY = 400, 4000
#: Turns of which the rows are counted.
_COUNTED = 3
#: The rows among many items, of those among few: far less than one look at a whole table adds.
_NO_MORE = 1.2
_ROWS = "SELECT relname, seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def rows(site: Site) -> Counter[str]:
    """The rows of each table that were read so far. A connection reports its own when it ends."""
    with psycopg.connect(site.url, autocommit=True) as connection:
        while connection.execute(_OTHERS).fetchone() != (0,):
            connection.execute("SELECT pg_sleep(0.05)")
        return Counter(dict(connection.execute(_ROWS).fetchall()))


def read_among(runner: asyncio.Runner, site: Site, items: int) -> Counter[str]:
    """The rows that one person reads in some turns, among so many items."""
    fill(site, items)
    before = rows(site)
    record(runner, site, _COUNTED)
    after = rows(site)
    return after - before


def test_acts_read_as_many_rows_among_many_items_as_among_few(postgresql_server: str, tmp_path: Path) -> None:
    """The cost of an act does not grow with the number of items, whatever statements PostgreSQL plans how."""
    with asyncio.Runner() as runner:
        databases = Databases(runner, postgresql_server, tmp_path)
        few, many = (read_among(runner, databases.site("PostgreSQL"), items) for items in (FEW, MANY))

    assert few["items"] > 0
    assert many.total() <= _NO_MORE * few.total(), {name: (few[name], many[name]) for name in many}


def test_the_report_says_what_an_act_costs_the_processor() -> None:
    """Of the servers and of the database, each among many items and among few."""
    many, few = (
        Measured(
            times=defaultdict(list, {"submit": [0.1] * 4}), processor={"server": server, "database": database}
        )
        for server, database in ((0.020, 0.012), (0.016, 0.010))
    )

    assert (
        costs(many, few)
        == "ms of processor time an act: server 5.00 instead of 4.00, database 3.00 instead of 2.50"
    )
