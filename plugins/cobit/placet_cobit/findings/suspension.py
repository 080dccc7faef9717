"""The timer on a suspended control: what is suspended for too long is a finding."""

from __future__ import annotations

from placet import Threshold, Timer, Until
from placet_cobit.findings.raising import report_long_suspension
from placet_cobit.roles import CIO, CONTROL_OWNER

SUSPENSION_END = Timer(
    "cobit.suspension_end",
    "Suspension ends",
    starts=["suspend_control"],
    stops=["resume_control", "activate", "retire_control"],
    target=Until("suspended_until"),
    thresholds=[
        Threshold(percent=100, notifies=[CONTROL_OWNER.id, CIO], effects=[report_long_suspension]),
    ],
)
