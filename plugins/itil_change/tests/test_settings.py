"""The settings of a workspace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from placet_itil_change.changes.settings import ChangeSettings
from placet_itil_change.incidents.settings import IncidentSettings
from placet_itil_change.settings import ItilSettings


class TestDefaults:
    def test_of_changes_are_those_of_the_method(self) -> None:
        """Every key with its value, compared whole: a change of a default is a change of the rules."""
        assert ChangeSettings().model_dump() == {
            "risk_bands": (4, 9, 16),
            "history_period": timedelta(days=90),
            "lead_time_low": 1,
            "lead_time_medium": 3,
            "lead_time_high": 5,
            "lead_time_very_high": 10,
            "change_approval_max": timedelta(days=30),
            "ecab_approval_max": timedelta(hours=24),
            "authorization_days": 2,
            "ecab_page_minutes": 15,
            "spoken_confirmation_max": timedelta(hours=4),
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

    def test_of_incidents_are_those_of_the_method(self) -> None:
        shown = IncidentSettings().model_dump(mode="json")
        matrix, targets = shown.pop("priority_matrix"), shown.pop("sla_targets")

        assert [" ".join(row) for row in matrix] == [
            "P1 P1 P2 P3",
            "P1 P2 P3 P3",
            "P2 P3 P3 P4",
            "P3 P3 P4 P4",
        ]
        assert targets == {
            "P1": {"response": "PT15M", "resolution": "PT4H", "clock": "24x7"},
            "P2": {"response": "PT30M", "resolution": "PT8H", "clock": "24x7"},
            "P3": {"response": "PT4H", "resolution": "P1D", "clock": "business"},
            "P4": {"response": "PT8H", "resolution": "P1DT16H", "clock": "business"},
        }
        assert shown == {
            "incident_strictness": "strict",
            "untriaged_priority": "P3",
            "triage_minutes": 30,
            "level_groups": [],
            "sla_pause_reasons": ["awaiting_user", "awaiting_change"],
            "reopen_grace_percent": 25,
            "reopen_window": 5,
            "incident_autoclose": 5,
            "major_criteria": [
                "priority_1",
                "users_affected",
                "critical_service_down",
                "regulated_data_exposed",
            ],
            "major_users_affected": 500,
            "major_update_interval": 30,
            "major_update_gap": 60,
            "user_reminder": 2,
            "pending_review": 5,
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

    def test_every_priority_keeps_a_target(self) -> None:
        """Who sends targets sends all of them."""
        only = {"P1": {"response": "PT10M", "resolution": "PT2H", "clock": "24x7"}}

        with pytest.raises(ValidationError, match="give P2, P3, P4 a response, a resolution and a clock"):
            ItilSettings.model_validate({"sla_targets": only})
