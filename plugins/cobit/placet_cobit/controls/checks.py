"""The checks of a control itself: complete, approved, bound to what exists, and covered while it is suspended.

Source: COBIT 2019, MEA02 Managed system of internal control.
"""

from __future__ import annotations

from datetime import date

from placet import (
    CheckContext,
    ItemView,
    Verdict,
    approval_granted,
    blocked,
    check,
    empty_fields,
    fields_missing,
    passed,
)
from placet_cobit.controls.fields import ControlFields, Execution
from placet_cobit.controls.gating import gates
from placet_cobit.demands import all_of, demand
from placet_cobit.ids import ACCEPTANCE, CONTROL, CONTROL_APPROVAL, CONTROL_RELEASE
from placet_cobit.objectives.practices import practice_fault
from placet_cobit.roles import CONTROL_OWNER

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
    """A control says who does what and when, who owns it, what evidence it leaves and how it is tested."""
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
    return all_of(*verdicts) if verdicts else passed(practice=fields.practice_id)


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


@check("cobit")
def suspension_cover(ctx: CheckContext) -> Verdict:
    """A suspension has an end, and meanwhile another control works or somebody has accepted the risk.

    Setting: `longest_suspension_days`, days.
    """
    fields: ControlFields = ctx.item.fields
    most: int = ctx.settings.longest_suspension_days
    until = fields.suspended_until
    return all_of(
        demand(until is not None, "no last day is given", "say until when it is suspended", _WHO,
               inputs=["suspended_until"]),
        demand(until is None or until > ctx.today, "its last day is over", "name a later day", _WHO),
        demand(until is None or _days(ctx.today, until) <= most,
               "{days:count day} of suspension are more than {most}", "shorten it", _WHO,
               days=_days(ctx.today, until), most=most),
        demand(_covered(ctx, fields), "no operating control and no accepted risk covers the suspension",
               "name a compensating control, or a risk acceptance in force", _WHO,
               compensating=list(fields.compensating_controls)),
    )  # fmt: skip


def _days(today: date, until: date | None) -> int:
    return 0 if until is None else (until - today).days


def _covered(ctx: CheckContext, fields: ControlFields) -> bool:
    others = [each for each in ctx.get_all(fields.compensating_controls) if _works(ctx, each)]
    if others:
        return True
    accepted = ctx.get(fields.accepted_risk) if fields.accepted_risk else None
    return (
        accepted is not None
        and accepted.type == ACCEPTANCE
        and accepted.state == "approved"
        and accepted.fields.control == ctx.item.key
    )


def _works(ctx: CheckContext, control: ItemView) -> bool:
    """Whether another control is in force."""
    return control.type == CONTROL and control.state == "operating" and control.key != ctx.item.key


@check("cobit")
def release_votes(ctx: CheckContext) -> Verdict:
    """A control that law demands is taken out of force with the agreement of a second person."""
    fields: ControlFields = ctx.item.fields
    if not fields.legal_basis:
        return passed(legal_basis=False)
    return _RELEASED.test(ctx)


_RELEASED = approval_granted("cobit.release_votes", CONTROL_RELEASE, again="ask for the release again")
