"""A product goal: the long-term target of a product, of which one is pursued at a time.

Source: the Scrum Guide, 2020, product goal.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_agile.ids import PRODUCT_GOAL
from placet_agile.lessons import draw_lesson
from placet_agile.product.checks import GOAL_EVIDENCE, ONE_PRODUCT_GOAL
from placet_agile.product.fields import ProductGoalFields
from placet_agile.reasons import REASON_GIVEN
from placet_agile.roles import PRODUCT_OWNER

# fmt: off
WORKFLOW = Workflow(
    PRODUCT_GOAL,
    states=[
        #     id           title        category
        State("proposed",  "Proposed",  "todo",      "A candidate"),
        State("pursued",   "Pursued",   "active",    "The current goal"),
        State("fulfilled", "Fulfilled", "done",      "Reached"),
        State("abandoned", "Abandoned", "cancelled", "Given up"),
    ],
    transitions=[
        #          name       from                     to           who may
        Transition("pursue",  ["proposed"],            "pursued",   [PRODUCT_OWNER], gates=[ONE_PRODUCT_GOAL]),
        Transition("fulfil",  ["pursued"],             "fulfilled", [PRODUCT_OWNER], gates=[GOAL_EVIDENCE],
                   effects=[draw_lesson], title="Fulfill"),
        Transition("abandon", ["proposed", "pursued"], "abandoned", [PRODUCT_OWNER], gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_EVERYTHING = tuple(ProductGoalFields.model_fields)

PRODUCT_GOAL_TYPE = ItemType(
    PRODUCT_GOAL,
    "Product goal",
    description="The long-term target of a product",
    fields=ProductGoalFields,
    workflow=WORKFLOW,
    indexed=["target_date"],
    frozen_in={"fulfilled": _EVERYTHING, "abandoned": _EVERYTHING},
    parents=None,
    creators=[PRODUCT_OWNER],
    editors=[PRODUCT_OWNER],
)
