"""Stories and bugs: refined, written, ranked, done, blocked and split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from placet import BlockedError, InvalidError

if TYPE_CHECKING:
    from .conftest import Company

from .conftest import DONE, READY, REASON, TEAM


class TestBecomingReady:
    def test_takes_every_entry_of_the_definition_of_ready(self, company: Company) -> None:
        """And an estimate; both are reported at once."""
        key = company.story(company.team())
        company.move("ana", key, "refine")

        found = company.refused("ana", key, "mark_ready", dor_checks=READY | {"value": False})

        assert {check: blocker.message for check, blocker in found.items()} == {
            "dor_all": "not ready yet: value",
            "estimated": "it is not estimated",
        }

    def test_is_refused_above_the_largest_size(self, company: Company) -> None:
        key = company.story(company.team())
        company.move("ana", key, "refine")
        company.edit("ana", key, points="13")

        found = company.refused("ana", key, "mark_ready", dor_checks=READY)

        assert [(b.gate, b.check, b.message) for b in found.values()] == [
            ("agile.dor_met", "agile.estimated", "the estimate 13 is not allowed (max 8)")
        ]

    def test_is_refused_off_the_scale(self, company: Company) -> None:
        key = company.story(company.team())
        company.move("ana", key, "refine")
        company.edit("ana", key, points="4")

        [message] = company.messages("ana", key, "mark_ready", dor_checks=READY)

        assert message == "4 is not on the scale of the team: 0, 1, 2, 3, 5, 8, 13, 20, 40, 100"

    def test_needs_neither_where_the_workspace_does_without(self, company: Company) -> None:
        company.configure(dor_enabled=False, estimation="none")
        key = company.story(company.team())
        company.move("ana", key, "refine")

        assert company.move("ana", key, "mark_ready") == "ready"

    def test_takes_a_new_estimate_of_a_ready_item_within_the_limit(self, company: Company) -> None:
        key = company.ready(company.team())

        assert company.messages("ana", key, "re_estimate", estimate="13") == [
            "the estimate 13 is not allowed (max 8)"
        ]
        company.move("ana", key, "re_estimate", estimate="8")
        assert company.fields(key)["points"] == "8"


class TestWritingAField:
    def test_of_the_estimate_is_for_developers(self, company: Company) -> None:
        key = company.story(company.team())

        with pytest.raises(BlockedError) as refusal:
            company.edit("pat", key, points="3")

        [blocker] = refusal.value.blockers
        assert (blocker.gate, blocker.check) == ("role", "field.writers")
        assert "agile.developer" in blocker.who

    def test_of_the_class_of_service_is_for_the_product_owner(self, company: Company) -> None:
        team = company.team()
        with pytest.raises(BlockedError):
            company.create("ana", "story", team=team, class_of_service="expedite")

        company.create("ana", "story", team=team, class_of_service="standard")
        company.story(team, class_of_service="expedite")

    def test_blocked_takes_the_reason(self, company: Company) -> None:
        key = company.story(company.team())

        with pytest.raises(InvalidError, match="say what blocks it"):
            company.edit("ana", key, blocked=True)

    def test_blockers_have_an_end(self, company: Company) -> None:
        """Not by itself, nor by one that waits for it, over however many others."""
        team = company.team()
        first, second, third = (company.story(team) for _ in range(3))

        def blocked_by(key: str, other: str) -> list[str]:
            with pytest.raises(BlockedError) as refusal:
                company.edit("ana", key, blocked=True, blocked_reason="the bank", blocked_by=other)
            assert [blocker.check for blocker in refusal.value.blockers] == ["agile.blockers_end"]
            return [blocker.message for blocker in refusal.value.blockers]

        assert blocked_by(first, first) == ["it would be blocked by itself"]
        company.edit("ana", first, blocked=True, blocked_reason="the bank", blocked_by=second)
        company.edit("ana", second, blocked=True, blocked_reason="the bank", blocked_by=third)
        assert blocked_by(third, first) == [f"{third} would be blocked by {second}, which waits for it"]
        assert company.fields(third).get("blocked_by") is None

    def test_fixed_date_takes_the_date(self, company: Company) -> None:
        with pytest.raises(InvalidError, match="give the date"):
            company.story(company.team(), class_of_service="fixed_date")


class TestTheOrderOfTheBacklog:
    def ranked(self, company: Company) -> list[str]:
        items = [item for item in company.desk.items() if item.type == "agile.story"]
        return [item.title for item in sorted(items, key=lambda item: item.fields["rank"])]

    def test_is_changed_by_one_request_that_rewrites_one_item(self, company: Company) -> None:
        team = company.team()
        keys = {title: company.story(team, title) for title in "abcd"}
        versions = {key: company.desk.item(key).version for key in keys.values()}

        company.move("pat", keys["d"], "reorder", after=keys["a"])

        assert self.ranked(company) == ["a", "d", "b", "c"]
        moved = {key for key, version in versions.items() if company.desk.item(key).version != version}
        assert moved == {keys["d"]}

    def test_has_a_top_and_an_end(self, company: Company) -> None:
        """A new item comes behind the one that was put last."""
        team = company.team()
        keys = {title: company.story(team, title) for title in "abc"}

        company.move("pat", keys["c"], "reorder", after=None)
        company.move("pat", keys["a"], "reorder", after=keys["b"])
        company.story(team, "d")

        assert self.ranked(company) == ["c", "b", "a", "d"]

    def test_is_the_product_owners(self, company: Company) -> None:
        team = company.team()
        first, second = company.story(team), company.story(team)

        found = company.refused("sam", second, "reorder", after=first)

        assert [blocker.gate for blocker in found.values()] == ["role"]

    def test_is_that_of_one_backlog(self, company: Company) -> None:
        team, other = company.team(), company.team()
        key, foreign = company.story(team), company.story(other)

        assert company.messages("pat", key, "reorder", after=foreign) == [
            f"{foreign} is in the backlog of another team, {other}"
        ]
        assert company.messages("pat", key, "reorder", after=key) == [f"{key} is the item itself"]

    def test_never_runs_out(self, company: Company) -> None:
        team = company.team()
        first, second, third = (company.story(team, title) for title in "abc")
        for _ in range(15):
            company.move("pat", third, "reorder", after=first)
            company.move("pat", second, "reorder", after=first)

        assert self.ranked(company) == ["a", "b", "c"]


class TestBeingDone:
    def test_takes_the_definition_and_another_person(self, company: Company) -> None:
        """Both are said in one answer."""
        team = company.team("kanban")
        key = company.started(team)
        company.edit("ana", key, dod_checks=DONE | {"docs": False})
        company.move("ana", key, "request_review")

        found = company.refused("ana", key, "finish")

        assert {blocker.gate: blocker.check for blocker in found.values()} == {
            "agile.dod_met": "agile.dod_all",
            "segregation": "agile.sod_review",
        }
        assert found["dod_all"].message == "not done yet: docs"

    def test_is_not_said_by_anybody_who_worked_on_it(self, company: Company) -> None:
        """Handing it over for the last minute does not make one a second person."""
        key = company.started(company.team("kanban"))
        company.edit("ana", key, dod_checks=DONE)
        company.move("ana", key, "request_review")
        company.move("ana", key, "assign", assignee="ben")

        for person in ("ana", "ben"):
            assert list(company.refused(person, key, "finish")) == ["sod_review"]
        assert company.move("dora", key, "finish") == "done"

    def test_takes_one_person_where_the_workspace_does_without(self, company: Company) -> None:
        company.configure(second_person_review=False)
        key = company.started(company.team("kanban"))
        company.edit("ana", key, dod_checks=DONE)
        company.move("ana", key, "request_review")

        assert company.move("ana", key, "finish") == "done"

    def test_takes_what_the_organization_asks_of_everybody(self, company: Company) -> None:
        company.configure(org_dod=[{"id": "scanned", "text": "No known holes", "evidence_kind": "scan"}])
        key = company.started(company.team("kanban"))
        company.edit("ana", key, dod_checks=DONE)
        company.move("ana", key, "request_review")

        assert company.messages("ben", key, "finish") == [
            "not done yet: scanned",
            "scanned requires evidence of the kind scan, and none is attached",
        ]

    def test_takes_acceptance_by_the_product_owner_in_person(self, company: Company) -> None:
        """A name in a field is not an acceptance, and nobody else's is one."""
        company.configure(po_acceptance=True)
        key = company.started(company.team("kanban"))
        company.edit("ana", key, dod_checks=DONE, accepted_by="ben")
        company.move("ana", key, "request_review")
        assert list(company.refused("ben", key, "finish")) == ["po_ok"]

        company.edit("ana", key, accepted_by="pat")
        assert company.messages("ben", key, "finish") == ["Acceptance is not confirmed by Pat"]
        company.desk.confirm(key, "agile.acceptance", by="pat")

        assert company.move("ben", key, "finish") == "done"

    def test_takes_tasks_and_criteria(self, company: Company) -> None:
        team = company.team("kanban")
        criteria = [{"id": "receipt", "text": "There is a receipt"}]
        key = company.started(team, acceptance_criteria=criteria)
        task = company.create("ana", "task", "Print it", parent=key)
        company.edit("ana", key, dod_checks=DONE)
        assert company.messages("ana", key, "request_review") == [f"1 task open: 'Print it' ({task})"]

        company.move("ana", task, "end_task")
        company.move("ana", key, "request_review")

        assert company.messages("ben", key, "finish") == ["1 acceptance criterion open: receipt"]

    def test_adds_it_to_the_increment(self, company: Company) -> None:
        team = company.team("kanban")
        increment = company.create("pat", "increment", team=team)
        key = company.started(team)

        company.finish(key)

        assert company.fields(increment)["items"] == [key]


