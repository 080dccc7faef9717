"""A risk: an uncertain event that would affect what is aimed at, for worse or for better.

Source: PRINCE2 7, practice risk. Our choice: what it becomes when it occurs is named in `became`, since issues belong
to a method of their own.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_governance.ids import RISK
from placet_governance.learning import effects
from placet_governance.learning.computed import RISK_COMPUTED
from placet_governance.learning.fields import RiskFields
from placet_governance.learning.gates import (
    ACCEPTANCE_AUTHORITY,
    ACCEPTANCE_COMPLETE,
    RESPONSE_COMPLETE,
    RISK_SCORED,
)
from placet_governance.learning.timers import RISK_REVIEW
from placet_governance.reasons import REASON_GIVEN
from placet_governance.roles import EXECUTIVE, PROJECT_MANAGER, RISK_OWNER

_NUMBERS = ("probability_percent", "impact_level", "cost_impact", "time_impact", "proximity", "velocity")
_RESPONSE_ALONE = (
    "response", "residual_probability_percent", "residual_cost_impact", "residual_impact_level",
)  # fmt: skip
_RESPONSE = (*_RESPONSE_ALONE, "owner", "action_owner", "review_by")

# fmt: off
WORKFLOW = Workflow(
    RISK,
    states=[
        #     id            title         category
        State("identified", "Identified", "todo",    "Recorded"),
        State("assessed",   "Assessed",   "active",  "Scored"),
        State("responding", "Responding", "active",  "A response is in hand"),
        State("accepted",   "Accepted",   "waiting", "Kept on purpose, and watched"),
        State("occurred",   "Occurred",   "done",    "It has come true"),
        State("closed",     "Closed",     "done",    "It cannot happen any more"),
    ],
    transitions=[
        #          name             from                          to            who may
        Transition("assess_risk",   ["identified"],               "assessed",   [PROJECT_MANAGER, RISK_OWNER],
                   gates=[RISK_SCORED],
                   input=_NUMBERS),
        Transition("plan_response", ["assessed", "accepted"],     "responding", [RISK_OWNER, PROJECT_MANAGER],
                   gates=[RESPONSE_COMPLETE],
                   input=_RESPONSE),
        Transition("accept_risk",   ["assessed", "responding"],   "accepted",   [RISK_OWNER, EXECUTIVE],
                   gates=[ACCEPTANCE_COMPLETE, ACCEPTANCE_AUTHORITY, REASON_GIVEN],
                   effects=[effects.keep_acceptance],
                   input=["owner", "review_by"],
                   decides=True),
        Transition("reassess",      ["responding", "accepted"],   "assessed",   [RISK_OWNER, PROJECT_MANAGER]),
        Transition("materialise",   ["identified", "assessed", "responding", "accepted"], "occurred",
                                                                                [PROJECT_MANAGER, RISK_OWNER],
                   input=["became"],
                   title="Record occurrence"),
        Transition("close_risk",    ["identified", "assessed", "responding", "accepted"], "closed",
                                                                                [RISK_OWNER, PROJECT_MANAGER],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_EVERYTHING = tuple(
    name for name in RiskFields.model_fields if name not in {each.field for each in RISK_COMPUTED}
)

RISK_TYPE = ItemType(
    RISK,
    "Risk",
    description="An uncertain event that would affect what is aimed at",
    fields=RiskFields,
    workflow=WORKFLOW,
    indexed=["kind", "score", "residual_score", "owner", "review_by", "proximity"],
    frozen_in={
        # The score and the response are said by those who assess and answer for it, each in a transition of its own.
        "identified": _RESPONSE_ALONE,
        "assessed": (*_NUMBERS, *_RESPONSE_ALONE),
        "responding": (*_NUMBERS, *_RESPONSE),
        "accepted": (*_NUMBERS, *_RESPONSE),
        "occurred": tuple(name for name in _EVERYTHING if name != "became"),
        "closed": _EVERYTHING,
    },
    computed=RISK_COMPUTED,
    timers=[RISK_REVIEW],
    editors=[PROJECT_MANAGER, RISK_OWNER, EXECUTIVE],
)
