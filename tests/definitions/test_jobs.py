"""Periodic jobs as they are declared: when they come, and which of them can never come."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest

from placet import Job
from placet.definitions.effect_context import JobContext
from placet.errors import DefinitionError

#: A Friday.
FRIDAY = datetime(2026, 3, 6, 9, tzinfo=UTC)


def sweep(ctx: JobContext) -> None:
    """Nothing."""


def job(**parts: Any) -> Job:
    given: dict[str, Any] = {"run": sweep, "at": time(8), **parts}
    return Job("acme.sweep", "Sweep", **given)


class TestAJob:
    def test_comes_on_its_weekdays_at_its_time(self) -> None:
        """From Friday after its time on, a job of working days comes on Monday, by the zone's wall clock."""
        assert job(weekdays=(1, 2, 3, 4, 5)).after(FRIDAY, "Europe/Berlin") == datetime(
            2026, 3, 9, 7, tzinfo=UTC
        )

    def test_comes_on_the_only_weekday_of_a_list_too(self) -> None:
        assert job(weekdays=[5]).after(FRIDAY, "UTC") == datetime(2026, 3, 13, 8, tzinfo=UTC)


class TestAJobThatCouldNeverRun:
    @pytest.mark.parametrize(
        ("parts", "message"),
        [
            (
                {"weekdays": (0, 8)},
                r"the job acme.sweep .*: weekdays\[0\] takes an ISO weekday, .* was given 0",
            ),
            ({"weekdays": (1, 7, 8)}, r"weekdays\[2\] takes an ISO weekday, .* was given 8"),
            ({"weekdays": ("mon",)}, r'weekdays\[0\] takes a whole number, and was given the text "mon"'),
            ({"weekdays": ()}, "weekdays takes at least one weekday"),
            ({"at": "08:00"}, 'at takes a time, and was given the text "08:00"'),
            ({"at": time(8, tzinfo=UTC)}, "at takes a time of day in the workspace's own zone, such as time"),
            ({"run": "sweep"}, 'run takes a function, and was given the text "sweep"'),
        ],
    )
    def test_is_refused_by_name_when_it_is_declared(self, parts: dict[str, Any], message: str) -> None:
        """So its plugin fails to load and says why, and no worker ever looks for a day that never comes."""
        with pytest.raises(DefinitionError, match=message):
            job(**parts)
