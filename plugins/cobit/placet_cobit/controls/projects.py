"""Controls on projects, stages and work packages: scope, value, plans, quality, risks, reports, people and results.

Source: COBIT 2019, BAI11 Managed projects, BAI01 Managed programs, EDM02 Ensured benefits delivery, APO12 Managed risk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from placet import CheckContext, EventView, ItemView, Verdict, check, empty_fields, named, passed, week_of
from placet_cobit.checking import all_of, demand
from placet_cobit.controls.governed import (
    EXECUTIVE,
    MANAGEMENT_PRODUCT,
    PRODUCT,
    PROJECT,
    PROJECT_MANAGER,
    QUALITY_ACTIVITY,
    REPORT,
    SENIOR_USER,
    STAGE,
    TEAM_MANAGER,
    WORK_PACKAGE,
)
from placet_cobit.controls.offering import offered
from placet_governance.ids import ALLOCATED_TO, ALLOCATION, BENEFIT, OBJECTIVE, RISK, SERVES
from placet_governance.roles import OBJECTIVE_OWNER, RESOURCE_MANAGER, RISK_OWNER

#: Risks that may still happen, and benefits that are still expected.
_OPEN_RISK = ("identified", "assessed", "responding", "accepted")
_EXPECTED = ("identified", "planned", "tracking")
#: Stages that report since they began; the first two have nothing behind them.
_REPORTING_FROM = 3
#: Events by which somebody is heard.
_HEARD = ("comment", "voted")
#: The whole of a person's time, in percent.
_WHOLE = Decimal(100)


def _project(ctx: CheckContext) -> str:
    """Key of the project that the item is, or is part of."""
    return ctx.item.key if ctx.item.type == PROJECT else str(ctx.item.fields.project)


def _approved(ctx: CheckContext, kind: str) -> list[ItemView]:
    return list(ctx.items(MANAGEMENT_PRODUCT, states=["approved"], project=_project(ctx), kind=kind))


@check("cobit")
def scope_approved(ctx: CheckContext) -> Verdict:
    """The executive has decided on the project brief in person."""
    executives = set(ctx.holders(EXECUTIVE))
    briefs = _approved(ctx, "project_brief")
    deciding = {person for brief in briefs for person in _deciders(brief)}
    return demand(
        bool(briefs) and bool(executives & deciding), "the executive has not decided on the project brief",
        "have the executive decide on it in person", [EXECUTIVE],
        briefs=[each.key for each in briefs], executive=sorted(executives & deciding),
    )  # fmt: skip


def _deciders(document: ItemView) -> tuple[str, ...]:
    return (*document.doers("vote:prince2.board_decision"), *document.doers("transition:approve"))


@check("cobit")
def value_owned(ctx: CheckContext) -> Verdict:
    """Every expected benefit has an owner, a baseline, a target and a day; the business case was reviewed lately.

    A stage of initiation is excepted. Setting: `business_case_days`, days.
    """
    if ctx.item.type == STAGE and ctx.item.fields.kind == "initiation":
        return passed(kind="initiation")
    benefits = ctx.items(BENEFIT, states=_EXPECTED, project=_project(ctx))
    names = ("owner", "baseline", "target_value", "measure_dates")
    incomplete = [named(each) for each in benefits if empty_fields(each.fields, *names)]
    cases = _approved(ctx, "business_case")
    most: int = ctx.settings.business_case_days
    reviewed = max((each.fields.reviewed_at for each in cases if each.fields.reviewed_at), default=None)
    current = reviewed is not None and reviewed >= ctx.now - timedelta(days=most)
    return all_of(
        demand(bool(benefits), "no benefit is expected of the project", "record the benefits", [EXECUTIVE]),
        demand(not incomplete, "{n:count benefit} without owner, baseline, target or day: {incomplete}",
               "complete each", [EXECUTIVE, SENIOR_USER], n=len(incomplete), incomplete=incomplete),
        demand(current, "the business case was not reviewed in the last {most:count day}",
               "review and confirm it", [EXECUTIVE], most=most, reviewed=reviewed),
    )  # fmt: skip


@check("cobit")
def plan_integrated(ctx: CheckContext) -> Verdict:
    """The project plan is approved, and the stages that begin soon have people.

    Setting: `resources_ahead_days`, days.
    """
    plans = _approved(ctx, "project_plan")
    ahead: int = ctx.settings.resources_ahead_days
    soon = [
        each
        for each in ctx.items(
            STAGE, states=["planned", "awaiting_authorization", "active"], project=_project(ctx)
        )
        if each.fields.planned_start is not None
        and each.fields.planned_start <= ctx.today + timedelta(days=ahead)
    ]
    bare = [named(each) for each in soon if not _allocated(ctx, each.key)]
    return all_of(
        demand(bool(plans), "the project plan is not approved", "have the board approve it", [EXECUTIVE]),
        demand(not bare, "nobody is allocated to what begins within {ahead:count day}: {bare:and}",
               "confirm the people for it", [RESOURCE_MANAGER.id, PROJECT_MANAGER], bare=bare, ahead=ahead),
    )  # fmt: skip


def _allocated(ctx: CheckContext, key: str) -> list[ItemView]:
    """The confirmed allocations to an item."""
    return [each for each in ctx.linking(ALLOCATED_TO, of=key) if each.state == "confirmed"]


@check("cobit")
def quality_evidence(ctx: CheckContext) -> Verdict:
    """Every approved product of the stage has passed a quality activity that left evidence."""
    products = ctx.items(PRODUCT, states=["approved", "handed_over"], stage=ctx.item.key)
    proven = {
        each.fields.product
        for each in ctx.items(QUALITY_ACTIVITY, states=["performed"], stage=ctx.item.key)
        if each.evidence and each.fields.result in ("pass", "pass_with_concession")
    }
    bare = [named(each) for each in products if each.key not in proven]
    return demand(
        not bare, "{bare:and} passed no quality activity with evidence", "attach the evidence of its quality activity",
        [TEAM_MANAGER, PROJECT_MANAGER], bare=bare, products=len(products),
    )  # fmt: skip


@check("cobit")
def risk_treated(ctx: CheckContext) -> Verdict:
    """Every high risk that is open has an owner, a response, and a day of review that lies ahead.

    Setting: `high_risk_score`, 1-25.
    """
    least: int = ctx.settings.high_risk_score
    high = [
        each
        for each in ctx.items(RISK, states=_OPEN_RISK, project=_project(ctx))
        if each.fields.score is not None and each.fields.score >= least
    ]
    untreated = [named(each) for each in high if not _treated(each, ctx.today)]
    return demand(
        not untreated, "{n:count high risk} without owner, response or review ahead: {untreated}",
        "respond to each, and plan its review", [RISK_OWNER.id, PROJECT_MANAGER],
        n=len(untreated), untreated=untreated, high=len(high),
    )  # fmt: skip


def _treated(risk: ItemView, today: date) -> bool:
    fields = risk.fields
    review: date | None = fields.review_by
    return fields.owner is not None and fields.response is not None and review is not None and review >= today


@check("cobit")
def reporting_current(ctx: CheckContext) -> Verdict:
    """The last highlight report is not older than a few intervals. The first two stages are excepted.

    Setting: `highlight_intervals`.
    """
    if ctx.item.fields.number < _REPORTING_FROM:
        return passed(stage=ctx.item.fields.number)
    project = ctx.get(_project(ctx))
    if project is None:
        return passed()
    times: int = ctx.settings.highlight_intervals
    reports = ctx.items(REPORT, states=["issued", "accepted"], project=project.key, kind="highlight")
    issued: list[datetime] = [each.fields.issued_at for each in reports if each.fields.issued_at]
    last = max(issued, default=None)
    oldest = ctx.now - times * project.fields.highlight_interval
    return demand(
        last is not None and last >= oldest,
        "the last highlight report is of {last:day}" if last is not None else "no highlight report was issued",
        "issue one", [PROJECT_MANAGER], last=last, intervals=times,
    )  # fmt: skip


@check("cobit")
def resources_free(ctx: CheckContext) -> Verdict:
    """Nobody who works on the package is allocated beyond their working time in any of its weeks."""
    fields = ctx.item.fields
    team = {each.fields.person for each in _allocated(ctx, ctx.item.key)} | set(ctx.holders(TEAM_MANAGER))
    over = list(_overloads(ctx, team, fields.planned_start, fields.planned_end))
    return demand(
        not over, "allocated beyond their time: {over:and}", "rebalance the allocations",
        [RESOURCE_MANAGER.id], over=over, people=sorted(team),
    )  # fmt: skip


def _overloads(ctx: CheckContext, team: set[str], first: date | None, last: date | None) -> Iterator[str]:
    """`person at 110 % in week 2026-W27`, for each week in which somebody has promised too much."""
    if first is None or last is None:
        return
    weeks = list(_weeks(first, last))
    for person in sorted(team):
        promised = ctx.items(
            ALLOCATION, states=["confirmed"], person=person, week_to__ge=weeks[0], week_from__le=weeks[-1]
        )
        for week in weeks:
            total = sum(
                (
                    each.fields.percent
                    for each in promised
                    if each.fields.week_from <= week <= each.fields.week_to
                ),
                Decimal(0),
            )
            if total > _WHOLE:
                yield f"{person} at {total.normalize():f} % in week {week}"


def _weeks(first: date, last: date) -> Iterator[str]:
    day = first - timedelta(days=first.weekday())
    while day <= last:
        yield week_of(day)
        day += timedelta(weeks=1)


@check("cobit")
def results_confirmed(ctx: CheckContext) -> Verdict:
    """A senior user has confirmed the results, and the lessons report is accepted.

    Reads: evidence of kind `acceptance` that a senior user attached, or acceptance criteria that they confirmed.
    """
    users = set(ctx.holders(SENIOR_USER))
    attached = [each.name for each in ctx.evidence("acceptance") if each.actor in users]
    asked = ctx.confirmation("prince2.acceptance_criterion")
    confirmed = sorted(users & set(asked.named) - set(asked.missing))
    reports = ctx.items(REPORT, states=["accepted"], project=ctx.item.key, kind="lessons")
    return all_of(
        demand(bool(attached or confirmed), "no senior user has confirmed the results",
               "have a senior user accept the criteria, or attach the acceptance", [SENIOR_USER],
               attached=attached, confirmed=confirmed),
        demand(bool(reports), "the lessons report is not accepted", "issue it, and have it accepted",
               [PROJECT_MANAGER, EXECUTIVE], lessons=[each.key for each in reports]),
    )  # fmt: skip


@check("cobit")
def programme_informed(ctx: CheckContext) -> Verdict:
    """The owner of an objective that the project serves was heard on it lately.

    Reads: comments and votes on the objective, on the project and on its stages, by those who own that very objective;
    work on it is not an answer. Setting: `programme_heard_days`, days.
    """
    objectives = ctx.linked(SERVES, of=_project(ctx))
    if not objectives:
        return passed(objectives=[])
    most: int = ctx.settings.programme_heard_days
    owners = {each.key: set(ctx.holders(OBJECTIVE_OWNER.id, of=each.key)) for each in objectives}
    heard = [event.key for event in _said(ctx, since=ctx.now - timedelta(days=most), owners=owners)]
    return demand(
        bool(heard), "no objective owner was heard on {objectives:and} in the last {most:count day}",
        "ask an objective owner to comment on it", [OBJECTIVE_OWNER.id],
        objectives=list(owners), most=most, heard=sorted(set(heard)),
    )  # fmt: skip


def _said(ctx: CheckContext, since: datetime, owners: Mapping[str, set[str]]) -> Iterator[EventView]:
    """Comments and votes of owners on their objectives, and on the project and its stages."""
    project = _project(ctx)
    stages = {each.key for each in ctx.items(STAGE, project=project)}
    everybody = {person for people in owners.values() for person in people}
    for type, keys in ((OBJECTIVE, [*owners]), (PROJECT, [project]), (STAGE, sorted(stages))):
        for event in ctx.events(type, kinds=_HEARD, since=since, until=ctx.now, of=keys):
            about = owners.get(event.key, set()) if type == OBJECTIVE else everybody
            if event.actor in about:
                yield event


OFFERED = (
    offered(scope_approved, PROJECT),
    offered(value_owned, PROJECT, STAGE),
    offered(plan_integrated, PROJECT),
    offered(quality_evidence, STAGE),
    offered(risk_treated, STAGE),
    offered(reporting_current, STAGE),
    offered(resources_free, WORK_PACKAGE),
    offered(results_confirmed, PROJECT),
    offered(programme_informed, STAGE),
)
