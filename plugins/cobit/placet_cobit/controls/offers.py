"""All checks that the method offers to controls, by what they judge."""

from __future__ import annotations

from placet_cobit.controls import changes, everywhere, incidents, projects, stories
from placet_cobit.controls.waiving import ACCEPTED_RISK

OFFERED_CHECKS = (
    *changes.OFFERED,
    *projects.OFFERED,
    *stories.OFFERED,
    *incidents.OFFERED,
    *everywhere.OFFERED,
    ACCEPTED_RISK,
)
