"""Product goals, epics, features, increments, impediments and improvements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from placet import BlockedError

if TYPE_CHECKING:
    from .conftest import Company

from .conftest import REASON


def weighed(value: int, urgency: int, risk: int, size: int) -> dict[str, Any]:
    return {
        "user_business_value": value,
        "time_criticality": urgency,
        "risk_reduction_opportunity": risk,
        "job_size": size,
    }


class TestAProductGoal:
    def test_is_one_at_a_time_and_proven(self, company: Company) -> None:
        about: dict[str, Any] = {
            "teams": [company.team()],
            "statement": "Pay",
            "measure": "Payments",
            "target_date": "2026-12-31",
        }
        first, second = (company.create("pat", "product_goal", **about) for _ in range(2))
        company.move("pat", first, "pursue")

        titled = f"'{company.desk.item(first).title}' ({first})"
        assert company.messages("pat", second, "pursue") == [f"the product goal {titled} is still pursued"]
        assert list(company.refused("pat", first, "fulfil")) == ["goal_measured"]
        company.desk.attach(first, "goal_measured")
        assert company.move("pat", first, "fulfil") == "fulfilled"
        assert company.move("pat", second, "pursue") == "pursued"


class TestAFeature:
    def test_is_ordered_by_weighted_shortest_job_first(self, company: Company) -> None:
        sizes = {"F1": weighed(8, 5, 3, 5), "F2": weighed(13, 8, 8, 13), "F3": weighed(3, 2, 1, 2)}
        made = {title: company.create("mona", "feature", title, **given) for title, given in sizes.items()}

        found = {title: company.fields(key)["wsjf"] for title, key in made.items()}

        assert found == {"F1": "3.20", "F2": "2.23", "F3": "3.00"}

    def test_is_accepted_criterion_by_criterion_in_person(self, company: Company) -> None:
        team = company.team()
        criteria = [{"id": "card", "text": "By card"}]
        key = company.create("mona", "feature", teams=[team], **weighed(8, 5, 3, 5))
        company.move("mona", key, "analyse_feature")
        assert list(company.refused("mona", key, "accept_feature")) == ["wsjf_inputs"]
        company.edit("mona", key, acceptance_criteria=criteria)
        company.move("mona", key, "accept_feature")
        company.move("ana", key, "implement_feature")
        assert company.messages("ana", key, "validate_feature") == ["nothing below it is done"]
        story = company.create("pat", "story", team=team, parent=key)
        assert company.messages("ana", key, "validate_feature") == [
            f"1 item below it open: 'Something' ({story})"
        ]
        company.move("pat", story, "remove", REASON)
        done = company.started(company.team("kanban"), parent=key)
        company.finish(done)
        company.move("ana", key, "validate_feature")

        assert company.messages("mona", key, "complete_feature") == ["not accepted: card"]
        company.edit("ana", key, acceptance_criteria=[criteria[0] | {"accepted_by": "pat"}])
        assert company.messages("mona", key, "complete_feature") == [
            "Acceptance of a criterion is not confirmed by Pat"
        ]
        company.desk.confirm(key, "agile.feature_acceptance", by="pat")
        assert company.move("mona", key, "complete_feature") == "done"


class TestAnEpic:
    def test_is_the_business_owners_decision_on_a_complete_case(self, company: Company) -> None:
        key = company.create("mona", "epic")
        company.move("mona", key, "review_epic")
        assert list(company.refused("mona", key, "analyse_epic")) == ["hypothesis"]
        company.edit("mona", key, hypothesis="People pay more often by card")
        company.move("mona", key, "analyse_epic")

        assert set(company.refused("mona", key, "approve_epic")) == {"role", "epic_business_case"}
        company.edit("mona", key, mvp="One card", lean_business_case="It pays", **weighed(8, 5, 3, 5))
        assert company.move("boris", key, "approve_epic") == "ready"
        with pytest.raises(BlockedError):
            company.edit("mona", key, lean_business_case="It pays twice")


class TestAnIncrement:
    def test_is_usable_with_done_items_and_without_critical_bugs(self, company: Company) -> None:
        team = company.team("kanban")
        increment = company.create("ana", "increment", team=team)
        assert list(company.refused("ana", increment, "declare_usable")) == ["items_all_done"]
        story = company.started(team)
        company.finish(story)
        bug = company.create("sten", "bug", team=team, severity="critical", defect_of=story)

        assert company.messages("ana", increment, "declare_usable") == [
            f"open critical bugs: 'Something' ({bug})"
        ]
        company.move("pat", bug, "remove", REASON)
        company.move("ana", increment, "declare_usable")
        assert list(company.refused("pat", increment, "release")) == ["release_notes"]
        assert company.move("pat", increment, "release", version="1.0", release_notes="Cards") == "released"


class TestAnImpediment:
    def test_is_taken_further_after_three_days(self, company: Company) -> None:
        team = company.team()
        key = company.create("ana", "impediment", team=team, effect="No test data")

        company.desk.pass_time("2026-06-19T08:00:00Z")

        [fired] = [e for e in company.desk.history(key) if e.kind == "timer"]
        assert fired.data["notifies"] == ["agile.release_train_engineer", "agile.product_owner"]
        company.move("sam", key, "take_impediment")
        assert company.fields(key)["owner"] == "sam"


class TestAnImprovement:
    def test_is_tried_once_success_can_be_seen_and_leaves_a_lesson(self, company: Company) -> None:
        key = company.create("ana", "improvement", "Review within a day", team=company.team())
        assert list(company.refused("sam", key, "select_improvement")) == ["improvement_measure"]

        company.move(
            "sam", key, "select_improvement", expected_effect="Less waiting", measure="Days in review"
        )
        company.move("ana", key, "adopt")

        assert [item.type for item in company.desk.items()].count("governance.lesson") == 1


class TestATeam:
    def test_ends_with_nothing_in_work(self, company: Company) -> None:
        team = company.team("kanban")
        company.started(team)

        assert company.messages("pat", team, "dissolve") == [
            "the team still has 1 item in work and 0 sprints open"
        ]

    def test_keeps_its_agreements_where_they_belong(self, company: Company) -> None:
        """Quality is the developers', limits are not theirs."""
        team = company.team("kanban")

        for person, change in (("sam", {"dod": [{"id": "x", "text": "X"}]}), ("ana", {"person_limit": 9})):
            with pytest.raises(BlockedError):
                company.edit(person, team, **change)

    def test_learns_what_it_can_expect_of_itself(self, company: Company) -> None:
        """Eleven items, each done on the day on which it was started."""
        team = company.team("kanban", person_limit=20)
        for _ in range(11):
            company.finish(company.started(team))

        company.desk.pass_time("2026-06-22T07:00:00Z")

        assert company.fields(team)["sle_days"] == 1

    def test_is_reminded_to_refine(self, company: Company) -> None:
        """Three points were done in the last sprint, and nothing is ready."""
        team = company.team()
        sprint = company.running(team)
        [key] = company.items_of(sprint)
        company.move("ana", key, "start")
        company.finish(key)
        company.desk.at("2026-06-29T07:00:00Z")
        company.record("sam", sprint, "review", outcome="Shown to everybody")
        company.record("sam", sprint, "retrospective", outcome="Nothing to change this time")
        company.move("sam", sprint, "begin_close")
        company.move("sam", sprint, "close", goal_met=True)

        company.desk.pass_time("2026-07-06T09:00:00Z")

        found = [e.data for e in company.desk.history(team) if e.kind == "timer"]
        assert ["agile.product_owner", "agile.developer", "agile.scrum_master"] in [
            each.get("notifies") for each in found
        ]
