"""Sprints: planned with a goal, committed to, changed by agreement, closed with everything decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from placet import BlockedError, InvalidError

if TYPE_CHECKING:
    from .conftest import Company

from .conftest import REASON

#: A day before the end of a sprint of two weeks that began on the first Monday.
END = "2026-06-29T08:00:00Z"
CANCELLED: dict[str, Any] = {"cancel_reason": "The law that it was for is gone", "goal_obsolete": True}


def closable(company: Company, sprint: str) -> None:
    """Hold review and retrospective at the end of a sprint, and begin to close it."""
    company.desk.at("2026-06-29T07:00:00Z")
    company.record("sam", sprint, "review", outcome="Shown to everybody")
    company.record("sam", sprint, "retrospective", outcome="Nothing to change this time")
    company.edit("sam", sprint, goal_met=True)
    company.move("sam", sprint, "begin_close")


def agreed(company: Company, key: str, **fields: Any) -> None:
    """Let product owner and a developer agree on a change of scope."""
    company.edit("ben", key, scope_agreed_by=["pat", "ben"], goal_endangered=False, **fields)
    company.desk.confirm(key, "agile.scope_agreement", by="pat")


class TestStarting:
    def test_waits_for_the_sprint_before_and_for_a_goal(self, company: Company) -> None:
        """Both are said at once."""
        team = company.team()
        company.running(team, 1)
        second = company.planned(team, 2, starts="2026-06-29T08:00:00Z")
        company.edit("sam", second, goal=None)

        found = company.refused("sam", second, "start_sprint")

        assert {blocker.gate: blocker.message for blocker in found.values()} == {
            "agile.one_running_sprint": "sprint 1 is 'Running'",
            "agile.goal_set": "the sprint goal is missing",
        }

    def test_keeps_the_commitment(self, company: Company) -> None:
        team = company.team()

        sprint = company.running(team, points=("3", "5"))

        fields = company.fields(sprint)
        assert (fields["committed_points"], len(fields["committed_items"])) == ("8", 2)

    def test_needs_a_complete_team_of_different_people(self, company: Company) -> None:
        people = {"product_owner": ["pat"], "scrum_master": ["pat"], "developer": ["ana"]}
        team = company.team(people=people)
        sprint = company.create("pat", "sprint", team=team, number=1, goal="Pay with a card")
        company.selected(team, sprint)
        company.record("pat", sprint, "planning")
        times = {"planned_start": "2026-06-15T08:00:00Z", "planned_end": "2026-06-29T08:00:00Z"}
        company.move("pat", sprint, "plan", **times)

        assert list(company.refused("pat", sprint, "start_sprint")) == ["sod_po_sm"]
        company.configure(allow_po_is_sm=True)
        assert company.move("pat", sprint, "start_sprint") == "running"


class TestPlanning:
    def test_adds_up_the_hours_of_the_members(self, company: Company) -> None:
        """Two weeks of 30 and 40 hours; hours that somebody has given stay, as people are away."""
        team = company.team()
        members = [
            {"actor": who, "capacity_hours_per_week": hours} for who, hours in (("ana", 30), ("ben", 40))
        ]
        company.edit("cleo", team, members=members)
        usual = company.planned(team, 1)
        given = company.planned(team, 2, starts="2026-06-29T08:00:00Z", capacity_hours=100)

        assert company.fields(usual)["capacity_hours"] == "140.0"
        assert company.fields(given)["capacity_hours"] == "100"

    def test_takes_goal_dates_items_and_the_event(self, company: Company) -> None:
        team = company.team()
        sprint = company.create("sam", "sprint", team=team, number=1)

        assert set(company.refused("sam", sprint, "plan")) == {
            "sprint_goal",
            "sprint_length",
            "items_selected",
            "planning_event",
        }

    def test_keeps_sprints_of_a_team_apart(self, company: Company) -> None:
        """One may begin the moment the other ends; another team has its own."""
        team, other = company.team(), company.team()
        company.planned(team, 1)
        company.planned(other, 1)
        company.planned(team, 2, starts="2026-06-29T08:00:00Z")
        third = company.sprint(team, 3, starts="2026-07-12T08:00:00Z")
        company.selected(team, third)
        company.record("sam", third, "planning")

        assert company.messages("sam", third, "plan") == [
            "it overlaps sprint 2 (Monday 29 June 08:00 to Monday 13 July 08:00)"
        ]

    def test_is_limited_to_a_month(self, company: Company) -> None:
        sprint = company.sprint(company.team(), days=32)

        assert "the sprint lasts 32 days, allowed are 1 to 31" in company.messages("sam", sprint, "plan")

    def test_refuses_an_end_before_the_start(self, company: Company) -> None:
        with pytest.raises(InvalidError, match="is not after planned_start"):
            company.sprint(company.team(), days=-1)

    def test_refuses_capacity_below_zero(self, company: Company) -> None:
        with pytest.raises(InvalidError, match="capacity_hours"):
            company.sprint(company.team(), capacity_hours="-1")

    def test_numbers_the_sprints_of_a_team(self, company: Company) -> None:
        team = company.team()
        company.sprint(team, 1)

        for number, message in (
            (1, "the team has a sprint 1 already"),
            (3, "the team has no sprint 2, after which sprint 3 would come"),
        ):
            with pytest.raises(BlockedError) as refusal:
                company.sprint(team, number)
            assert [blocker.message for blocker in refusal.value.blockers] == [message]


class TestARunningSprint:
    def test_freezes_its_goal_and_its_timebox(self, company: Company) -> None:
        sprint = company.running(company.team())

        for change in ({"goal": "Pay with a bill"}, {"planned_end": "2026-07-06T08:00:00Z"}):
            with pytest.raises(BlockedError):
                company.edit("sam", sprint, **change)

    def test_takes_items_as_agreed_by_both_in_person(self, company: Company) -> None:
        """A name in a field is not an agreement; who names themselves has agreed."""
        team = company.team()
        sprint = company.running(team)
        key = company.ready(team, "5")
        assert list(company.refused("ana", key, "select", sprint=sprint)) == ["scope_change"]

        company.edit("ben", key, sprint=sprint, scope_agreed_by=["pat", "ben"], goal_endangered=False)
        assert company.messages("ana", key, "select") == ["Change of scope is not confirmed by Pat"]
        company.desk.confirm(key, "agile.scope_agreement", by="pat")
        company.move("ana", key, "select")

        fields = company.fields(key)
        assert (fields["added_after_start"], fields["scope_agreed_by"]) == (True, [])
        assert company.fields(sprint)["added_points"] == "5"

    def test_takes_no_agreement_of_one_side_alone(self, company: Company) -> None:
        team = company.team()
        sprint = company.running(team)
        key = company.ready(team)

        company.edit("ana", key, sprint=sprint, scope_agreed_by=["ana", "ben"], goal_endangered=False)
        company.desk.confirm(key, "agile.scope_agreement", by="ben")

        [message] = company.messages("ana", key, "select")
        assert message.endswith("nobody agrees as product owner")

    def test_takes_nothing_that_endangers_the_goal(self, company: Company) -> None:
        team = company.team()
        sprint = company.running(team)
        key = company.ready(team)
        agreed(company, key, sprint=sprint)
        company.edit("ben", key, goal_endangered=True)

        assert company.messages("ana", key, "select") == ["the change endangers the goal of sprint 1"]

    def test_shows_whose_agreement_is_waited_for_before_anybody_tries(self, company: Company) -> None:
        """The form asks for the answer about the goal; people are not in a form."""
        sprint = company.running(company.team())
        [key, *_] = company.items_of(sprint)
        company.edit("ben", key, scope_agreed_by=["pat", "ben"])

        preview = company.desk.preview(key, "unselect", actor="ana")

        assert [blocker.message for blocker in preview.blockers] == [
            "Change of scope is not confirmed by Pat"
        ]

    @pytest.mark.parametrize("move", ["unselect", "return_ready", "return_refining", "remove"])
    def test_loses_items_as_agreed(self, company: Company, move: str) -> None:
        """Removing what was committed to is a change of scope for everybody."""
        team = company.team()
        sprint = company.running(team, points=("5",))
        [key] = company.items_of(sprint)
        assert list(company.refused("pat", key, move, REASON)) == ["scope_change"]

        agreed(company, key)
        company.move("pat", key, move, REASON)

        assert company.fields(sprint)["removed_points"] == "5"

    def test_counts_a_new_estimate(self, company: Company) -> None:
        """At every moment its scope is commitment + added - removed."""
        team = company.team()
        sprint = company.running(team, points=("3", "5"))
        first, second = company.items_of(sprint)

        company.move("ana", first, "re_estimate", estimate="8")
        company.move("ana", second, "re_estimate", estimate="2")

        fields = company.fields(sprint)
        assert (fields["added_points"], fields["removed_points"]) == ("5", "3")
        assert sum(int(company.fields(key)["points"]) for key in company.items_of(sprint)) == 8 + 5 - 3

    def test_is_where_work_begins(self, company: Company) -> None:
        team = company.team()
        sprint = company.planned(team)
        [key] = company.items_of(sprint)

        assert company.messages("ana", key, "start") == ["sprint 1 is 'Planned'"]

    def test_is_not_left_by_naming_another_sprint(self, company: Company) -> None:
        team = company.team()
        sprint = company.running(team)
        upcoming = company.sprint(team, 2, starts=END)
        [key] = company.items_of(sprint)

        with pytest.raises(BlockedError):
            company.edit("pat", key, sprint=upcoming)

    def test_reminds_of_the_daily_scrum(self, company: Company) -> None:
        """On each working day; and again at noon where none is recorded."""
        sprint = company.running(company.team())
        company.desk.pass_time("2026-06-15T10:00:00Z")
        company.record("sam", sprint, "daily", minutes=15)

        company.desk.pass_time("2026-06-17T07:00:00Z")

        found = [e for e in company.desk.history(sprint) if e.kind == "timer"]
        assert [(f"{e.at:%d %H:%M}", e.data["timer"]) for e in found if e.data.get("notifies")] == [
            ("15 09:30", "agile.daily"),
            ("16 09:30", "agile.daily"),
            ("16 12:00", "agile.daily_missed"),
        ]


class TestCancelling:
    def test_is_for_the_product_owner_alone(self, company: Company) -> None:
        """Done items keep their credit, and everything else goes back; a lesson is logged."""
        team = company.team()
        sprint = company.running(team, points=("8", "5", "3"))
        done, *rest = company.items_of(sprint)
        company.move("ana", done, "start")
        company.finish(done)
        company.move("ana", rest[0], "start")
        assert [b.gate for b in company.refused("sam", sprint, "cancel", **CANCELLED).values()] == ["role"]

        company.move("pat", sprint, "cancel", **CANCELLED)

        assert company.state(sprint) == "cancelled"
        assert company.fields(sprint)["completed_points"] == "8"
        assert [company.state(key) for key in (done, *rest)] == ["done", "ready", "ready"]
        assert [item.type for item in company.desk.items()].count("governance.lesson") == 1

    def test_takes_an_obsolete_goal(self, company: Company) -> None:
        sprint = company.running(company.team())

        assert company.messages("pat", sprint, "cancel", cancel_reason="We are late, so we stop here") == [
            "a sprint is cancelled only when its goal is obsolete"
        ]


class TestClosing:
    def test_lets_each_unfinished_item_go_where_it_was_decided(self, company: Company) -> None:
        team = company.team()
        sprint = company.running(team, points=("8", "5", "3", "1"))
        done, five, three, one = company.items_of(sprint)
        company.move("ana", done, "start")
        company.finish(done)
        company.move("ana", five, "start")
        company.move("ben", three, "start")
        upcoming = company.sprint(team, 2, starts=END)
        closable(company, sprint)

        company.edit("pat", five, disposition="to_next_sprint")
        company.edit("pat", one, disposition="removed")
        company.move("sam", sprint, "close")

        fields = company.fields(sprint)
        assert (fields["completed_points"], fields["items_at_end"], fields["unfinished_at_end"]) == (
            "8",
            4,
            3,
        )
        assert (company.state(five), company.fields(five)["sprint"]) == ("selected", upcoming)
        assert (company.state(three), company.fields(three).get("sprint")) == ("ready", None)
        assert company.fields(three)["started_at"] is not None
        assert company.state(one) == "removed"

    def test_waits_for_a_next_sprint_where_items_go_there(self, company: Company) -> None:
        team = company.team()
        sprint = company.running(team)
        [key] = company.items_of(sprint)
        closable(company, sprint)
        company.edit("pat", key, disposition="to_next_sprint")

        assert company.messages("sam", sprint, "close") == [
            f"'A story' ({key}) would go to the next sprint, and the team has none"
        ]

    def test_is_the_decision_of_the_product_owner(self, company: Company) -> None:
        team = company.team()
        sprint = company.running(team)
        [key] = company.items_of(sprint)
        closable(company, sprint)

        with pytest.raises(BlockedError):
            company.edit("sam", key, disposition="removed")

    def test_begins_at_its_end_by_itself(self, company: Company) -> None:
        """Not before: its timebox is fixed."""
        sprint = company.running(company.team())
        assert company.messages("sam", sprint, "begin_close") == ["the sprint ends Monday 29 June 08:00"]

        company.desk.pass_time("2026-06-29T08:01:00Z")

        assert company.state(sprint) == "closing"

    def test_calls_the_stakeholders_to_the_review(self, company: Company) -> None:
        """Besides the team: the review is where they give feedback."""
        sprint = company.running(company.team())
        company.desk.at("2026-06-29T07:00:00Z")
        company.move("sam", sprint, "begin_close")

        assert company.desk.notified(sprint)["sten"] == ["agile.sprint_review"]

    def test_takes_review_and_retrospective(self, company: Company) -> None:
        """Nothing is recorded before it is held."""
        sprint = company.running(company.team())
        company.desk.at("2026-06-29T07:00:00Z")
        company.move("sam", sprint, "begin_close")
        later = {"held_at": "2026-06-30T07:00:00Z", "minutes": 60, "outcome": "Shown to everybody"}
        company.edit(
            "sam",
            sprint,
            events=[{"kind": "review", **later}, {"kind": "retrospective", **later}],
        )

        assert company.messages("sam", sprint, "close") == [
            "the review is not recorded",
            "nobody says whether the sprint goal was met",
            "the retrospective is not recorded",
        ]

    def test_counts_what_its_events_took_beyond_their_timeboxes(self, company: Company) -> None:
        """Two weeks have four hours of planning; with the timeboxes of a month, eight."""
        sprint = company.running(company.team())
        company.record("sam", sprint, "review", minutes=150, outcome="Shown")
        linear = company.fields(sprint)["overrun_minutes"]

        company.configure(timebox_scaling="month")
        company.record("sam", sprint, "daily", minutes=35)

        assert (linear, company.fields(sprint)["overrun_minutes"]) == ("30.0", "20.0")

    def test_asks_the_retrospective_for_an_improvement_or_a_reason(self, company: Company) -> None:
        team = company.team()
        sprint = company.running(team)
        company.desk.at("2026-06-29T07:00:00Z")
        company.record("sam", sprint, "review", outcome="Shown to everybody")
        company.record("sam", sprint, "retrospective")
        company.edit("sam", sprint, goal_met=False)
        company.move("sam", sprint, "begin_close")
        assert company.messages("sam", sprint, "close") == [
            "the retrospective led to no improvement, and does not say why"
        ]

        company.create("ana", "improvement", "Review within a day", team=team, sprint=sprint)

        assert company.move("sam", sprint, "close") == "closed"
