"""The settings of the method, each with its default, unit and source.

Source: PRINCE2 7 leaves figures to tailoring; where a setting names no other source, its default is common in project
handbooks.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from placet import Fields, Line, Pattern, Settings
from placet_prince2.document_kinds import REQUIRED_APPROACHES, Kind
from placet_prince2.numbers.days import TimeUnit
from placet_prince2.numbers.usual import USUAL, UsualTolerance, each_once

#: Business days of the workspace's calendar.
_BusinessDays = Annotated[int, Field(ge=1, le=60)]
#: A code of ISO 4217.
_Currency = Annotated[str, Pattern(r"[A-Z]{3}", "the three letters of a currency, such as EUR")]
_Elapsed = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=366))]


class Indicator(Fields):
    """An indicator of sustainability, which every stage and project has a tolerance for."""

    id: Line
    unit: Line


class Prince2Settings(Settings):
    """The settings of the method `prince2`."""

    #: Currency of every amount: the unit of tolerances for cost and risk (ISO 4217).
    currency: _Currency = "EUR"
    #: `calendar_days`, or `business_days` of the workspace's calendar: the unit of tolerances for time. A project keeps
    #: the unit of the tolerances that it has.
    time_unit: TimeUnit = TimeUnit.CALENDAR_DAYS
    #: Percent of a tolerance above which the light is amber.
    tolerance_amber_percent: Annotated[int, Field(ge=1, le=100)] = 75
    #: The tolerances that are usual in the organization, by part of a project and aspect: offered where a project, a
    #: plan or a work package is given its own. Days for time, percentage points for scope.
    usual_tolerances: Annotated[
        tuple[UsualTolerance, ...], Field(max_length=30), AfterValidator(each_once)
    ] = USUAL
    #: Residual score (1-25) from which a single threat that nobody has accepted takes a level out of tolerance (on
    #: a matrix of 5 by 5, likely and grave).
    single_risk_red: Annotated[int, Field(ge=1, le=26)] = 20
    #: Business days after which the report on an exception is due.
    exception_report_days: _BusinessDays = 2
    #: Business days after its report by which an exception is decided.
    exception_decision_days: _BusinessDays = 5
    #: Business days for which a decision of the board is asked.
    board_decision_days: _BusinessDays = 10
    #: Business days before the planned end of a stage on which the next stage is to be planned.
    boundary_lead_days: _BusinessDays = 10
    #: Business days in which an issue is classified.
    issue_triage_days: _BusinessDays = 2
    #: Business days after which a checkpoint or highlight report that nobody has returned counts as read.
    report_silence_days: _BusinessDays = 5
    #: Elapsed time. Forecasts in a report are no older than this.
    forecast_max_age: _Elapsed = timedelta(days=7)
    #: Amount in the `currency`: the net present value that a business case reaches at least.
    min_npv: Annotated[Decimal, Field(max_digits=18, decimal_places=2)] = Decimal(0)
    #: Amount in the `currency`: the cost of an issue up to which the change authority decides, where its project gives
    #: no limit.
    ca_limit: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)] = Decimal(5000)
    #: Management approaches that a project needs before it is authorized (PRINCE2 7: nine).
    required_approaches: Annotated[tuple[Kind, ...], Field(max_length=20)] = REQUIRED_APPROACHES
    #: Indicators of sustainability, each with its unit (PRINCE2 7 adds sustainability to the performance targets).
    sustainability_kpis: Annotated[tuple[Indicator, ...], Field(max_length=20)] = (
        Indicator(id="carbon", unit="kgCO2e"),
    )
