"""The checks of products and quality activities.

Source: PRINCE2 7, practice Quality.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime

from placet import (
    CheckContext,
    Computed,
    ItemView,
    Verdict,
    approval_granted,
    blocked,
    check,
    evidence_present,
    passed,
)
from placet_prince2.checking import all_of, demand, lacking
from placet_prince2.control.watch import OPEN_EXCEPTION
from placet_prince2.document_kinds import Kind
from placet_prince2.ids import (
    EXCEPTION,
    ISSUE,
    MANAGEMENT_PRODUCT,
    PRODUCT,
    PRODUCT_ACCEPTANCE,
    QUALITY_ACTIVITY,
    STAGE,
)
from placet_prince2.products.fields import ActivityFields, ProductFields, ProductKind, conceded, outside
from placet_prince2.roles import (
    CHANGE_AUTHORITY,
    EXECUTIVE,
    PROJECT_MANAGER,
    PROJECT_SUPPORT,
    SENIOR_USER,
    TEAM_MANAGER,
)

_DESCRIBED = (
    "purpose",
    "composition",
    "quality_criteria",
    "producer",
    "approver",
    "reviewers",
    "moscow",
    "weight",
)
#: The roles of those who answer for the work on a product, and so do not accept it.
_MANAGING = (PROJECT_MANAGER, PROJECT_SUPPORT, TEAM_MANAGER)


def failing(ctx: CheckContext) -> list[str]:
    """The criteria whose last measured value is outside its range, without a concession."""
    fields: ProductFields = ctx.item.fields
    values = {each.criterion_id: each.measured for each in fields.measured}
    allowed = conceded(fields)
    return [
        each.id
        for each in fields.quality_criteria
        if each.id in values and each.id not in allowed and outside(each, values[each.id])
    ]


FAILING = Computed("failing", failing)


@check("prince2")
def pd_fields(ctx: CheckContext) -> Verdict:
    """The description says what the product is for, how it is measured, and who makes, reviews and approves it."""
    fields: ProductFields = ctx.item.fields
    ids = [each.id for each in fields.quality_criteria]
    endless = [each.id for each in fields.quality_criteria if each.lower is None and each.upper is None]
    return all_of(
        lacking(ctx, _DESCRIBED, "complete the description", [PROJECT_MANAGER]),
        demand(fields.producer is None or fields.producer not in (fields.approver, *fields.reviewers),
               "the producer reviews or approves the product", "name somebody else", [PROJECT_MANAGER]),
        demand(not ctx.holds(fields.approver, *(role.id for role in _MANAGING)),
               "{approver:person} manages the work on the product, and would approve it",
               "name a senior user, or somebody who stands for the users", [PROJECT_MANAGER],
               approver=fields.approver),
        demand(not endless, "every value would meet {ids:and}, which has neither a lower nor an upper end",
               "say from or up to which value it is met", [PROJECT_MANAGER],
               ids=[f"the criterion {each}" for each in endless]),
        demand(len(set(ids)) == len(ids), "two criteria have the same id", "give each its own", [PROJECT_MANAGER],
               ids=ids),
    )  # fmt: skip


@check("prince2")
def qa_exists(ctx: CheckContext) -> Verdict:
    """At least one quality activity of the product is planned."""
    found = [each for each in ctx.items(QUALITY_ACTIVITY, product=ctx.item.key) if each.state != "dropped"]
    return demand(bool(found), "no quality activity is planned", "plan one below the product", [TEAM_MANAGER],
                  activities=len(found))  # fmt: skip


@check("prince2")
def criteria_ok(ctx: CheckContext) -> Verdict:
    """Every criterion is measured and inside its range, or has a concession; the last activity did not fail."""
    fields: ProductFields = ctx.item.fields
    values = {each.criterion_id: each.measured for each in fields.measured}
    allowed = conceded(fields)
    wrong = []
    for each in fields.quality_criteria:
        if each.id in allowed or (each.id in values and not outside(each, values[each.id])):
            continue
        bounds = (("at least", each.lower), ("at most", each.upper))
        allowed_is = " and ".join(f"{word} {bound}" for word, bound in bounds if bound is not None)
        found = values.get(each.id)
        wrong.append(
            f"the criterion {each.id} is not measured"
            if found is None
            else f"the criterion {each.id} is {found}, and {allowed_is} is permitted"
        )
    performed = ctx.items(QUALITY_ACTIVITY, states=["performed"], product=ctx.item.key)
    # Several are recorded in one request at one moment: none of them hides another.
    latest = max(map(_performed_at, performed), default=None)
    last = [each for each in performed if _performed_at(each) == latest]
    failed = any(each.fields.result == "fail" and not _all_conceded(each, allowed) for each in last)
    return all_of(
        demand(
            not wrong,
            "{wrong:and}",
            "measure it, rework the product, or request a concession",
            [TEAM_MANAGER],
            wrong=wrong,
        ),
        demand(
            not failed,
            "the last quality activity failed",
            "rework it, and repeat the activity",
            [TEAM_MANAGER],
        ),
    )


def _all_conceded(activity: ItemView, allowed: Container[str]) -> bool:
    """Whether all that an activity has missed may be missed."""
    missed = [each.criterion_id for each in activity.fields.criteria_results if not each.ok]
    return bool(missed) and all(each in allowed for each in missed)


def _performed_at(activity: object) -> datetime:
    moment: datetime = activity.fields.performed_at  # type: ignore[attr-defined]
    return moment


acceptance_vote = approval_granted("prince2.acceptance_vote", PRODUCT_ACCEPTANCE)


@check("prince2")
def accepted_apart(ctx: CheckContext) -> Verdict:
    """Nobody has accepted it who manages the work on it: not by an appointment made later, nor for somebody else."""
    asked = ctx.approval(PRODUCT_ACCEPTANCE)
    votes = () if asked is None else asked.votes
    roles = [role.id for role in _MANAGING]
    managing = [each.actor for each in votes if each.decision == "approve" and ctx.holds(each.actor, *roles)]
    return demand(not managing, "{people:person and} accepted it while managing the work on it",
                  "ask for the acceptance again, by somebody who does not", [SENIOR_USER], people=managing)  # fmt: skip


@check("prince2")
def agreed_by_users(ctx: CheckContext) -> Verdict:
    """The description of the project's own product says what the users get, so that a senior user agrees to it."""
    whole = ctx.item.fields.kind is ProductKind.PROJECT_PRODUCT
    agrees = not whole or ctx.holds(ctx.actor, SENIOR_USER.id)
    return demand(agrees, "it describes the product of the whole project, and a senior user agrees to that",
                  "ask a senior user to baseline it", [SENIOR_USER])  # fmt: skip


