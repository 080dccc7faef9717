"""A benefit: a measurable improvement that is expected of a project or a service.

Source: COBIT 2019, EDM02 Ensured benefits delivery; PRINCE2 7, practice business case.
"""

from __future__ import annotations

from placet import CalendarEntry, Duty, ItemType, State, Transition, Workflow
from placet_governance.goals.computed import BENEFIT_COMPUTED
from placet_governance.goals.fields import BenefitFields
from placet_governance.goals.gates import BENEFIT_COMPLETE, BENEFIT_MET, MEASURE_GIVEN
from placet_governance.goals.timers import BENEFIT_REVIEW
from placet_governance.ids import BENEFIT
from placet_governance.reasons import REASON_GIVEN
from placet_governance.roles import BENEFIT_OWNER, BUSINESS_LAYER, EXECUTIVE, SENIOR_USER

_MEASURE = ("actual_value", "forecast_value", "measured_on", "measure_source")

# fmt: off
WORKFLOW = Workflow(
    BENEFIT,
    states=[
        #     id            title         category
        State("identified", "Identified", "todo",      "It has a name"),
        State("planned",    "Planned",    "todo",      "It can be measured, and somebody owns it"),
        State("tracking",   "Tracking",   "active",    "It is being measured"),
        State("realised",   "Realized",   "done",      "The target is reached"),
        State("missed",     "Missed",     "done",      "The target is not reached"),
        State("withdrawn",  "Withdrawn",  "cancelled", "Dropped"),
    ],
    transitions=[
        #          name                from            to            who may
        Transition("plan_benefit",     ["identified"], "planned",    [BENEFIT_OWNER, SENIOR_USER, EXECUTIVE],
                   gates=[BENEFIT_COMPLETE]),
        Transition("start_tracking",   ["planned"],    "tracking",   [BENEFIT_OWNER]),
        Transition("record_measure",   ["tracking"],   "same",       [BENEFIT_OWNER],
                   gates=[MEASURE_GIVEN],
                   input=_MEASURE,
                   title="Record measurement"),
        Transition("confirm_realised", ["tracking"],   "realised",   [SENIOR_USER, EXECUTIVE, BUSINESS_LAYER],
                   gates=[BENEFIT_MET],
                   title="Confirm benefit",
                   decides=True),
        Transition("declare_missed",   ["tracking"],   "missed",     [EXECUTIVE, BUSINESS_LAYER],
                   gates=[REASON_GIVEN],
                   decides=True),
        Transition("withdraw_benefit", ["identified", "planned", "tracking"], "withdrawn",
                                                                     [EXECUTIVE, BUSINESS_LAYER],
                   gates=[REASON_GIVEN]),
    ],
)
# fmt: on

_PLAN = ("baseline", "target_value", "unit", "measure_method", "tolerance_percent")
_EVERYTHING = tuple(
    name for name in BenefitFields.model_fields if name not in {each.field for each in BENEFIT_COMPUTED}
)

BENEFIT_TYPE = ItemType(
    BENEFIT,
    "Benefit",
    description="A measurable improvement that is expected of a project or a service",
    fields=BenefitFields,
    workflow=WORKFLOW,
    indexed=["category", "owner", "next_measure"],
    frozen_in={
        # The reached value is measured, and not before it is tracked.
        **dict.fromkeys(("identified", "planned"), ("actual_value", "measured_on")),
        "tracking": (*_PLAN, "actual_value", "measured_on"),
        "realised": _EVERYTHING,
        "missed": _EVERYTHING,
        "withdrawn": _EVERYTHING,
    },
    computed=BENEFIT_COMPUTED,
    timers=[BENEFIT_REVIEW],
    calendar=CalendarEntry("next_measure", None, ("planned", "tracking")),
    duties=[
        Duty(
            "governance.benefit_confirmed_by_another",
            "Who measured a benefit does not confirm it",
            acts=["transition:record_measure"],
            bars=["transition:confirm_realised"],
        )
    ],
    creators=[EXECUTIVE, SENIOR_USER, BENEFIT_OWNER],
    editors=[EXECUTIVE, SENIOR_USER, BENEFIT_OWNER],
)
