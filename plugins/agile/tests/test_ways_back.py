"""The ways back and out: what is given up or taken back says why, and what was done wrongly is done again."""

from __future__ import annotations

from typing import Any

from .conftest import DOD, REASON, Company


def given_up(company: Company, by: str, key: str, transition: str) -> str:
    """Give something up; without a reason, that is refused."""
    assert set(company.refused(by, key, transition)) == {"reason_text"}
    return company.move(by, key, transition, REASON)


class TestGivingUp:
    def test_a_goal_an_obstacle_an_improvement_and_a_release(self, company: Company) -> None:
        team = company.team()
        goal = company.create("pat", "product_goal", teams=[team], statement="Cards", measure="share",
                              target_date="2026-12-31")  # fmt: skip
        impediment = company.create("ana", "impediment", team=team, effect="No key")
        improvement = company.create("ana", "improvement", team=team)
        increment = company.create("ana", "increment", team=team)

        assert given_up(company, "pat", goal, "abandon") == "abandoned"
        assert given_up(company, "pat", impediment, "tolerate") == "tolerated"
        assert given_up(company, "sam", improvement, "drop_improvement") == "dropped"
        assert given_up(company, "pat", increment, "withdraw_increment") == "withdrawn"

    def test_epics_features_and_what_a_train_has_planned(self, company: Company) -> None:
        company.configure(safe_enabled=True)
        team = company.team()
        epic = company.create("mona", "epic", "Pay anywhere")
        feature = company.create("mona", "feature", "Pay in shops", parent=epic)
        interval = company.create("rudi", "program_increment", "Summer", teams=[team])
        objective = company.create("ana", "pi_objective", "Cards", team=team, program_increment=interval)

        assert given_up(company, "boris", objective, "drop_objective") == "dropped"
        assert given_up(company, "boris", interval, "cancel_pi") == "cancelled"
        assert given_up(company, "mona", feature, "reject_feature") == "rejected"
        assert given_up(company, "boris", epic, "reject_epic") == "rejected"


class TestGoingBack:
    def test_a_plan_and_an_item_that_was_called_ready(self, company: Company) -> None:
        """A sprint planned again is a draft, whose dates may change; a story that is not ready is refined again."""
        team = company.team()
        sprint = company.planned(team)
        story = company.ready(team)

        assert company.move("sam", sprint, "replan") == "draft"
        company.edit("sam", sprint, planned_end="2026-06-26T08:00:00Z")
        assert company.move("sam", sprint, "plan") == "planned"
        assert company.move("ana", story, "unready") == "refining"

    def test_a_task_that_is_not_needed_holds_up_nobody(self, company: Company) -> None:
        team = company.team("kanban")
        story = company.started(team)
        done, unneeded = (company.create("ana", "task", parent=story, remaining_hours=3) for _ in range(2))
        company.edit("ana", story, dod_checks={each["id"]: True for each in DOD})

        assert company.move("ana", done, "begin_task", assignee="ana") == "doing"
        assert set(company.refused("ana", story, "request_review")) == {"tasks_final"}
        company.move("ana", done, "end_task")
        company.move("ana", unneeded, "remove_task")

        assert company.fields(done)["remaining_hours"] == "0"
        assert company.move("ana", story, "request_review") == "in_review"

    def test_an_increment_that_was_called_usable_too_early(self, company: Company) -> None:
        """It collects again, and is verified again."""
        team = company.team("kanban")
        increment = company.create("ana", "increment", team=team)
        company.finish(company.started(team))
        company.move("ana", increment, "declare_usable")

        assert company.move("ana", increment, "reopen_increment") == "assembling"
        assert company.move("ana", increment, "declare_usable") == "usable"

    def test_a_feature_whose_validation_failed(self, company: Company) -> None:
        """It is worked on again, and accepted again as it is then; an epic ends with its features."""
        team = company.team("kanban")
        scored: dict[str, Any] = {
            "user_business_value": 8,
            "time_criticality": 5,
            "risk_reduction_opportunity": 3,
            "job_size": 5,
        }
        epic = company.create("mona", "epic", "Pay anywhere", hypothesis="Fewer calls", mvp="One card",
                              lean_business_case="It pays.", **scored)  # fmt: skip
        for by, step in (("mona", "review_epic"), ("mona", "analyse_epic"), ("boris", "approve_epic")):
            company.move(by, epic, step)
        assert company.move("mona", epic, "implement_epic") == "implementing"
        criteria = [{"id": "works", "text": "It works in shops"}]
        accepted = [{**criteria[0], "accepted_by": "mona"}]
        feature = company.create("mona", "feature", "Pay in shops", parent=epic, teams=[team],
                                 acceptance_criteria=criteria, **scored)  # fmt: skip
        for step in ("analyse_feature", "accept_feature"):
            company.move("mona", feature, step)
        company.move("ana", feature, "implement_feature")
        assert set(company.refused("ana", feature, "validate_feature")) == {"children_done"}
        story = company.started(team, parent=feature)
        company.finish(story)
        company.move("ana", feature, "validate_feature")

        assert set(company.refused("mona", feature, "complete_feature")) == {"feature_criteria"}
        company.edit("mona", feature, acceptance_criteria=accepted)
        assert set(company.refused("mona", feature, "rework_feature")) == {"reason_text"}
        assert company.move("mona", feature, "rework_feature", REASON) == "implementing"
        company.move("ana", feature, "validate_feature")
        assert set(company.refused("mona", feature, "complete_feature")) == {"feature_criteria"}
        company.edit("mona", feature, acceptance_criteria=accepted)
        assert set(company.refused("boris", epic, "complete_epic")) == {"children_done"}
        company.move("mona", feature, "complete_feature")
        assert company.move("boris", epic, "complete_epic") == "done"
