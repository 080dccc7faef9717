"""A project: the temporary organization, from its mandate to its closure.

The business layer mandates it, the board directs it and decides at the ends of stages, the project manager manages it
inside tolerances. As soon as a forecast of the whole leaves its tolerance, the business layer decides.

Source: PRINCE2 7, processes Starting up, Directing, Initiating and Closing a project. Our choice: what others agree to
is an approval or a confirmation of theirs, and never a word in a field.
"""

from __future__ import annotations

from datetime import timedelta

from placet import (
    SYSTEM,
    CheckContext,
    Confirmation,
    ItemType,
    Span,
    State,
    Threshold,
    Timer,
    Transition,
    Workflow,
)
from placet_governance.roles import BUSINESS_LAYER
from placet_prince2.control.timers import LATEST_END, overdue
from placet_prince2.control.watch import FORECASTS_FIT, date_any_forecast, watched
from placet_prince2.ids import ACCEPTANCE_CRITERION, PROJECT
from placet_prince2.issues.computed import BUDGET_USED
from placet_prince2.projects import effects
from placet_prince2.projects.fields import BASELINE, RECORDED, ProjectFields
from placet_prince2.projects.gates import (
    ACCEPTANCE,
    ALIGNMENT,
    BENEFIT_REVIEWS,
    BOARD_COMPLETE,
    BRIEF_READY,
    CLOSURE_REASONED,
    CRITERIA_GIVEN,
    CRITERIA_KEPT,
    END_PROJECT_ACCEPTED,
    EXCEPTION_CLOSED,
    EXCEPTION_OPEN,
    FINAL_STAGE_READY,
    INITIATION_FINISHED,
    INITIATION_PLANNED,
    JUSTIFIED,
    LESSONS_PASSED_ON,
    LESSONS_REVIEWED,
    NO_OPEN_EXCEPTION,
    NOTHING_OPEN,
    PID_READY,
    PLAN_AGREES,
    PLANNED_ONLY,
    PREMATURE_ONLY,
    TEAM_CORE,
    TOLERANCES_SET,
    TWO_STAGES,
)
from placet_prince2.reasons import REASON_GIVEN
from placet_prince2.reports.effects import drop_reports
from placet_prince2.roles import EXECUTIVE, PROJECT_MANAGER, SENIOR_USER

# fmt: off
WORKFLOW = Workflow(
    PROJECT,
    states=[
        #     id                     title                  category
        State("mandated",           "Mandated",           "todo",      "A mandate exists, nothing is started"),
        State("starting_up",        "Starting up",        "active",    "It is prepared whether to initiate it"),
        State("initiating",         "Initiating",         "active",    "The initiation stage is authorized"),
        State("delivering",         "Delivering",         "active",    "The project is authorized, and its stages run"),
        State("in_exception",       "In exception",       "waiting",   "The business layer decides on an exception"),
        State("closing",            "Closing",            "active",    "It is handed over and evaluated"),
        State("closed",             "Closed",             "done",      "Its closure is authorized"),
        State("closed_prematurely", "Closed prematurely", "cancelled", "Stopped after its initiation began"),
        State("rejected",           "Rejected",           "cancelled", "Never initiated"),
    ],
    transitions=[
        #          name                            from                          to
        #          who may

        # Starting up and initiating: the least that is needed to decide whether it is worth initiating, then delivering
        Transition("start_up",                     ["mandated"],                 "starting_up",
                   [BUSINESS_LAYER, EXECUTIVE],
                   gates=[TEAM_CORE],
                   effects=[effects.ask_for_lessons]),
        Transition("authorize_initiation",         ["starting_up"],              "initiating",
                   [EXECUTIVE],
                   gates=[BRIEF_READY, INITIATION_PLANNED, LESSONS_REVIEWED, ALIGNMENT],
                   input=["objective_links", "project_approach", "highlight_interval"]),
        Transition("accept_value",                 ["initiating", "delivering"], "same",
                   [BUSINESS_LAYER],
                   gates=[REASON_GIVEN],
                   effects=[effects.accept_value],
                   title="Accept a low value"),
        Transition("set_tolerances",               ["mandated", "starting_up", "initiating"], "same",
                   [BUSINESS_LAYER],
                   input=["tolerances"]),
        Transition("authorize_project",            ["initiating"],               "delivering",
                   [EXECUTIVE],
                   gates=[PID_READY, JUSTIFIED, TOLERANCES_SET, TWO_STAGES, BOARD_COMPLETE, INITIATION_FINISHED,
                          CRITERIA_GIVEN, PLAN_AGREES],
                   effects=[effects.set_limit]),

        # Delivering: forecasts, and the exception of the whole project, which goes to the business layer
        Transition("update_forecasts",             ["delivering", "in_exception"], "same",
                   [PROJECT_MANAGER],
                   gates=[FORECASTS_FIT],
                   effects=[date_any_forecast],
                   input=["forecasts"]),
        Transition("escalate_to_business",         ["delivering"],               "in_exception",
                   [EXECUTIVE, SYSTEM],
                   gates=[EXCEPTION_OPEN]),
        Transition("resume_delivery",              ["in_exception"],             "delivering",
                   [BUSINESS_LAYER, SYSTEM],
                   gates=[EXCEPTION_CLOSED]),

        # The board keeps the criteria of acceptance, so that nobody drops one to be done
        Transition("record_acceptance",            ["delivering", "in_exception", "closing"], "same",
                   [SENIOR_USER, EXECUTIVE],
                   gates=[CRITERIA_KEPT],
                   input=["acceptance_criteria"],
                   asks=[ACCEPTANCE_CRITERION],
                   title="Record acceptance"),

        # Closing: as planned, or prematurely and for good
        Transition("prepare_closure",              ["delivering"],               "closing",
                   [PROJECT_MANAGER],
                   gates=[FINAL_STAGE_READY, NO_OPEN_EXCEPTION],
                   effects=[effects.begin_closure],
                   asks=[ACCEPTANCE_CRITERION]),
        Transition("prepare_premature_closure",    ["initiating", "delivering", "in_exception"], "closing",
                   [EXECUTIVE, SYSTEM],
                   gates=[CLOSURE_REASONED],
                   effects=[effects.begin_premature_closure],
                   input=["closure_reason"]),
        Transition("reopen_delivery",              ["closing"],                  "delivering",
                   [EXECUTIVE],
                   gates=[PLANNED_ONLY],
                   effects=[effects.stop_closure]),
        Transition("authorize_closure",            ["closing"],                  "closed",
                   [EXECUTIVE],
                   gates=[PLANNED_ONLY, ACCEPTANCE, END_PROJECT_ACCEPTED, NOTHING_OPEN, BENEFIT_REVIEWS,
                          LESSONS_PASSED_ON],
                   effects=[drop_reports]),
        Transition("authorize_premature_closure",  ["closing"],                  "closed_prematurely",
                   [EXECUTIVE],
                   gates=[PREMATURE_ONLY, END_PROJECT_ACCEPTED, NOTHING_OPEN, LESSONS_PASSED_ON],
                   effects=[drop_reports]),
        Transition("reject",                       ["mandated", "starting_up"],  "rejected",
                   [BUSINESS_LAYER, EXECUTIVE],
                   gates=[REASON_GIVEN],
                   effects=[drop_reports]),
    ],
)
# fmt: on

