"""The checks of issues.

Source: PRINCE2 7, practice Issues.
"""

from __future__ import annotations

from datetime import datetime

from placet import CheckContext, Verdict, blocked, check, named, passed, plain_number
from placet_prince2.checking import all_of, demand, lacking, own
from placet_prince2.ids import PRODUCT
from placet_prince2.issues.computed import AUTHORITIES, breaks, change_budget_left, reasons, running_stages
from placet_prince2.issues.fields import IssueFields, IssueKind
from placet_prince2.numbers.change_budget import Authority, authority_of
from placet_prince2.numbers.tolerances import Aspect
from placet_prince2.place import project_of
from placet_prince2.roles import CHANGE_AUTHORITY, EXECUTIVE, PROJECT_MANAGER

_FORMAL = (IssueKind.REQUEST_FOR_CHANGE, IssueKind.OFF_SPECIFICATION)
#: The highest severity that is treated without a decision.
_MINOR = 2


@check("prince2")
def issue_fields(ctx: CheckContext) -> Verdict:
    """The issue is classified: kind, severity and priority."""
    return lacking(ctx, ["severity", "priority"], "classify the issue", [PROJECT_MANAGER])


@check("prince2")
def minor(ctx: CheckContext) -> Verdict:
    """The issue is of little severity, and no request for change or off-specification."""
    fields: IssueFields = ctx.item.fields
    met = fields.severity is not None and fields.severity <= _MINOR and fields.kind not in _FORMAL
    return demand(met, "requests for change, off-specifications and what is of severity 3 or more need a decision",
                  "assess it", [PROJECT_MANAGER], severity=fields.severity, kind=fields.kind.value)  # fmt: skip


@check("prince2")
def impact_fields(ctx: CheckContext) -> Verdict:
    """The impact on all aspects, cost, time and a recommendation are known; two options where a baseline changes.

    The baselines are those of its own project, and products that are left out are among them.
    """
    fields: IssueFields = ctx.item.fields
    left_out = ctx.get_all(key for key in fields.descopes if key not in fields.baselines_affected)
    unnamed = [named(each) for each in left_out]
    missing = [aspect.value for aspect in Aspect if aspect not in (fields.impact or {})]
    few = bool(fields.baselines_affected) and len(fields.options) < 2  # noqa: PLR2004
    return all_of(
        lacking(ctx, ["cost_impact", "time_impact", "recommendation"], "complete the analysis", [PROJECT_MANAGER]),
        demand(not missing, "the impact on {aspects} is missing", "give it, 0 where there is none", [PROJECT_MANAGER],
               inputs=["impact"], aspects=missing),
        demand(not few, "{n:count option} described for a change of a baseline, of two at least",
               "describe the others", [PROJECT_MANAGER], inputs=["options"], n=len(fields.options)),
        own(ctx.get_all(fields.baselines_affected), fields.project, [PROJECT_MANAGER]),
        demand(not unnamed, "not among the baselines that it affects, and would be left out: {items:and}",
               "name it there too", [PROJECT_MANAGER], items=unnamed),
    )  # fmt: skip


@check("prince2")
def kind_kept(ctx: CheckContext) -> Verdict:
    """A request for change or off-specification stays one, unless who has raised it corrects that.

    It has a decision then, and is not closed as something of little severity.
    """
    before = ctx.before
    was = None if before is None else before.fields.kind
    lowered = was in _FORMAL and ctx.item.fields.kind not in _FORMAL
    return demand(not lowered or ctx.actor == ctx.item.created_by,
                  "who has raised it asks for a decision: it is {was:a word}, and would become {now:a word}",
                  "assess it, and have it decided", [PROJECT_MANAGER], was=was, now=ctx.item.fields.kind)  # fmt: skip


def held(ctx: CheckContext) -> Authority | None:
    """The highest authority that the actor has on the issue."""
    found = [level for level, role in AUTHORITIES.items() if ctx.holds(ctx.actor, role.id)]
    return found[-1] if found else None


