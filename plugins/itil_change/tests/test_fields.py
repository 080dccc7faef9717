"""The fields that can be recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from placet_itil_change.changes.computed import sampled
from placet_itil_change.changes.fields import ChangeFields, ChangeModelFields, ChangeWindowFields

CHANGE = {"type": "normal", "reason": "business"}
WINDOW = {"kind": "freeze", "start": "2026-12-20T00:00:00Z", "end": "2027-01-04T00:00:00Z", "scope": ["all"]}


class TestAChange:
    def test_needs_a_type_and_a_reason_and_nothing_else_to_begin_with(self) -> None:
        """The gates report other missing fields when they matter."""
        fields = ChangeFields.model_validate(CHANGE)

        assert fields.cis == ()
        assert fields.planned_start is None

    def test_ends_after_it_starts(self) -> None:
        """The message has both moments."""
        times = {"planned_start": "2026-12-01T12:00:00Z", "planned_end": "2026-12-01T12:00:00Z"}

        with pytest.raises(
            ValidationError, match=r"2026-12-01 12:00 UTC is not after planned_start 2026-12-01 12:00"
        ):
            ChangeFields.model_validate(CHANGE | times)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"type": "urgent"},
            {"novelty": 0},
            {"novelty": 6},
            {"planned_outage_min": -1},
            {"planned_start": "2026-12-01T12:00:00"},
            {"planned_start": "9999-12-31T23:59:59Z"},
            {"cis": ["db-1"]},
            {"cis": ["OPS-1"] * 201},
            {"collision_ack": [{"change": "OPS-1"}]},
            {"colour": "red"},
        ],
    )
    def test_refuses_what_cannot_be(self, wrong: dict[str, Any]) -> None:
        """Unknown words, scores out of range, times without zone or out of the world, unknown fields."""
        with pytest.raises(ValidationError):
            ChangeFields.model_validate(CHANGE | wrong)

    def test_names_an_item_once(self) -> None:
        """Doubles are dropped, the order stays."""
        fields = ChangeFields.model_validate(CHANGE | {"cis": ["OPS-2", "OPS-1", "OPS-2"]})

        assert fields.cis == ("OPS-2", "OPS-1")


class TestAWindow:
    def test_may_say_all_without_brackets(self) -> None:
        assert ChangeWindowFields.model_validate(WINDOW | {"scope": "all"}).scope == ("all",)

    def test_says_what_a_scope_is(self) -> None:
        """People read words, not a regular expression."""
        with pytest.raises(ValidationError, match=r"'the web shop' does not fit: write all, or the key of a"):
            ChangeWindowFields.model_validate(WINDOW | {"scope": ["OPS-1", "the web shop"]})

    def test_has_a_scope(self) -> None:
        """A freeze of nothing would look like a freeze."""
        with pytest.raises(ValidationError):
            ChangeWindowFields.model_validate(WINDOW | {"scope": []})

    def test_ends_after_it_starts(self) -> None:
        with pytest.raises(ValidationError, match="is not after start"):
            ChangeWindowFields.model_validate(WINDOW | {"end": WINDOW["start"]})

    def test_comes_about(self) -> None:
        """A rule that never leads to a day is refused where it is written."""
        with pytest.raises(ValidationError, match="never comes about"):
            ChangeWindowFields.model_validate(WINDOW | {"rrule": "FREQ=DAILY;UNTIL=20200101T000000Z"})


class TestAModel:
    def test_may_be_drafted_with_nothing_in_it(self) -> None:
        assert ChangeModelFields().steps == ()


class TestTheSample:
    @settings(deadline=None)
    @given(st.integers(1, 10**9))
    def test_is_empty_at_0_and_everybody_at_100_percent(self, number: int) -> None:
        key, ended = f"OPS-{number}", datetime(2026, 11, 20, 12, tzinfo=UTC)

        assert not sampled(key, ended, 0)
        assert sampled(key, ended, 100)

    def test_is_about_one_in_ten_and_always_the_same(self) -> None:
        ended = datetime(2026, 11, 20, 12, tzinfo=UTC)
        chosen = [n for n in range(1, 1001) if sampled(f"OPS-{n}", ended, 10)]

        assert chosen == [n for n in range(1, 1001) if sampled(f"OPS-{n}", ended, 10)]
        assert 80 <= len(chosen) <= 120

    def test_is_not_known_from_the_key(self) -> None:
        """A microsecond more, and another one is in it; before the end, none is."""
        ended = [datetime(2026, 11, 20, 12, 0, 0, micro, tzinfo=UTC) for micro in range(200)]

        assert {sampled("OPS-1", each, 10) for each in ended} == {True, False}
        assert not sampled("OPS-1", None, 100)
