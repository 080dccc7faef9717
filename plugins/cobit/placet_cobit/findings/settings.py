"""The settings of findings, each with its default and unit.

COBIT prescribes no times: these defaults are commonly used.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from placet import Settings
from placet_cobit.severity import Severity

_Days = Annotated[int, Field(ge=1, le=3660)]


class FindingSettings(Settings):
    """Of findings."""

    #: Days to remedy a finding, by severity, from its making on.
    due_days_critical: _Days = 14
    due_days_high: _Days = 30
    due_days_medium: _Days = 90
    due_days_low: _Days = 180
    #: Business days in which a dispute about a finding is settled.
    dispute_days: Annotated[int, Field(ge=1, le=60)] = 10

    def due_days(self, severity: Severity) -> int:
        """Days to remedy a finding of a severity."""
        return int(getattr(self, f"due_days_{severity.value}"))
