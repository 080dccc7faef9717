"""The effects of a report's transitions: its figures are taken from the items, and not typed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from placet import EffectContext, ItemView, effect
from placet_prince2.control.fields import StatusLine
from placet_prince2.control.status import found_statuses, line
from placet_prince2.ids import PRODUCT, PROJECT, REPORT, REPORT_ACCEPTANCE, WORK_PACKAGE
from placet_prince2.reports.checks import BY_THE_BOARD, forecast_subjects, freshness, subject_of
from placet_prince2.reports.fields import UNISSUED, ReportKind

_DONE = ("approved", "handed_over")
_NEXT = ("baselined", "in_development", "in_review")


@effect("prince2")
def take_snapshot(ctx: EffectContext) -> None:
    """Copy every tolerance and the products as they are now, and ask the board where it has to accept the report."""
    subject = subject_of(ctx)
    if subject is not None:
        lines = _statuses(ctx, subject)
        ctx.set(
            status_snapshot=lines,
            products_done=_products(ctx, subject, *_DONE),
            products_next=_products(ctx, subject, *_NEXT),
        )
    ctx.set(as_of=freshness(ctx) or ctx.now, issued_at=ctx.now)
    if ctx.item.fields.kind in BY_THE_BOARD:
        ctx.ask(REPORT_ACCEPTANCE)


def fall_due(ctx: EffectContext, kind: ReportKind, interval: timedelta) -> None:
    """Ask for the report of an interval that is over; one that is missing already covers that interval too.

    One report on all that has happened since the last one is wanted, and not a pile of old ones; it stays due as of its
    first day.
    """
    missing = [each for each in ctx.children(REPORT) if each.state in UNISSUED and each.fields.kind is kind]
    late = min((each for each in missing if each.fields.due_at is not None), key=_due_at, default=None)
    if late is not None:
        ctx.set_on(late.key, period_end=ctx.today, intervals=late.fields.intervals + 1)
        return
    ctx.create(
        REPORT,
        f"{kind.value.capitalize()} report {ctx.today}: {ctx.item.title}"[:200],
        parent=ctx.item.key,
        kind=kind,
        period_start=ctx.today - interval,
        period_end=ctx.today,
        due_at=ctx.now,
    )


def _due_at(report: ItemView) -> datetime:
    moment: datetime = report.fields.due_at
    return moment


@effect("prince2")
def drop_reports(ctx: EffectContext) -> None:
    """Drop the reports on the item that nobody has issued: it has ended first."""
    for report in ctx.children(REPORT):
        if report.state in UNISSUED:
            ctx.fire(
                report.key, "drop_report", comment=f"{ctx.item.key} has ended before this report was issued"
            )


def _statuses(ctx: EffectContext, subject: ItemView) -> list[StatusLine]:
    """Those of the subject; of a project without forecasts of its own, those of its running stages."""
    own = [line(each) for each in found_statuses(ctx, subject)]
    if own or subject.type != PROJECT:
        return own
    return [line(found) for each in forecast_subjects(ctx) for found in found_statuses(ctx, each)]


def _products(ctx: EffectContext, subject: ItemView, *states: str) -> list[str]:
    if subject.type == WORK_PACKAGE:
        found = [each for each in ctx.get_all(subject.fields.products) if each.state in states]
    else:
        where: dict[str, Any] = {"project" if subject.type == PROJECT else "stage": subject.key}
        found = list(ctx.items(PRODUCT, states=states, **where))
    return [each.key for each in found]
