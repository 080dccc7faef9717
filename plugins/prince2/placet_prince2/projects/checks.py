"""The checks of a project.

Source: PRINCE2 7, processes Starting up, Directing, Initiating and Closing a project.
"""

from __future__ import annotations

from decimal import Decimal

from placet import Category, CheckContext, ItemView, Verdict, blocked, check, passed, standing
from placet_governance.ids import BENEFIT, FOLLOW_ON, LESSON, RISK
from placet_governance.roles import BUSINESS_LAYER
from placet_prince2.checking import (
    all_final,
    all_of,
    demand,
    documents,
    indicators_fit,
    lacking,
    stages,
    tolerances_missing,
    units_fit,
)
from placet_prince2.control.watch import OPEN_EXCEPTION, open_exception
from placet_prince2.document_kinds import Kind
from placet_prince2.ids import ACCEPTANCE_CRITERION, EXCEPTION, ISSUE, PRODUCT, REPORT
from placet_prince2.numbers.tolerances import Aspect
from placet_prince2.place import project_of
from placet_prince2.projects.fields import BASELINE, ClosureKind, Moscow
from placet_prince2.roles import (
    EXECUTIVE,
    PROJECT_ASSURANCE,
    PROJECT_MANAGER,
    SENIOR_SUPPLIER,
    SENIOR_USER,
)

_FINAL_STAGE = ("completed", "terminated")
_OVER = (Category.DONE, Category.CANCELLED)


@check("prince2")
def executive_appointed(ctx: CheckContext) -> Verdict:
    """The project has exactly one executive."""
    held = len(ctx.holders(EXECUTIVE.id))
    return demand(held == 1, "{held:count person|people} hold the role of executive, and one is needed",
                  "appoint one executive", [BUSINESS_LAYER], held=held)  # fmt: skip


@check("prince2")
def pm_appointed(ctx: CheckContext) -> Verdict:
    """The project has exactly one project manager, who is not its executive."""
    held, executives = ctx.holders(PROJECT_MANAGER.id), ctx.holders(EXECUTIVE.id)
    apart = len(held) == 1 and held[0] not in executives
    return demand(apart, "the project manager is missing, or is the executive too",
                  "appoint another person as project manager", [EXECUTIVE], held=len(held))  # fmt: skip


@check("prince2")
def board_filled(ctx: CheckContext) -> Verdict:
    """Business, users and suppliers are on the board, and somebody assures the project for them."""
    seats = (EXECUTIVE, SENIOR_USER, SENIOR_SUPPLIER, PROJECT_ASSURANCE)
    vacant = [role.id for role in seats if not ctx.holders(role.id)]
    return demand(
        not vacant, "nobody is {vacant:role and}", "appoint a holder of each", [EXECUTIVE], vacant=vacant
    )


def _approved(ctx: CheckContext, kind: Kind) -> Verdict:
    found = documents(ctx, ctx.item.key, kind)
    words = kind.value.replace("_", " ")
    if not found:
        return blocked(
            f"the {words} is missing", remedy="write it and have it approved", who=[PROJECT_MANAGER.id]
        )
    return demand(any(each.state == "approved" for each in found), "{item:standing}, and has to be approved",
                  "submit it and obtain its approval", [PROJECT_MANAGER, EXECUTIVE],
                  item=standing(found[0]))  # fmt: skip


@check("prince2")
def brief_approved(ctx: CheckContext) -> Verdict:
    """The board has approved the project brief."""
    return _approved(ctx, Kind.PROJECT_BRIEF)


@check("prince2")
def initiation_plan_approved(ctx: CheckContext) -> Verdict:
    """The initiation stage waits for its authorization, and its plan is approved."""
    first = next((each for each in stages(ctx, ctx.item.key) if each.fields.number == 1), None)
    if first is None:
        return blocked("the project has no initiation stage", remedy="plan stage 1", who=[PROJECT_MANAGER.id])
    plan = ctx.get(first.fields.stage_plan) if first.fields.stage_plan else None
    ready = first.state != "planned" and plan is not None and plan.state == "approved"
    return demand(ready, "{stage:standing}, and its plan is {plan}", "submit its plan and obtain its approval",
                  [PROJECT_MANAGER], stage=standing(first),
                  plan="missing" if plan is None else plan.state.replace("_", " "))  # fmt: skip


