"""The goals cascade: enterprise goals, alignment goals, and how far something serves them.

Source: COBIT 2019, goals cascade. The numbers of the 13 enterprise and 13 alignment goals are COBIT's, the words ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field

# fmt: off
#: number: (enterprise goal, alignment goal)
_GOALS = {
    "01": ("Competitive products and services",            "IT helps to comply with laws"),
    "02": ("Business risk under control",                  "Risk of IT under control"),
    "03": ("Compliance with laws and regulations",         "Benefits of investments in IT come about"),
    "04": ("Financial information to rely on",             "Figures about the cost of IT to rely on"),
    "05": ("A culture of service to customers",            "IT services deliver what the business needs"),
    "06": ("Services that go on and are there",            "What is needed becomes a solution quickly"),
    "07": ("Management information to rely on",            "Information and systems are safe and private"),
    "08": ("Business processes that work well",            "Applications and technology carry the processes"),
    "09": ("Business processes at the right cost",         "Programs on time, on budget and good enough"),
    "10": ("Able, willing and productive people",          "Information about IT to rely on"),
    "11": ("Compliance with the organization's own rules",        "IT keeps to the organization's own rules"),
    "12": ("A digital change that is managed",             "Able people who understand business and IT"),
    "13": ("New products and a new business",              "Knowledge and ideas for a new business"),
}
# fmt: on

ENTERPRISE_GOALS: Mapping[str, str] = MappingProxyType({f"EG{n}": titles[0] for n, titles in _GOALS.items()})
ALIGNMENT_GOALS: Mapping[str, str] = MappingProxyType({f"AG{n}": titles[1] for n, titles in _GOALS.items()})


def _one_of(goals: Mapping[str, str]) -> Callable[[str], str]:
    def known(goal: str) -> str:
        if goal not in goals:
            raise ValueError(f'"{goal[:20]}" is not a goal: take one of {", ".join(goals)}')
        return goal

    return known


#: Numbers of goals: `EG05`, `AG05`.
EnterpriseGoal = Annotated[
    str, AfterValidator(_one_of(ENTERPRISE_GOALS)), Field(json_schema_extra={"enum": [*ENTERPRISE_GOALS]})
]
AlignmentGoal = Annotated[
    str, AfterValidator(_one_of(ALIGNMENT_GOALS)), Field(json_schema_extra={"enum": [*ALIGNMENT_GOALS]})
]

#: The most that a goal can matter.
HIGHEST_PRIORITY = 5


def priority(goals: Iterable[str], importance: Mapping[str, int]) -> int:
    """How much an objective matters, 0 to 5: as much as the most important of its enterprise goals."""
    return max((importance.get(goal, 0) for goal in goals), default=0)


def alignment_score(served: Iterable[tuple[int, int]]) -> float:
    """How well something serves the objectives, 0 to 100, unrounded; 0 for what serves none.

    Args:
        served: contribution (1 or 2) and the priority (0-5) of the objective, for each.
    """
    links = list(served)
    weight = sum(contribution for contribution, _ in links)
    if not weight:
        return 0.0
    return (
        100 * sum(contribution * priority for contribution, priority in links) / (HIGHEST_PRIORITY * weight)
    )
