"""The gates of a stage, as sets of checks, in the order of the workflow."""

from __future__ import annotations

from placet import Gate
from placet_prince2.stages import checks

# fmt: off
STAGE_NUMBERED = Gate("prince2.stage_numbered", "Numbered without gaps", checks.stage_number)
PLAN_COMPLETE = Gate("prince2.stage_plan_complete", "Stage plan complete", checks.plan_numbers)
PLAN_APPROVED = Gate("prince2.stage_plan_approved", "Stage plan approved by the board", checks.plan_approved)
CASE_CURRENT = Gate("prince2.business_case_current", "Business case up to date",
                    checks.case_reviewed, checks.case_still_viable)
TOLERANCES_FIT = Gate("prince2.stage_tolerances_set", "Tolerances set, and inside the project's",
                      checks.stage_tolerance_fit)
PREVIOUS_DONE = Gate("prince2.previous_stage_done", "Stage before completed", checks.previous_completed)
PROJECT_FITS = Gate("prince2.project_state_fits", "Project authorized for it", checks.project_state)
RISK_ACCEPTABLE = Gate("prince2.risk_acceptable", "Risks inside tolerance", checks.exposure_ok)
EXCEPTION_EXISTS = Gate("prince2.exception_exists", "Exception open", checks.exception_reported)
PLAN_ADOPTABLE = Gate("prince2.exception_plan_adopted", "Exception plan decided on", checks.adoptable)
EXCEPTION_RESOLVED = Gate("prince2.exception_resolved", "Exception decided", checks.resolved)
WITHIN_TOLERANCE = Gate("prince2.stage_within_tolerance", "No exception open on stage or project",
                        checks.no_exception_open)
PACKAGES_DONE = Gate("prince2.work_packages_done", "Work packages finished", checks.wps_final)
END_STAGE_ACCEPTED = Gate("prince2.end_stage_accepted", "End stage report accepted", checks.end_stage_report)
PRODUCTS_DONE = Gate("prince2.stage_products_done", "Products of the stage done", checks.products_approved)
NEXT_STEP_READY = Gate("prince2.next_step_ready", "Next step ready", checks.next_or_closure)
# fmt: on
