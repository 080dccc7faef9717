"""The fields of communications and allocations that follow from others."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from placet import CheckContext, Computed
from placet_governance.people.fields import AllocationFields, CommunicationFields
from placet_governance.people.weeks import monday


def late(ctx: CheckContext) -> bool | None:
    """Whether it was sent late; known once it was sent."""
    fields: CommunicationFields = ctx.item.fields
    return None if fields.sent_at is None else fields.sent_at > fields.due_at


def ends_at(ctx: CheckContext) -> datetime:
    """The end of its last week, in the zone of the workspace."""
    fields: AllocationFields = ctx.item.fields
    after = monday(fields.week_to) + timedelta(weeks=1)
    return datetime.combine(after, time(), ZoneInfo(ctx.workspace.calendar.zone)).astimezone(UTC)


COMMUNICATION_COMPUTED = (Computed("late", late),)
ALLOCATION_COMPUTED = (Computed("ends_at", ends_at),)
