"""The checks of exceptions.

Source: PRINCE2 7, practice Progress.
"""

from __future__ import annotations

from placet import CheckContext, ItemView, Verdict, blocked, check, plain_number, standing
from placet_governance.roles import BUSINESS_LAYER
from placet_prince2.checking import all_of, demand, lacking, own
from placet_prince2.control.status import found_statuses, spoken
from placet_prince2.control.watch import ANSWERING, forecast_last, open_exception
from placet_prince2.document_kinds import Kind
from placet_prince2.exceptions.fields import ExceptionFields, Level
from placet_prince2.ids import STAGE
from placet_prince2.numbers.exceptions import replaced, still_outside
from placet_prince2.numbers.tolerances import ToleranceStatus
from placet_prince2.roles import EXECUTIVE, PROJECT_MANAGER
from placet_prince2.stages.checks import fits, plan_numbers_missing, same_units


def subject_of(ctx: CheckContext) -> ItemView | None:
    """The stage or project that is outside."""
    return ctx.parent()


def breached_now(ctx: CheckContext) -> list[ToleranceStatus]:
    """The statuses now of the aspects that the exception is about."""
    fields: ExceptionFields = ctx.item.fields
    subject = subject_of(ctx)
    about = {each.measure for each in fields.breaches}
    return [] if subject is None else [each for each in found_statuses(ctx, subject) if each.measure in about]


@check("prince2")
def only_one(ctx: CheckContext) -> Verdict:
    """It is about a stage or a project that runs, and that has no other open exception."""
    subject = subject_of(ctx)
    runs = subject is not None and subject.state in ANSWERING[subject.type]
    known = None if subject is None else open_exception(ctx, subject.key)
    return all_of(
        demand(runs, "an exception is about a stage or project that runs", "make it below one", [PROJECT_MANAGER]),
        demand(known is None, "{known} is open already", "report that one", [PROJECT_MANAGER],
               known=None if known is None else known.key),
    )  # fmt: skip


@check("prince2")
def exception_fields(ctx: CheckContext) -> Verdict:
    """The report says what caused it, what follows, at least two options, and which one is recommended."""
    fields: ExceptionFields = ctx.item.fields
    return all_of(
        lacking(ctx, ["cause", "consequence", "recommendation"], "complete the report", [PROJECT_MANAGER]),
        demand(len(fields.options) >= 2, "{n:count option} described, of two at least",  # noqa: PLR2004
               "describe the others; doing nothing may be one",
               [PROJECT_MANAGER], inputs=["options"], n=len(fields.options)),
        demand(bool(fields.breaches) or fields.issue is not None, "nothing is outside its tolerance",
               "withdraw it", [PROJECT_MANAGER]),
    )  # fmt: skip


@check("prince2")
def level(ctx: CheckContext) -> Verdict:
    """The board decides on the exception of a stage, and the business layer on that of the project."""
    fields: ExceptionFields = ctx.item.fields
    of_stage = fields.level is Level.STAGE
    roles = [EXECUTIVE, BUSINESS_LAYER] if of_stage else [BUSINESS_LAYER]
    allowed = ctx.holds(ctx.actor, *(role.id for role in roles))
    return demand(allowed, "an exception of the project needs the business layer" if not of_stage
                  else "an exception of a stage needs the executive", "ask the {role:role}", roles,
                  role=roles[0].id, level=str(fields.level))  # fmt: skip


