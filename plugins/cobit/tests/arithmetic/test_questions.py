"""The questions of an auditor, in sentences that can be read aloud."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from placet_cobit.scorecard.questions import questions

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def record(state: str, days: int = 0, **fields: Any) -> Any:
    """An item that has been in a state for so many days."""
    return SimpleNamespace(key="OPS-9", state=state, state_since=NOW - timedelta(days=days), fields=fields)


class TestAQuestion:
    @pytest.mark.parametrize(("n", "days"), [(1, "1 day"), (2, "2 days")])
    def test_counts_as_people_do(self, n: int, days: str) -> None:
        control = record("suspended", n, control_owner="otto", control_performer="pat")
        tests = [record("cancelled", deviations=n), record("testing", bypasses=n)]

        asked = questions(control, tests, [], [], [], today=NOW.date(), now=NOW)

        noun = "" if n == 1 else "s"
        assert f"It has been suspended for {days}: what works in its place?" in asked
        assert f"OPS-9 was cancelled with {n} deviation{noun}: why?" in asked
        assert f"It was bypassed {n} time{noun} in the period of OPS-9: how was that possible?" in asked
