"""Consequences in a project of the end of a sprint.

Source: PRINCE2 Agile: forecasts of a package come from what its team really finishes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from placet import EffectContext, ItemView, effect
from placet_integration.delivery.checks import delivering, is_agile, stage_of
from placet_integration.ids import BUG, DELIVERS, REPORT, STORY, WORK_PACKAGE

_UNISSUED = ("due", "drafting")
_UNFINISHED = ("new", "refining", "ready", "selected", "in_progress", "in_review")


@effect("integration")
def spread_team(ctx: EffectContext) -> None:
    """The team of a package is one of its stage and that of its products, so that its people see what they work on."""
    fields = ctx.item.fields
    stage = ctx.get(fields.stage) if fields.stage else None
    if stage is not None:
        packages = ctx.items(WORK_PACKAGE, stage=stage.key)
        teams = [each.fields.team for each in packages if each.fields.team and each.state != "cancelled"]
        if set(teams) != set(stage.fields.teams):
            ctx.set_on(stage.key, teams=list(dict.fromkeys(teams)))
    for product in ctx.get_all(fields.products):
        if product.fields.team != fields.team and product.fields.work_package in (None, ctx.item.key):
            ctx.set_on(product.key, team=fields.team)


def forecast_packages(ctx: EffectContext) -> None:
    """Forecast each package that the sprint worked on, and draft its checkpoint report.

    The forecast is the day by which the remaining stories are done in so many of a hundred futures that are drawn from
    the throughput of the team (setting `forecast_percent`). Without enough past the forecast stays as it is, and the
    report says so.
    """
    packages = _packages(ctx)
    throughput = _throughput(ctx) if packages else ()
    for package in packages:
        left = [
            each
            for each in delivering(ctx, [package.key, *package.fields.products])
            if each.type in (STORY, BUG) and each.state in _UNFINISHED
        ]
        day, expected = _expected(ctx, throughput, len(left))
        if day is not None and day != package.fields.forecast_end:
            ctx.set_on(package.key, forecast_end=day)
        _draft_report(ctx, package, expected)


def _packages(ctx: EffectContext) -> list[ItemView]:
    """The agile packages in work of this workspace that the sprint delivers, or that its team does in its stage."""
    if "prince2" not in ctx.workspace.methods:
        return []
    named = [each for each in ctx.linked(DELIVERS) if each.type == WORK_PACKAGE]
    stage = stage_of(ctx)
    if stage is not None and stage.workspace == ctx.workspace.key:
        own = ctx.items(WORK_PACKAGE, states=["in_progress"], stage=stage.key, team=ctx.item.fields.team)
        named += [each for each in own if is_agile(each)]
    once = {each.key: each for each in named}
    return [
        each
        for each in once.values()
        if each.state == "in_progress" and each.workspace == ctx.workspace.key and is_agile(each)
    ]


def _expected(ctx: EffectContext, throughput: Sequence[int], left: int) -> tuple[date | None, str]:
    """The day by which the remaining items are done, and how that was found."""
    from placet_agile.numbers import forecast  # noqa: PLC0415  # installed where there are sprints

    percent: int = ctx.settings.forecast_percent
    if left == 0:
        return None, "No item of the backlog is left."
    plan = forecast.Plan(forecast.seed_of(ctx.item.fields.team, ctx.today), percents=(percent,))
    found = forecast.days_until_done(throughput, left, plan)
    days = found.answers.get(percent) if isinstance(found, forecast.Forecast) else None
    if days is None:
        reason = "it lies beyond ten years" if isinstance(found, forecast.Forecast) else str(found)
        return None, f"{_items(left)} left. No forecast: {reason}."
    day = ctx.today + timedelta(days=days)
    return day, f"{_items(left)} left, done by {day} with a confidence of {percent} %."


def _items(left: int) -> str:
    return "1 item of the backlog is" if left == 1 else f"{left} items of the backlog are"


def _throughput(ctx: EffectContext) -> Sequence[int]:
    """Items that the team finished on each of the last complete days, expedited ones left out.

    Setting: `forecast_window`, days.
    """
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    first = ctx.today - timedelta(days=ctx.settings.forecast_window)
    since = datetime.combine(first, time(), zone)
    done = [
        each
        for type in (STORY, BUG)
        for each in ctx.items(type, states=["done"], team=ctx.item.fields.team, finished_at__ge=since)
        if each.fields.class_of_service != "expedite"
    ]
    starts = [each.fields.started_at.astimezone(zone).date() for each in done if each.fields.started_at]
    if not starts:
        return ()
    begun = max(first, min(starts))
    days = (ctx.today - begun).days
    ended = [(each.fields.finished_at.astimezone(zone).date() - begun).days for each in done]
    return [ended.count(day) for day in range(days)]


def _draft_report(ctx: EffectContext, package: ItemView, expected: str) -> None:
    """A checkpoint report says what is expected: the one that is missing, if there is one."""
    for report in ctx.children(REPORT, of=package.key):
        if report.state in _UNISSUED and report.fields.kind == "checkpoint":
            ctx.set_on(report.key, period_end=ctx.today, outlook=report.fields.outlook or expected)
            return
    started = ctx.item.fields.started_at
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    ctx.create(
        REPORT,
        f"Checkpoint report {ctx.today}: {package.title}"[:200],
        parent=package.key,
        kind="checkpoint",
        period_start=ctx.today if started is None else started.astimezone(zone).date(),
        period_end=ctx.today,
        due_at=ctx.now,
        outlook=expected,
    )
