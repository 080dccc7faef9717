"""The settings of trains, each with its default, unit and source."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from placet import Settings


class TrainSettings(Settings):
    """Of trains."""

    #: Whether teams plan intervals together, as in SAFe.
    safe_enabled: bool = False
    #: Days that a planning interval lasts, at least and at most (SAFe: 8 to 12 weeks).
    pi_days: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(le=366)]] = (56, 84)
    #: The mean vote of confidence, of 1 to 5, with which a planning interval starts.
    min_confidence: Annotated[float, Field(ge=1, le=5)] = 3

    @model_validator(mode="after")
    def _in_order(self) -> TrainSettings:
        if self.pi_days[0] > self.pi_days[1]:
            raise ValueError(f"pi_days {self.pi_days[0]}, {self.pi_days[1]}: write the least days first")
        return self
