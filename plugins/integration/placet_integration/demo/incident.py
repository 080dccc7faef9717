"""The change fails, a major incident is resolved by an emergency change, and its cause is found and fixed."""

from __future__ import annotations

from typing import Any

from placet_integration.demo.change import PLANS, RISK, authorize
from placet_integration.demo.delivery import READY, SPRINTS, a_whole_sprint, accept
from placet_integration.demo.exception import rebaseline, recommend
from placet_integration.demo.tale import Tale

VERIFIED = {"verification_note": "All probes are green, and ten questions were answered."}
FIXED = {"resolution_code": "fixed", "resolution_notes": "The pages are served by the second node again."}
ECAB = "itil.ecab_approval"
CAUSE = {
    "root_cause": "The index is too small for a whole region.", "rca_method": "five_whys",
    "cause_category": "configuration",
}  # fmt: skip
WORKAROUND = {
    "workaround": "Serve the pages from the second node.", "workaround_tested_at": "2026-07-07T01:35:00Z",
    "known_error_article": "If pages are slow, use the second node.",
}  # fmt: skip
#: When users of the major incident hear of it, and when it is over.
UPDATES = ("2026-07-07T00:35:00Z", "2026-07-07T01:05:00Z", "2026-07-07T01:35:00Z")
FAILED, ANSWERED, WATCHED = "2026-07-06T23:30:00Z", "2026-07-06T23:39:00Z", "2026-07-07T02:05:00Z"
RESOLVED, DOCUMENTED = "2026-07-07T02:10:00Z", "2026-07-07T15:00:00Z"
#: The change C3, by which the cause is fixed.
FIX_START, FIX_END = "2026-07-20T20:00:00Z", "2026-07-20T22:00:00Z"
UNTESTED = "The load of a whole region was never tested."


def fail(tale: Tale) -> Any:
    """Its verification fails, and so does its way back: an incident is made, an issue, and a bug."""
    ravi = tale.by("ravi")
    tale.clock("2026-07-06T23:00:00Z")
    ravi.move(tale.c1, "start_backout")
    tale.clock(FAILED)
    failed = ravi.move(tale.c1, "declare_failed")
    [tale.incident] = tale.linked(tale.c1, "itil.caused_by_change")
    [tale.off_specification] = tale.linked(tale.incident, "integration.raised_from")
    [tale.bug] = tale.all("agile.bug", team=tale.team)
    return failed


def declare_major(tale: Tale) -> Any:
    """The service desk triages it, and it is a major one."""
    tale.clock(ANSWERED)
    tale.by("sam").move(tale.incident, "triage")
    return tale.by("mia").move(tale.incident, "declare_major")


def begin_emergency(tale: Tale) -> Any:
    """The emergency change C2 begins on a spoken authorization, which the duty manager confirms."""
    rosa = tale.by("rosa")
    tale.clock("2026-07-07T00:05:00Z")
    tale.by("mia").move(tale.incident, "post_update", "the second node takes over in an hour")
    tale.c2 = rosa.create(
        "itil.change", "Serve the pages from the second node", type="emergency", reason="fix", cis=[tale.service],
        emergency_justification="Nobody reaches the portal, and the desk is closed.", verbal_authorizer="dora",
        implementation_plan="Start the second node, and serve the pages from it.",
    )  # fmt: skip
    rosa.link(tale.c2, "itil.raised_from", tale.incident)
    begun = rosa.move(tale.c2, "implement_on_verbal")
    tale.confirm("dora", tale.c2, "itil.spoken_authorization")
    return begun


def end_emergency(tale: Tale) -> Any:
    """It is done, with a message to the users every half hour."""
    for at in UPDATES:
        tale.clock(at)
        tale.by("mia").move(tale.incident, "post_update", "the second node is being prepared")
    return tale.by("rosa").move(tale.c2, "complete_implementation", outcome="successful", **VERIFIED)


def stand_down(tale: Tale) -> None:
    """The major incident is over, and a problem looks for its cause."""
    tale.clock(WATCHED)
    mia = tale.by("mia")
    mia.move(tale.incident, "post_update", "the portal is back, and is being watched")
    mia.move(tale.incident, "stand_down_major")
    [tale.problem] = tale.linked(tale.incident, "itil.caused_by_problem")


def resolve(tale: Tale) -> Any:
    """The incident is resolved."""
    tale.clock(RESOLVED)
    return tale.by("rosa").move(tale.incident, "resolve", **FIXED)