@check("prince2")
def previous_lessons(ctx: CheckContext) -> Verdict:
    """A lessons report says how many earlier lessons were looked at; none of them needs a reason."""
    for report in ctx.items(REPORT, states=["issued", "accepted"], project=ctx.item.key, kind="lessons"):
        reviewed = report.fields.lessons_reviewed
        if reviewed or (reviewed == 0 and report.fields.lessons_summary):
            return passed(report=report.key, reviewed=reviewed)
    return blocked("earlier lessons were not looked at", remedy="issue the lessons report",
                   who=[PROJECT_MANAGER.id])  # fmt: skip


@check("prince2")
def objective_linked(ctx: CheckContext) -> Verdict:
    """The project serves at least one objective that is pursued."""
    found = [each.key for each in ctx.get_all(ctx.item.fields.objective_links) if each.state == "pursued"]
    return demand(bool(found), "no objective that is pursued is linked",
                  "link the objective that this project serves", [EXECUTIVE], objectives=found)  # fmt: skip


@check("prince2")
def pid_approved(ctx: CheckContext) -> Verdict:
    """The project initiation documentation, the project plan and every required approach are approved.

    Setting: `required_approaches`.
    """
    wanted = (Kind.PID, Kind.PROJECT_PLAN, *ctx.settings.required_approaches)
    missing = [
        each.replace("_", " ") for each in wanted if not documents(ctx, ctx.item.key, each, "approved")
    ]
    return demand(not missing, "not approved: {missing}", "complete these and obtain their approval",
                  [PROJECT_MANAGER], missing=missing)  # fmt: skip


@check("prince2")
def case_approved(ctx: CheckContext) -> Verdict:
    """The business case is approved, and says that the project is desirable, viable and achievable."""
    found = documents(ctx, ctx.item.key, Kind.BUSINESS_CASE, "approved")
    if not found:
        return _approved(ctx, Kind.BUSINESS_CASE)
    case = found[0].fields
    doubts = [name for name in ("desirable", "viable", "achievable") if not getattr(case, name)]
    return demand(not doubts, "the business case does not say that the project is {doubts:and}",
                  "revise the business case, or stop", [EXECUTIVE], doubts=doubts)  # fmt: skip


def value_reached(ctx: CheckContext, project: ItemView | None) -> Verdict:
    """Whether the business case of a project is worth its least value. Setting: `min_npv`."""
    found = documents(ctx, project.key if project else None, Kind.BUSINESS_CASE, "approved")
    npv = found[0].fields.npv if found else None
    least: Decimal = ctx.settings.min_npv
    if project is not None and project.fields.value_override:
        return passed(override=project.fields.value_override)
    if npv is None:
        return blocked("no approved business case has a net present value",
                       remedy="have the business case approved", who=[EXECUTIVE.id])  # fmt: skip
    return demand(npv >= least, "the net present value is {npv:.2f}, and at least {least:.2f} is needed",
                  "rework the business case, or ask the business layer to accept the value",
                  [EXECUTIVE, BUSINESS_LAYER], npv=npv, least=least)  # fmt: skip


@check("prince2")
def case_value(ctx: CheckContext) -> Verdict:
    """The net present value reaches the least one, or the business layer has accepted a lower one."""
    return value_reached(ctx, project_of(ctx))


