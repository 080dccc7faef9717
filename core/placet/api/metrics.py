"""Metrics: what the workspace's methods measure, over spans of time."""

from __future__ import annotations

from starlette.responses import Response

from placet.api import shapes
from placet.api.forms import MetricQuery, MetricsQuery, NoForm
from placet.api.operations import Answer, Call, Operations, respond
from placet.api.registers import MetricShape, MetricsShape
from placet.definitions.document import method_of
from placet.engine.reports.metrics import Measured, Value

METRICS = Operations("Metrics")


@METRICS.add("GET", "/workspaces/{ws}/metrics", id="list_metrics", scope="read",
             answers={200: Answer(MetricsShape)})  # fmt: skip
async def list_metrics(call: Call[MetricsQuery, NoForm]) -> Response:
    """Read all metrics of a workspace, over the last thirty days where no span is given."""
    query = call.query
    found = await call.run(
        lambda: call.engine.metrics.all(call.actor, call.path["ws"], since=query.since, until=query.until)
    )
    return respond({"metrics": [_measured(each) for each in found]})


@METRICS.add("GET", "/workspaces/{ws}/metrics/{metric}", id="get_metric", scope="read",
             answers={200: Answer(MetricShape)})  # fmt: skip
async def get_metric(call: Call[MetricQuery, NoForm]) -> Response:
    """Read one metric over a span of time: as one value, in steps with `by`, and by the values of a `dimension`.

    Days, weeks and months are those of the workspace's time zone; weeks begin on Monday. Values are not rounded.
    """
    query = call.query
    found = await call.run(
        lambda: call.engine.metrics.one(
            call.actor, call.path["ws"], call.path["metric"], since=query.since, until=query.until, by=query.by,
            dimension=query.dimension,
        )
    )  # fmt: skip
    series = [
        {"from": each.period.since, "to": each.period.until, **_value(each.value)} for each in found.series
    ]
    groups = [{"group": each.group, **_value(each.value)} for each in found.groups]
    return respond({**_measured(found), "series": series, "groups": groups})


def _measured(measured: Measured) -> shapes.Json:
    metric = measured.metric
    return {
        "id": metric.id,
        "title": metric.title,
        "source": method_of(metric.id),
        "unit": metric.unit,
        "formula": metric.formula,
        "dimensions": list(metric.dimensions),
        "from": measured.period.since,
        "to": measured.period.until,
        **_value(measured.value),
    }


def _value(value: Value) -> shapes.Json:
    return {"value": value.value, "numerator": value.numerator, "denominator": value.denominator}
