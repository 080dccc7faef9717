"""A control test: one element of a sample, or a pass of a monitor that a person checks again.

Source: COBIT 2019, MEA02.03 and MEA04.06. Our choices: a result may be corrected while the assessment is being tested,
with both in the history; an element without accepted evidence is a deviation; a tester replaces few elements, and more
of them a reviewer who has not tested does, and does not conclude then.
"""

from __future__ import annotations

from placet import SYSTEM, ItemType, State, Transition, Workflow
from placet_cobit.assessments import effects
from placet_cobit.assessments.computed import TEST_COMPUTED
from placet_cobit.assessments.fields import ElementFields
from placet_cobit.assessments.gates import REPLACEABLE, TEST_PROVEN, TEST_RECORDED, TESTER_INDEPENDENT
from placet_cobit.ids import ASSESSMENT, MONITOR, TEST
from placet_cobit.reasons import REASON_GIVEN
from placet_cobit.roles import CONTROL_REVIEWER, CONTROL_TESTER

# fmt: off
WORKFLOW = Workflow(
    TEST,
    states=[
        #     id          title       category
        State("pending",  "Pending",  "todo",      "To be tested"),
        State("tested",   "Tested",   "done",      "Its result is recorded"),
        State("replaced", "Replaced", "cancelled", "It does not apply, and the next element was drawn"),
    ],
    transitions=[
        #          name               from                   to          who may
        Transition("record_test",     ["pending", "tested"], "tested",   [CONTROL_TESTER, SYSTEM],
                   gates=[TEST_RECORDED, TESTER_INDEPENDENT, TEST_PROVEN],
                   effects=[effects.note_result],
                   input=["result", "note"]),
        Transition("replace_element", ["pending"],           "replaced", [CONTROL_TESTER, CONTROL_REVIEWER, SYSTEM],
                   gates=[REASON_GIVEN, TESTER_INDEPENDENT, REPLACEABLE],
                   effects=[effects.note_replacement]),
    ],
)
# fmt: on

_EVERYTHING = tuple(name for name in ElementFields.model_fields if name != "control")

TEST_TYPE = ItemType(
    TEST,
    "Control test",
    description="One element of a sample",
    fields=ElementFields,
    workflow=WORKFLOW,
    indexed=["control", "element", "about", "result", "evidence_missing", "at"],
    frozen_in=dict.fromkeys(("pending", "tested", "replaced"), _EVERYTHING),
    computed=TEST_COMPUTED,
    parents=[ASSESSMENT, MONITOR],
    creators=[SYSTEM],
)
