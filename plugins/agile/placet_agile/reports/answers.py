"""Reports in the form of the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from placet_agile.ids import STORY
from placet_agile.numbers.enough import NotEnoughData
from placet_agile.numbers.flow import attainment
from placet_agile.numbers.percentiles import percentile
from placet_agile.reports.board import BoardColumn, Placed
from placet_agile.reports.models import (
    Blocked,
    Board,
    CardAnswer,
    ColumnAnswer,
    Confidence,
    Expectation,
    Flow,
    ForecastAnswer,
    NextMove,
    Point,
    Series,
    SprintChart,
    SprintSummary,
    SprintVelocity,
    Velocity,
)
from placet_agile.reports.series import (
    FlowReport,
    ForecastReport,
    SprintReport,
    VelocityReport,
    percentiles,
)
from placet_agile.reports.teams import Team
from placet_agile.story import workflow
from placet_agile.teams.limits import limits_of

#: Days.
_WEEK = 7
_TITLES: Mapping[str, str] = {state.id: state.title for state in workflow(STORY).states}


def board(team: Team, columns: Iterable[BoardColumn], moves: Mapping[str, Any]) -> Board:
    """A board; `moves` has the preview of the next move by the key of a card."""
    running = next(iter(team.sprints("running", "closing")), None)
    limits = limits_of(team.fields, team.mode)
    return Board(
        team=team.key,
        title=team.record.title,
        mode=team.mode.value,
        as_of=team.now,
        sprint=None if running is None else SprintSummary.model_validate(
            {"key": running.key, "state": running.state}
            | {name: running.fields.get(name) for name in ("number", "goal", "planned_end")}
        ),
        expectation=Expectation(percent=team.fields.sle_percent, days=team.fields.sle_days),
        person_limit=limits.person,
        expedite_limit=limits.expedite,
        columns=[
            ColumnAnswer(
                state=column.state, title=_TITLES[column.state], limit=column.limit, count=column.count,
                cards=[_card(placed, moves.get(placed.card.record.key)) for placed in column.cards],
            )
            for column in columns
        ],
    )  # fmt: skip


def _card(placed: Placed, move: Any) -> CardAnswer:
    record, fields = placed.card.record, placed.card.fields
    return CardAnswer(
        key=record.key,
        type=record.type,
        title=record.title,
        version=record.version,
        state_since=record.state_since,
        class_of_service=fields.class_of_service.value,
        points=number(fields.points),
        assignee=fields.assignee,
        sprint=fields.sprint,
        due_date=fields.due_date,
        blocked=Blocked(since=fields.blocked_since, reason=fields.blocked_reason or "", by=fields.blocked_by)
        if fields.blocked
        else None,
        age_days=placed.age,
        light=None if placed.light is None else placed.light.value,
        why=None if placed.why is None else placed.why.value,
        next=None
        if move is None
        else NextMove(
            name=move.name, title=move.title, to=move.to, allowed=move.allowed, missing=len(move.blockers),
            blockers=[blocker.message for blocker in move.blockers],
        ),
    )  # fmt: skip


def number(value: Decimal | Fraction | None) -> float | None:
    """A figure as JSON has it."""
    return None if value is None else float(value)


def _series(id: str, title: str, unit: str, days: Iterable[date], values: Iterable[Any]) -> Series:
    points = [Point(at=day, value=float(value)) for day, value in zip(days, values, strict=True)]
    return Series(id=id, title=title, unit=unit, values=points)


def sprint_chart(sprint: str, report: SprintReport) -> SprintChart:
    """The burndown with its even pace, and the burnup with its two lines."""
    unit = "points" if report.points else "items"
    days = [each.day for each in report.days]
    found, scope = report.result, report.result.scope
    lines: tuple[tuple[str, str, list[Decimal]], ...] = (
        ("burndown", "Remaining", [each.scope.remaining for each in report.days]),
        ("ideal", "Even pace", [each.ideal for each in report.days]),
        ("scope", "Scope", [each.scope.total for each in report.days]),
        ("done", "Done", [each.scope.done for each in report.days]),
    )
    return SprintChart(
        sprint=sprint,
        unit=unit,
        series=[_series(id, title, unit, days, values) for id, title, values in lines],
        committed=float(scope.committed),
        added=float(scope.added),
        removed=float(scope.removed),
        done=float(scope.done),
        remaining=float(scope.remaining),
        say_do=number(found.say_do),
        scope_change=number(found.scope_change),
        carry_over=number(found.carry_over),
        timebox_overrun=float(report.overrun),
    )


def velocity(team: Team, report: VelocityReport) -> Velocity:
    """The velocity with the sprints behind it."""
    return Velocity(
        team=team.key,
        unit="points" if report.points else "items",
        value=number(report.average),
        reason=str(NotEnoughData("closed sprints", 0, 1)) if report.average is None else None,
        window=team.settings.velocity_window,
        goal_success=number(report.goal_success),
        sprints=[
            SprintVelocity(
                sprint=sprint.record.key, number=sprint.number, state=sprint.record.state,
                velocity=float(found.velocity), say_do=number(found.say_do),
                scope_change=number(found.scope_change), carry_over=number(found.carry_over),
            )
            for sprint, found in report.sprints
        ],
    )  # fmt: skip


def flow(team: Team, report: FlowReport) -> Flow:
    """Cumulative flow and its figures."""
    expectation = team.fields.sle_days
    times = report.cycle_times
    within = None if expectation is None else attainment(times, expectation)
    median = percentile(report.ages, 50)
    return Flow(
        team=team.key,
        series=[
            _series(state, _TITLES[state], "items", report.days, line) for state, line in report.lines.items()
        ],
        finished=report.finished,
        throughput=report.finished / len(report.days),
        throughput_per_week=_WEEK * report.finished / len(report.days),
        work_in_progress=report.in_progress,
        work_item_age={} if median is None else {"median": median, "oldest": max(report.ages)},
        cycle_time=percentiles(times),
        lead_time=percentiles(report.lead_times),
        expectation=report.expectation if isinstance(report.expectation, int) else None,
        attainment=number(within),
        efficiency=number(report.efficiency),
        blocked=number(report.blocked),
        little_check=number(report.little),
    )


def forecast(team: Team, report: ForecastReport, items: int | None, until: date | None) -> ForecastAnswer:
    """A forecast, or the reason why there is none."""
    found, in_days = report.found, until is None
    known = {} if isinstance(found, NotEnoughData) else found.answers
    return ForecastAnswer(
        team=team.key,
        as_of=team.today,
        items=items,
        until=until,
        unit="days" if in_days else "items",
        reason=str(found) if isinstance(found, NotEnoughData) else None,
        answers=[
            Confidence(
                percent=percent,
                value=value,
                day=team.today + timedelta(days=value) if in_days and value is not None else until,
            )
            for percent, value in known.items()
        ],
        window=len(report.samples),
        finished=sum(report.samples),
        runs=report.plan.runs,
        seed=str(report.plan.seed),
    )
