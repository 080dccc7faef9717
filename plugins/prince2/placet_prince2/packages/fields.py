"""The fields of a work package.

Source: PRINCE2 7, process Managing product delivery.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from placet import ItemKey, Moment, Ref, Text
from placet_prince2.control.fields import Amount, Forecasts, PlanDay, Statuses, Tolerances
from placet_prince2.ids import PRODUCT
from placet_prince2.place import PlacedFields
from placet_prince2.projects.fields import Interval


class DeliveryMethod(StrEnum):
    """How the team works."""

    LINEAR = "linear"
    SCRUM = "scrum"
    KANBAN = "kanban"


class PackageFields(PlacedFields):
    """Work that a project manager hands to a team."""

    products: Annotated[tuple[Annotated[ItemKey, Ref(PRODUCT)], ...], Field(max_length=200)] = ()
    planned_start: PlanDay | None = None
    planned_end: PlanDay | None = None
    forecast_end: PlanDay | None = None
    budget: Amount | None = None
    actual_cost: Amount | None = None
    estimate_to_complete: Amount | None = None
    tolerances: Tolerances = ()
    forecasts: Forecasts = ()
    #: When the cost was last forecast, and the time; every other forecast has its moment.
    cost_forecast_at: Moment | None = None
    time_forecast_at: Moment | None = None
    #: Set when figures change: every tolerance against its forecast.
    statuses: Statuses = ()
    #: Computed: the last day that is inside the tolerance for time.
    latest_end: date | None = None
    checkpoint_interval: Interval = timedelta(days=7)
    constraints: Text | None = None
    techniques: Text | None = None
    interfaces: Text | None = None
    delivery_method: DeliveryMethod | None = None


#: The content to which the team has agreed.
AGREED = ("products", "planned_start", "planned_end", "budget", "tolerances", "checkpoint_interval")
RECORDED = ("forecasts", "cost_forecast_at", "time_forecast_at", "statuses")
