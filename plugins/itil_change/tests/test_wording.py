"""How messages name moments, numbers, roles and questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from placet import BusinessCalendar, CheckContext
from placet_itil_change.requests.forms import faults
from placet_itil_change.wording import counted, listed, local, local_span, titled

FORM: dict[str, Any] = {
    "type": "object",
    "properties": {"app": {"type": "string", "title": "Application"}, "seats": {"type": "integer"}},
    "required": ["app"],
    "additionalProperties": False,
}


@dataclass
class Moment:
    """As much of a context as tells the time."""

    zone: str = "Europe/Vienna"
    now: datetime = datetime(2026, 11, 16, 9, tzinfo=UTC)
    workspace: SimpleNamespace = field(init=False)

    def __post_init__(self) -> None:
        self.workspace = SimpleNamespace(calendar=BusinessCalendar(zone=self.zone))


VIENNA = cast("CheckContext", Moment())


class TestMoments:
    def test_are_by_the_clock_of_the_workspaces_zone(self) -> None:
        """Late in the evening in UTC is the next day in Vienna."""
        assert local(VIENNA, datetime(2026, 12, 4, 23, 30, tzinfo=UTC)) == "Saturday 5 December 00:30"

    def test_of_another_year_say_so(self) -> None:
        assert local(VIENNA, datetime(2027, 1, 4, 8, tzinfo=UTC)) == "Monday 4 January 2027 09:00"

    def test_from_to_name_the_day_once(self) -> None:
        start = datetime(2026, 12, 4, 17, tzinfo=UTC)

        assert local_span(VIENNA, start, start.replace(hour=19)) == "Friday 4 December 18:00-20:00"
        assert local_span(VIENNA, start, start.replace(hour=23)) == (
            "Friday 4 December 18:00 to Saturday 5 December 00:00"
        )


class TestNumbers:
    @pytest.mark.parametrize(
        ("number", "text"), [(1, "1 task"), (0, "0 tasks"), (2, "2 tasks"), (0.4, "0.4 tasks")]
    )
    def test_go_with_their_noun(self, number: float, text: str) -> None:
        assert counted(number, "task") == text

    @pytest.mark.parametrize(
        ("names", "text"), [(["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")]
    )
    def test_of_names_are_a_list(self, names: list[str], text: str) -> None:
        assert listed(names, "or") == text


class TestRoles:
    @pytest.mark.parametrize(
        ("who", "text"),
        [
            ("itil.duty_manager", "the duty manager"),
            ("itil.ecab_member", "the ECAB member"),
            ("itil.it_director", "the IT director"),
            ("dora", "dora"),
        ],
    )
    def test_have_titles(self, who: str, text: str) -> None:
        """A person stays a person."""
        assert titled(who) == text


class TestForms:
    def test_name_questions_by_their_titles_and_the_nearest_one(self) -> None:
        """What is left out, and what there is no question for."""
        assert faults(FORM, {"ap": "payroll"}) == [
            "please fill in 'Application'",
            "there is no question 'ap'; did you mean 'app'?",
        ]

    def test_say_where_something_else_does_not_fit(self) -> None:
        assert faults(FORM, {"app": "payroll", "seats": "two"}) == ["seats: 'two' is not of type 'integer'"]

    def test_name_the_first_ten(self) -> None:
        """Somebody who sends a thousand is not answered with a thousand."""
        assert len(faults(FORM, {"app": "payroll"} | {f"x{n}": n for n in range(1000)})) == 10
