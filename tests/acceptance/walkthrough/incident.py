"""Steps 31 to 38: the change fails, a major incident is resolved, its cause is found and fixed."""

from __future__ import annotations

from typing import Any

from .cast import READY, Chapter, Story, blocks
from .change import CHANGE, PLANS, RISK, a_whole_sprint, accept
from .exception import recommend

VERIFIED = {"verification_note": "All probes are green, and ten questions were answered."}
FIXED = {"resolution_code": "fixed", "resolution_notes": "The pages are served by the second node again."}
ECAB = "itil.ecab_approval"


def timer(story: Story, key: str, id: str) -> dict[str, Any]:
    """A timer of an item, as everybody sees it."""
    timers = story.cast.admin.get("/timers", item=key)["timers"]
    found: dict[str, Any] = next(each for each in timers if each["timer"] == id)
    return found


def a_failed_change_is_an_incident_of_its_impact(story: Story) -> None:
    ravi = story.by("ravi")
    story.cast.clock("2026-07-06T23:00:00Z")
    ravi.move(story.c1, "start_backout")
    story.cast.clock("2026-07-06T23:30:00Z")
    assert ravi.move(story.c1, "declare_failed")["state"] == "failed"
    [story.incident] = story.linked(story.c1, "itil.caused_by_change")
    incident = story.fields(story.incident)
    assert (incident["impact"], incident["urgency"], incident["priority"]) == (2, 1, "P1")
    [story.off_specification] = story.linked(story.incident, "integration.raised_from")
    issue = story.fields(story.off_specification)
    assert (issue["kind"], issue["severity"], issue["project"]) == ("off_specification", 4, story.project)
    assert story.state(story.portal) == "in_development"
    [story.bug] = story.all("agile.bug", team=story.team)
    assert story.fields(story.bug)["class_of_service"] == "expedite"


def a_major_incident_is_answered_in_nine_minutes(story: Story) -> None:
    story.cast.clock("2026-07-06T23:39:00Z")
    mia = story.by("mia")
    story.by("sam").move(story.incident, "triage")
    declared = mia.move(story.incident, "declare_major")["fields"]
    assert (declared["major"], declared["first_response_at"]) == ("declared", "2026-07-06T23:39:00Z")
    assert timer(story, story.incident, "itil.response")["due_at"] == "2026-07-06T23:45:00Z"
    assert timer(story, story.incident, "itil.major_update")["due_at"] == "2026-07-07T00:09:00Z"


def an_emergency_begins_on_a_spoken_authorization(story: Story) -> None:
    rosa = story.by("rosa")
    story.cast.clock("2026-07-07T00:05:00Z")
    story.by("mia").move(story.incident, "post_update", "the second node takes over in an hour")
    story.c2 = rosa.create(
        "itil.change", "Serve the pages from the second node", type="emergency", reason="fix", cis=[story.service],
        emergency_justification="Nobody reaches the portal, and the desk is closed.", verbal_authorizer="dora",
        implementation_plan="Start the second node, and serve the pages from it.",
    )  # fmt: skip
    rosa.link(story.c2, "itil.raised_from", story.incident)
    begun = rosa.move(story.c2, "implement_on_verbal")
    assert (begun["state"], begun["fields"]["retroactive"]) == ("implement", True)
    story.confirm("dora", story.c2, "itil.spoken_authorization")
    for at in ("2026-07-07T00:35:00Z", "2026-07-07T01:05:00Z", "2026-07-07T01:35:00Z"):
        story.cast.clock(at)
        story.by("mia").move(story.incident, "post_update", "the second node is being prepared")
    done = rosa.move(story.c2, "complete_implementation", outcome="successful", **VERIFIED)
    assert (done["state"], done["fields"]["unauthorized"]) == ("review", False)
    assert timer(story, story.c2, "itil.retro_due")["due_at"] == "2026-07-08T17:00:00Z"


def a_major_incident_is_stood_down_before_it_is_resolved(story: Story) -> None:
    rosa, mia = story.by("rosa"), story.by("mia")
    blocks(story, "rosa", story.incident, "resolve", "itil.major_over", **FIXED)
    story.cast.clock("2026-07-07T02:05:00Z")
    mia.move(story.incident, "post_update", "the portal is back, and is being watched")
    mia.move(story.incident, "stand_down_major")
    [story.problem] = story.linked(story.incident, "itil.caused_by_problem")
    story.cast.clock("2026-07-07T02:10:00Z")
    resolved = rosa.move(story.incident, "resolve", **FIXED)
    assert (resolved["state"], resolved["fields"]["resolved_at"]) == ("resolved", "2026-07-07T02:10:00Z")
    resolution = timer(story, story.incident, "itil.resolution")
    assert (resolution["status"], resolution["due_at"]) == ("met", "2026-07-07T03:30:00Z")


def reviewed(story: Story, change: str, reviewer: str, findings: str) -> None:
    """Somebody who did not implement a change stands by what its review found."""
    story.by("carl").edit(change, pir_reviewer=reviewer, pir_findings=findings)
    story.confirm(reviewer, change, "itil.change_review")


