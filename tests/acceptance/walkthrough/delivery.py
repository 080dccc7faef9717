"""Steps 11 to 17: a work package that fixes time and cost, and its first sprint."""

from __future__ import annotations

from typing import Any

from placet_integration.demo import delivery as acts

from .cast import Chapter, Story, blocks


def a_package_of_sprints_flexes_scope_alone(story: Story) -> None:
    acts.offer_mvp(story)
    found = blocks(story, "petr", story.mvp, "authorize_work_package", "integration.fix_flex")
    assert "it has time +5, cost +0, scope -20" in found["integration.time_cost_fixed"]["message"]
    assert acts.fix_and_flex(story)["state"] == "offered"


def a_sprint_needs_a_team_and_a_goal(story: Story) -> None:
    ivan = story.by("ivan")
    acts.form_team(story)
    blocks(story, "maya", story.mvp, "start", "integration.team_linked")
    assert acts.begin_mvp(story)["state"] == "in_progress"
    acts.fill_first_sprint(story)
    blocks(story, "ivan", story.sprint, "plan", "agile.goal_set")
    ivan.move(story.sprint, "plan", goal=acts.GOAL)
    started = ivan.move(story.sprint, "start_sprint")
    assert (started["state"], started["fields"]["committed_points"]) == ("running", "30")


def nobody_is_promised_twice(story: Story) -> None:
    petr, rhea = story.by("petr"), story.by("rhea")
    first, second = (
        petr.create("governance.resource_allocation", title, person="dana", percent=share, **acts.WEEK)
        for title, share in (("Dana for the desk", "50"), ("Dana for the portal", "60"))
    )
    rhea.move(first, "confirm")
    found = blocks(story, "rhea", second, "confirm", "governance.capacity_free")
    assert "110 % in week 2026-W16" in found["governance.person_week"]["message"]


def nobody_finishes_own_work_nor_what_is_not_done(story: Story) -> None:
    acts.work(story, story.stories[0], acts.ALL_DONE | {"docs": False})
    found = blocks(story, "dana", story.stories[0], "finish", "agile.dod_met", "segregation")
    assert set(found) == {"agile.dod_all", "agile.sod_review"}


def a_second_person_finishes_it(story: Story) -> None:
    story.by("dana").edit(story.stories[0], dod_checks=acts.ALL_DONE)
    assert story.by("emil").move(story.stories[0], "finish")["state"] == "done"


def the_first_sprint_has_a_velocity_of_27(story: Story) -> None:
    for key in story.stories[1:4]:
        acts.finish(story, key)
    closed = acts.end(story)["fields"]
    assert story.state(story.sprint) == "closed"
    assert (closed["completed_points"], closed["unfinished_at_end"]) == ("27", 1)
    assert story.state(story.stories[4]) == "ready"
    report = story.all("prince2.report", kind="checkpoint", stage=story.delivery)[-1]
    assert story.state(report) == "due"
    assert "not enough data: 14 days of history, at least 20 needed" in story.fields(report)["outlook"]
    velocity = story.by("ivan").get(f"/x/agile/teams/{story.team}/velocity")
    assert velocity["sprints"][-1]["velocity"] == 27


def a_sprint_is_cancelled_by_the_product_owner_alone(story: Story) -> None:
    ivan = story.by("ivan")
    story.sprint = acts.a_sprint(story, 2, goal=acts.GOAL)
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
