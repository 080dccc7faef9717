"""An exception: a stage or a project that is forecast outside its tolerance, and the answer of the level above.

It opens by itself, in the act in which a forecast leaves its tolerance. The project manager reports it with options;
then the board answers for a stage, and the business layer for a project:

    more information      the report goes back to the project manager
    a wider tolerance     every forecast has to be inside it, and the stage still inside its project
    an exception plan     it replaces the plan of the stage once the board has approved it
    no action             the deviation is accepted as it is; when it grows, it is an exception again
    premature closure     the project ends

While it is open, no new work package is authorized and the stage does not come to its end; packages that run go on.

Source: PRINCE2 7, principle Manage by exception, practice Progress.
"""

from __future__ import annotations

from placet import (
    SYSTEM,
    CheckContext,
    Computed,
    Duty,
    ItemType,
    Span,
    State,
    Threshold,
    Timer,
    Transition,
    Workflow,
    business,
)
from placet_governance.roles import BUSINESS_LAYER
from placet_prince2.exceptions import effects
from placet_prince2.exceptions.effects import decided
from placet_prince2.exceptions.fields import RECORDED, REPORT, ExceptionDecision, ExceptionFields, Level
from placet_prince2.exceptions.gates import (
    BACK_INSIDE,
    LEVEL_AUTHORITY,
    ONLY_ONE,
    PLAN_APPROVED,
    PLAN_COMPLETE,
    REPORT_COMPLETE,
    TOLERANCE_COVERS,
)
from placet_prince2.ids import EXCEPTION, PROJECT, STAGE
from placet_prince2.place import PLACE
from placet_prince2.reasons import REASON_GIVEN
from placet_prince2.roles import EXECUTIVE, PROJECT_MANAGER

#: The levels above it: the executive answers for a stage, the business layer for a project, and a gate says which.
_ABOVE = [EXECUTIVE, BUSINESS_LAYER]
#: The moves that answer it for good.
ANSWERS = ("increase_tolerance", "no_action", "approve_plan", "order_closure")

# fmt: off
WORKFLOW = Workflow(
    EXCEPTION,
    states=[
        #     id                title             category
        State("raised",         "Raised",         "todo",      "A forecast is outside, and the report is due"),
        State("reported",       "Reported",       "waiting",   "The level above decides"),
        State("replanning",     "Replanning",     "active",    "An exception plan is made"),
        State("plan_submitted", "Plan submitted", "waiting",   "The exception plan is with the board"),
        State("resolved",       "Resolved",       "done",      "Answered, and the answer is in force"),
        State("withdrawn",      "Withdrawn",      "cancelled", "Inside again, or its stage has ended"),
    ],
    transitions=[
        #          name                 from                            to                who may
        Transition("submit_report",      ["raised"],                    "reported",       [PROJECT_MANAGER],
                   gates=[REPORT_COMPLETE],
                   effects=[effects.escalate],
                   input=REPORT),
        Transition("ask_information",    ["reported"],                  "raised",         _ABOVE,
                   gates=[LEVEL_AUTHORITY, REASON_GIVEN],
                   effects=[decided(ExceptionDecision.MORE_INFORMATION)]),
        Transition("increase_tolerance", ["reported"],                  "resolved",       _ABOVE,
                   gates=[LEVEL_AUTHORITY, TOLERANCE_COVERS],
                   effects=[decided(ExceptionDecision.INCREASE_TOLERANCE), effects.widen, effects.resume,
                            effects.judge_again],
                   input=["new_tolerances"]),
        Transition("no_action",          ["reported"],                  "resolved",       _ABOVE,
                   gates=[LEVEL_AUTHORITY, REASON_GIVEN],
                   effects=[decided(ExceptionDecision.NO_ACTION), effects.accept, effects.resume,
                            effects.judge_again]),
        Transition("request_plan",       ["reported"],                  "replanning",     _ABOVE,
                   gates=[LEVEL_AUTHORITY],
                   effects=[decided(ExceptionDecision.EXCEPTION_PLAN)]),
        Transition("submit_plan",        ["replanning"],                "plan_submitted", [PROJECT_MANAGER],
                   gates=[PLAN_COMPLETE],
                   effects=[effects.submit_plan],
                   input=["exception_plan"]),
        Transition("return_plan",        ["plan_submitted"],            "replanning",     _ABOVE,
                   gates=[LEVEL_AUTHORITY, REASON_GIVEN]),
        Transition("approve_plan",       ["plan_submitted"],            "resolved",       _ABOVE,
                   gates=[LEVEL_AUTHORITY, PLAN_APPROVED],
                   effects=[decided(ExceptionDecision.EXCEPTION_PLAN), effects.adopt, effects.judge_again]),
        Transition("order_closure",      ["reported", "plan_submitted"], "resolved",      _ABOVE,
                   gates=[LEVEL_AUTHORITY, REASON_GIVEN],
                   effects=[decided(ExceptionDecision.PREMATURE_CLOSURE), effects.close_project]),
        Transition("withdraw",           ["raised", "reported"],        "withdrawn",      [PROJECT_MANAGER],
                   gates=[BACK_INSIDE, REASON_GIVEN],
                   effects=[effects.resume]),
        Transition("lapse",              ["raised", "reported", "replanning", "plan_submitted"],
                                                                        "withdrawn",      [SYSTEM],
                   effects=[effects.answer_issue],
                   title="Lapse with its stage or project"),
    ],
)
# fmt: on


