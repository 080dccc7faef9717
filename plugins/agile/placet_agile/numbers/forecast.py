"""Forecasts from past throughput: when a number of items will be done, and how many will be done by a day.

The future is drawn from the past, many times over: each coming day finishes as many items as some day of the recent
past did, chosen at random. The answer for a confidence is what so many percent of the runs reached. Nobody is asked
for an estimate, and nothing is assumed about the form of the distribution.

Source: Monte Carlo simulation of throughput, as practiced with Kanban. NumPy draws the days, as a forecast for a
backlog of some hundred items takes millions of them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from placet_agile.numbers.enough import NotEnoughData
from placet_agile.numbers.percentiles import rank

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The shortest history, in days, and the fewest items finished in it.
LEAST_DAYS, LEAST_FINISHED = 20, 10
#: Days after which a run is given up.
LONGEST = 3650
#: Days that are drawn at a time at most, and draws: they are held in memory.
_BLOCK, _DRAWS = 64, 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """How a forecast is made."""

    seed: int
    runs: int = 10_000
    percents: tuple[int, ...] = (50, 70, 85, 95)
    #: The number of items that one becomes on the way, as items are split: 1.2 for a fifth more.
    split_rate: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The answer for each confidence in percent; `None` where it lies beyond ten years."""

    answers: Mapping[int, int | None]
    #: The sampled days, and the items finished in them.
    days: int
    finished: int
    runs: int


def seed_of(team: str, as_of: date) -> int:
    """A seed with which the same question gives the same answer all day, and each team has its own."""
    digest = hashlib.sha256(f"{team} {as_of.isoformat()}".encode()).digest()
    return int.from_bytes(digest[:8])


def sampled_days(as_of: date, window: int, started: date) -> tuple[date, date] | None:
    """The first and the last day of the samples; `None` if there is none.

    These are the last complete days, up to so many: today is not over, and before the team started its first item, a
    day without a finished one says nothing.
    """
    first, last = max(as_of - timedelta(days=window), started), as_of - timedelta(days=1)
    return (first, last) if first <= last else None


def days_until_done(samples: Sequence[int], items: int, plan: Plan) -> Forecast | NotEnoughData:
    """For each confidence, the days after which a number of items is done.

    Args:
        samples: items finished on each day of the past, days without any included.
        items: the number of items that are left, before any is split.
        plan: how the forecast is made.
    """
    if (missing := _missing(samples)) is not None:
        return missing
    left = math.ceil(items * plan.split_rate)
    return _answered(samples, plan, _run_until(samples, left, plan), LONGEST)


def items_within(samples: Sequence[int], days: int, plan: Plan) -> Forecast | NotEnoughData:
    """For each confidence, the number of items that will be done within so many days, at least.

    Args:
        samples: items finished on each day of the past, days without any included.
        days: the days to come.
        plan: how the forecast is made; items that are done are not split any more.
    """
    if (missing := _missing(samples)) is not None:
        return missing
    return _answered(samples, plan, -_run_for(samples, days, plan), None)


def _missing(samples: Sequence[int]) -> NotEnoughData | None:
    if len(samples) < LEAST_DAYS:
        return NotEnoughData("days of history", len(samples), LEAST_DAYS)
    if sum(samples) < LEAST_FINISHED:
        return NotEnoughData("finished items", sum(samples), LEAST_FINISHED)
    return None


def _answered(samples: Sequence[int], plan: Plan, outcomes: NDArray[np.int64], limit: int | None) -> Forecast:
    """The outcomes of all runs, the better ones being smaller, as an answer for each confidence."""
    outcomes.sort()
    answers: dict[int, int | None] = {}
    for percent in plan.percents:
        answer = int(outcomes[rank(plan.runs, percent) - 1])
        answers[percent] = None if limit is not None and answer > limit else abs(answer)
    return Forecast(answers, len(samples), sum(samples), plan.runs)


def _run_until(samples: Sequence[int], items: int, plan: Plan) -> NDArray[np.int64]:
    """For each run, the day on which the items were done; one day more than the longest time if they were not."""
    import numpy as np  # noqa: PLC0415  # it is large, and most acts forecast nothing

    past, generator = np.asarray(samples), np.random.default_rng(plan.seed)
    outcomes = np.where(np.full(plan.runs, items) > 0, LONGEST + 1, 0)
    left = np.full(plan.runs, items)
    unfinished = np.flatnonzero(left > 0)
    passed = 0
    while passed < LONGEST and unfinished.size:
        block = min(_block(plan), LONGEST - passed)
        done = generator.choice(past, (unfinished.size, block)).cumsum(axis=1)
        reached = done >= left[unfinished, None]
        ended = reached[:, -1]
        outcomes[unfinished[ended]] = passed + 1 + reached[ended].argmax(axis=1)
        left[unfinished] -= done[:, -1]
        unfinished = unfinished[~ended]
        passed += block
    return outcomes


def _run_for(samples: Sequence[int], days: int, plan: Plan) -> NDArray[np.int64]:
    """For each run, the number of items that were done after so many days."""
    import numpy as np  # noqa: PLC0415  # it is large, and most acts forecast nothing

    past, generator = np.asarray(samples), np.random.default_rng(plan.seed)
    outcomes = np.zeros(plan.runs, dtype=np.int64)
    for passed in range(0, days, _block(plan)):
        outcomes += generator.choice(past, (plan.runs, min(_block(plan), days - passed))).sum(axis=1)
    return outcomes


def _block(plan: Plan) -> int:
    """Days that are drawn at a time for all runs."""
    return max(1, min(_BLOCK, _DRAWS // plan.runs))
