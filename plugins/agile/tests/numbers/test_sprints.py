"""Figures of sprints, on the examples that a team would calculate by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from placet_agile.numbers.history import Course, ItemHistory, end_of_last_day
from placet_agile.numbers.scope import Scope, Timebox
from placet_agile.numbers.sprints import SprintResult, average_velocity, goal_success, overrun, result
from placet_agile.numbers.value import predictability, wsjf

from .histories import FLOW, SPRINT, START, after, course, stamp

ZERO = Decimal()


def ended(done: int, *, cancelled: bool = False, goal_met: bool | None = None) -> SprintResult:
    """A sprint that finished so many points."""
    scope = Scope(ZERO, ZERO, ZERO, ZERO, ZERO, Decimal(done))
    return SprintResult("S", scope, Decimal(done), ZERO, 0, 0, cancelled=cancelled, goal_met=goal_met)


def story(key: str, points: int, done: float | None, selected: float = -1) -> ItemHistory:
    """A story of a sprint, finished so many days after its start or not at all."""
    changes = [] if done is None else [(done, "done")]
    sprint = course(SPRINT) if selected < 0 else course(None, (selected, SPRINT))
    return ItemHistory(key, START, course("in_progress", *changes), course(Decimal(points)), sprint)


class TestVelocity:
    def test_the_last_three_sprints_count(self) -> None:
        """21, 26 and 25 points make 24.0; the older 40 is out of the window."""
        assert average_velocity([ended(each) for each in (40, 21, 26, 25)], 3) == 24

    def test_a_cancelled_sprint_has_a_velocity_and_is_left_out(self) -> None:
        """The average is about sprints that ran to their end."""
        found = [ended(20), ended(13, cancelled=True), ended(30)]
        assert found[1].velocity == 13
        assert average_velocity(found, 3) == 25

    def test_without_a_closed_sprint_there_is_none(self) -> None:
        """No number is made up."""
        assert average_velocity([ended(13, cancelled=True)], 3) is None


class TestTheLastDay:
    @pytest.mark.parametrize(
        ("over", "zone", "until"),
        [
            ("2026-06-29T10:00:00+02:00", "Europe/Berlin", "2026-06-30T00:00:00+02:00"),
            ("2026-06-29T02:00:00+00:00", "America/New_York", "2026-06-29T00:00:00-04:00"),
            # It ends with Sunday, and nothing of Monday is in it.
            ("2026-06-29T00:00:00+02:00", "Europe/Berlin", "2026-06-29T00:00:00+02:00"),
            # The clocks are set back on that day, which has 25 hours.
            ("2026-10-25T10:00:00+01:00", "Europe/Berlin", "2026-10-26T00:00:00+01:00"),
        ],
    )
    def test_is_that_of_the_workspace(self, over: str, zone: str, until: str) -> None:
        """The review is held on it, whatever the hour at which the sprint was planned to end."""
        found = end_of_last_day(datetime.fromisoformat(over), ZoneInfo(zone))

        assert found == datetime.fromisoformat(until)


class TestResult:
    def test_commitment_and_scope_change_are_kept_apart(self) -> None:
        """30 committed, 5 added, 27 done of which 25 were committed: say/do 83.3 and scope change 16.7 percent."""
        items = [
            story("T-1", 13, 2), story("T-2", 12, 3), story("T-3", 5, None),
            story("T-4", 2, 5, selected=1), story("T-5", 3, None, selected=1),
        ]  # fmt: skip
        found = result(items, Timebox(SPRINT, stamp(0), after(7), stamp(7)), FLOW, after(8), zone=UTC)

        assert found.scope.committed == 30
        assert found.scope.added == 5
        assert found.velocity == 27
        assert found.say_do == Fraction(2500, 30)
        assert found.scope_change == Fraction(500, 30)
        assert found.carry_over == Fraction(200, 5)

    def test_an_item_estimated_anew_counts_as_committed(self) -> None:
        """A sprint that did all that it committed has 100 percent, whatever the items turned out to be."""
        item = replace(story("T-1", 3, 2), points=course(Decimal(3), (1, Decimal(8))))
        found = result([item], Timebox(SPRINT, stamp(0), after(7)), FLOW, after(3), zone=UTC)
        assert found.say_do == 100

    @pytest.mark.parametrize(
        ("points", "velocity"),
        [
            (course(Decimal(3), (3, Decimal(8))), 3),
            (course(Decimal(3), (1, Decimal(8))), 8),
            (course(Decimal(8), (3, Decimal(5))), 5),
            (course(Decimal(8), (3, Decimal(5)), (4, Decimal(13))), 5),
            (course(None, (3, Decimal(5))), 5),
        ],
        ids=["grown in work", "grown before", "shrunk in work", "shrunk and grown", "estimated in work"],
    )
    def test_an_item_counts_with_the_size_at_which_its_work_began(
        self, points: Course[Decimal | None], velocity: int
    ) -> None:
        """Or a smaller one since: what is nearly done is not estimated into a higher velocity."""
        states = course("selected", (2, "in_progress"), (5, "done"))
        item = ItemHistory("T-1", START, states, points, course(SPRINT))

        found = result([item], Timebox(SPRINT, stamp(0), after(7)), FLOW, after(6), zone=UTC)

        assert found.velocity == velocity

    def test_work_that_begins_again_counts_with_its_new_estimate(self) -> None:
        """It went back to the backlog in between, where it was estimated like everything else."""
        states = course("selected", (1, "in_progress"), (2, "ready"), (4, "in_progress"), (5, "done"))
        item = ItemHistory("T-1", START, states, course(Decimal(3), (3, Decimal(8))), course(SPRINT))

        assert result([item], Timebox(SPRINT, stamp(0), after(7)), FLOW, after(6), zone=UTC).velocity == 8

    def test_an_empty_sprint_has_no_percentages(self) -> None:
        """Nothing is divided by zero."""
        found = result([], Timebox(SPRINT, stamp(0), after(7)), FLOW, after(3), zone=UTC)
        assert (found.say_do, found.scope_change, found.carry_over) == (None, None, None)


class TestGoalsAndEvents:
    def test_goals_count_for_closed_sprints(self) -> None:
        """A goal counts as met where the review recorded so."""
        found = [ended(1, goal_met=True), ended(1, goal_met=False), ended(1, goal_met=True, cancelled=True)]
        assert goal_success(found) == 50
        assert goal_success([]) is None

    def test_events_exceed_their_timeboxes_in_proportion_to_the_sprint(self) -> None:
        """In two weeks: planning 240 minutes, review 120, retrospective 90; the daily scrum always 15."""
        held = [("planning", 250), ("review", 100), ("retrospective", 95), ("daily", 20), ("daily", 10)]
        assert overrun(held, Fraction(2)) == 10 + 5 + 5

    def test_no_event_takes_longer_than_in_a_month(self) -> None:
        """A sprint of 31 days has the timeboxes of four weeks: eight hours of planning."""
        assert overrun([("planning", 490)], Fraction(31, 7)) == 10


class TestValue:
    def test_the_shortest_job_of_the_most_value_comes_first(self) -> None:
        """WSJF of three features, in order."""
        features = [(8, 5, 3, 5), (13, 8, 8, 13), (3, 2, 1, 2)]
        assert [round(float(wsjf(*each)), 2) for each in features] == [3.20, 2.23, 3.00]

    @pytest.mark.parametrize(
        ("objectives", "expected"),
        [
            ([(True, 10, 9), (True, 8, 8), (True, 7, 4), (False, 5, 3)], 96),
            ([(False, 5, 3)], None),
            ([(True, 10, None)], 0),
        ],
    )
    def test_predictability_counts_uncommitted_objectives_on_one_side(
        self, objectives: list[tuple[bool, int | None, int | None]], expected: int | None
    ) -> None:
        """The actual value of all, over the planned value of the committed ones."""
        assert predictability(objectives) == expected