def subject(ctx: CheckContext) -> str | None:
    """The stage or project that is outside."""
    return ctx.item.parent


def level(ctx: CheckContext) -> Level:
    """Project for one that was made below a project, and else stage: nobody chooses who decides."""
    above = ctx.parent()
    return Level.PROJECT if above is not None and above.type == PROJECT else Level.STAGE


def to_report(ctx: CheckContext) -> Span:
    """Setting: `exception_report_days`, business days."""
    return business(days=ctx.settings.exception_report_days)


def to_decide(ctx: CheckContext) -> Span:
    """Setting: `exception_decision_days`, business days."""
    return business(days=ctx.settings.exception_decision_days)


#: Sent back for more information, it is to be reported within the same time again.
REPORT_DUE = Timer(
    "prince2.exception_report_due",
    "Report on the exception",
    starts=("create",),
    stops=("submit_report",),
    resets=("ask_information",),
    target=to_report,
    thresholds=(Threshold(100, notifies=(EXECUTIVE.id, PROJECT_MANAGER.id)),),
)
#: While somebody above has to decide: on its report, or on its exception plan.
DECISION_DUE = Timer(
    "prince2.exception_decision_due",
    "Decision on the exception",
    starts=(),
    stops=(),
    states=("reported", "plan_submitted"),
    target=to_decide,
    thresholds=(Threshold(100, notifies=(EXECUTIVE.id, BUSINESS_LAYER.id)),),
)

_COMPUTED = (*PLACE, Computed("subject", subject), Computed("level", level))
#: Fields that are fixed once it is answered.
_EVERYTHING = tuple(
    name for name in ExceptionFields.model_fields if name not in {each.field for each in _COMPUTED}
)

EXCEPTION_TYPE = ItemType(
    EXCEPTION,
    "Exception",
    description="A stage or project that is forecast outside its tolerance",
    fields=ExceptionFields,
    workflow=WORKFLOW,
    indexed=["project", "stage", "subject", "level", "decision", "reported_at", "decided_at"],
    frozen_in={
        "raised": RECORDED,
        "reported": (*RECORDED, *REPORT),
        "replanning": (*RECORDED, *REPORT),
        "plan_submitted": (*RECORDED, *REPORT, "exception_plan"),
        "resolved": _EVERYTHING,
        "withdrawn": _EVERYTHING,
    },
    computed=_COMPUTED,
    duties=[
        Duty(
            "prince2.sod_exception",
            "who reports an exception does not answer it",
            acts=["transition:submit_report", "transition:submit_plan"],
            bars=[f"transition:{name}" for name in ANSWERS],
        )
    ],
    timers=[REPORT_DUE, DECISION_DUE],
    parents=[STAGE, PROJECT],
    creators=[PROJECT_MANAGER],
    creation=[ONLY_ONE],
    editors=[PROJECT_MANAGER],
)
