"""The lines of the scorecard: which figures it shows, in which part, with which target.

Source: COBIT 2019, MEA01 Managed performance and conformance monitoring; balanced scorecards of governance (EDM02 for
value, EDM03 for risk). The targets are defaults that an organization sets for itself.
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

    #: It has no figure yet, or no target.
    GREY = "grey"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of the scorecard."""

    #: The metric that it shows, or the figure of `figures.py` with the name after the dot.
    metric: str
    title: str
    unit: str
    target: int | None
    #: Whether more is better, or less.
    rising: bool
    part: Part


UP, DOWN = True, False


# fmt: off
LINES = (
    #    figure                            title                            unit     target, whether more is better
    # Value
    Line("governance.benefits_realised",    "Benefits realized",             "%",     80, UP, Part.VALUE),
    # Risk
    Line("cobit.open_findings",             "Findings open",                 "count", 10, DOWN, Part.RISK),
    Line("cobit.overdue_findings",          "Findings overdue",              "%",     0, DOWN, Part.RISK),
    Line("cobit.remediation_days",          "Time to remedy a finding",      "days",  60, DOWN, Part.RISK),
    Line("cobit.recurrence",                "Findings that recur",           "%",     5, DOWN, Part.RISK),
    Line("cobit.acceptances_in_force",      "Accepted risks",                "count", 5, DOWN, Part.RISK),
    # Performance
    Line("cobit.capability_level",          "Capability",                    "level", 3, UP, Part.PERFORMANCE),
    Line("cobit.capability_gap_closed",     "Objectives at their target",    "%",     80, UP, Part.PERFORMANCE),
    Line("cobit.control_coverage",          "Practices with a control",      "%",     80, UP, Part.PERFORMANCE),
    # Conformance
    Line("cobit.raci_completeness",         "Practices with roles and holders", "%",    100, UP, Part.CONFORMANCE),
    Line("cobit.control_effectiveness",     "Controls found effective",      "%",     90, UP, Part.CONFORMANCE),
    Line("cobit.testing_on_time",           "Controls tested on time",       "%",     90, UP, Part.CONFORMANCE),
    Line("cobit.first_time_evidence",       "Evidence at the first request", "%",     90, UP, Part.CONFORMANCE),
    Line("cobit.monitors_red",              "Monitors that are red",         "count", 0, DOWN, Part.CONFORMANCE),
    Line("cobit.ccm_failure_rate",          "Failures of watched controls",  "%",     2, DOWN, Part.CONFORMANCE),
    Line("cobit.sod_violations",            "Attempts against segregation",  "count", 0, DOWN, Part.CONFORMANCE),
    Line("cobit.block_rate",                "Attempts refused by controls",  "%",     None, DOWN, Part.CONFORMANCE),
)
# fmt: on
_HUNDRED = 100


def light(value: Fraction | None, target: Decimal | int | None, *, rising: bool, amber: Decimal) -> Light:
    """The light of a figure: green at its target or better, amber within so many percent of it, else red."""
    if value is None or target is None:
        return Light.GREY
    missed = Fraction(target) - value if rising else value - Fraction(target)
    if missed <= 0:
        return Light.GREEN
    return Light.AMBER if missed <= abs(Fraction(target)) * Fraction(amber) / _HUNDRED else Light.RED
