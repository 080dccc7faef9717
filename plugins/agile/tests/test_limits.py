"""Limits of columns and of people, and the order in which work is pulled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from placet import BlockedError

if TYPE_CHECKING:
    from .conftest import Company

from .conftest import REASON


class TestALimitOfAColumn:
    def test_counts_what_is_blocked_too(self, company: Company) -> None:
        """Four in work, one of them blocked: a fifth waits, an expedited one does not, a second expedited one does."""
        people = {"product_owner": ["pat"], "flow_manager": ["flo"], "developer": ["ana", "ben", "dora"]}
        team = company.team("kanban", people, person_limit=10)
        keys = [company.started(team) for _ in range(4)]
        company.edit("ana", keys[0], blocked=True, blocked_reason="the bank does not answer")
        standard = company.selected(team)

        found = company.refused("ben", standard, "start")
        assert (found["wip_column"].gate, found["wip_column"].message) == (
            "agile.column_limit",
            "'In progress' holds 4 of 4",
        )

        assert company.started(team, class_of_service="expedite")
        second = company.selected(team, class_of_service="expedite")
        found = company.refused("ben", second, "start")
        assert (list(found), found["one_expedite"].gate) == (["one_expedite"], "agile.expedite_limit")

    def test_leaves_blocked_items_out_where_the_workspace_says_so(self, company: Company) -> None:
        company.configure(blocked_counts=False)
        team = company.team("kanban", person_limit=10)
        keys = [company.started(team) for _ in range(4)]
        company.edit("ana", keys[0], blocked=True, blocked_reason="the bank does not answer")

        assert company.started(team)

    def test_is_not_passed_by_another_class_of_service(self, company: Company) -> None:
        """An expedited item that would be an ordinary one again has no room in a full column."""
        team = company.team("kanban", person_limit=10)
        _ = [company.started(team) for _ in range(4)]
        expedited = company.started(team, class_of_service="expedite")

        assert company.messages("pat", expedited, "reclassify", class_of_service="standard") == [
            "'In progress' holds 4 of 4"
        ]
        with pytest.raises(BlockedError):
            company.edit("pat", expedited, class_of_service="standard")

    def test_is_not_passed_by_another_team(self, company: Company) -> None:
        team, other = company.team("kanban"), company.team("kanban")
        key = company.started(team)

        with pytest.raises(BlockedError):
            company.edit("ana", key, team=other)

    def test_never_punishes_going_back(self, company: Company) -> None:
        team = company.team("kanban", person_limit=10)
        key = company.started(team)
        company.move("ana", key, "request_review")
        _ = [company.started(team) for _ in range(4)]

        assert company.move("ben", key, "rework", REASON) == "in_progress"

    def test_is_none_in_scrum(self, company: Company) -> None:
        team = company.team()
        sprint = company.running(team, points=("1",) * 5)

        for key in company.items_of(sprint):
            assert company.move("ana", key, "start") == "in_progress"


class TestALimitOfAPerson:
    def test_holds_though_the_column_has_room(self, company: Company) -> None:
        team = company.team("kanban")
        company.started(team)
        company.started(team)
        third = company.selected(team)

        found = company.refused("ana", third, "start")

        assert {check: blocker.message for check, blocker in found.items()} == {
            "wip_person": "Ana has 2 of 2 items in work"
        }
        assert company.move("ben", third, "start") == "in_progress"

    def test_holds_when_work_is_handed_over(self, company: Company) -> None:
        team = company.team("kanban")
        company.started(team)
        company.started(team)
        bens = company.started(team, by="ben")

        assert company.messages("ben", bens, "assign", assignee="ana") == ["Ana has 2 of 2 items in work"]
        with pytest.raises(BlockedError):
            company.edit("ben", bens, assignee="ana")


class TestThePullOrder:
    def test_names_what_comes_first_and_why(self, company: Company) -> None:
        """A date that is missed unless work begins today goes before a standard item."""
        team = company.team("kanban", sle_days=10)
        standard = company.selected(team)
        dated = company.selected(team, class_of_service="fixed_date", due_date="2026-06-21")
        company.selected(team, class_of_service="intangible")

        [message] = company.messages("ana", standard, "start")

        assert message == f"{dated} comes first: it misses its date unless work begins today"
        company.move("ana", standard, "start", pull_override_reason="dora is away")
        event = company.desk.history(standard)[-1]
        assert event.data["changes"]["pull_override_reason"] == [None, "dora is away"]

    def test_skips_what_is_blocked(self, company: Company) -> None:
        team = company.team("kanban")
        first, second = company.selected(team), company.selected(team)
        assert company.messages("ana", second, "start") == [
            f"{first} comes first: it is first in the backlog"
        ]

        company.edit("ana", first, blocked=True, blocked_reason="the bank does not answer")

        assert company.move("ana", second, "start") == "in_progress"
