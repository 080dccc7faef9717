"""Limits of a board hold however many people pull at one moment.

All acts of a meeting have judged all gates before one of them decides; each race has the control of its kind in
`test_write_skew.py`. The invariant is read from the items afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import placet_agile
import placet_governance
from placet import CheckContext
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.errors import PlacetError

from .conftest import two_applications
from .rendezvous import MEETING, meeting_place

Act = Callable[[Engine], Any]
PLANNING = [{"kind": "planning", "held_at": "2026-06-01T08:00:00Z", "minutes": 60}]


def _week(n: int) -> dict[str, str]:
    """The timebox of a sprint that begins in so many weeks."""
    start = datetime.now(UTC) + n * timedelta(weeks=1)
    return {"planned_start": start.isoformat(), "planned_end": (start + timedelta(weeks=1)).isoformat()}


def _meet(ctx: CheckContext) -> None:
    """Come by after all gates were judged."""
    MEETING.arrive()


MEETING_PLACE = meeting_place(placet_check=_meet)
#: Nothing is asked for but what the limits are about.
SETTINGS = {
    "agile": {"dor_enabled": False, "estimation": "none", "second_person_review": False, "mode": "kanban"}
}
FREE = {"selected": None, "in_progress": None, "in_review": None}


class Board:
    """A team with its board, in two applications over one database."""

    def __init__(self, engines: tuple[Engine, Engine]) -> None:
        self.engines, self.engine = engines, engines[0]
        self.engine.workspaces.create(
            SYSTEM_ACTOR,
            key="TEAM",
            name="The team",
            methods=["governance", "agile", "meeting"],
            settings=SETTINGS,
        )
        self.people: dict[str, Actor] = {}
        for name in ("cleo", "pat", "sam", "ana", "ben"):
            self.people[name] = self.engine.people.add(SYSTEM_ACTOR, id=name, name=name.title())
        self.engine.workspaces.assign(SYSTEM_ACTOR, "TEAM", "agile.coach", ["cleo"])

    def team(self, **limits: Any) -> str:
        given = {"members": [], "dod": [{"id": "good", "text": "It is good"}], "wip_limits": FREE}
        key = self.made("cleo", "team", **given | {"person_limit": 1000, "expedite_limit": 1000} | limits)
        for role, people in (
            ("product_owner", ["pat"]),
            ("scrum_master", ["sam"]),
            ("developer", ["ana", "ben"]),
        ):
            self.engine.items.set_role(SYSTEM_ACTOR, key, f"agile.{role}", people)
        return key

    def made(self, by: str, type: str, **fields: Any) -> str:
        return self.engine.items.create(
            self.people[by], workspace="TEAM", type=f"agile.{type}", title=type, fields=fields
        ).key

    def move(self, by: str, key: str, transition: str, **fields: Any) -> None:
        self.act(by, key, transition, **fields)(self.engine)

    def act(self, by: str, key: str, transition: str, **fields: Any) -> Act:
        return lambda engine: engine.transition(self.people[by], key, transition, fields=fields)

    def selected(self, team: str, **fields: Any) -> str:
        key = self.made("pat", "story", team=team, **fields)
        for step in ("refine", "mark_ready", "select"):
            self.move("ana", key, step)
        return key

    def start(self, by: str, key: str, **fields: Any) -> Act:
        return self.act(by, key, "start", pull_override_reason="as agreed", **fields)

    def states(self, *keys: str) -> list[str]:
        return sorted(self.engine.items.get(SYSTEM_ACTOR, key).state for key in keys)

    def together(self, *acts: Act) -> list[Any]:
        """Make acts at one moment, each in an application of its own; answers results and refusals."""

        def made(numbered: tuple[int, Act]) -> Any:
            n, act = numbered
            try:
                return act(self.engines[n % 2])
            except PlacetError as refusal:
                return refusal

        with MEETING.of(len(acts)), ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(made, enumerate(acts)))


@pytest.fixture
def board(database_url: str, tmp_path: Path) -> Iterator[Board]:
    with two_applications(database_url, tmp_path, placet_governance, placet_agile, MEETING_PLACE) as (
        one,
        other,
    ):
        yield Board((one.engine, other.engine))


class TestTwoPeopleAtOneMoment:
    def test_do_not_both_get_the_last_slot_of_a_column(self, board: Board, rounds: int) -> None:
        """Whether they pull two stories, or a story and a bug; each round has a team of its own."""
        for _ in range(rounds):
            team = board.team(wip_limits=FREE | {"in_progress": 1})
            one, two = board.selected(team), board.selected(team)

            board.together(board.start("ana", one), board.start("ben", two))

            assert board.states(one, two) == ["in_progress", "selected"]

    def test_do_not_both_give_one_person_the_last_item(self, board: Board) -> None:
        """Though these are items of two teams."""
        teams = board.team(person_limit=1), board.team(person_limit=1)
        one, two = map(board.selected, teams)

        board.together(board.start("ana", one), board.start("ben", two, assignee="ana"))

        assert board.states(one, two) == ["in_progress", "selected"]

    def test_do_not_both_expedite(self, board: Board, rounds: int) -> None:
        for _ in range(rounds):
            team = board.team(expedite_limit=1)
            one, two = (board.selected(team, class_of_service="expedite") for _ in range(2))

            board.together(board.start("ana", one), board.start("ben", two))

            assert board.states(one, two) == ["in_progress", "selected"]

    def test_do_not_fill_a_column_by_a_start_and_by_another_class(self, board: Board) -> None:
        team = board.team(wip_limits=FREE | {"in_progress": 2})
        expedited = board.selected(team, class_of_service="expedite")
        board.start("ana", expedited)(board.engine)
        other = board.selected(team)
        third = board.selected(team)
        board.start("ben", third)(board.engine)
        board.engine.items.edit(board.people["cleo"], team, fields={"wip_limits": FREE | {"in_progress": 1}})

        board.together(
            board.act("pat", expedited, "reclassify", class_of_service="standard"),
            board.start("ben", other),
        )

        item = board.engine.items.get(SYSTEM_ACTOR, expedited)
        assert (item.fields["class_of_service"], board.states(other)) == ("expedite", ["selected"])

    def test_do_not_start_two_sprints(self, board: Board) -> None:
        team = board.team(mode="scrum")
        first, second = (
            board.made(
                "sam", "sprint", team=team, number=n, goal="Pay with a card", events=PLANNING, **_week(n)
            )
            for n in (1, 2)
        )
        for sprint in (first, second):
            story = board.made("pat", "story", team=team)
            for step, fields in (("refine", {}), ("mark_ready", {}), ("select", {"sprint": sprint})):
                board.move("ana", story, step, **fields)
            board.move("sam", sprint, "plan")

        board.together(board.act("sam", first, "start_sprint"), board.act("pat", second, "start_sprint"))

        assert board.states(first, second) == ["planned", "running"]
