"""A decision: who decided what, why, and on which options.

Source: COBIT 2019, EDM01 Ensured governance framework setting and maintenance. The rights to decide are in the matrix,
`decisions/rights.py`. Our choices: nobody decides in the place of another, and the system in
nobody's; a decision that is late may also be taken by those who decide beyond the limit, while the first keep their
right; only a taken decision can replace another.
"""

from __future__ import annotations

from placet import SYSTEM, ItemType, State, Transition, Workflow
from placet_governance.decisions import effects
from placet_governance.decisions.checks import MATTER
from placet_governance.decisions.computed import COMPUTED
from placet_governance.decisions.fields import DecisionFields
from placet_governance.decisions.gates import DECISION_COMPLETE, DECISION_RIGHT, REPLACED
from placet_governance.decisions.timers import DECISION_DUE
from placet_governance.ids import DECISION
from placet_governance.reasons import REASON_GIVEN
from placet_governance.roles import (
    BUSINESS_LAYER,
    CIO,
    EXECUTIVE,
    GOVERNANCE_BOARD,
    PORTFOLIO_MANAGER,
    PROCESS_OWNER,
    PROJECT_MANAGER,
    SENIOR_USER,
)

_ANSWER = ("chosen", "rationale", "decided_by", *MATTER)

# fmt: off
WORKFLOW = Workflow(
    DECISION,
    states=[
        #     id            title         category
        State("proposed",   "Proposed",   "waiting",   "It was asked"),
        State("decided",    "Decided",    "done",      "It was taken"),
        State("superseded", "Superseded", "done",      "Another took its place"),
        State("withdrawn",  "Withdrawn",  "cancelled", "It is not needed any more"),
    ],
    transitions=[
        #          name                  from          to
        #          who may
        Transition("decide",             ["proposed"], "decided",
                   [EXECUTIVE, CIO, GOVERNANCE_BOARD, BUSINESS_LAYER, PORTFOLIO_MANAGER, PROCESS_OWNER, PROJECT_MANAGER,
                    SENIOR_USER, SYSTEM],
                   gates=[DECISION_RIGHT, DECISION_COMPLETE],
                   effects=[effects.keep_decider],
                   input=_ANSWER,
                   decides=True),
        Transition("supersede_decision", ["decided"],  "superseded",
                   [CIO, GOVERNANCE_BOARD, EXECUTIVE, SYSTEM],
                   gates=[REASON_GIVEN, REPLACED],
                   effects=[effects.link_replacement],
                   input=["replacement"]),
        Transition("withdraw_decision",  ["proposed"], "withdrawn",
                   [CIO, EXECUTIVE, PORTFOLIO_MANAGER],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_EVERYTHING = tuple(
    name for name in DecisionFields.model_fields if name not in {each.field for each in COMPUTED}
)

DECISION_TYPE = ItemType(
    DECISION,
    "Decision",
    description="Who decided what, why, and on which options",
    fields=DecisionFields,
    workflow=WORKFLOW,
    indexed=["right", "decided_by", "deciders", "decided_at"],
    frozen_in={
        "proposed": ("escalated", "deciders", "decided_at"),
        "decided": _EVERYTHING,
        "superseded": _EVERYTHING,
        "withdrawn": _EVERYTHING,
    },
    computed=COMPUTED,
    timers=[DECISION_DUE],
)
