"""Steps 23 to 30: what was made is accepted, and a change brings it into production."""

from __future__ import annotations

from typing import Any

from .cast import Chapter, Story, blocks, stopped_by
from .delivery import GOAL, a_sprint, a_story, end, finish

PLANS = {
    "implementation_plan": "Switch the portal on for one region after the other.",
    "test_plan": "Ask the ten questions that callers ask most.",
    "backout_plan": "Switch the portal off, and send callers to the desk.",
    "backout_max_min": 60,
}
#: Impact 4 times likelihood 3 on a service of criticality 4: class high, a matter of the CAB.
RISK = {
    "planned_outage_min": 30, "users_affected": 1200, "data_class": "confidential",
    "novelty": 3, "complexity": 3, "testing": 3, "backout": 3,
}  # fmt: skip
CHANGE = "itil.change_approval"
START, END = "2026-07-06T22:00:00Z", "2026-07-07T00:00:00Z"


def accept(story: Story, product: str, maker: str = "maya") -> None:
    """The product goes into its review, assurance has it measured, and the senior user accepts and approves it."""
    today = str(story.cast.admin.get("/testing/clock")["now"])[:10]
    team, ute, hana = story.by(maker), story.by("ute"), story.by("hana")
    activity = team.create(
        "prince2.quality_activity", "Test by users", parent=product, method="test", planned_date=today,
        reviewers=["ute"],
    )  # fmt: skip
    team.move(product, "submit_for_review")
    ute.attach(activity, "test_result")
    results = [{"criterion_id": "errors", "measured": 2, "ok": True}]
    ute.move(activity, "record_result", result="pass", actual_date=today, criteria_results=results)
    team.move(product, "ask_acceptance")
    hana.vote(product, "prince2.product_acceptance")
    assert hana.move(product, "approve_product")["state"] == "approved"


def a_whole_sprint(story: Story, number: int, key: str) -> None:
    """A sprint of the team in which one item is selected, done and finished."""
    begun(story, number, key)
    finish(story, key)
    end(story, story.sprint, number)


def begun(story: Story, number: int, key: str) -> None:
    """A sprint of the team with one item, which runs."""
    story.sprint = a_sprint(story, number, goal=GOAL)
    story.by("emil").move(key, "select", sprint=story.sprint)
    story.by("ivan").move(story.sprint, "plan")
    story.by("ivan").move(story.sprint, "start_sprint")


def the_package_is_received_with_its_product_accepted(story: Story) -> None:
    maya = story.by("maya")
    maya.move(story.portal, "develop")
    finish(story, story.stories[4])
    end(story, story.sprint, 2)
    a_whole_sprint(story, 3, story.stories[5])
    for number in (4, 5):
        a_whole_sprint(story, number, a_story(story, f"Question of sprint {number}", 8))
    assert story.by("emil").move(story.increment, "declare_usable")["state"] == "usable"
    accept(story, story.portal)
    assert maya.move(story.mvp, "notify_completion")["state"] == "delivered"
    assert story.by("petr").move(story.mvp, "receive")["state"] == "received"


def operations_take_over_what_a_change_has_brought(story: Story) -> None:
    blocks(
        story, "petr", story.portal, "hand_over",
        "prince2.handover_ready", "integration.handover_needs_change", "integration.operations_ready",
    )  # fmt: skip


def a_change_is_tested_before_it_is_authorized(story: Story) -> None:
    cora, maya, carl = story.by("cora"), story.by("maya"), story.by("carl")
    story.service = cora.create(
        "itil.configuration_item",
        "Portal",
        kind="service",
        criticality=4,
        data_class="confidential",
        owner="otto",
    )
    story.freeze = carl.create(
        "itil.change_window", "Quarter end", kind="freeze", start="2026-06-26T00:00:00Z", end="2026-07-03T00:00:00Z",
        scope=["all"],
    )  # fmt: skip
    story.c1 = maya.create(
        "itil.change", "Portal into production", type="normal", reason="release", cis=[story.service],
        planned_start="2026-06-29T22:00:00Z", planned_end="2026-06-30T00:00:00Z", implementer="ravi",
        is_deployment=True, test_accepted_by="hana", **PLANS, **RISK,
    )  # fmt: skip
    for each in (story.portal, story.mvp, story.stories[0]):
        maya.link(story.c1, "itil.implements", each)
    maya.move(story.c1, "submit")
    blocks(story, "carl", story.c1, "request_authorization", "itil.tested")
    story.by("ravi").attach(story.c1, "test_result")
    asked = carl.move(story.c1, "request_authorization")["fields"]
    assert (asked["risk_score"], asked["risk_class"]) == (12, "high")
    [line] = carl.get("/approvals", status="pending", item=story.c1)["approvals"]
    assert sorted(line["missing"]) == ["dana", "finn", "gina", "otto"]


