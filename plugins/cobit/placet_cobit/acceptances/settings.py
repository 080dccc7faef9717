"""The settings of risk acceptances, each with its default and unit."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from placet import Settings
from placet_cobit.severity import Severity

_Days = Annotated[int, Field(ge=1, le=3660)]


class AcceptanceSettings(Settings):
    """Of risk acceptances."""

    #: Days for which a risk is accepted at most, by the severity of the finding.
    acceptance_days_critical: _Days = 30
    acceptance_days_high: _Days = 90
    acceptance_days_medium: _Days = 180
    acceptance_days_low: _Days = 365
    #: How often the acceptance of a control's risk is renewed, for whichever of its findings.
    max_renewals: Annotated[int, Field(ge=0, le=20)] = 1
    #: Business days in which an acceptance is decided.
    acceptance_decision_days: Annotated[int, Field(ge=1, le=60)] = 10

    def acceptance_days(self, severity: Severity) -> int:
        """Days for which a risk of a severity is accepted at most."""
        return int(getattr(self, f"acceptance_days_{severity.value}"))
