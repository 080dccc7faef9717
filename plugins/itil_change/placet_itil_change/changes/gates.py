"""The gates, as sets of checks, in the order of the workflows."""

from __future__ import annotations

from placet import Gate
from placet_itil_change.changes import checks, collision_checks, model_checks, result_checks, schedule_checks
from placet_itil_change.roles import CHANGE_MANAGER, IT_DIRECTOR

# fmt: off
# A change
CHANGE_DESCRIBED = Gate("itil.change_described", "Change described", checks.change_fields)
IS_NORMAL = Gate("itil.is_normal", "It is a normal change", checks.type_normal)
IS_EMERGENCY = Gate("itil.is_emergency", "It is an emergency", checks.type_emergency)
# Required to ask for authorization, and still required until the work begins.
_UNTIL_WORK = ("authorize", "scheduled")
RISK_SCORED = Gate("itil.risk_scored", "Risk assessed", checks.risk_inputs, lasting=_UNTIL_WORK)
IMPLEMENTER_ABLE = Gate("itil.implementer_able", "Implementer able to do it", checks.implementer_able,
                        lasting=_UNTIL_WORK)
PLANS_COMPLETE = Gate("itil.plans_complete", "Plans complete", checks.plans, lasting=_UNTIL_WORK)
TESTED = Gate("itil.tested", "Tested, or left to the CAB to decide", checks.test_evidence, waived_by=[CHANGE_MANAGER],
              lasting=_UNTIL_WORK)
AUTHORITY_GRANTED = Gate(
    "itil.authority_granted", "Authorized by the change authority", checks.approval_quorum, checks.results_seen
)
LEAD_TIME = Gate("itil.lead_time", "Enough notice", schedule_checks.lead, waived_by=[IT_DIRECTOR])
NO_FREEZE = Gate("itil.no_freeze", "No freeze, and inside maintenance windows where required",
                 schedule_checks.window_allows, schedule_checks.maintenance_only)
NO_COLLISION = Gate("itil.no_collision", "No collision",
                    collision_checks.collision_direct, collision_checks.collision_related)
EXEMPTION_NEEDED = Gate("itil.exemption_needed", "Freeze or blackout applies",
                        schedule_checks.exemption_needed)
MODEL_USABLE = Gate("itil.model_usable", "Change model usable", checks.type_standard, model_checks.model_active,
                    lasting=_UNTIL_WORK)
EMERGENCY_JUSTIFIED = Gate("itil.emergency_justified", "Emergency justified", checks.emergency_reason,
                           lasting=_UNTIL_WORK)
ECAB_GRANTED = Gate("itil.ecab_granted", "Authorized by the emergency board", checks.ecab_quorum)
ECAB_ENDED = Gate("itil.ecab_ended", "Emergency board not asked, or its vote lapsed", checks.ecab_ended)
VERBAL_ALLOWED = Gate("itil.verbal_allowed", "Spoken authorization allowed", checks.verbal)
APPROVAL_VALID = Gate(
    "itil.approval_valid", "Authorization in force", schedule_checks.approval_current, checks.results_seen
)
INSIDE_WINDOW = Gate("itil.inside_window", "Inside its planned time", schedule_checks.start_time)
REAL_TIMES = Gate("itil.real_times_given", "Real times in the past and in order", result_checks.real_times)
RESULT_VERIFIED = Gate("itil.result_verified", "Result verified", result_checks.verification)
FAILURE_CONTAINED = Gate("itil.failure_contained", "Service restored after the failure", result_checks.failure_incident)
OUTCOME_STATED = Gate("itil.outcome_stated", "Outcome successful", result_checks.outcome)
PIR_DONE = Gate("itil.pir_done", "Review done where required", result_checks.pir_filled)
RECORDS_COMPLETE = Gate("itil.records_complete", "Emergency documented, if it was one", result_checks.retro_docs)
CIS_UPDATED = Gate("itil.cis_updated", "Records of the items confirmed", result_checks.ci_confirmed)

# A change model
MODEL_COMPLETE = Gate("itil.model_complete", "Model complete", model_checks.model_fields)
MODEL_EVIDENCE = Gate("itil.model_evidence", "Proven as a normal change", model_checks.model_track_record,
                      waived_by=[IT_DIRECTOR])
MODEL_APPROVED = Gate("itil.model_approved", "Model approved", model_checks.model_votes)
MODEL_UNCHANGED = Gate("itil.model_unchanged", "Approved as it is", model_checks.model_unchanged)
MODEL_VALIDITY = Gate("itil.model_validity", "Valid for a limited time", model_checks.model_validity)
MODEL_REVIEWED = Gate("itil.model_reviewed", "Failure reviewed, and the model corrected or confirmed",
                      model_checks.model_pir)

# A configuration item
CI_BY_CHANGE = Gate("itil.ci_by_change", "Covered by a successful change", model_checks.ci_change)
# fmt: on
