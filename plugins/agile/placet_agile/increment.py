"""An increment: a usable sum of done items. There may be several in a sprint, and none waits for its review.

Source: the Scrum Guide, 2020, increment.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_agile.ids import INCREMENT, TEAM
from placet_agile.product.checks import INCREMENT_DONE, RELEASE_READY
from placet_agile.product.fields import IncrementFields
from placet_agile.reasons import REASON_GIVEN
from placet_agile.roles import DEVELOPER, PRODUCT_OWNER
from placet_agile.teams.belonging import TEAM_KEPT, TEAM_OF_PARENT

# fmt: off
WORKFLOW = Workflow(
    INCREMENT,
    states=[
        #     id            title         category
        State("assembling", "Assembling", "active",    "It collects done items"),
        State("usable",     "Usable",     "waiting",   "It is verified"),
        State("released",   "Released",   "done",      "Its users have it"),
        State("withdrawn",  "Withdrawn",  "cancelled", "Not delivered"),
    ],
    transitions=[
        #          name                  from                      to            who may
        Transition("declare_usable",     ["assembling"],           "usable",     [DEVELOPER], gates=[INCREMENT_DONE]),
        Transition("reopen_increment",   ["usable"],               "assembling", [DEVELOPER]),
        Transition("release",            ["usable"],               "released",   [PRODUCT_OWNER],
                   gates=[RELEASE_READY],
                   input=["version", "release_notes"]),
        Transition("withdraw_increment", ["assembling", "usable"], "withdrawn",  [PRODUCT_OWNER],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_EVERYTHING = tuple(IncrementFields.model_fields)

INCREMENT_TYPE = ItemType(
    INCREMENT,
    "Increment",
    description="A usable sum of done items",
    fields=IncrementFields,
    workflow=WORKFLOW,
    indexed=["team"],
    # It is released as it was verified.
    frozen_in={
        "usable": ("team", "items"),
        "released": _EVERYTHING,
        "withdrawn": _EVERYTHING,
    },
    parents=[TEAM],
    creators=[DEVELOPER, PRODUCT_OWNER],
    editors=[DEVELOPER, PRODUCT_OWNER],
    creation=[TEAM_OF_PARENT],
    editing=[TEAM_KEPT],
)
