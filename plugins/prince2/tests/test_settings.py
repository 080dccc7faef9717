"""The settings: their defaults, and the ones that no project could work with."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from placet_prince2.settings import Prince2Settings


class TestSettings:
    def test_have_defaults_for_every_figure_of_the_method(self) -> None:
        settings = Prince2Settings()

        assert (settings.currency, settings.time_unit) == ("EUR", "calendar_days")
        assert (settings.tolerance_amber_percent, settings.single_risk_red) == (75, 20)
        assert settings.ca_limit == Decimal(5000)
        assert (settings.exception_report_days, settings.exception_decision_days) == (2, 5)
        assert len(settings.required_approaches) == 9

    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            ("tolerance_amber_percent", 101),
            ("single_risk_red", 0),
            ("currency", "euro"),
            ("time_unit", "weeks"),
            ("exception_report_days", 0),
            ("forecast_max_age", "PT0S"),
            ("ca_limit", -1),
            ("required_approaches", ["poetry_approach"]),
        ],
    )
    def test_refuse_what_makes_no_sense(self, setting: str, value: object) -> None:
        with pytest.raises(ValidationError):
            Prince2Settings.model_validate({setting: value})
