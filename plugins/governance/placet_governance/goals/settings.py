"""The settings of goals and benefits, each with its default and unit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from placet import Settings
from placet_governance.goals.cascade import ENTERPRISE_GOALS, EnterpriseGoal


class GoalSettings(Settings):
    """Settings of objectives, benefits and improvements."""

    #: The priority of each enterprise goal for the organization, 0 to 5; by default 0.
    eg_importance: Mapping[EnterpriseGoal, Annotated[int, Field(ge=0, le=5)]] = Field(
        default_factory=lambda: dict.fromkeys(ENTERPRISE_GOALS, 3)
    )
    #: How much of a benefit's target may be missing at most, in percent.
    benefit_tolerance_most: Annotated[Decimal, Field(ge=0, lt=100)] = Decimal(25)
    #: Days between two reviews of an objective.
    objective_review: Annotated[int, Field(ge=1, le=3650)] = 90
    #: Days after an improvement was finished before its effect is measured.
    effect_after: Annotated[int, Field(ge=0, le=3650)] = 30