def an_emergency_is_documented_before_it_is_closed(story: Story) -> None:
    story.cast.clock("2026-07-07T15:00:00Z")
    rosa, carl = story.by("rosa"), story.by("carl")
    story.by("cora").move(story.c2, "confirm_items", confirmed_cis=[story.service])
    blocks(story, "carl", story.c2, "close_change", "itil.records_complete", "itil.pir_done")
    plans = {name: text for name, text in PLANS.items() if name != "implementation_plan"}
    rosa.move(story.c2, "document_emergency", **plans, **RISK)
    rosa.attach(story.c2, "test_result")
    story.decide(story.c2, ECAB, dora="approve", carl="approve")
    reviewed(story, story.c2, "otto", "The second node held.")
    assert carl.move(story.c2, "close_change")["state"] == "closed"


def a_failed_change_is_reviewed_by_somebody_else(story: Story) -> None:
    carl = story.by("carl")
    assert carl.move(story.c1, "recover")["state"] == "review"
    story.by("cora").move(story.c1, "confirm_items", no_data_change=True)
    blocks(story, "carl", story.c1, "close_change", "itil.pir_done")
    carl.send("PATCH", f"/items/{story.c1}", {"fields": {"pir_reviewer": "ravi"}}, expect=409)
    reviewed(story, story.c1, "otto", "The load of a whole region was never tested.")
    closed = carl.move(story.c1, "close_change")
    assert (closed["state"], closed["fields"]["outcome"]) == ("closed", "failed")
    [lesson] = story.linked(story.c1, "governance.raised_from")
    assert story.fields(lesson)["cause"] == "The load of a whole region was never tested."


def a_known_error_has_a_workaround_and_a_change(story: Story) -> None:
    pia = story.by("pia")
    pia.move(story.problem, "start_investigation")
    story.by("rosa").attach(story.problem, "rca")
    cause = {
        "root_cause": "The index is too small for a whole region.", "rca_method": "five_whys",
        "cause_category": "configuration",
    }  # fmt: skip
    blocks(story, "pia", story.problem, "identify_known_error", "itil.workaround_known", **cause)
    known = pia.move(
        story.problem, "identify_known_error", **cause, workaround="Serve the pages from the second node.",
        workaround_tested_at="2026-07-07T01:35:00Z", known_error_article="If pages are slow, use the second node.",
    )  # fmt: skip
    assert known["state"] == "known_error"
    fixing = pia.move(
        story.problem, "raise_fix", create_change=True, fix_plan="Enlarge the index, and open again."
    )
    [story.c3] = story.linked(story.problem, "itil.fixed_by_change")
    assert (fixing["state"], story.state(story.c3)) == ("fixing", "new")


def share(story: Story, metric: str) -> float:
    """A share of the changes of July, in percent."""
    july = {"from": "2026-07-01", "to": "2026-07-31"}
    return round(float(story.by("carl").get(f"/workspaces/OPS/metrics/{metric}", **july)["value"]), 1)


def reworked(story: Story) -> None:
    """The off-specification is decided, the product described anew, its bug fixed, and the product accepted again."""
    petr, emil = story.by("petr"), story.by("emil")
    petr.move(story.off_specification, "assess", priority="must", severity=4)
    recommend(story, story.off_specification, 0)
    story.by("kira").move(story.off_specification, "approve_issue")
    story.cast.clock("2026-07-08T09:00:00Z")
    petr.move(story.portal, "change_description")
    petr.edit(story.portal, composition="Pages in two languages, with an index for all regions")
    petr.move(story.portal, "baseline_description")
    petr.move(story.off_specification, "close_issue")
    story.by("maya").move(story.portal, "develop")
    emil.move(story.bug, "refine")
    emil.edit(story.bug, points=3)
    emil.move(story.bug, "mark_ready", dor_checks=READY)
    a_whole_sprint(story, 6, story.bug)
    accept(story, story.portal)


def the_fix_goes_into_production(story: Story) -> None:
    maya, ravi, carl = story.by("maya"), story.by("ravi"), story.by("carl")
    reworked(story)
    start, ends = "2026-07-20T20:00:00Z", "2026-07-20T22:00:00Z"
    maya.edit(
        story.c3, planned_start=start, planned_end=ends, implementer="ravi", is_deployment=True,
        test_accepted_by="hana", **{**PLANS, **RISK, "planned_outage_min": 0},
    )  # fmt: skip
    maya.link(story.c3, "itil.implements", story.portal)
    maya.move(story.c3, "submit")
    ravi.attach(story.c3, "test_result")
    story.confirm("hana", story.c3, "cobit.test_acceptance")
    carl.move(story.c3, "request_authorization")
    story.decide(story.c3, CHANGE, otto="approve", finn="approve", gina="approve")
    carl.move(story.c3, "authorize_change")
    story.cast.clock(start)
    ravi.move(story.c3, "start_implementation")
    ravi.move(story.c3, "complete_implementation", outcome="successful", **VERIFIED)
    story.by("cora").move(story.c3, "confirm_items", confirmed_cis=[story.service])
    reviewed(story, story.c3, "otto", "The index is large enough.")
    assert carl.move(story.c3, "close_change")["state"] == "closed"
    assert story.state(story.problem) == "observing"
    assert story.fields(story.problem)["observation_days"] == 14
    found = carl.get(
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
