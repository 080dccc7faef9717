"""The settings of the scorecard: the target of each figure, and how far from it the light changes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from placet import Line, Settings, nearest
from placet_cobit.scorecard.lines import LINES


class ScorecardSettings(Settings):
    """Of the scorecard."""

    #: The target of a figure, by metric, in its unit; those that are left out have the target of the method.
    scorecard_targets: Mapping[Line, Decimal] = Field(default_factory=dict)
    #: Percent of its target by which a figure may miss it before its light is red; less than that is amber.
    scorecard_amber: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(10)

    @model_validator(mode="after")
    def _known(self) -> ScorecardSettings:
        known = [line.metric for line in LINES]
        for metric in self.scorecard_targets:
            if metric not in known:
                raise ValueError(
                    f'scorecard_targets: the scorecard has no "{metric}"{nearest(metric, known)}'
                )
        return self
