"""The metrics of incident management.

Source: ITIL 4, practices Incident management and Measurement and reporting. Our choices: running timers count neither
as met nor as breached; an incident belongs to the period in which it was resolved (for acknowledgement: in which work
on it began), and one that was reopened to that in which it is resolved again.
"""

from __future__ import annotations

from datetime import timedelta

from placet import Holds, Metric, metrics
from placet_itil_change.ids import CAUSED_BY_CHANGE, CHANGE, INCIDENT
from placet_itil_change.incidents.timers import RESOLUTION, RESPONSE

_BY_PRIORITY = ("priority",)
_ANSWERED = metrics.Items(INCIDENT, metrics.At("first_response_at"))
_RESOLVED = metrics.Items(INCIDENT, metrics.At("resolved_at"))
#: Time in which something is learned from an incident that a change has caused.
_LEARNED_WITHIN = timedelta(days=60)
#: Resolved incidents only wait for the user.
_WORK_LEFT = ("new", "triaged", "in_progress", "pending")

METRICS = (
    Metric(
        "itil.mtta",
        "Mean time to acknowledge",
        "minutes",
        "mean(first_response_at - created_at)",
        metrics.Mean(_ANSWERED, metrics.Between(metrics.Made(), metrics.At("first_response_at"))),
        _BY_PRIORITY,
    ),
    Metric(
        "itil.mttr_elapsed",
        "Mean time to resolve",
        "hours",
        "mean(resolved_at - created_at)",
        metrics.Mean(_RESOLVED, metrics.Between(metrics.Made(), metrics.At("resolved_at"))),
        _BY_PRIORITY,
    ),
    Metric(
        "itil.mttr_clock",
        "Mean time to resolve, as promised",
        "hours",
        "mean(time that the resolution timer counted, pauses left out)",
        metrics.Mean(_RESOLVED, metrics.Spent(RESOLUTION.id)),
        _BY_PRIORITY,
    ),
    Metric(
        "itil.sla_response",
        "Responses in time",
        "%",
        "100 * response timers met / (met + breached), of incidents that were answered",
        metrics.Share(
            metrics.Items(
                INCIDENT, metrics.At("first_response_at"), metrics.TimerIs(RESPONSE.id, "met", "breached")
            ),
            metrics.TimerIs(RESPONSE.id, "met"),
        ),
        _BY_PRIORITY,
    ),
    Metric(
        "itil.sla_attainment",
        "Resolutions in time",
        "%",
        "100 * resolution timers met / (met + breached), of incidents that stand resolved or closed",
        metrics.Share(
            metrics.Items(
                INCIDENT, metrics.At("resolved_at"), metrics.TimerIs(RESOLUTION.id, "met", "breached")
            ),
            metrics.TimerIs(RESOLUTION.id, "met"),
        ),
        _BY_PRIORITY,
    ),
    Metric(
        "itil.fcr",
        "Resolved at first contact",
        "%",
        "100 * incidents resolved at level 1, never handed on and never reopened / incidents resolved",
        metrics.Share(
            _RESOLVED,
            Holds("support_level", (1,)),
            Holds("reassign_count", (0,)),
            Holds("reopen_count", (0,)),
        ),
        ("category",),
    ),
    Metric(
        "itil.reopen_rate",
        "Reopened incidents",
        "%",
        "100 * incidents that were reopened / incidents resolved",
        metrics.Share(_RESOLVED, metrics.AtLeast(metrics.Number("reopen_count"), 1)),
        ("category",),
    ),
    Metric(
        "itil.backlog_age",
        "Age of open incidents",
        "days",
        "median(now - created_at) of incidents that are not resolved",
        metrics.median(
            metrics.Standing(INCIDENT, _WORK_LEFT), metrics.Between(metrics.Made(), metrics.Now())
        ),
        _BY_PRIORITY,
    ),
    Metric(
        "itil.loop_closure",
        "Learned from",
        "%",
        "100 * incidents caused by changes whose problem was closed, or of which a lesson was validated, within 60 days"
        " / such incidents",
        metrics.Share(
            metrics.Items(INCIDENT, metrics.Made(), metrics.Linked(CAUSED_BY_CHANGE)),
            metrics.AtMost(metrics.Between(metrics.Made(), metrics.At("learnt_at")), _LEARNED_WITHIN),
        ),
        ("category",),
    ),
    Metric(
        "itil.unauthorized_changes",
        "Unauthorized changes",
        "count",
        "incidents that showed that an item was changed while no change on it was being done, and changes begun on a"
        " spoken authorization that was not confirmed or that the board refused",
        metrics.Count(metrics.Items((INCIDENT, CHANGE), metrics.Made(), Holds("unauthorized", (True,)))),
    ),
)
