"""Samples: how many elements, and which; what they say; and what lies from when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import comb
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet_cobit.assessments.conclusion import (
    Conclusion,
    Design,
    conclude,
    deviation_rate,
    must_extend,
    upper_limit,
)
from placet_cobit.figures import shown
from placet_cobit.operating.evidence import unmet
from placet_cobit.operating.periods import ended_in, next_end, plus_months, span
from placet_cobit.operating.sampling import automated_sample, following, order, sample_size

ELEMENTS = st.sets(st.text(min_size=1, max_size=8), max_size=60)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class TestTheSizeOfASample:
    @pytest.mark.parametrize(
        ("population", "size", "high"),
        [(0, 0, 0), (1, 1, 1), (4, 4, 4), (5, 4, 5), (12, 4, 6), (13, 8, 12), (18, 8, 12), (52, 8, 12), (53, 15, 25),
         (180, 15, 25), (250, 15, 25), (251, 25, 40), (9999, 25, 40)],
    )  # fmt: skip
    def test_follows_from_the_population(self, population: int, size: int, high: int) -> None:
        found = [sample_size(population, "per_event", high_risk=risk) for risk in (False, True)]

        assert found == [size, high]

    @pytest.mark.parametrize(
        ("frequency", "size", "high"),
        [("annual", 1, 3), ("semiannual", 1, 3), ("quarterly", 2, 2), ("monthly", 2, 3), ("weekly", 3, 3)],
    )
    def test_of_a_periodic_control_follows_from_its_frequency(
        self, frequency: str, size: int, high: int
    ) -> None:
        found = [sample_size(3, frequency, high_risk=risk) for risk in (False, True)]

        assert found == [size, high]

    @settings(deadline=None)
    @given(
        st.integers(0, 2000), st.sampled_from(["per_event", "continuous", "monthly", "daily"]), st.booleans()
    )
    def test_is_never_more_than_there_is(self, population: int, frequency: str, high_risk: bool) -> None:
        assert 0 <= sample_size(population, frequency, high_risk=high_risk) <= population


class TestADrawing:
    @settings(deadline=None)
    @given(ELEMENTS, st.text(max_size=8), st.randoms())
    def test_is_the_same_however_the_population_is_given(
        self, found: set[str], seed: str, shuffle: object
    ) -> None:
        given_in = sorted(found)
        shuffle.shuffle(given_in)  # type: ignore[attr-defined]

        assert order(seed, given_in) == order(seed, found)
        assert sorted(order(seed, found)) == sorted(found)

    @settings(deadline=None)
    @given(ELEMENTS, st.integers(0, 20), st.integers(0, 20))
    def test_goes_on_where_it_ended(self, found: set[str], first: int, more: int) -> None:
        drawn = order("OPS-1", found)[:first]

        assert drawn + following("OPS-1", found, drawn, more) == order("OPS-1", found)[: len(drawn) + more]

    def test_depends_on_the_assessment(self) -> None:
        found = [f"E{n}" for n in range(50)]

        assert order("OPS-1", found) != order("OPS-2", found)

    def test_of_an_automated_control_takes_one_of_each_version_of_the_rules(self) -> None:
        versions = {f"E{n}": f"v{n % 3}" for n in range(30)}

        one = automated_sample("OPS-1", versions, high_risk=False)
        two = automated_sample("OPS-1", versions, high_risk=True)

        assert sorted(versions[each] for each in one) == ["v0", "v1", "v2"]
        assert len(two) == 6
        assert set(one) < set(two)


class TestAConclusion:
    @pytest.mark.parametrize(
        ("design", "deviations", "size", "conclusion"),
        [
            (Design.INADEQUATE, 0, 25, "ineffective"), (Design.INADEQUATE, 0, 0, "ineffective"),
            (Design.ADEQUATE, 0, 25, "effective"), (Design.ADEQUATE, 1, 8, "partially_effective"),
            (Design.ADEQUATE, 1, 50, "partially_effective"), (Design.ADEQUATE, 2, 50, "ineffective"),
            (Design.ADEQUATE, 0, 0, "not_tested"), (None, 0, 5, "not_tested"),
        ],
    )  # fmt: skip
    def test_follows_from_the_table(
        self, design: Design | None, deviations: int, size: int, conclusion: str
    ) -> None:
        assert conclude(design, deviations, size) is Conclusion(conclusion)

    def test_waits_for_an_extension_after_one_deviation_in_a_large_sample(self) -> None:
        assert must_extend(1, 15, extended=False)
        assert not must_extend(1, 14, extended=False)
        assert not must_extend(1, 50, extended=True)
        assert not must_extend(2, 25, extended=False)

    def test_has_its_rate_of_deviations(self) -> None:
        assert deviation_rate(1, 50) == Fraction(2)
        assert deviation_rate(0, 0) is None


class TestTheLimitOfTheRate:
    @pytest.mark.parametrize(("size", "limit"), [(25, "8.8"), (15, "14.2"), (1, "90.0")])
    def test_is_the_reference_without_deviations(self, size: int, limit: str) -> None:
        found = upper_limit(0, size)

        assert found is not None
        assert shown(found) == Decimal(limit)

    @settings(deadline=None)
    @given(st.integers(1, 60), st.data())
    def test_is_where_so_few_are_found_once_in_ten_times(self, size: int, data: st.DataObject) -> None:
        deviations = data.draw(st.integers(0, size - 1))
        found = upper_limit(deviations, size)
        assert found is not None

        p = Fraction(found) / 100
        chance = sum(comb(size, k) * p**k * (1 - p) ** (size - k) for k in range(deviations + 1))

        assert abs(float(chance) - 0.1) < 1e-9

    @settings(deadline=None)
    @given(st.integers(1, 60), st.data())
    def test_rises_with_deviations_and_falls_with_the_sample(self, size: int, data: st.DataObject) -> None:
        deviations = data.draw(st.integers(0, size - 1))
        here, more = upper_limit(deviations, size), upper_limit(deviations + 1, size)
        larger = upper_limit(deviations, size + 1)
        assert here is not None
        assert more is not None
        assert larger is not None

        assert larger < here < more <= 100

    def test_is_unknown_for_an_empty_sample(self) -> None:
        assert upper_limit(0, 0) is None


def document(kind: str = "test_result", **more: object) -> SimpleNamespace:
    given = {"kind": kind, "sha256": "a", "url": None, "at": AT, "actor": "ann", "valid_until": None} | more
    return SimpleNamespace(**given)


def lacking(*found: SimpleNamespace, provided: tuple[SimpleNamespace, ...] = (), **more: object) -> list[str]:
    needed = {"kind": "test_result", "min_count": 1, "max_age": 30 * DAY, "independent": True} | more
    people: Any = needed.pop("approvers", ())
    return unmet([SimpleNamespace(**needed)], AT, on_item=found, provided=provided, approvers=people,
                 performer="pat", default_age=lambda _: None)  # fmt: skip


class TestEvidence:
    def test_is_accepted_by_kind_content_age_and_hand(self) -> None:
        assert lacking(document()) == []
        assert lacking(document(sha256=None, url="https://example.org")) == ["test_result"]
        assert lacking(document("backup_log")) == ["test_result"]
        assert lacking(document(actor="pat")) == ["test_result"]
        assert lacking(document(actor="pat"), independent=False) == []

    def test_is_neither_too_old_nor_too_late_nor_expired(self) -> None:
        assert lacking(document(at=AT - 30 * DAY)) == []
        assert lacking(document(at=AT - 31 * DAY)) == ["test_result"]
        assert lacking(document(at=AT + 31 * DAY)) == ["test_result"]
        assert lacking(document(valid_until=AT - DAY)) == ["test_result"]
        assert lacking(document(valid_until=AT + DAY)) == []

    def test_counts_the_same_document_once(self) -> None:
        assert lacking(document(), document(), min_count=2) == ["test_result"]
        assert lacking(document(), document(sha256="b"), min_count=2) == []

    def test_that_is_provided_for_a_test_is_of_any_day(self) -> None:
        assert lacking(provided=(document(at=AT + 200 * DAY),)) == []
        assert lacking(provided=(document(at=AT + 200 * DAY, actor="pat"),)) == ["test_result"]

    def test_is_a_vote_where_an_approval_is_wanted(self) -> None:
        assert lacking(kind="approval_record", approvers=("lea",)) == []
        assert lacking(kind="approval_record", approvers=("pat",)) == ["approval_record"]
        assert lacking(kind="test_result", approvers=("lea",)) == ["test_result"]


class TestPeriods:
    def test_end_by_frequency(self) -> None:
        start = date(2026, 1, 1)

        found = [next_end(start, each) for each in ("per_event", "quarterly", "monthly", "weekly", "daily")]

        assert found == [date(2026, 12, 31), date(2026, 3, 31), date(2026, 1, 31), date(2026, 1, 7), start]

    def test_have_names(self) -> None:
        year = date(2026, 1, 1), date(2026, 12, 31)
        frequencies = ("monthly", "quarterly", "semiannual", "annual")
        names = {each: [p.name for p in ended_in(*year, each)] for each in frequencies}

        assert names["quarterly"] == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
        assert names["semiannual"] == ["2026-H1", "2026-H2"]
        assert names["annual"] == ["2026"]
        assert names["monthly"][:2] == ["2026-01", "2026-02"]
        assert [p.name for p in ended_in(date(2026, 1, 1), date(2026, 1, 10), "weekly")] == ["2026-W01"]

    def test_that_have_not_ended_are_left_out(self) -> None:
        assert [p.name for p in ended_in(date(2026, 1, 15), date(2026, 3, 30), "monthly")] == [
            "2026-01",
            "2026-02",
        ]

    def test_keep_within_the_month(self) -> None:
        assert plus_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
        assert plus_months(date(2026, 11, 30), 3) == date(2027, 2, 28)

    def test_are_times_in_the_zone(self) -> None:
        since, until = span(date(2026, 3, 29), date(2026, 3, 29), "Europe/Berlin")

        assert until.astimezone(UTC) - since.astimezone(UTC) == timedelta(hours=23)
