"""A team: people with a product owner, its agreements and its limits.

Source: the Scrum Guide, 2020, Scrum team; the Kanban Guide, definition of workflow.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_agile.backlog.timers import REFINE
from placet_agile.delivery.idle import TEAM_IDLE
from placet_agile.ids import TEAM
from placet_agile.roles import (
    COACH,
    DEVELOPER,
    FLOW_MANAGER,
    PRODUCT_OWNER,
    RELEASE_TRAIN_ENGINEER,
    SCRUM_MASTER,
)
from placet_agile.teams.fields import TeamFields

# fmt: off
WORKFLOW = Workflow(
    TEAM,
    states=[
        #     id           title        category
        State("working",   "Working",   "active", "It works"),
        State("dissolved", "Dissolved", "done",   "It has ended"),
    ],
    transitions=[
        #          name        from         to           who may
        Transition("dissolve", ["working"], "dissolved", [PRODUCT_OWNER, RELEASE_TRAIN_ENGINEER],
                   gates=[TEAM_IDLE]),
    ],
)

#: Who agrees on what: quality is the developers', limits are the flow's.
_WRITERS = {
    "mode":                  [COACH, RELEASE_TRAIN_ENGINEER],
    "members":               [COACH, RELEASE_TRAIN_ENGINEER, SCRUM_MASTER, FLOW_MANAGER],
    "dod":                   [COACH, DEVELOPER],
    "dor":                   [COACH, DEVELOPER, PRODUCT_OWNER],
    "point_scale":           [COACH, DEVELOPER],
    "max_ready_points":      [COACH, DEVELOPER],
    "wip_limits":            [COACH, FLOW_MANAGER, SCRUM_MASTER],
    "person_limit":          [COACH, FLOW_MANAGER, SCRUM_MASTER],
    "expedite_limit":        [COACH, FLOW_MANAGER, SCRUM_MASTER],
    "intangible_min_slots":  [COACH, FLOW_MANAGER, SCRUM_MASTER],
    "sle_percent":           [COACH, FLOW_MANAGER, SCRUM_MASTER],
    "sle_days":              [COACH, FLOW_MANAGER, SCRUM_MASTER],
}
# fmt: on

_EVERYTHING = tuple(TeamFields.model_fields)

TEAM_TYPE = ItemType(
    TEAM,
    "Team",
    description="People who work together, with their agreements and their limits",
    fields=TeamFields,
    workflow=WORKFLOW,
    frozen_in={"dissolved": _EVERYTHING},
    timers=[REFINE],
    parents=None,
    creators=[COACH, RELEASE_TRAIN_ENGINEER],
    editors=[COACH, RELEASE_TRAIN_ENGINEER, PRODUCT_OWNER, SCRUM_MASTER, FLOW_MANAGER, DEVELOPER],
    writers=_WRITERS,
)
