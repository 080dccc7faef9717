"""The board over HTTP: one request, for everybody who sees the team."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from placet_agile.delivery.board import ON_BOARD
from placet_agile.ids import STORY
from placet_agile.reports.board import DONE, FORWARD
from placet_agile.story import workflow

from .serving import ServedCompany, served

__all__ = ["served"]  # the fixture


def column(board: dict[str, Any], state: str) -> dict[str, Any]:
    """A column of a board."""
    return next(dict(each) for each in board["columns"] if each["state"] == state)


def keys(board: dict[str, Any], state: str) -> list[str]:
    """The keys of the cards in a column, in order."""
    return [card["key"] for card in column(board, state)["cards"]]


def card(board: dict[str, Any], key: str) -> dict[str, Any]:
    """A card."""
    return next(dict(each) for column in board["columns"] for each in column["cards"] if each["key"] == key)


class TestBoard:
    def test_shows_columns_with_limits_and_cards_with_all_that_is_missing(
        self, served: ServedCompany
    ) -> None:
        """Limits and counts are those of the rules, and the next move is that of the asking person."""
        team = served.team("kanban", wip_limits={"selected": 6, "in_progress": 1, "in_review": 3})
        working = served.started(team)
        waiting = served.selected(team)

        board = served.get("ben", f"boards/{team}")

        assert [(c["state"], c["limit"], c["count"]) for c in board["columns"]] == [
            ("selected", 6, 1), ("in_progress", 1, 1), ("in_review", 3, 0), ("done", None, 0),
        ]  # fmt: skip
        move = card(board, waiting)["next"]
        assert (move["name"], move["to"], move["allowed"], move["missing"]) == (
            "start",
            "in_progress",
            False,
            1,
        )
        assert move["blockers"] == ["'In progress' holds 1 of 1"]
        assert card(board, working)["next"]["name"] == "request_review"
        assert card(board, working)["age_days"] == 1

    def test_orders_the_queue_as_it_is_pulled(self, served: ServedCompany) -> None:
        """Expedited first, then a date that would be missed, then the oldest intangible, then by rank; blocked last."""
        team = served.team("kanban", sle_days=10)
        standard = served.selected(team)
        intangible = served.selected(team, class_of_service="intangible")
        stuck = served.selected(team)
        dated = served.selected(team, class_of_service="fixed_date", due_date="2026-06-21")
        served.edit("ana", stuck, blocked=True, blocked_reason="the supplier does not answer")

        board = served.get("ana", f"boards/{team}")

        assert keys(board, "selected") == [dated, intangible, standard, stuck]
        assert card(board, dated)["why"] == "it misses its date unless work begins today"
        assert card(board, stuck)["blocked"]["reason"] == "the supplier does not answer"
        assert card(board, stuck)["why"] is None

    def test_shows_work_the_oldest_first_with_its_light(self, served: ServedCompany) -> None:
        """Ages grow by calendar days, and pass the expectation of the team."""
        team = served.team("kanban", sle_days=10)
        old = served.started(team)
        served.desk.at("2026-06-25T08:00:00Z")
        young = served.started(team, by="ben")

        board = served.get("ana", f"boards/{team}")

        assert keys(board, "in_progress") == [old, young]
        assert [(card(board, key)["age_days"], card(board, key)["light"]) for key in (old, young)] == [
            (11, "red"), (1, None),
        ]  # fmt: skip

    def test_shows_what_was_done_lately(self, served: ServedCompany) -> None:
        """Finished items leave the board after some days."""
        team = served.team("kanban")
        done = served.started(team)
        served.finish(done)
        assert keys(served.get("ana", f"boards/{team}"), "done") == [done]
        served.desk.at("2026-07-01T08:00:00Z")
        assert keys(served.get("ana", f"boards/{team}"), "done") == []
        assert keys(served.get("ana", f"boards/{team}", done_days=30), "done") == [done]

    def test_names_the_running_sprint(self, served: ServedCompany) -> None:
        """In Scrum the queue is in the order of the backlog."""
        team = served.team()
        sprint = served.running(team, points=("3", "5"))
        board = served.get("pat", f"boards/{team}")
        assert board["sprint"]["key"] == sprint
        assert (board["mode"], board["sprint"]["number"], board["sprint"]["state"]) == ("scrum", 1, "running")
        assert keys(board, "selected") == served.items_of(sprint)

    def test_is_for_those_who_see_the_team(self, served: ServedCompany) -> None:
        """A team that somebody does not see does not exist for them, and neither does a story as a team."""
        team = served.team()
        served.desk.person("tom")
        story = served.story(team)
        assert served.get("tom", f"boards/{team}", status=404)["type"].endswith("/not-found")
        for nothing in (story, "DESK-999", "nonsense"):
            assert served.get("ana", f"boards/{nothing}", status=404)["type"].endswith("/not-found")
        assert served.get("ana", f"boards/{team}", status=400, done_days=91)["type"].endswith("/malformed")

    def test_asks_about_the_move_to_the_next_column(self) -> None:
        """Each column but the last has a move forward, which the workflow defines."""
        order = (*ON_BOARD, DONE)
        for state, following in pairwise(order):
            leaving = {each.name: each.target for each in workflow(STORY).leaving(state)}
            assert leaving[FORWARD[state]] == following
