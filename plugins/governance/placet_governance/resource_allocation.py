"""An allocation: the share of a person's time for some weeks.

Source: COBIT 2019, APO07 Managed human resources: nobody's time is promised beyond their capacity. The purpose of an
allocation is its parent, or the item to which it is linked as allocated.
"""

from __future__ import annotations

from placet import SYSTEM, Duty, ItemType, State, Transition, Workflow
from placet_governance.ids import ALLOCATION
from placet_governance.people.computed import ALLOCATION_COMPUTED
from placet_governance.people.effects import note_overload
from placet_governance.people.fields import AllocationFields
from placet_governance.people.gates import CAPACITY_FREE
from placet_governance.people.timers import ALLOCATION_END
from placet_governance.reasons import REASON_GIVEN
from placet_governance.roles import PROJECT_MANAGER, RESOURCE_MANAGER

# fmt: off
WORKFLOW = Workflow(
    ALLOCATION,
    states=[
        #     id           title        category
        State("requested", "Requested", "todo",      "It was asked for"),
        State("confirmed", "Confirmed", "active",    "It is promised"),
        State("released",  "Released",  "done",      "It has ended"),
        State("refused",   "Refused",   "cancelled", "There is no time"),
    ],
    transitions=[
        #          name                  from           to           who may
        Transition("confirm",            ["requested"], "confirmed", [RESOURCE_MANAGER],
                   gates=[CAPACITY_FREE],
                   effects=[note_overload],
                   decides=True),
        Transition("refuse_allocation",  ["requested"], "refused",   [RESOURCE_MANAGER],
                   gates=[REASON_GIVEN]),
        Transition("release_allocation", ["confirmed"], "released",  [RESOURCE_MANAGER, PROJECT_MANAGER, SYSTEM]),
    ],
)
# fmt: on

_WHAT = ("person", "percent", "week_from", "week_to", "overloaded_weeks")

ALLOCATION_TYPE = ItemType(
    ALLOCATION,
    "Allocation",
    description="The share of a person's time for some weeks",
    fields=AllocationFields,
    workflow=WORKFLOW,
    indexed=["person", "week_from", "week_to", "percent"],
    #: A confirmed allocation is released and requested again, so that the change is checked.
    frozen_in={"requested": ("overloaded_weeks",), "confirmed": _WHAT, "released": _WHAT, "refused": _WHAT},
    computed=ALLOCATION_COMPUTED,
    timers=[ALLOCATION_END],
    duties=[
        Duty(
            "governance.own_time",
            "Nobody promises their own time",
            acts=["named:person"],
            bars=["transition:confirm"],
        )
    ],
    creators=[PROJECT_MANAGER, RESOURCE_MANAGER],
    editors=[PROJECT_MANAGER, RESOURCE_MANAGER],
)
