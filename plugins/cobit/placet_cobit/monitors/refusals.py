"""Refusals that were wrong: the same item passed the same transition later, and nothing of it had changed.

A refusal is what a control is for, and counts as a failure of the control only if it was none of the item's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attempt:
    """An event of an item that moved it, or was refused to."""

    id: str
    item: str
    #: Its number in the item's history, of which other events have the others.
    seq: int
    transition: str
    refused: bool
    #: It came with other values, or brought them about.
    changed: bool = False


def wrong(attempts: Iterable[Attempt]) -> frozenset[str]:
    """The ids of refusals after which the item made the transition with nothing but refusals in between."""
    by_item: defaultdict[str, list[Attempt]] = defaultdict(list)
    for each in attempts:
        by_item[each.item].append(each)
    return frozenset(id for found in by_item.values() for id in _wrong_of(found))


def _wrong_of(found: Sequence[Attempt]) -> Iterable[str]:
    by_seq: Mapping[int, Attempt] = {each.seq: each for each in found}
    for passed in found:
        if passed.refused or passed.changed:
            continue
        seq = passed.seq - 1
        while (before := by_seq.get(seq)) is not None and before.refused:
            if before.transition == passed.transition:
                yield before.id
            seq -= 1
