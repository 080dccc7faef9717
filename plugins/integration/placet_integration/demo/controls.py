"""The controls that operate in the story, the test of one of them, and the acceptance of its risk."""

from __future__ import annotations

from typing import Any

from placet_integration.demo.change import APPROVAL, PLANS
from placet_integration.demo.incident import VERIFIED
from placet_integration.demo.tale import Tale

#: Default controls: changes decided by others, users accept and are trained, builders do not deploy, value is owned,
#: risks are treated, results confirmed.
OPERATING = (
    "change_authority_independent", "acceptance_tested", "promotion_segregated", "users_enabled", "value_owned",
    "risk_treated", "results_confirmed",
)  # fmt: skip
TESTED = "change_authority_independent"
CONTROL_APPROVAL = "cobit.control_approval"
#: Changes of class medium, which the change manager decides.
MEDIUM: dict[str, Any] = {
    "planned_outage_min": 0, "users_affected": 60, "data_class": "internal",
    "novelty": 2, "complexity": 2, "testing": 2, "backout": 2,
}  # fmt: skip
WHY = "The change manager asks everybody who votes, until the board has a rule of its own."
DEVIATION, PASS = "Who voted had helped to build it.", "As it is to be."


def operate(tale: Tale) -> None:
    """The controls are made from the method's own table, completed, approved by two, and put in force."""
    cleo, lena = tale.by("cleo"), tale.by("lena")
    tale.controls = dict(zip(OPERATING, tale.seed(OPERATING), strict=True))
    for key in tale.controls.values():
        cleo.edit(key, control_owner="cleo", control_performer="carl", high_risk=False)
        cleo.move(key, "propose_control")
        tale.decide(key, CONTROL_APPROVAL, lena="approve", paul="approve")
        lena.move(key, "activate")


def routine(tale: Tale, changes: int, start: str, end: str) -> None:
    """Changes of every day, each on an item of its own, decided by the change manager and done at one time."""
    maya, carl, ravi = tale.by("maya"), tale.by("carl"), tale.by("ravi")
    keys = []
    for n in range(1, changes + 1):
        item = tale.by("cora").create(
            "itil.configuration_item", f"Server {n}", kind="server", criticality=3, data_class="internal",
            owner="otto",
        )  # fmt: skip
        key = maya.create(
            "itil.change", f"Update server {n}", type="normal", reason="maintenance", cis=[item],
            planned_start=start, planned_end=end, implementer="ravi", **PLANS, **MEDIUM,
        )  # fmt: skip
        maya.move(key, "submit")
        ravi.attach(key, "test_result")
        tale.by("otto").attach(key, "no_deployment")
        carl.move(key, "request_authorization")
        carl.vote(key, APPROVAL)
        carl.move(key, "authorize_change")
        keys.append(key)
    tale.clock(start)
    for key in keys:
        ravi.move(key, "start_implementation")
        ravi.move(key, "complete_implementation", outcome="successful", **VERIFIED)


def draw(tale: Tale, control: str, title: str, period: tuple[str, str]) -> tuple[str, Any]:
    """An assessment of a control, by the default control of which it was made, with its sample."""
    nils, (start, end) = tale.by("nils"), period
    key = nils.create(
        "cobit.control_assessment", title, parent=tale.controls[control], period_start=start, period_end=end
    )
    return key, nils.move(key, "request_evidence")


def record_tests(tale: Tale, assessment: str, deviation: str = "") -> Any:
    """The sample is tested, the first element deviates if there is a note of that, and the reviewer concludes."""
    nils = tale.by("nils")
    nils.move(assessment, "start_testing")
    for n, each in enumerate(tale.below(assessment, "cobit.control_test")):
        bad = bool(deviation) and n == 0
        nils.move(each, "record_test", result="deviation" if bad else "pass", note=deviation if bad else PASS)
    nils.move(
        assessment, "submit_for_review", design_result="adequate", design_note="It stops what it is to stop."
    )
    return tale.by("lena").move(assessment, "conclude")


def finding_on(tale: Tale, control: str) -> str:
    """The one finding on a control, by the default control of which it was made."""
    [found] = tale.all("cobit.finding", control=tale.controls[control])
    return found


def agree(tale: Tale) -> None:
    """The owner of the finding agrees to it."""
    tale.by("cleo").move(tale.finding, "agree_finding", cause="The board has no rule for those who helped.")


def acceptance(valid_from: str, valid_until: str) -> dict[str, Any]:
    """The content of an acceptance of its risk."""
    return {"whole_workspace": True, "rationale": WHY, "valid_from": valid_from, "valid_until": valid_until}


def accept_risk(tale: Tale, valid_from: str, valid_until: str) -> str:
    """The owner asks that the risk is accepted for a while, and the process owner accepts it."""
    cleo, paul = tale.by("cleo"), tale.by("paul")
    key = cleo.create("cobit.risk_acceptance", "Helpers may vote", parent=tale.finding)
    cleo.move(key, "request_acceptance", **acceptance(valid_from, valid_until))
    paul.vote(key, "cobit.acceptance_approval")
    paul.move(key, "approve_acceptance")
    return key
