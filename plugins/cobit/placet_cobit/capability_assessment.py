"""A capability assessment: the level of one objective, rated by its activities and approved by a second person.

Source: COBIT 2019 Framework, performance management; rating scale of ISO/IEC 33020. Our choice: the activities are
those of the objective when the rating starts.
"""

from __future__ import annotations

from placet import CheckContext, Computed, Duty, ItemType, State, Transition, Workflow
from placet_cobit.capability import effects
from placet_cobit.capability.fields import RECORDED, RatingFields
from placet_cobit.capability.gates import ALL_SCORED, OBJECTIVE_IN_SCOPE, RATING_REVIEWED
from placet_cobit.ids import OBJECTIVE, RATING
from placet_cobit.reasons import REASON_GIVEN
from placet_cobit.roles import CIO, GOVERNANCE_BOARD, INTERNAL_AUDITOR, PROCESS_OWNER

# fmt: off
WORKFLOW = Workflow(
    RATING,
    states=[
        #     id           title        category
        State("planned",   "Planned",   "todo",      "It is scheduled"),
        State("rating",    "Rating",    "active",    "Scores are collected"),
        State("in_review", "In review", "waiting",   "The rating is compared with others"),
        State("approved",  "Approved",  "done",      "The level is in force"),
        State("cancelled", "Cancelled", "cancelled", "It is not done"),
    ],
    transitions=[
        #          name             from                   to           who may
        Transition("start_rating",  ["planned"],           "rating",    [PROCESS_OWNER, INTERNAL_AUDITOR],
                   gates=[OBJECTIVE_IN_SCOPE],
                   effects=[effects.load_activities]),
        Transition("submit_rating", ["rating"],            "in_review", [PROCESS_OWNER, INTERNAL_AUDITOR],
                   gates=[ALL_SCORED],
                   effects=[effects.compute_level],
                   input=["scores"]),
        Transition("recalibrate",   ["in_review"],         "rating",    [INTERNAL_AUDITOR, CIO],
                   gates=[REASON_GIVEN]),
        Transition("approve_rating", ["in_review"],        "approved",  [CIO, GOVERNANCE_BOARD],
                   gates=[RATING_REVIEWED],
                   effects=[effects.publish_level, effects.improve],
                   decides=True),
        Transition("cancel_rating", ["planned", "rating"], "cancelled", [CIO, PROCESS_OWNER],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on


def objective(ctx: CheckContext) -> str | None:
    """The objective that is rated."""
    return ctx.item.parent


RATING_TYPE = ItemType(
    RATING,
    "Capability assessment",
    description="The capability of one objective, rated by its activities",
    fields=RatingFields,
    workflow=WORKFLOW,
    indexed=["objective", "level", "gap"],
    frozen_in={
        "planned": (*RECORDED, "scores"),
        "rating": RECORDED,
        "in_review": (*RECORDED, "scores"),
        "approved": (*RECORDED, "scores"),
        "cancelled": (*RECORDED, "scores"),
    },
    computed=[Computed("objective", objective)],
    duties=[
        Duty(
            "cobit.sod_rate_approve",
            "who scored an objective does not approve its level",
            acts=["edit:scores", "transition:submit_rating"],
            bars=["transition:approve_rating"],
        )
    ],
    parents=[OBJECTIVE],
    creators=[PROCESS_OWNER, INTERNAL_AUDITOR],
    editors=[PROCESS_OWNER, INTERNAL_AUDITOR],
)
