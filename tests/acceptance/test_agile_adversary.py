"""Ways around those who must agree, as developer, product owner, scrum master and flow manager: none leads there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import Person
from .teams import DOD, DONE, ENDED, NOW, OTHERS, PLANNED, Company, opened

CRITERIA = [{"id": "fee", "text": "The fee is shown"}, {"id": "limit", "text": "The limit holds"}]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with opened(tmp_path_factory.mktemp("teams")) as company:
        yield company


def edited(person: Person, key: str, **fields: Any) -> list[str]:
    """The checks that refuse an edit."""
    problem = person.send("PATCH", f"/items/{key}", {"fields": fields}, expect=409)
    return [blocker["check"] for blocker in problem["blockers"]]


def made(person: Person, type: str, **fields: Any) -> dict[str, Any]:
    """The problem with which a new item is refused."""
    parent = fields.pop("parent", None)
    body = {"workspace": "OPS", "type": type, "title": "Mine", "parent": parent, "fields": fields}
    answer = person._http.post("/items", json=body)
    assert answer.status_code in {403, 409, 422}, answer.text
    return dict(answer.json())


def confirm(person: Person, key: str, confirmation: str) -> None:
    person.send("PUT", f"/items/{key}/confirmations/{confirmation}", {"decision": "confirm"})


class TestTheScopeOfASprint:
    def test_is_not_changed_while_the_sprint_is_being_closed(self, company: Company) -> None:
        """An item that is dropped between its end and its close would not show as unfinished."""
        sprint, (done, left) = company.running(company.team("scrum"), 3, 5)
        company.finish(done)
        company.carl.move(sprint, "begin_close")

        for move in ("unselect", "return_ready", "return_refining", "remove"):
            assert list(company.maya.refused(left, move, "we never wanted it")) == ["agile.scope_change"]
        closed = company.carl.move(sprint, "close", events=[PLANNED, *ENDED], goal_met=True)["fields"]
        assert (closed["items_at_end"], closed["unfinished_at_end"]) == (2, 1)

    def test_is_not_agreed_once_and_used_for_more(self, company: Company) -> None:
        """An agreement on five points is none on eight."""
        team = company.team("scrum")
        sprint, _ = company.running(team, 3)
        key = company.ready(team, 5)
        company.ravi.edit(key, sprint=sprint, scope_agreed_by=["maya", "ravi"], goal_endangered=False)
        confirm(company.maya, key, "agile.scope_agreement")
        company.ravi.move(key, "re_estimate", estimate=8)

        assert "agile.scope_change" in company.ravi.refused(key, "select")

    def test_is_not_left_in_parts(self, company: Company) -> None:
        """A part that is split off leaves the sprint; so both agree on it."""
        _, (key,) = company.running(company.team("scrum"), 5)
        company.maya.edit(key, acceptance_criteria=CRITERIA)
        part = {"title": "The limit, later", "criteria": ["limit"]}

        assert list(company.ravi.refused(key, "split", split_off=part)) == ["agile.scope_change"]
        agreed = {"scope_agreed_by": ["maya", "ravi"], "goal_endangered": False}
        assert list(company.ravi.refused(key, "split", split_off=part, **agreed)) == ["agile.scope_change"]
        company.ravi.edit(key, **agreed)
        confirm(company.maya, key, "agile.scope_agreement")
        company.ravi.move(key, "split", split_off=part)

    def test_is_not_that_of_items_which_only_name_the_sprint(self, company: Company) -> None:
        """A name in the backlog neither keeps an item from being removed nor counts as removed from the sprint."""
        team = company.team("scrum")
        sprint, _ = company.running(team, 3)
        key = company.ready(team, 5)
        company.ravi.edit(key, sprint=sprint)

        company.maya.move(key, "remove", "nobody needs it any more")

        assert company.item(sprint)["fields"]["removed_points"] == "0"


class TestTheVelocity:
    def test_is_not_raised_by_what_is_estimated_anew_in_work(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        """Nor by what is finished while the sprint is being closed."""
        with opened(tmp_path_factory.mktemp("closing")) as company:
            sprint, (grown, late) = company.running(company.team("scrum"), 3, 5)
            for key in (grown, late):
                company.ravi.move(key, "start")
                company.ravi.edit(key, dod_checks=DONE)
                company.ravi.move(key, "request_review")
            company.ravi.move(grown, "re_estimate", estimate=100)
            company.rosa.move(grown, "finish")
            assert edited(company.ravi, late, size_begun=100) == ["frozen"]

            company.carl.move(sprint, "begin_close")
            company.clock("2026-11-17T08:00:00Z")
            company.rosa.move(late, "finish")
            closed = company.carl.move(sprint, "close", events=[PLANNED, *ENDED], goal_met=True)["fields"]

            assert float(closed["completed_points"]) == 3
            assert float(closed["completed_committed_points"]) == 3
            assert (closed["items_at_end"], closed["unfinished_at_end"]) == (2, 1)

    def test_is_not_that_of_a_sprint_longer_than_a_month(self, company: Company) -> None:
        """It is planned for later, and started now."""
        team = company.team("scrum")
        far = {"planned_start": "2026-12-14T10:00:00Z", "planned_end": "2027-01-11T10:00:00Z"}
        sprint = company.sprint(team, 1, far, goal="Pay with a card")
        company.selected(team, sprint=sprint)
        company.carl.move(sprint, "plan")

        assert list(company.carl.refused(sprint, "start_sprint")) == ["agile.sprint_length"]


class TestAcceptance:
    def test_does_not_come_before_the_work(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """Neither does it outlive a return to work."""
        with opened(tmp_path_factory.mktemp("accepting"), po_acceptance=True) as company:
            key = company.started(company.team("kanban"))
            company.ravi.edit(key, accepted_by="maya")
            confirm(company.maya, key, "agile.acceptance")
            company.ravi.edit(key, dod_checks=DONE)
            company.ravi.move(key, "request_review")
            assert list(company.rosa.refused(key, "finish")) == ["agile.po_ok"]

            confirm(company.maya, key, "agile.acceptance")
            company.ravi.move(key, "rework", "the fee was forgotten")
            company.ravi.move(key, "request_review")
            assert list(company.rosa.refused(key, "finish")) == ["agile.po_ok"]
            assert "field.writers" in edited(company.carl, key, dod_checks={"docs": False})

    def test_criteria_are_not_dropped_by_who_does_not_meet_them(self, company: Company) -> None:
        key = company.started(company.team("kanban"), acceptance_criteria=CRITERIA)
        met = [{**each, "met": True} for each in CRITERIA]

        assert edited(company.ravi, key, acceptance_criteria=met[:1]) == ["agile.criteria_kept"]
        assert edited(company.carl, key, acceptance_criteria=[]) == ["agile.criteria_kept"]
        renamed = [{**met[0], "text": "The fee is known"}, met[1]]
        assert edited(company.ravi, key, acceptance_criteria=renamed) == ["agile.criteria_kept"]
        company.ravi.edit(key, acceptance_criteria=met)
        company.maya.edit(key, acceptance_criteria=met[:1])

    def test_is_not_by_oneself_under_the_name_of_another(self, company: Company) -> None:
        """Who names a colleague as assignee and hands the item over has worked on it as well."""
        key = company.selected(company.team("kanban"))
        company.ravi.move(key, "start", assignee="rosa", pull_override_reason="as agreed this morning")
        company.ravi.edit(key, dod_checks=DONE)
        company.ravi.move(key, "request_review")

        assert list(company.ravi.refused(key, "finish")) == ["agile.sod_review"]
        assert list(company.rosa.refused(key, "finish")) == ["agile.sod_review"]


class TestLimits:
    def test_of_a_person_count_work_that_is_given_away(self, company: Company) -> None:
        """To nobody, or to somebody who does not develop there."""
        team = company.team("kanban")
        first, _ = (company.started(team, company.sam) for _ in range(2))
        third = company.selected(team)

        for person in (None, "otto"):
            found = company.sam.refused(first, "assign", assignee=person)
            assert "agile.worker_known" in found
        found = company.sam.refused(third, "start", assignee="maya")
        assert list(found) == ["agile.worker_known"]
        assert found["agile.worker_known"]["message"] == "Maya is not a developer of the team"

    def test_of_a_column_hold_for_an_expedited_item_that_is_made_usual_again(self, company: Company) -> None:
        team = company.team("kanban", person_limit=50)
        for _ in range(4):
            company.started(team)
        urgent = company.started(team, class_of_service="expedite")

        found = company.maya.refused(urgent, "reclassify", class_of_service="standard")

        assert list(found) == ["agile.wip_column"]
        assert edited(company.maya, urgent, class_of_service="standard") == ["frozen"]

    def test_hold_in_one_request_for_many(self, company: Company) -> None:
        """Four of six fit, however many are sent at once."""
        team = company.team("kanban", person_limit=50)
        keys = [company.selected(team) for _ in range(6)]
        why = {"pull_override_reason": "all of them today"}
        wishes = [{"key": key, "transition": "start", "fields": why} for key in keys]

        company.ravi._http.post("/transitions", json={"requests": wishes, "atomic": False})

        assert [company.item(key)["state"] for key in keys].count("in_progress") == 4

    def test_of_expedited_items_are_those_of_all_ways_in(self, company: Company) -> None:
        team = company.team("kanban", person_limit=50)
        company.started(team, class_of_service="expedite")
        usual = company.started(team)

        assert list(company.maya.refused(usual, "expedite", "the bank asks for it")) == ["agile.one_expedite"]
        assert list(company.maya.refused(usual, "reclassify", class_of_service="expedite")) == [
            "agile.one_expedite"
        ]
        assert edited(company.ravi, company.ready(team), class_of_service="expedite") == ["field.writers"]

    def test_order_is_not_jumped_with_a_date(self, company: Company) -> None:
        """A date that is due moves an item forward; the product owner sets it."""
        team = company.team("kanban")
        key = company.ready(team, class_of_service="fixed_date", due_date="2026-12-24")

        assert edited(company.ravi, key, due_date="2026-11-17") == ["field.writers"]


class TestOneItemTwice:
    def test_in_one_request_counts_once(self, company: Company) -> None:
        """Neither the size nor the scope of a sprint is counted for each mention."""
        team = company.team("scrum")
        sprint, [first, second] = company.running(team, 3, 5)
        again = {"key": first, "transition": "re_estimate", "fields": {"estimate": 8}}
        begun = {"key": second, "transition": "start"}

        answers = [
            company.ravi._http.post("/transitions", json={"requests": [each, each], "atomic": atomic})
            for each in (again, begun)
            for atomic in (True, False)
        ]

        fields = company.item(sprint)["fields"]
        assert (float(fields["added_points"]), float(fields["removed_points"])) == (5, 0)
        assert company.item(second)["fields"]["worked_by"] == ["ravi"]
        assert all(answer.status_code < 500 for answer in answers), [answer.text for answer in answers]


class TestClosing:
    def test_is_not_done_with_events_of_another_time(self, company: Company) -> None:
        """A retrospective before the sprint began is not its own, and a review before its end shows nothing."""
        sprint, _ = company.running(company.team("scrum"), 3)
        company.carl.move(sprint, "begin_close")
        early = [{**each, "held_at": "2026-10-30T10:00:00Z"} for each in ENDED]

        found = company.carl.refused(sprint, "close", events=early, goal_met=True)

        assert set(found) == {"agile.review_event", "agile.retro_event"}

    def test_is_not_had_at_once_by_planning_into_the_past(self, company: Company) -> None:
        past = {"planned_start": "2026-11-02T10:00:00Z", "planned_end": "2026-11-13T10:00:00Z"}
        team = company.team("scrum")
        sprint = company.sprint(team, 1, past, goal="Pay with a card")
        company.selected(team, sprint=sprint)

        assert list(company.carl.refused(sprint, "plan")) == ["agile.ends_later"]

    def test_is_not_that_of_developers(self, company: Company) -> None:
        sprint, (key,) = company.running(company.team("scrum"), 3)
        company.ravi.move(sprint, "begin_close")

        assert "role" in company.ravi.refused(sprint, "close", events=[PLANNED, *ENDED], goal_met=True)
        assert edited(company.carl, key, disposition="removed") == ["field.writers"]
        assert edited(company.ravi, sprint, completed_points=3) == ["frozen"]


class TestTheWorkingAgreement:
    def test_is_not_loosened_by_who_keeps_it(self, company: Company) -> None:
        """Not by a person, by another mode, in a move, or while the developers are out of their role for a moment."""
        team = company.team("kanban", person_limit=2)
        raised = {"person_limit": 5}

        assert edited(company.carl, team, **raised) == ["agile.agreement_kept"]
        assert edited(company.ivy, team, mode="scrum", person_limit=None) == ["agile.agreement_kept"]
        assert edited(company.ravi, team, dod=DOD[1:]) == ["agile.agreement_kept"]
        assert edited(company.ravi, team, max_ready_points=40) == ["agile.agreement_kept"]
        assert "agile.agreement_kept" in company.carl.refused(team, "drop_proposal", **raised)
        company.carl.send("PUT", f"/items/{team}/roles/agile.developer", {"actors": []})
        assert edited(company.carl, team, **raised) == ["agile.agreement_kept"]

    def test_is_not_approved_by_who_has_proposed_it(self, company: Company) -> None:
        team = company.team("scrum")
        company.ravi.move(team, "propose", proposal={"dod": DOD[1:]})
        vote = f"/items/{team}/approvals/agile.working_agreement"

        answer = company.ravi._http.post(vote, json={"decision": "approve"})

        assert answer.status_code in {403, 409}, answer.text
        assert "agile.agreement_vote" in company.ravi.refused(team, "adopt")
        assert edited(company.ravi, team, proposed_by="rosa") == ["frozen"]


class TestAnotherTeam:
    def test_does_not_get_work_that_its_product_owner_did_not_take(self, company: Company) -> None:
        """Not by an edit, in a move, or by a product owner who takes it for the other one."""
        own, other = company.team("scrum"), company.team("scrum", OTHERS)
        company.assign("agile.stakeholder", "maya", "ravi")
        key = company.maya.create("agile.story", "A story", team=own)

        assert edited(company.maya, key, team=other) == ["agile.team_kept"]
        assert list(company.maya.refused(key, "refine", team=other)) == ["agile.team_kept"]
        assert list(company.maya.refused(key, "transfer", offered_to=other, taken_by="maya")) == [
            "agile.taken"
        ]
        company.maya.edit(key, offered_to=other, taken_by="lea")
        assert list(company.maya.refused(key, "transfer")) == ["agile.taken"]

    def test_keeps_its_sprints_to_itself(self, company: Company) -> None:
        """A scrum master who makes a sprint of theirs below the own team would hold its roles on it."""
        own, other = company.team("scrum", OTHERS | {"scrum_master": ["pia"]}), company.team("scrum")
        draft = company.pia.create("agile.sprint", "Sprint 1", parent=own, team=own, number=1)
        assert edited(company.pia, draft, team=other) == ["agile.team_kept"]

        for type, about in (
            ("sprint", {"number": 1}),
            ("impediment", {"effect": "No key"}),
            ("improvement", {}),
        ):
            problem = made(company.pia, f"agile.{type}", parent=own, team=other, **about)
            assert [blocker["check"] for blocker in problem["blockers"]] == ["agile.team_of_parent"]

    def test_keeps_its_items_to_itself(self, company: Company) -> None:
        other = company.team("scrum")
        sprint, (key,) = company.running(other, 3)
        company.team("scrum", OTHERS)

        for person in (company.gina, company.finn, company.lea):
            assert person._http.get(f"/items/{key}").status_code == 404
            assert (
                person._http.patch(f"/items/{sprint}", json={"fields": {"goal_met": True}}).status_code == 404
            )
        assert made(company.gina, "agile.story", team=other)["status"] in {403, 422}

    def test_has_its_sprint_filled_by_itself(self, company: Company) -> None:
        own, other = company.team("scrum"), company.team("scrum", OTHERS)
        theirs = company.finn.create(
            "agile.sprint", "Sprint 1", team=other, number=1, goal="Pay with a bill", **NOW
        )
        key = company.ready(own)

        answer = company.ravi._http.post(
            f"/items/{key}/transitions", json={"transition": "select", "fields": {"sprint": theirs}}
        )

        assert answer.status_code in {409, 422}, answer.text
        assert company.item(key)["state"] == "ready"
