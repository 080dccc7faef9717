"""A change brings what was made into production: the change C1, with its plans, its votes and its announcement."""

from __future__ import annotations

from typing import Any

from placet_integration.demo.tale import Tale

PLANS: dict[str, Any] = {
    "implementation_plan": "Switch the portal on for one region after the other.",
    "test_plan": "Ask the ten questions that callers ask most.",
    "backout_plan": "Switch the portal off, and send callers to the desk.",
    "backout_max_min": 60,
}
#: Impact 4 times likelihood 3 on a service of criticality 4: class high, a matter of the CAB.
RISK: dict[str, Any] = {
    "planned_outage_min": 30, "users_affected": 1200, "data_class": "confidential",
    "novelty": 3, "complexity": 3, "testing": 3, "backout": 3,
}  # fmt: skip
APPROVAL = "itil.change_approval"
#: When it is first planned, in a freeze, and when it is done.
FIRST_PLANNED = ("2026-06-29T22:00:00Z", "2026-06-30T00:00:00Z")
START, END = "2026-07-06T22:00:00Z", "2026-07-07T00:00:00Z"
DECIDED, TRAINED = "2026-06-18T09:00:00Z", "2026-07-02T09:00:00Z"


def raise_c1(tale: Tale) -> None:
    """The change C1 for what was made, planned into the freeze of a quarter's end, and submitted without a test result."""
    cora, maya, carl = tale.by("cora"), tale.by("maya"), tale.by("carl")
    tale.service = cora.create(
        "itil.configuration_item", "Portal", kind="service", criticality=4, data_class="confidential", owner="otto"
    )  # fmt: skip
    tale.freeze = carl.create(
        "itil.change_window", "Quarter end", kind="freeze", start="2026-06-26T00:00:00Z", end="2026-07-03T00:00:00Z",
        scope=["all"],
    )  # fmt: skip
    start, end = FIRST_PLANNED
    tale.c1 = maya.create(
        "itil.change", "Portal into production", type="normal", reason="release", cis=[tale.service],
        planned_start=start, planned_end=end, implementer="ravi", is_deployment=True, test_accepted_by="hana",
        **PLANS, **RISK,
    )  # fmt: skip
    for each in (tale.portal, tale.mvp, tale.stories[0]):
        maya.link(tale.c1, "itil.implements", each)
    maya.move(tale.c1, "submit")


def ask_authority(tale: Tale) -> Any:
    """The test result is attached, and those who decide on a change of its class are asked."""
    tale.by("ravi").attach(tale.c1, "test_result")
    return tale.by("carl").move(tale.c1, "request_authorization")


def vote_first(tale: Tale) -> None:
    """Three vote, one of whom has built a part of it."""
    tale.clock(DECIDED)
    tale.decide(tale.c1, APPROVAL, dana="approve", otto="approve", finn="approve")


def replan(tale: Tale) -> None:
    """It is planned after the freeze, and the votes for its former time are void."""
    tale.by("carl").edit(tale.c1, planned_start=START, planned_end=END)


def authorize(tale: Tale, change: str) -> Any:
    """Three who built nothing of it vote, and it is scheduled."""
    tale.decide(change, APPROVAL, otto="approve", finn="approve", gina="approve")
    return tale.by("carl").move(change, "authorize_change")


def begin_training(tale: Tale) -> None:
    """The service desk is trained, and sixteen of twenty are through."""
    tara = tale.by("tara")
    tale.training = tara.create(
        "governance.training", "The portal for the desk", audience=["service desk"], required_count=20, pass_mark=90
    )  # fmt: skip
    tara.link(tale.training, "governance.enables", tale.c1)
    tara.move(tale.training, "start_training")
    tara.edit(tale.training, completed_count=16, passed_count=16)


def end_training(tale: Tale) -> Any:
    """Nineteen of twenty are through."""
    return tale.by("tara").move(tale.training, "complete_training", completed_count=19, passed_count=19)


def announce(tale: Tale) -> Any:
    """The users hear of the outage two business days before."""
    otto = tale.by("otto")
    tale.announcement = otto.create(
        "governance.communication", "The portal opens", audience=["users"], channel="mail",
        message="The desk is away for half an hour on Monday from ten in the evening.", due_at=TRAINED,
    )  # fmt: skip
    otto.link(tale.announcement, "governance.informs", tale.c1)
    return otto.move(tale.announcement, "send")
