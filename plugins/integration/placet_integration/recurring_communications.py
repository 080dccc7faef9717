"""Rows of the communication plan that follow the calendar: each as a communication of governance, once for its cause.

Source: ITIL 4, practices Change enablement and Continual improvement; COBIT 2019, EDM02 Ensured benefits delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from placet import ItemView, Job, JobContext, spoken_span, week_of
from placet_integration.communication_plan import COMMUNICATION, INFORMS, Message, planned, send
from placet_integration.ids import ALLOCATION
from placet_integration.steering.checks import quarter_of

_CHANGE, _WINDOW = "itil.change", "itil.change_window"
_LESSON, _BENEFIT = "governance.lesson", "governance.benefit"
_BOTH = {"governance", "itil"}
#: Kinds of windows in which changes are forbidden.
_CLOSED = ("freeze", "blackout")
_WEEK = timedelta(days=7)


def week_ahead(ctx: JobContext) -> None:
    """Send the change schedule of the week that begins."""
    channel = ctx.settings.communications.get("change_schedule")
    if channel is None or not set(ctx.workspace.methods) >= _BOTH:
        return
    ahead = ctx.items(_CHANGE, states=["scheduled"], overlapping=(ctx.now, ctx.now + _WEEK))
    changes = sorted(ahead, key=lambda change: (change.fields.planned_start or ctx.now, change.key))
    lines = [f"{change.title} ({change.key}): {planned(ctx, change.fields)}" for change in changes]
    message = Message(
        f"Change schedule: the week of {ctx.today:%Y-%m-%d}",
        ("service owners", "service desk"),
        "\n".join(lines) or "No change is planned for this week.",
        tuple(change.key for change in changes),
    )
    send(ctx, message, channel, "the plan has it sent every week")


def each_day(ctx: JobContext) -> None:
    """Announce freezes that were declared and reviews of benefits that are due, and on the first day the lessons."""
    channels = ctx.settings.communications
    if "governance" not in ctx.workspace.methods:
        return
    if "capacity_split" in channels and ctx.today == quarter_of(ctx.today)[0]:
        _compare_split(ctx, channels["capacity_split"])
    if not set(ctx.workspace.methods) >= _BOTH:
        return
    if "freeze" in channels:
        _announce_freezes(ctx, channels["freeze"])
    if "benefits_review" in channels:
        _announce_reviews(ctx, channels["benefits_review"])
    if "lessons_digest" in channels and ctx.today.day == 1:
        _digest_lessons(ctx, channels["lessons_digest"])


def _announce_freezes(ctx: JobContext, channel: str) -> None:
    """Each freeze once, on the morning after it was declared; those who raise changes confirm that they know of it."""
    zone = ZoneInfo(ctx.workspace.calendar.zone)
    ahead = ctx.items(_WINDOW, states=["in_force"], start__ge=ctx.now)
    windows = [window for window in ahead if window.fields.kind in _CLOSED]
    informed = _informed(ctx, windows)
    for window in windows:
        if any(at >= window.created_at for at in informed.get(window.key, ())):
            continue
        start, end = (each.astimezone(zone) for each in (window.fields.start, window.fields.end))
        message = Message(
            f"{window.fields.kind.capitalize()}: {window.title}",
            ("everybody who raises changes",),
            f"{window.title}: no changes {spoken_span(start, end, year=None)}",
            (window.key,),
            ("itil.change_initiator",),
        )
        send(ctx, message, channel, "the plan has each announced")


def _announce_reviews(ctx: JobContext, channel: str) -> None:
    benefits = ctx.items(_BENEFIT, states=["planned", "tracking"], next_measure__le=ctx.today)
    informed = _informed(ctx, benefits)
    for benefit in benefits:
        due = datetime.combine(benefit.fields.next_measure, time(), ZoneInfo(ctx.workspace.calendar.zone))
        if any(at >= due for at in informed.get(benefit.key, ())):
            continue
        fields = benefit.fields
        found = "never" if fields.actual_value is None else fields.actual_value
        message = Message(
            f"Benefits review: {benefit.title}",
            ("business layer",),
            f"{benefit.title}: target {fields.target_value} {fields.unit or ''}, last measured {found}",
            (benefit.key,),
        )
        send(ctx, message, channel, "the review is due")


def _digest_lessons(ctx: JobContext, channel: str) -> None:
    """The lessons that were found worth applying since the last month began, and are not applied yet."""
    since = ctx.now - timedelta(days=31)
    lessons = [each for each in ctx.items(_LESSON, states=["validated"]) if each.state_since >= since]
    if not lessons:
        return
    message = Message(
        f"Lessons of the month: {ctx.today:%Y-%m-%d}",
        ("project managers", "process owners"),
        "\n".join(f"{each.title} ({each.key}): {each.fields.recommendation}" for each in lessons),
        tuple(each.key for each in lessons),
    )
    send(ctx, message, channel, "the plan has it sent every month")


def _compare_split(ctx: JobContext, channel: str) -> None:
    """Compare the purposes of people's time in the quarter that is over with the intended ones."""
    first, last = quarter_of(ctx.today - timedelta(days=1))
    found = ctx.items(
        ALLOCATION, states=["confirmed", "released"], week_to__ge=week_of(first), week_from__le=week_of(last)
    )
    used: dict[str, Decimal] = dict.fromkeys(("run", "project", "improve"), Decimal(0))
    for each in found:
        weeks = [week for week in each.fields.weeks if week_of(first) <= week <= week_of(last)]
        used[str(each.fields.purpose or "run")] += each.fields.percent * len(weeks)
    whole, meant = sum(used.values()), ctx.settings.capacity_split
    lines = [
        f"{purpose}: {100 * share / whole if whole else 0:.1f} %, and {getattr(meant, purpose)} % intended"
        for purpose, share in used.items()
    ]
    message = Message(
        f"People's time from {first} to {last}",
        ("portfolio managers", "resource managers"),
        "\n".join(lines),
        (),
        ("governance.portfolio_manager",),
    )
    send(ctx, message, channel, "the plan has it compared every quarter")


def _informed(ctx: JobContext, about: Sequence[ItemView]) -> dict[str, list[datetime]]:
    """By item: when communications about it were made; read at once for all of them."""
    found: dict[str, list[datetime]] = {}
    for each in ctx.get_all(ctx.reachable(INFORMS, of=[item.key for item in about], inwards=True, steps=1)):
        if each.type == COMMUNICATION:
            for key in each.links.get(INFORMS, ()):
                found.setdefault(key, []).append(each.created_at)
    return found


JOBS = (
    Job("integration.week_ahead", "Change schedule of the week", week_ahead, time(7), [1]),
    Job("integration.each_day", "Communications that are due", each_day, time(7)),
)