class TestBeingBlocked:
    def test_keeps_work_where_it_is(self, company: Company) -> None:
        key = company.started(company.team("kanban"))
        company.edit("ana", key, blocked=True, blocked_reason="the bank does not answer")

        assert company.messages("ana", key, "request_review") == [
            "blocked since Monday 15 June 08:00: the bank does not answer"
        ]

    def test_becomes_an_impediment_after_two_days(self, company: Company) -> None:
        """When that is gone, the item is free again."""
        key = company.started(company.team("kanban"))
        company.edit("ana", key, blocked=True, blocked_reason="the bank does not answer")

        company.desk.pass_time("2026-06-18T08:00:00Z")

        impediment = company.fields(key)["blocked_by"]
        assert company.fields(impediment)["effect"] == "the bank does not answer"
        company.move("ana", impediment, "resolve_impediment", REASON)
        assert company.fields(key)["blocked"] is False


class TestAge:
    def test_beyond_what_the_team_expects_is_said_once(self, company: Company) -> None:
        team = company.team("kanban", sle_days=3)
        key = company.started(team)

        company.desk.pass_time("2026-06-25T08:00:00Z")

        found = [e for e in company.desk.history(key) if e.kind == "timer"]
        assert [(f"{e.at:%d}", e.data["timer"]) for e in found] == [("19", "agile.age")]


