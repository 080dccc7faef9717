"""The answers of the method's own routes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from placet.api import Answer, ItemKey, Moment
from placet_cobit.scorecard.lines import Light, Part


class Point(Answer):
    """A figure at the end of a month, or so far."""

    month: Annotated[date, Field(description="Its first day.")]
    value: float | None


class FigureAnswer(Answer):
    """A figure of the scorecard."""

    id: str
    title: str
    unit: str
    value: Annotated[
        float | None, Field(description="As of now; null where there is nothing to compute it from.")
    ]
    target: float | None
    direction: Annotated[Literal["up", "down"], Field(description="Whether more is better, or less.")]
    light: Annotated[Light, Field(description="Against the target; grey without a value or a target.")]
    trend: Annotated[list[Point], Field(description="Twelve months, the current one last.")]


class PartAnswer(Answer):
    """A part of the scorecard."""

    part: Part
    figures: list[FigureAnswer]


class DomainAnswer(Answer):
    """The capability of a domain."""

    domain: Annotated[str, Field(examples=["BAI"])]
    objectives: Annotated[int, Field(description="Objectives in scope.")]
    rated: Annotated[int, Field(description="Those of them that were rated.")]
    level: Annotated[float | None, Field(description="The mean level of the rated ones.")]
    maturity: Annotated[float | None, Field(description="By the setting maturity.")]


class Scorecard(Answer):
    """The scorecard of a workspace, from what the reader may see."""

    workspace: str
    as_of: Moment
    parts: list[PartAnswer]
    domains: list[DomainAnswer]


class Due(Answer):
    """Something that is to be done by a day."""

    key: ItemKey
    title: str
    what: Annotated[
        Literal[
            "request_evidence",
            "provide_evidence",
            "test",
            "conclude",
            "agree",
            "remedy",
            "retest",
            "validate",
        ],
        Field(description="The act to do."),
    ]
    on: Annotated[date | None, Field(description="The day by which; null for as soon as possible.")]
    who: Annotated[str | None, Field(description="Who does it, where somebody is named.")]
    overdue: bool


class Failed(Answer):
    """Something that did not work."""

    key: ItemKey
    title: str
    what: Literal["assessment", "finding", "monitor"]
    severity: str | None
    state: str
    since: Moment


class Expires(Answer):
    """Something that ends by itself."""

    key: ItemKey
    title: str
    what: Literal["acceptance", "suspension"]
    on: date


class LastTest(Answer):
    """The last assessment that was concluded."""

    key: ItemKey
    period_start: date
    period_end: date
    conclusion: str
    deviations: int | None
    sample_size: int | None
    upper_limit: float | None
    concluded_at: Moment


class WatchedBy(Answer):
    """A monitor."""

    key: ItemKey
    state: str
    light: str | None
    failure_rate: float | None
    population: int | None
    computed_at: Moment | None


class ControlAnswer(Answer):
    """A control, as its owner opens it."""

    key: ItemKey
    title: str
    practice: str
    state: str
    mode: Annotated[str | None, Field(description="Null where it gates no transition.")]
    key_control: bool
    high_risk: bool
    owner: str | None
    performer: str | None
    last_test: LastTest | None
    monitors: list[WatchedBy]
    due: list[Due]
    failed: list[Failed]
    expires: list[Expires]
    questions: Annotated[list[str], Field(description="The questions that an auditor will ask.")]


class Controls(Answer):
    """The state of every control that the reader may see."""

    workspace: str
    as_of: Moment
    due_before: Annotated[
        date | None, Field(description="The last day: due dates and ends after it are left out.")
    ]
    due: Annotated[int, Field(description="Things to do, of all controls.")]
    overdue: int
    failed: int
    expires: int
    controls: list[ControlAnswer]
