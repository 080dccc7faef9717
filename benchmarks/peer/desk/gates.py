"""The conditions of transitions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from benchmarks.peer.desk import hours

_FORBIDDING = ("freeze", "blackout")
_HARDLY_TESTED = 4
#: Business days of notice by the class of risk.
_LEAD_DAYS = {"low": 1, "medium": 3, "high": 5, "very_high": 10}


class RefusedError(Exception):
    """It does not go."""


# Changes


def described(change: Any) -> bool:
    return bool(change.reason and change.items) and all(item.state != "retired" for item in change.items)


def is_normal(change: Any) -> bool:
    return change.type == "normal"


def risk_scored(change: Any) -> bool:
    answers = (change.novelty, change.complexity, change.testing, change.backout)
    return bool(change.items) and None not in answers


def plans_complete(change: Any) -> bool:
    if not (change.implementation_plan and change.test_plan and change.backout_plan and change.planned_start):
        return False
    return change.planned_end - change.planned_start >= timedelta(minutes=change.backout_max_min or 0)


def tested(change: Any) -> bool:
    return any(each.at >= change.plan_edited_at for each in change.tests) or (
        (change.testing or 0) >= _HARDLY_TESTED and change.risk_class in {"high", "very_high"}
    )


def authority_granted(change: Any) -> bool:
    asked = change.approval
    return asked is not None and asked.status == "granted" and asked.digest == change.digest()


def approval_valid(change: Any) -> bool:
    return authority_granted(change) and timezone.now() < change.planned_end


def lead_time(change: Any) -> bool:

    return change.planned_start >= hours.days_after(timezone.now(), _LEAD_DAYS[change.risk_class])


def _hindering(change: Any) -> list[Any]:
    return [
        window
        for window in change.windows
        if window.kind in _FORBIDDING
        and {each.pk for each in window.cis.all()} & {each.pk for each in change.items}
    ]


def no_freeze(change: Any) -> bool:
    return not _hindering(change)


def exemption_needed(change: Any) -> bool:
    return bool(_hindering(change))


def inside_window(change: Any) -> bool:
    bound = [item for item in change.items if item.maintenance_only]
    return change.planned_start <= timezone.now() <= change.planned_end and (
        not bound or any(window.kind == "maintenance" for window in change.windows)
    )


def no_collision(change: Any) -> bool:
    return not change.collisions


# Incidents


def classified(incident: Any) -> bool:
    return bool(incident.impact and incident.urgency and incident.category and incident.items)


def assigned(incident: Any) -> bool:
    return incident.assignee is not None and incident.assignee.is_active


def pending_reason(incident: Any) -> bool:
    return bool(incident.pending_reason)


def own_item(incident: Any) -> bool:  # noqa: ARG001  # users of the portal have a path of their own
    return True


def next_level(incident: Any) -> bool:
    return incident.support_level < 3


def resolution_recorded(incident: Any) -> bool:
    return bool(incident.resolution_code and len(incident.resolution_notes) >= 20)


def major_over(incident: Any) -> bool:
    return incident.priority != "P1"
