"""The gates of a project, as sets of checks, in the order of the workflow."""

from __future__ import annotations

from placet import Gate
from placet_prince2.projects import checks

# fmt: off
TEAM_CORE = Gate("prince2.team_core", "Executive and project manager appointed",
                 checks.executive_appointed, checks.pm_appointed)
BRIEF_READY = Gate("prince2.brief_ready", "Project brief approved", checks.brief_approved)
INITIATION_PLANNED = Gate("prince2.initiation_planned", "Initiation stage planned", checks.initiation_plan_approved)
LESSONS_REVIEWED = Gate("prince2.lessons_reviewed", "Earlier lessons looked at", checks.previous_lessons)
ALIGNMENT = Gate("prince2.alignment", "Serves an objective", checks.objective_linked)
PID_READY = Gate("prince2.pid_ready", "Project initiation documented", checks.pid_approved)
JUSTIFIED = Gate("prince2.business_justified", "Justified by the business case",
                 checks.case_approved, checks.case_value)
TOLERANCES_SET = Gate("prince2.tolerances_set", "Tolerances set", checks.project_tolerances)
TWO_STAGES = Gate("prince2.two_stages", "At least two stages", checks.stage_minimum)
BOARD_COMPLETE = Gate("prince2.board_complete", "Project board complete", checks.board_filled)
INITIATION_FINISHED = Gate("prince2.initiation_finished", "Initiation stage completed", checks.initiation_completed)
PLAN_AGREES = Gate("prince2.project_plan_agrees", "Figures of the approved project plan", checks.plan_agrees)
CRITERIA_GIVEN = Gate("prince2.acceptance_criteria_given", "Acceptance criteria agreed", checks.criteria_given)
CRITERIA_KEPT = Gate("prince2.acceptance_criteria_kept", "Acceptance criteria kept", checks.criteria_kept)
EXCEPTION_OPEN = Gate("prince2.project_exception_open", "Exception of the project open", checks.project_exception)
EXCEPTION_CLOSED = Gate("prince2.project_exception_closed", "No exception of the project open",
                        checks.project_exception_final)
NO_OPEN_EXCEPTION = Gate("prince2.no_open_exception", "No exception open", checks.exceptions_final)
FINAL_STAGE_READY = Gate("prince2.final_stage_ready", "Final stage at its boundary", checks.on_final_stage)
PLANNED_ONLY = Gate("prince2.planned_only", "Closure is planned", checks.kind_planned)
PREMATURE_ONLY = Gate("prince2.premature_only", "Closure is premature", checks.kind_premature)
CLOSURE_REASONED = Gate("prince2.closure_reasoned", "Reason for the closure given", checks.closure_text)
ACCEPTANCE = Gate("prince2.acceptance_confirmed", "Acceptance confirmed",
                  checks.criteria_met, checks.products_handed_over)
END_PROJECT_ACCEPTED = Gate("prince2.end_project_accepted", "End project report accepted", checks.end_project_report)
NOTHING_OPEN = Gate("prince2.nothing_open", "Nothing left open", checks.issues_risks_final, checks.stages_final)
BENEFIT_REVIEWS = Gate("prince2.benefit_reviews_planned", "Reviews of benefits planned", checks.reviews_dated)
LESSONS_PASSED_ON = Gate("prince2.lessons_passed_on", "Lessons passed on", checks.lessons_final)
# fmt: on
