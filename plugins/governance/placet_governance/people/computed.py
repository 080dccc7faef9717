"""The fields of communications and allocations that follow from others."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from placet import CheckContext, Computed
from placet_governance.people.fields import AllocationFields, CommunicationFields
from placet_governance.people.weeks import monday


def late(ctx: CheckContext) -> bool | None:
    """Whether it was sent late; known once it was sent."""
    fields: CommunicationFields = ctx.item.fields
    return None if fields.sent_at is None else fields.sent_at > fields.due_at


def starts_at(ctx: CheckContext) -> datetime:
    """The beginning of its first week, in the zone of the workspace."""
    fields: AllocationFields = ctx.item.fields
    return _midnight(ctx, monday(fields.week_from))


def ends_at(ctx: CheckContext) -> datetime:
    """The end of its last week, in the zone of the workspace."""
    fields: AllocationFields = ctx.item.fields
    return _midnight(ctx, monday(fields.week_to) + timedelta(weeks=1))


def _midnight(ctx: CheckContext, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(ctx.workspace.calendar.zone)).astimezone(UTC)


COMMUNICATION_COMPUTED = (Computed("late", late),)
ALLOCATION_COMPUTED = (Computed("starts_at", starts_at), Computed("ends_at", ends_at))
