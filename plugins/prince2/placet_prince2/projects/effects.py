"""The effects of a project's transitions."""

from __future__ import annotations

from contextlib import suppress

from placet import BlockedError, EffectContext, effect
from placet_prince2.control.watch import ANSWERING, open_exception
from placet_prince2.ids import PROJECT, REPORT, STAGE
from placet_prince2.projects.fields import ClosureKind
from placet_prince2.reports.effects import fall_due
from placet_prince2.reports.fields import UNISSUED, ReportKind

#: The board hears of a project from the authorization of its initiation until that of its closure.
_REPORTED = ("initiating", *ANSWERING[PROJECT], "closing")
_OPEN_STAGES = ("planned", "awaiting_authorization", "active", "in_exception", "boundary")


@effect("prince2")
def ask_for_lessons(ctx: EffectContext) -> None:
    """Make the lessons report in which earlier lessons are looked at."""
    ctx.create(
        REPORT, f"Earlier lessons for {ctx.item.title}"[:200], parent=ctx.item.key, kind=ReportKind.LESSONS
    )


@effect("prince2")
def accept_value(ctx: EffectContext) -> None:
    """Keep why the business layer accepts a value below the least one."""
    ctx.set(value_override=ctx.comment)


@effect("prince2")
def set_limit(ctx: EffectContext) -> None:
    """Give the change authority the usual limit where the project has none."""
    if ctx.item.fields.ca_limit is None:
        ctx.set(ca_limit=ctx.settings.ca_limit)


@effect("prince2")
def begin_closure(ctx: EffectContext) -> None:
    """Begin the closure as planned, with the reports that it needs."""
    _closing(ctx, ClosureKind.PLANNED)


@effect("prince2")
def begin_premature_closure(ctx: EffectContext) -> None:
    """Begin the premature closure: stages end with their packages, and the reports that it needs are made."""
    why = ctx.item.fields.closure_reason or ctx.comment
    for stage in ctx.items(STAGE, states=_OPEN_STAGES, project=ctx.item.key):
        ctx.fire(stage.key, "terminate", comment=f"the project ends early: {why}")
    known = open_exception(ctx, ctx.item.key)
    if known is not None:
        ctx.fire(known.key, "lapse", comment=f"the project ends early: {why}")
    _closing(ctx, ClosureKind.PREMATURE)


def _closing(ctx: EffectContext, kind: ClosureKind) -> None:
    ctx.set(closure_kind=kind, closing_since=ctx.now)
    for report, title in (
        (ReportKind.END_PROJECT, "End project report"),
        (ReportKind.LESSONS, "Lessons report"),
    ):
        ctx.create(REPORT, f"{title}: {ctx.item.title}"[:200], parent=ctx.item.key, kind=report)


@effect("prince2")
def stop_closure(ctx: EffectContext) -> None:
    """The closure is over, and the project goes on; the reports that it made are dropped."""
    ctx.set(closure_kind=None)
    for report in ctx.items(REPORT, states=UNISSUED, project=ctx.item.key):
        if report.fields.kind in (ReportKind.END_PROJECT, ReportKind.LESSONS):
            with suppress(BlockedError):
                ctx.fire(report.key, "drop_report", comment="the project goes on, and its closure is over")


@effect("prince2")
def make_highlight(ctx: EffectContext) -> None:
    """Ask for a highlight report of the interval that is over; one that is missing covers it too."""
    if ctx.item.state not in _REPORTED:
        return
    fall_due(ctx, ReportKind.HIGHLIGHT, ctx.item.fields.highlight_interval)
