"""A transition among a million items against one among ten thousand: both are Placet, on PostgreSQL."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from benchmarks.applications import Filled
from benchmarks.library import opened, placet_tasks
from benchmarks.rounds import Effort, Line, Toggle, compare

CLIENTS = 8
AIM = 0.9
#: Items that each client moves, spread over all there are.
_SPREAD = 100


def _spread(numbers: Sequence[int]) -> list[Toggle]:
    drawn = random.sample(numbers, min(CLIENTS * _SPREAD, len(numbers) // 2))
    return [Toggle(drawn[n::CLIENTS]) for n in range(CLIENTS)]


def growth(runner: asyncio.Runner, small: Filled, large: Filled, effort: Effort) -> list[Line]:
    """The large database first."""
    with opened(runner, small) as (in_small, _), opened(runner, large) as (in_large, _):
        # The first thousands of both belong to the other comparisons.
        candidates = {
            "large": placet_tasks(runner, in_large, _spread(large.tasks[len(large.tasks) // 2 :])),
            "small": placet_tasks(runner, in_small, _spread(small.tasks[len(small.tasks) // 2 :])),
        }
        title = f"transition among {len(large.tasks):,} items, {CLIENTS} clients"
        lines = compare(title, candidates, {"small": AIM}, effort)
    return [Line(**{**vars(line), "other": f"among {len(small.tasks):,}"}) for line in lines]
