"""Steps 31 to 38: the change fails, a major incident is resolved, its cause is found and fixed."""

from __future__ import annotations

from typing import Any

from placet_integration.demo import incident as acts

from .cast import Chapter, Story, blocks


def timer(story: Story, key: str, id: str) -> dict[str, Any]:
    """A timer of an item, as everybody sees it."""
    timers = story.cast.admin.get("/timers", item=key)["timers"]
    found: dict[str, Any] = next(each for each in timers if each["timer"] == id)
    return found


def a_failed_change_is_an_incident_of_its_impact(story: Story) -> None:
    assert acts.fail(story)["state"] == "failed"
    incident = story.fields(story.incident)
    assert story.linked(story.incident, "itil.caused_by_change") == [story.c1]
    assert (incident["impact"], incident["urgency"], incident["priority"]) == (2, 1, "P1")
    issue = story.fields(story.off_specification)
    assert (issue["kind"], issue["severity"], issue["project"]) == ("off_specification", 4, story.project)
    assert story.state(story.portal) == "in_development"
    assert story.fields(story.bug)["class_of_service"] == "expedite"


def a_major_incident_is_answered_in_nine_minutes(story: Story) -> None:
    declared = acts.declare_major(story)["fields"]
    assert (declared["major"], declared["first_response_at"]) == ("declared", "2026-07-06T23:39:00Z")
    response = timer(story, story.incident, "itil.response")
    assert (response["status"], response["due_at"]) == ("met", "2026-07-06T23:45:00Z")
    assert timer(story, story.incident, "itil.major_update")["due_at"] == "2026-07-07T00:09:00Z"


def an_emergency_begins_on_a_spoken_authorization(story: Story) -> None:
    begun = acts.begin_emergency(story)
    assert (begun["state"], begun["fields"]["retroactive"]) == ("implement", True)
    done = acts.end_emergency(story)
    assert (done["state"], done["fields"]["unauthorized"]) == ("review", False)
    assert timer(story, story.c2, "itil.retro_due")["due_at"] == "2026-07-08T17:00:00Z"


def a_major_incident_is_stood_down_before_it_is_resolved(story: Story) -> None:
    blocks(story, "rosa", story.incident, "resolve", "itil.major_over", **acts.FIXED)
    acts.stand_down(story)
    assert story.fields(story.problem)["source"] == "major_incident"
    resolved = acts.resolve(story)
    assert (resolved["state"], resolved["fields"]["resolved_at"]) == ("resolved", "2026-07-07T02:10:00Z")
    resolution = timer(story, story.incident, "itil.resolution")
    assert (resolution["status"], resolution["due_at"]) == ("met", "2026-07-07T03:30:00Z")


def an_emergency_is_documented_before_it_is_closed(story: Story) -> None:
    acts.items_confirmed(story)
    blocks(story, "carl", story.c2, "close_change", "itil.records_complete", "itil.pir_done")
    assert acts.document_emergency(story)["state"] == "closed"


def a_failed_change_is_reviewed_by_somebody_else(story: Story) -> None:
    carl = story.by("carl")
    assert acts.recover(story)["state"] == "review"
    blocks(story, "carl", story.c1, "close_change", "itil.pir_done")
    carl.send("PATCH", f"/items/{story.c1}", {"fields": {"pir_reviewer": "ravi"}}, expect=409)
    closed = acts.close_failed(story)
    assert (closed["state"], closed["fields"]["outcome"]) == ("closed", "failed")
    [lesson] = story.linked(story.c1, "governance.raised_from")
    assert story.fields(lesson)["cause"] == acts.UNTESTED


def a_known_error_has_a_workaround_and_a_change(story: Story) -> None:
    acts.investigate(story)
    blocks(story, "pia", story.problem, "identify_known_error", "itil.workaround_known", **acts.CAUSE)
    assert acts.know_error(story)["state"] == "known_error"
    fixing = acts.raise_fix(story)
    assert (fixing["state"], story.state(story.c3)) == ("fixing", "new")
    assert story.linked(story.problem, "itil.fixed_by_change") == [story.c3]


def the_fix_goes_into_production(story: Story) -> None:
    acts.rework(story, 6)
    assert acts.fix(story)["state"] == "closed"
    assert story.state(story.problem) == "observing"
    assert story.fields(story.problem)["observation_days"] == 14
    found = story.by("carl").get(
        "/workspaces/OPS/metrics/itil.change_success_rate", **{"from": "2026-07-01", "to": "2026-07-31"}
    )
    assert round(found["value"], 1) == 66.7


STEPS: Chapter = {
    31: a_failed_change_is_an_incident_of_its_impact,
    32: a_major_incident_is_answered_in_nine_minutes,
    33: an_emergency_begins_on_a_spoken_authorization,
    34: a_major_incident_is_stood_down_before_it_is_resolved,
    35: an_emergency_is_documented_before_it_is_closed,
    36: a_failed_change_is_reviewed_by_somebody_else,
    37: a_known_error_has_a_workaround_and_a_change,
    38: the_fix_goes_into_production,
}
