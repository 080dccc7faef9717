"""The method's own routes: boards, series and figures of teams, forecasts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from placet import MalformedError
from placet.api import CurrentActor, CurrentEngine, Day, InTurn, Parameters, Route
from placet_agile.numbers.forecast import LONGEST
from placet_agile.reports import answers
from placet_agile.reports.board import FORWARD, columns
from placet_agile.reports.models import Board, Flow, ForecastAnswer, SprintChart, Velocity
from placet_agile.reports.series import flow_report, forecast_report, sprint_report, velocity_report
from placet_agile.reports.teams import Team, find_team

router = APIRouter(prefix="/x/agile", tags=["Agile"], route_class=Route)

#: Days of cumulative flow, by default and at most.
_SPAN, _LONGEST_SPAN = 30, 732

TeamPath = Annotated[str, Path(description="Key of the team.", examples=["WEB-1"])]
SprintPath = Annotated[str, Path(description="Key of the sprint.", examples=["WEB-12"])]


class FlowQuery(Parameters):
    """A span of days, both included."""

    since: Annotated[
        Day | None, Field(alias="from", description="By default 30 days until the last one.")
    ] = None
    until: Annotated[Day | None, Field(alias="to", description="By default today.")] = None


class ForecastQuery(Parameters):
    """One question: when a number of items is done, or how many are done until a day."""

    items: Annotated[int | None, Field(ge=0, le=10_000, description="When will so many items be done?")] = (
        None
    )
    until: Annotated[
        Day | None, Field(description="How many items will be done until the end of this day?")
    ] = None


@router.get("/boards/{team}", operation_id="agile_board", response_description="The board.")
def get_board(
    team: TeamPath,
    actor: CurrentActor,
    engine: CurrentEngine,
    done_days: Annotated[
        int, Query(ge=0, le=90, description="Days for which finished items are shown.")
    ] = 14,
) -> Board:
    """Read a team's board: columns with limits, and cards in the order in which they are to be taken.

    Each card has its age and what blocks it, and its move to the next column with all that is missing, for the asking
    actor; all of them are evaluated in one view of the board.
    """
    found = find_team(engine, actor, team)
    shown = columns(found, done_days)
    wishes = [
        (placed.card.record, FORWARD[column.state])
        for column in shown
        if column.state in FORWARD
        for placed in column.cards
    ]
    return answers.board(found, shown, engine.reports.previews(actor, wishes))


@router.get("/sprints/{sprint}/chart", operation_id="agile_sprint_chart", response_description="The series.")
def get_sprint_chart(sprint: SprintPath, actor: CurrentActor, engine: CurrentEngine) -> SprintChart:
    """Read a sprint's burndown and burnup, day by day, and its figures so far.

    At every moment, committed plus added less removed is what is done and what remains. A new estimate counts as added
    or removed.
    """
    record = engine.items.get(actor, sprint)
    found = find_team(engine, actor, str(record.fields.get("team", sprint)))
    return answers.sprint_chart(sprint, sprint_report(found, sprint))


@router.get("/teams/{team}/velocity", operation_id="agile_velocity", response_description="The velocity.")
def get_velocity(
    team: TeamPath,
    actor: CurrentActor,
    engine: CurrentEngine,
) -> Velocity:
    """Read a team's velocity: the average of the last closed sprints, and every sprint that has ended."""
    found = find_team(engine, actor, team)
    return answers.velocity(found, velocity_report(found))


@router.get(
    "/teams/{team}/flow", operation_id="agile_flow", response_description="The series.", dependencies=[InTurn]
)
def get_flow(
    team: TeamPath,
    query: Annotated[FlowQuery, Query()],
    actor: CurrentActor,
    engine: CurrentEngine,
) -> Flow:
    """Read a team's cumulative flow, and cycle time, lead time, throughput and efficiency of what was finished."""
    found = find_team(engine, actor, team)
    return answers.flow(found, flow_report(found, *_span(found, query)))


def _span(found: Team, query: FlowQuery) -> tuple[date, date]:
    """The requested days. Raises `MalformedError` for days that are not in order, or too many."""
    last = query.until or found.today
    first = query.since or max(last, date.min + timedelta(days=_SPAN)) - timedelta(days=_SPAN - 1)
    length = (last - first).days + 1
    if not 1 <= length <= _LONGEST_SPAN:
        raise MalformedError(
            f"from {first} to {last} are {length} days, and 1 to {_LONGEST_SPAN} can be asked for: change from or to"
        )
    if last > found.today:
        raise MalformedError(f"to {last} is after today, {found.today}: ask for days up to today")
    return first, last


@router.get(
    "/teams/{team}/forecast", operation_id="agile_forecast", response_description="The forecast.",
    dependencies=[InTurn],
)  # fmt: skip
def get_forecast(
    team: TeamPath,
    query: Annotated[ForecastQuery, Query()],
    actor: CurrentActor,
    engine: CurrentEngine,
) -> ForecastAnswer:
    """Forecast when a number of items will be done, or how many will be done until a day.

    From the throughput of the last days, drawn many times over (Monte Carlo). Too short a history has no answer, and
    the reason instead.
    """
    found = find_team(engine, actor, team)
    if (query.items is None) == (query.until is None):
        raise MalformedError("a forecast answers one question: give either items or until")
    if query.until is not None and not 0 <= (query.until - found.today).days <= LONGEST:
        raise MalformedError(
            f"until {query.until} is not within {LONGEST} days from today, {found.today}: give a day in that time"
        )
    report = forecast_report(found, query.items, query.until)
    return answers.forecast(found, report, query.items, query.until)
