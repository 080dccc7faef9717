"""Before the story, the controls that operate in it; steps 42 and 43: one of them is tested, and its risk accepted."""

from __future__ import annotations

from placet_integration.demo import controls as acts

from .cast import Chapter, Story, blocks


def operating(story: Story) -> None:
    """The controls of the story, in force before its first step."""
    acts.operate(story)
    assert {story.state(key) for key in story.controls.values()} == {"operating"}


def a_control_is_tested_by_a_sample(story: Story) -> None:
    acts.routine(story, 16, "2026-07-31T10:00:00Z", "2026-07-31T12:00:00Z")
    story.clock("2026-08-03T09:00:00Z")
    key, drawn = acts.draw(story, acts.TESTED, "March to July", ("2026-03-02", "2026-07-31"))
    found = drawn["fields"]
    assert (found["population_size"], found["sample_size"], found["bypasses"]) == (18, 8, 0)
    concluded = acts.record_tests(story, key, acts.DEVIATION)["fields"]
    assert (concluded["conclusion"], concluded["deviations"]) == ("partially_effective", 1)
    story.finding = acts.finding_on(story, acts.TESTED)
    finding = story.fields(story.finding)
    assert (finding["severity"], finding["due_date"]) == ("medium", "2026-11-01")


def its_risk_is_accepted_for_180_days_at_most(story: Story) -> None:
    cleo, paul = story.by("cleo"), story.by("paul")
    acts.agree(story)
    key = cleo.create("cobit.risk_acceptance", "Helpers may vote", parent=story.finding)
    found = blocks(
        story,
        "cleo",
        key,
        "request_acceptance",
        "cobit.acceptance_limits",
        **acts.acceptance("2026-08-03", "2027-02-19"),
    )
    assert "200 days" in found["cobit.acceptance_days"]["message"]
    cleo.move(key, "request_acceptance", **acts.acceptance("2026-08-03", "2027-01-30"))
    paul.vote(key, "cobit.acceptance_approval")
    assert paul.move(key, "approve_acceptance")["state"] == "approved"
    assert story.state(story.finding) == "accepted"


STEPS: Chapter = {
    42: a_control_is_tested_by_a_sample,
    43: its_risk_is_accepted_for_180_days_at_most,
}
