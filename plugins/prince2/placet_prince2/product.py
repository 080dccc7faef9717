"""A product: what the project makes, described by criteria that can be measured before it is made.

Its description is agreed (baselined) first and changes by a decided issue alone; then it is made, measured by quality
activities, accepted by its approver and handed over.

Source: PRINCE2 7, principle Focus on products, practice Quality.
"""

from __future__ import annotations

from placet import SYSTEM, ItemType, State, Threshold, Timer, Transition, Workflow, business
from placet_prince2.control.watch import watch, watched
from placet_prince2.ids import PRODUCT, PRODUCT_ACCEPTANCE, PROJECT, STAGE
from placet_prince2.place import PLACE
from placet_prince2.placing import PLACE_OPEN
from placet_prince2.products import effects
from placet_prince2.products.acceptance import ACCEPTANCE, DUTIES
from placet_prince2.products.checks import FAILING
from placet_prince2.products.fields import DESCRIPTION, RECORDED, ProductFields
from placet_prince2.products.gates import (
    CHANGE_APPROVED,
    DESCOPING_DECIDED,
    DESCRIPTION_COMPLETE,
    HANDOVER_READY,
    PRODUCT_ACCEPTED,
    QUALITY_PASSED,
    QUALITY_PLANNED,
)
from placet_prince2.reasons import REASON_GIVEN
from placet_prince2.roles import PROJECT_MANAGER, PROJECT_SUPPORT, SENIOR_USER, TEAM_MANAGER

# fmt: off
WORKFLOW = Workflow(
    PRODUCT,
    states=[
        #     id                title             category
        State("described",      "Described",      "todo",      "Its description is a draft"),
        State("baselined",      "Baselined",      "todo",      "Its description is agreed, under change control"),
        State("in_development", "In development", "active",    "It is being made"),
        State("in_review",      "In review",      "active",    "Its quality is assessed"),
        State("approved",       "Approved",       "waiting",   "It meets its criteria, and is to be handed over"),
        State("handed_over",    "Handed over",    "done",      "Operations own it"),
        State("descoped",       "Descoped",       "cancelled", "Left out by an approved change"),
    ],
    transitions=[
        #          name                   from                        to                who may
        Transition("baseline_description", ["described"],             "baselined",      [PROJECT_MANAGER, SENIOR_USER],
                   gates=[DESCRIPTION_COMPLETE],
                   effects=[effects.keep_baseline, watch]),
        Transition("change_description",  ["baselined", "in_development", "in_review", "approved"], "described",
                                                                                        [PROJECT_MANAGER],
                   gates=[CHANGE_APPROVED],
                   effects=[effects.keep_former_description, watch],
                   voids=[PRODUCT_ACCEPTANCE]),
        Transition("develop",             ["baselined"],              "in_development",
                                                                       [TEAM_MANAGER, PROJECT_MANAGER]),
        Transition("submit_for_review",   ["in_development"],         "in_review",      [TEAM_MANAGER, PROJECT_MANAGER],
                   gates=[QUALITY_PLANNED]),
        Transition("ask_acceptance",      ["in_review"],              "same",           [TEAM_MANAGER, PROJECT_MANAGER],
                   gates=[QUALITY_PASSED],
                   asks=[PRODUCT_ACCEPTANCE]),
        Transition("rework",              ["in_review", "approved"],  "in_development",
                                                          [TEAM_MANAGER, PROJECT_MANAGER, SENIOR_USER, SYSTEM],
                   gates=[REASON_GIVEN],
                   voids=[PRODUCT_ACCEPTANCE]),
        Transition("approve_product",     ["in_review"],              "approved",       [SENIOR_USER, PROJECT_MANAGER],
                   gates=[QUALITY_PASSED, PRODUCT_ACCEPTED]),
        Transition("hand_over",           ["approved"],               "handed_over",    [PROJECT_MANAGER],
                   gates=[QUALITY_PASSED, HANDOVER_READY],
                   input=["handover_to"]),
        Transition("descope",             ["described", "baselined", "in_development", "in_review"], "descoped",
                                                                                        [PROJECT_MANAGER],
                   gates=[DESCOPING_DECIDED],
                   effects=[watch]),
    ],
)
# fmt: on

_COMPUTED = (*PLACE, FAILING)
_EVERYTHING = tuple(
    name for name in ProductFields.model_fields if name not in {each.field for each in _COMPUTED}
)
_AGREED = (*RECORDED, *DESCRIPTION)
#: An approved product waits for its handover, which nobody may forget.
HANDOVER_DUE = Timer(
    "prince2.handover_due",
    "Handover of an approved product",
    starts=(),
    stops=(),
    states=("approved",),
    target=business(days=20),
    thresholds=(Threshold(100, notifies=(PROJECT_MANAGER.id,)),),
)

PRODUCT_TYPE = ItemType(
    PRODUCT,
    "Product",
    description="A product of the project, with the criteria by which it is accepted",
    fields=ProductFields,
    workflow=WORKFLOW,
    indexed=["project", "stage", "work_package", "kind", "moscow"],
    frozen_in={
        "described": RECORDED,
        "baselined": _AGREED,
        "in_development": _AGREED,
        "in_review": _AGREED,
        "approved": _AGREED,
        "handed_over": _EVERYTHING,
        "descoped": _EVERYTHING,
    },
    computed=_COMPUTED,
    consequences=[watched("product_watched", "failing", "undelivered", "weight", "moscow")],
    approvals=[ACCEPTANCE],
    duties=DUTIES,
    timers=[HANDOVER_DUE],
    parents=[PROJECT, STAGE],
    creators=[PROJECT_MANAGER, PROJECT_SUPPORT],
    editors=[PROJECT_MANAGER, PROJECT_SUPPORT, TEAM_MANAGER],
    creation=[PLACE_OPEN],
)
