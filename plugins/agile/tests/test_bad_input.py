"""Figures, dates and names that cannot be right are refused over HTTP, with the fault and its place."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import DOD, READY, REASON, START
from .serving import ServedCompany, served

__all__ = ["served"]  # the fixture

ANA_TWICE = [{"actor": "ana"}, {"actor": "ana", "capacity_hours_per_week": 20}]
LATE, EARLY = "2026-07-13T08:00:00Z", "2026-06-29T08:00:00Z"


def faults(answer: tuple[int, Any]) -> dict[str, str]:
    """The faults of a request that does not fit, by their place."""
    status, problem = answer
    assert status == 422, problem
    return {each["pointer"]: each["message"] for each in problem["errors"]}


def blockers(answer: tuple[int, Any]) -> list[str]:
    """The sentences of a refusal by the rules; each has a remedy."""
    status, problem = answer
    assert status == 409, problem
    assert all(each["remedy"] for each in problem["blockers"])
    return [each["message"] for each in problem["blockers"]]


def edited(company: ServedCompany, by: str, key: str, **fields: Any) -> tuple[int, Any]:
    return company.send(by, "PATCH", f"/items/{key}", {"fields": fields})


def moved(company: ServedCompany, by: str, key: str, transition: str, **fields: Any) -> tuple[int, Any]:
    body = {"transition": transition, "fields": fields}
    return company.send(by, "POST", f"/items/{key}/transitions", body)


def made(company: ServedCompany, by: str, type: str, **fields: Any) -> tuple[int, Any]:
    body = {"workspace": company.desk.key, "type": f"agile.{type}", "title": "X", "fields": fields}
    return company.send(by, "POST", "/items", body)


class TestAnEstimate:
    def test_is_on_the_scale_and_not_too_large(self, served: ServedCompany) -> None:
        """When an item becomes ready, and each time it is estimated again."""
        team = served.team()
        story, ready = served.story(team), served.ready(team)
        served.move("ana", story, "refine")
        scale = "is not on the scale of the team: 0, 1, 2, 3, 5, 8, 13, 20, 40, 100"

        for points, said in (
            (4, f"4 {scale}"),
            (13, "the estimate 13 is not allowed (max 8)"),
            (None, "it is not estimated"),
        ):
            served.edit("ana", story, points=points)
            assert said in blockers(moved(served, "ana", story, "mark_ready", dor_checks=READY))
            assert blockers(moved(served, "ana", ready, "re_estimate", estimate=points)) == [said]
        assert list(faults(edited(served, "ana", story, points=-1))) == ["/fields/points"]


class TestAPlaceInTheBacklog:
    def test_is_behind_another_open_item_of_it(self, served: ServedCompany) -> None:
        """Neither behind itself, in another backlog, behind what is gone, nor typed as a rank."""
        team, other = served.team(), served.team()
        story, gone, foreign = served.story(team), served.story(team), served.story(other)
        served.move("pat", gone, "remove", REASON)

        for after, said in (
            (story, f"{story} is the item itself"),
            (foreign, f"{foreign} is in the backlog of another team, {other}"),
            (gone, f"{gone} is in 'Removed', and not in the backlog any more"),
        ):
            assert blockers(moved(served, "pat", story, "reorder", after=after)) == [said]
        assert faults(moved(served, "pat", story, "reorder", after="DESK-999")) == {
            "/fields/after": 'there is no item "DESK-999"'
        }
        assert faults(edited(served, "pat", story, rank="i5")) == {
            "/fields/rank": "is computed and cannot be set"
        }


class TestASprint:
    @pytest.mark.parametrize(
        ("fields", "place", "message"),
        [
            (
                {"planned_start": LATE, "planned_end": EARLY},
                "/fields",
                "planned_end 2026-06-29 08:00 is not after planned_start 2026-07-13 08:00",
            ),
            ({"capacity_hours": -1}, "/fields/capacity_hours", "it has to be 0 or more"),
            ({"planned_start": "2026-06-29"}, "/fields/planned_start", "it has no time zone"),
            (
                {"events": [{"kind": "party", "held_at": START, "minutes": 5}]},
                "/fields/events/0/kind",
                "'planning', 'daily', 'review' or 'retrospective'",
            ),
            (
                {"events": [{"kind": "daily", "held_at": START, "minutes": 0}]},
                "/fields/events/0/minutes",
                "it has to be 1 or more",
            ),
        ],
        ids=["ends before it starts", "capacity", "no moment", "no event", "no minutes"],
    )
    def test_has_figures_that_make_sense(
        self, served: ServedCompany, fields: dict[str, Any], place: str, message: str
    ) -> None:
        found = faults(made(served, "sam", "sprint", team=served.team(), number=1, **fields))

        assert list(found) == [place]
        assert message in found[place]

    def test_does_not_overlap_one_of_its_team_and_lasts_a_day(self, served: ServedCompany) -> None:
        team = served.team()
        served.planned(team)
        second = served.sprint(team, 2)
        served.selected(team, second)
        served.record("sam", second, "planning")

        assert blockers(moved(served, "sam", second, "plan")) == [
            "it overlaps sprint 1 (Monday 15 June 08:00 to Monday 29 June 08:00)"
        ]
        half = {"planned_start": "2026-06-30T08:00:00Z", "planned_end": "2026-06-30T20:00:00Z"}
        assert blockers(moved(served, "sam", second, "plan", **half)) == [
            "the sprint lasts 0.5 days, allowed are 1 to 31"
        ]

    def test_that_starts_early_is_no_longer_than_a_month(self, served: ServedCompany) -> None:
        """Planned for later and started now, it would run through all the time in between."""
        sprint = served.planned(served.team(), starts="2026-07-13T08:00:00Z", days=28)

        refusal = moved(served, "sam", sprint, "start_sprint")

        assert blockers(refusal) == ["started now, the sprint would last 56 days, allowed are 1 to 31"]
        assert "Monday 13 July 08:00" in refusal[1]["blockers"][0]["remedy"]
        served.desk.at("2026-07-12T08:00:00Z")
        assert served.move("sam", sprint, "start_sprint") == "running"


class TestATeam:
    @pytest.mark.parametrize(
        ("by", "fields", "place", "message"),
        [
            ("sam", {"members": ANA_TWICE}, "/fields/members", "has ana twice: give each person once"),
            (
                "sam",
                {"wip_limits": {"in_progress": 0}},
                "/fields/wip_limits/in_progress",
                "it has to be 1 or more",
            ),
            ("sam", {"wip_limits": {"done": 3}}, "/fields/wip_limits/done", "'in_progress' or 'in_review'"),
            ("ana", {"point_scale": [3, 2]}, "/fields/point_scale", "is not in rising order"),
            ("ana", {"dod": [DOD[0], DOD[0]]}, "/fields/dod", "has code_reviewed twice"),
        ],
        ids=["a person twice", "a limit of none", "no column", "a scale downwards", "an entry twice"],
    )
    def test_has_agreements_that_make_sense(
        self, served: ServedCompany, by: str, fields: dict[str, Any], place: str, message: str
    ) -> None:
        found = faults(edited(served, by, served.team(), **fields))

        assert list(found) == [place]
        assert message in found[place]


class TestACircle:
    def test_of_items_that_wait_for_each_other_is_refused(self, served: ServedCompany) -> None:
        team = served.team()
        first, second, third = (served.story(team) for _ in range(3))
        why = {"blocked": True, "blocked_reason": "it waits"}
        served.edit("ana", first, blocked_by=second, **why)
        served.edit("ana", second, blocked_by=third, **why)

        assert blockers(edited(served, "ana", third, blocked_by=first, **why)) == [
            f"{third} would be blocked by {second}, which waits for it"
        ]
        assert blockers(edited(served, "ana", first, blocked_by=first)) == ["it would be blocked by itself"]

    def test_of_bugs_that_are_defects_of_each_other_is_refused(self, served: ServedCompany) -> None:
        team = served.team()
        first = served.create("ana", "bug", team=team, severity="high")
        second = served.create("ana", "bug", team=team, severity="high", defect_of=first)

        assert blockers(edited(served, "ana", first, defect_of=second)) == [
            f"{first} would be a defect of {second}, which is a defect of it"
        ]
        assert blockers(edited(served, "ana", first, defect_of=first)) == ["it would be a defect of itself"]

    def test_of_stories_that_are_split_from_each_other_is_refused(self, served: ServedCompany) -> None:
        team = served.team()
        whole, part, last = (served.story(team) for _ in range(3))
        for source, target in ((part, whole), (last, part)):
            status, _ = served.send("ana", "PUT", f"/items/{source}/links/agile.split_from/{target}")
            assert status < 300

        status, problem = served.send("ana", "PUT", f"/items/{whole}/links/agile.split_from/{last}")

        assert status == 409
        assert problem["detail"] == (
            f"'A story' ({last}) leads back to {whole} over links that say 'split from', and none of these may form a "
            "circle: remove the one that is wrong first"
        )


class TestADate:
    def test_long_past_leaves_the_board_readable(self, served: ServedCompany) -> None:
        """The latest start of an item that was due in the year 1 lies before all dates."""
        people = {"product_owner": ["pat"], "flow_manager": ["finn"], "developer": ["ana", "ben"]}
        team = served.team("kanban", people, sle_days=1000)
        key = served.selected(team, class_of_service="fixed_date", due_date="0001-01-05")

        card = served.get("ana", f"boards/{team}")["columns"][0]["cards"][0]

        assert (card["key"], card["why"]) == (key, "it misses its date unless work begins today")
        assert served.move("ana", key, "start") == "in_progress"
