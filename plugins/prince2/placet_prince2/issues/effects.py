"""The effects of an issue's transitions."""

from __future__ import annotations

from placet import Effect, EffectContext, effect
from placet_prince2.control.watch import open_exception
from placet_prince2.ids import EXCEPTION, PRODUCT
from placet_prince2.issues.computed import breaks, running_stages
from placet_prince2.issues.fields import IssueDecision
from placet_prince2.place import project_of


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
