"""The figures of the scorecard: lights at their borders, and figures from the course of items."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from placet_cobit.scorecard.figures import (
    capability_gap_closed,
    capability_level,
    concluded_on_time,
    control_coverage,
    control_effectiveness,
    raci_completeness,
    sod_violations,
)
from placet_cobit.scorecard.history import Course, months
from placet_cobit.scorecard.lines import Light, light

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TREND = months(NOW, "UTC")


def course(key: str, *states: tuple[int, str], parent: str | None = None, **fields: Any) -> Course:
    """An item that entered states so many days ago."""
    record: Any = SimpleNamespace(key=key, parent=parent, fields=fields)
    return Course(record, tuple((NOW - days * DAY, state) for days, state in states))


OBJECTIVES = [
    course("O-1", (300, "not_selected"), (200, "in_scope"), practices=[{"id": "A.01"}, {"id": "A.02"}],
           raci={"A.01": {"A": ["x"], "R": ["y"]}, "A.02": {"A": ["x", "y"], "R": ["y"]}}),
    course("O-2", (300, "not_selected"), practices=[{"id": "B.01"}]),
]  # fmt: skip
RATINGS = [
    course("R-1", (190, "planned"), (180, "approved"), parent="O-1", level=2, gap=1),
    course("R-2", (60, "planned"), (40, "approved"), parent="O-1", level=3, gap=0),
]


class TestALight:
    @pytest.mark.parametrize(
        ("value", "target", "rising", "expected"),
        [("80", 80, True, "green"), ("72", 80, True, "amber"), ("71.9", 80, True, "red"), ("11", 10, False, "amber"),
         ("11.1", 10, False, "red"), ("0", 0, False, "green"), ("1", 0, False, "red")],
    )  # fmt: skip
    def test_is_amber_within_a_tenth_of_the_target(
        self, value: str, target: int, *, rising: bool, expected: str
    ) -> None:
        assert light(Fraction(value), target, rising=rising, amber=Decimal(10)) is Light(expected)

    def test_is_grey_without_a_figure_or_a_target(self) -> None:
        assert light(None, 80, rising=True, amber=Decimal(10)) is Light.GREY
        assert light(Fraction(1), None, rising=True, amber=Decimal(10)) is Light.GREY


class TestATrend:
    def test_has_twelve_months_and_ends_now(self) -> None:
        assert (len(TREND), TREND[0].first.isoformat(), TREND[-1].first.isoformat()) == (
            12,
            "2025-07-01",
            "2026-06-01",
        )
        assert TREND[-1].last == NOW.date()

    def test_has_the_level_that_was_in_force_then(self) -> None:
        found = [capability_level(OBJECTIVES, RATINGS, month) for month in TREND]

        assert [found[0], found[6], found[-1]] == [None, 2, 3]
        assert capability_gap_closed(OBJECTIVES, RATINGS, TREND[-1]) == 100

    def test_covers_practices_by_controls_that_operate(self) -> None:
        controls = [
            course("C-1", (100, "draft"), (90, "operating"), practice_id="A.01"),
            course("C-2", (100, "draft"), practice_id="A.02"),
        ]

        assert control_coverage(OBJECTIVES, controls, TREND[-1]) == 50
        assert raci_completeness(OBJECTIVES, {"x", "y"}, TREND[-1]) == 50
        assert raci_completeness(OBJECTIVES, {"x"}, TREND[-1]) == 0

    def test_counts_a_control_in_a_redesign_by_the_design_in_force(self) -> None:
        """Its gates still hold; a draft that was never activated, and one that is suspended, operates not."""
        redesigned = course(
            "C-1", (150, "draft"), (140, "operating"), (90, "draft"), (80, "proposed"), practice_id="X.01",
            activated={"practice_id": "A.01"},
        )  # fmt: skip
        others = [
            course("C-2", (150, "draft"), practice_id="A.02"),
            course("C-3", (150, "operating"), (90, "suspended"), practice_id="A.02"),
        ]

        assert control_coverage(OBJECTIVES, [redesigned, *others], TREND[-1]) == 50

    def test_takes_the_last_conclusion_of_a_year(self) -> None:
        controls = [course("C-1", (500, "operating")), course("C-2", (500, "operating"))]
        assessments = [
            course(
                "T-1",
                (300, "concluded"),
                parent="C-1",
                conclusion="ineffective",
                due_on="2025-08-01",
                on_time=True,
            ),
            course(
                "T-2",
                (30, "concluded"),
                parent="C-1",
                conclusion="effective",
                due_on="2026-05-01",
                on_time=False,
            ),
            course(
                "T-3",
                (400, "concluded"),
                parent="C-2",
                conclusion="effective",
                due_on="2025-05-01",
                on_time=True,
            ),
        ]

        assert control_effectiveness(controls, assessments, TREND[-1]) == 100
        assert concluded_on_time(assessments, TREND[-1]) == 50

    def test_counts_attempts_against_segregation(self) -> None:
        blockers = [
            {"gate": "segregation", "check": "cobit.sod_accept_own", "source": "cobit", "mode": "enforce"}
        ]
        refused: list[Any] = [
            SimpleNamespace(at=NOW - DAY, data={"blockers": blockers}),
            SimpleNamespace(at=NOW - 60 * DAY, data={"blockers": blockers}),
            SimpleNamespace(at=NOW - DAY, data={"blockers": []}),
        ]

        assert sod_violations(refused, TREND[-1]) == 1
