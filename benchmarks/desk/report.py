"""The results, in the form of the other comparisons: ratios first, then their details."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.desk.candidates import Candidate
from benchmarks.desk.clients import Measured
from benchmarks.desk.flow import ACTS
from benchmarks.rounds import Line

#: Aims of the busy desk: ratios to its own statements, to the peer, and of throughput with a worker to that without.
AIMS = {"floor": 0.4, "peer": 2.0, "worker": 0.85}
RETRIES_AIM, SPREAD_AIM, BULK_AIM = 0.05, 4.0, 5.0
_PLACET_ITSELF = ("server", "worker", "database")


def lines(title: str, first: Candidate, others: Sequence[tuple[Candidate, float | None]]) -> list[Line]:
    """Throughput, and acts per second of processor time, of one candidate against the others."""
    found = []
    for other, aim in others:
        ratio = median(a / b for a, b in zip(first.rates, other.rates, strict=True))
        found.append(Line(title, median(first.rates), other.name, median(other.rates), ratio, aim))
        mine, theirs = (1000 / each.total.per_act(*_PLACET_ITSELF) for each in (first, other))
        found.append(Line(f"{title}, a second of processor", mine, other.name, theirs, mine / theirs, None))
    return found


def details(title: str, candidates: Sequence[Candidate]) -> str:
    """The figures of each candidate, and of each act."""
    reported = [title]
    for each in candidates:
        total = each.total
        parts = [f"{name} {total.per_act(name):.2f}" for name in _PLACET_ITSELF if each.groups.get(name)]
        share = total.processor["clients"] / sum(total.processor.values())
        reported.append(
            f"  {each.name}: {total.rate:,.0f} acts/s; ms of processor time an act: {', '.join(parts)}; clients took"
            f" {share:.0%} of the processor; {total.retries / total.acts:.3f} retries an act;"
            f" {total.failures.total()} failures"
            + (f"; {median(each.left):,.0f} events were left to be delivered" if any(each.left) else "")
        )
    reported.append(_acts(candidates))
    return "\n".join(reported)


def _acts(candidates: Sequence[Candidate]) -> str:
    """p50 and p99 by act, in milliseconds."""
    names = [act.name for act in ACTS]
    width = max(map(len, names))
    head = "  ".join(f"{each.name:>21}" for each in candidates)
    rows = [f"  {'p50 / p99 ms':<{width}}  {head}"]
    for act in names:
        cells = []
        for each in candidates:
            seen = act in each.total.times
            quantiles = (
                f"{each.total.typical(act):.1f} / {each.total.quantile(act, 0.99):.1f}" if seen else ""
            )
            cells.append(f"{quantiles:>21}")
        rows.append(f"  {act:<{width}}  {'  '.join(cells)}")
    return "\n".join(rows)


def verdicts(title: str, candidate: Candidate) -> str:
    """Retries and slow answers of the desk, against their aims."""
    total = candidate.total
    retries = total.retries / total.acts
    spread, act = max((total.quantile(act, 0.99) / total.typical(act), act) for act in total.times)
    return (
        f"{title}, {candidate.name}: {retries:.3f} retries an act, aim below {RETRIES_AIM},"
        f" {_verdict(retries < RETRIES_AIM)}; p99 at most {spread:.1f} times p50 ({act}), aim below"
        f" {SPREAD_AIM:.0f}, {_verdict(spread < SPREAD_AIM)}"
    )


def bulk(title: str, moves: int, took: float, others: Measured) -> str:
    """The time that many moves in one request took."""
    return (
        f"{title}: a bulk move of {moves} took {took:.1f} s, aim {BULK_AIM:.0f} s, {_verdict(took <= BULK_AIM)};"
        f" meanwhile the others made {others.rate:,.0f} acts/s, with {others.failures.total()} failures"
    )


def _verdict(reached: bool) -> str:  # noqa: FBT001  # the question itself
    return "reached" if reached else "short"
