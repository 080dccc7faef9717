"""The effects of an exception's transitions: the answer moves the stage or the project on."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from placet import Effect, EffectContext, effect
from placet_prince2.control.watch import watch
from placet_prince2.exceptions.checks import breached_now, subject_of
from placet_prince2.exceptions.fields import ExceptionDecision, Level
from placet_prince2.ids import STAGE
from placet_prince2.numbers.exceptions import Breach, replaced

_HUNDREDTH = Decimal("0.01")
_ESCALATE = {Level.STAGE: "escalate", Level.PROJECT: "escalate_to_business"}
_RESUME = {Level.STAGE: "resume", Level.PROJECT: "resume_delivery"}


def decided(decision: ExceptionDecision) -> Effect:
    """An effect that keeps an answer: what, by whom and when."""

    @effect(f"prince2.answered_{decision.value}")
    def keep(ctx: EffectContext) -> None:
        """Keep the answer, with its time and the business days that it took."""
        calendar, since = ctx.workspace.calendar, ctx.item.fields.reported_at or ctx.now
        taken = calendar.between(since, ctx.now) / (calendar.hours_per_day or timedelta(days=1))
        ctx.set(
            decision=decision,
            decided_by=ctx.actor,
            decided_at=ctx.now,
            decision_days=Decimal(taken).quantize(_HUNDREDTH, ROUND_HALF_UP),
        )

    return keep


@effect("prince2")
def escalate(ctx: EffectContext) -> None:
    """The stage or project waits for the decision."""
    ctx.set(reported_at=ctx.item.fields.reported_at or ctx.now)
    subject = subject_of(ctx)
    if subject is not None and subject.state != "in_exception":
        ctx.fire(subject.key, _ESCALATE[ctx.item.fields.level], comment=f"{ctx.item.key} is reported")


@effect("prince2")
def resume(ctx: EffectContext) -> None:
    """The stage or project goes on, and the issue that asked for a plan is decided."""
    subject = subject_of(ctx)
    if subject is not None and subject.state == "in_exception":
        ctx.fire(subject.key, _RESUME[ctx.item.fields.level], comment=f"{ctx.item.key} is decided")
    answer_issue.run(ctx)


@effect("prince2")
def answer_issue(ctx: EffectContext) -> None:
    """The issue that asked for a plan comes back to those who decide on it."""
    key = ctx.item.fields.issue
    issue = ctx.get(key) if key else None
    if issue is not None and issue.state == "escalated":
        ctx.fire(issue.key, "exception_decided", comment=f"{ctx.item.key} is decided")


@effect("prince2")
def widen(ctx: EffectContext) -> None:
    """The new tolerances replace those of the stage or project."""
    subject = subject_of(ctx)
    if subject is not None:
        wider = replaced(subject.fields.tolerances, ctx.item.fields.new_tolerances)
        ctx.set_on(subject.key, tolerances=wider)


@effect("prince2")
def accept(ctx: EffectContext) -> None:
    """The deviations as they are now are accepted; one that grows is an exception again."""
    subject = subject_of(ctx)
    if subject is not None:
        outside = [Breach.of(each) for each in breached_now(ctx) if each.breached]
        known = {each.measure: each for each in subject.fields.accepted_breaches}
        known |= {each.measure: each for each in outside}
        ctx.set_on(subject.key, accepted_breaches=tuple(known.values()))


@effect("prince2")
def submit_plan(ctx: EffectContext) -> None:
    """The exception plan goes to the board."""
    plan = ctx.get(ctx.item.fields.exception_plan)
    if plan is not None and plan.state == "draft":
        ctx.fire(plan.key, "submit", comment=f"the plan for {ctx.item.key} was submitted")


@effect("prince2")
def adopt(ctx: EffectContext) -> None:
    """The exception plan is in force: that of a stage replaces its plan."""
    subject = subject_of(ctx)
    if subject is not None and subject.type == STAGE and subject.state in ("active", "in_exception"):
        ctx.fire(subject.key, "adopt_exception_plan", comment=f"{ctx.item.key} is decided")
        answer_issue.run(ctx)
        return
    plan = ctx.get(ctx.item.fields.exception_plan)
    if subject is not None and plan is not None:
        said = plan.fields
        ctx.set_on(subject.key, planned_end=said.planned_end, budget=said.budget, tolerances=replaced(
            subject.fields.tolerances, said.tolerances))  # fmt: skip
    resume.run(ctx)


@effect("prince2")
def close_project(ctx: EffectContext) -> None:
    """The project is closed early."""
    project = ctx.item.fields.project or ctx.item.parent
    if project is not None:
        reason = f"{ctx.item.key}: {ctx.comment}"
        ctx.fire(project, "prepare_premature_closure", comment=reason, closure_reason=reason)
    answer_issue.run(ctx)


@effect("prince2")
def judge_again(ctx: EffectContext) -> None:
    """Open another exception for an aspect that has left its tolerance meanwhile."""
    watch.run(ctx)
