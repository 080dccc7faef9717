"""An epic: a large initiative, which is done when its hypothesis is tested.

Source: SAFe, epics and the portfolio Kanban.
"""

from __future__ import annotations

from placet import OPEN, ItemType, State, Transition, Workflow
from placet_agile.ids import EPIC
from placet_agile.product.checks import CHILDREN_FINAL, EPIC_CASE, EPIC_HYPOTHESIS
from placet_agile.product.computed import WEIGHED_COMPUTED
from placet_agile.product.fields import EpicFields
from placet_agile.reasons import REASON_GIVEN
from placet_agile.roles import BUSINESS_OWNER, PRODUCT_MANAGER, PRODUCT_OWNER

_MANAGERS = [PRODUCT_OWNER, PRODUCT_MANAGER]

# fmt: off
WORKFLOW = Workflow(
    EPIC,
    states=[
        #     id              title           category
        State("funnel",       "Funnel",       "todo",      "An idea"),
        State("reviewing",    "Reviewing",    "active",    "Its hypothesis is refined"),
        State("analysing",    "Analyzing",    "active",    "Its business case is made"),
        State("ready",        "Ready",        "todo",      "Approved, and waits for capacity"),
        State("implementing", "Implementing", "active",    "Its features are in work"),
        State("done",         "Done",         "done",      "Its hypothesis is tested"),
        State("rejected",     "Rejected",     "cancelled", "Not worth it"),
    ],
    transitions=[
        #          name              from              to              who may
        Transition("review_epic",    ["funnel"],       "reviewing",    _MANAGERS),
        Transition("analyse_epic",   ["reviewing"],    "analysing",    _MANAGERS,        gates=[EPIC_HYPOTHESIS],
                   title="Analyze epic"),
        Transition("approve_epic",   ["analysing"],    "ready",        [BUSINESS_OWNER], gates=[EPIC_CASE]),
        Transition("implement_epic", ["ready"],        "implementing", [PRODUCT_MANAGER, PRODUCT_OWNER]),
        Transition("complete_epic",  ["implementing"], "done",         [BUSINESS_OWNER], gates=[CHILDREN_FINAL]),
        Transition("reject_epic",    [OPEN],           "rejected",     [BUSINESS_OWNER], gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_CASE = (
    "hypothesis",
    "mvp",
    "lean_business_case",
    "user_business_value",
    "time_criticality",
    "risk_reduction_opportunity",
    "job_size",
)
_EVERYTHING = ("teams", *_CASE)

EPIC_TYPE = ItemType(
    EPIC,
    "Epic",
    description="A large initiative with a hypothesis",
    fields=EpicFields,
    workflow=WORKFLOW,
    indexed=["wsjf"],
    # Approved as it is: another case is another epic.
    frozen_in={"ready": _CASE, "implementing": _CASE, "done": _EVERYTHING, "rejected": _EVERYTHING},
    computed=WEIGHED_COMPUTED,
    parents=None,
    creators=[PRODUCT_OWNER, PRODUCT_MANAGER, BUSINESS_OWNER],
    editors=[PRODUCT_OWNER, PRODUCT_MANAGER, BUSINESS_OWNER],
)
