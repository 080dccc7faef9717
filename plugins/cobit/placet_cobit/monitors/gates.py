"""The gate of monitors."""

from __future__ import annotations

from placet import Gate
from placet_cobit.monitors import checks

MONITOR_VALID = Gate("cobit.monitor_valid", "Control in force, limits sensible", checks.monitor_config)
