"""The timers on a monitor: its daily computation, the weekly check by a person, and the end of a pause."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from placet import CheckContext, Span, Threshold, Timer, elapsed
from placet_cobit.monitors.effects import compute, draw_validation
from placet_cobit.roles import CONTROL_OWNER, CONTROL_TESTER

_MONDAY = 1
_DAY = timedelta(days=1)


def _next(ctx: CheckContext, at: time, weekday: int | None = None) -> datetime:
    """The next moment at a time of day, on a weekday, after now."""
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    day = ctx.today
    while True:
        moment = datetime.combine(day, at, zone)
        if moment > ctx.now and weekday in (None, day.isoweekday()):
            return moment
        day += _DAY


def next_computation(ctx: CheckContext) -> datetime:
    """Setting: `monitor_at`, every day."""
    return _next(ctx, ctx.settings.monitor_at)


def next_validation(ctx: CheckContext) -> datetime:
    """Setting: `monitor_at`, every Monday."""
    return _next(ctx, ctx.settings.monitor_at, _MONDAY)


def end_of_pause(ctx: CheckContext) -> Span:
    """Setting: `pause_days`."""
    return elapsed(days=ctx.settings.pause_days)


MONITOR_RUN = Timer(
    "cobit.monitor_run",
    "Monitor computed",
    starts=("run_monitor",),
    stops=("pause_monitor", "retire_monitor"),
    target=next_computation,
    repeats=0,
    thresholds=(Threshold(100, effects=(compute,)),),
)
VALIDATION = Timer(
    "cobit.monitor_validation",
    "Passes drawn for a person to check again",
    starts=("run_monitor",),
    stops=("pause_monitor", "retire_monitor"),
    target=next_validation,
    repeats=0,
    thresholds=(Threshold(100, notifies=(CONTROL_TESTER.id,), effects=(draw_validation,)),),
)
PAUSE_ENDS = Timer(
    "cobit.monitor_pause",
    "Pause of the monitor",
    starts=("pause_monitor",),
    stops=("run_monitor", "retire_monitor"),
    target=end_of_pause,
    thresholds=(Threshold(100, notifies=(CONTROL_OWNER.id,), fires="run_monitor"),),
)
MONITOR_TIMERS = (MONITOR_RUN, VALIDATION, PAUSE_ENDS)
