"""Steps 39 to 41: operations take over, the stage ends, and the next one is authorized."""

from __future__ import annotations

from placet_integration.demo import stage_end as acts
from placet_integration.demo.delivery import a_story, begun, end, finish
from placet_integration.demo.initiation import spent

from .cast import Chapter, Story, blocks


def operations_accept_in_person(story: Story) -> None:
    story.clock(acts.HANDED_OVER)
    assert acts.hand_over(story, story.portal)["state"] == "handed_over"


def a_stage_ends_after_its_sprints(story: Story) -> None:
    acts.deliver_reports(story)
    last = a_story(story, "Question of sprint 7", 8)
    begun(story, 7, last)
    spent(story, story.delivery, 150000)
    blocks(story, "petr", story.delivery, "start_boundary", "integration.sprints_closed")
    finish(story, last)
    end(story)
    assert acts.complete_delivery(story)["state"] == "completed"


def the_next_stage_needs_a_current_case_and_treated_risks(story: Story) -> None:
    petr, olga = story.by("petr"), story.by("olga")
    assert acts.find_risk(story)["fields"]["score"] == 16
    blocks(
        story, "olga", story.rollout, "authorize_stage",
        "prince2.business_case_current", "cobit.value_owned", "cobit.risk_treated",
    )  # fmt: skip
    olga.move(story.case, "confirm")
    petr.move(story.risk, "plan_response", **acts.RESPONSE)
    assert olga.move(story.rollout, "authorize_stage")["state"] == "active"


STEPS: Chapter = {
    39: operations_accept_in_person,
    40: a_stage_ends_after_its_sprints,
    41: the_next_stage_needs_a_current_case_and_treated_risks,
}
