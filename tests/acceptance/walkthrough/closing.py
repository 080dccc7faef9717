"""Steps 44 to 48: early life, the closure, the benefit a year later, and what an auditor finds."""

from __future__ import annotations

from placet_integration.demo.delivery import accept
from placet_integration.demo.initiation import CRITERION, spent
from placet_integration.demo.stage_end import hand_over

from .cast import CAST, Chapter, Story, blocks, stopped_by
from .connected import Connected, every_event, thread

LESSON = {
    "event": "A whole region at once was more than was tested", "effect": "A night without the portal",
    "cause": "Tests were made with one district", "recommendation": "Test with the largest region",
    "scope": "organisation",
}  # fmt: skip

#: The refusals of the change C1, by which gates, in time order.
REFUSED = [
    ("request_authorization", {"itil.tested"}),
    ("authorize_change", {"itil.no_freeze", "cobit.change_independent"}),
    ("authorize_change", {"itil.authority_granted"}),
    ("start_implementation", {"role", "segregation", "cobit.promote_segregated"}),
    ("close_change", {"itil.pir_done"}),
]
#: Who has moved the change C1 into which state.
WAY = [
    ("maya", "assess"), ("carl", "authorize"), ("carl", "scheduled"), ("ravi", "implement"), ("ravi", "backing_out"),
    ("ravi", "failed"), ("carl", "review"), ("carl", "closed"),
]  # fmt: skip
#: Who has voted on it.
VOTES = ["dana", "otto", "finn", "otto", "finn", "gina"]


def the_project_waits_for_the_end_of_early_life(story: Story) -> None:
    petr = story.by("petr")
    petr.move(story.handbook, "develop")
    accept(story, story.handbook, "petr")
    hand_over(story, story.handbook)
    spent(story, story.rollout, 200000)
    petr.move(story.rollout, "start_boundary")
    story.accepted(str(story.fields(story.rollout)["end_stage_report"]))
    story.clock("2026-08-10T09:00:00Z")
    found = blocks(story, "petr", story.project, "prepare_closure", "integration.early_life")
    assert found["integration.no_p1p2"]["earliest"] == "2026-08-14T17:00:00Z"
    story.clock("2026-08-17T10:00:00Z")
    assert petr.move(story.project, "prepare_closure")["state"] == "closing"


def ended(story: Story) -> None:
    """The last stage is completed, the result accepted, the whole reported on, and no risk is left open."""
    petr, hana, olga = story.by("petr"), story.by("hana"), story.by("olga")
    olga.move(story.rollout, "complete_stage")
    met = {**CRITERION, "accepted_by": "hana", "evidence": "the test by users"}
    hana.move(story.project, "record_acceptance", acceptance_criteria=[met])
    story.confirm("hana", story.project, "prince2.acceptance_criterion")
    story.accepted(story.due("end_project", story.project))
    petr.move(story.risk, "close_risk", "the handbook is read, and the portal is used")


def a_closure_passes_on_what_was_learned_and_promised(story: Story) -> None:
    ended(story)
    story.lesson = story.by("petr").create(
        "governance.lesson", "Test with all", parent=story.project, **LESSON
    )
    blocks(
        story, "olga", story.project, "authorize_closure",
        "prince2.lessons_passed_on", "prince2.benefit_reviews_planned", "cobit.results_confirmed",
    )  # fmt: skip


def the_project_is_closed(story: Story) -> None:
    petr, olga = story.by("petr"), story.by("olga")
    petr.move(story.lesson, "validate", applies_to=["itil"])
    [idea] = story.linked(story.lesson, "integration.raised_from")
    assert story.fields(idea)["idea"] == LESSON["recommendation"]
    reviews = [{"benefit": story.benefit, "date": "2027-08-10", "owner": "hana"}]
    petr.edit(story.project, post_project_reviews=reviews)
    lessons = story.due("lessons", story.project)
    petr.move(lessons, "issue_report", lessons_reviewed=1)
    olga.move(lessons, "accept_report")
    assert olga.move(story.project, "authorize_closure")["state"] == "closed"


def the_benefit_is_realized_a_year_later(story: Story) -> None:
    hana = story.by("hana")
    hana.move(story.benefit, "start_tracking")
    story.clock("2027-08-10T10:00:00Z")
    measured = hana.move(
        story.benefit, "record_measure", actual_value=72000, measured_on="2027-08-10",
        measure_source="the count of the telephone exchange",
    )["fields"]  # fmt: skip
    assert (float(measured["improvement"]), float(measured["target_improvement"])) == (28000, 30000)
    blocks(story, "hana", story.benefit, "confirm_realised", "segregation")
    assert story.by("olga").move(story.benefit, "confirm_realised")["state"] == "realised"


def an_auditor_finds_who_decided_what_by_which_rules(story: Story) -> None:
    aude = story.by("aude")
    the_thread_of_the_change_is_complete(story)
    verified = aude.get("/audit/verify", workspace="OPS")
    assert (verified["ok"], verified["first_bad"]) == (True, None)
    events = aude.get(f"/items/{story.c1}/history", limit=500)["events"]
    kinds = ("refused", "transition", "voted", "linked")
    of = {kind: [each for each in events if each["kind"] == kind] for kind in kinds}
    refusals = [(each["transition"], set(map(stopped_by, each["blockers"]))) for each in of["refused"]]
    assert refusals == REFUSED
    assert {blocker["source"] for each in of["refused"] for blocker in each["blockers"]} == {"itil", "cobit"}
    moves = [
        (each["actor"], each["to_state"])
        for each in of["transition"]
        if each["to_state"] != each["from_state"]
    ]
    assert moves == WAY
    assert [each["actor"] for each in of["voted"]] == VOTES
    assert [each["target"] for each in of["linked"]] == [story.portal, story.mvp, story.stories[0]]
    for each in events:
        assert each["actor"] in {*CAST, "system"}
        assert each["definition"], each["kind"]
        assert each["workspace_version"], each["kind"]


def the_thread_of_the_change_is_complete(story: Story) -> None:
    """It holds the whole story around the change, in the order of the log; a walk over all events finds the same."""
    aude = story.by("aude")
    connected = Connected.of(aude, "OPS").to(story.c1)
    log = [event["id"] for event in every_event(aude, "OPS") if event["item"] in connected]

    ids, items, hidden = thread(aude, story.c1)

    assert (ids, items, hidden) == (log, connected, 0)
    above = {story.portal, story.mvp, story.delivery, story.project, story.service}
    after = {story.stories[0], story.incident, story.c2, story.problem, story.c3, story.off_specification}
    assert above | after <= items


STEPS: Chapter = {
    44: the_project_waits_for_the_end_of_early_life,
    45: a_closure_passes_on_what_was_learned_and_promised,
    46: the_project_is_closed,
    47: the_benefit_is_realized_a_year_later,
    48: an_auditor_finds_who_decided_what_by_which_rules,
}
