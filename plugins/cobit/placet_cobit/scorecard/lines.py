"""The lines of the scorecard: which figures it shows, in which part, with which target.

Source: COBIT 2019, MEA01 Managed performance and conformance monitoring; balanced scorecards of governance (EDM02 for
value, EDM03 for risk). The targets are defaults that an organisation sets for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Part(StrEnum):
    """The part of the scorecard to which a figure belongs."""

    VALUE = "value"
    RISK = "risk"
    PERFORMANCE = "performance"
    CONFORMANCE = "conformance"


class Light(StrEnum):
    """How a figure stands to its target."""

    #: There is no figure yet, or no target for it.
    GREY = "grey"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of the scorecard."""

    part: Part
    #: The metric that it shows.
    metric: str
    target: Decimal | None
    #: More is better; otherwise less is.
    rising: bool = True


# fmt: off
LINES = (
    #    part              metric                             target
    Line(Part.VALUE,       "governance.benefits_realised",    Decimal(80)),
    Line(Part.RISK,        "cobit.open_findings",             Decimal(10), rising=False),
    Line(Part.RISK,        "cobit.overdue_findings",          Decimal(0),  rising=False),
    Line(Part.RISK,        "cobit.remediation_days",          Decimal(60), rising=False),
    Line(Part.RISK,        "cobit.recurrence",                Decimal(5),  rising=False),
    Line(Part.RISK,        "cobit.acceptances_in_force",      Decimal(5),  rising=False),
    Line(Part.PERFORMANCE, "cobit.capability_level",          Decimal(3)),
    Line(Part.PERFORMANCE, "cobit.capability_gap_closed",     Decimal(80)),
    Line(Part.PERFORMANCE, "cobit.control_coverage",          Decimal(80)),
    Line(Part.CONFORMANCE, "cobit.control_effectiveness",     Decimal(90)),
    Line(Part.CONFORMANCE, "cobit.testing_on_time",           Decimal(90)),
    Line(Part.CONFORMANCE, "cobit.first_time_evidence",       Decimal(90)),
    Line(Part.CONFORMANCE, "cobit.monitors_red",              Decimal(0),  rising=False),
    Line(Part.CONFORMANCE, "cobit.sod_violations",            Decimal(0),  rising=False),
)
# fmt: on
_HUNDRED = 100


def light(value: Fraction | None, target: Decimal | None, *, rising: bool, amber: Decimal) -> Light:
    """The light of a figure: green at its target or better, amber within so many percent of it, else red."""
    if value is None or target is None:
        return Light.GREY
    missed = Fraction(target) - value if rising else value - Fraction(target)
    if missed <= 0:
        return Light.GREEN
    return Light.AMBER if missed <= abs(Fraction(target)) * Fraction(amber) / _HUNDRED else Light.RED