@check("prince2")
def authority(ctx: CheckContext) -> Verdict:
    """Who decides has the required authority or a higher one; a change authority does not decide on an own issue."""
    why = reasons(ctx)
    needed = authority_of(why)
    if needed is None:
        return blocked(
            "the impact is not known yet", remedy="complete the analysis", who=[PROJECT_MANAGER.id]
        )
    mine, role = held(ctx), AUTHORITIES[needed]
    own = mine is Authority.CHANGE_AUTHORITY and ctx.actor == ctx.item.created_by
    return all_of(
        demand(mine is not None and mine.covers(needed), "{role:role} has to decide: {why:and}",
               "ask {role:role}", [role], role=role.id, why=[each.said for each in why], authority=needed.value),
        demand(not own, "who raises an issue does not decide on it as change authority",
               "ask another change authority, or the executive", [CHANGE_AUTHORITY, EXECUTIVE]),
    )  # fmt: skip


@check("prince2")
def budget_left(ctx: CheckContext) -> Verdict:
    """The change budget covers the cost, unless the executive or the business layer decides."""
    fields: IssueFields = ctx.item.fields
    project, mine = project_of(ctx), held(ctx)
    if project is None or fields.cost_impact is None:
        return blocked("the cost is not known yet", remedy="complete the analysis", who=[PROJECT_MANAGER.id])
    left = change_budget_left(ctx, project)
    higher = mine is not None and mine.covers(Authority.EXECUTIVE)
    return demand(fields.cost_impact <= left or higher, "{left} left in the change budget, and {needed} needed",
                  "let the executive decide, or have the budget raised", [EXECUTIVE], left=plain_number(left),
                  needed=plain_number(fields.cost_impact))  # fmt: skip


@check("prince2")
def concession_offspec(ctx: CheckContext) -> Verdict:
    """A concession is for one criterion of one product that does not meet it."""
    fields: IssueFields = ctx.item.fields
    products = [each for each in ctx.get_all(fields.baselines_affected) if each.type == PRODUCT]
    known = len(products) == 1 and fields.criterion in [
        each.id for each in products[0].fields.quality_criteria
    ]
    return demand(fields.kind is IssueKind.OFF_SPECIFICATION and known,
                  "concessions exist only for an off-specification of one product, with its criterion",
                  "name the product and the criterion, or approve or reject it", [CHANGE_AUTHORITY])  # fmt: skip


@check("prince2")
def date_future(ctx: CheckContext) -> Verdict:
    """The day until which it is deferred lies ahead, and inside the running stage."""
    day = ctx.item.fields.defer_until
    project = project_of(ctx)
    ends = [each.fields.planned_end for each in running_stages(ctx, project)] if project is not None else []
    last = max((end for end in ends if end is not None), default=None)
    if day is None:
        return lacking(ctx, ["defer_until"], "give a day inside the stage", [EXECUTIVE])
    return all_of(
        demand(day > ctx.today, "{day:day} is not a day ahead", "give a later day", [EXECUTIVE], inputs=["defer_until"],
               day=day),
        demand(last is None or day <= last, "{day:day} is after the end of the stage, {last:day}",
               "give a day inside the stage", [EXECUTIVE], inputs=["defer_until"], day=day, last=last),
    )  # fmt: skip


@check("prince2")
def would_breach(ctx: CheckContext) -> Verdict:
    """The impact takes a stage or the project out of tolerance."""
    project = project_of(ctx)
    subjects = [] if project is None else [project, *running_stages(ctx, project)]
    return demand(any(breaks(ctx, each) for each in subjects), "it stays inside tolerance, and needs no exception plan",
                  "decide it directly", [EXECUTIVE])  # fmt: skip


@check("prince2")
def baselines_updated(ctx: CheckContext) -> Verdict:
    """Every affected baseline has a version that is newer than the decision, or is left out where that was decided."""
    fields: IssueFields = ctx.item.fields
    old = []
    for each in ctx.get_all(fields.baselines_affected):
        if each.key in fields.descopes and each.state != "descoped":
            old.append(named(each))
            continue
        at: datetime | None = each.fields.baselined_at if each.type == PRODUCT else each.fields.approved_at
        ended = each.state in {"descoped", "superseded", "withdrawn"}
        agreed = each.state not in {"described", "draft", "in_review"} or ended
        newer = at is not None and fields.decided_at is not None and at > fields.decided_at
        if not ended and not (agreed and newer):
            old.append(named(each))
    return demand(not old, "still at the old version: {items:and}", "update and baseline each", [PROJECT_MANAGER],
                  items=old) if old else passed()  # fmt: skip
