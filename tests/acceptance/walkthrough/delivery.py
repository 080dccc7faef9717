"""Steps 11 to 17: a work package that fixes time and cost, and its first sprint."""

from __future__ import annotations

from typing import Any

from .cast import ALL_DONE, DOD, READY, SCRUM_TEAM, Chapter, Story, blocks
from .initiation import tolerance

#: The sprints of the story, by their number: start and end.
SPRINTS = {
    1: ("2026-04-06T10:00:00Z", "2026-04-20T10:00:00Z"),
    2: ("2026-04-20T10:00:00Z", "2026-05-04T10:00:00Z"),
    3: ("2026-05-04T10:00:00Z", "2026-05-18T10:00:00Z"),
    4: ("2026-05-18T10:00:00Z", "2026-06-01T10:00:00Z"),
    5: ("2026-06-01T10:00:00Z", "2026-06-15T10:00:00Z"),
    6: ("2026-06-29T10:00:00Z", "2026-07-13T10:00:00Z"),
    7: ("2026-07-13T10:00:00Z", "2026-07-27T10:00:00Z"),
}
GOAL = "Users find the answer to what they ask most"
WEEK = {"week_from": "2026-W16", "week_to": "2026-W16"}


def a_package(story: Story, title: str, product: str, end: str, **fields: Any) -> str:
    """A work package that is described, and not authorized."""
    said = {"planned_start": "2026-04-06", "planned_end": end, "products": [product]}
    key = story.by("petr").create("prince2.work_package", title, parent=story.delivery, **said, **fields)
    story.appoint("petr", key, "prince2.team_manager", "maya")
    return key


def tolerances(end: str, budget: int, late: int, scope: int) -> list[dict[str, Any]]:
    """Of a package: days that it may be late, and percentage points of scope that it may leave out."""
    return [
        tolerance("time", end, late, 0),
        tolerance("cost", budget, 0, 0),
        tolerance("scope", 100, 0, scope),
    ]


def a_package_of_sprints_flexes_scope_alone(story: Story) -> None:
    petr = story.by("petr")
    end = "2026-07-24"
    story.mvp = a_package(
        story, "Portal MVP", story.portal, end, budget=100000, delivery_method="scrum",
        tolerances=tolerances(end, 100000, 5, 20),
    )  # fmt: skip
    found = blocks(story, "petr", story.mvp, "authorize_work_package", "integration.fix_flex")
    assert "it has time +5, cost +0, scope -20" in found["integration.time_cost_fixed"]["message"]
    petr.edit(story.mvp, tolerances=tolerances(end, 100000, 0, 20))
    assert petr.move(story.mvp, "authorize_work_package")["state"] == "offered"


def a_story(story: Story, title: str, points: int, sprint: str | None = None, **fields: Any) -> str:
    """A story that is ready, or selected for a sprint."""
    emil = story.by("emil")
    key = story.by("ana").create("agile.story", title, team=story.team, **fields)
    for target in (story.mvp, story.portal):
        emil.link(key, "integration.delivers", target)
    emil.move(key, "refine")
    emil.edit(key, points=points)
    emil.move(key, "mark_ready", dor_checks=READY)
    if sprint is not None:
        emil.move(key, "select", sprint=sprint)
    return key


def a_sprint(story: Story, number: int, **fields: Any) -> str:
    """A sprint of the team in the stage, without a goal yet."""
    start, end = SPRINTS[number]
    planning = {"kind": "planning", "held_at": story.cast.admin.get("/testing/clock")["now"], "minutes": 120}
    key = story.by("ivan").create(
        "agile.sprint", f"Sprint {number}", team=story.team, number=number, planned_start=start, planned_end=end,
        events=[planning], **fields,
    )  # fmt: skip
    story.by("ivan").link(key, "integration.timebox_of", story.delivery)
    return key


def work(story: Story, key: str, done: dict[str, bool]) -> None:
    """Let dana do the work on a story, and hand it over for review."""
    dana = story.by("dana")
    dana.move(key, "start")
    dana.edit(key, dod_checks=done)
    dana.move(key, "request_review")


def finish(story: Story, key: str) -> None:
    """Dana does the work on a story, and emil finds it done."""
    work(story, key, ALL_DONE)
    story.by("emil").move(key, "finish")


