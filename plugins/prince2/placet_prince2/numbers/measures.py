"""The forecast of each aspect, as the method measures it.

    time            the forecast end; a day
    cost            actual cost + estimate to complete
    scope           100 * weight of products delivered or expected / weight of all baselined products; points
    quality         products with a criterion outside its own range and without a concession; count
    risk            sum over open threats of probability * cost, after the response; currency
    benefits        sum of the forecasts of all benefits
    sustainability  actual to date + forecast to complete, by indicator

Source: PRINCE2 7, practice progress, and practice risk for the exposure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from placet_prince2.numbers.exact import HUNDRED, ZERO, exact

#: Residual score (1 to 25) from which a single threat is red until the board has accepted it.
SINGLE_RISK_RED: Final = 20


@dataclass(frozen=True, slots=True)
class ProductForecast:
    """One baselined product, as the scope counts it."""

    key: str
    #: At least 1.
    weight: int
    must: bool
    #: Delivered, or expected to be.
    delivered: bool


@dataclass(frozen=True, slots=True)
class Threat:
    """One open threat, with its values after the response once that is in hand."""

    key: str
    probability_percent: Decimal
    cost_impact: Decimal
    #: 1 to 25.
    residual_score: int | None = None
    #: Whether its acceptance is recorded.
    accepted: bool = False


@exact
def scope_percent(products: Iterable[ProductForecast]) -> Decimal:
    """Percent of the weight that is delivered or expected; 100 where there is nothing to deliver."""
    listed = list(products)
    weight = sum(product.weight for product in listed)
    return HUNDRED * sum(p.weight for p in listed if p.delivered) / weight if weight else HUNDRED


def undelivered_musts(products: Iterable[ProductForecast]) -> tuple[str, ...]:
    """Products that must be delivered and will not: each of them makes the scope red."""
    return tuple(product.key for product in products if product.must and not product.delivered)


@exact
def exposure(threats: Iterable[Threat]) -> Decimal:
    """The expected cost of all open threats together, in their currency."""
    return sum((t.probability_percent * t.cost_impact / HUNDRED for t in threats), start=ZERO)


def single_threats(threats: Iterable[Threat], *, red: int = SINGLE_RISK_RED) -> tuple[str, ...]:
    """Threats that make risk red by themselves: of a high residual score, and accepted by nobody."""
    return tuple(t.key for t in threats if (t.residual_score or 0) >= red and not t.accepted)
