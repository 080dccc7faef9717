"""The timers on a sprint."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from placet import BusinessCalendar, CheckContext, Threshold, Timer, Until, business
from placet_agile.roles import DEVELOPER, PRODUCT_OWNER, SCRUM_MASTER
from placet_agile.sprints.fields import EventKind, SprintFields

#: Time of day by which a daily scrum is recorded.
_NOON = time(12)
#: Days that are searched for the next working day.
_AHEAD = 30


def _next(calendar: BusinessCalendar, now: datetime, at: time) -> datetime | None:
    """The next moment at a time of day on a working day; `None` where the calendar has none."""
    zone = ZoneInfo(calendar.zone)
    today = now.astimezone(zone).date()
    for ahead in range(_AHEAD):
        day = today + timedelta(days=ahead)
        moment = datetime.combine(day, at, zone)
        if moment > now and calendar.open_on(day):
            return moment
    return None


def next_daily(ctx: CheckContext) -> datetime | None:
    """Setting: `daily_at`, on the next working day."""
    return _next(ctx.workspace.calendar, ctx.now, ctx.settings.daily_at)


def next_noon(ctx: CheckContext) -> datetime | None:
    """Noon of the next working day: by then a daily scrum is recorded."""
    return _next(ctx.workspace.calendar, ctx.now, _NOON)


def not_recorded_today(ctx: CheckContext) -> bool:
    """No daily scrum of today is recorded."""
    fields: SprintFields = ctx.item.fields
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    days = {e.held_at.astimezone(zone).date() for e in fields.events if e.kind is EventKind.DAILY}
    return ctx.today not in days


SPRINT_END = Timer(
    "agile.sprint_end",
    "End of the sprint",
    starts=("start_sprint",),
    stops=("begin_close", "cancel"),
    target=Until("planned_end"),
    thresholds=(Threshold(100, notifies=(SCRUM_MASTER.id, PRODUCT_OWNER.id), fires="begin_close"),),
)
DAILY = Timer(
    "agile.daily",
    "Daily scrum",
    starts=("start_sprint",),
    stops=("begin_close", "cancel"),
    target=next_daily,
    repeats=0,
    thresholds=(Threshold(100, notifies=(DEVELOPER.id,)),),
)
DAILY_MISSED = Timer(
    "agile.daily_missed",
    "Daily scrum not recorded",
    starts=("start_sprint",),
    stops=("begin_close", "cancel"),
    target=next_noon,
    repeats=0,
    thresholds=(Threshold(100, notifies=(SCRUM_MASTER.id,), when=not_recorded_today),),
)
CLOSE_OVERDUE = Timer(
    "agile.close_overdue",
    "Sprint not closed",
    starts=("begin_close",),
    stops=("close",),
    target=business(days=2),
    thresholds=(Threshold(100, notifies=(SCRUM_MASTER.id, PRODUCT_OWNER.id)),),
)

SPRINT_TIMERS = (SPRINT_END, DAILY, DAILY_MISSED, CLOSE_OVERDUE)
