"""Steps 23 to 30: what was made is accepted, and a change brings it into production."""

from __future__ import annotations

from typing import Any

from placet_integration.demo import change as acts
from placet_integration.demo.delivery import a_story, a_whole_sprint, accept, end, finish, receive_mvp

from .cast import Chapter, Story, blocks, stopped_by


def the_package_is_received_with_its_product_accepted(story: Story) -> None:
    story.by("maya").move(story.portal, "develop")
    finish(story, story.stories[4])
    end(story)
    a_whole_sprint(story, 3, story.stories[5])
    for number in (4, 5):
        a_whole_sprint(story, number, a_story(story, f"Question of sprint {number}", 8))
    assert story.by("emil").move(story.increment, "declare_usable")["state"] == "usable"
    assert accept(story, story.portal)["state"] == "approved"
    assert receive_mvp(story)["state"] == "received"


def operations_take_over_what_a_change_has_brought(story: Story) -> None:
    blocks(
        story, "petr", story.portal, "hand_over",
        "prince2.handover_ready", "integration.handover_needs_change", "integration.operations_ready",
    )  # fmt: skip


def a_change_is_tested_before_it_is_authorized(story: Story) -> None:
    acts.raise_c1(story)
    blocks(story, "carl", story.c1, "request_authorization", "itil.tested")
    asked = acts.ask_authority(story)["fields"]
    assert (asked["risk_score"], asked["risk_class"]) == (12, "high")
    [line] = story.by("carl").get("/approvals", status="pending", item=story.c1)["approvals"]
    assert sorted(line["missing"]) == ["dana", "finn", "gina", "otto"]


def a_freeze_and_an_own_vote_stop_it(story: Story) -> None:
    acts.vote_first(story)
    found = blocks(story, "carl", story.c1, "authorize_change", "itil.no_freeze", "cobit.change_independent")
    assert "Dana Petrova approved their own work" in found["cobit.change_independent"]["message"]
    assert "Quarter end" in found["itil.window_allows"]["message"]


def another_time_needs_other_votes(story: Story) -> None:
    acts.replan(story)
    found = blocks(story, "carl", story.c1, "authorize_change", "itil.authority_granted")
    assert found["itil.approval_quorum"]["message"].startswith("0 for, 0 against; decided when 3 have voted")
    assert acts.authorize(story, story.c1)["state"] == "scheduled"


def needs(story: Story, person: str, key: str, transition: str) -> dict[str, Any]:
    """The needs of a transition, as somebody asks for them: the blockers by their checks."""
    found = story.by(person).get(f"/items/{key}/transitions")["transitions"]
    [line] = [each for each in found if each["name"] == transition]
    return {blocker["check"]: blocker for blocker in line["blockers"]}


def the_implementer_sees_in_advance_what_is_missing(story: Story) -> None:
    story.clock("2026-07-01T09:00:00Z")
    acts.begin_training(story)
    found = needs(story, "ravi", story.c1, "start_implementation")
    assert set(map(stopped_by, found.values())) == {
        "itil.inside_window", "integration.communication_sent", "cobit.users_enabled", "cobit.acceptance_tested",
    }  # fmt: skip
    assert "(80.0 %)" in found["cobit.users_enabled"]["message"]


def users_are_trained_and_informed(story: Story) -> None:
    story.clock(acts.TRAINED)
    trained = acts.end_training(story)
    counts = [trained["fields"][name] for name in ("required_count", "completed_count", "passed_count")]
    assert (trained["state"], counts) == ("completed", [20, 19, 19])
    assert acts.announce(story)["fields"]["sent_at"] == acts.TRAINED
    story.confirm("hana", story.c1, "cobit.test_acceptance")
    found = needs(story, "ravi", story.c1, "start_implementation")
    assert set(found) == {"itil.start_time"}, found


def who_built_it_does_not_bring_it_into_production(story: Story) -> None:
    story.clock(acts.START)
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
