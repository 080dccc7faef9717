"""A control assessment: one control tested for one period, from the population in the log to its conclusion.

The population is read from the log, the sample is drawn in an order that everybody can repeat, and the conclusion
follows from the deviations by the table in `assessments/conclusion.py`. Two reviewers together may conclude otherwise.

Source: COBIT 2019, MEA02.03 Perform control self-assessments and MEA04.05 to 04.08. Our choices: the next assessment is
planned as an item when one is concluded, so that it can be seen what is due; bypasses are always part of the sample;
the days of a sample are not tested a second time, and what is cancelled passes its seed and its deviations on.
"""

from __future__ import annotations

from datetime import timedelta

from placet import SAME, SYSTEM, Confirmation, Consequence, Duty, ItemType, State, Transition, Workflow
from placet_cobit.assessments import drawing, effects
from placet_cobit.assessments.computed import ASSESSMENT_COMPUTED
from placet_cobit.assessments.fields import COMPUTED_FIELDS, RECORDED, AssessmentFields
from placet_cobit.assessments.gates import (
    ALL_TESTED,
    CONCLUSION_BY_RULE,
    DESIGN_JUDGED,
    EVIDENCE_COMPLETE,
    EXTENSION_ALLOWED,
    PERIOD_ORDERED,
    PERIOD_OVER,
    REVIEWER_INDEPENDENT,
    TESTER_INDEPENDENT,
)
from placet_cobit.assessments.timers import ASSESSMENT_TIMERS
from placet_cobit.ids import ASSESSMENT, CONTROL, OVERRIDE_AGREED
from placet_cobit.reasons import REASON_GIVEN
from placet_cobit.roles import CONTROL_REVIEWER, CONTROL_TESTER

# fmt: off
WORKFLOW = Workflow(
    ASSESSMENT,
    states=[
        #     id                    title                 category
        State("planned",            "Planned",            "todo",      "It is in the plan"),
        State("evidence_requested", "Evidence requested", "waiting",   "Population and sample are fixed"),
        State("testing",            "Testing",            "active",    "Elements are tested"),
        State("under_review",       "Under review",       "waiting",   "With the reviewer"),
        State("concluded",          "Concluded",          "done",      "Its result is in force"),
        State("cancelled",          "Cancelled",          "cancelled", "It is not done"),
    ],
    transitions=[
        #          name                 from                        to              who may
        Transition("request_evidence",  ["planned"],                "evidence_requested", [CONTROL_TESTER],
                   gates=[TESTER_INDEPENDENT, PERIOD_OVER],
                   effects=[drawing.draw_sample, effects.recount]),
        Transition("start_testing",     ["evidence_requested"],     "testing",      [CONTROL_TESTER],
                   gates=[TESTER_INDEPENDENT, EVIDENCE_COMPLETE],
                   effects=[effects.note_missing_evidence]),
        Transition("extend_sample",     ["testing"],                SAME,           [CONTROL_TESTER, SYSTEM],
                   gates=[TESTER_INDEPENDENT, EXTENSION_ALLOWED],
                   effects=[drawing.extend]),
        Transition("submit_for_review", ["testing"],                "under_review", [CONTROL_TESTER],
                   gates=[TESTER_INDEPENDENT, ALL_TESTED, DESIGN_JUDGED],
                   effects=[effects.recount],
                   input=["design_result", "design_note"]),
        Transition("return_assessment", ["under_review"],           "testing",      [CONTROL_REVIEWER],
                   gates=[REASON_GIVEN]),
        Transition("conclude",          ["under_review"],           "concluded",    [CONTROL_REVIEWER],
                   gates=[REVIEWER_INDEPENDENT, CONCLUSION_BY_RULE],
                   effects=[effects.settle, effects.raise_findings, effects.plan_next],
                   decides=True),
        Transition("cancel_assessment", ["planned", "evidence_requested", "testing"], "cancelled", [CONTROL_REVIEWER],
                   gates=[REASON_GIVEN, TESTER_INDEPENDENT],
                   effects=[effects.report_deviations, effects.leave_untested, effects.plan_next]),
    ],
)
# fmt: on

_OVERRIDE = ("override", "override_reason", "second_reviewer")
_DESIGN = ("design_result", "design_note")
_PERIOD = ("period_start", "period_end")
_EVERYTHING = tuple(name for name in AssessmentFields.model_fields if name not in COMPUTED_FIELDS)

ASSESSMENT_TYPE = ItemType(
    ASSESSMENT,
    "Control assessment",
    description="One control tested for one period",
    fields=AssessmentFields,
    workflow=WORKFLOW,
    indexed=["control", "period_start", "period_end", "due_on", "conclusion", "on_time", "tester", "reviewer"],
    frozen_in={
        "planned": (*RECORDED, *_OVERRIDE, *_DESIGN),
        "evidence_requested": (*RECORDED, *_OVERRIDE, *_PERIOD),
        "testing": (*RECORDED, *_OVERRIDE, *_PERIOD),
        "under_review": (*RECORDED, *_PERIOD, *_DESIGN),
        "concluded": _EVERYTHING,
        "cancelled": _EVERYTHING,
    },
    computed=ASSESSMENT_COMPUTED,
    consequences=[Consequence("cobit.tests_counted", ["tests_changed"], [drawing.redraw, effects.recount])],
    confirmations=[
        Confirmation(
            OVERRIDE_AGREED,
            "Conclusion other than the table's",
            "second_reviewer",
            material_fields=["override", "override_reason", "deviations", "design_result"],
            reminds=timedelta(days=3),
        )
    ],
    duties=[
        Duty(
            "cobit.sod_operate_test",
            "who owns or operates a control does not test it",
            acts=["named:control_owner", "named:control_performer"],
            bars=["transition:request_evidence", "transition:start_testing", "transition:submit_for_review",
                  "transition:conclude", "transition:cancel_assessment"],
        ),
        Duty(
            "cobit.sod_test_review",
            "who tested a control does not conclude on it",
            acts=["transition:request_evidence", "transition:start_testing", "transition:extend_sample",
                  "transition:submit_for_review"],
            bars=["transition:conclude", "confirm:" + OVERRIDE_AGREED],
        ),
    ],
    timers=ASSESSMENT_TIMERS,
    parents=[CONTROL],
    creators=[CONTROL_TESTER, CONTROL_REVIEWER],
    creation=[PERIOD_ORDERED],
    editing=[PERIOD_ORDERED],
    editors=[CONTROL_TESTER, CONTROL_REVIEWER],
    writers={name: [CONTROL_REVIEWER] for name in _OVERRIDE},
)  # fmt: skip
