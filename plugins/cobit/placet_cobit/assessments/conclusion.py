"""The conclusion on a control from a tested sample, its rate of deviations, and the limit of that rate.

Pure functions. The limit is exact: it is the rate at which so few deviations would be found with a probability of 10
percent, in the binomial distribution. Source: attribute sampling, as in public guidance on tests of controls.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

#: Samples below this are too small to be extended.
EXTENDED_FROM = 15
#: The probability that is left: the limit holds with 90 percent, on one side.
_LEFT = Decimal("0.1")
#: Digits of the calculation, and halvings that give as many.
_DIGITS, _HALVINGS = 40, 70
_HUNDRED = Decimal(100)


class Design(StrEnum):
    """Whether the control would meet its aim if it operated as designed."""

    ADEQUATE = "adequate"
    INADEQUATE = "inadequate"


class Conclusion(StrEnum):
    """The result of an assessment."""

    EFFECTIVE = "effective"
    PARTIALLY_EFFECTIVE = "partially_effective"
    INEFFECTIVE = "ineffective"
    #: There was nothing to test, or nobody tested it.
    NOT_TESTED = "not_tested"


def must_extend(deviations: int, size: int, *, extended: bool) -> bool:
    """Whether one deviation asks for more elements before anybody concludes."""
    return deviations == 1 and size >= EXTENDED_FROM and not extended


def conclude(design: Design | None, deviations: int, size: int) -> Conclusion:
    """The conclusion on a sample that is not extended any more."""
    if design is Design.INADEQUATE:
        return Conclusion.INEFFECTIVE
    if size == 0 or design is None:
        return Conclusion.NOT_TESTED
    if deviations == 0:
        return Conclusion.EFFECTIVE
    return Conclusion.PARTIALLY_EFFECTIVE if deviations == 1 else Conclusion.INEFFECTIVE


def deviation_rate(deviations: int, size: int) -> Fraction | None:
    """Percent of the sample; `None` for an empty one."""
    return Fraction(100 * deviations, size) if size else None


def upper_limit(deviations: int, size: int) -> Decimal | None:
    """Percent that the rate of deviations does not exceed, with a confidence of 90 percent on one side.

    `None` for an empty sample; 100 where every element deviates.
    """
    if size == 0:
        return None
    if deviations >= size:
        return _HUNDRED
    with localcontext() as context:
        context.prec = _DIGITS
        if deviations == 0:
            return _HUNDRED * (1 - _LEFT ** (Decimal(1) / size))
        low, high = Decimal(0), Decimal(1)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if _at_most(deviations, size, middle) > _LEFT:
                low = middle
            else:
                high = middle
        return _HUNDRED * low


def _at_most(deviations: int, size: int, rate: Decimal) -> Decimal:
    """The probability of so many deviations or fewer, at a rate between 0 and 1."""
    odds, term = rate / (1 - rate), (1 - rate) ** size
    total = term
    for k in range(deviations):
        term = term * odds * (size - k) / (k + 1)
        total += term
    return total
