"""Steps 18 to 22: a forecast outside its tolerance, and what changes a baseline."""

from __future__ import annotations

from placet_integration.demo import exception as acts
from placet_integration.demo.delivery import a_story

from .cast import Chapter, Story, blocks


def a_forecast_seven_days_late_is_an_exception(story: Story) -> None:
    acts.forecast_late(story)
    time = story.status(story.delivery, "time")
    assert (float(time["deviation"]), time["used_percent"], time["light"]) == (7, "140.0", "red")
    assert story.state(story.exception) == "raised"
    assert story.hears("olga", story.exception)
    timers = story.by("petr").get("/timers", item=story.exception, status="running")["timers"]
    assert [(each["timer"], each["due_at"]) for each in timers] == [
        ("prince2.exception_report_due", "2026-04-22T10:00:00Z")
    ]


def no_package_is_authorized_in_an_exception(story: Story) -> None:
    acts.describe_reporting(story)
    blocks(story, "petr", story.reporting, "authorize_work_package", "prince2.stage_within_tolerance")


def the_executive_widens_the_tolerance_as_far_as_needed(story: Story) -> None:
    petr, olga = story.by("petr"), story.by("olga")
    petr.move(story.exception, "submit_report", **acts.REPORT)
    assert story.state(story.delivery) == "in_exception"
    found = blocks(
        story,
        "olga",
        story.exception,
        "increase_tolerance",
        "prince2.new_tolerance_covers",
        new_tolerances=acts.wider(6),
    )
    assert "6 would be inside" in found["prince2.covers"]["message"]
    olga.move(story.exception, "increase_tolerance", new_tolerances=acts.wider(10))
    assert (story.state(story.exception), story.state(story.delivery)) == ("resolved", "active")
    assert story.status(story.delivery, "time")["used_percent"] == "70.0"
    assert story.decided_on(story.exception) == [("authorize_project", "olga")]
    [message] = story.linked(story.exception, "governance.informs")
    assert story.fields(message)["audience"] == ["project board"]
    assert petr.move(story.reporting, "authorize_work_package")["state"] == "offered"


def a_change_beyond_the_limit_is_the_executives(story: Story) -> None:
    acts.ask_second_language(story)
    blocks(story, "kira", story.request, "approve_issue", "prince2.decision_authority")
    story.by("olga").move(story.request, "approve_issue")
    assert [decider for _, decider in story.decided_on(story.request)] == ["olga"]
    assert float(story.fields(story.project)["change_budget_used"]) == 5500
    story.clock("2026-04-21T09:00:00Z")
    acts.rebaseline(story, "Pages in two languages")
    assert story.by("petr").move(story.request, "close_issue")["state"] == "closed"


def a_story_of_a_must_product_is_not_dropped(story: Story) -> None:
    story.stories.append(a_story(story, "Question of sprint 3", 8))
    blocks(
        story,
        "ana",
        story.stories[-1],
        "remove",
        "integration.must_needs_rfc",
        comment="Nobody asks that any more",
    )


STEPS: Chapter = {
    18: a_forecast_seven_days_late_is_an_exception,
    19: no_package_is_authorized_in_an_exception,
    20: the_executive_widens_the_tolerance_as_far_as_needed,
    21: a_change_beyond_the_limit_is_the_executives,
    22: a_story_of_a_must_product_is_not_dropped,
}