def reviewed(tale: Tale, change: str, reviewer: str, findings: str) -> None:
    """Somebody who did not implement a change stands by what its review found."""
    tale.by("carl").edit(change, pir_reviewer=reviewer, pir_findings=findings)
    tale.confirm(reviewer, change, "itil.change_review")


def items_confirmed(tale: Tale) -> None:
    """The record of the service is looked at after the emergency, the next day."""
    tale.clock(DOCUMENTED)
    tale.by("cora").move(tale.c2, "confirm_items", confirmed_cis=[tale.service])


def document_emergency(tale: Tale) -> Any:
    """Plans, a test result, the votes of its board and a review, all afterwards; the emergency is closed."""
    rosa = tale.by("rosa")
    plans = {name: text for name, text in PLANS.items() if name != "implementation_plan"}
    rosa.move(tale.c2, "document_emergency", **plans, **RISK)
    rosa.attach(tale.c2, "test_result")
    tale.decide(tale.c2, ECAB, dora="approve", carl="approve")
    reviewed(tale, tale.c2, "otto", "The second node held.")
    return tale.by("carl").move(tale.c2, "close_change")


def recover(tale: Tale) -> Any:
    """The failed change is recovered, as its incident is resolved."""
    recovered = tale.by("carl").move(tale.c1, "recover")
    tale.by("cora").move(tale.c1, "confirm_items", no_data_change=True)
    return recovered


def close_failed(tale: Tale) -> Any:
    """It is reviewed by somebody else, and closed."""
    reviewed(tale, tale.c1, "otto", UNTESTED)
    return tale.by("carl").move(tale.c1, "close_change")


def investigate(tale: Tale) -> None:
    """The cause is looked for, and documented."""
    tale.by("pia").move(tale.problem, "start_investigation")
    tale.by("rosa").attach(tale.problem, "rca")


def know_error(tale: Tale) -> Any:
    """The error is known, with a workaround."""
    return tale.by("pia").move(tale.problem, "identify_known_error", **CAUSE, **WORKAROUND)


def raise_fix(tale: Tale) -> Any:
    """The change C3 is to fix it."""
    fixing = tale.by("pia").move(
        tale.problem, "raise_fix", create_change=True, fix_plan="Enlarge the index, and open again."
    )
    [tale.c3] = tale.linked(tale.problem, "itil.fixed_by_change")
    return fixing


def rework(tale: Tale, sprint: int) -> None:
    """The off-specification is decided, the product described anew, its bug fixed, and the product accepted again.

    `sprint` is the number of the sprint in which the bug is fixed.
    """
    petr, emil = tale.by("petr"), tale.by("emil")
    petr.move(tale.off_specification, "assess", priority="must", severity=4)
    recommend(tale, tale.off_specification, 0)
    tale.by("kira").move(tale.off_specification, "approve_issue")
    tale.clock("2026-07-08T09:00:00Z")
    rebaseline(tale, "Pages in two languages, with an index for all regions")
    petr.move(tale.off_specification, "close_issue")
    tale.by("maya").move(tale.portal, "develop")
    emil.move(tale.bug, "refine")
    emil.edit(tale.bug, points=3)
    emil.move(tale.bug, "mark_ready", dor_checks=READY)
    a_whole_sprint(tale, sprint, tale.bug, SPRINTS[6])
    accept(tale, tale.portal)


def fix(tale: Tale) -> Any:
    """The change C3 is planned, authorized, done without an outage, reviewed and closed."""
    maya, ravi, carl = tale.by("maya"), tale.by("ravi"), tale.by("carl")
    maya.edit(
        tale.c3, planned_start=FIX_START, planned_end=FIX_END, implementer="ravi", is_deployment=True,
        test_accepted_by="hana", **{**PLANS, **RISK, "planned_outage_min": 0},
    )  # fmt: skip
    maya.link(tale.c3, "itil.implements", tale.portal)
    maya.move(tale.c3, "submit")
    ravi.attach(tale.c3, "test_result")
    tale.confirm("hana", tale.c3, "cobit.test_acceptance")
    carl.move(tale.c3, "request_authorization")
    authorize(tale, tale.c3)
    tale.clock(FIX_START)
    ravi.move(tale.c3, "start_implementation")
    ravi.move(tale.c3, "complete_implementation", outcome="successful", **VERIFIED)
    tale.by("cora").move(tale.c3, "confirm_items", confirmed_cis=[tale.service])
    reviewed(tale, tale.c3, "otto", "The index is large enough.")
    return carl.move(tale.c3, "close_change")
