"""Samples of control tests: how many elements, and which.

The selection can be repeated by everybody: the population in the order of SHA-256 over the seed and the id of each
element, from its beginning. Source: sample sizes commonly used for tests of controls (see `docs/cobit.md`); COBIT 2019,
MEA02.03 and MEA04.05.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256

#: Frequencies at which a control operates.
PER_EVENT, CONTINUOUS = "per_event", "continuous"

# fmt: off
#: (largest population, sample, sample at high risk); without a bound the last line. `None` stands for all.
BY_POPULATION: tuple[tuple[int | None, int | None, int | None], ...] = (
    (4,    None, None),
    (12,   4,    6),
    (52,   8,    12),
    (250,  15,   25),
    (None, 25,   40),
)
#: By frequency of a periodic control: (sample, sample at high risk); `None` stands for all.
BY_FREQUENCY: Mapping[str, tuple[int | None, int | None]] = {
    "annual":     (1,  None),
    "semiannual": (1,  None),
    "quarterly":  (2,  2),
    "monthly":    (2,  4),
    "weekly":     (5,  10),
    "daily":      (15, 25),
}
# fmt: on
#: Elements for each version of the rules by which an automated control decided: the same code decides every time.
PER_VERSION, PER_VERSION_HIGH = 1, 2


def periodic(frequency: str) -> bool:
    """Whether a control operates at intervals, and not at every event."""
    return frequency in BY_FREQUENCY


def sample_size(population: int, frequency: str, *, high_risk: bool) -> int:
    """The number of elements to test, never more than there are."""
    if periodic(frequency):
        size = BY_FREQUENCY[frequency][high_risk]
    else:
        line = next(each for each in BY_POPULATION if each[0] is None or population <= each[0])
        size = line[1 + high_risk]
    return population if size is None else min(size, population)


def order(seed: str, elements: Iterable[str]) -> list[str]:
    """The elements, each once, in the order in which they are drawn."""
    return sorted(set(elements), key=lambda each: (sha256(f"{seed}|{each}".encode()).digest(), each))


def automated_sample(seed: str, versions: Mapping[str, str], *, high_risk: bool) -> list[str]:
    """For an automated control: the first elements of each version of the rules, by element."""
    by_version: defaultdict[str, list[str]] = defaultdict(list)
    for element in order(seed, versions):
        by_version[versions[element]].append(element)
    each = PER_VERSION_HIGH if high_risk else PER_VERSION
    drawn = {element for found in by_version.values() for element in found[:each]}
    return [element for element in order(seed, versions) if element in drawn]


def following(seed: str, population: Iterable[str], drawn: Collection[str], more: int) -> list[str]:
    """The next elements of the order that are not drawn yet; all that remain, if these are fewer."""
    return [each for each in order(seed, population) if each not in drawn][:more]
