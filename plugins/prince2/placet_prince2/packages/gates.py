"""The gates of a work package, as sets of checks."""

from __future__ import annotations

from placet import Gate
from placet_prince2.packages import checks

# fmt: off
STAGE_ACTIVE = Gate("prince2.stage_active", "Stage active", checks.stage_is_active)
DESCRIBED = Gate("prince2.wp_described", "Work package described", checks.wp_complete)
FITS_STAGE = Gate("prince2.wp_fits_stage", "Inside the stage", checks.wp_limits)
TEAM_READY = Gate("prince2.wp_team_ready", "Team manager appointed", checks.team_manager_set)
PRODUCTS_APPROVED = Gate("prince2.wp_products_approved", "Products approved", checks.wp_products)
QUALITY_COMPLETE = Gate("prince2.wp_quality_complete", "Quality activities done", checks.quality_done)
# fmt: on
