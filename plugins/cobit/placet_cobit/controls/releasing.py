"""The checks of what takes a control out of force: limited, covered, and agreed by a second person.

Source: COBIT 2019, MEA02 Managed system of internal control. Our choice: the days of all suspensions of twelve months
count together, so that one after the other takes at most as long as one alone may.
"""

from __future__ import annotations

from datetime import date

from placet import CheckContext, ItemView, Verdict, approval_granted, check, passed
from placet_cobit.checking import all_of, demand
from placet_cobit.controls.cover import compensating, objective_of, risk_accepted
from placet_cobit.controls.design import design_in_force, stands
from placet_cobit.controls.effects import SUSPENSIONS_COUNT
from placet_cobit.controls.fields import ControlFields
from placet_cobit.ids import CONTROL_RELEASE, CONTROL_RETIREMENT
from placet_cobit.roles import CONTROL_OWNER

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
        demand(
            days > 0,
            "its last day is over",
            "name a later day",
            _WHO,
            inputs=["suspended_until"],
            until=until,
        ),
        _short_enough(days, used, ctx.settings.longest_suspension_days),
        _cover(ctx, fields),
    )


def _short_enough(days: int, used: int, most: int) -> Verdict:
    if not used:
        return demand(days <= most, "a suspension of {days:count day} is longer than {most}", "shorten it", _WHO,
                      days=days, most=most)  # fmt: skip
    return demand(
        days + used <= most,
        "a suspension of {days:count day}, after {used:count day} in the last twelve months, is longer than {most}",
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
    objective, others = objective_of(ctx.item), compensating(ctx, ctx.item)
    until = fields.suspended_until or ctx.today
    return demand(
        bool(others) or risk_accepted(ctx, ctx.item, ctx.today, until),
        "no other control of {objective} that operates, and no risk accepted until its end, covers the suspension",
        "name a compensating control of {objective}, or a risk acceptance that is in force until then",
        _WHO,
        objective=objective,
        compensating=others,
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


_SUSPENDED = approval_granted("cobit.release_votes", CONTROL_RELEASE, again="ask for the release again")
_RETIRED = approval_granted(
    "cobit.retirement_votes",
    CONTROL_RETIREMENT,
    again="ask for the retirement again",
)
