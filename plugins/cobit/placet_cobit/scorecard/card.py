"""The scorecard: its figures with target, light and trend, from the log and from the metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import partial

from placet.api import CurrentActor, CurrentEngine, ItemRecord
from placet_cobit.capability.levels import Maturity, domain_value, maturity
from placet_cobit.ids import ASSESSMENT, CONTROL, OBJECTIVE, RATING
from placet_cobit.scorecard import figures
from placet_cobit.scorecard.history import Course, Month, courses, months, records, refusals
from placet_cobit.scorecard.lines import LINES, Line, light
from placet_cobit.scorecard.models import DomainAnswer, FigureAnswer, PartAnswer, Point, Scorecard
from placet_cobit.scorecard.settings import ScorecardSettings

_MOVES = "cobit.moves"
Value = Callable[[Month], Fraction | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for the scorecard of which workspace, and when."""

    engine: CurrentEngine
    actor: CurrentActor
    workspace: str
    settings: ScorecardSettings
    maturity: Maturity
    zone: str
    now: datetime

    def courses(self, type: str) -> list[Course]:
        """All items of a type that they may see, through time."""
        return courses(self.engine, self.actor, self.records(type))

    def records(self, type: str) -> list[ItemRecord]:
        """All items of a type that they may see."""
        return records(self.engine, self.actor, self.workspace, type)

    def held(self) -> frozenset[str]:
        """The roles that somebody holds in the workspace."""
        found = self.engine.workspaces.get(self.actor, self.workspace).roles
        return frozenset(role for role, people in found.items() if people)

    def metrics(self, ids: Sequence[str], trend: Sequence[Month]) -> dict[str, list[Fraction | None]]:
        """Metrics for each month of a trend, by id."""
        found = self.engine.metrics.series(self.actor, self.workspace, ids, since=trend[0].first, by="month")
        return {
            id: _padded([each.value.value for each in series], len(trend)) for id, series in found.items()
        }


def _padded(values: Sequence[float | None], length: int) -> list[Fraction | None]:
    known = [None if each is None else Fraction(each) for each in values]
    return [*known, *[None] * (length - len(known))]


def scorecard(asked: Asked) -> Scorecard:
    """The scorecard as of now."""
    trend = months(asked.now, asked.zone)
    objectives, ratings = asked.courses(OBJECTIVE), asked.courses(RATING)
    measured = asked.metrics([_MOVES, *(line.metric for line in LINES if line.metric not in COMPUTED)], trend)
    computed = _computed(asked, trend, objectives, ratings, measured[_MOVES])
    by_line = {
        line: [computed[line.metric](each) for each in trend]
        if line.metric in computed
        else measured[line.metric]
        for line in LINES
    }
    return Scorecard(
        workspace=asked.workspace,
        as_of=asked.now,
        parts=[
            PartAnswer(
                part=part,
                figures=[_figure(asked, line, trend, by_line[line]) for line in LINES if line.part is part],
            )
            for part in dict.fromkeys(line.part for line in LINES)
        ],
        domains=_domains(asked, objectives, ratings, trend[-1]),
    )


#: Figures of the course of items; all others are metrics.
COMPUTED = frozenset(
    f"cobit.{name}"
    for name in (
        "capability_level", "capability_gap_closed", "control_coverage", "raci_completeness", "control_effectiveness",
        "testing_on_time", "sod_violations", "block_rate",
    )
)  # fmt: skip


def _computed(
    asked: Asked,
    trend: Sequence[Month],
    objectives: Sequence[Course],
    ratings: Sequence[Course],
    moves: Sequence[Fraction | None],
) -> dict[str, Value]:
    """The figures that follow from the course of items, by id."""
    controls, assessments = asked.courses(CONTROL), asked.courses(ASSESSMENT)
    refused = refusals(asked.engine, asked.actor, asked.workspace, trend[0].since)
    moved = dict(zip((each.first for each in trend), moves, strict=True))

    def block_rate(month: Month) -> Fraction | None:
        return figures.block_rate(refused, float(moved[month.first] or 0), month)

    return {
        "cobit.capability_level": partial(figures.capability_level, objectives, ratings),
        "cobit.capability_gap_closed": partial(figures.capability_gap_closed, objectives, ratings),
        "cobit.control_coverage": partial(figures.control_coverage, objectives, controls),
        "cobit.raci_completeness": partial(figures.raci_completeness, objectives, asked.held()),
        "cobit.control_effectiveness": partial(figures.control_effectiveness, controls, assessments),
        "cobit.testing_on_time": partial(figures.concluded_on_time, assessments),
        "cobit.sod_violations": partial(figures.sod_violations, refused),
        "cobit.block_rate": block_rate,
    }


def _figure(
    asked: Asked, line: Line, trend: Sequence[Month], values: Sequence[Fraction | None]
) -> FigureAnswer:
    target = asked.settings.scorecard_targets.get(line.metric, line.target)
    value = values[-1]
    return FigureAnswer(
        id=line.metric,
        title=line.title,
        unit=line.unit,
        value=_number(value),
        target=None if target is None else float(target),
        direction="up" if line.rising else "down",
        light=light(value, target, rising=line.rising, amber=asked.settings.scorecard_amber),
        trend=[
            Point(month=month.first, value=_number(each)) for month, each in zip(trend, values, strict=True)
        ],
    )


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _domains(
    asked: Asked, objectives: Sequence[Course], ratings: Sequence[Course], month: Month
) -> list[DomainAnswer]:
    """The capability of each domain with an objective in scope."""
    rated = {
        key: int(each.value("level")) for key, each in figures.levels(objectives, ratings, month).items()
    }
    by_domain: dict[str, list[Course]] = {}
    for each in figures.in_scope(objectives, month):
        by_domain.setdefault(str(each.value("objective_id"))[:3], []).append(each)
    found = []
    for domain, members in sorted(by_domain.items()):
        levels = [rated[each.key] for each in members if each.key in rated]
        found.append(
            DomainAnswer(
                domain=domain,
                objectives=len(members),
                rated=len(levels),
                level=_number(domain_value(levels)),
                maturity=_number(maturity(levels, asked.maturity)),
            )
        )
    return found
