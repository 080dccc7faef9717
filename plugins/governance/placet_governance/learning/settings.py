"""The settings of risks, each with its default and unit."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from placet import Settings


class RiskSettings(Settings):
    """Of risks."""

    #: Highest probability, in percent, of the levels 1 to 4; above the last it is 5.
    probability_bands: tuple[Decimal, Decimal, Decimal, Decimal] = (
        Decimal(5),
        Decimal(20),
        Decimal(50),
        Decimal(80),
    )
    #: Residual score (1-25) from which on the executive accepts a risk.
    executive_accepts_from: Annotated[int, Field(ge=1, le=25)] = 20

    @model_validator(mode="after")
    def _bands_rise(self) -> RiskSettings:
        bands = self.probability_bands
        if sorted(set(bands)) != list(bands) or not 0 < bands[0] <= bands[-1] < 100:  # noqa: PLR2004  # percent
            raise ValueError(
                f"probability_bands {', '.join(map(str, bands))}: write four rising percentages, such as 5, 20, 50, 80"
            )
        return self
