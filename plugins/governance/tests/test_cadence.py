"""Reviews that come back, stakeholders, and whether people know the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Organisation

REASON = "as was agreed in the weekly meeting"


class TestReviews:
    def test_come_back_at_their_time(self, organisation: Organisation) -> None:
        """From Tuesday 16 June on: two Mondays, the first of July for month and quarter, and no year."""
        organisation.desk.pass_time("2026-06-16T09:00:00Z")
        organisation.configure(review_cadence=["weekly", "monthly", "quarterly", "yearly"])

        organisation.desk.pass_time("2026-07-01T09:00:00Z")

        assert sorted(item.title for item in organisation.desk.items()) == [
            "Monthly review: 2026-07-01",
            "Quarterly review: 2026-07-01",
            "Weekly review: 2026-06-22",
            "Weekly review: 2026-06-29",
        ]

    def test_come_where_the_workspace_wants_them(self, organisation: Organisation) -> None:
        organisation.desk.pass_time("2026-07-01T09:00:00Z")

        assert organisation.desk.items() == []

    def test_are_held_with_their_findings_or_left_out_with_a_reason(self, organisation: Organisation) -> None:
        held, skipped = (
            organisation.create("pola", "review", cadence="monthly", due_on="2026-06-30") for _ in range(2)
        )
        empty = organisation.refused("pola", held, "hold_review")

        organisation.move("pola", held, "hold_review", findings="Two service levels were missed.")
        organisation.move("pola", skipped, "skip_review", REASON)

        assert set(empty) == {"findings"}
        assert (organisation.state(held), organisation.state(skipped)) == ("held", "skipped")


class TestAStakeholder:
    @pytest.mark.parametrize(
        ("interest", "influence", "engagement"),
        [(4, 4, "manage_closely"), (3, 4, "keep_satisfied"), (4, 3, "keep_informed"), (3, 3, "monitor")],
    )
    def test_is_engaged_by_interest_and_influence(
        self, organisation: Organisation, interest: int, influence: int, engagement: str
    ) -> None:
        key = organisation.create("nora", "stakeholder", name="The works council")
        unrated = organisation.refused("nora", key, "engage")

        organisation.move("nora", key, "engage", interest=interest, influence=influence)

        assert set(unrated) == {"stakeholder_ratings"}
        assert organisation.fields(key)["engagement"] == engagement


class TestAdoption:
    def test_shows_what_people_do_at_the_first_attempt(self, organisation: Organisation) -> None:
        """One of two decisions was tried in vain before, by the same person."""
        first, second = organisation.decision(), organisation.decision()
        organisation.refused("olga", first, "decide")
        for key in (first, second):
            organisation.move("olga", key, "decide", chosen="begin", rationale="It fits.")

        assert organisation.metric("first_pass_rate") == (50, 1, 2)
        assert organisation.metric("override_share") == (0, 0, 2)
