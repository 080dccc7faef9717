"""Planning intervals: objectives with a value, a vote in person, predictability at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from placet import BlockedError

if TYPE_CHECKING:
    from .conftest import Company

DATES = {"planned_start": "2026-06-15", "planned_end": "2026-08-24"}


def objective(company: Company, interval: str, team: str, value: int, *, committed: bool = True) -> str:
    key = company.create(
        "ana", "pi_objective", team=team, program_increment=interval, committed=committed, parent=interval
    )
    company.move("boris", key, "agree_objective", planned_value=value)
    return key


class TestAnInterval:
    def test_is_not_planned_where_the_workspace_does_without(self, company: Company) -> None:
        with pytest.raises(BlockedError, match="planning intervals are not used here"):
            company.create("rudi", "program_increment")

    def test_lasts_eight_to_twelve_weeks_and_has_an_objective_of_each_team(self, company: Company) -> None:
        company.configure(safe_enabled=True)
        team, other = company.team(), company.team()
        interval = company.create("rudi", "program_increment", teams=[team, other])
        objective(company, interval, team, 10)

        assert company.messages(
            "rudi", interval, "plan_pi", planned_start="2026-06-15", planned_end="2026-08-09"
        ) == ["the interval lasts 55 days, allowed are 56 to 84", f"no agreed objective of {other}"]

    def test_starts_with_confidence_that_people_say_themselves(self, company: Company) -> None:
        company.configure(safe_enabled=True)
        team = company.team()
        interval = company.create("rudi", "program_increment", teams=[team])
        objective(company, interval, team, 10)
        company.move("rudi", interval, "plan_pi", **DATES)
        votes = [{"actor": "ana", "vote": 2}, {"actor": "ben", "vote": 3}, {"actor": "mona", "vote": 3}]
        company.edit("rudi", interval, confidence_vote=[*votes, {"actor": "ben", "vote": 3}])

        assert company.messages("rudi", interval, "start_pi") == [
            "the confidence is 2.8, at least 3 is needed",
            "Pat, Sam and Dora of the teams did not vote",
            "Ben voted more than once",
            "Mona voted without belonging to a team of the train",
            "Ana voted low without saying why",
            "Vote of confidence is not confirmed by Ana, Ben and Mona",
        ]

    def test_is_as_predictable_as_its_objectives_came_out(self, company: Company) -> None:
        """An uncommitted objective counts when it is reached, and costs nothing when it is not."""
        company.configure(safe_enabled=True)
        team = company.team()
        interval = company.create("rudi", "program_increment", teams=[team])
        values = [(10, 9), (8, 8), (7, 4)]
        made = [(objective(company, interval, team, planned), actual) for planned, actual in values]
        made.append((objective(company, interval, team, 5, committed=False), 3))
        company.move("rudi", interval, "plan_pi", **DATES)
        people = ["pat", "sam", "ana", "ben", "dora"]
        company.edit("rudi", interval, confidence_vote=[{"actor": each, "vote": 4} for each in people])
        for each in people:
            company.desk.confirm(interval, "agile.confidence", by=each)
        company.move("rudi", interval, "start_pi")
        assert list(company.refused("rudi", interval, "inspect_pi")) == ["pi_end"]
        company.desk.pass_time("2026-08-25T08:00:00Z")
        assert company.state(interval) == "inspecting"
        assert list(company.refused("rudi", interval, "close_pi")) == ["pi_all_scored"]
        (third, _), (fourth, _) = made[2:]
        why = "it would spoil the figure of the train"
        refusal = company.refused("rudi", third, "drop_objective", why)
        assert list(refusal) == ["commitment_kept"]
        assert company.desk.preview(fourth, "drop_objective", actor="rudi").allowed

        for key, actual in made:
            company.move("boris", key, "score_objective", actual_value=actual)
        company.move("rudi", interval, "close_pi")

        assert company.fields(interval)["predictability"] == "96.0"


class TestAnObjective:
    def test_belongs_to_the_interval_below_which_it_is_made(self, company: Company) -> None:
        company.configure(safe_enabled=True)
        team = company.team()
        interval, other = (company.create("rudi", "program_increment", teams=[team]) for _ in range(2))

        with pytest.raises(
            BlockedError, match=f"it is below the interval {interval}, and is to belong to {other}"
        ):
            company.create("ana", "pi_objective", team=team, program_increment=other, parent=interval)

    def test_has_the_value_that_the_business_owner_sets(self, company: Company) -> None:
        company.configure(safe_enabled=True)
        team = company.team()
        interval = company.create("rudi", "program_increment", teams=[team])

        with pytest.raises(BlockedError):
            company.create("ana", "pi_objective", team=team, program_increment=interval, planned_value=10)
