"""Decimal arithmetic without rounding on the way, and the rounding for display."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import wraps
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

#: Digits enough for sums and products of fields; Python's 28 would round them, and a boundary would move.
_EXACT: Final = Context(prec=200, rounding=ROUND_HALF_UP)
_CENT: Final = Decimal("0.01")
_TENTH: Final = Decimal("0.1")
ZERO: Final = Decimal(0)
HUNDRED: Final = Decimal(100)


def exact(function: Callable[P, T]) -> Callable[P, T]:
    """Run a function with so many digits that sums and products of amounts are exact."""

    @wraps(function)
    def calculated(*args: P.args, **kwargs: P.kwargs) -> T:
        with localcontext(_EXACT):
            return function(*args, **kwargs)

    return calculated


@exact
def money(amount: Decimal) -> Decimal:
    """An amount for display: two decimals, half up."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


@exact
def percent(share: Decimal) -> Decimal:
    """A percentage for display: one decimal, half up."""
    return share.quantize(_TENTH, ROUND_HALF_UP)
