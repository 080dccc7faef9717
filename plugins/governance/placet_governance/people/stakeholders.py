"""Stakeholders: what is known of them, and how they are engaged.

Source: PRINCE2 7, practice organizing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import CheckContext, Fields, Gate, Line, Text, fields_present
from placet_governance.roles import COMMUNICATION_OWNER

#: 1 little to 5 much.
Level = Annotated[int, Field(ge=1, le=5)]
#: Interest or influence of this level and above is high.
_HIGH = 4


class Engagement(StrEnum):
    """How a stakeholder is engaged."""

    MANAGE_CLOSELY = "manage_closely"
    KEEP_SATISFIED = "keep_satisfied"
    KEEP_INFORMED = "keep_informed"
    MONITOR = "monitor"


class StakeholderFields(Fields):
    """A person or a group with an interest or an influence."""

    name: Line
    group: Line | None = None
    interest: Level | None = None
    influence: Level | None = None
    #: Computed from both.
    engagement: Engagement | None = None
    #: Their expectations, and how they are reached.
    expectations: Text | None = None


def engagement(ctx: CheckContext) -> Engagement | None:
    """By influence and interest; `None` until both are known."""
    fields: StakeholderFields = ctx.item.fields
    if fields.interest is None or fields.influence is None:
        return None
    interested, influential = fields.interest >= _HIGH, fields.influence >= _HIGH
    if influential:
        return Engagement.MANAGE_CLOSELY if interested else Engagement.KEEP_SATISFIED
    return Engagement.KEEP_INFORMED if interested else Engagement.MONITOR


RATED = Gate(
    "governance.stakeholder_rated",
    "Interest and influence rated",
    fields_present(
        "governance.stakeholder_ratings",
        "interest",
        "influence",
        remedy="rate both",
        who=[COMMUNICATION_OWNER],
    ),
)
