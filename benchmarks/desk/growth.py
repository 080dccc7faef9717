"""The desk among ten thousand items and among a million: both are Placet on PostgreSQL, in pairs close in time.

The items are those of `filling`. The number of configuration items grows with them, as it does in an organization: so a
search by one of them finds as many items in either database, and only the tables and their trees are larger.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from math import exp, log
from statistics import fmean

from benchmarks.desk import candidates
from benchmarks.desk.candidates import Candidate
from benchmarks.desk.clients import Measured
from benchmarks.desk.filling import fill
from benchmarks.desk.site import PEOPLE, Site
from benchmarks.rounds import Effort, Line

_PROCESSES = 2
_RESAMPLES = 5000


def growth(
    runner: asyncio.Runner, small: Site, large: Site, database: list[int], effort: Effort, *, seconds: float
) -> tuple[list[Line], str, list[Candidate]]:
    """Compare the large database with the small one: the ratio with its interval."""
    for site, items in ((small, effort.small), (large, effort.large)):
        print(f"filling a desk with {items:,} items ...", flush=True)
        began = time.monotonic()
        fill(site, items)
        print(f"  {time.monotonic() - began:.0f} s", flush=True)
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
