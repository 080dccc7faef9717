"""A stage: the part of a project that the board authorizes as a whole, and manages by exception.

The project manager acts alone inside its tolerances. A forecast outside one of them opens an exception in the same act
in which it was recorded, and no new work package is authorized until the board has answered: with another tolerance, an
exception plan, a premature closure, or by letting it pass.

    limit      as it was set, in the unit of the aspect; or a percentage of the target
    deviation  forecast - target
    inside     -lower limit <= deviation <= upper limit; exactly at a limit is inside
    red        outside, also where it is early or below budget
    amber      inside, with more than `tolerance_amber_percent` of the tolerance used

A budget of 100 000 with 10 percent each way has the limits 90 000 and 110 000. A forecast of 110 000 is inside, amber,
and uses 100 percent of the tolerance; 110 001 is red and opens an exception, and so does 89 999. The parts of each
forecast are in `numbers/measures.py`; the cost of a stage is never less than its work packages have cost and will cost
together.

A stage ends at its boundary: no work package is open, the board has accepted the report on it, and the next stage is
planned or the project closes.

Source: PRINCE2 7, principles Manage by stages and Manage by exception.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# isort: off
from placet import SYSTEM, CheckContext, Duty, ItemType, State, Threshold, Timer, Transition, Workflow
from placet_prince2.control.timers import LATEST_END, overdue
from placet_prince2.control.watch import FORECAST, FORECASTS_FIT, date_forecasts, forecast_watched
from placet_prince2.ids import PROJECT, STAGE
from placet_prince2.place import PLACE
from placet_prince2.placing import PLACE_OPEN
from placet_prince2.reasons import REASON_GIVEN
from placet_prince2.reports.effects import drop_reports
from placet_prince2.roles import EXECUTIVE, PROJECT_MANAGER
from placet_prince2.stages import effects
from placet_prince2.stages.fields import BASELINE, IDENTITY, RECORDED, StageFields
from placet_prince2.stages.gates import (
    CASE_CURRENT,
    END_STAGE_ACCEPTED,
    EXCEPTION_EXISTS,
    EXCEPTION_RESOLVED,
    NEXT_STEP_READY,
    PACKAGES_DONE,
    PLAN_ADOPTABLE,
    PLAN_APPROVED,
    PLAN_COMPLETE,
    PREVIOUS_DONE,
    PRODUCTS_DONE,
    PROJECT_FITS,
    RISK_ACCEPTABLE,
    STAGE_NUMBERED,
    TOLERANCES_FIT,
    WITHIN_TOLERANCE,
)

# fmt: off
WORKFLOW = Workflow(
    STAGE,
    states=[
        #     id                        title                     category
        State("planned",                "Planned",                "todo",      "It is being planned"),
        State("awaiting_authorization", "Awaiting authorization", "waiting",   "Its plan is with the board"),
        State("active",                 "Active",                 "active",    "Its work packages are done"),
        State("in_exception",           "In exception",           "waiting",   "The board decides on an exception"),
        State("boundary",               "At its boundary",        "active",    "It is evaluated, the next is planned"),
        State("completed",              "Completed",              "done",      "Reported and accepted"),
        State("terminated",             "Terminated",             "cancelled", "Stopped"),
    ],
    transitions=[
        #          name                   from                          to
        #          who may

        # Authorized by the board, each stage anew: its plan, its tolerances, and the case for the whole project
        Transition("submit_plan",         ["planned"],                  "awaiting_authorization",
                   [PROJECT_MANAGER],
                   gates=[STAGE_NUMBERED, PLAN_COMPLETE],
                   effects=[effects.take_plan],
                   input=["stage_plan"]),
        Transition("return_plan",         ["awaiting_authorization"],   "planned",
                   [EXECUTIVE],
                   gates=[REASON_GIVEN],
                   effects=[effects.return_plan]),
        Transition("authorize_stage",     ["awaiting_authorization"],   "active",
                   [EXECUTIVE],
                   gates=[PLAN_APPROVED, CASE_CURRENT, TOLERANCES_FIT, PREVIOUS_DONE, PROJECT_FITS, RISK_ACCEPTABLE],
                   effects=[effects.begin]),

        # Controlled: new forecasts at any time
        Transition("update_forecasts",    ["active", "in_exception", "boundary"], "same",
                   [PROJECT_MANAGER],
                   gates=[FORECASTS_FIT],
                   effects=[date_forecasts],
                   input=FORECAST),

        # In exception: the answer of the board moves it on
        Transition("escalate",            ["active", "boundary"],       "in_exception",
                   [PROJECT_MANAGER, SYSTEM],
                   gates=[EXCEPTION_EXISTS]),
        Transition("adopt_exception_plan", ["active", "in_exception"],  "active",
                   [EXECUTIVE, SYSTEM],
                   gates=[PLAN_ADOPTABLE],
                   effects=[effects.adopt_plan]),
        Transition("resume",              ["in_exception"],             "active",
                   [EXECUTIVE, SYSTEM],
                   gates=[EXCEPTION_RESOLVED]),

        # Ended: evaluated, and followed by the next stage or the closure
        Transition("start_boundary",      ["active"],                   "boundary",
                   [PROJECT_MANAGER],
                   gates=[PACKAGES_DONE, WITHIN_TOLERANCE],
                   effects=[effects.begin_boundary]),
        Transition("back_to_active",      ["boundary"],                 "active",
                   [PROJECT_MANAGER],
                   gates=[REASON_GIVEN],
                   effects=[effects.leave_boundary]),
        Transition("complete_stage",      ["boundary"],                 "completed",
                   [EXECUTIVE],
                   gates=[PACKAGES_DONE, END_STAGE_ACCEPTED, PRODUCTS_DONE, NEXT_STEP_READY, WITHIN_TOLERANCE],
                   effects=[drop_reports]),
        Transition("terminate",           ["planned", "awaiting_authorization", "active", "in_exception", "boundary"],
                                                                        "terminated",
                   [EXECUTIVE, SYSTEM],
                   gates=[REASON_GIVEN],
                   effects=[effects.cancel_packages, drop_reports]),
    ],
)
# fmt: on

_COMPUTED = (*PLACE, LATEST_END)
#: Fields that are fixed once it has ended.
_EVERYTHING = tuple(
    name for name in StageFields.model_fields if name not in {each.field for each in _COMPUTED}
)
#: Fields that stay as the board has authorized them; forecasts and actual cost are recorded all the time.
_RUNNING = (*RECORDED, *IDENTITY, *BASELINE, "is_final", "stage_plan")


def boundary_lead(ctx: CheckContext) -> datetime | None:
    """The day on which the next stage is to be planned. Setting: `boundary_lead_days` before the planned end."""
    end: date | None = ctx.item.fields.planned_end
    if end is None:
        return None
    calendar = ctx.workspace.calendar
    over = datetime.combine(end + timedelta(days=1), time(), ZoneInfo(calendar.zone))
    return calendar.subtract_days(over, ctx.settings.boundary_lead_days)


#: The project manager is reminded some business days before the planned end.
BOUNDARY_LEAD = Timer(
    "prince2.boundary_lead",
    "Plan of the next stage",
    starts=(),
    stops=(),
    states=("active", "in_exception"),
    target=boundary_lead,
    thresholds=(Threshold(100, notifies=(PROJECT_MANAGER.id,)),),
)

STAGE_TYPE = ItemType(
    STAGE,
    "Stage",
    description="A part of a project that the board authorizes as a whole",
    fields=StageFields,
    workflow=WORKFLOW,
    indexed=["project", "number", "kind", "planned_end", "forecast_end"],
    frozen_in={
        "planned": (*RECORDED, *BASELINE),
        "awaiting_authorization": _RUNNING,
        "active": _RUNNING,
        "in_exception": _RUNNING,
        "boundary": _RUNNING,
        "completed": _EVERYTHING,
        "terminated": _EVERYTHING,
    },
    frozen_because=dict.fromkeys(BASELINE, "dates, budget and tolerances of a stage come from its plan"),
    computed=_COMPUTED,
    # The tolerances are judged in the act that changes a figure, whichever act it is.
    consequences=forecast_watched("stage_watched", moves=True),
    duties=[
        Duty(
            "prince2.sod_stage",
            "who submits the plan of a stage does not authorize it",
            acts=["transition:submit_plan"],
            bars=["transition:authorize_stage"],
        )
    ],
    timers=[
        BOUNDARY_LEAD,
        overdue("stage_overdue", "Latest end of the stage", "active", "boundary"),
        overdue("stage_overdue_waiting", "Latest end of a stage in exception", "in_exception"),
    ],
    parents=[PROJECT],
    creators=[PROJECT_MANAGER],
    editors=[PROJECT_MANAGER],
    creation=[STAGE_NUMBERED, PLACE_OPEN],
)