@check("prince2")
def project_tolerances(ctx: CheckContext) -> Verdict:
    """The project has its dates, budgets and a tolerance for each of the seven aspects."""
    wanted = [name for name in BASELINE if name not in ("ca_limit", "tolerances")]
    return all_of(
        lacking(ctx, wanted, "take them from the project plan", [PROJECT_MANAGER]),
        tolerances_missing(
            ctx.item.fields.tolerances, Aspect, "have the business layer set them", [BUSINESS_LAYER]
        ),
        indicators_fit(ctx, ctx.item.fields.tolerances, [BUSINESS_LAYER]),
        units_fit(ctx, ctx.item.fields.tolerances, [BUSINESS_LAYER]),
    )


@check("prince2")
def plan_agrees(ctx: CheckContext) -> Verdict:
    """Dates, budget and the targets of cost and time are those of the project plan that the board has approved."""
    fields = ctx.item.fields
    plans = documents(ctx, ctx.item.key, Kind.PROJECT_PLAN, "approved")
    if not plans:
        return _approved(ctx, Kind.PROJECT_PLAN)
    names = ("planned_start", "planned_end", "budget")
    other = [name for name in names if getattr(fields, name) != getattr(plans[0].fields, name)]
    aims = {Aspect.COST: fields.budget, Aspect.TIME: fields.planned_end}
    missed = [
        each.aspect.value
        for each in fields.tolerances
        if each.aspect in aims and each.target != aims[each.aspect]
    ]
    return all_of(
        demand(not other, "{fields:field and} differ from the approved project plan {plan}",
               "take them from the plan, or have another plan approved", [PROJECT_MANAGER], fields=other,
               plan=plans[0].key),
        demand(not missed, "the tolerance for {aspects:and} does not aim at the budget or the planned end",
               "have the business layer set it anew", [BUSINESS_LAYER], aspects=missed),
    )  # fmt: skip


@check("prince2")
def stage_minimum(ctx: CheckContext) -> Verdict:
    """There are one initiation stage and at least one delivery stage, one of which is the last."""
    found = stages(ctx, ctx.item.key)
    first = sum(each.fields.kind == "initiation" for each in found)
    last = sum(each.fields.is_final for each in found)
    met = first == 1 and len(found) > 1 and last == 1
    return demand(met, "{initiation} initiation and {delivery} delivery stages are planned, {final} of them final",
                  "plan at least one delivery stage after initiation, and mark the last one as final",
                  [PROJECT_MANAGER], initiation=first, delivery=len(found) - first, final=last)  # fmt: skip


@check("prince2")
def initiation_completed(ctx: CheckContext) -> Verdict:
    """The initiation stage is completed."""
    first = [each for each in stages(ctx, ctx.item.key) if each.fields.number == 1]
    return all_final(first, ["completed"], "initiation stage", "complete it first",
                     [PROJECT_MANAGER, EXECUTIVE])  # fmt: skip


@check("prince2")
def project_exception(ctx: CheckContext) -> Verdict:
    """An exception of the project is open."""
    return demand(open_exception(ctx, ctx.item.key) is not None, "no exception of the project is open",
                  "record the forecasts; an exception follows by itself", [PROJECT_MANAGER])  # fmt: skip


@check("prince2")
def project_exception_final(ctx: CheckContext) -> Verdict:
    """No exception of the project is open."""
    return no_exception(ctx, ctx.item.key)


def no_exception(ctx: CheckContext, *subjects: str | None) -> Verdict:
    """No exception of these stages or projects is open."""
    found = [each for key in subjects if key is not None and (each := open_exception(ctx, key)) is not None]
    return demand(not found, "{items:standing}", "have it decided", [EXECUTIVE, BUSINESS_LAYER],
                  items=[standing(each) for each in found], keys=[each.key for each in found])  # fmt: skip


@check("prince2")
def exceptions_final(ctx: CheckContext) -> Verdict:
    """No exception of the project or of one of its stages is open."""
    found = ctx.items(EXCEPTION, states=OPEN_EXCEPTION, project=ctx.item.key)
    own = open_exception(ctx, ctx.item.key)
    open_ones = {each.key: standing(each) for each in (*found, *([own] if own is not None else []))}
    return demand(not open_ones, "{items:standing}", "have it decided", [EXECUTIVE],
                  items=list(open_ones.values()))  # fmt: skip


