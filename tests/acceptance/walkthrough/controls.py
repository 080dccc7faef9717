"""Before the story, the controls that operate in it; steps 42 and 43: one of them is tested, and its risk accepted."""

from __future__ import annotations

from typing import Any

from .cast import Chapter, Story, blocks
from .change import PLANS
from .incident import VERIFIED

#: Default controls: changes decided by others, users accept and are trained, builders do not deploy, value is owned,
#: risks are treated, results confirmed.
OPERATING = (
    "change_authority_independent", "acceptance_tested", "promotion_segregated", "users_enabled", "value_owned",
    "risk_treated", "results_confirmed",
)  # fmt: skip
APPROVAL = "cobit.control_approval"
#: Changes of class medium, which the change manager decides.
MEDIUM = {
    "planned_outage_min": 0, "users_affected": 60, "data_class": "internal",
    "novelty": 2, "complexity": 2, "testing": 2, "backout": 2,
}  # fmt: skip
WHY = "The change manager asks everybody who votes, until the board has a rule of its own."


def operating(story: Story) -> None:
    """The controls are made from the method's own table, completed, approved by two, and put in force."""
    cleo, lena = story.by("cleo"), story.by("lena")
    story.by("cora").send("POST", "/x/cobit/objectives?workspace=OPS", {})
    made = cleo.send("POST", "/x/cobit/controls?workspace=OPS", {"only": list(OPERATING)})["made"]
    story.controls = dict(zip(OPERATING, made, strict=True))
    for key in made:
        cleo.edit(key, control_owner="cleo", control_performer="carl", high_risk=False)
        cleo.move(key, "propose_control")
        story.decide(key, APPROVAL, lena="approve", paul="approve")
        assert lena.move(key, "activate")["state"] == "operating"


def routine(story: Story, changes: int) -> None:
    """Changes of every day, each on an item of its own, decided by the change manager and done on Friday."""
    maya, carl, ravi = story.by("maya"), story.by("carl"), story.by("ravi")
    keys = []
    for n in range(changes):
        item = story.by("cora").create(
            "itil.configuration_item",
            f"Server {n}",
            kind="server",
            criticality=3,
            data_class="internal",
            owner="otto",
        )
        key = maya.create(
            "itil.change", f"Update server {n}", type="normal", reason="maintenance", cis=[item],
            planned_start="2026-07-31T10:00:00Z", planned_end="2026-07-31T12:00:00Z", implementer="ravi",
            **PLANS, **MEDIUM,
        )  # fmt: skip
        maya.move(key, "submit")
        ravi.attach(key, "test_result")
        carl.move(key, "request_authorization")
        carl.vote(key, "itil.change_approval")
        carl.move(key, "authorize_change")
        keys.append(key)
    story.cast.clock("2026-07-31T10:00:00Z")
    for key in keys:
        ravi.move(key, "start_implementation")
        ravi.move(key, "complete_implementation", outcome="successful", **VERIFIED)


def a_control_is_tested_by_a_sample(story: Story) -> None:
    nils, lena = story.by("nils"), story.by("lena")
    routine(story, 16)
    story.cast.clock("2026-08-03T09:00:00Z")
    control = story.controls["change_authority_independent"]
    period = {"period_start": "2026-06-01", "period_end": "2026-07-31"}
    key = nils.create("cobit.control_assessment", "June and July", parent=control, **period)
    drawn = nils.move(key, "request_evidence")["fields"]
    assert (drawn["population_size"], drawn["sample_size"], drawn["bypasses"]) == (18, 8, 0)
    nils.move(key, "start_testing")
    tests = nils.get("/items", workspace="OPS", type="cobit.control_test", parent=key, limit=100)["items"]
    for n, each in enumerate(tests):
        found = (
            ("deviation", "Who voted had helped to build it.") if n == 0 else ("pass", "Others have voted.")
        )
        nils.move(each["key"], "record_test", result=found[0], note=found[1])
    nils.move(key, "submit_for_review", design_result="adequate", design_note="It stops what it is to stop.")
    concluded = lena.move(key, "conclude")["fields"]
    assert (concluded["conclusion"], concluded["deviations"]) == ("partially_effective", 1)
    [story.finding] = story.all("cobit.finding", control=control)
    finding = story.fields(story.finding)
    assert (finding["severity"], finding["due_date"]) == ("medium", "2026-11-01")


def its_risk_is_accepted_for_180_days_at_most(story: Story) -> None:
    cleo, paul = story.by("cleo"), story.by("paul")
    cleo.move(story.finding, "agree_finding", cause="The board has no rule for those who helped.")
    asked: dict[str, Any] = {
        "whole_workspace": True, "rationale": WHY, "valid_from": "2026-08-03", "valid_until": "2027-02-19",
    }  # fmt: skip
    key = cleo.create("cobit.risk_acceptance", "Helpers may vote", parent=story.finding)
    found = blocks(story, "cleo", key, "request_acceptance", "cobit.acceptance_limits", **asked)
    assert "200 days" in found["cobit.acceptance_days"]["message"]
    cleo.move(key, "request_acceptance", **{**asked, "valid_until": "2027-01-30"})
    paul.vote(key, "cobit.acceptance_approval")
    assert paul.move(key, "approve_acceptance")["state"] == "approved"
    assert story.state(story.finding) == "accepted"


STEPS: Chapter = {
    42: a_control_is_tested_by_a_sample,
    43: its_risk_is_accepted_for_180_days_at_most,
}
