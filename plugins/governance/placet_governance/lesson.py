"""A lesson: something learned that should change what people do.

Source: PRINCE2 7, principle learn from experience; ITIL 4, practice Continual improvement.
"""

from __future__ import annotations

from placet import ItemType, State, Transition, Workflow
from placet_governance.ids import LESSON
from placet_governance.learning.fields import LessonFields
from placet_governance.learning.gates import LESSON_ACTION_LINKED, LESSON_APPLIES
from placet_governance.reasons import REASON_GIVEN
from placet_governance.roles import LESSONS_OWNER, PROJECT_MANAGER

# fmt: off
WORKFLOW = Workflow(
    LESSON,
    states=[
        #     id           title        category
        State("logged",    "Logged",    "todo",      "Recorded"),
        State("validated", "Validated", "active",    "It is worth applying"),
        State("applied",   "Applied",   "done",      "It is put into practice"),
        State("dismissed", "Dismissed", "cancelled", "It is of no use"),
    ],
    transitions=[
        #          name        from                     to           who may
        Transition("validate", ["logged"],              "validated", [PROJECT_MANAGER, LESSONS_OWNER],
                   gates=[LESSON_APPLIES],
                   input=["applies_to"]),
        Transition("apply",    ["validated"],           "applied",   [PROJECT_MANAGER, LESSONS_OWNER],
                   gates=[LESSON_ACTION_LINKED],
                   input=["action"]),
        Transition("dismiss",  ["logged", "validated"], "dismissed", [PROJECT_MANAGER, LESSONS_OWNER],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_EVERYTHING = tuple(LessonFields.model_fields)

LESSON_TYPE = ItemType(
    LESSON,
    "Lesson",
    description="Something learned that should change what people do",
    fields=LessonFields,
    workflow=WORKFLOW,
    indexed=["scope", "applies_to"],
    frozen_in={"applied": _EVERYTHING, "dismissed": _EVERYTHING},
)
