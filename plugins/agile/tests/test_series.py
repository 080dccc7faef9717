"""Series and figures over HTTP, and the same from the events alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from placet_agile.numbers.forecast import Forecast, Plan, days_until_done, items_within, seed_of

from .conftest import START
from .serving import ServedCompany, served

__all__ = ["served"]  # the fixture

BEGIN = datetime.fromisoformat(START)


def at(company: ServedCompany, days: float) -> None:
    """So many days after the beginning."""
    company.desk.at(BEGIN + timedelta(days=days))


def line(chart: dict[str, Any], id: str) -> list[float]:
    """The values of a series."""
    return next([point["value"] for point in each["values"]] for each in chart["series"] if each["id"] == id)


def metric(company: ServedCompany, name: str) -> float | None:
    """A metric from the beginning until today."""
    return company.desk.metric(f"agile.{name}", since=BEGIN.date()).value.value


def close(company: ServedCompany, sprint: str, *, goal_met: bool = True) -> None:
    """Hold the last events of a sprint that is over, and close it."""
    if company.state(sprint) == "running":
        company.move("sam", sprint, "begin_close")
    company.record("sam", sprint, "review", outcome="shown to everybody")
    company.record("sam", sprint, "retrospective", outcome="nothing to improve this time")
    company.move("sam", sprint, "close", goal_met=goal_met)


class TestSprintChart:
    def test_follows_the_log_day_by_day(self, served: ServedCompany) -> None:
        """Burndown, even pace, scope and done at the end of each day, and every figure from the start to the end."""
        team = served.team()
        sprint = served.running(team, points=("3", "5", "8"))
        first, second, third = served.items_of(sprint)
        at(served, 1)
        served.move("ana", first, "start")
        served.finish(first)
        at(served, 2)
        served.move("ana", second, "start")
        served.move("ana", third, "re_estimate", estimate="13")

        chart = served.get("pat", f"sprints/{sprint}/chart")

        assert chart["unit"] == "points"
        assert [point["at"] for point in chart["series"][0]["values"]] == [
            "2026-06-15",
            "2026-06-16",
            "2026-06-17",
        ]
        assert line(chart, "burndown") == [16, 13, 18]
        assert line(chart, "scope") == [16, 16, 21]
        assert line(chart, "done") == [0, 3, 3]
        assert line(chart, "ideal") == pytest.approx([16 * (10 - day) / 10 for day in (1, 2, 3)], rel=0.12)
        assert (chart["committed"], chart["added"], chart["removed"]) == (16, 5, 0)
        assert chart["committed"] + chart["added"] - chart["removed"] == chart["done"] + chart["remaining"]

    def test_keeps_what_was_unfinished_at_the_end(self, served: ServedCompany) -> None:
        """Closing sends unfinished items back; the sprint keeps its figures, which are those that it recorded."""
        team = served.team()
        sprint = served.running(team, points=("3", "5"))
        first = served.items_of(sprint)[0]
        served.move("ana", first, "start")
        served.finish(first)
        at(served, 13.9)
        close(served, sprint)

        chart = served.get("pat", f"sprints/{sprint}/chart")
        recorded = served.fields(sprint)

        assert (chart["done"], chart["remaining"], chart["say_do"]) == (3, 5, 37.5)
        assert (chart["carry_over"], chart["scope_change"]) == (50, 0)
        for name, figure in (
            ("completed_points", "done"),
            ("added_points", "added"),
            ("removed_points", "removed"),
        ):
            assert Decimal(recorded[name]) == Decimal(str(chart[figure])), name

    def test_says_what_the_sprint_has_recorded_after_new_estimates(self, served: ServedCompany) -> None:
        """Grown and shrunk in work: say/do counts what was committed, and velocity what was known before the work."""
        team = served.team()
        sprint = served.running(team, points=("3", "5", "8"))
        for key, estimate in zip(served.items_of(sprint), ("13", "2", "8"), strict=True):
            served.move("ana", key, "start", assignee="ana")
            served.move("ana", key, "re_estimate", estimate=estimate)
            served.finish(key)
        at(served, 13.9)
        close(served, sprint)

        chart = served.get("pat", f"sprints/{sprint}/chart")
        velocity = served.get("pat", f"teams/{team}/velocity")
        recorded = served.fields(sprint)

        assert (chart["say_do"], chart["done"], chart["scope_change"]) == (100, 23, 100 * 13 / 16)
        assert (
            velocity["value"] == 3 + 2 + 8 == metric(served, "velocity") == int(recorded["completed_points"])
        )
        assert metric(served, "say_do_ratio") == 100

    def test_counts_what_is_accepted_on_the_day_of_the_review(self, served: ServedCompany) -> None:
        """The sprint is planned to end in the morning of that day, and the story is shown and accepted at noon."""
        team = served.team()
        sprint = served.running(team, points=("3", "5"))
        for key in served.items_of(sprint):
            served.move("ana", key, "start", assignee="ana")
        at(served, 14 + 4 / 24)
        served.finish(served.items_of(sprint)[0])
        close(served, sprint)

        chart, recorded = served.get("pat", f"sprints/{sprint}/chart"), served.fields(sprint)
        velocity = served.get("pat", f"teams/{team}/velocity")["value"]

        assert velocity == metric(served, "velocity") == int(recorded["completed_points"]) == 3
        assert chart["say_do"] == metric(served, "say_do_ratio") == 37.5

    def test_leaves_out_what_was_finished_after_the_timebox(self, served: ServedCompany) -> None:
        """A sprint that is held in closing for days is not faster: items that came late were unfinished at its end."""
        team = served.team()
        sprint = served.running(team, points=("3", "5"))
        on_time, late = served.items_of(sprint)
        for key in (on_time, late):
            served.move("ana", key, "start", assignee="ana")
        served.finish(on_time)
        at(served, 15)
        served.finish(late)
        close(served, sprint)

        chart, recorded = served.get("pat", f"sprints/{sprint}/chart"), served.fields(sprint)
        velocity = served.get("pat", f"teams/{team}/velocity")["value"]

        assert velocity == metric(served, "velocity") == int(recorded["completed_points"]) == 3
        assert chart["say_do"] == metric(served, "say_do_ratio") == 37.5
        assert chart["carry_over"] == metric(served, "carry_over") == 50

    def test_is_about_a_sprint_that_was_started(self, served: ServedCompany) -> None:
        """A sprint in draft has no chart, and a story is not a sprint."""
        team = served.team()
        for nothing in (served.sprint(team), served.story(team), team, "DESK-99"):
            assert served.get("pat", f"sprints/{nothing}/chart", status=404)["type"].endswith("/not-found")


class TestVelocity:
    def test_is_the_average_of_the_last_closed_sprints(self, served: ServedCompany) -> None:
        """A cancelled sprint has a velocity, and the average leaves it out."""
        team = served.team()
        none = served.get("ana", f"teams/{team}/velocity")
        assert (none["value"], none["reason"]) == (
            None,
            "not enough data: 0 closed sprints, at least 1 needed",
        )
        for number, points in enumerate(("8", "5", "3"), 1):
            start = (BEGIN + timedelta(days=14 * (number - 1))).isoformat()
            at(served, 14 * (number - 1))
            sprint = served.running(team, number, points=(points, "1"), starts=start)
            story = served.items_of(sprint)[0]
            served.move("ana", story, "start")
            served.finish(story)
            if number == 2:
                reason = "the customer does not need it any more"
                served.move("pat", sprint, "cancel", cancel_reason=reason, goal_obsolete=True)
            else:
                at(served, 14 * number - 0.1)
                close(served, sprint, goal_met=number == 1)

        found = served.get("ana", f"teams/{team}/velocity")

        assert [(each["state"], each["velocity"]) for each in found["sprints"]] == [
            ("closed", 8), ("cancelled", 5), ("closed", 3),
        ]  # fmt: skip
        assert (found["value"], found["unit"], found["goal_success"]) == (5.5, "points", 50)

        # The metrics are queries over the same items, and agree with the figures from the events.
        closed = [each["sprint"] for each in found["sprints"] if each["state"] == "closed"]
        charts = [served.get("ana", f"sprints/{key}/chart") for key in closed]
        committed = sum(chart["committed"] for chart in charts)
        assert metric(served, "velocity") == found["value"]
        assert metric(served, "goal_success") == found["goal_success"]
        assert metric(served, "say_do_ratio") == 100 * sum(chart["done"] for chart in charts) / committed
        assert metric(served, "scope_change") == 0
        assert metric(served, "carry_over") == 50
        assert metric(served, "timebox_overrun") == sum(chart["timebox_overrun"] for chart in charts) == 0
        since: dict[str, Any] = {"from": START[:10]}
        flow = served.get("ana", f"teams/{team}/flow", **since)
        assert metric(served, "throughput") == pytest.approx(flow["throughput"], rel=0.02)
        assert metric(served, "throughput_per_week") == pytest.approx(flow["throughput_per_week"], rel=0.02)
        assert metric(served, "wip") == flow["work_in_progress"] == 0


class TestFlow:
    def test_counts_how_far_items_had_come(self, served: ServedCompany) -> None:
        """Cumulative flow and the figures of the days, recomputed from the events of the items in plain Python."""
        team = served.team("kanban", sle_days=3)
        stories = []
        for day in range(4):
            at(served, day)
            stories.append(served.started(team, by="ana" if day % 2 else "ben"))
            if day >= 1:
                served.finish(stories[day - 1], by="dora")

        days: dict[str, Any] = {"from": "2026-06-15", "to": "2026-06-18"}
        found = served.get("ana", f"teams/{team}/flow", **days)

        started = {key: _moment(served, key, "in_progress") for key in stories}
        done = {key: _moment(served, key, "done") for key in stories[:-1]}
        times = sorted((done[key].date() - started[key].date()).days + 1 for key in done)
        assert line(found, "in_progress") == [1, 2, 3, 4]
        assert line(found, "done") == [0, 1, 2, 3]
        assert (found["finished"], found["throughput"], found["work_in_progress"]) == (3, 0.75, 1)
        assert found["throughput_per_week"] == 5.25
        assert found["work_item_age"] == {"median": 1, "oldest": 1}
        assert times == [2, 2, 2]
        assert found["cycle_time"] == {"p50": 2, "p85": 2, "p95": 2}
        assert (found["attainment"], found["efficiency"], found["blocked"]) == (100, 100, 0)
        assert found["expectation"] is None

    @pytest.mark.parametrize(
        ("query", "problem"),
        [
            ({"from": "2026-06-16", "to": "2026-06-15"}, "change from or to"),
            ({"from": "2001-01-01"}, "1 to 732 can be asked for"),
            ({"to": "2027-01-01"}, "is after today"),
            ({"to": "tomorrow"}, "is not a day"),
        ],
    )
    def test_is_asked_for_days_in_order(
        self, served: ServedCompany, query: dict[str, Any], problem: str
    ) -> None:
        """The message about a wrong span names its days."""
        found = served.get("ana", f"teams/{served.team()}/flow", status=400, **query)
        assert problem in found["detail"]


def _moment(company: ServedCompany, key: str, state: str) -> datetime:
    events = company.desk.history(key)
    return next(event.at.astimezone(UTC) for event in events if event.data.get("to_state") == state)


class TestForecast:
    def test_answers_one_question_from_the_throughput(self, served: ServedCompany) -> None:
        """Twenty complete days, ten items on two of them; the seed follows from team and day."""
        served.configure(mc_runs=500, second_person_review=False)
        team = served.team("kanban")
        for day in (0, 10):
            at(served, day)
            for _ in range(5):
                served.finish(served.started(team), by="ana")
        at(served, 19)
        assert "19 days of history" in served.get("ana", f"teams/{team}/forecast", items=10)["reason"]
        at(served, 20)

        when = served.get("ana", f"teams/{team}/forecast", items=10)
        many = served.get("ana", f"teams/{team}/forecast", until="2026-07-15")

        samples = [5, *[0] * 9] * 2
        plan = Plan(seed_of(team, date(2026, 7, 5)), runs=500)
        in_days, in_items = days_until_done(samples, 10, plan), items_within(samples, 10, plan)
        assert isinstance(in_days, Forecast)
        assert isinstance(in_items, Forecast)
        assert {answer["percent"]: answer["value"] for answer in when["answers"]} == in_days.answers
        assert {answer["percent"]: answer["value"] for answer in many["answers"]} == in_items.answers
        assert (when["window"], when["finished"], when["runs"], when["reason"]) == (20, 10, 500, None)

    def test_without_history_gives_no_number(self, served: ServedCompany) -> None:
        """The reason stands in its place."""
        found = served.get("ana", f"teams/{served.team('kanban')}/forecast", items=10)
        assert found["answers"] == []
        assert found["reason"] == "not enough data: 0 days of history, at least 20 needed"

    @pytest.mark.parametrize(
        "query", [{}, {"items": 5, "until": "2026-07-01"}, {"until": "2026-06-01"}, {"items": -1}]
    )
    def test_takes_one_question_about_the_future(self, served: ServedCompany, query: dict[str, Any]) -> None:
        """Both questions, none, or one about the past are refused."""
        found = served.get("ana", f"teams/{served.team()}/forecast", status=400, **query)
        assert found["type"].endswith("/malformed")