@check("prince2")
def handover_named(ctx: CheckContext) -> Verdict:
    """The operational owner is named."""
    return lacking(ctx, ["handover_to"], "name the operational owner", [PROJECT_MANAGER])


handover_evidence = evidence_present("prince2.handover_evidence", "acceptance", who=[PROJECT_MANAGER])


@check("prince2")
def rfc_linked(ctx: CheckContext) -> Verdict:
    """A decided issue changes this baseline, and is newer than it; a document also at the boundary of a stage."""
    issue = _decided(ctx, leaves_out=False)
    if issue is not None:
        return passed(issue=issue)
    if ctx.item.type == MANAGEMENT_PRODUCT and _regular_update(ctx):
        return passed(regular=True)
    return blocked("no approved change is newer than this baseline", remedy="raise a request for change",
                   who=[CHANGE_AUTHORITY.id, EXECUTIVE.id])  # fmt: skip


def _decided(ctx: CheckContext, *, leaves_out: bool) -> str | None:
    """The issue, newer than the baseline, by which it was decided to change the item, or to leave it out."""
    fields, key = ctx.item.fields, ctx.item.key
    since: datetime | None = getattr(fields, "approved_at", None) or getattr(fields, "baselined_at", None)
    for issue in ctx.items(ISSUE, states=["implementing", "closed"], project=fields.project):
        said = issue.fields
        decided = said.decision == "approve" and said.decided_at is not None
        meant = key in said.baselines_affected and (key in said.descopes) is leaves_out
        if decided and meant and (since is None or said.decided_at >= since):
            return issue.key
    return None


def _regular_update(ctx: CheckContext) -> bool:
    """Whether a stage of the project is at its boundary or replans; its own plan never changes that way."""
    fields = ctx.item.fields
    if fields.kind in (Kind.STAGE_PLAN, Kind.EXCEPTION_PLAN):
        stage = ctx.get(fields.stage) if fields.stage else None
        return stage is None or stage.state == "planned"
    at_boundary = ctx.items(STAGE, states=["boundary"], project=fields.project)
    replanning = ctx.items(EXCEPTION, states=[OPEN_EXCEPTION[2]], project=fields.project)
    initiating = ctx.get(fields.project) if fields.project else None
    return bool(at_boundary or replanning) or (initiating is not None and initiating.state == "initiating")


@check("prince2")
def descoping_decided(ctx: CheckContext) -> Verdict:
    """A product whose description was never agreed is left out freely; another one by the issue that decided that."""
    if ctx.item.state == "described" and ctx.item.fields.baselined_at is None:
        return passed(state="described")
    issue = _decided(ctx, leaves_out=True)
    if issue is not None:
        return passed(issue=issue)
    return blocked("no approved change leaves it out that is newer than its description",
                   remedy="raise a request for change that names it among the products left out",
                   who=[CHANGE_AUTHORITY.id, EXECUTIVE.id])  # fmt: skip


@check("prince2")
def result_filled(ctx: CheckContext) -> Verdict:
    """The result, its day and a value for criteria of the product are recorded, by others than the producer alone."""
    fields: ActivityFields = ctx.item.fields
    product = ctx.parent()
    criteria = [] if product is None or product.type != PRODUCT else product.fields.quality_criteria
    known = {each.id: each for each in criteria}
    strange = [each.criterion_id for each in fields.criteria_results if each.criterion_id not in known]
    wrong = [
        each.criterion_id
        for each in fields.criteria_results
        if each.criterion_id in known and each.ok and outside(known[each.criterion_id], each.measured)
    ]
    producer = None if product is None else product.fields.producer
    others = [person for person in fields.reviewers if person != producer]
    passed_with_misses = fields.result == "pass" and any(not each.ok for each in fields.criteria_results)
    return all_of(
        lacking(ctx, ["result", "actual_date", "criteria_results"], "record every criterion", [TEAM_MANAGER]),
        demand(not strange, "{ids:and} are not criteria of the product", "record its own criteria", [TEAM_MANAGER],
               ids=strange),
        demand(not wrong and not passed_with_misses, "a criterion outside its range is recorded as fine: {ids}",
               "record it as missed, and the activity as failed", [TEAM_MANAGER], ids=wrong),
        demand(producer is None or ctx.actor != producer, "the producer does not record the result of a review",
               "ask a reviewer to record it", [TEAM_MANAGER]),
        demand(bool(others), "only the producer reviews it", "name somebody else as reviewer", [PROJECT_MANAGER]),
    )  # fmt: skip
