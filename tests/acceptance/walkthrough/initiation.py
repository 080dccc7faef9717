"""Steps 1 to 10: from an objective of the organization to a project that delivers."""

from __future__ import annotations

from placet_integration.demo import initiation as acts

from .cast import Chapter, Story, blocks


def an_objective_is_pursued(story: Story) -> None:
    pursued = acts.pursue(story)
    assert (pursued["state"], pursued["fields"]["priority"]) == ("pursued", 5)


def a_project_does_not_start_without_its_manager(story: Story) -> None:
    acts.mandate(story)
    found = blocks(story, "berta", story.project, "start_up", "prince2.team_core")
    assert set(found) == {"prince2.pm_appointed"}


def it_starts_with_the_lessons_of_others(story: Story) -> None:
    assert acts.start_up(story)["state"] == "starting_up"
    assert (story.all("prince2.report", kind="lessons"), story.state(story.lessons)) == (
        [story.lessons],
        "due",
    )


def initiation_needs_its_papers_and_the_executive(story: Story) -> None:
    blocks(
        story, "petr", story.project, "authorize_initiation",
        "role", "prince2.brief_ready", "prince2.initiation_planned", "prince2.lessons_reviewed", "prince2.alignment",
    )  # fmt: skip


def approved(story: Story) -> set[str]:
    """The kinds of documents that were decided on."""
    found = story.all("prince2.management_product")
    return {str(story.fields(key)["kind"]) for key in found if story.state(key) == "approved"}


def the_papers_are_decided_by_the_board(story: Story) -> None:
    acts.papers(story)
    assert story.fields(story.lessons)["lessons_reviewed"] == 2
    assert approved(story) == {"project_brief", "stage_plan"}
    assert story.fields(story.project)["alignment_score"] == 100


def initiation_and_its_stage_are_authorized(story: Story) -> None:
    olga = story.by("olga")
    assert olga.move(story.project, "authorize_initiation")["state"] == "initiating"
    assert olga.move(story.initiation, "authorize_stage")["state"] == "active"
    timers = olga.get("/timers", workspace="OPS", item=story.project, status="running")["timers"]
    due = [each["due_at"] for each in timers if each["timer"] == "prince2.highlight_due"]
    assert due == ["2026-03-16T09:00:00Z"]


def the_business_case_is_worth_115_419_40(story: Story) -> None:
    acts.initiate(story)
    assert story.fields(story.case)["npv"] == "115419.40"
    papers = {"business_case", "pid", "project_plan", *(f"{each}_approach" for each in acts.APPROACHES)}
    assert papers <= approved(story)


def a_project_needs_two_stages_tolerances_and_owned_benefits(story: Story) -> None:
    acts.promise(story)
    blocks(
        story, "olga", story.project, "authorize_project",
        "prince2.two_stages", "prince2.tolerances_set", "prince2.initiation_finished", "cobit.value_owned",
    )  # fmt: skip


def initiation_ends_with_a_plan_for_delivery(story: Story) -> None:
    assert acts.plan_delivery(story)["state"] == "completed"


def the_project_and_its_second_stage_are_authorized(story: Story) -> None:
    olga = story.by("olga")
    assert olga.move(story.project, "authorize_project")["state"] == "delivering"
    assert story.decided_on(story.project) == [
        ("start_project", "berta"), ("authorize_project", "olga"), ("authorize_project", "olga"),
    ]  # fmt: skip
    story.clock("2026-04-06T09:00:00Z")
    active = olga.move(story.delivery, "authorize_stage")
    assert (active["state"], active["fields"]["planned_start"], active["fields"]["planned_end"]) == (
        "active", "2026-04-06", "2026-07-31",
    )  # fmt: skip
    limits = {
        each["aspect"]: (float(each["target"]) if each["aspect"] == "cost" else each["target"],
                         float(each["upper"]), float(each["lower"]))
        for each in active["fields"]["tolerances"]
    }  # fmt: skip
    assert (limits["time"], limits["cost"]) == (("2026-07-31", 5, 5), (150000, 10, 10))


STEPS: Chapter = {
    1: an_objective_is_pursued,
    2: a_project_does_not_start_without_its_manager,
    3: it_starts_with_the_lessons_of_others,
    4: initiation_needs_its_papers_and_the_executive,
    5: the_papers_are_decided_by_the_board,
    6: initiation_and_its_stage_are_authorized,
    7: the_business_case_is_worth_115_419_40,
    8: a_project_needs_two_stages_tolerances_and_owned_benefits,
    9: initiation_ends_with_a_plan_for_delivery,
    10: the_project_and_its_second_stage_are_authorized,
}
