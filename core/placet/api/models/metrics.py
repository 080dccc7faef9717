"""Models of metrics over spans of time."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from placet.api.models.base import Answer, DayOrTime, Moment, Name, Parameters
from placet.definitions.document import method_of
from placet.engine.act.queries import Period
from placet.engine.reports import metrics


class MetricsQuery(Parameters):
    """A span of time."""

    since: Annotated[
        DayOrTime | None,
        Field(
            alias="from",
            description="The beginning: a day in the workspace's zone, or a moment. By default 30 days before the end.",
        ),
    ] = None
    until: Annotated[
        DayOrTime | None,
        Field(
            alias="to",
            description="The end, exclusive: a day, or a moment. By default the end of today.",
        ),
    ] = None


class MetricQuery(MetricsQuery):
    """A span of time, and its division."""

    by: Annotated[
        Literal["day", "week", "month"] | None, Field(description="Adds a series in these steps.")
    ] = None
    dimension: Annotated[
        Name | None, Field(description="Adds a value for each value of this dimension of the metric.")
    ] = None


class Value(Answer):
    """The value of a metric, not rounded."""

    value: Annotated[
        float | None, Field(description="Null if the denominator is 0, or nothing was measured.")
    ]
    numerator: Annotated[
        float | None,
        Field(description="Items that meet the conditions, their number, or the sum; null for percentiles."),
    ]
    denominator: Annotated[
        float | None, Field(description="Items counted or measured, or days; null for counts and sums.")
    ]


class PeriodValue(Value):
    """A metric in one step of a series; it ends before `to`."""

    since: Annotated[Moment, Field(serialization_alias="from")]
    until: Annotated[Moment, Field(serialization_alias="to")]


class GroupValue(Value):
    """A metric of the items with one value of the dimension; null stands for items without a value."""

    group: str | float | bool | None


class ListedMetric(PeriodValue):
    """A metric with its definition and its value over a span."""

    id: str
    title: str
    source: Annotated[str, Field(description="The method that defines it.")]
    unit: str
    formula: str
    dimensions: list[str]
    complete: Annotated[
        bool,
        Field(
            description="False while computed fields that it reads are brought up to date after a change of rules."
        ),
    ]

    @classmethod
    def of(cls, measured: metrics.Measured) -> ListedMetric:
        """A metric, measured."""
        return cls.model_validate(_measured(measured))


class Metric(ListedMetric):
    """A metric with its definition and its value over a span, on request also in steps and by groups."""

    series: list[PeriodValue]
    groups: list[GroupValue]

    @classmethod
    def of(cls, measured: metrics.Measured) -> Metric:
        """The metric, also in steps and by groups."""
        series = [_period(each.period, each.value) for each in measured.series]
        groups = [{"group": each.group, **_value(each.value)} for each in measured.groups]
        return cls.model_validate({**_measured(measured), "series": series, "groups": groups})


class Metrics(Answer):
    """The metrics of a workspace."""

    metrics: list[ListedMetric]


def _measured(measured: metrics.Measured) -> dict[str, object]:
    metric = measured.metric
    return {
        "id": metric.id,
        "title": metric.title,
        "source": method_of(metric.id),
        "unit": metric.unit,
        "formula": metric.formula,
        "dimensions": metric.dimensions,
        "complete": measured.complete,
        **_period(measured.period, measured.value),
    }


def _period(period: Period, value: metrics.Value) -> dict[str, object]:
    return {"since": period.since, "until": period.until, **_value(value)}


def _value(value: metrics.Value) -> dict[str, object]:
    return {"value": value.value, "numerator": value.numerator, "denominator": value.denominator}
