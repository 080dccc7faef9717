"""The change budget, and who has to decide on an issue.

Approved changes are paid from the change budget and not from a stage's budget.

Source: PRINCE2 7, practice issues: a change authority decides within limits, the board above them. The order of the
rules is ours: the highest authority that any of them demands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class Requirement:
    """The authority that an issue needs, and why."""

    authority: Authority
    reasons: tuple[str, ...]


@exact
def used(approved: Iterable[Decimal]) -> Decimal:
    """The part of the change budget that approved issues take."""
    return sum(approved, start=ZERO)


@exact
def left(budget: Decimal, approved: Iterable[Decimal]) -> Decimal:
    """The part of the change budget that is left; negative where the executive has decided beyond it."""
    return budget - used(approved)


@exact
def required_authority(
    effect: Effect, *, limit: Decimal, budget_left: Decimal, delegated: bool
) -> Requirement:
    """The authority that has to decide on an issue.

    Args:
        effect: of the recommended option.
        limit: what the change authority may decide on at once.
        budget_left: of the change budget.
        delegated: whether somebody holds the role of change authority.
    """
    if effect.breaks_project:
        return Requirement(Authority.BUSINESS_LAYER, ("it takes the project out of tolerance",))
    reasons = tuple(_beyond_delegation(effect, limit, budget_left))
    if not delegated:
        reasons += ("nobody is change authority",)
    if reasons:
        return Requirement(Authority.EXECUTIVE, reasons)
    if effect.baselines:
        return Requirement(Authority.CHANGE_AUTHORITY, ("it changes a baseline",))
    if effect.cost > 0:
        return Requirement(Authority.CHANGE_AUTHORITY, ("the change budget pays for it",))
    return Requirement(Authority.PROJECT_MANAGER, ("it changes no baseline",))


def _beyond_delegation(effect: Effect, limit: Decimal, budget_left: Decimal) -> Iterable[str]:
    if effect.breaks_stage:
        yield "it takes a stage out of tolerance"
    if effect.project_baseline:
        yield "it changes a baseline of the whole project"
    if effect.cost > limit:
        yield f"its cost of {effect.cost} is above the limit of {limit}"
    if effect.cost > budget_left:
        yield f"its cost of {effect.cost} is above the {budget_left} left in the change budget"
