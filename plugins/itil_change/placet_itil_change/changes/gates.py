"""The gates, as sets of checks, in the order of the workflows."""

from __future__ import annotations

from placet import Gate
from placet_itil_change.changes import checks, model_checks, schedule_checks
from placet_itil_change.roles import CHANGE_MANAGER, IT_DIRECTOR

# fmt: off
# A change
CHANGE_DESCRIBED = Gate("itil.change_described", "The change is described", checks.change_described)
IS_NORMAL = Gate("itil.is_normal", "It is a normal change", checks.type_normal)
IS_EMERGENCY = Gate("itil.is_emergency", "It is an emergency", checks.type_emergency)
RISK_SCORED = Gate("itil.risk_scored", "Its risk is known", checks.risk_inputs)
PLANS_COMPLETE = Gate("itil.plans_complete", "It is planned, with a way back", checks.plans_complete)
TESTED = Gate("itil.tested", "It was tested", checks.test_evidence, waived_by=[CHANGE_MANAGER])
AUTHORITY_GRANTED = Gate("itil.authority_granted", "The change authority agreed", checks.approval_quorum)
LEAD_TIME = Gate("itil.lead_time", "There is enough notice", schedule_checks.enough_notice, waived_by=[IT_DIRECTOR])
NO_FREEZE = Gate("itil.no_freeze", "No window forbids it",
                 schedule_checks.no_window_forbids, schedule_checks.inside_maintenance)
NO_COLLISION = Gate("itil.no_collision", "No other change is in its way",
                    schedule_checks.no_direct_collision, schedule_checks.related_collisions_agreed)
EXEMPTION_NEEDED = Gate("itil.exemption_needed", "There is something to be exempted from",
                        schedule_checks.exemption_needed)
MODEL_USABLE = Gate("itil.model_usable", "Its model may be used", checks.type_standard, model_checks.model_fits)
EMERGENCY_JUSTIFIED = Gate("itil.emergency_justified", "The emergency is one", checks.emergency_justified)
ECAB_GRANTED = Gate("itil.ecab_granted", "The emergency board agreed", checks.ecab_granted)
ECAB_ENDED = Gate("itil.ecab_ended", "The emergency board has no decision in force", checks.ecab_ended)
VERBAL_ALLOWED = Gate("itil.verbal_allowed", "It was authorised by voice", checks.verbal_allowed)
APPROVAL_VALID = Gate("itil.approval_valid", "Its authorisation holds", schedule_checks.still_authorised)
INSIDE_WINDOW = Gate("itil.inside_window", "It starts in its planned time", schedule_checks.starts_as_planned)
RESULT_VERIFIED = Gate("itil.result_verified", "The result is verified", checks.result_verified)
FAILURE_CONTAINED = Gate("itil.failure_contained", "What it broke is restored", checks.failure_contained)
OUTCOME_STATED = Gate("itil.outcome_stated", "The outcome is a success", checks.outcome_fits)
PIR_DONE = Gate("itil.pir_done", "The review is done", checks.review_done)
RECORDS_COMPLETE = Gate("itil.records_complete", "The records are complete", checks.emergency_documented)
CIS_UPDATED = Gate("itil.cis_updated", "The records of its items are right", checks.items_confirmed)

# A change model
MODEL_COMPLETE = Gate("itil.model_complete", "The model is complete", model_checks.model_complete)
MODEL_EVIDENCE = Gate("itil.model_evidence", "The model has proved itself", model_checks.model_proven,
                      waived_by=[IT_DIRECTOR])
MODEL_APPROVED = Gate("itil.model_approved", "The model is approved", model_checks.model_votes)
MODEL_REVIEWED = Gate("itil.model_reviewed", "What went wrong was reviewed", model_checks.model_reviewed)

# A configuration item
CI_BY_CHANGE = Gate("itil.ci_by_change", "A change stands behind it", model_checks.item_by_change)
# fmt: on