def a_freeze_and_an_own_vote_stop_it(story: Story) -> None:
    story.cast.clock("2026-06-18T09:00:00Z")
    story.decide(story.c1, CHANGE, dana="approve", otto="approve", finn="approve")
    found = blocks(story, "carl", story.c1, "authorize_change", "itil.no_freeze", "cobit.change_independent")
    assert "Dana approved their own work" in found["cobit.change_independent"]["message"]
    assert "Quarter end" in found["itil.window_allows"]["message"]


def another_time_needs_other_votes(story: Story) -> None:
    carl = story.by("carl")
    carl.edit(story.c1, planned_start=START, planned_end=END)
    found = blocks(story, "carl", story.c1, "authorize_change", "itil.authority_granted")
    assert found["itil.approval_quorum"]["message"].startswith("0 for, 0 against; decided when 3 have voted")
    story.decide(story.c1, CHANGE, otto="approve", finn="approve", gina="approve")
    assert carl.move(story.c1, "authorize_change")["state"] == "scheduled"


def needs(story: Story, person: str, key: str, transition: str) -> dict[str, Any]:
    """The needs of a transition, as somebody asks for them: the blockers by their checks."""
    found = story.by(person).get(f"/items/{key}/transitions")["transitions"]
    [line] = [each for each in found if each["name"] == transition]
    return {blocker["check"]: blocker for blocker in line["blockers"]}


def the_implementer_sees_in_advance_what_is_missing(story: Story) -> None:
    story.cast.clock("2026-07-01T09:00:00Z")
    tara = story.by("tara")
    story.training = tara.create(
        "governance.training",
        "The portal for the desk",
        audience=["service desk"],
        required_count=20,
        pass_mark=90,
    )
    tara.link(story.training, "governance.enables", story.c1)
    tara.move(story.training, "start_training")
    tara.edit(story.training, completed_count=16, passed_count=16)
    found = needs(story, "ravi", story.c1, "start_implementation")
    assert set(map(stopped_by, found.values())) == {
        "itil.inside_window", "integration.communication_sent", "cobit.users_enabled", "cobit.acceptance_tested",
    }  # fmt: skip
    assert "(80.0 %)" in found["cobit.users_enabled"]["message"]


def users_are_trained_and_informed(story: Story) -> None:
    story.cast.clock("2026-07-02T09:00:00Z")
    tara, otto = story.by("tara"), story.by("otto")
    assert (
        tara.move(story.training, "complete_training", completed_count=19, passed_count=19)["state"]
        == "completed"
    )
    story.announcement = otto.create(
        "governance.communication", "The portal opens", audience=["users"], channel="mail",
        message="The desk is away for half an hour on Monday from ten in the evening.", due_at="2026-07-02T09:00:00Z",
    )  # fmt: skip
    otto.link(story.announcement, "governance.informs", story.c1)
    assert otto.move(story.announcement, "send")["fields"]["sent_at"] == "2026-07-02T09:00:00Z"
    story.confirm("hana", story.c1, "cobit.test_acceptance")
    found = needs(story, "ravi", story.c1, "start_implementation")
    assert set(found) == {"itil.start_time"}, found


def who_built_it_does_not_bring_it_into_production(story: Story) -> None:
    story.cast.clock(START)
    blocks(story, "dana", story.c1, "start_implementation", "role", "segregation", "cobit.promote_segregated")
    assert story.by("ravi").move(story.c1, "start_implementation")["state"] == "implement"


STEPS: Chapter = {
    23: the_package_is_received_with_its_product_accepted,
    24: operations_take_over_what_a_change_has_brought,
    25: a_change_is_tested_before_it_is_authorized,
    26: a_freeze_and_an_own_vote_stop_it,
    27: another_time_needs_other_votes,
    28: the_implementer_sees_in_advance_what_is_missing,
    29: users_are_trained_and_informed,
    30: who_built_it_does_not_bring_it_into_production,
}
