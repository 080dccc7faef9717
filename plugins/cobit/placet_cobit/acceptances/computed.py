"""The computed fields of a risk acceptance: what it is about, and how much that matters."""

from __future__ import annotations

from placet import CheckContext, Computed, ItemView
from placet_cobit.acceptances.fields import AcceptanceFields
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
    """That of the finding; of a control without one high if it is a key control, and medium otherwise."""
    found, about = _finding(ctx), _control(ctx)
    if found is not None:
        return Severity(found.fields.severity) if found.fields.severity else None
    if about is None:
        return None
    return Severity.HIGH if about.fields.key_control else Severity.MEDIUM


def owned_by(ctx: CheckContext) -> str | None:
    """The owner of the finding, or else of the control."""
    found, about = _finding(ctx), _control(ctx)
    person = found.fields.owner if found is not None else None
    if found is None and about is not None:
        person = about.fields.control_owner
    return None if person is None else str(person)


def renewals(ctx: CheckContext) -> int:
    """Earlier acceptances of the same finding, or of the same control without one; named as a renewal or not."""
    fields: AcceptanceFields = ctx.item.fields
    subject = {"finding": fields.finding} if fields.finding else {"control": fields.control}
    return sum(
        each.key != ctx.item.key and each.parent == ctx.item.parent
        for each in ctx.items(ACCEPTANCE, states=_GRANTED, **subject)
    )


COMPUTED = (
    Computed("finding", finding),
    Computed("control", control),
    Computed("severity", severity),
    Computed("owned_by", owned_by),
    Computed("renewals", renewals),
)