@check("prince2")
def on_final_stage(ctx: CheckContext) -> Verdict:
    """Every stage but the last is over; the last is in its boundary, or over since a closure that was given up."""
    found = stages(ctx, ctx.item.key)
    waiting = [
        each
        for each in found
        if each.state not in _FINAL_STAGE and not (each.fields.is_final and each.state == "boundary")
    ]
    return demand(bool(found) and not waiting, "{items:standing}", "finish it first", [PROJECT_MANAGER],
                  items=[standing(each) for each in waiting])  # fmt: skip


@check("prince2")
def kind_planned(ctx: CheckContext) -> Verdict:
    """It is a planned closure."""
    return demand(ctx.item.fields.closure_kind is ClosureKind.PLANNED, "this is a premature closure",
                  "authorize the premature closure; it cannot be undone", [EXECUTIVE])  # fmt: skip


@check("prince2")
def kind_premature(ctx: CheckContext) -> Verdict:
    """It is a premature closure."""
    return demand(ctx.item.fields.closure_kind is ClosureKind.PREMATURE, "this is a planned closure",
                  "use Authorize closure", [EXECUTIVE])  # fmt: skip


@check("prince2")
def closure_text(ctx: CheckContext) -> Verdict:
    """A premature closure has a reason of at least 20 characters."""
    given = len((ctx.item.fields.closure_reason or "").strip())
    return demand(given >= 20, "the reason for the premature closure has {given:count character}",  # noqa: PLR2004
                  "say why the project ends, in at least 20 characters", [EXECUTIVE],
                  inputs=["closure_reason"], given=given)  # fmt: skip


@check("prince2")
def criteria_met(ctx: CheckContext) -> Verdict:
    """A senior user has confirmed every acceptance criterion with its evidence; lesser ones may have a concession."""
    asked = ctx.confirmation(ACCEPTANCE_CRITERION)
    open_ones = []
    for each in ctx.item.fields.acceptance_criteria:
        user = each.accepted_by if ctx.holds(each.accepted_by, SENIOR_USER.id) else None
        confirmed = user is not None and user not in asked.missing and each.evidence
        issue = ctx.get(each.concession) if each.concession and each.moscow is not Moscow.MUST else None
        conceded = (
            issue is not None
            and issue.fields.project == ctx.item.key
            and issue.fields.decision == "concession"
        )
        if not confirmed and not conceded:
            open_ones.append(each.id)
    return demand(not open_ones, "{n:count acceptance criterion|acceptance criteria} open: {ids}",
                  "name for each the senior user who accepts it, with its evidence, and have it confirmed",
                  [SENIOR_USER], n=len(open_ones), ids=open_ones)  # fmt: skip


@check("prince2")
def criteria_given(ctx: CheckContext) -> Verdict:
    """The project has acceptance criteria before it is authorized: without one, nothing is ever accepted."""
    return lacking(ctx, ["acceptance_criteria"], "agree them with the users", [SENIOR_USER, PROJECT_MANAGER])


@check("prince2")
def criteria_kept(ctx: CheckContext) -> Verdict:
    """The criteria stay those with which the project was authorized: evidence and who accepts it are added."""
    before = () if ctx.before is None else ctx.before.fields.acceptance_criteria
    now = {each.id: each for each in ctx.item.fields.acceptance_criteria}
    changed = [
        each.id
        for each in before
        if each.id not in now or (now[each.id].text, now[each.id].moscow) != (each.text, each.moscow)
    ]
    return demand(not changed, "the acceptance {ids:and} would be dropped or changed",
                  "keep it as it was agreed; what is not met needs a concession", [EXECUTIVE, SENIOR_USER],
                  ids=[f"criterion {each}" for each in changed])  # fmt: skip


