"""The settings of COBIT: figures that an organization sets for itself, by subject."""

from __future__ import annotations

from placet_cobit.acceptances.settings import AcceptanceSettings
from placet_cobit.assessments.settings import AssessmentSettings
from placet_cobit.capability.settings import CapabilitySettings
from placet_cobit.controls.settings import ControlSettings
from placet_cobit.findings.settings import FindingSettings
from placet_cobit.monitors.settings import MonitorSettings
from placet_cobit.scorecard.settings import ScorecardSettings


class CobitSettings(
    ControlSettings,
    AssessmentSettings,
    FindingSettings,
    AcceptanceSettings,
    CapabilitySettings,
    MonitorSettings,
    ScorecardSettings,
):
    """The settings of the method `cobit`."""
