"""A review: one round of plan, do, check, act, which comes back at its time and may lead to action.

Source: COBIT 2019, MEA01 Managed performance and conformance monitoring; ITIL 4, practice Continual improvement. Our
choice: reviews that a method has of its own (of a stage, a sprint or a change) stay with it.
"""

from __future__ import annotations

from placet import CalendarEntry, ItemType, State, Transition, Workflow
from placet_governance.ids import REVIEW
from placet_governance.learning.reviews import FOUND, REVIEW_DUE, ReviewFields
from placet_governance.reasons import REASON_GIVEN
from placet_governance.roles import CIO, PROCESS_OWNER

# fmt: off
WORKFLOW = Workflow(
    REVIEW,
    states=[
        #     id         title      category
        State("planned", "Planned", "todo",      "It is due"),
        State("held",    "Held",    "done",      "Its findings are recorded"),
        State("skipped", "Skipped", "cancelled", "It was left out"),
    ],
    transitions=[
        #          name           from         to         who may
        Transition("hold_review", ["planned"], "held",    [PROCESS_OWNER, CIO],
                   gates=[FOUND],
                   input=["findings", "follow_ups"]),
        Transition("skip_review", ["planned"], "skipped", [PROCESS_OWNER, CIO],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_EVERYTHING = tuple(ReviewFields.model_fields)

REVIEW_TYPE = ItemType(
    REVIEW,
    "Review",
    description="One round of looking at how it works, which may lead to action",
    fields=ReviewFields,
    workflow=WORKFLOW,
    indexed=["cadence", "due_on"],
    frozen_in={
        "held": tuple(name for name in _EVERYTHING if name != "follow_ups"),
        "skipped": _EVERYTHING,
    },
    timers=[REVIEW_DUE],
    calendar=CalendarEntry("due_on", None, ("planned",)),
    creators=[PROCESS_OWNER, CIO],
    editors=[PROCESS_OWNER, CIO],
)
