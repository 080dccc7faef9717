"""An impediment: an obstacle that somebody has to remove, as the item that meets it cannot.

Source: the Scrum Guide, 2020, Scrum master.
"""

from __future__ import annotations

from placet import ItemType, State, Threshold, Timer, Transition, Workflow, business
from placet_agile.ids import IMPEDIMENT, SPRINT, TEAM
from placet_agile.obstacles.effects import take, unblock
from placet_agile.obstacles.fields import ImpedimentFields
from placet_agile.reasons import REASON_GIVEN
from placet_agile.roles import DEVELOPER, PRODUCT_OWNER, RELEASE_TRAIN_ENGINEER, SCRUM_MASTER
from placet_agile.teams.belonging import TEAM_KEPT, TEAM_OF_PARENT

_REMOVERS = [SCRUM_MASTER, DEVELOPER, RELEASE_TRAIN_ENGINEER]

# fmt: off
WORKFLOW = Workflow(
    IMPEDIMENT,
    states=[
        #     id           title        category
        State("open",      "Open",      "todo",      "Raised"),
        State("treating",  "Treating",  "active",    "Its owner acts"),
        State("resolved",  "Resolved",  "done",      "It is gone"),
        State("tolerated", "Tolerated", "cancelled", "Accepted as it is"),
    ],
    transitions=[
        #          name                  from                  to           who may
        Transition("take_impediment",    ["open"],             "treating",  _REMOVERS,
                   effects=[take],
                   input=["owner"]),
        Transition("resolve_impediment", ["open", "treating"], "resolved",  _REMOVERS,
                   gates=[REASON_GIVEN],
                   effects=[unblock]),
        Transition("tolerate",           ["open", "treating"], "tolerated", [PRODUCT_OWNER, RELEASE_TRAIN_ENGINEER],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on

#: It waits for nobody in particular, so others are notified after a while.
WAITS = Timer(
    "agile.impediment",
    "Impediment not removed",
    starts=("create",),
    stops=("resolve_impediment", "tolerate"),
    target=business(days=3),
    thresholds=(Threshold(100, notifies=(RELEASE_TRAIN_ENGINEER.id, PRODUCT_OWNER.id)),),
)

_EVERYTHING = tuple(ImpedimentFields.model_fields)

IMPEDIMENT_TYPE = ItemType(
    IMPEDIMENT,
    "Impediment",
    description="An obstacle that is larger than the item that meets it",
    fields=ImpedimentFields,
    workflow=WORKFLOW,
    indexed=["team", "owner"],
    frozen_in={"resolved": _EVERYTHING, "tolerated": _EVERYTHING},
    timers=[WAITS],
    parents=[SPRINT, TEAM],
    creators=[DEVELOPER, SCRUM_MASTER],
    editors=_REMOVERS,
    creation=[TEAM_OF_PARENT],
    editing=[TEAM_KEPT],
)
