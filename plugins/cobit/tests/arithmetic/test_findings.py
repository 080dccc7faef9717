"""Severities, times, retests and recurrence of findings; lights of monitors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet_cobit.acceptances.limits import BY_SEVERITY, days_accepted
from placet_cobit.monitors.light import Light, amber_for, read, to_validate
from placet_cobit.monitors.refusals import Attempt, wrong
from placet_cobit.severity import (
    RETESTS,
    Severity,
    Source,
    limit,
    recurs,
    severity_of,
)
from placet_cobit.validity import covers

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


class TestTheSeverity:
    @pytest.mark.parametrize(
        ("source", "key", "other"),
        [
            ("bypass", "critical", "critical"), ("tampered_evidence", "critical", "critical"),
            ("audit_chain", "critical", "critical"), ("ineffective", "high", "medium"),
            ("partially_effective", "medium", "low"), ("monitor_red", "high", "medium"),
            ("monitor_amber", "low", "low"),
        ],
    )  # fmt: skip
    def test_follows_from_how_it_was_found(self, source: str, key: str, other: str) -> None:
        found = [severity_of(Source(source), key_control=each) for each in (True, False)]

        assert found == [Severity(key), Severity(other)]

    def test_is_one_step_higher_for_a_recurrence_and_never_above_critical(self) -> None:
        assert severity_of(Source.MONITOR_AMBER, key_control=False, recurs=True) is Severity.MEDIUM
        assert severity_of(Source.INEFFECTIVE, key_control=True, recurs=True) is Severity.CRITICAL
        assert severity_of(Source.BYPASS, key_control=True, recurs=True) is Severity.CRITICAL

    def test_says_by_when_it_is_due(self) -> None:
        assert limit(date(2026, 3, 1), Severity.HIGH, {Severity.HIGH: 30}) == date(2026, 3, 31)


class TestARecurrence:
    def test_is_of_the_latest_one_that_was_closed_within_a_year(self) -> None:
        closed = [("A-1", NOW - 300 * DAY), ("A-2", NOW - 100 * DAY), ("A-3", NOW - 400 * DAY)]

        assert recurs(closed, NOW) == "A-2"
        assert recurs([("A-3", NOW - 366 * DAY)], NOW) is None
        assert recurs([("A-3", NOW - 365 * DAY)], NOW) == "A-3"


class TestARetest:
    def test_needs_ten_events_or_all_of_a_month(self) -> None:
        retest = RETESTS["per_event"]

        assert not retest.passed(6, NOW - 20 * DAY, NOW)
        assert retest.passed(6, NOW - 30 * DAY, NOW)
        assert not retest.passed(2, NOW - 30 * DAY, NOW)
        assert retest.passed(10, NOW - DAY, NOW)

    @pytest.mark.parametrize(
        ("frequency", "needed"),
        [("daily", 10), ("weekly", 3), ("monthly", 2), ("quarterly", 1), ("annual", 1)],
    )
    def test_of_a_periodic_control_needs_so_many_periods(self, frequency: str, needed: int) -> None:
        retest = RETESTS[frequency]

        assert retest.passed(needed, NOW - DAY, NOW)
        assert not retest.passed(needed - 1, NOW - 400 * DAY, NOW)


class TestAnAcceptance:
    def test_covers_its_first_and_its_last_day(self) -> None:
        first, last = date(2026, 4, 1), date(2026, 6, 30)

        assert covers(first, last, first)
        assert covers(first, last, last)
        assert covers(first, last, first, last)
        assert not covers(first, last, first - DAY)
        assert not covers(first, last, last + DAY)
        assert not covers(first, last, last, last + DAY)
        assert not covers(first, None, first)
        assert days_accepted(first, last) == 90

    def test_of_what_matters_more_needs_another_control(self) -> None:
        assert [BY_SEVERITY[each].compensated for each in Severity] == [False, False, True, True]
        assert [len(BY_SEVERITY[each].approvers) for each in Severity] == [1, 1, 2, 1]


def light(failures: int, population: int, **more: bool) -> Light:
    return read(failures, population, amber=Decimal(2), red=Decimal(5), least=20, **more).light


class TestALight:
    @pytest.mark.parametrize(
        ("failures", "population", "expected"),
        [(0, 19, "grey"), (19, 19, "grey"), (0, 0, "grey"), (0, 20, "green"), (1, 51, "green"), (1, 50, "amber"),
         (4, 81, "amber"), (2, 40, "red"), (3, 41, "red")],
    )  # fmt: skip
    def test_changes_at_its_limits(self, failures: int, population: int, expected: str) -> None:
        assert light(failures, population) is Light(expected)

    def test_is_red_after_a_wrong_pass(self) -> None:
        assert light(0, 5, wrong_pass=True) is Light.RED

    def test_has_its_rate(self) -> None:
        assert read(2, 40, amber=Decimal(2), red=Decimal(5), least=20).failure_rate == Fraction(5)

    def test_counts_whole_windows_of_amber(self) -> None:
        today = date(2026, 6, 1)

        assert [amber_for(today - n * DAY, today, 30) for n in (0, 29, 30, 89, 90)] == [0, 0, 1, 2, 3]
        assert amber_for(None, today, 30) == 0


class TestAWeekOfPasses:
    @pytest.mark.parametrize(
        ("passes", "drawn"), [(0, 0), (3, 3), (5, 5), (100, 5), (101, 6), (480, 24), (900, 25)]
    )
    def test_is_checked_again_in_part(self, passes: int, drawn: int) -> None:
        assert len(to_validate("OPS-1", "2026-W10", map(str, range(passes)))) == drawn


def attempt(
    seq: int, *, refused: bool = False, changed: bool = False, transition: str = "go", item: str = "A-1"
) -> Attempt:
    return Attempt(f"{item}/{seq}", item, seq, transition, refused, changed)


class TestAWrongRefusal:
    def test_is_one_after_which_the_item_passed_unchanged(self) -> None:
        found = [attempt(3, refused=True), attempt(4, refused=True), attempt(5)]

        assert wrong(found) == {"A-1/3", "A-1/4"}

    def test_is_none_where_something_came_in_between(self) -> None:
        """Number 4 is another event, such as an edit."""
        assert wrong([attempt(3, refused=True), attempt(5)]) == frozenset()

    def test_is_none_where_the_item_passed_with_other_values(self) -> None:
        assert wrong([attempt(3, refused=True), attempt(4, changed=True)]) == frozenset()

    def test_is_none_of_another_item_or_transition(self) -> None:
        found = [
            attempt(3, refused=True, item="B-1"),
            attempt(4),
            attempt(5, refused=True, transition="stop"),
            attempt(6),
        ]

        assert wrong(found) == frozenset()

    @settings(deadline=None)
    @given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))
    def test_is_always_a_refusal(self, shape: list[tuple[bool, bool]]) -> None:
        found = [attempt(n, refused=refused, changed=changed) for n, (refused, changed) in enumerate(shape)]

        assert wrong(found) <= {each.id for each in found if each.refused}
