"""The settings of capability, each with its default and unit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated

from pydantic import Field, model_validator

from placet import Settings
from placet_cobit.capability.levels import Maturity, Rating

_Percent = Annotated[Decimal, Field(ge=0, le=100)]
_LETTERS = MappingProxyType({
    Rating.NOT: Decimal(0), Rating.PARTIALLY: Decimal(33), Rating.LARGELY: Decimal(67), Rating.FULLY: Decimal(100),
})  # fmt: skip


class CapabilitySettings(Settings):
    """Of capability."""

    #: The score of an activity that is given as a letter, in percent.
    letter_scores: Mapping[Rating, _Percent] = Field(default_factory=lambda: dict(_LETTERS))
    #: How the levels of objectives become the maturity of a focus area: the least of them, or their mean.
    maturity: Maturity = Maturity.MIN

    @model_validator(mode="after")
    def _every_letter(self) -> CapabilitySettings:
        missing = [letter.value for letter in Rating if letter not in self.letter_scores]
        if missing:
            raise ValueError(
                f"letter_scores has no score for {', '.join(missing)}: give one for N, P, L and F"
            )
        return self
