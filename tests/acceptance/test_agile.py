"""The acceptance scenarios of agile teams, through HTTP, with their figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .teams import DONE, ENDED, LATER, PLANNED, READY, TEAM, Company, opened


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with opened(tmp_path_factory.mktemp("teams"), safe_enabled=True) as company:
        yield company


class TestASprint:
    def test_starts_after_the_one_before_and_with_a_goal(self, company: Company) -> None:
        """Sprint 7 of the method's scenario is 1 here."""
        team = company.team("scrum")
        company.running(team, 3)
        upcoming = company.sprint(team, 2, LATER, goal="Pay with a bill")
        company.selected(team, sprint=upcoming)
        company.carl.move(upcoming, "plan")
        company.carl.edit(upcoming, goal=None)

        found = company.carl.refused(upcoming, "start_sprint")

        assert {blocker["gate"] for blocker in found.values()} == {
            "agile.one_running_sprint",
            "agile.goal_set",
        }

    def test_is_cancelled_by_the_product_owner_alone(self, company: Company) -> None:
        sprint, items = company.running(company.team("scrum"), 8, 5, 3, 3, 3)
        for key in items[:2]:
            company.finish(key)
        why = {"cancel_reason": "The law that it was for is gone", "goal_obsolete": True}

        found = company.carl.refused(sprint, "cancel", **why)
        assert [blocker["gate"] for blocker in found.values()] == ["role"]
        assert "agile.product_owner" in found["role"]["who"]
        cancelled = company.maya.move(sprint, "cancel", **why)

        assert (cancelled["state"], cancelled["fields"]["completed_points"]) == ("cancelled", "13")
        assert [company.item(key)["state"] for key in items] == ["done", "done", "ready", "ready", "ready"]

    def test_counts_what_was_committed_added_and_done(self, company: Company) -> None:
        """Committed 30, 5 added, 27 done and 25 of these committed; each unfinished item goes its way."""
        team = company.team("scrum")
        sprint, items = company.running(team, 8, 8, 8, 1, 5)
        added = [company.ready(team, size) for size in (2, 3)]
        for key in added:
            company.ravi.edit(key, sprint=sprint, scope_agreed_by=["maya", "ravi"], goal_endangered=False)
            assert list(company.ravi.refused(key, "select")) == ["agile.scope_change"]
            company.maya.send(
                "PUT", f"/items/{key}/confirmations/agile.scope_agreement", {"decision": "confirm"}
            )
            company.ravi.move(key, "select")
        for key in (*items[:4], added[0]):
            company.finish(key)
        upcoming = company.sprint(team, 2, LATER)
        company.carl.move(sprint, "begin_close")
        company.maya.edit(items[4], disposition="to_next_sprint")
        closed = company.carl.move(sprint, "close", events=[PLANNED, *ENDED], goal_met=True)["fields"]

        assert closed["completed_points"] == "27"
        say_do = 100 * float(closed["completed_committed_points"]) / float(closed["committed_points"])
        change = 100 * float(closed["added_points"]) / float(closed["committed_points"])
        assert (round(say_do, 1), round(change, 1)) == (83.3, 16.7)
        assert closed["unfinished_at_end"] == 2
        carried, returned = company.item(items[4]), company.item(added[1])
        assert (carried["state"], carried["fields"]["sprint"]) == ("selected", upcoming)
        assert returned["state"] == "ready"


class TestAStory:
    def test_is_not_ready_beyond_the_largest_size(self, company: Company) -> None:
        key = company.maya.create("agile.story", "A large one", team=company.team("scrum"))
        company.ravi.move(key, "refine")
        company.ravi.edit(key, points=13)

        found = company.ravi.refused(key, "mark_ready", dor_checks=READY)

        assert list(found) == ["agile.estimated"]
        assert found["agile.estimated"]["gate"] == "agile.dor_met"
        assert found["agile.estimated"]["message"] == "the estimate 13 is not allowed (max 8)"

    def test_is_not_done_without_docs_nor_by_its_assignee(self, company: Company) -> None:
        key = company.started(company.team("kanban"))
        company.ravi.edit(key, dod_checks=DONE | {"docs": False})
        company.ravi.move(key, "request_review")

        found = company.ravi.refused(key, "finish")

        assert {(blocker["gate"], check) for check, blocker in found.items()} == {
            ("agile.dod_met", "agile.dod_all"),
            ("segregation", "agile.sod_review"),
        }
        assert "docs" in found["agile.dod_all"]["message"]