_COMPUTED = (LATEST_END, BUDGET_USED)
_EVERYTHING = tuple(
    name for name in ProjectFields.model_fields if name not in {each.field for each in _COMPUTED}
)
_EARLY = (*RECORDED, "tolerances")
_AUTHORIZED = (*RECORDED, *BASELINE, "mandate", "acceptance_criteria")


def highlight_interval(ctx: CheckContext) -> Span:
    """The field `highlight_interval`, elapsed."""
    interval: timedelta = ctx.item.fields.highlight_interval
    return Span(interval)


HIGHLIGHT_DUE = Timer(
    "prince2.highlight_due",
    "Highlight report",
    starts=("authorize_initiation",),
    stops=("authorize_closure", "authorize_premature_closure"),
    target=highlight_interval,
    repeats=0,
    # Who writes the report is notified by its own timer.
    thresholds=(Threshold(100, effects=(effects.make_highlight,)),),
)

PROJECT_TYPE = ItemType(
    PROJECT,
    "Project",
    description="A temporary organization that delivers products for a business case",
    fields=ProjectFields,
    workflow=WORKFLOW,
    indexed=["planned_end", "project_approach"],
    frozen_in={
        "mandated": _EARLY,
        "starting_up": _EARLY,
        "initiating": _EARLY,
        "delivering": _AUTHORIZED,
        "in_exception": _AUTHORIZED,
        "closing": (*_AUTHORIZED, "closure_reason", "highlight_interval"),
        "closed": _EVERYTHING,
        "closed_prematurely": _EVERYTHING,
        "rejected": _EVERYTHING,
    },
    computed=_COMPUTED,
    consequences=[watched("project_watched", "forecasts", "tolerances", "risk_budget", moves=True)],
    confirmations=[
        Confirmation(
            ACCEPTANCE_CRITERION,
            "Acceptance criterion met",
            field="acceptance_criteria",
            member="accepted_by",
            reminds=timedelta(days=7),
            when_named=False,
        )
    ],
    timers=[
        HIGHLIGHT_DUE,
        overdue("project_overdue", "Latest end of the project", "delivering"),
        overdue("project_overdue_waiting", "Latest end of a project in exception", "in_exception"),
    ],
    parents=None,
    creators=[BUSINESS_LAYER],
    # Who is commissioned does not write the commission, and who reports does not choose how often.
    writers={"mandate": [BUSINESS_LAYER], "highlight_interval": [EXECUTIVE, BUSINESS_LAYER]},
    editors=[BUSINESS_LAYER, EXECUTIVE, PROJECT_MANAGER, SENIOR_USER],
)
