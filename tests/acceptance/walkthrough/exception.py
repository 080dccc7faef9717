"""Steps 18 to 22: a forecast outside its tolerance, and what changes a baseline."""

from __future__ import annotations

from .cast import Chapter, Story, blocks
from .delivery import a_package, a_story, tolerances
from .initiation import tolerance

REPORT = {
    "cause": "The stories that are left take longer than was planned.",
    "consequence": "The stage ends a week after its planned end.",
    "options": [{"text": "Take the week"}, {"text": "Leave the reports out"}],
    "recommendation": "Take the week.",
}
ASPECTS = ("benefits", "cost", "time", "quality", "scope", "sustainability", "risk")
STAGE_END = "2026-07-31"


def a_forecast_seven_days_late_is_an_exception(story: Story) -> None:
    story.by("petr").move(story.delivery, "update_forecasts", forecast_end="2026-08-07")
    time = story.status(story.delivery, "time")
    assert (float(time["deviation"]), time["used_percent"], time["light"]) == (7, "140.0", "red")
    [story.exception] = story.all("prince2.exception", project=story.project)
    assert story.state(story.exception) == "raised"
    assert story.hears("olga", story.exception)
    timers = story.by("petr").get("/timers", item=story.exception, status="running")["timers"]
    assert [(each["timer"], each["due_at"]) for each in timers] == [
        ("prince2.exception_report_due", "2026-04-22T10:00:00Z")
    ]


def no_package_is_authorized_in_an_exception(story: Story) -> None:
    story.reporting = a_package(
        story, "Reporting", story.reports, "2026-07-17", budget=20000, delivery_method="linear",
        tolerances=tolerances("2026-07-17", 20000, 5, 0),
    )  # fmt: skip
    blocks(story, "petr", story.reporting, "authorize_work_package", "prince2.stage_within_tolerance")


def the_executive_widens_the_tolerance_as_far_as_needed(story: Story) -> None:
    petr, olga = story.by("petr"), story.by("olga")
    petr.move(story.exception, "submit_report", **REPORT)
    assert story.state(story.delivery) == "in_exception"
    six, ten = ([tolerance("time", STAGE_END, days, 5)] for days in (6, 10))
    found = blocks(
        story,
        "olga",
        story.exception,
        "increase_tolerance",
        "prince2.new_tolerance_covers",
        new_tolerances=six,
    )
    assert "6 would be inside" in found["prince2.covers"]["message"]
    olga.move(story.exception, "increase_tolerance", new_tolerances=ten)
    assert (story.state(story.exception), story.state(story.delivery)) == ("resolved", "active")
    assert story.status(story.delivery, "time")["used_percent"] == "70.0"
    assert story.decided_on(story.exception) == [("authorize_project", "olga")]
    [message] = story.linked(story.exception, "governance.informs")
    assert story.fields(message)["audience"] == ["project board"]
    assert petr.move(story.reporting, "authorize_work_package")["state"] == "offered"


def recommend(story: Story, issue: str, cost: int) -> None:
    """The project manager recommends what costs so much, and changes the baseline of the portal."""
    story.by("petr").move(
        issue, "recommend", cost_impact=cost, time_impact=0, recommendation="Do it.",
        impact=dict.fromkeys(ASPECTS, 0), options=[{"text": "Do it"}, {"text": "Leave it"}],
        baselines_affected=[story.portal],
    )  # fmt: skip


def a_change_beyond_the_limit_is_the_executives(story: Story) -> None:
    petr = story.by("petr")
    story.request = story.by("hana").create(
        "prince2.issue", "Second language", parent=story.project, kind="request_for_change",
        description="Half of the callers speak another language.",
    )  # fmt: skip
    petr.move(story.request, "assess", severity=3, priority="should")
    recommend(story, story.request, 5500)
    blocks(story, "kira", story.request, "approve_issue", "prince2.decision_authority")
    story.by("olga").move(story.request, "approve_issue")
    assert [decider for _, decider in story.decided_on(story.request)] == ["olga"]
    assert float(story.fields(story.project)["change_budget_used"]) == 5500
    story.cast.clock("2026-04-21T09:00:00Z")
    petr.move(story.portal, "change_description")
    petr.edit(story.portal, composition="Pages in two languages")
    petr.move(story.portal, "baseline_description")
    assert petr.move(story.request, "close_issue")["state"] == "closed"


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