class TestSplitting:
    def test_moves_criteria_into_an_item_of_its_own(self, company: Company) -> None:
        team = company.team()
        criteria = [{"id": "card", "text": "By card"}, {"id": "bill", "text": "By bill"}]
        key = company.story(team, acceptance_criteria=criteria)

        company.move("ana", key, "split", split_off={"title": "Pay by bill", "criteria": ["bill"]})

        [made] = [item for item in company.desk.items() if item.title == "Pay by bill"]
        assert [each["id"] for each in made.fields["acceptance_criteria"]] == ["bill"]
        assert [each["id"] for each in company.fields(key)["acceptance_criteria"]] == ["card"]
        assert (made.state, made.fields.get("points")) == ("new", None)

    def test_names_a_part_of_the_item(self, company: Company) -> None:
        key = company.story(company.team())

        assert company.messages("ana", key, "split") == ["no part is named"]
        part = {"title": "Pay by bill", "criteria": ["bill"]}
        assert company.messages("ana", key, "split", split_off=part) == [
            "it has no acceptance criterion bill"
        ]

    def test_asks_for_another_estimate_of_both(self, company: Company) -> None:
        """In the backlog it loses its size; on the board it keeps it for the sprint, and is not done with it."""
        team = company.team("kanban")
        part = {"title": "Pay by bill"}
        new, started = company.story(team), company.started(team, points="8")
        company.edit("ana", new, points=8)
        for key in (new, started):
            company.move("ana", key, "split", split_off=part)
        company.edit("ana", started, dod_checks=DONE)
        company.move("ana", started, "request_review")

        refusal = company.messages("ben", started, "finish")
        company.move("ana", started, "re_estimate", estimate=5)

        assert "points" not in company.fields(new)
        assert refusal == ["it was split, and not estimated since"]
        assert company.move("ben", started, "finish") == "done"

    def test_is_estimated_before_the_sprint_is_closed(self, company: Company) -> None:
        team = company.team()
        sprint = company.running(team, points=("8",))
        [key] = company.items_of(sprint)
        company.edit("ana", key, scope_agreed_by=["pat", "ana"], goal_endangered=False)
        company.desk.confirm(key, "agile.scope_agreement", by="pat")
        company.move("ana", key, "split", split_off={"title": "Pay by bill"})
        company.desk.pass_time("2026-06-30T08:00:00Z")

        assert "split_estimated" in company.refused("sam", sprint, "close")
        company.move("ana", key, "re_estimate", estimate=5)
        assert "split_estimated" not in company.refused("sam", sprint, "close")
        assert company.fields(sprint)["removed_points"] == "3"


class TestAnotherTeam:
    def test_gets_an_item_that_its_product_owner_takes(self, company: Company) -> None:
        """Nobody puts work into the backlog of another product owner; who offers it sees that there is such a team."""
        company.desk.hold("agile.stakeholder", "pat")
        team, other = company.team(), company.team(people=TEAM | {"product_owner": ["olga"]})
        key = company.story(team)

        with pytest.raises(BlockedError, match=r"it belongs to .*, and would belong to another team"):
            company.edit("pat", key, team=other)
        nowhere = company.messages("pat", key, "transfer")
        own = company.messages("pat", key, "transfer", offered_to=other, taken_by="pat")
        company.edit("pat", key, offered_to=other, taken_by="olga")
        asked = company.messages("pat", key, "transfer")
        company.desk.confirm(key, "agile.transfer", by="olga")
        company.move("pat", key, "transfer")

        assert nowhere == ["it is not offered to another team"]
        assert own == ["the product owner of Payments has to take it: Olga"]
        assert asked == ["Taken into the backlog is not confirmed by Olga"]
        fields = company.fields(key)
        assert (fields["team"], fields.get("offered_to"), fields.get("taken_by")) == (other, None, None)

    def test_gets_nothing_that_is_ready_or_under_way(self, company: Company) -> None:
        """An estimate is that of a team; what is ready goes back to be refined first."""
        key = company.ready(company.team())

        with pytest.raises(BlockedError):
            company.move("pat", key, "transfer")
