"""A work package: work that the project manager hands to a team, as both have agreed to it.

Source: PRINCE2 7, processes Controlling a stage and Managing product delivery. A package outside its tolerance is not
an exception: it is an issue, which the project manager treats inside the tolerances of the stage.
"""

from __future__ import annotations

from datetime import timedelta

from placet import (
    SYSTEM,
    CheckContext,
    ItemType,
    Span,
    State,
    Threshold,
    Timer,
    Transition,
    Workflow,
    business,
)
from placet_prince2.control.timers import LATEST_END, overdue
from placet_prince2.control.watch import (
    FORECAST,
    FORECASTS_FIT,
    date_forecasts,
    forecast_watched,
    watch,
    watch_own,
    watch_package,
)
from placet_prince2.ids import STAGE, WORK_PACKAGE
from placet_prince2.packages import effects
from placet_prince2.packages.fields import AGREED, RECORDED, PackageFields
from placet_prince2.packages.gates import (
    DESCRIBED,
    FITS_STAGE,
    PRODUCTS_APPROVED,
    QUALITY_COMPLETE,
    STAGE_ACTIVE,
    TEAM_READY,
)
from placet_prince2.place import PLACE
from placet_prince2.placing import PLACE_OPEN
from placet_prince2.reasons import REASON_GIVEN
from placet_prince2.reports.effects import drop_reports
from placet_prince2.roles import PROJECT_MANAGER, TEAM_MANAGER
from placet_prince2.stages.gates import WITHIN_TOLERANCE

# fmt: off
WORKFLOW = Workflow(
    WORK_PACKAGE,
    states=[
        #     id             title          category
        State("draft",       "Draft",       "todo",      "The project manager describes it"),
        State("offered",     "Offered",     "waiting",   "Authorized; the team manager has to agree"),
        State("accepted",    "Accepted",    "todo",      "Agreed, not started"),
        State("in_progress", "In progress", "active",    "It is being done"),
        State("delivered",   "Delivered",   "waiting",   "The team manager says that it is done"),
        State("received",    "Received",    "done",      "The project manager has taken it in"),
        State("cancelled",   "Cancelled",   "cancelled", "Withdrawn"),
    ],
    transitions=[
        #          name                     from             to             who may
        Transition("authorize_work_package", ["draft"],      "offered",     [PROJECT_MANAGER],
                   gates=[STAGE_ACTIVE, WITHIN_TOLERANCE, DESCRIBED, FITS_STAGE],
                   effects=[effects.assign_products]),
        Transition("decline",               ["offered"],     "draft",       [TEAM_MANAGER],
                   gates=[REASON_GIVEN],
                   effects=[effects.release_products, watch]),
        Transition("accept",                ["offered"],     "accepted",    [TEAM_MANAGER],
                   gates=[TEAM_READY],
                   effects=[watch_own]),
        Transition("start",                 ["accepted"],    "in_progress", [TEAM_MANAGER],
                   gates=[STAGE_ACTIVE]),
        Transition("update_forecasts",      ["accepted", "in_progress", "delivered"], "same",
                                                                            [TEAM_MANAGER, PROJECT_MANAGER],
                   gates=[FORECASTS_FIT],
                   effects=[date_forecasts],
                   input=FORECAST),
        Transition("notify_completion",     ["in_progress"], "delivered",   [TEAM_MANAGER],
                   gates=[PRODUCTS_APPROVED, QUALITY_COMPLETE],
                   effects=[watch_own]),
        Transition("return_work",           ["delivered"],   "in_progress", [PROJECT_MANAGER],
                   gates=[REASON_GIVEN],
                   effects=[watch_own]),
        Transition("receive",               ["delivered"],   "received",    [PROJECT_MANAGER],
                   gates=[PRODUCTS_APPROVED],
                   effects=[watch, drop_reports]),
        Transition("cancel",                ["draft", "offered", "accepted", "in_progress", "delivered"], "cancelled",
                                                                            [PROJECT_MANAGER, SYSTEM],
                   gates=[REASON_GIVEN],
                   effects=[effects.release_products, effects.watch_without_it, drop_reports]),
    ],
)
# fmt: on

_COMPUTED = (*PLACE, LATEST_END)
_EVERYTHING = tuple(
    name for name in PackageFields.model_fields if name not in {each.field for each in _COMPUTED}
)
_FIXED = (*RECORDED, *AGREED)


def checkpoint_interval(ctx: CheckContext) -> Span:
    """The field `checkpoint_interval`, elapsed."""
    interval: timedelta = ctx.item.fields.checkpoint_interval
    return Span(interval)


CHECKPOINT_DUE = Timer(
    "prince2.checkpoint_due",
    "Checkpoint report",
    starts=("start",),
    stops=("notify_completion", "cancel"),
    resets=("return_work",),
    target=checkpoint_interval,
    repeats=0,
    # Who writes the report is notified by its own timer.
    thresholds=(Threshold(100, effects=(effects.make_checkpoint,)),),
)
#: Nobody is asked for ever whether they agree to an offer, or take in what was delivered.
ANSWER_DUE = Timer(
    "prince2.package_answer_due",
    "Answer to an offer or a delivery",
    starts=(),
    stops=(),
    states=("offered", "delivered"),
    target=business(days=5),
    thresholds=(Threshold(100, notifies=(TEAM_MANAGER.id, PROJECT_MANAGER.id)),),
)

WORK_PACKAGE_TYPE = ItemType(
    WORK_PACKAGE,
    "Work package",
    description="Work that the project manager hands to a team",
    fields=PackageFields,
    workflow=WORKFLOW,
    indexed=["project", "stage", "planned_end", "forecast_end"],
    frozen_in={
        "draft": RECORDED,
        "offered": _FIXED,
        "accepted": _FIXED,
        "in_progress": _FIXED,
        "delivered": _FIXED,
        "received": _EVERYTHING,
        "cancelled": _EVERYTHING,
    },
    frozen_because=dict.fromkeys(AGREED, "the team has agreed to the package as it stands"),
    computed=_COMPUTED,
    # Moves that change what it counts for have the watch among their effects.
    consequences=forecast_watched("package_watched", by=watch_package, moves=False),
    timers=[
        CHECKPOINT_DUE,
        ANSWER_DUE,
        overdue("package_overdue", "Latest end of the work package", "accepted", "in_progress"),
    ],
    parents=[STAGE],
    creators=[PROJECT_MANAGER],
    editors=[PROJECT_MANAGER, TEAM_MANAGER],
    creation=[PLACE_OPEN],
)
