"""The settings of a workspace."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from placet_agile.settings import AgileSettings


class TestDefaults:
    def test_are_those_of_the_method(self) -> None:
        """Every key with its value, compared whole: a change of a default is a change of the rules."""
        assert AgileSettings().model_dump(mode="json") == {
            "mode": "scrum",
            "max_team_size": 10,
            "allow_po_is_sm": False,
            "org_dod": [],
            "dor_enabled": True,
            "estimation": "points",
            "ready_buffer": 1.5,
            "velocity_window": 3,
            "second_person_review": True,
            "po_acceptance": False,
            "blocked_counts": True,
            "blocked_escalation": 2,
            "max_sprint_days": 31,
            "timebox_scaling": "linear",
            "close_window": 1,
            "daily_at": "09:30:00",
            "lead_time_start": "created",
            "mc_window_days": 60,
            "mc_runs": 10000,
            "mc_seed": None,
            "mc_percentiles": [50, 70, 85, 95],
            "split_rate": 1.0,
            "safe_enabled": False,
            "pi_days": [56, 84],
            "min_confidence": 3,
        }


class TestRefusals:
    def test_an_interval_has_its_least_days_first(self) -> None:
        with pytest.raises(ValidationError, match="write the least days first"):
            AgileSettings(pi_days=(84, 56))

    def test_an_unknown_key_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="wip_limit"):
            AgileSettings.model_validate({"wip_limit": 4})
