"""Periodic jobs as they are declared: when they come, and which of them can never come."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest

from placet import Job
from placet.definitions.context import JobContext
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
            ({"weekdays": (0, 8)}, "the job acme.sweep has 0 among its weekdays: give ISO weekdays from 1"),
            ({"weekdays": (1, 7, 8)}, "the job acme.sweep has 8 among its weekdays"),
            ({"weekdays": ("mon",)}, "the job acme.sweep has 'mon' among its weekdays"),
            ({"weekdays": ()}, "the job acme.sweep has no weekday"),
            ({"at": "08:00"}, "the job acme.sweep runs at '08:00': give a time of day without a zone"),
            ({"at": time(8, tzinfo=UTC)}, "give a time of day without a zone, such as time"),
            ({"run": "sweep"}, "the job acme.sweep runs 'sweep', which is not a function: give one"),
        ],
    )
    def test_is_refused_by_name_when_it_is_declared(self, parts: dict[str, Any], message: str) -> None:
        """So its plugin fails to load and says why, and no worker ever looks for a day that never comes."""
        with pytest.raises(DefinitionError, match=message):
            job(**parts)
