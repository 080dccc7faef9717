"""The gates, as sets of checks, in the order of the workflows."""

from __future__ import annotations

from placet import Gate
from placet_itil_change.changes import checks, model_checks, schedule_checks
from placet_itil_change.roles import CHANGE_MANAGER, IT_DIRECTOR

# fmt: off
# A change
CHANGE_DESCRIBED = Gate("itil.change_described", "Change described", checks.change_described)
IS_NORMAL = Gate("itil.is_normal", "Normal change", checks.type_normal)
IS_EMERGENCY = Gate("itil.is_emergency", "Emergency change", checks.type_emergency)
RISK_SCORED = Gate("itil.risk_scored", "Risk assessed", checks.risk_inputs)
PLANS_COMPLETE = Gate("itil.plans_complete", "Plans complete", checks.plans_complete)
TESTED = Gate("itil.tested", "Tested", checks.test_evidence, waived_by=[CHANGE_MANAGER])
AUTHORITY_GRANTED = Gate("itil.authority_granted", "Authorized by the change authority", checks.approval_quorum)
LEAD_TIME = Gate("itil.lead_time", "Enough notice", schedule_checks.enough_notice, waived_by=[IT_DIRECTOR])
NO_FREEZE = Gate("itil.no_freeze", "No freeze, and inside maintenance windows where required",
                 schedule_checks.no_window_forbids, schedule_checks.inside_maintenance)
NO_COLLISION = Gate("itil.no_collision", "No collision",
                    schedule_checks.no_direct_collision, schedule_checks.related_collisions_agreed)
EXEMPTION_NEEDED = Gate("itil.exemption_needed", "Freeze or blackout applies",
                        schedule_checks.exemption_needed)
MODEL_USABLE = Gate("itil.model_usable", "Change model usable", checks.type_standard, model_checks.model_fits)
EMERGENCY_JUSTIFIED = Gate("itil.emergency_justified", "Emergency justified", checks.emergency_justified)
ECAB_GRANTED = Gate("itil.ecab_granted", "Authorized by the emergency board", checks.ecab_granted)
ECAB_ENDED = Gate("itil.ecab_ended", "No decision of the emergency board in force", checks.ecab_ended)
VERBAL_ALLOWED = Gate("itil.verbal_allowed", "Spoken authorization allowed", checks.verbal_allowed)
APPROVAL_VALID = Gate("itil.approval_valid", "Authorization in force", schedule_checks.still_authorized)
INSIDE_WINDOW = Gate("itil.inside_window", "Inside its planned time", schedule_checks.starts_as_planned)
RESULT_VERIFIED = Gate("itil.result_verified", "Result verified", checks.result_verified)
FAILURE_CONTAINED = Gate("itil.failure_contained", "Failure contained", checks.failure_contained)
OUTCOME_STATED = Gate("itil.outcome_stated", "Outcome successful", checks.outcome_fits)
PIR_DONE = Gate("itil.pir_done", "Review done", checks.review_done)
RECORDS_COMPLETE = Gate("itil.records_complete", "Emergency documented", checks.emergency_documented)
CIS_UPDATED = Gate("itil.cis_updated", "Records of the items confirmed", checks.items_confirmed)

# A change model
MODEL_COMPLETE = Gate("itil.model_complete", "Model complete", model_checks.model_complete)
MODEL_EVIDENCE = Gate("itil.model_evidence", "Model proven", model_checks.model_proven,
                      waived_by=[IT_DIRECTOR])
MODEL_APPROVED = Gate("itil.model_approved", "Model approved", model_checks.model_votes)
MODEL_REVIEWED = Gate("itil.model_reviewed", "Failure reviewed", model_checks.model_reviewed)

# A configuration item
CI_BY_CHANGE = Gate("itil.ci_by_change", "Made by a change", model_checks.item_by_change)
# fmt: on