class TestABoard:
    def test_keeps_the_limit_of_a_column(self, company: Company) -> None:
        """A blocked item counts; one expedited item goes beyond it, and a second one does not."""
        team = company.team("kanban", person_limit=10)
        keys = [company.started(team) for _ in range(4)]
        company.ravi.edit(keys[0], blocked=True, blocked_reason="The bank does not answer")
        standard = company.selected(team)
        found = company.sam.refused(standard, "start")
        assert "holds 4 of 4" in found["agile.wip_column"]["message"]

        company.started(team, company.rosa, class_of_service="expedite")

        second = company.selected(team, class_of_service="expedite")
        assert list(company.sam.refused(second, "start")) == ["agile.one_expedite"]

    def test_keeps_the_limit_of_a_person(self, company: Company) -> None:
        team = company.team("kanban")
        for _ in range(2):
            company.started(team, company.sam)
        third = company.selected(team)

        found = company.sam.refused(third, "start")

        assert {check: blocker["message"] for check, blocker in found.items()} == {
            "agile.wip_person": "Sam has 2 of 2 items in work"
        }

    def test_asks_for_a_reason_out_of_order(self, company: Company) -> None:
        team = company.team("kanban", sle_days=10)
        standard = company.selected(team)
        dated = company.selected(team, class_of_service="fixed_date", due_date="2026-11-22")
        company.selected(team, class_of_service="intangible")

        found = company.rosa.refused(standard, "start")
        assert dated in found["agile.next_in_queue"]["message"]
        company.rosa.move(standard, "start", pull_override_reason="sam is away")

        assert "sam is away" in company.maya.text(f"/items/{standard}/history")

    def test_has_its_order_from_the_product_owner(self, company: Company) -> None:
        """One request, `{after: KEY}`, which rewrites one item."""
        team = company.team("scrum")
        a, b, c = (company.maya.create("agile.story", title, team=team) for title in "abc")
        versions = [company.item(key)["version"] for key in (a, b)]

        company.maya.move(c, "reorder", after=a)

        ranks = {key: company.item(key)["fields"]["rank"] for key in (a, b, c)}
        assert sorted(ranks, key=ranks.__getitem__) == [a, c, b]
        assert [company.item(key)["version"] for key in (a, b)] == versions


class TestATrain:
    def test_orders_features_by_weighted_shortest_job_first(self, company: Company) -> None:
        names = ("user_business_value", "time_criticality", "risk_reduction_opportunity", "job_size")
        sizes = {"F1": (8, 5, 3, 5), "F2": (13, 8, 8, 13), "F3": (3, 2, 1, 2)}
        found = {}
        for title, values in sizes.items():
            key = company.pia.create("agile.feature", title, **dict(zip(names, values, strict=True)))
            found[title] = company.pia.get(f"/items/{key}")["fields"]["wsjf"]

        assert sorted(found.items(), key=lambda each: -float(each[1])) == [
            ("F1", "3.20"),
            ("F3", "3.00"),
            ("F2", "2.23"),
        ]

    def test_is_as_predictable_as_its_objectives_came_out(self, company: Company) -> None:
        team = company.team("scrum")
        times = {"planned_start": "2026-08-24", "planned_end": "2026-11-02"}
        interval = company.cora.create("agile.program_increment", "Autumn", teams=[team], **times)
        scored = []
        for planned, actual, committed in ((10, 9, True), (8, 8, True), (7, 4, True), (5, 3, False)):
            about = {"team": team, "program_increment": interval, "committed": committed}
            key = company.ravi.create("agile.pi_objective", "An objective", **about)
            company.otto.move(key, "agree_objective", planned_value=planned)
            scored.append((key, actual))
        company.cora.move(interval, "plan_pi")
        people = [person for holders in TEAM.values() for person in holders]
        company.ravi.edit(interval, confidence_vote=[{"actor": each, "vote": 4} for each in people])
        for each in people:
            path = f"/items/{interval}/confirmations/agile.confidence"
            getattr(company, each).send("PUT", path, {"decision": "confirm"}, expect=200)
        for step in ("start_pi", "inspect_pi"):
            company.cora.move(interval, step)
        for key, actual in scored:
            company.otto.move(key, "score_objective", actual_value=actual)

        assert company.cora.move(interval, "close_pi")["fields"]["predictability"] == "96.0"
