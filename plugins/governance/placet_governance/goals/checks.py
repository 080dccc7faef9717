"""The checks of objectives, benefits and improvements.

Source: COBIT 2019, EDM02 and APO02; ITIL 4, practice Continual improvement.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from placet import (
    Action,
    CheckContext,
    Verdict,
    blocked,
    check,
    empty_fields,
    fields_missing,
    fields_present,
    named,
    passed,
    plain_number,
    strictest,
)
from placet_governance.goals.computed import improvement
from placet_governance.goals.fields import BenefitFields, Level, ObjectiveFields
from placet_governance.ids import SERVES
from placet_governance.roles import BENEFIT_OWNER, OBJECTIVE_OWNER, PORTFOLIO_MANAGER, PROCESS_OWNER

_FINAL = frozenset({"closed", "closed_prematurely", "cancelled", "done", "embedded", "dropped", "removed"})

initiative_fields = fields_present(
    "governance.initiative_fields",
    "idea",
    "expected_value",
    "effort",
    "measure",
    "value_score",
    "effort_score",
    remedy="score the idea",
    who=[PROCESS_OWNER],
)


@check("governance")
def objective_fields(ctx: CheckContext) -> Verdict:
    """An objective can be measured, has a date ahead, serves goals, and stands under one that is pursued."""
    fields: ObjectiveFields = ctx.item.fields
    missing = empty_fields(
        fields,
        "statement",
        "measure",
        "baseline",
        "target",
        "target_date",
        "enterprise_goals",
        "alignment_goals",
    )
    verdicts: list[Verdict] = []
    if missing:
        verdicts.append(
            fields_missing(ctx, missing, remedy="complete the objective", who=[OBJECTIVE_OWNER.id])
        )
    if fields.target_date is not None and fields.target_date <= ctx.today:
        verdicts.append(
            blocked(
                "the target date, {date:day}, is not in the future",
                remedy="give a later target date",
                who=[OBJECTIVE_OWNER.id],
                message_id="governance.objective_fields.past",
                params={"date": fields.target_date},
                actions=[Action("edit", "Change the date", f"/items/{ctx.item.key}", ("target_date",))],
            )
        )
    parent = ctx.parent()
    if fields.level is not Level.ENTERPRISE and (parent is None or parent.state != "pursued"):
        verdicts.append(
            blocked(
                "it stands under no objective"
                if parent is None
                else "the objective above it, {parent}, is in {state:state}, and not pursued",
                remedy="put it under an objective that is pursued",
                who=[OBJECTIVE_OWNER.id],
                message_id="governance.objective_fields.parent",
                params={}
                if parent is None
                else {"parent": named(parent), "state": f"{parent.type}:{parent.state}"},
            )
        )
    return strictest(verdicts) if verdicts else passed(target=fields.target, until=fields.target_date)


@check("governance")
def benefit_fields(ctx: CheckContext) -> Verdict:
    """A benefit can be measured: its target lies away from the baseline, most of it has to be reached, on a day ahead.

    Setting: `benefit_tolerance_most`, percent.
    """
    fields: BenefitFields = ctx.item.fields
    missing = empty_fields(
        fields, "baseline", "target_value", "unit", "owner", "measure_method", "measure_dates"
    )
    verdicts: list[Verdict] = []
    if missing:
        verdicts.append(fields_missing(ctx, missing, remedy="complete the benefit", who=[BENEFIT_OWNER.id]))
    if fields.target_value is not None and fields.target_value == fields.baseline:
        verdicts.append(
            blocked(
                "the target, {target}, is the baseline: nothing would improve",
                remedy="give a target that lies above or below the baseline",
                who=[BENEFIT_OWNER.id],
                message_id="governance.benefit_fields.target",
                params={"target": plain_number(fields.target_value)},
            )
        )
    most: Decimal = ctx.settings.benefit_tolerance_most
    if fields.tolerance_percent > most:
        verdicts.append(
            blocked(
                "{given} % of the target may be missing, and {most} % at most are allowed",
                remedy="lower the tolerance",
                who=[BENEFIT_OWNER.id],
                message_id="governance.benefit_fields.tolerance",
                params={"given": plain_number(fields.tolerance_percent), "most": plain_number(most)},
            )
        )
    if fields.measure_dates and max(fields.measure_dates) < ctx.today:
        verdicts.append(
            blocked(
                "the last day of measurement, {date:day}, is over",
                remedy="give a later day of measurement",
                who=[BENEFIT_OWNER.id],
                message_id="governance.benefit_fields.past",
                params={"date": max(fields.measure_dates)},
            )
        )
    return strictest(verdicts) if verdicts else passed(target_value=fields.target_value)


@check("governance")
def objective_target(ctx: CheckContext) -> Verdict:
    """The target is reached, in the direction in which it lies from the baseline."""
    fields: ObjectiveFields = ctx.item.fields
    reached = improvement(fields.baseline, fields.target, fields.actual)
    wanted = improvement(fields.baseline, fields.target, fields.target)
    if reached is not None and wanted is not None and reached >= wanted:
        return passed(actual=fields.actual, target=fields.target)
    missing = empty_fields(fields, "baseline", "target", "actual")
    if fields.actual is None or fields.target is None or missing:
        return fields_missing(ctx, missing, remedy="measure what has been reached", who=[OBJECTIVE_OWNER.id])
    return blocked(
        "{actual} is reached, and the target is {target}",
        remedy="go on, or retire the objective",
        who=[OBJECTIVE_OWNER.id],
        params={"actual": plain_number(fields.actual), "target": plain_number(fields.target)},
    )


@check("governance")
def objective_links(ctx: CheckContext) -> Verdict:
    """Nothing that still goes on serves this objective alone."""
    serving = [item for item in ctx.linking(SERVES) if item.state not in _FINAL]
    # Read at once: thousands of items may serve an objective, and others besides it.
    served = ctx.get_all(key for item in serving for key in item.links[SERVES])
    others = {each.key for each in served if each.state == "pursued"} - {ctx.item.key}
    stranded = [item for item in serving if others.isdisjoint(item.links[SERVES])]
    if not stranded:
        return passed()
    return blocked(
        "{n:count item} would not serve an objective any more: {items:and}",
        remedy=f"link {'it' if len(stranded) == 1 else 'them'} to another objective",
        who=[PORTFOLIO_MANAGER.id],
        params={"n": len(stranded), "items": [named(item) for item in stranded]},
    )


@check("governance")
def measure_value(ctx: CheckContext) -> Verdict:
    """A measurement has a value, a date, and says where the figure comes from."""
    fields: BenefitFields = ctx.item.fields
    missing = [name for name in ("actual_value", "measured_on") if ctx.sent.get(name) is None]
    verdicts: list[Verdict] = []
    if missing:
        verdicts.append(fields_missing(ctx, missing, remedy="enter the measurement", who=[BENEFIT_OWNER.id]))
    if not ctx.evidence("measurement") and empty_fields(fields, "measure_source"):
        verdicts.append(
            blocked(
                "the source of the figure is not given",
                remedy="name the source, or attach evidence of kind measurement",
                who=[BENEFIT_OWNER.id],
                message_id="governance.measure_value.source",
            )
        )
    if fields.measured_on is not None and fields.measured_on > ctx.today:
        verdicts.append(
            blocked(
                "the day of the measurement, {date:day}, is in the future",
                remedy="correct the day of the measurement",
                who=[BENEFIT_OWNER.id],
                message_id="governance.measure_value.future",
                params={"date": fields.measured_on},
            )
        )
    if verdicts:
        return strictest(verdicts)
    return passed(actual_value=fields.actual_value, measured_on=fields.measured_on)


@check("governance")
def benefit_within(ctx: CheckContext) -> Verdict:
    """The improvement is what was aimed at, less what may be missing.

    Reads: `baseline`, `target_value`, `actual_value`, `tolerance_percent`.
    """
    fields: BenefitFields = ctx.item.fields
    reached, wanted = fields.improvement, fields.target_improvement
    least = 100 - fields.tolerance_percent
    if reached is None or not wanted:
        return fields_missing(ctx, ["actual_value"], remedy="measure it", who=[BENEFIT_OWNER.id])
    share = 100 * reached / wanted
    if reached * 100 >= wanted * least:
        return passed(percent=_percent(share))
    return blocked(
        "{percent} % of the target is reached, and at least {least} % is required",
        remedy="measure again later, or declare the benefit missed",
        who=[BENEFIT_OWNER.id],
        params={"percent": _percent(share), "least": _percent(least)},
    )


def _percent(share: Decimal) -> Decimal:
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


@check("governance")
def initiative_effect(ctx: CheckContext) -> Verdict:
    """The effect was measured, some time after the work was finished.

    Setting: `effect_after`, days.
    """
    finished = ctx.item.fields.finished_at or ctx.item.state_since
    due = finished + timedelta(days=ctx.settings.effect_after)
    if ctx.now < due:
        return blocked(
            "it was finished {days:count day} ago, and its effect is measured after {needed}",
            remedy="wait until {due:moment}, and measure then",
            who=[PROCESS_OWNER.id],
            earliest=due,
            message_id="governance.initiative_effect.early",
            params={
                "days": (ctx.now - finished).days,
                "needed": ctx.settings.effect_after,
                "due": due,
            },
        )
    if empty_fields(ctx.item.fields, "measured_value") and not ctx.evidence("measurement"):
        return fields_missing(ctx, ["measured_value"], remedy="measure its effect", who=[PROCESS_OWNER.id])
    return passed(measured_value=ctx.item.fields.measured_value)
