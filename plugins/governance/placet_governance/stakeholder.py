"""A stakeholder: a person or a group with an interest in what is done, or influence on it.

Source: PRINCE2 7, practice organizing: stakeholders are engaged as their interest and influence ask for.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import (
    CheckContext,
    Computed,
    Fields,
    Gate,
    ItemType,
    Line,
    State,
    Text,
    Transition,
    Workflow,
    fields_present,
)
from placet_governance.ids import STAKEHOLDER
from placet_governance.reasons import REASON_GIVEN
from placet_governance.roles import COMMUNICATION_OWNER, PROJECT_MANAGER

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

# fmt: off
WORKFLOW = Workflow(
    STAKEHOLDER,
    states=[
        #     id            title         category
        State("identified", "Identified", "todo",   "Somebody named them"),
        State("engaged",    "Engaged",    "active", "They are engaged as their interest and influence ask for"),
        State("former",     "Former",     "done",   "They have no stake any more"),
    ],
    transitions=[
        #          name                   from                       to         who may
        Transition("engage",              ["identified"],            "engaged", [COMMUNICATION_OWNER, PROJECT_MANAGER],
                   gates=[RATED],
                   input=["interest", "influence"]),
        Transition("release_stakeholder", ["identified", "engaged"], "former",  [COMMUNICATION_OWNER, PROJECT_MANAGER],
                   gates=[REASON_GIVEN],
                   title="Release"),
    ],
)
# fmt: on

STAKEHOLDER_TYPE = ItemType(
    STAKEHOLDER,
    "Stakeholder",
    description="A person or a group with an interest in what is done, or influence on it",
    fields=StakeholderFields,
    workflow=WORKFLOW,
    indexed=["group", "engagement", "interest", "influence"],
    frozen_in={"former": ("name", "group", "interest", "influence", "expectations")},
    computed=[Computed("engagement", engagement)],
    creators=[COMMUNICATION_OWNER, PROJECT_MANAGER],
    editors=[COMMUNICATION_OWNER, PROJECT_MANAGER],
)
