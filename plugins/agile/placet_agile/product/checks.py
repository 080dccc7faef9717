"""Checks of product goals, epics, features and increments.

Source: the Scrum Guide, 2020; SAFe, weighted shortest job first.
"""

from __future__ import annotations

from placet import (
    Action,
    CheckContext,
    Gate,
    Verdict,
    blocked,
    check,
    evidence_present,
    fields_missing,
    fields_present,
    is_empty,
    named,
    passed,
    unconfirmed,
)
from placet_agile.delivery.fields import Severity
from placet_agile.ids import BUG, FEATURE_ACCEPTANCE, PRODUCT_GOAL
from placet_agile.product.fields import WEIGHTS, FeatureFields, IncrementFields
from placet_agile.roles import DEVELOPER, PRODUCT_MANAGER, PRODUCT_OWNER

_FINAL = frozenset({"done", "removed", "rejected"})


@check("agile")
def single_goal(ctx: CheckContext) -> Verdict:
    """One product goal is pursued at a time."""
    others = [named(goal) for goal in ctx.items(PRODUCT_GOAL, states=["pursued"]) if goal.key != ctx.item.key]
    if not others:
        return passed()
    return blocked(
        "the product goal {goals} is still pursued",
        remedy="fulfill or abandon it first",
        who=[PRODUCT_OWNER.id],
        params={"goals": others},
    )


goal_measured = evidence_present("agile.goal_measured", "goal_measured", who=[PRODUCT_OWNER])
hypothesis = fields_present(
    "agile.hypothesis", "hypothesis", remedy="write the hypothesis", who=[PRODUCT_MANAGER]
)
epic_business_case = fields_present(
    "agile.epic_business_case",
    "lean_business_case",
    "mvp",
    *WEIGHTS,
    remedy="complete the case",
    who=[PRODUCT_MANAGER],
)

release_notes = fields_present(
    "agile.release_notes",
    "version",
    "release_notes",
    remedy="write {fields:field and}",
    who=[PRODUCT_OWNER],
)


@check("agile")
def children_done(ctx: CheckContext) -> Verdict:
    """Everything below it is finished, and at least one part is done."""
    children = ctx.children()
    open_ = [named(child) for child in children if child.state not in _FINAL]
    if open_:
        return blocked(
            "{open:count item} below it open: {items}",
            remedy="finish or remove each",
            who=[PRODUCT_OWNER.id],
            params={"open": len(open_), "items": open_},
        )
    if any(child.state == "done" for child in children):
        return passed(children=len(children))
    return blocked(
        "nothing below it is done",
        remedy="finish something, or reject it",
        who=[PRODUCT_OWNER.id],
        message_id="agile.children_done.none",
    )


@check("agile")
def wsjf_inputs(ctx: CheckContext) -> Verdict:
    """Value, urgency, risk and size of a feature are weighed, and it has an acceptance criterion."""
    names = [*WEIGHTS, "acceptance_criteria"]
    missing = [name for name in names if is_empty(getattr(ctx.item.fields, name))]
    if not missing:
        return passed(wsjf=ctx.item.fields.wsjf)
    return fields_missing(ctx, missing, remedy="score the feature", who=[PRODUCT_MANAGER])


@check("agile")
def feature_criteria(ctx: CheckContext) -> Verdict:
    """A product owner or product manager has accepted every criterion, and confirms it."""
    fields: FeatureFields = ctx.item.fields
    may = (PRODUCT_OWNER.id, PRODUCT_MANAGER.id)
    open_ = [
        each.id
        for each in fields.acceptance_criteria
        if each.accepted_by is None or not ctx.holds(each.accepted_by, *may)
    ]
    if open_:
        return blocked(
            "not accepted: {criteria:word and}",
            remedy="show it to the product owner, who accepts each criterion",
            who=[PRODUCT_OWNER.id],
            params={"criteria": open_},
            actions=[Action("edit", "Name who accepts", f"/items/{ctx.item.key}", ("acceptance_criteria",))],
        )
    missing = ctx.confirmation(FEATURE_ACCEPTANCE).missing
    return unconfirmed(ctx, FEATURE_ACCEPTANCE, missing) if missing else passed()


@check("agile")
def items_all_done(ctx: CheckContext) -> Verdict:
    """An increment has items, all of them done, and none with a critical bug."""
    fields: IncrementFields = ctx.item.fields
    if not fields.items:
        return blocked(
            "it has no items",
            remedy="add done items, or wait for some",
            who=[DEVELOPER.id],
            message_id="agile.items_all_done.none",
        )
    undone = [named(item) for item in ctx.get_all(fields.items) if item.state != "done"]
    if undone:
        return blocked(
            "not done: {items}",
            remedy="remove or finish each",
            who=[DEVELOPER.id],
            params={"items": undone},
        )
    critical = [
        named(bug)
        for bug in ctx.items(BUG, states=_OPEN_BUGS, defect_of__any=list(fields.items))
        if bug.fields.severity is Severity.CRITICAL
    ]
    if critical:
        return blocked(
            "open critical bugs: {bugs}",
            remedy="fix them first",
            who=[DEVELOPER.id],
            message_id="agile.items_all_done.bugs",
            params={"bugs": critical},
        )
    return passed(items=len(fields.items))


_OPEN_BUGS = ("new", "refining", "ready", "selected", "in_progress", "in_review")

# fmt: off
ONE_PRODUCT_GOAL = Gate("agile.one_product_goal", "No other product goal pursued", single_goal)
GOAL_EVIDENCE = Gate("agile.goal_evidence", "Evidence that the goal is reached", goal_measured)
EPIC_HYPOTHESIS = Gate("agile.epic_hypothesis", "Hypothesis written", hypothesis)
EPIC_CASE = Gate("agile.epic_case", "Business case complete", epic_business_case)
CHILDREN_FINAL = Gate("agile.children_final", "Parts finished", children_done)
FEATURE_SCORED = Gate("agile.feature_scored", "Feature weighed", wsjf_inputs)
FEATURE_ACCEPTED = Gate("agile.feature_accepted", "Every criterion accepted", feature_criteria)
INCREMENT_DONE = Gate("agile.increment_done", "Items done", items_all_done)
RELEASE_READY = Gate("agile.release_ready", "Version and release notes written", release_notes)
# fmt: on
