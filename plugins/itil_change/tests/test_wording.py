"""How messages name other items, kept times and questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from placet import BusinessCalendar, EffectContext, ItemView
from placet_itil_change.requests.forms import faults
from placet_itil_change.wording import ended, kept_span

FORM: dict[str, Any] = {
    "type": "object",
    "properties": {"app": {"type": "string", "title": "Application"}, "seats": {"type": "integer"}},
    "required": ["app"],
    "additionalProperties": False,
}


@dataclass
class Vienna:
    """As much of a context as has the zone."""

    workspace: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(calendar=BusinessCalendar(zone="Europe/Vienna"))
    )


def test_times_that_are_kept_are_by_the_clock_of_the_workspaces_zone_with_the_year() -> None:
    start = datetime(2026, 12, 4, 17, tzinfo=UTC)

    text = kept_span(cast("EffectContext", Vienna()), start, start.replace(hour=19))

    assert text == "Friday 4 December 2026 18:00-20:00"


class TestAnotherItem:
    @pytest.mark.parametrize(
        ("outcome", "text"),
        [
            (None, "'Swap the disks' (PAY-4) ended as backing out"),
            ("backed_out", "'Swap the disks' (PAY-4) ended as backed out"),
        ],
    )
    def test_is_named_with_what_became_of_it(self, outcome: str | None, text: str) -> None:
        change = SimpleNamespace(
            title="Swap the disks",
            key="PAY-4",
            state="backing_out",
            fields=SimpleNamespace(outcome=outcome),
        )

        assert ended(cast("ItemView", change)) == text


class TestForms:
    def test_name_questions_by_their_titles_and_the_nearest_one(self) -> None:
        """The answers that are left out, and those without a question."""
        assert faults(FORM, {"ap": "payroll"}) == [
            "please fill in 'Application'",
            "there is no question 'ap'; did you mean 'app'?",
        ]

    def test_say_where_something_else_does_not_fit(self) -> None:
        assert faults(FORM, {"app": "payroll", "seats": "two"}) == ["seats: 'two' is not of type 'integer'"]

    def test_name_the_first_ten(self) -> None:
        """Somebody who sends a thousand is not answered with a thousand."""
        assert len(faults(FORM, {"app": "payroll"} | {f"x{n}": n for n in range(1000)})) == 10
