"""The metrics of the method that are queries over items: one value for a period, a step or a team.

Figures that need the course of an item (cycle times in calendar days, cumulative flow, efficiency, forecasts) are in
`reports/`. Source: common practice beside the Scrum Guide; the Kanban Guide, flow measures; SAFe, predictability.
"""

from __future__ import annotations

from placet import Holds, Metric, metrics
from placet_agile.ids import BUG, PI_OBJECTIVE, SPRINT, WORK

_CLOSED = metrics.Items(SPRINT, metrics.Did("close"))
_FINISHED = metrics.Items(WORK, metrics.Did("finish"))
_SCORED = metrics.Did("score_objective")

METRICS = (
    Metric(
        "agile.velocity",
        "Velocity",
        "points",
        "mean of the points done in each sprint that was closed in the period, with the sizes at which work began",
        metrics.Mean(_CLOSED, metrics.Number("completed_points")),
        dimensions=["team"],
    ),
    Metric(
        "agile.say_do_ratio",
        "Say/do ratio",
        "%",
        "100 * committed points done / committed points, of the sprints closed in the period, as they were committed",
        metrics.Ratio(
            metrics.Sum(_CLOSED, metrics.Number("completed_committed_points")),
            metrics.Sum(_CLOSED, metrics.Number("committed_points")),
            100,
        ),
        dimensions=["team"],
    ),
    Metric(
        "agile.scope_change",
        "Scope change",
        "%",
        "100 * (added + removed points) / committed points, of the sprints closed in the period",
        metrics.Ratio(
            metrics.Sum(_CLOSED, metrics.Number("added_points", "removed_points")),
            metrics.Sum(_CLOSED, metrics.Number("committed_points")),
            100,
        ),
        dimensions=["team"],
    ),
    Metric(
        "agile.carry_over",
        "Carry-over",
        "%",
        "100 * unfinished items / items in the sprint at its end, of the sprints closed in the period",
        metrics.Ratio(
            metrics.Sum(_CLOSED, metrics.Number("unfinished_at_end")),
            metrics.Sum(_CLOSED, metrics.Number("items_at_end")),
            100,
        ),
        dimensions=["team"],
    ),
    Metric(
        "agile.goal_success",
        "Sprint goals met",
        "%",
        "100 * closed sprints whose goal was met / closed sprints",
        metrics.Share(_CLOSED, Holds("goal_met", (True,))),
        dimensions=["team"],
    ),
    Metric(
        "agile.timebox_overrun",
        "Timeboxes exceeded",
        "minutes",
        "sum of the minutes of events beyond their timeboxes, of the sprints closed in the period",
        metrics.Sum(_CLOSED, metrics.Number("overrun_minutes")),
        dimensions=["team"],
    ),
    Metric(
        "agile.throughput",
        "Throughput",
        "items per day",
        "items finished / days",
        metrics.Rate(_FINISHED),
        dimensions=["team", "class_of_service"],
    ),
    Metric(
        "agile.throughput_per_week",
        "Throughput a week",
        "items per week",
        "7 * items finished / days",
        metrics.Rate(_FINISHED, days=7),
        dimensions=["team", "class_of_service"],
    ),
    Metric(
        "agile.wip",
        "Work in progress",
        "items",
        "items in active states at the end of the period",
        metrics.Count(metrics.Standing(WORK, ["in_progress", "in_review"])),
        dimensions=["team", "class_of_service"],
    ),
    Metric(
        "agile.defect_escape",
        "Escaped defects",
        "bugs per item",
        "bugs reported against something that is done / items finished",
        metrics.Ratio(
            metrics.Count(metrics.Items(BUG, metrics.Made(), metrics.Given("defect_of"))),
            metrics.Count(_FINISHED),
        ),
        dimensions=["team"],
    ),
    Metric(
        "agile.pi_predictability",
        "Predictability",
        "%",
        "100 * actual value of all objectives scored / planned value of the committed ones",
        metrics.Ratio(
            metrics.Sum(metrics.Items(PI_OBJECTIVE, _SCORED), metrics.Number("actual_value")),
            metrics.Sum(
                metrics.Items(PI_OBJECTIVE, _SCORED, Holds("committed", (True,))),
                metrics.Number("planned_value"),
            ),
            100,
        ),
    ),
)
