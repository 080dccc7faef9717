"""The fields of a monitor.

Source: COBIT 2019, MEA02.01 Monitor internal controls.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from placet import Fields, ItemKey, Line, Moment, Ref
from placet_cobit.ids import CONTROL
from placet_cobit.monitors.light import Light

_Percent = Annotated[Decimal, Field(max_digits=18)]
_Count = Annotated[int, Field(ge=0)]


class MonitorFields(Fields):
    """Continuous monitoring of one control."""

    #: Days that it looks back.
    window_days: int = 30
    #: Percent of failures from which on it is amber, and red.
    amber_percent: _Percent = Decimal(2)
    red_percent: _Percent = Decimal(5)
    #: With fewer executions it says nothing.
    min_population: _Count = 20
    #: Computed: the control.
    control: Annotated[ItemKey, Ref(CONTROL)] | None = None
    #: As of the last computation: percent of the executions that failed, for reading, and the executions.
    failure_rate: Decimal | None = None
    failures: _Count | None = None
    population: _Count | None = None
    light: Light | None = None
    computed_at: Moment | None = None
    #: Since when it has been amber without a break.
    amber_since: date | None = None
    #: The last day on which a person found that a pass was none.
    wrong_pass_on: date | None = None
    #: The week of which passes were last drawn for a person to check again.
    validated_week: Line | None = None
    #: Rises with every result below it.
    tests_changed: _Count = 0


#: Nobody types them.
RECORDED = (
    "failure_rate", "failures", "population", "light", "computed_at", "amber_since", "wrong_pass_on",
    "validated_week", "tests_changed",
)  # fmt: skip
CONFIGURED = ("window_days", "amber_percent", "red_percent", "min_population")
