"""Metrics of a workspace's methods, over spans of time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from placet.api.dependencies import CurrentActor, CurrentEngine, MetricPath, WorkspacePath
from placet.api.models.metrics import ListedMetric, Metric, MetricQuery, Metrics, MetricsQuery
from placet.api.routing import Route

router = APIRouter(tags=["Metrics"], route_class=Route)


@router.get("/workspaces/{ws}/metrics", operation_id="list_metrics")
def list_metrics(
    ws: WorkspacePath, query: Annotated[MetricsQuery, Query()], actor: CurrentActor, engine: CurrentEngine
) -> Metrics:
    """Read all metrics of a workspace, over the last thirty days by default."""
    found = engine.metrics.all(actor, ws, since=query.since, until=query.until)
    return Metrics(metrics=[ListedMetric.of(each) for each in found])


@router.get("/workspaces/{ws}/metrics/{metric}", operation_id="get_metric")
def get_metric(
    ws: WorkspacePath, metric: MetricPath, query: Annotated[MetricQuery, Query()], actor: CurrentActor,
    engine: CurrentEngine,
) -> Metric:  # fmt: skip
    """Read one metric over a span of time: as one value, in steps with `by`, and by the values of a `dimension`.

    Days, weeks and months are those of the workspace's time zone; weeks begin on Monday. Values are not rounded.
    """
    found = engine.metrics.one(
        actor, ws, metric, since=query.since, until=query.until, by=query.by, dimension=query.dimension
    )
    return Metric.of(found)
