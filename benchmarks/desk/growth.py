"""The desk among ten thousand items and among a million: both are Placet on PostgreSQL, in pairs close in time.

The items are closed copies of the items of one person, with all the rows that are searched; of their histories only
the first event is copied. The number of configuration items grows with them, as it does in an organization: so a search
by one of them finds as many items in either database, and only the tables and their trees are larger.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp, log
from statistics import fmean

import psycopg

from benchmarks.desk import candidates
from benchmarks.desk.candidates import Candidate
from benchmarks.desk.clients import Measured
from benchmarks.desk.recording import Recorded, record
from benchmarks.desk.site import FIRST_NUMBER, PEOPLE, WORKSPACE, Site
from benchmarks.desk.templates import number_of
from benchmarks.rounds import Effort, Line
from placet.store import tables

#: Turns whose items are copied.
_SAMPLES = 4
#: Time between the changes for copying and those of the measured people: their schedules must not overlap.
_BEFORE = timedelta(days=2)
#: The first number of a copy, and the number of copies for one configuration item.
_COPIES = 20 * FIRST_NUMBER
_ON_ONE = 25
#: Time between the planned starts of copies, back into the past.
_APART = "4 hours"
_PROCESSES = 2
_RESAMPLES = 5000

_COPIED = (
    tables.items, tables.item_states, tables.item_values, tables.item_roles, tables.links, tables.evidence,
    tables.timers, tables.item_spans,
)  # fmt: skip
#: Columns of a copy that differ from the original.
_OTHERWISE = {
    "number": "{number}",
    "state": "'closed'",
    "category": "'done'",
    "status": "'met'",
    "due_at": "NULL",
    "starts": f"starts - (k + 1) * interval '{_APART}'",
    "ends": f"ends - (k + 1) * interval '{_APART}'",
    "id": "uuidv7()::text",
    "decided": "{number}",
    "position": "{number}",
}
_TEXTS = {"fields": "jsonb", "body": "jsonb", "value": "text"}


@dataclass(frozen=True)
class _Sample:
    """An item that is copied, and the values that are replaced in its copies besides its key."""

    key: str
    ci: str
    #: The planned start of the change of its turn.
    start: datetime


def fill(site: Site, recorded: Sequence[Recorded], items: int) -> None:
    """Copy the items of recorded turns until there are `items` of them."""
    copies = items // (2 * len(recorded))
    with psycopg.connect(site.url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        searched = [
            index for table in _COPIED for index in sorted(table.indexes, key=lambda each: each.name or "")
        ]
        definitions = [_definition(connection, str(index.name)) for index in searched]
        for index in searched:
            connection.execute(f"DROP INDEX {index.name}")
        samples = [
            _Sample(key, site.cis[each.turn.ci], each.turn.start)
            for each in recorded for key in each.keys.values()
        ]  # fmt: skip
        for n, sample in enumerate(samples):
            number = f"({_COPIES} + k * {len(samples)} + {n})"
            _copy(connection, sample, number, f"generate_series(0, {copies - 1}) AS k")
        for definition in definitions:
            connection.execute(definition)
        connection.execute("SELECT setval('decisions', max(decided)) FROM events")
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _definition(connection: psycopg.Connection, index: str) -> str:
    row = connection.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", (index,)).fetchone()
    if row is None:
        raise AssertionError(f"there is no index {index}")
    return str(row[0])


def _copy(connection: psycopg.Connection, sample: _Sample, number: str, copies: str) -> None:
    """Copy one item in all tables that have it; each copy has a number of its own."""
    start = f"{sample.start:%Y-%m-%dT%H:%M}"
    earlier = f"to_char(timestamp '{start}' - (k + 1) * interval '{_APART}', 'YYYY-MM-DD\"T\"HH24:MI')"
    replaced = (
        f"replace(replace(replace({{column}}::text, '{sample.key}', '{WORKSPACE}-' || {number}),"
        f" '{sample.ci}', '{WORKSPACE}-' || ({2 * _COPIES} + k / {_ON_ONE})), '{start}', {earlier})"
    )
    its_own = f"workspace = '{WORKSPACE}' AND number = {number_of(sample.key)}"
    for table in (*_COPIED, tables.events):
        logged = table is tables.events
        values = [
            f"{replaced.format(column=column.name)}::{_TEXTS[column.name]}"
            if column.name in _TEXTS and not logged
            else _OTHERWISE.get(column.name, column.name).format(number=number)
            for column in table.c
        ]
        names = ", ".join(column.name for column in table.c)
        only = " AND seq = 1" if logged else ""
        connection.execute(
            f"INSERT INTO {table.name} ({names}) SELECT {', '.join(values)}"
            f" FROM {copies}, {table.name} WHERE {its_own}{only}"
        )
    connection.execute(
        "INSERT INTO positions (position, workspace, number, seq, kind, actor)"
        f" SELECT {number}, workspace, {number}, seq, kind, actor FROM {copies}, events WHERE {its_own} AND seq = 1"
    )


def growth(
    runner: asyncio.Runner, small: Site, large: Site, database: list[int], effort: Effort, *, seconds: float
) -> tuple[list[Line], str, list[Candidate]]:
    """Compare the large database with the small one: the ratio with its interval."""
    for site, items in ((small, effort.small), (large, effort.large)):
        print(f"filling a desk with {items:,} items ...", flush=True)
        sampled = replace(site, origin=site.origin - _BEFORE)
        fill(site, record(runner, sampled, _SAMPLES).turns, items)
    common = {"processes": _PROCESSES, "people": PEOPLE, "worker": False, "database": database, "webhook": ""}
    with candidates.placet(small, **common) as few, candidates.placet(large, **common) as many:
        for each in (many, few):
            candidates.warm(runner, each, seconds)
        for n in range(2 * effort.rounds):
            for each in (many, few) if n % 2 == 0 else (few, many):
                runner.run(each.run(seconds))
    ratios = [a / b for a, b in zip(many.rates, few.rates, strict=True)]
    middle, low, high = interval(ratios)
    title = f"desk among {effort.large:,} items, PostgreSQL, {PEOPLE} at once"
    line = Line(title, fmean(many.rates), f"among {effort.small:,}", fmean(few.rates), middle, None)
    verdict = "slower" if high < 1 else "no slower beyond the interval"
    share = f"{middle:.2f} of the rate among {effort.small:,}, 95 % between {low:.2f} and {high:.2f}"
    reported = f"{title}: {share}: {verdict}; {costs(many.total, few.total)}"
    return [line], reported, [many, few]


def costs(many: Measured, few: Measured) -> str:
    """Processor time, in which other work of the machine has less part than in rates."""
    parts = (
        f"{group} {many.per_act(group):.2f} instead of {few.per_act(group):.2f}"
        for group in ("server", "database")
    )
    return f"ms of processor time an act: {', '.join(parts)}"


def interval(ratios: Sequence[float]) -> tuple[float, float, float]:
    """The geometric mean of ratios of pairs, and its 95 % confidence interval (bootstrap over the pairs)."""
    logs, draw = [log(each) for each in ratios], random.Random(0)
    means = sorted(fmean(draw.choices(logs, k=len(logs))) for _ in range(_RESAMPLES))
    low, high = means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES)]
    return exp(fmean(logs)), exp(low), exp(high)
