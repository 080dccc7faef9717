"""Reviews that come back, stakeholders, and whether people know the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Organization

REASON = "as was agreed in the weekly meeting"


class TestReviews:
    def test_come_back_at_their_time(self, organization: Organization) -> None:
        """From Tuesday 16 June on: two Mondays, the first of July for month and quarter, and no year."""
        organization.desk.pass_time("2026-06-16T09:00:00Z")
        organization.configure(review_cadence=["weekly", "monthly", "quarterly", "yearly"])

        organization.desk.pass_time("2026-07-01T09:00:00Z")

        assert sorted(item.title for item in organization.desk.items()) == [
            "Monthly review: 2026-07-01",
            "Quarterly review: 2026-07-01",
            "Weekly review: 2026-06-22",
            "Weekly review: 2026-06-29",
        ]

    def test_come_where_the_workspace_wants_them(self, organization: Organization) -> None:
        organization.desk.pass_time("2026-07-01T09:00:00Z")

        assert organization.desk.items() == []

    def test_are_held_with_their_findings_or_left_out_with_a_reason(self, organization: Organization) -> None:
        held, skipped = (
            organization.create("pola", "review", cadence="monthly", due_on="2026-06-30") for _ in range(2)
        )
        empty = organization.refused("pola", held, "hold_review")

        organization.move("pola", held, "hold_review", findings="Two service levels were missed.")
        organization.move("pola", skipped, "skip_review", REASON)

        assert set(empty) == {"findings"}
        assert (organization.state(held), organization.state(skipped)) == ("held", "skipped")


class TestAStakeholder:
    @pytest.mark.parametrize(
        ("interest", "influence", "engagement"),
        [(4, 4, "manage_closely"), (3, 4, "keep_satisfied"), (4, 3, "keep_informed"), (3, 3, "monitor")],
    )
    def test_is_engaged_by_interest_and_influence(
        self, organization: Organization, interest: int, influence: int, engagement: str
    ) -> None:
        key = organization.create("nora", "stakeholder", name="The works council")
        unrated = organization.refused("nora", key, "engage")

        organization.move("nora", key, "engage", interest=interest, influence=influence)

        assert set(unrated) == {"stakeholder_ratings"}
        assert organization.fields(key)["engagement"] == engagement


class TestAdoption:
    def test_shows_what_people_do_at_the_first_attempt(self, organization: Organization) -> None:
        """One of two decisions was tried in vain before, by the same person."""
        first, second = organization.decision(), organization.decision()
        organization.refused("olga", first, "decide")
        for key in (first, second):
            organization.move("olga", key, "decide", chosen="begin", rationale="It fits.")

        assert organization.metric("first_pass_rate") == (50, 1, 2)
        assert organization.metric("override_share") == (0, 0, 2)
