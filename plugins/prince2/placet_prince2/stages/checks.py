"""The checks of a stage.

Source: PRINCE2 7, processes Directing a project, Controlling a stage and Managing a stage boundary.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from placet import CheckContext, ItemView, Verdict, blocked, check, passed, plain_number, standing, strictest
from placet_prince2.checking import (
    all_final,
    all_of,
    demand,
    documents,
    indicators_fit,
    own,
    stages,
    tolerances_missing,
    units_fit,
)
from placet_prince2.control.measures import with_packages
from placet_prince2.control.status import found_statuses
from placet_prince2.control.watch import open_exception
from placet_prince2.document_kinds import Kind
from placet_prince2.ids import EXCEPTION, MANAGEMENT_PRODUCT, PRODUCT, STAGE, WORK_PACKAGE
from placet_prince2.numbers.days import unit_of
from placet_prince2.numbers.limits import end_fit, stage_cost_fit
from placet_prince2.numbers.tolerances import Aspect, Tolerance, same_unit
from placet_prince2.place import project_of
from placet_prince2.projects.checks import no_exception, value_reached
from placet_prince2.roles import EXECUTIVE, PROJECT_MANAGER, TEAM_MANAGER
from placet_prince2.stages.fields import StageFields

#: Aspects without which no stage is authorized.
REQUIRED = (Aspect.TIME, Aspect.COST, Aspect.SCOPE, Aspect.RISK, Aspect.SUSTAINABILITY)


def tolerance_for(tolerances: tuple[Tolerance, ...], aspect: Aspect) -> Tolerance | None:
    """The tolerance for an aspect that has one."""
    return next((each for each in tolerances if each.aspect is aspect), None)


def plan_of(ctx: CheckContext, stage: ItemView) -> ItemView | None:
    """The plan that a stage follows."""
    return ctx.get(stage.fields.stage_plan) if stage.fields.stage_plan else None


def previous(ctx: CheckContext) -> ItemView | None:
    """The stage before this one."""
    fields: StageFields = ctx.item.fields
    found = stages(ctx, fields.project)
    return next((each for each in found if each.fields.number == fields.number - 1), None)


@check("prince2")
def stage_number(ctx: CheckContext) -> Verdict:
    """Stages are numbered without gaps; the first initiates, all others deliver, and one of these is the last."""
    fields: StageFields = ctx.item.fields
    others = [each for each in stages(ctx, fields.project) if each.key != ctx.item.key]
    numbers = sorted([fields.number, *(each.fields.number for each in others)])
    initiates = fields.kind == "initiation"
    # A final stage that is completed is followed by another one where the closure was given up.
    finals = [each.key for each in others if each.fields.is_final and each.state != "completed"]
    taken = [each for each in others if each.fields.number == fields.number]
    return all_of(
        demand(not taken, "{stages:standing}, and has the number {number} already", "take the next number",
               [PROJECT_MANAGER], number=fields.number, stages=[standing(each) for each in taken]),
        demand(bool(taken) or numbers == list(range(1, len(numbers) + 1)),
               "the stages would have the numbers {numbers:and}, with a gap", "number stages 1, 2, 3 and so on",
               [PROJECT_MANAGER], numbers=numbers),
        demand(initiates == (fields.number == 1), "stage 1 initiates the project, and all others deliver",
               "give it the other kind", [PROJECT_MANAGER], number=fields.number),
        demand(not (fields.is_final and (finals or initiates)), "one delivery stage alone is final",
               "unmark this one, or the other one first", [PROJECT_MANAGER], finals=finals),
    )  # fmt: skip


def plan_numbers_missing(plan: ItemView) -> list[str]:
    """The parts that a plan lacks: dates in order, a budget, products and tolerances that aim at them."""
    fields = plan.fields
    cost, time = (tolerance_for(fields.tolerances, each) for each in (Aspect.COST, Aspect.TIME))
    dated = fields.planned_start and fields.planned_end and fields.planned_start <= fields.planned_end
    aspects = {each.aspect for each in fields.tolerances}
    faults = {
        "a start and a later end": not dated,
        "a budget": not fields.budget,
        "products": not fields.products,
        "a tolerance for cost that aims at its budget": cost is not None and cost.target != fields.budget,
        "a tolerance for time that aims at its end": time is not None and time.target != fields.planned_end,
    }
    lacks = [name for name, missing in faults.items() if missing]
    return lacks + [f"a tolerance for {each}" for each in REQUIRED if each not in aspects]


@check("prince2")
def plan_numbers(ctx: CheckContext) -> Verdict:
    """The stage has a plan with dates, a budget, products of its project, and tolerances."""
    plan = plan_of(ctx, ctx.item)
    kinds = (Kind.STAGE_PLAN, Kind.EXCEPTION_PLAN)
    if plan is None or plan.fields.kind not in kinds or plan.fields.stage != ctx.item.key:
        return blocked("the stage has no plan of its own", remedy="write a stage plan below the stage, and name it",
                       who=[PROJECT_MANAGER.id])  # fmt: skip
    lacks = plan_numbers_missing(plan)
    return all_of(
        demand(not lacks, "the stage plan lacks {lacks:and}", "complete it", [PROJECT_MANAGER], lacks=lacks),
        own(ctx.get_all(plan.fields.products), ctx.item.fields.project, [PROJECT_MANAGER]),
        indicators_fit(ctx, plan.fields.tolerances, [PROJECT_MANAGER]),
        _units(ctx, plan.fields.tolerances),
    )


def _units(ctx: CheckContext, tolerances: tuple[Tolerance, ...]) -> Verdict:
    """In those of the project, which it has once its tolerances are set, and before in those of the workspace."""
    project = project_of(ctx)
    above = () if project is None else project.fields.tolerances
    return (
        same_units(tolerances, above, "the project")
        if above
        else units_fit(ctx, tolerances, [PROJECT_MANAGER])
    )


@check("prince2")
def plan_approved(ctx: CheckContext) -> Verdict:
    """The board has approved the plan of the stage."""
    plan = plan_of(ctx, ctx.item)
    if plan is None:
        return blocked("the stage has no plan", remedy="submit one", who=[PROJECT_MANAGER.id])
    return demand(plan.state == "approved", "{plan:standing}", "obtain the decision of the board", [EXECUTIVE],
                  plan=standing(plan), edition=plan.fields.edition)  # fmt: skip


@check("prince2")
def case_reviewed(ctx: CheckContext) -> Verdict:
    """The business case was confirmed or updated since the boundary of the stage before; first, the brief has it."""
    fields: StageFields = ctx.item.fields
    if fields.number == 1:
        brief = documents(ctx, fields.project, Kind.PROJECT_BRIEF, "approved")
        return demand(bool(brief), "the project brief with the outline business case is not approved",
                      "have it approved", [EXECUTIVE, PROJECT_MANAGER])  # fmt: skip
    before, found = previous(ctx), documents(ctx, fields.project, Kind.BUSINESS_CASE, "approved")
    since: datetime | None = None
    if before is not None:
        since = before.fields.started_at if fields.number == 2 else before.fields.boundary_started_at  # noqa: PLR2004
    reviewed: datetime | None = found[0].fields.reviewed_at if found else None
    if reviewed is None:
        return blocked("the business case is not approved", remedy="have it approved", who=[EXECUTIVE.id])
    current = since is not None and reviewed >= since
    if since is None:
        return blocked("the stage before has not come to its boundary", remedy="bring it there first",
                       who=[PROJECT_MANAGER.id], message_id="prince2.case_reviewed.boundary")  # fmt: skip
    return demand(current, "the business case was last reviewed {reviewed:moment}, before the boundary {since:moment}",
                  "update or confirm it", [EXECUTIVE, PROJECT_MANAGER], reviewed=reviewed, since=since)  # fmt: skip


@check("prince2")
def case_still_viable(ctx: CheckContext) -> Verdict:
    """The business case is still worth its least value; that of the first stage is in the brief. Setting: `min_npv`."""
    if ctx.item.fields.number == 1:
        return passed(number=1)
    return value_reached(ctx, project_of(ctx))


@check("prince2")
def stage_tolerance_fit(ctx: CheckContext) -> Verdict:
    """The plan of the stage has its tolerances, and stays inside those of the project even at its limits.

    The plan counts as it is approved, and not as it was submitted.
    """
    plan = plan_of(ctx, ctx.item)
    tolerances = ctx.item.fields.tolerances if plan is None else plan.fields.tolerances
    required = tolerances_missing(tolerances, REQUIRED, "add them to the plan", [PROJECT_MANAGER])
    return all_of(required, *fits(ctx, ctx.item, tolerances))


def same_units(part: Iterable[Tolerance], whole: Iterable[Tolerance], above: str) -> Verdict:
    """Whether tolerances have the units of those above them, so that amounts can be compared."""
    units = {each.measure: each.unit for each in whole}
    other = [
        f"{each.measure} in {each.unit} and not in {units[each.measure]}"
        for each in part
        if each.measure in units and not same_unit(each.aspect, each.unit, units[each.measure])
    ]
    return demand(not other, f"a tolerance is in another unit than that of {above}: {{other:and}}",
                  f"give it in the unit of {above}", [PROJECT_MANAGER], other=other)  # fmt: skip


def fits(ctx: CheckContext, stage: ItemView, tolerances: tuple[Tolerance, ...]) -> list[Verdict]:
    """Whether a stage with these tolerances still fits its project."""
    project = ctx.get(stage.fields.project) if stage.fields.project else None
    if project is None or not project.fields.tolerances:
        return []
    works = ctx.workspace.calendar.open_on
    found = [same_units(tolerances, project.fields.tolerances, "the project")]
    whole, part = (tolerance_for(each, Aspect.COST) for each in (project.fields.tolerances, tolerances))
    if whole is not None and part is not None:
        others = [each for each in ctx.items(STAGE, project=project.key) if each.key != stage.key]
        fit = stage_cost_fit(part, with_packages(ctx, others, project=project.key), whole)
        found.append(
            demand(fit.fits, "the stage may cost {needed}, and the project has {left} left",
                   "lower its budget or its tolerance, or escalate", [PROJECT_MANAGER, EXECUTIVE],
                   needed=plain_number(fit.needed), left=plain_number(fit.left))
        )  # fmt: skip
    whole, part = (tolerance_for(each, Aspect.TIME) for each in (project.fields.tolerances, tolerances))
    if whole is not None and part is not None and isinstance(part.target, date):
        fit, day = end_fit(part.target, part.limit_upper, whole, works=works), unit_of(whole.unit).noun
        found.append(
            demand(fit.fits, f"the stage may end {{needed:count {day}}} after the planned end of the project, and the"
                   f" tolerance of that is {{left:count {day}}}", "plan an earlier end, or escalate",
                   [PROJECT_MANAGER, EXECUTIVE], needed=int(fit.needed), left=int(fit.left))
        )  # fmt: skip
    return found


@check("prince2")
def previous_completed(ctx: CheckContext) -> Verdict:
    """The stage before is completed, and its end stage report is accepted."""
    if ctx.item.fields.number == 1:
        return passed(number=1)
    before = previous(ctx)
    if before is None:
        return blocked("the stage before is missing", remedy="plan it first", who=[PROJECT_MANAGER.id])
    report = ctx.get(before.fields.end_stage_report) if before.fields.end_stage_report else None
    done = before.state == "completed" and report is not None and report.state == "accepted"
    return demand(done, "{stage:standing}, and its end stage report is {report}", "complete it first",
                  [PROJECT_MANAGER, EXECUTIVE], stage=standing(before),
                  report="missing" if report is None else report.state)  # fmt: skip


@check("prince2")
def project_state(ctx: CheckContext) -> Verdict:
    """The project is initiating for its first stage, and delivering for all others."""
    project = project_of(ctx)
    if project is None:
        return blocked(
            "the stage belongs to no project", remedy="make it below a project", who=[PROJECT_MANAGER.id]
        )
    wanted = "initiating" if ctx.item.fields.kind == "initiation" else "delivering"
    return demand(project.state == wanted, "{project:standing}", "authorize it first", [EXECUTIVE],
                  project=standing(project))  # fmt: skip


@check("prince2")
def exposure_ok(ctx: CheckContext) -> Verdict:
    """The risks of the project and of the stage are inside their tolerance."""
    project = project_of(ctx)
    verdicts = []
    for subject in (each for each in (project, ctx.item) if each is not None):
        lines = [each for each in subject.fields.tolerances if each.aspect is Aspect.RISK]
        for found in found_statuses(ctx, subject, lines):
            limit = found.limit_upper
            if isinstance(found.forecast, Decimal) and found.forecast > limit:
                text = "the risks of {item} are worth {exposure}: {exposure} exceeds {limit}"
            else:
                text = "the risks of {item} have single ones that are too grave: {grave}"
            verdicts.append(
                demand(not found.breached, text, "respond to risks, or have the limit raised", [PROJECT_MANAGER],
                       item=subject.title, exposure=plain_number(Decimal(str(found.forecast))),
                       limit=plain_number(limit), grave=list(found.because))
            )  # fmt: skip
    return strictest(verdicts) if verdicts else passed()


@check("prince2")
def exception_reported(ctx: CheckContext) -> Verdict:
    """An exception of the stage is open."""
    return demand(open_exception(ctx, ctx.item.key) is not None, "no exception of the stage is open",
                  "record the forecasts; an exception follows by itself", [PROJECT_MANAGER])  # fmt: skip


@check("prince2")
def adoptable(ctx: CheckContext) -> Verdict:
    """The plan of an exception of this stage was decided on, and is approved."""
    for each in ctx.items(EXCEPTION, states=["resolved"], subject=ctx.item.key):
        plan = ctx.get(each.fields.exception_plan) if each.fields.exception_plan else None
        decided = each.fields.decision == "exception_plan" and plan is not None and plan.state == "approved"
        if decided and plan is not None and plan.key != ctx.item.fields.stage_plan:
            return passed(plan=plan.key)
    return blocked("no exception plan is decided on that is not in force already",
                   remedy="have the exception plan approved", who=[EXECUTIVE.id])  # fmt: skip


@check("prince2")
def no_exception_open(ctx: CheckContext) -> Verdict:
    """No exception of the stage or of the project is open."""
    fields = ctx.item.fields
    stage = ctx.item.key if isinstance(fields, StageFields) else fields.stage
    return no_exception(ctx, stage, fields.project)


@check("prince2")
def resolved(ctx: CheckContext) -> Verdict:
    """No exception of the stage is open."""
    return no_exception(ctx, ctx.item.key)


@check("prince2")
def wps_final(ctx: CheckContext) -> Verdict:
    """Every work package of the stage is received or cancelled."""
    return all_final(ctx.items(WORK_PACKAGE, stage=ctx.item.key), ["received", "cancelled"], "work package",
                     "receive or cancel each", [PROJECT_MANAGER, TEAM_MANAGER])  # fmt: skip


@check("prince2")
def end_stage_report(ctx: CheckContext) -> Verdict:
    """The board has accepted the end stage report."""
    key = ctx.item.fields.end_stage_report
    report = ctx.get(key) if key else None
    return demand(report is not None and report.state == "accepted", "the end stage report is {state}",
                  "issue it, and have it accepted", [PROJECT_MANAGER, EXECUTIVE],
                  state="missing" if report is None else report.state)  # fmt: skip


@check("prince2")
def products_approved(ctx: CheckContext) -> Verdict:
    """Every product of the stage and of its plan is approved, handed over or descoped, and every document approved."""
    plan = plan_of(ctx, ctx.item)
    planned = ctx.get_all(plan.fields.products) if plan is not None else []
    own = {each.key: each for each in (*planned, *ctx.items(PRODUCT, stage=ctx.item.key))}
    done = ["approved", "handed_over", "descoped"]
    products = [each for each in own.values() if each.type == PRODUCT]
    papers = [each for each in own.values() if each.type == MANAGEMENT_PRODUCT]
    return all_of(
        all_final(products, done, "product", "finish or descope each", [PROJECT_MANAGER]),
        all_final(
            papers,
            ["approved", "superseded", "withdrawn"],
            "management product",
            "have each approved",
            [PROJECT_MANAGER],
        ),
    )


@check("prince2")
def next_or_closure(ctx: CheckContext) -> Verdict:
    """The next stage waits with an approved plan, or this is the last one and the project closes."""
    fields: StageFields = ctx.item.fields
    if fields.is_final:
        project = project_of(ctx)
        closing = project is not None and project.state == "closing"
        return demand(closing, "this is the final stage, and the project is not closing",
                      "prepare the closure", [PROJECT_MANAGER])  # fmt: skip
    after = next(
        (each for each in stages(ctx, fields.project) if each.fields.number == fields.number + 1), None
    )
    plan = None if after is None else plan_of(ctx, after)
    ready = after is not None and after.state == "awaiting_authorization" and plan is not None
    return demand(ready and plan is not None and plan.state == "approved", "the plan of the next stage is {plan}",
                  "submit it to the board", [PROJECT_MANAGER],
                  plan="missing" if plan is None else plan.state.replace("_", " "))  # fmt: skip
