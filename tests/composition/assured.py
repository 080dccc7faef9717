"""The controls of a walk and what people of assurance say of them: default controls, and values for their fields."""

from __future__ import annotations

from typing import Any

from placet.engine.engine import SYSTEM_ACTOR
from placet.testing import Desk
from placet_cobit.controls.defaults import shipped_controls
from placet_cobit.objectives.tables import shipped_table
from placet_cobit.seeding.seeds import seed_controls, seed_objectives

#: Default controls over what a walk comes to: two that stop, one that records, and one that is bound to nothing.
CONTROLS = ("requirement_approved", "resources_free", "priority_by_matrix", "audit_chain_verified")
#: Objectives of these, and one that is left free.
OBJECTIVES = ("BAI02", "BAI11", "DSS02", "DSS06")
#: The work of the people of assurance; controls more often, since all else needs one in force.
ASSURED = (
    "cobit.control",
    "cobit.control",
    "cobit.control_assessment",
    "cobit.finding",
    "cobit.remediation_action",
    "cobit.risk_acceptance",
)
#: Items that are about an objective, a control or a finding.
ABOUT = (*ASSURED, "cobit.capability_assessment", "cobit.monitor")
#: Moves that show that controls came into force, were tested, failed, and had their risk accepted.
MOVES = {
    "cobit.control.activate",
    "cobit.control_assessment.request_evidence",
    "cobit.finding.agree_finding",
    "cobit.risk_acceptance.approve_acceptance",
}
_SIGNED = {
    "item_type": "governance.lesson",
    "transition": "dismiss",
    "check_id": "core.evidence_present",
    "params": {"kind": "sign_off"},
}
_RACI = {"DSS05.04": {"A": ["governance.process_owner"], "R": ["cobit.control_owner"]}}
#: Values for the fields of items of assurance: mostly such as fit.
MEANT_OF_ASSURANCE: dict[str, list[Any]] = {
    "cobit.governance_objective.objective_id": ["DSS05", "EDM01"],
    "cobit.governance_objective.name": ["Managed security services"],
    "cobit.governance_objective.practices": [[{"id": "DSS05.04", "label": "Manage identities"}]],
    "cobit.governance_objective.target_level": [3],
    "cobit.governance_objective.raci": [_RACI],
    "cobit.governance_objective.owner": ["process_owner"],
    "cobit.control.practice_id": ["BAI02.04", "DSS05.04"],
    "cobit.control.statement": ["Who dismisses a lesson has it signed off."],
    "cobit.control.nature": ["detective", "preventive"],
    "cobit.control.execution": ["it_dependent_manual"],
    "cobit.control.frequency": ["per_event", "monthly"],
    "cobit.control.key_control": [True, False],
    "cobit.control.mode": ["record", "block"],
    "cobit.control.bindings": [[_SIGNED]],
    "cobit.control.evidence_requirements": [[{"kind": "sign_off"}]],
    "cobit.control.test_procedure": ["Look for the signature."],
    "cobit.control.control_owner": ["control_owner"],
    "cobit.control.control_performer": ["control_performer"],
    "cobit.control.suspended_until": ["2026-12-10", "2026-11-01"],
    "cobit.control_assessment.period_start": ["2026-11-16"],
    "cobit.control_assessment.period_end": ["2026-11-16", "2026-11-15"],
    "cobit.control_assessment.design_result": ["adequate", "inadequate"],
    "cobit.control_assessment.design_note": ["The rule says who does what, and when."],
    "cobit.control_test.result": ["pass", "deviation"],
    "cobit.control_test.note": ["The document shows that it was done, and by whom."],
    "cobit.finding.condition": ["Nobody signs."],
    "cobit.finding.criteria": ["Somebody does."],
    "cobit.finding.effect": ["What was learned is lost."],
    "cobit.finding.source": ["partially_effective", "monitor_amber"],
    "cobit.finding.owner": ["finding_owner"],
    "cobit.finding.due_date": ["2026-12-20", "2028-01-01"],
    "cobit.remediation_action.assignee": ["finding_owner"],
    "cobit.remediation_action.due_date": ["2026-12-10"],
    "cobit.risk_acceptance.scope": [[]],
    "cobit.risk_acceptance.whole_workspace": [True],
    "cobit.risk_acceptance.rationale": [
        "Nothing else depends on it, and it is replaced by the end of the quarter."
    ],
    "cobit.risk_acceptance.valid_from": ["2026-11-16"],
    "cobit.risk_acceptance.valid_until": ["2027-01-31", "2026-11-30"],
    "cobit.capability_assessment.scores": [{}],
}
#: By type and state, what somebody of assurance writes before the next step.
PREPARED_FOR_ASSURANCE: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {
    "cobit.control": {
        "draft": (
            "control_owner",
            {"control_owner": "control_owner", "control_performer": "control_performer"},
        )
    }
}


def draft_controls(desk: Desk) -> None:
    """Drafts of the default controls, below their objectives."""
    table = shipped_table()
    rows = [row for row in table.objectives if row.id in OBJECTIVES]
    seed_objectives(desk.engine, SYSTEM_ACTOR, desk.key, table.model_copy(update={"objectives": tuple(rows)}))
    seed_controls(desk.engine, SYSTEM_ACTOR, desk.key, shipped_controls(), only=CONTROLS)
