"""The working agreement of a team: stricter by an edit, less strict by the team alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from placet import BlockedError

from .conftest import DOD

if TYPE_CHECKING:
    from .conftest import Company

KANBAN = {"product_owner": ["pat"], "flow_manager": ["finn"], "developer": ["ana", "ben"]}
LIMITS = {"selected": 6, "in_progress": 4, "in_review": 3}


def kanban(company: Company, **people: list[str]) -> str:
    return company.team("kanban", KANBAN | people)


class TestALimit:
    def test_is_not_raised_by_one_person(self, company: Company) -> None:
        """Not by who manages the flow, nor by leaving the limits to a mode without any."""
        team = kanban(company)

        for by, more in (
            ("finn", {"wip_limits": LIMITS | {"in_progress": 5}}),
            ("finn", {"wip_limits": LIMITS | {"in_review": None}}),
            ("finn", {"person_limit": 3}),
            ("finn", {"expedite_limit": 2}),
            ("finn", {"intangible_min_slots": 0}),
            ("ben", {"max_ready_points": 40}),
            ("cleo", {"mode": "scrum"}),
        ):
            with pytest.raises(BlockedError, match=r"the team decides together on .* less strict"):
                company.edit(by, team, **more)

        assert company.fields(team).get("wip_limits") is None

    def test_is_lowered_by_who_manages_the_flow(self, company: Company) -> None:
        team = kanban(company)

        company.edit("finn", team, wip_limits=LIMITS | {"in_progress": 2}, person_limit=1)

        assert company.fields(team)["wip_limits"]["in_progress"] == 2

    def test_is_raised_once_a_developer_approves(self, company: Company) -> None:
        team = kanban(company)
        proposal = {"wip_limits": LIMITS | {"in_progress": 5}, "person_limit": 3}
        company.move("finn", team, "propose", proposal=proposal)
        early = company.refused("finn", team, "adopt")
        company.desk.approve(team, "agile.working_agreement", by=["ben"])

        company.move("finn", team, "adopt")

        fields = company.fields(team)
        assert set(early) == {"agreement_vote"}
        assert (fields["wip_limits"]["in_progress"], fields["person_limit"]) == (5, 3)
        assert (fields.get("proposal"), fields.get("proposed_by")) == (None, None)

    def test_is_approved_as_it_was_proposed(self, company: Company) -> None:
        """Another proposal asks again, and one that changes nothing is none."""
        team = kanban(company)
        company.move("finn", team, "propose", proposal={"person_limit": 3})
        company.desk.approve(team, "agile.working_agreement", by=["ben"])
        company.move("finn", team, "propose", proposal={"person_limit": 30})

        assert set(company.refused("finn", team, "adopt")) == {"agreement_vote"}
        company.move("finn", team, "drop_proposal")
        assert company.messages("finn", team, "adopt")[0] == (
            "nothing is proposed that would change the agreement"
        )

    def test_is_written_by_the_coach_while_the_team_has_no_developers(self, company: Company) -> None:
        """Who forms a team writes its first agreement."""
        team = company.team("kanban", {"product_owner": ["pat"]})

        company.edit("cleo", team, person_limit=9, dod=DOD[:1])

        assert company.fields(team)["person_limit"] == 9


class TestTheDefinitionOfDone:
    @pytest.mark.parametrize(
        "weaker",
        [DOD[1:], [{"id": "code_reviewed", "text": "Somebody has heard of it"}, *DOD[1:]]],
        ids=["an entry less", "another text"],
    )
    def test_is_not_lowered_by_one_developer(self, company: Company, weaker: list[dict[str, Any]]) -> None:
        team = company.team()

        with pytest.raises(BlockedError, match="code_reviewed of the definition of done"):
            company.edit("ana", team, dod=weaker)

    def test_is_raised_by_a_developer(self, company: Company) -> None:
        """Another entry, and evidence for one that is there."""
        team = company.team()

        company.edit(
            "ana", team, dod=[DOD[0] | {"evidence_kind": "review"}, *DOD[1:], {"id": "fast", "text": "Fast"}]
        )

        assert len(company.fields(team)["dod"]) == 4
        with pytest.raises(BlockedError, match="code_reviewed of the definition of done"):
            company.edit("ana", team, dod=[*DOD, {"id": "fast", "text": "Fast"}])

    def test_is_lowered_with_the_approval_of_another_developer(self, company: Company) -> None:
        """Not with one's own; where there is no other, somebody else of the team approves it."""
        team, alone = company.team(), company.team(people={"product_owner": ["pat"], "developer": ["ana"]})
        company.move("ana", team, "propose", proposal={"dod": DOD[1:]})
        company.move("ana", alone, "propose", proposal={"dod": DOD[1:]})

        asked = {key: company.desk.approvals(key)[0].missing for key in (team, alone)}
        company.desk.approve(team, "agile.working_agreement", by=["dora"])
        company.move("ana", team, "adopt")

        assert asked == {team: ("ben", "dora"), alone: ("pat",)}
        assert [each["id"] for each in company.fields(team)["dod"]] == ["tests_green", "docs"]
