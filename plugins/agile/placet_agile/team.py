"""A team: people with a product owner, its agreements and its limits.

Source: the Scrum Guide, 2020, Scrum team; the Kanban Guide, definition of workflow.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_agile.backlog.timers import REFINE
from placet_agile.delivery.idle import TEAM_IDLE
from placet_agile.ids import TEAM, WORKING_AGREEMENT
from placet_agile.roles import (
    COACH,
    DEVELOPER,
    FLOW_MANAGER,
    PRODUCT_OWNER,
    RELEASE_TRAIN_ENGINEER,
    SCRUM_MASTER,
)
from placet_agile.teams.agreement import (
    AGREEMENT,
    AGREEMENT_KEPT,
    AGREEMENT_VOTED,
    PROPOSAL_GIVEN,
    adopt_proposal,
    drop_proposal,
    keep_proposer,
)
from placet_agile.teams.fields import TeamFields

_PROPOSERS = [DEVELOPER, SCRUM_MASTER, FLOW_MANAGER, PRODUCT_OWNER]

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
        Transition("propose",  ["working"], "same",      _PROPOSERS,
                   gates=[PROPOSAL_GIVEN],
                   effects=[keep_proposer],
                   input=["proposal"],
                   asks=[WORKING_AGREEMENT],
                   title="Propose another agreement"),
        Transition("adopt",    ["working"], "same",      _PROPOSERS,
                   gates=[PROPOSAL_GIVEN, AGREEMENT_VOTED],
                   effects=[adopt_proposal],
                   title="Put the agreement in force"),
        Transition("drop_proposal", ["working"], "same", _PROPOSERS,
                   effects=[drop_proposal],
                   voids=[WORKING_AGREEMENT]),
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
    frozen_in={"working": ("proposal", "proposed_by"), "dissolved": _EVERYTHING},
    approvals=[AGREEMENT],
    timers=[REFINE],
    parents=None,
    creators=[COACH, RELEASE_TRAIN_ENGINEER],
    editors=[COACH, RELEASE_TRAIN_ENGINEER, PRODUCT_OWNER, SCRUM_MASTER, FLOW_MANAGER, DEVELOPER],
    writers=_WRITERS,
    editing=[AGREEMENT_KEPT],
)
