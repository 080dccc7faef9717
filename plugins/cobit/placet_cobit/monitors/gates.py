"""The gates of monitors."""

from __future__ import annotations

from placet import Gate
from placet_cobit.monitors import checks

MONITOR_INDEPENDENT = Gate("cobit.monitor_independent", "Loosened by nobody who operates the control",
                           checks.monitor_sod)  # fmt: skip
MONITOR_VALID = Gate("cobit.monitor_valid", "Control in force, limits sensible", checks.monitor_config)