@check("prince2")
def products_handed_over(ctx: CheckContext) -> Verdict:
    """Every product that was not descoped is handed over."""
    return all_final(ctx.items(PRODUCT, project=ctx.item.key), ["handed_over", "descoped"],
                     "product", "hand each over", [PROJECT_MANAGER])  # fmt: skip


@check("prince2")
def end_project_report(ctx: CheckContext) -> Verdict:
    """The end project report of this closure is accepted."""
    return _closing_report(ctx, "end_project")


@check("prince2")
def lessons_final(ctx: CheckContext) -> Verdict:
    """The lessons report of this closure is accepted, and no lesson of the project waits for somebody to look at it."""
    waiting = ctx.items(LESSON, states=["logged"], project=ctx.item.key)
    return all_of(
        demand(not waiting, "{n:count lesson} of the project not processed: {items:standing}",
               "validate or dismiss each", [PROJECT_MANAGER], n=len(waiting),
               items=[standing(each) for each in waiting]),
        _closing_report(ctx, "lessons"),
    )  # fmt: skip


def _closing_report(ctx: CheckContext, kind: str) -> Verdict:
    since = ctx.item.fields.closing_since
    found = ctx.items(REPORT, project=ctx.item.key, kind=kind)
    mine = [each for each in found if since is None or each.created_at >= since]
    done = any(each.state == "accepted" for each in mine)
    words = kind.replace("_", " ")
    return demand(done, f"the {words} report is {{state}}", "issue it, and have it accepted",
                  [PROJECT_MANAGER, EXECUTIVE],
                  state=mine[-1].state.replace("_", " ") if mine else "missing")  # fmt: skip


@check("prince2")
def issues_risks_final(ctx: CheckContext) -> Verdict:
    """Every issue and risk is closed, or a risk is handed on to something outside the project that goes on."""
    issues = ctx.items(ISSUE, states=["captured", "assessing", "recommended", "deferred", "escalated", "implementing"],
                       project=ctx.item.key)  # fmt: skip
    risks = [
        risk
        for risk in ctx.items(
            RISK, states=["identified", "assessed", "responding", "accepted"], project=ctx.item.key
        )
        if not any(_goes_on(ctx, each) for each in ctx.linked(FOLLOW_ON, of=risk.key))
    ]
    return demand(not issues and not risks, "{issues:count issue} and {risks:count risk} still open: {items:standing}",
                  "close each, or hand risks on to open items outside the project", [PROJECT_MANAGER],
                  issues=len(issues), risks=len(risks),
                  items=[standing(each) for each in (*issues, *risks)][:10])  # fmt: skip


def _goes_on(ctx: CheckContext, heir: ItemView) -> bool:
    """Whether an item lies outside the project, and neither it nor the project to which it belongs has ended."""
    key = getattr(heir.fields, "project", None)
    parts = (heir, ctx.get(key) if key else None)
    open_ones = all(part is None or part.category not in _OVER for part in parts)
    return open_ones and ctx.item.key not in (heir.key, key)


@check("prince2")
def stages_final(ctx: CheckContext) -> Verdict:
    """Every stage is completed or terminated."""
    return all_final(
        stages(ctx, ctx.item.key), _FINAL_STAGE, "stage", "complete or terminate it", [EXECUTIVE]
    )


@check("prince2")
def reviews_dated(ctx: CheckContext) -> Verdict:
    """Every benefit that is still expected has a review after the project, with a day and an owner."""
    planned = {each.benefit for each in ctx.item.fields.post_project_reviews if each.date > ctx.today}
    found = ctx.items(BENEFIT, states=["identified", "planned", "tracking"], project=ctx.item.key)
    without = [each for each in found if each.key not in planned]
    return demand(not without, "{n:count benefit} without a review: {items:standing}",
                  "plan a review after today for each, with an owner", [EXECUTIVE, SENIOR_USER], n=len(without),
                  items=[standing(each) for each in without])  # fmt: skip
