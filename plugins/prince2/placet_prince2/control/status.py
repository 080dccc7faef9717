"""The status of tolerances: what is expected against what is permitted, with lights.

Source: PRINCE2 7, practice Progress: exactly at the limit is inside, and a forecast that is too good is outside as one
that is too bad. Our choice: no exposure is too low, and no product can fail less than none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from placet import CheckContext, ItemView, plain_number
from placet_prince2.control.fields import StatusLine
from placet_prince2.control.measures import Expected, Measuring
from placet_prince2.numbers.days import unit_of
from placet_prince2.numbers.exceptions import Breach
from placet_prince2.numbers.tolerances import Aspect, Forecast, Tolerance, ToleranceStatus, status

_SIX, _TENTH = Decimal("0.000001"), Decimal("0.1")


def found_statuses(
    ctx: CheckContext, subject: ItemView, tolerances: Iterable[Tolerance] | None = None
) -> list[ToleranceStatus]:
    """Every tolerance of an item of which the forecast is known; by default those that it has."""
    measuring = Measuring(ctx, subject)
    lines = subject.fields.tolerances if tolerances is None else tolerances
    measured = ((line, measuring.expected(line)) for line in lines)
    return [_status(ctx, line, found) for line, found in measured if found is not None]


def _status(ctx: CheckContext, tolerance: Tolerance, found: Expected) -> ToleranceStatus:
    value = found.value if isinstance(found.value, date) else found.value.quantize(_SIX, ROUND_HALF_UP)
    forecast = Forecast(aspect=tolerance.aspect, indicator=tolerance.indicator, value=value, as_of=ctx.now)
    amber = Decimal(ctx.settings.tolerance_amber_percent)
    return status(
        tolerance, forecast, amber=amber, because=found.because, works=ctx.workspace.calendar.open_on
    )


def line(found: ToleranceStatus) -> StatusLine:
    """A status as an item keeps it."""
    used = found.used_percent
    return StatusLine(
        aspect=found.aspect,
        indicator=found.indicator,
        unit=found.unit,
        target=found.target,
        forecast=found.forecast,
        deviation=found.deviation,
        limit_upper=found.limit_upper,
        limit_lower=found.limit_lower,
        used_percent=None if used is None else used.quantize(_TENTH, ROUND_HALF_UP),
        light=found.light,
        because=found.because,
    )


def spoken(breach: Breach | StatusLine | ToleranceStatus) -> str:
    """An aspect for a sentence: `cost 13500 EUR above its target`, `time 11 days late`."""
    said = (
        f"{breach.measure} {_distance(breach)}"
        if breach.deviation or not breach.because
        else str(breach.measure)
    )
    return said + (f", for {', '.join(breach.because)}" if breach.because else "")


def _distance(breach: Breach | StatusLine | ToleranceStatus) -> str:
    """How far it is from its target, in its unit."""
    amount = plain_number(abs(breach.deviation))
    if breach.aspect is Aspect.TIME:
        noun = unit_of(breach.unit).noun + ("" if amount == 1 else "s")
        return f"{amount} {noun} {'late' if breach.deviation >= 0 else 'early'}"
    return f"{amount} {breach.unit} {'above' if breach.deviation >= 0 else 'below'} its target"
