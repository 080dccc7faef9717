"""The effects of an issue's transitions, and the issue that a risk becomes."""

from __future__ import annotations

from placet import Effect, EffectContext, effect
from placet_prince2.control.watch import open_exception
from placet_prince2.ids import CAUSED_BY, EXCEPTION, ISSUE, PRODUCT, PROJECT, STAGE
from placet_prince2.issues.computed import breaks, running_stages
from placet_prince2.issues.fields import IssueDecision, IssueKind
from placet_prince2.place import project_of, stage_of
from placet_prince2.placing import ENDED


def decided(decision: IssueDecision) -> Effect:
    """An effect that keeps a decision: what, by whom, when and why."""

    @effect(f"prince2.decided_{decision.value}")
    def keep(ctx: EffectContext) -> None:
        """Keep the decision, with its time and reason."""
        ctx.set(
            decision=decision, decided_by=ctx.actor, decided_at=ctx.now, decision_reason=ctx.comment or None
        )

    return keep


@effect("prince2")
def note_in_daily_log(ctx: EffectContext) -> None:
    """Say in the daily log, which are the comments on the project, how the issue was treated."""
    project = project_of(ctx)
    if project is not None:
        said = f"{ctx.item.title} ({ctx.item.key}) was handled informally: {ctx.comment}"
        ctx.note(project.key, said[:10_000])


@effect("prince2")
def spend_change_budget(ctx: EffectContext) -> None:
    """The cost of the approved issue is taken from the change budget of the project."""
    project = project_of(ctx)
    if project is not None and ctx.item.fields.cost_impact:
        # Two decisions at once meet on the project, so that together they never pass the budget unseen.
        used = project.fields.change_budget_used + ctx.item.fields.cost_impact
        ctx.set_on(project.key, change_budget_used=used)


@effect("prince2")
def grant_concession(ctx: EffectContext) -> None:
    """The criterion of the product may be missed."""
    fields = ctx.item.fields
    for product in ctx.get_all(fields.baselines_affected):
        if product.type == PRODUCT and fields.criterion:
            said = {
                "criterion": fields.criterion,
                "issue": ctx.item.key,
                "granted_by": ctx.actor,
                "at": ctx.now,
                "measured": next(
                    (m.measured for m in product.fields.measured if m.criterion_id == fields.criterion), None
                ),
            }
            ctx.set_on(product.key, concessions=[*product.fields.concessions, said])


@effect("prince2")
def become_issue(ctx: EffectContext) -> None:
    """Make the issue that a risk of a running project becomes when it comes true, unless it names one.

    A threat is a problem that has to be treated, and an opportunity one that has to be taken.
    """
    project, fields = project_of(ctx), ctx.item.fields
    if fields.became is not None or project is None or project.state in ENDED[PROJECT]:
        return
    threat = fields.kind == "threat"
    issue = ctx.create(
        ISSUE,
        f"It has come true: {ctx.item.title}"[:200],
        parent=fields.stage if _goes_on(ctx) else project.key,
        kind=IssueKind.PROBLEM_CONCERN if threat else IssueKind.BUSINESS_OPPORTUNITY,
        description=f"The risk {ctx.item.key} has come true. {fields.event}: {fields.effect}",
    )
    ctx.link(CAUSED_BY, ctx.item.key, source=issue)
    ctx.set(became=issue)


def _goes_on(ctx: EffectContext) -> bool:
    """Whether the stage of the item has not ended."""
    stage = stage_of(ctx)
    return stage is not None and stage.state not in ENDED[STAGE]


@effect("prince2")
def ask_for_plan(ctx: EffectContext) -> None:
    """Make the exception for which the board asks for a plan."""
    project = project_of(ctx)
    if project is None:
        return
    broken = [each for each in (project, *running_stages(ctx, project)) if breaks(ctx, each)]
    for subject in broken[:1]:
        known = open_exception(ctx, subject.key)
        if known is not None:
            # There is one at most: its answer is one to the issue too.
            if known.fields.issue is None:
                ctx.set_on(known.key, issue=ctx.item.key)
            return
        ctx.create(
            EXCEPTION,
            f"Issue {ctx.item.key} would leave tolerance: {ctx.item.title}"[:200],
            parent=subject.key,
            issue=ctx.item.key,
        )
