"""The effects of a work package's transitions."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_prince2.control.watch import watch
from placet_prince2.ids import WORK_PACKAGE
from placet_prince2.place import stage_of
from placet_prince2.reports.effects import fall_due
from placet_prince2.reports.fields import ReportKind


@effect("prince2")
def assign_products(ctx: EffectContext) -> None:
    """Its products belong to it, and so to its team; its forecasts begin as planned, and count for its stage."""
    fields = ctx.item.fields
    for product in ctx.get_all(fields.products):
        if product.fields.work_package != ctx.item.key:
            ctx.set_on(product.key, work_package=ctx.item.key)
    if fields.forecast_end is None:
        # A first forecast, which is watched like every other one.
        ctx.set(forecast_end=fields.planned_end)
    else:
        watch.run(ctx)


@effect("prince2")
def release_products(ctx: EffectContext) -> None:
    """Its products belong to no team any more."""
    for product in ctx.get_all(ctx.item.fields.products):
        if product.fields.work_package == ctx.item.key:
            ctx.set_on(product.key, work_package=None)


@effect("prince2")
def watch_without_it(ctx: EffectContext) -> None:
    """The package counts no more; where its whole stage ends, the stage watches once, and not for each package."""
    stage = stage_of(ctx)
    if stage is None or stage.state != "terminated":
        watch.run(ctx)


@effect("prince2")
def make_checkpoint(ctx: EffectContext) -> None:
    """Ask for a checkpoint report of the interval that is over; one that is missing covers it too."""
    if ctx.item.type != WORK_PACKAGE or ctx.item.state != "in_progress":
        return
    fall_due(ctx, ReportKind.CHECKPOINT, ctx.item.fields.checkpoint_interval)
