"""A quality activity: one planned review or test of a product; all of them are the quality register.

Source: PRINCE2 7, practice Quality.
"""

from __future__ import annotations

from placet import CalendarEntry, CheckContext, Computed, ItemType, State, Transition, Workflow
from placet_prince2.ids import PRODUCT, QUALITY_ACTIVITY
from placet_prince2.place import PLACE
from placet_prince2.placing import PLACE_OPEN
from placet_prince2.products import effects
from placet_prince2.products.fields import ActivityFields
from placet_prince2.products.gates import RESULT_COMPLETE
from placet_prince2.reasons import REASON_GIVEN
from placet_prince2.roles import (
    PROJECT_ASSURANCE,
    PROJECT_MANAGER,
    PROJECT_SUPPORT,
    SENIOR_USER,
    TEAM_MANAGER,
)

_RESULT = ("result", "actual_date", "criteria_results")

# fmt: off
WORKFLOW = Workflow(
    QUALITY_ACTIVITY,
    states=[
        #     id           title        category
        State("scheduled", "Scheduled", "todo",      "Planned"),
        State("performed", "Performed", "done",      "Its result is recorded"),
        State("dropped",   "Dropped",   "cancelled", "Not needed any more"),
    ],
    transitions=[
        #          name             from           to           who may
        Transition("record_result", ["scheduled"], "performed",
                                        [TEAM_MANAGER, PROJECT_ASSURANCE, PROJECT_MANAGER, SENIOR_USER],
                   gates=[RESULT_COMPLETE],
                   effects=[effects.record_measures],
                   input=_RESULT),
        Transition("drop",          ["scheduled"], "dropped",   [PROJECT_MANAGER],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on


def product(ctx: CheckContext) -> str | None:
    """The product that it assesses."""
    return ctx.item.parent


_COMPUTED = (*PLACE, Computed("product", product))
_EVERYTHING = tuple(
    name for name in ActivityFields.model_fields if name not in {each.field for each in _COMPUTED}
)

QUALITY_ACTIVITY_TYPE = ItemType(
    QUALITY_ACTIVITY,
    "Quality activity",
    description="One planned review or test of a product",
    fields=ActivityFields,
    workflow=WORKFLOW,
    indexed=["project", "stage", "product", "planned_date", "result"],
    frozen_in={
        "scheduled": (*_RESULT, "performed_at"),
        "performed": _EVERYTHING,
        "dropped": _EVERYTHING,
    },
    computed=_COMPUTED,
    calendar=CalendarEntry("planned_date", None, ("scheduled",)),
    parents=[PRODUCT],
    creators=[PROJECT_MANAGER, TEAM_MANAGER, PROJECT_SUPPORT],
    editors=[PROJECT_MANAGER, TEAM_MANAGER, PROJECT_SUPPORT],
    creation=[PLACE_OPEN],
)
