"""The answers of the method's own routes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from placet.api import Answer, ItemKey, Moment


class Blocked(Answer):
    """The obstacle of a card."""

    since: Moment | None
    reason: str
    by: ItemKey | None


class NextMove(Answer):
    """The move of a card to the next column, as it is for the asking actor."""

    name: str
    title: str
    to: str
    allowed: bool
    missing: Annotated[int, Field(ge=0, description="The number of blockers.")]
    blockers: Annotated[list[str], Field(description="Their sentences.")]


class CardAnswer(Answer):
    """A story or bug on a board."""

    key: ItemKey
    type: str
    title: str
    version: int
    state_since: Moment
    class_of_service: str
    points: float | None
    assignee: str | None
    sprint: ItemKey | None
    due_date: date | None
    blocked: Blocked | None
    age_days: Annotated[
        int | None, Field(description="Calendar days since it was started, the first one included.")
    ]
    light: Annotated[
        Literal["green", "amber", "orange", "red"] | None,
        Field(
            description="The age compared with the items finished before; null where there are too few of them."
        ),
    ]
    why: Annotated[str | None, Field(description="Why it is pulled where it is; only in the queue.")]
    next: NextMove | None


class ColumnAnswer(Answer):
    """A column of a board."""

    state: str
    title: str
    limit: Annotated[int | None, Field(description="The most items in it; null for no limit.")]
    count: Annotated[int, Field(description="The items that the limit counts.")]
    cards: Annotated[list[CardAnswer], Field(description="In the order in which they are to be taken.")]


class SprintSummary(Answer):
    """The sprint that runs."""

    key: ItemKey
    number: int
    state: str
    goal: str | None
    planned_end: Moment | None


class Expectation(Answer):
    """The service level expectation: so many percent of the items are done within so many days."""

    percent: int
    days: int | None


class Board(Answer):
    """A team's board."""

    team: ItemKey
    title: str
    mode: str
    as_of: Moment
    sprint: SprintSummary | None
    expectation: Expectation
    person_limit: int | None
    expedite_limit: int
    columns: list[ColumnAnswer]


class Point(Answer):
    """A value of a series at the end of a day."""

    at: date
    value: float


class Series(Answer):
    """One line of a chart, a value for each day."""

    id: str
    title: str
    unit: str
    values: list[Point]


class SprintChart(Answer):
    """The series of a sprint, and its figures so far."""

    sprint: ItemKey
    unit: str
    series: list[Series]
    committed: float
    added: float
    removed: float
    done: float
    remaining: float
    say_do: Annotated[float | None, Field(description="In percent; null where nothing was committed.")]
    scope_change: Annotated[float | None, Field(description="In percent, likewise.")]
    carry_over: Annotated[float | None, Field(description="In percent of its items; null without any.")]
    timebox_overrun: Annotated[
        float, Field(description="Minutes by which its events exceeded their timeboxes.")
    ]


class Flow(Answer):
    """Cumulative flow, and the times that items took."""

    team: ItemKey
    series: list[Series]
    finished: int
    throughput: Annotated[float | None, Field(description="Items finished each day, on average.")]
    throughput_per_week: Annotated[
        float | None, Field(description="Items finished in seven days, on average.")
    ]
    work_in_progress: int
    work_item_age: Annotated[
        dict[str, int],
        Field(description="Days, of the items in work: the median and the oldest; empty without any."),
    ]
    cycle_time: Annotated[
        dict[str, int], Field(description="Days, by percentile; empty while nothing is finished.")
    ]
    lead_time: Annotated[dict[str, int], Field(description="Days, likewise.")]
    expectation: Annotated[
        int | None, Field(description="Days, of the items finished; null if these are too few.")
    ]
    attainment: Annotated[float | None, Field(description="Percent of items within the team's expectation.")]
    efficiency: Annotated[
        float | None, Field(description="Percent of the time in which items were worked on.")
    ]
    blocked: Annotated[float | None, Field(description="Percent of the time in which items were blocked.")]
    little_check: Annotated[float | None, Field(description="From 0.75 to 1.25, the figures agree.")]


class SprintVelocity(Answer):
    """One sprint that has ended."""

    sprint: ItemKey
    number: int
    state: str
    velocity: float
    say_do: float | None
    scope_change: float | None
    carry_over: float | None


class Velocity(Answer):
    """The velocity of a team, and what it is the average of."""

    team: ItemKey
    unit: str
    value: float | None
    reason: Annotated[str | None, Field(description="Why the value is missing.")]
    window: int
    goal_success: Annotated[float | None, Field(description="Percent of closed sprints whose goal was met.")]
    sprints: list[SprintVelocity]


class Confidence(Answer):
    """The answer for one confidence."""

    percent: int
    value: Annotated[int | None, Field(description="Days, or items; null beyond ten years.")]
    day: Annotated[date | None, Field(description="The day on which so many days have passed.")]


class ForecastAnswer(Answer):
    """A forecast: an answer for each confidence, or the reason why there is none."""

    team: ItemKey
    as_of: date
    items: Annotated[int | None, Field(description="The number of items asked about.")]
    until: Annotated[date | None, Field(description="The day asked about.")]
    unit: Literal["days", "items"]
    reason: Annotated[str | None, Field(description="Why the answer is missing: not enough data.")]
    answers: list[Confidence]
    window: Annotated[int, Field(description="Days of history that were sampled.")]
    finished: Annotated[int, Field(description="Items finished in them.")]
    runs: int
    seed: Annotated[str, Field(description="With the same seed and history, the answer is the same.")]
