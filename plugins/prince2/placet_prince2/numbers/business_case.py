"""The figures of a business case: net present value, return on investment, payback, and how much they stand.

    npv      = sum over the years t = 0..n of (benefits - costs) / (1 + rate / 100)^t
    roi      = 100 * (sum of benefits - sum of costs) / sum of costs; not discounted
    payback  = the first year at which the running sum of (benefits - costs) is not below 0, linear inside the year

Year 0 is the year of the decision, to which everything is discounted.

Source: PRINCE2 7, practice business case, investment appraisal; the formulas are those of corporate finance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Annotated, Final

from pydantic import Field

from placet import Fields
from placet_prince2.numbers.exact import HUNDRED, ZERO, exact
from placet_prince2.numbers.tolerances import Figure

#: The last year that a cash flow may have.
LAST_YEAR: Final = 100


class CashFlow(Fields):
    """An amount in one year, in the workspace's currency."""

    #: Years after the decision.
    period: Annotated[int, Field(ge=0, le=LAST_YEAR)]
    amount: Figure


@dataclass(frozen=True, slots=True)
class Scenario:
    """The net present value if something turns out otherwise."""

    name: str
    npv: Decimal


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How far a case is from its limit; a negative margin is missing already."""

    #: Percent by which all benefits may fall short; `None` without benefits.
    benefit_margin: Decimal | None
    #: Percent by which all costs may rise; `None` without costs.
    cost_margin: Decimal | None
    scenarios: tuple[Scenario, ...]


@exact
def npv(costs: Iterable[CashFlow], benefits: Iterable[CashFlow], rate: Decimal) -> Decimal:
    """The net present value, not rounded.

    Args:
        costs: amounts that are spent, by year.
        benefits: amounts that are gained, by year.
        rate: percent a year.

    Raises:
        ValueError: the rate is -100 % or less, year 0 has no cash flow, or a year has two of one kind.
    """
    if rate <= -HUNDRED:
        raise ValueError(f"a discount rate of {rate} % has no present value: give one above -100 %")
    return _present(_net(costs, benefits), rate)


@exact
def roi_percent(costs: Iterable[CashFlow], benefits: Iterable[CashFlow]) -> Decimal | None:
    """Percent gained on what is spent; `None` where nothing is spent."""
    spent, gained = _total(costs), _total(benefits)
    return HUNDRED * (gained - spent) / spent if spent else None


@exact
def payback_years(costs: Iterable[CashFlow], benefits: Iterable[CashFlow]) -> Decimal | None:
    """Years until the costs are recovered; `None` where they never are.

    Raises:
        ValueError: as `npv`, for the cash flows.
    """
    net = _net(costs, benefits)
    before = ZERO
    for year, balance in enumerate(accumulate(net)):
        if balance >= 0:
            return Decimal(year) if year == 0 else year - balance / (balance - before)
        before = balance
    return None


@exact
def sensitivity(
    costs: Iterable[CashFlow],
    benefits: Iterable[CashFlow],
    rate: Decimal,
    *,
    least: Decimal = ZERO,
    swing: Decimal = Decimal(10),
) -> Sensitivity:
    """How much a case depends on its assumptions.

    Args:
        costs: as for `npv`.
        benefits: as for `npv`.
        rate: percent a year.
        least: the net present value below which the case no longer stands.
        swing: percent by which the scenarios differ from the case.

    Raises:
        ValueError: as `npv`, or the swing is negative.
    """
    if swing < 0:
        raise ValueError(f"a swing of {swing} % is negative: give a percentage from 0 on")
    costs, benefits = tuple(costs), tuple(benefits)
    value = npv(costs, benefits, rate)
    spent, gained = _discounted(costs, rate), _discounted(benefits, rate)
    share = swing / HUNDRED
    later = [flow.model_copy(update={"period": flow.period + 1}) for flow in benefits]
    return Sensitivity(
        benefit_margin=HUNDRED * (value - least) / gained if gained else None,
        cost_margin=HUNDRED * (value - least) / spent if spent else None,
        scenarios=(
            Scenario(f"benefits {swing} % lower", value - share * gained),
            Scenario(f"costs {swing} % higher", value - share * spent),
            Scenario(
                f"benefits {swing} % lower and costs {swing} % higher", value - share * (gained + spent)
            ),
            Scenario("benefits one year later", _discounted(later, rate) - spent),
        ),
    )


def _net(costs: Iterable[CashFlow], benefits: Iterable[CashFlow]) -> list[Decimal]:
    """Benefits less costs of every year from 0 to the last."""
    spent, gained = _by_year(costs, "costs"), _by_year(benefits, "benefits")
    years = spent.keys() | gained.keys()
    if 0 not in years:
        first = f"begin in year {min(years)}" if years else "are empty"
        raise ValueError(f"the cash flows {first}: give an amount for year 0, which may be 0")
    return [gained.get(year, ZERO) - spent.get(year, ZERO) for year in range(max(years) + 1)]


def _by_year(flows: Iterable[CashFlow], kind: str) -> dict[int, Decimal]:
    years: dict[int, Decimal] = {}
    for flow in flows:
        if flow.period in years:
            raise ValueError(f"the {kind} have two amounts for year {flow.period}: add them up")
        years[flow.period] = flow.amount
    return years


def _present(net: Sequence[Decimal], rate: Decimal) -> Decimal:
    growth = 1 + rate / HUNDRED
    return sum((amount / growth**year for year, amount in enumerate(net)), start=ZERO)


def _discounted(flows: Iterable[CashFlow], rate: Decimal) -> Decimal:
    growth = 1 + rate / HUNDRED
    return sum((flow.amount / growth**flow.period for flow in flows), start=ZERO)


def _total(flows: Iterable[CashFlow]) -> Decimal:
    return sum((flow.amount for flow in flows), start=ZERO)
