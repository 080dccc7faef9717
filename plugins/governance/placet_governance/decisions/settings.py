"""The settings of decisions, each with its default and unit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from placet import Settings
from placet_governance.decisions.fields import RightId


class DecisionSettings(Settings):
    """Of decisions."""

    #: Business days until a proposed decision goes to those who decide beyond the limit.
    decision_due: Annotated[int, Field(ge=1, le=60)] = 5
    #: The highest figure that those who decide first may decide on, by decision right, in the unit of the right: the
    #: workspace's currency, or percent. Above it those beyond the limit decide.
    decision_limits: Mapping[RightId, Annotated[Decimal, Field(ge=0)]] = Field(default_factory=dict)
