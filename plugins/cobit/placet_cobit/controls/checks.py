"""The checks of a control itself: complete, approved, and bound to what exists.

Source: COBIT 2019, MEA02 Managed system of internal control.
"""

from __future__ import annotations

from placet import (
    CheckContext,
    Role,
    Verdict,
    approval_granted,
    blocked,
    check,
    empty_fields,
    fields_missing,
    passed,
)
from placet_cobit.checking import all_of, demand
from placet_cobit.controls.fields import ControlFields, Execution
from placet_cobit.controls.gating import gates
from placet_cobit.ids import CONTROL_APPROVAL
from placet_cobit.practices import practice_fault
from placet_cobit.roles import CONTROL_OWNER, CONTROL_PERFORMER

_NEEDED = (
    "statement", "nature", "execution", "frequency", "key_control", "evidence_requirements", "test_procedure",
    "control_owner", "control_performer",
)  # fmt: skip
_WHO = (CONTROL_OWNER,)

control_votes = approval_granted(
    "cobit.control_votes", CONTROL_APPROVAL, again="return it, and propose it again"
)


@check("cobit")
def control_fields(ctx: CheckContext) -> Verdict:
    """A control says who does what and when, who owns it, what evidence it leaves and how it is tested.

    Its owner and its performer hold the roles for that.
    """
    fields: ControlFields = ctx.item.fields
    verdicts = []
    if missing := empty_fields(fields, *_NEEDED):
        verdicts.append(fields_missing(ctx, missing, remedy="complete the control", who=_WHO))
    if fault := practice_fault(ctx, fields.practice_id):
        verdicts.append(
            blocked(
                "{practice} is not a practice: {fault}", remedy="name one of its practices", who=[CONTROL_OWNER.id],
                message_id="cobit.control_fields.practice", params={"practice": fields.practice_id, "fault": fault},
            )
        )  # fmt: skip
    return all_of(
        *verdicts,
        holds_role(ctx, fields.control_owner, CONTROL_OWNER),
        holds_role(ctx, fields.control_performer, CONTROL_PERFORMER),
    )


def holds_role(ctx: CheckContext, person: str | None, role: Role) -> Verdict:
    """Who is named for a control holds the role without which they could not do what it asks of them."""
    return demand(
        person is None or ctx.holds(person, role.id),
        "{person:person} does not hold the role {role:role}",
        "name somebody who holds it, or have the role given to them",
        _WHO,
        person=person,
        role=role.id,
    )


@check("cobit")
def binding_exists(ctx: CheckContext) -> Verdict:
    """Every binding names an item type, a transition and a check that exist here, with parameters that fit.

    A control that the system executes has at least one.
    """
    fields: ControlFields = ctx.item.fields
    wanted = gates(ctx.item, fields.bindings)
    verdicts = [
        blocked(
            "binding {n}: {fault}", remedy="correct the binding", who=[CONTROL_OWNER.id],
            params={"n": n, "fault": fault, "type": gate.item_type, "transition": gate.transition},
        )
        for n, gate in enumerate(wanted, start=1)
        for fault in ctx.gate_faults(gate)
    ]  # fmt: skip
    if not wanted and fields.execution is Execution.AUTOMATED:
        verdicts.append(
            blocked(
                "the system is to execute it, and it is bound to no transition",
                remedy="add a binding, or have a person execute it",
                who=[CONTROL_OWNER.id],
                message_id="cobit.binding_exists.none",
            )
        )
    return all_of(*verdicts) if verdicts else passed(bindings=[gate.id for gate in wanted])
