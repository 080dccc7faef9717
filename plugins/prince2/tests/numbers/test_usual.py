"""The usual tolerances: targets from what is known, and a word on what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from placet_prince2.numbers.days import TimeUnit
from placet_prince2.numbers.tolerances import Aspect, Tolerance
from placet_prince2.numbers.usual import USUAL, Known, Open, Part, offered
from placet_prince2.settings import Prince2Settings

KNOWN = Known(
    planned_end=date(2026, 12, 31),
    budget=Decimal(500_000),
    risk_budget=Decimal(40_000),
    benefits=Decimal(200_000),
    currency="EUR",
    time_unit=TimeUnit.CALENDAR_DAYS,
    indicators=(("carbon", "kgCO2e"),),
)
NOTHING = replace(KNOWN, planned_end=None, budget=None, risk_budget=None, benefits=None)


def limits(part: Part, known: Known = KNOWN) -> dict[Aspect, tuple[object, float, float]]:
    """The target and both limits of what is offered."""
    found = offered(part, USUAL, known)
    return {
        each.aspect: (each.target, float(each.limit_upper), float(each.limit_lower))
        for each in found
        if isinstance(each, Tolerance)
    }


def missing(part: Part, known: Known) -> list[str]:
    return [each.missing for each in offered(part, USUAL, known) if isinstance(each, Open)]


class TestUsualTolerances:
    def test_of_a_project_aim_at_its_figures(self) -> None:
        assert limits(Part.PROJECT) == {
            Aspect.TIME: (date(2026, 12, 31), 10, 10),
            Aspect.COST: (500_000, 50_000, 50_000),
            Aspect.SCOPE: (100, 0, 10),
            Aspect.QUALITY: (0, 0, 0),
            Aspect.RISK: (0, 40_000, 0),
            Aspect.BENEFITS: (200_000, 200_000, 20_000),
        }

    def test_of_a_stage_and_of_a_package_are_fewer_and_narrower(self) -> None:
        assert set(limits(Part.STAGE)) == {Aspect.TIME, Aspect.COST, Aspect.SCOPE, Aspect.RISK}
        assert limits(Part.STAGE)[Aspect.TIME] == (date(2026, 12, 31), 5, 5)
        assert set(limits(Part.WORK_PACKAGE)) == {Aspect.TIME, Aspect.COST}

    def test_without_a_target_say_what_has_to_be_given(self) -> None:
        """The target of an indicator is known to people alone; a share of nothing has no target either."""
        assert missing(Part.PROJECT, KNOWN) == ["the target for carbon"]
        assert missing(Part.PROJECT, NOTHING) == [
            "the planned end", "the budget", "the risk budget", "the target of the benefits", "the target for carbon",
        ]  # fmt: skip
        assert missing(Part.WORK_PACKAGE, replace(KNOWN, budget=Decimal(0))) == ["the budget"]

    def test_are_those_of_the_organization(self) -> None:
        own = [{"part": "stage", "aspect": "time", "upper": 3, "lower": 30}]
        settings = Prince2Settings.model_validate({"usual_tolerances": own, "time_unit": "business_days"})
        known = replace(KNOWN, time_unit=settings.time_unit)

        [found] = offered(Part.STAGE, settings.usual_tolerances, known)

        assert isinstance(found, Tolerance)
        assert (found.unit, int(found.upper), int(found.lower)) == ("business days", 3, 30)

    @pytest.mark.parametrize(
        "wrong",
        [
            [{"part": "stage", "aspect": "time", "upper": 3, "lower": 3}] * 2,
            [{"part": "stage", "aspect": "cost", "upper": None, "lower": 3}],
            [{"part": "stage", "aspect": "cost", "upper": -1, "lower": 3}],
        ],
    )
    def test_that_contradict_each_other_are_refused(self, wrong: object) -> None:
        with pytest.raises(ValidationError):
            Prince2Settings.model_validate({"usual_tolerances": wrong})
