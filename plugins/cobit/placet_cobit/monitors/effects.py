"""The effects of a monitor: its daily computation, and the passes that a person checks again each week."""

from __future__ import annotations

from datetime import timedelta

from placet import EffectContext, ItemView, effect, week_of
from placet_cobit.assessments.tested import deviating, tests_of
from placet_cobit.controls.about import control_of
from placet_cobit.controls.design import design_in_force
from placet_cobit.controls.executions import ExecutionVerdict, executions
from placet_cobit.figures import readable, shown
from placet_cobit.findings.raising import raise_finding
from placet_cobit.ids import FINDING, TEST
from placet_cobit.monitors.fields import MonitorFields
from placet_cobit.monitors.light import Light, Reading, amber_for, to_validate
from placet_cobit.monitors.reading import reading
from placet_cobit.operating.periods import span
from placet_cobit.operating.sampling import order
from placet_cobit.severity import Source
from placet_cobit.titles import shortened

#: Findings that stand: of a light there is one at a time.
_ENDED = ("closed", "invalid")
_WEEK = timedelta(days=7)


@effect("cobit")
def compute(ctx: EffectContext) -> None:
    """Compute the rate of failures and the light; red is a finding, and so is amber for several windows.

    Setting: `amber_windows`.
    """
    control = control_of(ctx)
    if control is None:
        return
    fields: MonitorFields = ctx.item.fields
    found = reading(ctx, ctx.item, control)
    since = (fields.amber_since or ctx.today) if found.light is Light.AMBER else None
    rate = found.failure_rate
    ctx.set(
        failure_rate=None if rate is None else readable(rate),
        failures=found.failures,
        population=found.population,
        light=found.light,
        computed_at=ctx.now,
        amber_since=since,
    )
    if found.light is Light.RED:
        _report(ctx, control, Source.MONITOR_RED, _said(fields, found))
    elif amber_for(since, ctx.today, fields.window_days) >= ctx.settings.amber_windows:
        _report(ctx, control, Source.MONITOR_AMBER, _said(fields, found))


def _said(fields: MonitorFields, found: Reading) -> str:
    rate = found.failure_rate
    figures = f"{found.failures} of {found.population} executions failed in {fields.window_days} days"
    wrong = f"; a pass was found wrong on {fields.wrong_pass_on}" if fields.wrong_pass_on is not None else ""
    return f"{figures}{'' if rate is None else f' ({shown(rate)} %)'}{wrong}"


def _report(ctx: EffectContext, control: ItemView, source: Source, condition: str) -> None:
    """A finding of this monitor, unless one of the same light stands."""
    standing = [
        each
        for each in ctx.items(FINDING, monitor=ctx.item.key)
        if each.state not in _ENDED and each.fields.source is source
    ]
    if not standing:
        practice = design_in_force(control).practice_id
        raise_finding(
            ctx,
            control,
            source,
            condition,
            f"Practice {practice} is not sure to be met between two tests of the control.",
            monitor=ctx.item.key,
        )


@effect("cobit")
def draw_validation(ctx: EffectContext) -> None:
    """Draw passes of the last week, for a tester to check again."""
    control = control_of(ctx)
    last_week = ctx.today - _WEEK
    week = week_of(last_week)
    fields: MonitorFields = ctx.item.fields
    if control is None or fields.validated_week == week:
        return
    monday = last_week - timedelta(days=last_week.isoweekday() - 1)
    since, until = span(monday, monday + _WEEK - timedelta(days=1), ctx.workspace.calendar.zone)
    passes = {
        each.event: each
        for each in executions(ctx, control, since, until)
        if each.verdict is ExecutionVerdict.PASS
    }
    drawn = to_validate(ctx.item.key, week, passes)
    places = {id: n for n, id in enumerate(order(f"{ctx.item.key}{week}", passes), start=1)}
    for id in drawn:
        each = passes[id]
        ctx.create(
            TEST,
            shortened(f"{each.item}: {each.transition} {each.at:%Y-%m-%d}"),
            parent=ctx.item.key,
            element=id,
            about=each.item,
            at=each.at,
            happened=each.transition,
            place=places[id],
        )
    ctx.set(validated_week=week)


@effect("cobit")
def count_wrong_passes(ctx: EffectContext) -> None:
    """A pass that a person found wrong turns the monitor red at once."""
    control = control_of(ctx)
    if control is None or not deviating(tests_of(ctx)):
        return
    latest = max(
        ctx.workspace.calendar.day_of(each.state_since)
        for each in tests_of(ctx)
        if each.state == "tested" and deviating([each])
    )
    ctx.set(wrong_pass_on=latest)
    compute.run(ctx)
