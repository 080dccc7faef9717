"""The fields of a stage.

Source: PRINCE2 7, principle Manage by stages, practice Progress.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import ItemKey, Moment, Ref
from placet_prince2.control.fields import Amount, Breaches, Forecasts, PlanDay, Statuses, Tolerances
from placet_prince2.ids import MANAGEMENT_PRODUCT, REPORT
from placet_prince2.place import PlacedFields


class StageKind(StrEnum):
    """The first stage initiates, all others deliver."""

    INITIATION = "initiation"
    DELIVERY = "delivery"


class StageFields(PlacedFields):
    """A part of a project that the board authorizes as a whole."""

    #: 1, 2, 3 and so on.
    number: Annotated[int, Field(ge=1, le=100)]
    kind: StageKind
    is_final: bool = False
    planned_start: PlanDay | None = None
    planned_end: PlanDay | None = None
    #: In the workspace's currency.
    budget: Amount | None = None
    actual_cost: Amount | None = None
    estimate_to_complete: Amount | None = None
    forecast_end: PlanDay | None = None
    tolerances: Tolerances = ()
    forecasts: Forecasts = ()
    #: When the cost was last forecast, and the time; every other forecast has its moment.
    cost_forecast_at: Moment | None = None
    time_forecast_at: Moment | None = None
    #: Set when figures change: every tolerance against its forecast.
    statuses: Statuses = ()
    #: Deviations that were accepted without an action.
    accepted_breaches: Breaches = ()
    #: Computed: the last day that is inside the tolerance for time.
    latest_end: date | None = None
    stage_plan: Annotated[ItemKey, Ref(MANAGEMENT_PRODUCT)] | None = None
    end_stage_report: Annotated[ItemKey, Ref(REPORT)] | None = None
    started_at: Moment | None = None
    boundary_started_at: Moment | None = None


#: The figures with which it is authorized; they come from its plan, and change with an exception alone.
BASELINE = ("planned_start", "planned_end", "budget", "tolerances")
IDENTITY = ("number", "kind")
#: Set by transitions and their effects alone.
RECORDED = (
    "forecasts",
    "cost_forecast_at",
    "time_forecast_at",
    "statuses",
    "accepted_breaches",
    "end_stage_report",
    "started_at",
    "boundary_started_at",
)
