"""The answer that a history is too short for a figure: it is given in words, and never as a number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotEnoughData:
    """A history is too short for a figure."""

    #: The counted things, such as `finished items`.
    counted: str
    number: int
    needed: int

    def __str__(self) -> str:
        return f"not enough data: {self.number} {self.counted}, at least {self.needed} needed"
