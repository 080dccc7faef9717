"""Who accepts a risk, for how long, and with what in its place: the table by severity, and its arithmetic.

Source: COBIT 2019, APO12.06 Respond to risk, and MEA02.04; ISO 31000, risk treatment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from placet_cobit.roles import CIO, GOVERNANCE_BOARD, PROCESS_OWNER, RISK_OWNER
from placet_cobit.severity import Severity


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table."""

    #: Roles of which each has to agree.
    approvers: tuple[str, ...]
    #: Whether at least one control that operates stands in the place of the one that does not.
    compensated: bool


# fmt: off
BY_SEVERITY: Mapping[Severity, Line] = {
    #                      approvers            compensating control
    Severity.LOW:      Line((PROCESS_OWNER,),    compensated=False),
    Severity.MEDIUM:   Line((PROCESS_OWNER,),    compensated=False),
    Severity.HIGH:     Line((CIO, RISK_OWNER),   compensated=True),
    Severity.CRITICAL: Line((GOVERNANCE_BOARD,), compensated=True),
}
# fmt: on


def days_accepted(valid_from: date, valid_until: date) -> int:
    """Days from the first to the last day of an acceptance; a day alone is 0."""
    return (valid_until - valid_from).days
