"""The effects of a stage's transitions."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from placet import BlockedError, EffectContext, ItemView, effect
from placet_prince2.control.measures import COMMITTED
from placet_prince2.control.watch import open_exception
from placet_prince2.ids import EXCEPTION, REPORT, WORK_PACKAGE
from placet_prince2.reports.fields import ReportKind


def _take(ctx: EffectContext, plan: ItemView) -> None:
    fields = plan.fields
    ctx.set(
        planned_start=fields.planned_start,
        planned_end=fields.planned_end,
        budget=fields.budget,
        tolerances=fields.tolerances,
    )


@effect("prince2")
def take_plan(ctx: EffectContext) -> None:
    """The stage gets dates, budget and tolerances from its plan, which goes to the board."""
    plan = ctx.get(ctx.item.fields.stage_plan)
    if plan is None:
        return
    _take(ctx, plan)
    if plan.state == "draft":
        ctx.fire(plan.key, "submit", comment=f"the plan of stage {ctx.item.key} was submitted")


@effect("prince2")
def return_plan(ctx: EffectContext) -> None:
    """The plan goes back to be written, unless it is decided on already."""
    plan = ctx.get(ctx.item.fields.stage_plan)
    if plan is not None and plan.state == "in_review":
        ctx.fire(plan.key, "return_document", comment=ctx.comment)


@effect("prince2")
def begin(ctx: EffectContext) -> None:
    """Keep the start, and forecast the planned end and the whole budget until somebody knows better."""
    fields = ctx.item.fields
    plan = ctx.get(fields.stage_plan) if fields.stage_plan else None
    if plan is not None:
        _take(ctx, plan)
    spent = fields.actual_cost or 0
    left = max((ctx.item.fields.budget or 0) - spent, 0)
    ctx.set(
        started_at=ctx.now,
        cost_forecast_at=ctx.now,
        time_forecast_at=ctx.now,
        forecast_end=fields.forecast_end or ctx.item.fields.planned_end,
        actual_cost=spent,
        estimate_to_complete=left if fields.estimate_to_complete is None else fields.estimate_to_complete,
    )


@effect("prince2")
def adopt_plan(ctx: EffectContext) -> None:
    """The exception plan becomes the plan of the stage, and the old one is superseded."""
    decided = [
        each
        for each in ctx.items(EXCEPTION, states=["resolved"], subject=ctx.item.key)
        if each.fields.decision == "exception_plan" and each.fields.exception_plan
    ]
    # Whatever was decided last is in force.
    newest = max(decided, key=_decided_at)
    plan, old = ctx.get(newest.fields.exception_plan), ctx.item.fields.stage_plan
    if plan is None:
        return
    ctx.set(stage_plan=plan.key, accepted_breaches=())
    _take(ctx, plan)
    former = ctx.get(old) if old else None
    if former is not None and former.state == "approved":
        ctx.fire(former.key, "supersede", comment=f"{plan.key} has taken its place", replaced_by=plan.key)


def _decided_at(exception: ItemView) -> datetime:
    moment: datetime = exception.fields.decided_at
    return moment


@effect("prince2")
def begin_boundary(ctx: EffectContext) -> None:
    """Keep the moment, and make the end stage report."""
    key = ctx.create(
        REPORT,
        f"End stage report: {ctx.item.title}"[:200],
        parent=ctx.item.key,
        kind=ReportKind.END_STAGE,
        period_start=ctx.item.fields.planned_start,
        period_end=ctx.today,
    )
    ctx.set(boundary_started_at=ctx.now, end_stage_report=key)


@effect("prince2")
def leave_boundary(ctx: EffectContext) -> None:
    """The stage goes on; the end stage report is dropped."""
    key = ctx.item.fields.end_stage_report
    ctx.set(boundary_started_at=None, end_stage_report=None)
    if key is not None:
        with suppress(BlockedError):
            ctx.fire(key, "drop_report", comment="the stage goes on, and its end is not reported yet")


@effect("prince2")
def cancel_packages(ctx: EffectContext) -> None:
    """Open work packages of a terminated stage are cancelled, and nobody has to answer its exception any more."""
    known = open_exception(ctx, ctx.item.key)
    if known is not None:
        ctx.fire(known.key, "lapse", comment=f"stage {ctx.item.key} was terminated")
    packages = ctx.items(WORK_PACKAGE, states=["draft", *COMMITTED[:-1]], stage=ctx.item.key)
    # Each package releases its products: they are read together.
    ctx.get_all([product for package in packages for product in package.fields.products])
    for package in packages:
        ctx.fire(package.key, "cancel", comment=f"stage {ctx.item.key} was terminated: {ctx.comment}")