@check("prince2")
def covers(ctx: CheckContext) -> Verdict:
    """With the new tolerances every forecast is inside, and the stage still fits the project."""
    fields: ExceptionFields = ctx.item.fields
    subject = subject_of(ctx)
    if subject is None:
        return blocked("it belongs to no stage or project", remedy="withdraw it", who=[PROJECT_MANAGER.id])
    wider = replaced(subject.fields.tolerances, fields.new_tolerances)
    moved = [
        each.measure.aspect.value
        for each in fields.new_tolerances
        if (old := next((o for o in subject.fields.tolerances if o.measure == each.measure), None))
        is not None
        and old.target != each.target
    ]
    outside = still_outside(breached_now(ctx), wider, works=ctx.workspace.calendar.open_on)
    said = [
        f"{each.measure}: forecast {_said(each)} is {plain_number(abs(each.deviation))} {each.unit} from its target, "
        f"and {plain_number(each.limit_upper if each.deviation >= 0 else each.limit_lower)} would be inside"
        for each in outside
    ]
    return all_of(
        demand(bool(fields.new_tolerances), "no new tolerance is given",
               "give the tolerances that hold from now on", [EXECUTIVE], inputs=["new_tolerances"]),
        demand(not moved, "the target of {aspects:and} would change", "widen it, or ask for an exception plan",
               [EXECUTIVE], aspects=moved),
        demand(not outside, "still outside: {said:and}", "raise it further, or ask for an exception plan", [EXECUTIVE],
               said=said),
        same_units(fields.new_tolerances, subject.fields.tolerances, subject.key),
        *(fits(ctx, subject, wider) if subject.type == STAGE else []),
    )  # fmt: skip


def _said(status: ToleranceStatus) -> str:
    value = status.forecast
    return value.isoformat() if hasattr(value, "isoformat") else str(plain_number(value))


def plan_of(ctx: CheckContext) -> ItemView | None:
    """The exception plan."""
    key = ctx.item.fields.exception_plan
    return ctx.get(key) if key else None


@check("prince2")
def ep_numbers(ctx: CheckContext) -> Verdict:
    """The exception plan has dates, a budget, tolerances and products, and its own forecasts are inside."""
    plan, subject = plan_of(ctx), subject_of(ctx)
    if plan is None or plan.fields.kind is not Kind.EXCEPTION_PLAN or subject is None:
        return blocked(
            "the exception plan is missing",
            remedy="write one, and name it",
            who=[PROJECT_MANAGER.id],
        )
    lacks = plan_numbers_missing(plan)
    mine = plan.fields.stage == subject.key or (subject.type != STAGE and plan.fields.project == subject.key)
    outside = [each for each in found_statuses(ctx, subject, plan.fields.tolerances) if each.breached]
    return all_of(
        demand(
            mine,
            "the plan is not one of {subject}",
            "write it below that",
            [PROJECT_MANAGER],
            subject=subject.key,
        ),
        demand(
            not lacks, "the exception plan lacks {lacks:and}", "complete it", [PROJECT_MANAGER], lacks=lacks
        ),
        own(ctx.get_all(plan.fields.products), plan.fields.project, [PROJECT_MANAGER]),
        demand(
            not outside,
            "the forecasts are outside the plan already: {said:and}",
            "plan so that they are inside",
            [PROJECT_MANAGER],
            said=[spoken(each) for each in outside],
        ),
        *(fits(ctx, subject, plan.fields.tolerances) if subject.type == STAGE
          else [same_units(plan.fields.tolerances, subject.fields.tolerances, "the project")]),
    )  # fmt: skip


@check("prince2")
def ep_approved(ctx: CheckContext) -> Verdict:
    """The board has approved the exception plan, and that of a stage stays inside its project even at its limits."""
    plan = plan_of(ctx)
    if plan is None:
        return blocked("the exception plan is missing", remedy="write one", who=[PROJECT_MANAGER.id])
    subject = subject_of(ctx)
    stage = subject is not None and subject.type == STAGE
    return all_of(
        demand(plan.state == "approved", "{plan:standing}", "obtain the decision of the board", [EXECUTIVE],
               plan=standing(plan)),
        *(fits(ctx, subject, plan.fields.tolerances) if subject is not None and stage else []),
    )  # fmt: skip


@check("prince2")
def inside_again(ctx: CheckContext) -> Verdict:
    """Every aspect is inside its tolerance again, by a forecast that is newer than the exception."""
    subject = subject_of(ctx)
    outside = [spoken(each) for each in breached_now(ctx) if each.breached]
    made = None if subject is None else forecast_last(subject)
    fresh = made is None or made >= ctx.item.created_at
    return all_of(
        demand(
            not outside,
            "still outside: {said:and}",
            "have the exception decided",
            [PROJECT_MANAGER],
            said=outside,
        ),
        demand(fresh, "the forecasts are older than the exception", "update them", [PROJECT_MANAGER]),
    )
