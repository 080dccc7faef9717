"""What a workspace may configure."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from placet_itil_change.settings import ItilSettings


class TestDefaults:
    def test_are_those_of_the_method(self) -> None:
        """Every key with its value, compared whole: a change of a default is a change of the rules."""
        assert ItilSettings().model_dump() == {
            "risk_bands": (4, 9, 16),
            "history_period": timedelta(days=90),
            "lead_time_low": 1,
            "lead_time_medium": 3,
            "lead_time_high": 5,
            "lead_time_very_high": 10,
            "change_approval_max": timedelta(days=30),
            "ecab_approval_max": timedelta(hours=24),
            "model_approval_days": 20,
            "collision_buffer": timedelta(minutes=30),
            "collision_depth": 1,
            "early_start": timedelta(minutes=15),
            "pir_sample_percent": 10,
            "model_min_success": 3,
            "model_evidence_days": 365,
            "model_validity_days": 365,
            "ci_requires_change": True,
            "allow_verbal_emergency": True,
        }

    @pytest.mark.parametrize(
        ("risk_class", "days"), [("low", 1), ("medium", 3), ("high", 5), ("very_high", 10)]
    )
    def test_lead_time_grows_with_the_class_of_risk(self, risk_class: str, days: int) -> None:
        assert ItilSettings().lead_time_days(risk_class) == days


class TestRefusals:
    @pytest.mark.parametrize("bands", [(4, 4, 16), (9, 4, 16), (0, 9, 16), (4, 9, 25)])
    def test_bands_rise_and_leave_room_for_the_highest_class(self, bands: tuple[int, int, int]) -> None:
        """The message names the figures and shows good ones."""
        with pytest.raises(ValidationError, match="three rising scores between 1 and 24"):
            ItilSettings(risk_bands=bands)

    def test_durations_are_written_as_iso_8601(self) -> None:
        assert ItilSettings.model_validate({"collision_buffer": "PT45M"}).collision_buffer == timedelta(
            minutes=45
        )

    def test_an_unknown_key_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="collision_bufer"):
            ItilSettings.model_validate({"collision_bufer": "PT45M"})
