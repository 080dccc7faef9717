"""Figures for people: rounded for reading, while everything is decided with the unrounded value."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

_DIGITS = 60
#: Decimals that are stored, and those that are shown.
_STORED, _SHOWN = Decimal("0.000001"), Decimal("0.1")


def _divided(value: Fraction | Decimal) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(value.numerator) / Decimal(value.denominator)


def readable(value: Fraction | Decimal) -> Decimal:
    """A figure with six decimals at most, without zeros at its end and without an exponent."""
    with localcontext(prec=_DIGITS):
        return Decimal(f"{_divided(value).quantize(_STORED, ROUND_HALF_UP).normalize():f}")


def shown(value: Fraction | Decimal) -> Decimal:
    """A percentage for display: one decimal, half up."""
    with localcontext(prec=_DIGITS):
        return _divided(value).quantize(_SHOWN, ROUND_HALF_UP)
