"""The checks of what takes a control out of force: limited, covered, and agreed by a second person.

Source: COBIT 2019, MEA02 Managed system of internal control. Our choice: the days of all suspensions of twelve months
count together, so that one after the other is no longer than one alone may be.
"""

from __future__ import annotations

from datetime import date

from placet import CheckContext, ItemView, Verdict, approval_granted, check, passed
from placet_cobit.controls.design import design_in_force, in_force, stands
from placet_cobit.controls.effects import SUSPENSIONS_COUNT
from placet_cobit.controls.fields import ControlFields
from placet_cobit.demands import all_of, demand
from placet_cobit.ids import ACCEPTANCE, CONTROL, CONTROL_RELEASE, CONTROL_RETIREMENT
from placet_cobit.roles import CONTROL_OWNER
from placet_cobit.validity import covers

_WHO = (CONTROL_OWNER,)


@check("cobit")
def suspension_cover(ctx: CheckContext) -> Verdict:
    """A suspension has an end, and until then a related control operates or somebody has accepted the risk.

    Related is a control of the same objective, and so of the same practice. Setting: `longest_suspension_days`, days.
    """
    fields: ControlFields = ctx.item.fields
    until = fields.suspended_until
    if until is None:
        return all_of(
            demand(met=False, message="no last day is given", remedy="say until when it is suspended", who=_WHO,
                   inputs=["suspended_until"]),
            _cover(ctx, fields),
        )  # fmt: skip
    days, used = (until - ctx.today).days, days_suspended(fields, ctx.today)
    return all_of(
        demand(days > 0, "its last day is over", "name a later day", _WHO, until=until),
        _short_enough(days, used, ctx.settings.longest_suspension_days),
        _cover(ctx, fields),
    )


def _short_enough(days: int, used: int, most: int) -> Verdict:
    if not used:
        return demand(days <= most, "{days:count day} of suspension are more than {most}", "shorten it", _WHO,
                      days=days, most=most)  # fmt: skip
    return demand(
        days + used <= most,
        "{days:count day} of suspension, after {used:count day} in the last twelve months, are more than {most}",
        "shorten it, or retire the control",
        _WHO,
        days=days,
        used=used,
        most=most,
    )


def days_suspended(fields: ControlFields, today: date) -> int:
    """Days for which it was suspended in the last twelve months, each suspension counted as one at least."""
    since = today - SUSPENSIONS_COUNT
    return sum(
        max(1, (each.last - max(each.first, since)).days)
        for each in fields.suspensions
        if each.last is not None and each.last >= since
    )


def _cover(ctx: CheckContext, fields: ControlFields) -> Verdict:
    objective = _objective(ctx.item)
    others = [each.key for each in ctx.get_all(fields.compensating_controls) if _covers(ctx, each, objective)]
    return demand(
        bool(others) or _accepted(ctx, fields),
        "no other control of {objective} that operates, and no risk accepted until its end, covers the suspension",
        "name a compensating control of {objective}, or a risk acceptance that is in force until then",
        _WHO,
        objective=objective,
        compensating=others,
    )


def _objective(control: ItemView) -> str:
    """The objective of a control, by its practice: BAI06."""
    return str(design_in_force(control).practice_id).partition(".")[0]


def _covers(ctx: CheckContext, other: ItemView, objective: str) -> bool:
    """Whether another control of the objective is in force."""
    return (
        other.type == CONTROL
        and other.key != ctx.item.key
        and in_force(other)
        and _objective(other) == objective
    )


def _accepted(ctx: CheckContext, fields: ControlFields) -> bool:
    """Whether the risk is accepted from today until the end of the suspension."""
    found = ctx.get(fields.accepted_risk) if fields.accepted_risk else None
    if found is None or found.type != ACCEPTANCE or found.state != "approved":
        return False
    accepted = found.fields
    return accepted.control == ctx.item.key and covers(
        accepted.valid_from, accepted.valid_until, ctx.today, fields.suspended_until
    )


@check("cobit")
def release_votes(ctx: CheckContext) -> Verdict:
    """A key control, and one that law demands, is suspended with the agreement of a second person."""
    return _SUSPENDED.test(ctx) if needs_second_person(ctx.item) else passed(second_person=False)


@check("cobit")
def retirement_votes(ctx: CheckContext) -> Verdict:
    """A key control, and one that law demands, is retired with the agreement of a second person.

    Judged by the design that was activated; a draft that never was in force is retired without.
    """
    return _RETIRED.test(ctx) if needs_second_person(ctx.item) else passed(second_person=False)


def needs_second_person(control: ItemView) -> bool:
    """Whether nobody takes the control out of force alone."""
    if not stands(control):
        return False
    design = design_in_force(control)
    return design.legal_basis or bool(design.key_control)


_SUSPENDED = approval_granted(
    "cobit.release_votes", CONTROL_RELEASE, asked_by="ask_release", again="ask for the release again"
)
_RETIRED = approval_granted(
    "cobit.retirement_votes",
    CONTROL_RETIREMENT,
    asked_by="ask_retirement",
    again="ask for the retirement again",
)
