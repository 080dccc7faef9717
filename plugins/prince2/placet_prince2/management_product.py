"""A management product: a plan, the business case, the brief, an approach; each a document under change control.

Source: PRINCE2 7, management products. Our choice: an edition that is revised stays on record as evidence of the same
item; a plan that another replaces is superseded.
"""

from __future__ import annotations

from placet import SYSTEM, ItemType, State, Threshold, Timer, Transition, Workflow, business
from placet_prince2.documents import effects
from placet_prince2.documents.approvals import DECISION, DUTIES
from placet_prince2.documents.checks import FIGURES
from placet_prince2.documents.fields import DECIDED, RECORDED, WORDS, DocumentFields
from placet_prince2.documents.gates import DECISION_OVER, DOCUMENT_APPROVED, DOCUMENT_COMPLETE, OBJECTED
from placet_prince2.ids import BOARD_DECISION, MANAGEMENT_PRODUCT, PROJECT, STAGE, WORK_PACKAGE
from placet_prince2.place import PLACE
from placet_prince2.placing import PLACE_OPEN
from placet_prince2.products.gates import CHANGE_APPROVED
from placet_prince2.reasons import REASON_GIVEN
from placet_prince2.roles import EXECUTIVE, PROJECT_MANAGER, SENIOR_SUPPLIER, SENIOR_USER, TEAM_MANAGER

# fmt: off
WORKFLOW = Workflow(
    MANAGEMENT_PRODUCT,
    states=[
        #     id            title         category
        State("draft",      "Draft",      "todo",      "It is being written"),
        State("in_review",  "In review",  "waiting",   "It is with those who decide on it"),
        State("approved",   "Approved",   "done",      "It is the baseline"),
        State("superseded", "Superseded", "done",      "A newer one has replaced it"),
        State("withdrawn",  "Withdrawn",  "cancelled", "Not needed"),
    ],
    transitions=[
        #          name               from                  to            who may
        Transition("submit",          ["draft"],            "in_review",
                                                    [PROJECT_MANAGER, EXECUTIVE, TEAM_MANAGER, SYSTEM],
                   gates=[DOCUMENT_COMPLETE],
                   effects=[effects.begin_review],
                   asks=[BOARD_DECISION]),
        Transition("return_document", ["in_review"],        "draft",
                                                    [EXECUTIVE, SENIOR_USER, SENIOR_SUPPLIER, PROJECT_MANAGER, SYSTEM],
                   gates=[REASON_GIVEN],
                   voids=[BOARD_DECISION]),
        Transition("override_objection", ["in_review"],     "same",       [EXECUTIVE],
                   gates=[OBJECTED, REASON_GIVEN],
                   effects=[effects.keep_override],
                   asks=[BOARD_DECISION]),
        Transition("ask_again",       ["in_review"],        "same",       [PROJECT_MANAGER, EXECUTIVE],
                   gates=[DECISION_OVER],
                   asks=[BOARD_DECISION]),
        Transition("approve",         ["in_review"],        "approved",   [EXECUTIVE, PROJECT_MANAGER],
                   gates=[DOCUMENT_APPROVED],
                   effects=[effects.keep_approval]),
        Transition("confirm",         ["approved"],         "same",       [EXECUTIVE],
                   effects=[effects.keep_review],
                   title="Confirm as still valid"),
        Transition("revise",          ["approved"],         "draft",      [PROJECT_MANAGER, EXECUTIVE],
                   gates=[CHANGE_APPROVED],
                   effects=[effects.begin_edition],
                   voids=[BOARD_DECISION]),
        Transition("withdraw",        ["draft", "in_review"], "withdrawn", [PROJECT_MANAGER, EXECUTIVE],
                   gates=[REASON_GIVEN]),
        Transition("supersede",       ["approved"],         "superseded", [SYSTEM],
                   input=["replaced_by"]),
    ],
)
# fmt: on

_COMPUTED = (*PLACE, *FIGURES)
_EVERYTHING = tuple(
    name for name in DocumentFields.model_fields if name not in {each.field for each in _COMPUTED}
)
#: The decision is asked for a second time before it expires.
DECISION_DUE = Timer(
    "prince2.document_decision_due",
    "Decision on the document",
    starts=(),
    stops=(),
    states=("in_review",),
    target=business(days=5),
    thresholds=(Threshold(100, notifies=(f"asked:{BOARD_DECISION}", PROJECT_MANAGER.id)),),
)

MANAGEMENT_PRODUCT_TYPE = ItemType(
    MANAGEMENT_PRODUCT,
    "Management product",
    description="A document under change control: a plan, the business case, the brief, an approach",
    fields=DocumentFields,
    workflow=WORKFLOW,
    indexed=["project", "stage", "kind", "reviewed_at", "npv"],
    frozen_in={
        "draft": RECORDED,
        "in_review": (*RECORDED, *DECIDED, *WORDS, "kind"),
        "approved": _EVERYTHING,
        "superseded": _EVERYTHING,
        "withdrawn": _EVERYTHING,
    },
    computed=_COMPUTED,
    approvals=[DECISION],
    duties=DUTIES,
    timers=[DECISION_DUE],
    parents=[PROJECT, STAGE, WORK_PACKAGE],
    creators=[PROJECT_MANAGER, EXECUTIVE, TEAM_MANAGER],
    editors=[PROJECT_MANAGER, EXECUTIVE, TEAM_MANAGER],
    creation=[PLACE_OPEN],
)
