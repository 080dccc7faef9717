"""An improvement: a change of how a team works, tried and measured.

Source: the Scrum Guide, 2020, sprint retrospective.
"""

from __future__ import annotations

from placet import Gate, ItemType, State, Transition, Workflow, fields_present
from placet_agile.ids import IMPROVEMENT, TEAM
from placet_agile.lessons import draw_lesson
from placet_agile.obstacles.fields import ImprovementFields
from placet_agile.reasons import REASON_GIVEN
from placet_agile.roles import DEVELOPER, FLOW_MANAGER, PRODUCT_OWNER, SCRUM_MASTER
from placet_agile.teams.belonging import TEAM_KEPT, TEAM_OF_PARENT

improvement_measure = fields_present(
    "agile.improvement_measure",
    "expected_effect",
    "measure",
    remedy="say how success shows",
    who=[SCRUM_MASTER],
)
IMPROVEMENT_MEASURED = Gate("agile.improvement_measured", "Success can be seen", improvement_measure)

_TEAM = [DEVELOPER, SCRUM_MASTER, PRODUCT_OWNER, FLOW_MANAGER]

# fmt: off
WORKFLOW = Workflow(
    IMPROVEMENT,
    states=[
        #     id          title       category
        State("proposed", "Proposed", "todo",      "From a retrospective"),
        State("chosen",   "Chosen",   "active",    "It is tried"),
        State("adopted",  "Adopted",  "done",      "It works"),
        State("dropped",  "Dropped",  "cancelled", "It did not help"),
    ],
    transitions=[
        #          name                  from                    to         who may
        Transition("select_improvement", ["proposed"],           "chosen",  _TEAM,
                   gates=[IMPROVEMENT_MEASURED],
                   input=["expected_effect", "measure"]),
        Transition("adopt",              ["chosen"],             "adopted", _TEAM, effects=[draw_lesson]),
        Transition("drop_improvement",   ["proposed", "chosen"], "dropped", _TEAM, gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_EVERYTHING = tuple(ImprovementFields.model_fields)

IMPROVEMENT_TYPE = ItemType(
    IMPROVEMENT,
    "Improvement",
    description="A change of how a team works",
    fields=ImprovementFields,
    workflow=WORKFLOW,
    indexed=["team", "sprint"],
    frozen_in={"adopted": _EVERYTHING, "dropped": _EVERYTHING},
    parents=[TEAM],
    creators=_TEAM,
    editors=_TEAM,
    creation=[TEAM_OF_PARENT],
    editing=[TEAM_KEPT],
)
