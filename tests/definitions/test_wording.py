"""Sentences with placeholders: how each kind of value is said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from placet.definitions.wording import (
    AS_KEPT,
    ERASED,
    literal,
    plain_number,
    rendered,
    spoken_moment,
    spoken_span,
    week_of,
    with_article,
)
from placet.errors import DefinitionError


class Guide:
    """Says of what kind it was asked."""

    def say(self, kind: str, value: Any) -> str:
        return f"{kind} {value}"


class TestAValue:
    @pytest.mark.parametrize(
        ("template", "value", "said"),
        [
            ("{x}", "a lamp", "a lamp"),
            ("{x}", ["a", "b"], "a, b"),
            ("{x:or}", ["a", "b", "c"], "a, b or c"),
            ("{x:and}", ["a"], "a"),
            ("{x:.1f}", 2.345, "2.3"),
            ("{x:02}", 7, "07"),
            ("{x:count task}", 1, "1 task"),
            ("{x:count task}", 0, "0 tasks"),
            ("{x:count business day}", 0.4, "0.4 business days"),
            ("{x:count reply|replies}", 2, "2 replies"),
            ("{x:count day}", 2_912_090, "2912090 days"),
            ("{x:count hour}", 1_234_567.8, "1234568 hours"),
            ("{x:count hour}", float("inf"), "inf hours"),
            ("{x:person}", "ann", "person ann"),
            ("{x:role or}", ["r.a", "r.b"], "role r.a or role r.b"),
            ("{x:span}", ["a", "b"], "span ['a', 'b']"),
            ("{x:word and}", ["very_high", "low"], "word very_high and word low"),
            ("{x:link}", "t.needs", "link t.needs"),
            ("{x:a type}", "t.call", "a type t.call"),
            ("{x:a type or}", ["t.call", "t.job"], "a type t.call or a type t.job"),
            ("{{x}}", "a", "{x}"),
        ],
    )
    def test_is_said_as_its_place_asks_for(self, template: str, value: Any, said: str) -> None:
        assert rendered(template, {"x": value}, Guide()) == said

    @pytest.mark.parametrize("template", ["{x}", "{x:moment}", "{x:count task}", "{x:person}"])
    def test_that_was_erased_is_said_to_be(self, template: str) -> None:
        assert rendered(template, {"x": ERASED}, Guide()) == ERASED

    @pytest.mark.parametrize("at", [datetime(2026, 3, 2, 9, tzinfo=UTC), "2026-03-02T09:00:00Z"])
    def test_of_a_moment_is_in_utc_where_no_zone_is_known(self, at: Any) -> None:
        """As the event log keeps it: text in JSON."""
        assert rendered("{at:moment}", {"at": at}, AS_KEPT) == "2026-03-02 09:00 UTC"

    def test_of_a_span_has_both_ends(self) -> None:
        span = ["2026-03-02T09:00:00Z", datetime(2026, 3, 2, 10, tzinfo=UTC)]

        assert rendered("{x:span}", {"x": span}, AS_KEPT) == "2026-03-02 09:00 UTC to 2026-03-02 10:00 UTC"


class TestAnotherItem:
    @pytest.mark.parametrize(
        ("outcome", "said"),
        [
            ({}, "'Swap disks' (PAY-4) is in review"),
            ({"outcome": "backed_out"}, "'Swap disks' (PAY-4) has the outcome backed out"),
        ],
    )
    def test_is_named_with_where_it_stands(self, outcome: dict[str, str], said: str) -> None:
        """By its own type's titles where rules are at hand; a state without its type where none are."""
        item = {"key": "PAY-4", "title": "Swap disks", "state": "itil.change:review"} | outcome

        assert rendered("{item:standing}", {"item": item}) == said


class TestAnArticle:
    @pytest.mark.parametrize(
        "words",
        [
            "a change", "an incident", "an office", "a user", "a unit test", "an unplanned outage", "a one-time token",
            "an hour", "a house", "a European bank", "an SLA breach", "a KPI", "an RFC", "an 'Open' item",
        ],
    )  # fmt: skip
    def test_follows_the_sound_of_the_next_word(self, words: str) -> None:
        assert with_article(words.partition(" ")[2]) == words


class TestAFigure:
    @pytest.mark.parametrize(
        ("figure", "plain"),
        [
            ("12.50", "12.5"),
            ("1E+3", "1000"),
            ("0.00", "0"),
            ("100", "100"),
            (f"{'9' * 40}.10", f"{'9' * 40}.1"),
        ],
    )
    def test_is_said_without_zeros_at_its_end_and_not_rounded(self, figure: str, plain: str) -> None:
        assert str(plain_number(Decimal(figure))) == plain


class TestAWeek:
    def test_belongs_to_the_year_of_its_thursday(self) -> None:
        assert [week_of(date(2027, 1, 1)), week_of(date(2026, 2, 9))] == ["2026-W53", "2026-W07"]


class TestATemplate:
    @pytest.mark.parametrize(
        ("template", "fault"),
        [
            ("{y}", "KeyError"),
            ("{x.real}", "does not name a parameter"),
            ("{x!r}", "does not name a parameter"),
            ("{x:persn}", 'is of an unknown kind; did you mean "person"'),
            ("{x:person xor}", 'neither "and" nor "or"'),
            ("{x:count}", "does not say what is counted"),
            ("{x:a typ}", 'is of an unknown kind; did you mean "type"'),
            ("{x:a type xor}", 'neither "and" nor "or"'),
            ("{x", "ValueError"),
        ],
    )
    def test_that_cannot_be_filled_in_is_refused(self, template: str, fault: str) -> None:
        with pytest.raises(DefinitionError, match=fault):
            rendered(template, {"x": 1})

    def test_of_a_literal_text_says_just_it(self) -> None:
        assert rendered(literal("50 % of {all}"), {}) == "50 % of {all}"


class TestAMoment:
    def test_has_its_weekday_and_the_year_only_where_that_is_another(self) -> None:
        at = datetime(2026, 12, 4, 18, tzinfo=UTC)

        assert spoken_moment(at, 2026) == "Friday 4 December 18:00"
        assert spoken_moment(at, 2027) == "Friday 4 December 2026 18:00"

    def test_to_another_names_the_day_once(self) -> None:
        start = datetime(2026, 12, 4, 18, tzinfo=UTC)

        assert spoken_span(start, start.replace(hour=20), 2026) == "Friday 4 December 18:00-20:00"
        assert spoken_span(start, start.replace(day=5, hour=0), 2026) == (
            "Friday 4 December 18:00 to Saturday 5 December 00:00"
        )
