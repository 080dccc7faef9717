"""The change budget, and who has to decide on an issue.

Approved changes are paid from the change budget and not from a stage's budget.

Source: PRINCE2 7, practice issues: a change authority decides within limits, the board above them. The order of the
rules is ours: the highest authority that any of them requires.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from placet import Fields, Line
from placet_prince2.numbers.exact import ZERO, exact


class Authority(StrEnum):
    """Who may decide on an issue, from the lowest to the highest."""

    PROJECT_MANAGER = "project_manager"
    CHANGE_AUTHORITY = "change_authority"
    EXECUTIVE = "executive"
    BUSINESS_LAYER = "business_layer"

    def covers(self, required: Authority) -> bool:
        """Whether this authority is as high as another, or higher."""
        order = tuple(Authority)
        return order.index(self) >= order.index(required)


class Rule(StrEnum):
    """A rule about the authority that an issue needs."""

    BREAKS_PROJECT = "breaks_project"
    BREAKS_STAGE = "breaks_stage"
    PROJECT_BASELINE = "project_baseline"
    ABOVE_LIMIT = "above_limit"
    ABOVE_BUDGET = "above_budget"
    NOT_DELEGATED = "not_delegated"
    BASELINE = "baseline"
    CHANGE_BUDGET = "change_budget"
    NO_BASELINE = "no_baseline"


#: The authority that each rule requires.
REQUIRED_AUTHORITY: Final[Mapping[Rule, Authority]] = {
    Rule.BREAKS_PROJECT: Authority.BUSINESS_LAYER,
    Rule.BREAKS_STAGE: Authority.EXECUTIVE,
    Rule.PROJECT_BASELINE: Authority.EXECUTIVE,
    Rule.ABOVE_LIMIT: Authority.EXECUTIVE,
    Rule.ABOVE_BUDGET: Authority.EXECUTIVE,
    Rule.NOT_DELEGATED: Authority.EXECUTIVE,
    Rule.BASELINE: Authority.CHANGE_AUTHORITY,
    Rule.CHANGE_BUDGET: Authority.CHANGE_AUTHORITY,
    Rule.NO_BASELINE: Authority.PROJECT_MANAGER,
}


class Reason(Fields):
    """A rule that applies to an issue, in words and with its figures."""

    rule: Rule
    said: Line


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of an issue's recommended option; money in the workspace's currency."""

    cost: Decimal
    #: Items under change control that it changes; and whether one of them is a baseline of the whole project.
    baselines: int = 0
    project_baseline: bool = False
    #: Whether it makes an aspect of a stage, or of the project, red.
    breaks_stage: bool = False
    breaks_project: bool = False


def authority_of(reasons: Iterable[Reason]) -> Authority | None:
    """The highest authority that one of the rules requires; `None` where none applies."""
    demanded = {REQUIRED_AUTHORITY[each.rule] for each in reasons}
    return next((each for each in reversed(Authority) if each in demanded), None)


@exact
def used(approved: Iterable[Decimal]) -> Decimal:
    """The part of the change budget that approved issues take."""
    return sum(approved, start=ZERO)


@exact
def left(budget: Decimal, approved: Iterable[Decimal]) -> Decimal:
    """The part of the change budget that is left; negative where the executive has decided beyond it."""
    return budget - used(approved)


@exact
def reasons(effect: Effect, *, limit: Decimal, budget_left: Decimal, delegated: bool) -> tuple[Reason, ...]:
    """The rules that apply to an issue: those of the highest authority that one of them requires.

    Args:
        effect: of the recommended option.
        limit: what the change authority may decide on at once.
        budget_left: of the change budget.
        delegated: whether somebody holds the role of change authority.
    """
    found = list(_applying(effect, limit, budget_left, delegated=delegated))
    highest = authority_of(found)
    return tuple(each for each in found if REQUIRED_AUTHORITY[each.rule] is highest)


def _applying(effect: Effect, limit: Decimal, left: Decimal, *, delegated: bool) -> Iterator[Reason]:
    cost = effect.cost
    applies: Iterable[tuple[Rule, bool, str]] = (
        (Rule.BREAKS_PROJECT, effect.breaks_project, "it takes the project out of tolerance"),
        (Rule.BREAKS_STAGE, effect.breaks_stage, "it takes a stage out of tolerance"),
        (Rule.PROJECT_BASELINE, effect.project_baseline, "it changes a baseline of the whole project"),
        (Rule.ABOVE_LIMIT, cost > limit, f"its cost of {cost} is above the limit of {limit}"),
        (Rule.ABOVE_BUDGET, cost > left, f"its cost of {cost} is above the {left} left in the change budget"),
        (Rule.NOT_DELEGATED, not delegated, "nobody is change authority"),
        (Rule.BASELINE, bool(effect.baselines), "it changes a baseline"),
        (Rule.CHANGE_BUDGET, cost > 0 and not effect.baselines, "the change budget pays for it"),
        (Rule.NO_BASELINE, True, "it changes no baseline"),
    )
    return (Reason(rule=rule, said=said) for rule, yes, said in applies if yes)
