"""Risks and lessons."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from placet import BlockedError
from placet.errors import ForbiddenError
from placet_governance.learning.computed import probability_level
from placet_governance.settings import GovernanceSettings

if TYPE_CHECKING:
    from .conftest import Organization

from .conftest import REASON

RESPONSE: dict[str, Any] = {
    "response": "reduce",
    "owner": "rita",
    "action_owner": "petr",
    "residual_probability_percent": "20",
    "residual_cost_impact": "4000",
    "review_by": "2026-07-31",
}
WATCHED = {"owner": "rita", "review_by": "2026-07-31"}
LESSON = {
    "event": "The relay was full",
    "effect": "Mail was late",
    "cause": "No limit",
    "recommendation": "Limit every queue",
    "scope": "organisation",
}


class TestTheScore:
    @pytest.mark.parametrize(
        ("percent", "level"),
        [("0", 1), ("5", 1), ("5.1", 2), ("20", 2), ("50", 3), ("80", 4), ("80.1", 5), ("100", 5)],
    )
    def test_has_five_levels_of_probability(self, percent: str, level: int) -> None:
        """The highest of a band is in it."""
        bands = GovernanceSettings().probability_bands

        assert probability_level(Decimal(percent), bands) == level

    def test_is_probability_times_impact_before_and_after_the_response(
        self, organization: Organization
    ) -> None:
        """The impact stays what it was where nothing else is said; the exposure is that of what is left."""
        key = organization.assessed()
        before = organization.fields(key)
        organization.move("rita", key, "plan_response", **RESPONSE)
        after = organization.fields(key)

        assert (before["probability_level"], before["score"], before["exposure"]) == (3, 12, "5000.00")
        assert (after["score"], after["residual_score"], after["exposure"]) == (12, 8, "800.00")

    def test_follows_the_settings(self, organization: Organization) -> None:
        organization.configure(probability_bands=["1", "2", "3", "4"])

        assert organization.fields(organization.assessed())["score"] == 20

    def test_needs_rising_bands(self) -> None:
        with pytest.raises(ValidationError, match="write four rising percentages"):
            GovernanceSettings.model_validate({"probability_bands": ["5", "5", "50", "80"]})

    def test_needs_its_figures(self, organization: Organization) -> None:
        blocker = organization.refused("rita", organization.risk(), "assess_risk")["risk_numbers"]

        assert blocker.message == "missing: probability (%), impact level, cost impact, proximity"


class TestAResponse:
    def test_is_complete(self, organization: Organization) -> None:
        key = organization.assessed()

        blocker = organization.refused("rita", key, "plan_response", response="reduce")["response_fields"]

        assert blocker.message == (
            "missing: owner, action owner, residual probability (%), residual cost impact, day of the review"
        )

    def test_fits_the_kind_of_risk(self, organization: Organization) -> None:
        """Nobody exploits a threat."""
        key = organization.assessed()

        blocker = organization.refused("rita", key, "plan_response", **RESPONSE | {"response": "exploit"})

        assert blocker["response_fields"].message == (
            "exploit is a response to an opportunity, and this risk is a threat"
        )

    def test_is_reviewed_on_its_day(self, organization: Organization) -> None:
        """A date is the end of that day."""
        key = organization.assessed()
        organization.move("rita", key, "plan_response", **RESPONSE)

        organization.desk.pass_time("2026-08-02T00:00:00Z")

        assert organization.points(key, "risk_review") == [
            ("08-01 00:00", "100 %", ["governance.risk_owner"])
        ]


class TestAcceptingARisk:
    def test_of_a_high_score_is_the_executives(self, organization: Organization) -> None:
        key = organization.risk()
        organization.move(
            "rita",
            key,
            "assess_risk",
            probability_percent="90",
            impact_level=4,
            cost_impact="1",
            proximity="later",
        )

        blocker = organization.refused("rita", key, "accept_risk", REASON, **WATCHED)["accept_level"]

        assert blocker.message == "its score is 20, and from 20 on only the executive accepts a risk"
        assert blocker.remedy == "ask Olga"
        assert organization.move("olga", key, "accept_risk", REASON, **WATCHED) == "accepted"

    def test_of_a_lower_one_is_its_owners(self, organization: Organization) -> None:
        """Not that of everybody who owns some risk."""
        key = organization.assessed()

        other = organization.refused("rita", key, "accept_risk", REASON, **WATCHED | {"owner": "petr"})

        assert other["accept_level"].message == (
            "Rita does not own this risk, and its owner or the executive accepts it"
        )
        assert other["accept_level"].remedy == "ask Petr"
        assert organization.move("rita", key, "accept_risk", REASON, **WATCHED) == "accepted"
        assert organization.fields(key)["response"] == "accept"

    def test_has_an_owner_and_a_day_of_review(self, organization: Organization) -> None:
        key = organization.assessed()

        nothing = organization.refused("olga", key, "accept_risk", REASON)["acceptance_fields"]
        past = organization.refused("olga", key, "accept_risk", REASON, owner="rita", review_by="2026-06-15")

        assert nothing.message == "missing: owner, day of the review"
        assert past["acceptance_fields"].message.endswith("is not in the future")

    def test_is_watched_until_that_day(self, organization: Organization) -> None:
        key = organization.assessed()
        organization.move("rita", key, "accept_risk", REASON, **WATCHED)

        organization.desk.pass_time("2026-08-02T00:00:00Z")

        assert [point for _, point, _ in organization.points(key, "risk_review")] == ["100 %"]

    def test_goes_by_the_score_before_a_response_that_is_not_in_hand(
        self, organization: Organization
    ) -> None:
        """A response that was planned and taken back makes no risk smaller."""
        key = organization.assessed()
        organization.configure(executive_accepts_from=12)
        organization.move("rita", key, "plan_response", **RESPONSE)
        organization.move("rita", key, "reassess")

        blocker = organization.refused("rita", key, "accept_risk", REASON)["accept_level"]

        assert blocker.message == "its score is 12, and from 12 on only the executive accepts a risk"


class TestTheFiguresOfARisk:
    @pytest.mark.parametrize("field", ["residual_probability_percent", "response"])
    def test_are_not_edited_past_its_assessment(self, organization: Organization, field: str) -> None:
        """They are said in a transition, by who may make it."""
        key = organization.assessed()

        with pytest.raises(BlockedError, match="cannot be changed"):
            organization.desk.edit(key, actor="petr", **{field: RESPONSE[field]})

    def test_are_edited_by_those_who_manage_risks(self, organization: Organization) -> None:
        key = organization.risk()

        with pytest.raises(ForbiddenError):
            organization.desk.edit(key, actor="tara", effect="None at all")


class TestExposure:
    def test_is_that_of_open_threats(self, organization: Organization) -> None:
        """One as it is, one after its response, an opportunity, and one that is closed."""
        organization.assessed()
        answered = organization.assessed()
        organization.move("rita", answered, "plan_response", **RESPONSE)
        organization.assessed(kind="opportunity")
        closed = organization.assessed()
        organization.move("rita", closed, "close_risk", REASON)

        assert organization.metric("risk_exposure") == (5800, 5800, None)
        assert organization.fields(closed)["exposure"] == "0.00"

    def test_ends_when_it_comes_true(self, organization: Organization) -> None:
        key = organization.assessed()

        organization.move("petr", key, "materialise", became=organization.risk())

        assert (organization.state(key), organization.fields(key)["exposure"]) == ("occurred", "0.00")


class TestALesson:
    def test_is_validated_for_somebody_and_applied_by_something(self, organization: Organization) -> None:
        key = organization.create("petr", "lesson", **LESSON)
        unread = organization.refused("lena", key, "validate")["lesson_readers"]
        organization.move("lena", key, "validate", applies_to=["itil"])
        unused = organization.refused("lena", key, "apply")["lesson_action"]
        organization.desk.at("2026-06-25T09:00:00Z")
        organization.move("lena", key, "apply", action=organization.risk())

        assert unread.message == "missing: applies to"
        assert unused.message == "missing: action"
        assert organization.metric("lesson_application") == (100, 1, 1)
        assert organization.metric("lesson_time") == (10, None, 1)

    def test_of_no_use_is_dismissed(self, organization: Organization) -> None:
        key = organization.create("petr", "lesson", **LESSON)

        assert organization.move("lena", key, "dismiss", REASON) == "dismissed"
