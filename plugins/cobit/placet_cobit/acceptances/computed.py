"""The computed fields of a risk acceptance: what it is about, and how much that matters."""

from __future__ import annotations

from placet import CheckContext, Computed, ItemView
from placet_cobit.acceptances.fields import AcceptanceFields
from placet_cobit.controls.design import design_in_force
from placet_cobit.ids import ACCEPTANCE, CONTROL, FINDING
from placet_cobit.severity import Severity

#: States of an acceptance that is or was in force.
_GRANTED = ("approved", "expired", "revoked")


def _finding(ctx: CheckContext) -> ItemView | None:
    above = ctx.parent()
    return above if above is not None and above.type == FINDING else None


def _control(ctx: CheckContext) -> ItemView | None:
    above = ctx.parent()
    if above is not None and above.type == CONTROL:
        return above
    key = above.fields.control if above is not None and above.type == FINDING else None
    return ctx.get(key) if key else None


def finding(ctx: CheckContext) -> str | None:
    """The finding, where it lies below one."""
    found = _finding(ctx)
    return found.key if found is not None else None


def control(ctx: CheckContext) -> str | None:
    """The control above it, or that of the finding."""
    found = _control(ctx)
    return found.key if found is not None else None


def severity(ctx: CheckContext) -> Severity | None:
    """The highest of the control's open findings, as all of them are waived with it.

    Of a control without any it is high for a key control, and medium otherwise.
    """
    about = _control(ctx)
    if about is None:
        return None
    found = (
        []
        if _finding(ctx) is not None
        else [Severity.HIGH if design_in_force(about).key_control else Severity.MEDIUM]
    )
    found += [
        Severity(each.fields.severity)
        for each in ctx.items(FINDING, control=about.key)
        if each.fields.severity and each.state not in ("closed", "invalid")
    ]
    return max(found, key=tuple(Severity).index, default=None)


def owned_by(ctx: CheckContext) -> str | None:
    """The owner of the finding, or else of the control."""
    found, about = _finding(ctx), _control(ctx)
    person = found.fields.owner if found is not None else None
    if found is None and about is not None:
        person = design_in_force(about).control_owner
    return None if person is None else str(person)


def operated_by(ctx: CheckContext) -> tuple[str, ...]:
    """The owner and the performer of the control, by the design in force, and by no draft of one."""
    about = _control(ctx)
    if about is None:
        return ()
    design = design_in_force(about)
    people = (design.control_owner, design.control_performer)
    return tuple(dict.fromkeys(str(person) for person in people if person))


def renewals(ctx: CheckContext) -> int:
    """Other acceptances of the same control, whatever they lie below, and named as a renewal or not."""
    fields: AcceptanceFields = ctx.item.fields
    return sum(
        each.key != ctx.item.key for each in ctx.items(ACCEPTANCE, states=_GRANTED, control=fields.control)
    )


COMPUTED = (
    Computed("finding", finding),
    Computed("control", control),
    Computed("severity", severity),
    Computed("owned_by", owned_by),
    Computed("operated_by", operated_by),
    Computed("renewals", renewals),
)