def end(story: Story, sprint: str, number: int) -> dict[str, Any]:
    """The sprint is over: review, retrospective, closed; answers its fields."""
    at = SPRINTS[number][1]
    story.cast.clock(at)
    assert story.state(sprint) == "closing"
    held = [
        {"kind": "review", "held_at": at, "minutes": 60, "outcome": "Shown to everybody"},
        {"kind": "retrospective", "held_at": at, "minutes": 45, "outcome": "Nothing to change this time"},
    ]
    events = [*story.fields(sprint)["events"], *held]
    fields: dict[str, Any] = story.by("ivan").move(sprint, "close", events=events, goal_met=True)["fields"]
    return fields


def a_sprint_needs_a_team_and_a_goal(story: Story) -> None:
    maya, ivan = story.by("maya"), story.by("ivan")
    dod = [{"id": each, "text": each} for each in DOD]
    story.team = story.by("tomas").create("agile.team", "Portal team", mode="scrum", members=[], dod=dod)
    for role, people in SCRUM_TEAM.items():
        story.appoint("tomas", story.team, f"agile.{role}", *people)
    maya.move(story.mvp, "accept")
    blocks(story, "maya", story.mvp, "start", "integration.team_linked")
    maya.edit(story.mvp, team=story.team)
    assert maya.move(story.mvp, "start")["state"] == "in_progress"
    story.by("maya").move(story.portal, "develop")
    story.sprint = a_sprint(story, 1)
    story.increment = story.by("emil").create("agile.increment", "Portal 1", team=story.team)
    sizes = (8, 8, 8, 3, 3)
    story.stories = [a_story(story, f"Question {n}", size, story.sprint) for n, size in enumerate(sizes, 1)]
    blocks(story, "ivan", story.sprint, "plan", "agile.goal_set")
    ivan.move(story.sprint, "plan", goal=GOAL)
    started = ivan.move(story.sprint, "start_sprint")
    assert (started["state"], started["fields"]["committed_points"]) == ("running", "30")


def nobody_is_promised_twice(story: Story) -> None:
    petr, rhea = story.by("petr"), story.by("rhea")
    first, second = (
        petr.create("governance.resource_allocation", title, person="dana", percent=share, **WEEK)
        for title, share in (("Dana for the desk", "50"), ("Dana for the portal", "60"))
    )
    rhea.move(first, "confirm")
    found = blocks(story, "rhea", second, "confirm", "governance.capacity_free")
    assert "110 % in week 2026-W16" in found["governance.person_week"]["message"]


def nobody_finishes_own_work_nor_what_is_not_done(story: Story) -> None:
    work(story, story.stories[0], ALL_DONE | {"docs": False})
    found = blocks(story, "dana", story.stories[0], "finish", "agile.dod_met", "segregation")
    assert set(found) == {"agile.dod_all", "agile.sod_review"}


def a_second_person_finishes_it(story: Story) -> None:
    story.by("dana").edit(story.stories[0], dod_checks=ALL_DONE)
    assert story.by("emil").move(story.stories[0], "finish")["state"] == "done"


def the_first_sprint_has_a_velocity_of_27(story: Story) -> None:
    for key in story.stories[1:4]:
        finish(story, key)
    closed = end(story, story.sprint, 1)
    assert (closed["completed_points"], closed["unfinished_at_end"]) == ("27", 1)
    assert story.state(story.stories[4]) == "ready"
    report = story.all("prince2.report", kind="checkpoint", stage=story.delivery)[-1]
    assert story.state(report) == "due"
    assert "not enough data: 14 days of history, at least 20 needed" in story.fields(report)["outlook"]
    velocity = story.by("ivan").get(f"/x/agile/teams/{story.team}/velocity")
    assert velocity["sprints"][-1]["velocity"] == 27


def a_sprint_is_cancelled_by_the_product_owner_alone(story: Story) -> None:
    ivan = story.by("ivan")
    story.sprint = a_sprint(story, 2, goal=GOAL)
    story.by("emil").move(story.stories[4], "select", sprint=story.sprint)
    ivan.move(story.sprint, "plan")
    ivan.move(story.sprint, "start_sprint")
    why: dict[str, Any] = {"cancel_reason": "The vendor has a portal of its own now", "goal_obsolete": True}
    found = blocks(story, "ivan", story.sprint, "cancel", "role", **why)
    assert "agile.product_owner" in found["role"]["who"]


STEPS: Chapter = {
    11: a_package_of_sprints_flexes_scope_alone,
    12: a_sprint_needs_a_team_and_a_goal,
    13: nobody_is_promised_twice,
    14: nobody_finishes_own_work_nor_what_is_not_done,
    15: a_second_person_finishes_it,
    16: the_first_sprint_has_a_velocity_of_27,
    17: a_sprint_is_cancelled_by_the_product_owner_alone,
}
