"""Series and figures of a team, from its log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from placet import NotFoundError
from placet_agile.ids import SPRINT
from placet_agile.numbers import flow, forecast
from placet_agile.numbers.cumulative_flow import cumulative_flow
from placet_agile.numbers.enough import NotEnoughData
from placet_agile.numbers.forecast import Forecast, Plan
from placet_agile.numbers.history import ItemHistory, day_of, days
from placet_agile.numbers.percentiles import percentile
from placet_agile.numbers.scope import BurnDay, burn
from placet_agile.numbers.sprints import SprintResult, average_velocity, goal_success, result
from placet_agile.reports.board import LOOK_BACK
from placet_agile.reports.log import FLOW, SprintHistory, histories, sprint_histories
from placet_agile.reports.teams import Team
from placet_agile.teams.flow_settings import LeadTimeStart
from placet_agile.teams.settings import Estimation

#: Where a lead time begins that does not begin with the making of the item.
_SELECTED = frozenset(FLOW.order[FLOW.order.index("selected") :])
#: Percentiles of times.
PERCENTILES = (50, 85, 95)


@dataclass(frozen=True, slots=True)
class SprintReport:
    """A sprint, day by day and as it was before it ended."""

    days: Sequence[BurnDay]
    result: SprintResult
    points: bool
    #: Minutes.
    overrun: Decimal


def sprint_report(team: Team, key: str) -> SprintReport:
    """The burndown and burnup of a sprint.

    Raises:
        NotFoundError: the team has no such sprint, or it was not started.
    """
    record = team.engine.items.get(team.actor, key)
    found = sprint_histories(team, [record]) if record.type == SPRINT else []
    if not found or record.fields["team"] != team.key:
        raise NotFoundError(f"started sprint of {team.key}", key)
    sprint, items = found[0], histories(team, found)
    points = team.settings.estimation is not Estimation.NONE
    box = sprint.timebox
    working = _working_days(team, day_of(box.started.at, team.zone), day_of(box.planned_end, team.zone))
    series = burn(items, box, FLOW, team.now, zone=team.zone, working=working, points=points)
    overrun = Decimal(str(record.fields.get("overrun_minutes") or 0))
    return SprintReport(series, _result(team, sprint, items, points=points), points, overrun)


def _working_days(team: Team, first: date, last: date) -> list[date]:
    """The days on which the workspace's calendar is open at all."""
    return [day for day in days(first, last) if team.calendar.open_on(day)]


def _result(team: Team, sprint: SprintHistory, items: Sequence[ItemHistory], *, points: bool) -> SprintResult:
    goal_met = sprint.record.fields.get("goal_met")
    return result(
        items, sprint.timebox, FLOW, team.now, zone=team.zone, cancelled=sprint.cancelled, goal_met=goal_met,
        points=points,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class VelocityReport:
    """A team's sprints that have ended, and their average."""

    sprints: Sequence[tuple[SprintHistory, SprintResult]]
    average: Fraction | None
    goal_success: Fraction | None
    points: bool


def velocity_report(team: Team) -> VelocityReport:
    """The velocity of a team. Setting: `velocity_window`, closed sprints."""
    sprints = sprint_histories(team, team.sprints("closed", "cancelled"))
    items, points = histories(team, sprints), team.settings.estimation is not Estimation.NONE
    ended = [(sprint, _result(team, sprint, items, points=points)) for sprint in sprints]
    results = [found for _, found in ended]
    return VelocityReport(
        ended, average_velocity(results, team.settings.velocity_window), goal_success(results), points
    )


@dataclass(frozen=True, slots=True)
class FlowReport:
    """The flow of a team's items over some days."""

    days: Sequence[date]
    lines: dict[str, list[int]]
    finished: int
    per_day: Sequence[int]
    in_progress: int
    ages: Sequence[int]
    cycle_times: Sequence[int]
    lead_times: Sequence[int]
    expectation: int | NotEnoughData
    efficiency: Fraction | None
    blocked: Fraction | None
    little: Fraction | None


def flow_report(team: Team, first: date, last: date) -> FlowReport:
    """Cumulative flow from one day to another, and the figures of the items that were finished in between.

    Setting: `lead_time_start`.
    """
    items = histories(team)
    lead_since = _SELECTED if team.settings.lead_time_start is LeadTimeStart.SELECTED else None
    every = flow.finished_items(items, FLOW, team.zone, lead_since=lead_since)
    within = [item for item in every if first <= day_of(item.finished_at, team.zone) <= last]
    cycle_times = [item.cycle_time for item in within]
    by_key = {item.key: item for item in items}
    spent = [each for item in within if (each := flow.time_spent(by_key[item.key], FLOW)) is not None]
    span = list(days(first, last))
    per_day = flow.throughput((item.finished_at for item in within), first, last, team.zone)
    recent = [item.cycle_time for item in every if team.now - item.finished_at <= timedelta(days=LOOK_BACK)]
    return FlowReport(
        span,
        dict(cumulative_flow(items, FLOW, first, last, team.zone)),
        len(within),
        per_day,
        flow.work_in_progress(items, FLOW, last, team.zone),
        flow.ages(items, FLOW, last, team.zone),
        cycle_times,
        [item.lead_time for item in within],
        flow.sle_days(recent, team.fields.sle_percent),
        flow.efficiency(spent),
        flow.blocked_share(spent),
        flow.little_check(
            [flow.worked_on(items, FLOW, day, team.zone) for day in span], per_day, cycle_times
        ),
    )


def percentiles(times: Sequence[int]) -> dict[str, int]:
    """The percentiles of times, by their names."""
    found = {f"p{percent}": percentile(times, percent) for percent in PERCENTILES}
    return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class ForecastReport:
    """A forecast, with what it rests on."""

    found: Forecast | NotEnoughData
    samples: Sequence[int]
    plan: Plan


def forecast_report(team: Team, items: int | None, until: date | None) -> ForecastReport:
    """When a number of items will be done, or how many will be done until a day.

    Settings: `mc_window_days`, `mc_runs`, `mc_percentiles`, `mc_seed`, `split_rate`.
    """
    settings = team.settings
    seed = settings.mc_seed if settings.mc_seed is not None else forecast.seed_of(team.key, team.today)
    plan = Plan(seed, settings.mc_runs, settings.mc_percentiles, Decimal(str(settings.split_rate)))
    past = samples(team, histories(team), settings.mc_window_days)
    if until is None:
        return ForecastReport(forecast.days_until_done(past, items or 0, plan), past, plan)
    return ForecastReport(forecast.items_within(past, (until - team.today).days, plan), past, plan)


def samples(team: Team, items: Iterable[ItemHistory], window: int) -> list[int]:
    """The throughput of the last complete days, expedited items left out: they push aside what is forecast."""
    counted = [item for item in items if item.service_class != "expedite"]
    starts = [at for item in counted if (at := item.entered(FLOW.started)) is not None]
    if not starts:
        return []
    span = forecast.sampled_days(team.today, window, day_of(min(starts), team.zone))
    if span is None:
        return []
    finished = (at for item in counted if (at := item.entered(FLOW.done)) is not None)
    return flow.throughput(finished, *span, team.zone)
