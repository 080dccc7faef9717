"""A feature: a service that fits into a planning interval, in the order of weighted shortest job first.

Source: SAFe, features. Our choice: a criterion is accepted by a product owner or product manager, who confirms it.
"""

from __future__ import annotations

from placet import OPEN, Confirmation, ItemType, State, Transition, Workflow
from placet_agile.delivery.confirmations import REMINDER
from placet_agile.ids import EPIC, FEATURE, FEATURE_ACCEPTANCE
from placet_agile.product.checks import CHILDREN_FINAL, FEATURE_ACCEPTED, FEATURE_SCORED
from placet_agile.product.computed import WEIGHED_COMPUTED
from placet_agile.product.effects import forget_acceptance
from placet_agile.product.fields import FeatureFields
from placet_agile.reasons import REASON_GIVEN
from placet_agile.roles import DEVELOPER, PRODUCT_MANAGER, PRODUCT_OWNER, SYSTEM_ARCHITECT

_MANAGERS = [PRODUCT_OWNER, PRODUCT_MANAGER]

# fmt: off
WORKFLOW = Workflow(
    FEATURE,
    states=[
        #     id              title           category
        State("funnel",       "Funnel",       "todo",      "An idea"),
        State("analysing",    "Analyzing",    "active",    "It is refined"),
        State("backlog",      "Backlog",      "todo",      "In the order of weighted shortest job first"),
        State("implementing", "Implementing", "active",    "Its stories are in work"),
        State("validating",   "Validating",   "active",    "It is tested as a whole"),
        State("done",         "Done",         "done",      "Accepted"),
        State("rejected",     "Rejected",     "cancelled", "Not worth it"),
    ],
    transitions=[
        #          name                 from              to              who may
        Transition("analyse_feature",   ["funnel"],       "analysing",    _MANAGERS,        title="Analyze feature"),
        Transition("accept_feature",    ["analysing"],    "backlog",      _MANAGERS, gates=[FEATURE_SCORED]),
        Transition("implement_feature", ["backlog"],      "implementing", [PRODUCT_OWNER, DEVELOPER]),
        Transition("validate_feature",  ["implementing"], "validating",   [PRODUCT_OWNER, DEVELOPER],
                   gates=[CHILDREN_FINAL]),
        Transition("rework_feature",    ["validating"],   "implementing", _MANAGERS, gates=[REASON_GIVEN],
                   effects=[forget_acceptance]),
        Transition("complete_feature",  ["validating"],   "done",         _MANAGERS, gates=[FEATURE_ACCEPTED]),
        Transition("reject_feature",    [OPEN],           "rejected",     _MANAGERS, gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_EVERYTHING = tuple(name for name in FeatureFields.model_fields if name != "wsjf")

FEATURE_TYPE = ItemType(
    FEATURE,
    "Feature",
    description="A service that fits into a planning interval",
    fields=FeatureFields,
    workflow=WORKFLOW,
    indexed=["wsjf", "program_increment"],
    frozen_in={"done": _EVERYTHING, "rejected": _EVERYTHING},
    computed=WEIGHED_COMPUTED,
    confirmations=[
        Confirmation(
            FEATURE_ACCEPTANCE,
            "Acceptance of a criterion",
            "acceptance_criteria",
            member="accepted_by",
            material_fields=["benefit_hypothesis"],
            reminds=REMINDER,
        )
    ],
    parents=[EPIC],
    creators=[PRODUCT_OWNER, PRODUCT_MANAGER, SYSTEM_ARCHITECT],
    editors=[PRODUCT_OWNER, PRODUCT_MANAGER, SYSTEM_ARCHITECT, DEVELOPER],
)
