"""The timers on an incident: targets and reminders.

Source: ITIL 4, practices Incident management and Service level management; common policies for service level timers.
A breach is a breach for good: reopening does not heal it. Our choice: until an incident is triaged, the promise of a
default priority holds, and a timer of its own is about the triage.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from placet import CheckContext, Holds, Pause, Span, Threshold, Timer, Until, business, elapsed
from placet_itil_change.incidents.fields import IncidentFields
from placet_itil_change.incidents.priority import Hours, Priority, Target
from placet_itil_change.roles import (
    INCIDENT_MANAGER,
    IT_DIRECTOR,
    MAJOR_INCIDENT_MANAGER,
    RESOLVER,
    SERVICE_DESK_ANALYST,
    SERVICE_OWNER,
)
from placet_itil_change.waiting import PendingReason

#: Reminders of a user whose answer is awaited.
REMINDERS = 3


def _promise(ctx: CheckContext) -> Target:
    """The promise for its priority. Settings: `sla_targets`, and `untriaged_priority` until it has one."""
    fields: IncidentFields = ctx.item.fields
    promise: Target = ctx.settings.sla_targets[fields.priority or ctx.settings.untriaged_priority]
    return promise


@lru_cache(maxsize=256)
def _span(time: timedelta, hours: Hours) -> Span:
    return Span(time, calendar="default" if hours is Hours.BUSINESS else None)


def response_target(ctx: CheckContext) -> Span:
    """Time to the first response, as promised for the priority."""
    promise = _promise(ctx)
    return _span(promise.response, promise.clock)


def resolution_target(ctx: CheckContext) -> Span:
    """Time to the resolution, as promised for the priority."""
    promise = _promise(ctx)
    return _span(promise.resolution, promise.clock)


def to_triage(ctx: CheckContext) -> Span:
    """Setting: `triage_minutes`, elapsed: until it is triaged, it may be one of the gravest."""
    return elapsed(minutes=ctx.settings.triage_minutes)


def waits_with_leave(ctx: CheckContext) -> bool:
    """It waits for something that the promise allows for. Setting: `sla_pause_reasons`."""
    return ctx.item.fields.pending_reason in ctx.settings.sla_pause_reasons


def grace(ctx: CheckContext) -> int:
    """Percent of the target that there is at least after reopening. Setting: `reopen_grace_percent`."""
    percent: int = ctx.settings.reopen_grace_percent
    return percent


def at_work_on_first_level(ctx: CheckContext) -> bool:
    """Half of the time is gone, and the service desk still has it."""
    return ctx.item.fields.support_level == 1 and ctx.item.state in {"in_progress", "pending"}


def awaits_user(ctx: CheckContext) -> bool:
    """It waits for an answer of the user."""
    return ctx.item.fields.pending_reason is PendingReason.AWAITING_USER


def waits_without_end(ctx: CheckContext) -> bool:
    """It waits for somebody else than the user, and nobody said until when."""
    return not awaits_user(ctx) and ctx.item.fields.pending_until is None


def waits_until(ctx: CheckContext) -> bool:
    """It was said until when it waits."""
    return ctx.item.fields.pending_until is not None


def between_looks(ctx: CheckContext) -> Span:
    """Setting: `pending_review`, business days."""
    return business(days=ctx.settings.pending_review)


def between_reminders(ctx: CheckContext) -> Span:
    """Setting: `user_reminder`, business days."""
    return business(days=ctx.settings.user_reminder)


def silence(ctx: CheckContext) -> Span:
    """As long as all reminders take."""
    return business(days=ctx.settings.user_reminder * REMINDERS)


def between_updates(ctx: CheckContext) -> Span:
    """Setting: `major_update_interval`, minutes."""
    return elapsed(minutes=ctx.settings.major_update_interval)


def until_closed(ctx: CheckContext) -> Span:
    """Setting: `incident_autoclose`, business days."""
    return business(days=ctx.settings.incident_autoclose)


TRIAGE = Timer(
    "itil.triage",
    "Triage",
    starts=("create",),
    stops=("triage", "cancel_incident", "start_work", "resolve"),
    target=to_triage,
    thresholds=(
        Threshold(100, notifies=(SERVICE_DESK_ANALYST.id, INCIDENT_MANAGER.id)),
        Threshold(200, notifies=(INCIDENT_MANAGER.id, SERVICE_OWNER.id)),
    ),
)
RESPONSE = Timer(
    "itil.response",
    "First response",
    starts=("create",),
    stops=("start_work", "declare_major", "resolve"),
    target=response_target,
    thresholds=(Threshold(100, notifies=(INCIDENT_MANAGER.id,)),),
)
RESOLUTION = Timer(
    "itil.resolution",
    "Resolution",
    starts=("create",),
    stops=("resolve",),
    resumes=("reopen",),
    grace=grace,
    target=resolution_target,
    pauses=(Pause(("pending",), waits_with_leave),),
    thresholds=(
        Threshold(
            50, notifies=(SERVICE_DESK_ANALYST.id,), fires="escalate_functional", when=at_work_on_first_level
        ),
        Threshold(75, notifies=(INCIDENT_MANAGER.id,)),
        Threshold(100, notifies=(SERVICE_OWNER.id,)),
        # The same moment, for people who are only notified of the gravest incidents.
        Threshold(after=elapsed(), notifies=(IT_DIRECTOR.id,), when=Holds("priority", (Priority.P1,))),
    ),
)
MAJOR_UPDATE = Timer(
    "itil.major_update",
    "Next update on the major incident",
    starts=("declare_major",),
    stops=("stand_down_major",),
    resets=("post_update",),
    target=between_updates,
    repeats=0,
    thresholds=(Threshold(100, notifies=(MAJOR_INCIDENT_MANAGER.id,)),),
)
USER_REMINDER = Timer(
    "itil.user_reminder",
    "Reminder of the user",
    starts=(),
    stops=(),
    runs_while=awaits_user,
    states=("pending",),
    target=between_reminders,
    repeats=REMINDERS,
    thresholds=(Threshold(100),),
)
USER_SILENT = Timer(
    "itil.user_silent",
    "No answer from the user",
    starts=(),
    stops=(),
    runs_while=awaits_user,
    states=("pending",),
    target=silence,
    thresholds=(Threshold(100, notifies=(SERVICE_DESK_ANALYST.id,)),),
)
#: It goes on when the time is over for which it was put on hold; who works on it is notified by a rule.
PENDING_OVER = Timer(
    "itil.pending_over",
    "End of the wait",
    starts=(),
    stops=(),
    runs_while=waits_until,
    states=("pending",),
    target=Until("pending_until"),
    thresholds=(Threshold(100, notifies=(RESOLVER.id,), fires="resume"),),
)
#: Without such a time somebody looks at it now and then, so that what it waits for is not forgotten.
PENDING_REVIEW = Timer(
    "itil.pending_review",
    "Review of the wait",
    starts=(),
    stops=(),
    runs_while=waits_without_end,
    states=("pending",),
    target=between_looks,
    repeats=0,
    thresholds=(Threshold(100, notifies=(RESOLVER.id, INCIDENT_MANAGER.id)),),
)
AUTOCLOSE = Timer(
    "itil.autoclose",
    "Closing without an objection",
    starts=("resolve",),
    stops=("reopen",),
    target=until_closed,
    thresholds=(Threshold(100, fires="close"),),
)
