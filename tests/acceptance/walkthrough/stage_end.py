"""Steps 39 to 41: operations take over, the stage ends, and the next one is authorized."""

from __future__ import annotations

from typing import Any

from .cast import Chapter, Story, blocks
from .change import accept, begun
from .delivery import a_story, end, finish
from .initiation import a_product, plan, spent

THREAT = {"kind": "threat", "cause": "Few know it", "event": "Nobody uses it", "effect": "Calls go on"}
#: Probability 70 % is level 4, times impact 4.
SCORE_16 = {"probability_percent": 70, "impact_level": 4, "cost_impact": 10000, "proximity": "this_stage"}
RESPONSE: dict[str, Any] = {
    "response": "reduce", "owner": "hana", "action_owner": "hana", "review_by": "2026-09-01",
    "residual_probability_percent": 20, "residual_impact_level": 3, "residual_cost_impact": 10000,
}  # fmt: skip


def handed_over(story: Story, product: str) -> None:
    """The service owner accepts a product for operations in person, and the project manager hands it over."""
    petr = story.by("petr")
    petr.edit(
        product, service_owner="otto", support_group="Service desk",
        known_errors=f"Pages are slow under the load of a whole region: {story.problem}",
    )  # fmt: skip
    story.confirm("otto", product, "integration.service_acceptance")
    petr.attach(product, "acceptance")
    assert petr.move(product, "hand_over", handover_to="otto")["state"] == "handed_over"


def operations_accept_in_person(story: Story) -> None:
    story.cast.clock("2026-07-21T09:00:00Z")
    handed_over(story, story.portal)


def the_reports_are_delivered(story: Story) -> None:
    """The second package of the stage, by a team without sprints."""
    maya, petr = story.by("maya"), story.by("petr")
    maya.move(story.reporting, "accept")
    maya.move(story.reporting, "start")
    maya.move(story.reports, "develop")
    accept(story, story.reports)
    maya.move(story.reporting, "notify_completion")
    petr.move(story.reporting, "receive")
    handed_over(story, story.reports)


def a_stage_ends_after_its_sprints(story: Story) -> None:
    petr, olga = story.by("petr"), story.by("olga")
    the_reports_are_delivered(story)
    last = a_story(story, "Question of sprint 7", 8)
    begun(story, 7, last)
    spent(story, story.delivery, 150000)
    blocks(story, "petr", story.delivery, "start_boundary", "integration.sprints_closed")
    finish(story, last)
    end(story, story.sprint, 7)
    petr.move(story.delivery, "start_boundary")
    story.accepted(str(story.fields(story.delivery)["end_stage_report"]))
    story.handbook = a_product(story, story.rollout, "Handbook", moscow="must", kind="external")
    plan(story, story.rollout, ("2026-07-28", "2026-09-30"), 200000, story.handbook)
    assert olga.move(story.delivery, "complete_stage")["state"] == "completed"


def the_next_stage_needs_a_current_case_and_treated_risks(story: Story) -> None:
    petr, olga = story.by("petr"), story.by("olga")
    story.risk = petr.create("governance.risk", "Nobody uses it", parent=story.project, **THREAT)
    assert petr.move(story.risk, "assess_risk", **SCORE_16)["fields"]["score"] == 16
    blocks(
        story, "olga", story.rollout, "authorize_stage",
        "prince2.business_case_current", "cobit.value_owned", "cobit.risk_treated",
    )  # fmt: skip
    olga.move(story.case, "confirm")
    petr.move(story.risk, "plan_response", **RESPONSE)
    assert olga.move(story.rollout, "authorize_stage")["state"] == "active"


STEPS: Chapter = {
    39: operations_accept_in_person,
    40: a_stage_ends_after_its_sprints,
    41: the_next_stage_needs_a_current_case_and_treated_risks,
}
