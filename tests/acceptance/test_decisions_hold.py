"""Decisions hold for what was decided on, and are taken by as many people as they need: through HTTP."""

from __future__ import annotations

from typing import Any

from .conftest import Organisation
from .test_itil_change import LOW_RISK, PLANS, REASON, item, normal, scheduled, to_authorize

FROM, TO = "2026-11-26T10:00:00Z", "2026-11-26T12:00:00Z"
#: Changes that nobody has agreed to.
OTHER: dict[str, Any] = {
    "implementation_plan": "Drop the database and see.",
    "backout_plan": "none",
    "planned_outage_min": 600,
}
HIGH = {"users_affected": 50_000, "novelty": 3, "complexity": 3, "testing": 3, "backout": 3}
STANDARD: dict[str, Any] = {
    "type": "standard", "reason": "maintenance", "planned_start": FROM, "planned_end": TO, "implementer": "ravi",
    "planned_outage_min": 5,
}  # fmt: skip


def listed(organisation: Organisation, person: str, key: str, transition: str) -> Any:
    """A transition as the list of transitions shows it to a person."""
    found = getattr(organisation, person).get(f"/items/{key}/transitions")["transitions"]
    return next(each for each in found if each["name"] == transition)


def model(organisation: Organisation, ci: str) -> str:
    """A change model in use, without the record of successes that it would need."""
    settings = {"itil": {"model_min_success": 0}}
    organisation.admin.send("PATCH", "/workspaces/OPS", {"settings": settings})
    key = organisation.maya.create(
        "itil.change_model", "Restart the service", steps=["drain", "restart"], backout_step="Restart again.",
        backout_max_min=10, risk_class="low", cis_scope=[ci], max_outage_min=5,
    )  # fmt: skip
    organisation.maya.move(key, "propose_model")
    for each in ("carl", "otto"):
        getattr(organisation, each).vote(key, "itil.model_approval")
    organisation.carl.move(key, "approve_model")
    return key


class TestAnApprovalCountsForWhatWouldBeDone:
    def test_work_does_not_begin_on_another_plan_sent_along(self, organisation: Organisation) -> None:
        """The listing, the dry run and the move say the same, and nothing has changed afterwards."""
        key = scheduled(organisation, item(organisation, "db-1"), FROM, TO)
        organisation.clock(FROM)
        body = {"transition": "start_implementation", "fields": OTHER}

        dry = organisation.ravi.send("POST", f"/items/{key}/transitions?dry_run=true", body, expect=409)
        refused = organisation.ravi.refused(key, "start_implementation", **OTHER)

        assert refused["itil.approval_current"]["message"].endswith("changed since it was asked for")
        assert {each["check"] for each in dry["blockers"]} == set(refused)
        assert listed(organisation, "ravi", key, "start_implementation")["allowed"]
        assert organisation.ravi.move(key, "start_implementation")["state"] == "implement"

    def test_a_change_is_not_scheduled_with_another_plan_sent_along(self, organisation: Organisation) -> None:
        key = normal(organisation, item(organisation, "db-1"), FROM, TO)
        to_authorize(organisation, key)
        organisation.lea.vote(key, "itil.change_approval")

        refused = organisation.carl.refused(
            key, "authorize_change", implementation_plan="Drop the database and see."
        )

        assert refused["itil.approval_quorum"]["message"] == (
            "voided: implementation plan changed since it was asked for"
        )
        assert organisation.carl.move(key, "authorize_change")["state"] == "scheduled"

    def test_it_is_not_for_a_test_result_that_came_after_the_votes(self, organisation: Organisation) -> None:
        """Those who voted have not seen it, and vote again with it. The same file once more is not another one."""
        key = normal(organisation, item(organisation, "db-1"), FROM, TO)
        to_authorize(organisation, key)
        organisation.lea.vote(key, "itil.change_approval")
        organisation.ravi.attach(key, "test_result")
        same = listed(organisation, "carl", key, "authorize_change")
        organisation.clock("2026-11-16T10:00:00Z")

        organisation.ravi.attach(key, "test_result", b"312 of 400 tests failed")

        refused = organisation.carl.refused(key, "authorize_change")
        assert same["allowed"]
        assert refused["itil.results_seen"]["message"] == "Lea voted without seeing test_result.txt"
        assert refused["itil.results_seen"]["who"] == ["lea"]
        organisation.clock("2026-11-16T11:00:00Z")
        organisation.lea.vote(key, "itil.change_approval")
        assert organisation.carl.move(key, "authorize_change")["state"] == "scheduled"

    def test_it_is_void_when_an_item_has_become_more_critical(self, organisation: Organisation) -> None:
        """The class of risk follows from the items that are touched; the listing says so before the move."""
        ci = item(organisation, "db-1")
        key = normal(organisation, ci, FROM, TO)
        to_authorize(organisation, key)
        organisation.lea.vote(key, "itil.change_approval")
        organisation.cora.edit(ci, criticality=5)

        shown = listed(organisation, "carl", key, "authorize_change")
        refused = organisation.carl.refused(key, "authorize_change")

        assert not shown["allowed"]
        assert "itil.approval_quorum" in refused
        assert {each["check"] for each in shown["blockers"]} == set(refused)

    def test_it_is_void_when_an_item_gets_an_owner_who_can_refuse_it(
        self, organisation: Organisation
    ) -> None:
        """The score stays, and the owner of an item of criticality 5 was never asked for the veto.

        Who looks at the approval sees that, and nobody adds a vote to it; asked again, the owner is among them.
        """
        ci = item(organisation, "veto-1", criticality=4)
        risk = {**HIGH, "planned_outage_min": 600, "data_class": "regulated"}
        key = normal(organisation, ci, FROM, TO, **risk)
        score = to_authorize(organisation, key)["fields"]["risk_score"]
        for each in ("dana", "emil"):
            getattr(organisation, each).vote(key, "itil.change_approval")
        organisation.cora.edit(ci, criticality=5)

        late = organisation.finn.vote(key, "itil.change_approval", expect=409)
        (shown,) = organisation.maya.get(f"/items/{key}")["approvals"]
        listing = listed(organisation, "carl", key, "authorize_change")
        blockers = organisation.carl.refused(key, "authorize_change")

        assert organisation.carl.get(f"/items/{key}")["fields"]["risk_score"] == score
        assert not listing["allowed"]
        assert "itil.approval_quorum" in blockers
        assert shown["status"] == "voided"
        assert shown["summary"] == "voided: vetoing owners changed since it was asked for"
        assert shown["summary"] in late["blockers"][0]["message"]

    def test_what_was_required_to_ask_is_required_to_decide(self, organisation: Organisation) -> None:
        """A plan that is taken away after the request is missing when the change is scheduled."""
        key = normal(organisation, item(organisation, "db-1"), FROM, TO)
        to_authorize(organisation, key)
        organisation.maya.edit(key, backout_plan=None)
        organisation.lea.vote(key, "itil.change_approval")

        refused = organisation.carl.refused(key, "authorize_change")

        assert refused["itil.plans"]["message"] == "missing: back-out plan"
        assert organisation.carl.move(key, "cancel_change", REASON)["state"] == "cancelled"

    def test_a_standard_change_begins_only_as_its_model_authorizes_it(
        self, organisation: Organisation
    ) -> None:
        ci = item(organisation, "db-1")
        key = organisation.maya.create(
            "itil.change", "Restart", cis=[ci], model=model(organisation, ci), **LOW_RISK | STANDARD
        )
        organisation.maya.move(key, "schedule_standard")
        organisation.maya.edit(key, implementation_plan="Drop the database and see.", planned_outage_min=600)
        organisation.clock(FROM)

        refused = organisation.ravi.send(
            "POST", f"/items/{key}/transitions", {"transition": "start_implementation"}, expect=409
        )

        messages = [each["message"] for each in refused["blockers"] if each["gate"] == "itil.model_usable"]
        assert any("implementation plan: this is not what it authorizes" in each for each in messages)
        assert any("allows 5 min of outage, and 600 min are planned" in each for each in messages)

    def test_the_type_is_fixed_once_a_change_is_submitted(self, organisation: Organisation) -> None:
        """An emergency demands what it demands on every way in."""
        key = normal(organisation, item(organisation, "db-1"), FROM, TO)
        organisation.maya.move(key, "submit")

        problem = organisation.maya.send(
            "PATCH", f"/items/{key}", {"fields": {"type": "emergency"}}, expect=409
        )

        assert problem["blockers"][0]["message"] == "type cannot be changed in 'Assessment'"

    def test_a_vote_is_for_the_version_that_was_read(self, organisation: Organisation) -> None:
        """The document changes between reading and voting."""
        key = normal(organisation, item(organisation, "db-1"), FROM, TO)
        to_authorize(organisation, key)
        seen = organisation.lea.get(f"/items/{key}")["version"]
        organisation.maya.edit(key, implementation_plan="Something else entirely.")
        path, vote = f"/items/{key}/approvals/itil.change_approval", {"decision": "approve"}

        stale = organisation.lea.send("POST", path, vote, expect=412, headers={"If-Match": f'"{seen}"'})
        current = f'"{stale["current_version"]}"'

        assert organisation.lea.send("POST", path, vote, headers={"If-Match": current})["key"] == key


class TestPeopleDecideAndNotSeats:
    def test_two_who_delegate_to_a_third_give_one_vote(self, organisation: Organisation) -> None:
        """Three of the board have to vote: three people."""
        key = normal(organisation, item(organisation, "db-1", criticality=4), FROM, TO, **HIGH)
        to_authorize(organisation, key)
        for giver in ("finn", "gina"):
            delegation = {
                "from_actor": giver, "to_actor": "dana", "starts_at": "2026-11-16T09:00:00Z",
                "ends_at": "2026-11-20T09:00:00Z", "workspace": "OPS",
            }  # fmt: skip
            getattr(organisation, giver).send("POST", "/delegations", delegation, expect=201)
        path = f"/items/{key}/approvals/itil.change_approval"
        organisation.dana.vote(key, "itil.change_approval")
        refused = [
            organisation.dana.send("POST", path, {"decision": "approve", "on_behalf_of": giver}, expect=409)
            for giver in ("finn", "gina")
        ]

        (waiting,) = organisation.carl.get("/approvals", status="pending", item=key)["approvals"]

        assert [each["blockers"][0]["message"] for each in refused] == [
            f"one person has one vote, and Dana has cast it: none counts for {giver}"
            for giver in ("Finn", "Gina")
        ]
        assert waiting["summary"] == "1 for, 0 against; decided when 3 have voted, by majority"
        assert set(waiting["missing"]) == {"emil", "finn", "gina"}
        assert "itil.approval_quorum" in organisation.carl.refused(key, "authorize_change")

    def test_a_freeze_exemption_takes_two_people(self, organisation: Organisation) -> None:
        """The same person is change manager and service owner: that is one of two."""
        organisation.assign("itil.service_owner", "otto", "carl")
        ci = item(organisation, "db-1")
        organisation.carl.create(
            "itil.change_window", "Quarter end", kind="freeze", start="2026-11-25T00:00:00Z",
            end="2026-11-28T00:00:00Z", scope=["all"],
        )  # fmt: skip
        key = normal(organisation, ci, FROM, TO)
        organisation.maya.move(key, "submit")
        organisation.maya.move(key, "request_exemption", REASON)

        organisation.carl.vote(key, "itil.freeze_exemption")
        (waiting,) = organisation.carl.get("/approvals", status="pending", item=key)["approvals"]
        organisation.otto.vote(key, "itil.freeze_exemption")

        assert waiting["summary"] == "1 of 2 approvals"
        assert organisation.carl.get("/approvals", status="pending", item=key)["approvals"] == []

    def test_a_majority_says_how_it_was_reached(self, organisation: Organisation) -> None:
        """A rejection is a vote too: it is counted, and named."""
        key = normal(organisation, item(organisation, "db-1", criticality=4), FROM, TO, **HIGH)
        to_authorize(organisation, key)
        organisation.finn.vote(key, "itil.change_approval")
        organisation.gina.vote(key, "itil.change_approval")
        item_after = organisation.dana.vote(key, "itil.change_approval", "reject")

        (decided,) = [each for each in item_after["approvals"] if each["approval"] == "itil.change_approval"]

        assert (decided["status"], decided["summary"]) == ("granted", "2 for, 1 against, by majority")


class TestAskingAgainInPlace:
    def test_shows_the_difference_to_those_who_vote(self, organisation: Organisation) -> None:
        """A scheduled change whose plan changed is asked for again from where it stands."""
        key = scheduled(organisation, item(organisation, "db-1"), FROM, TO)
        organisation.maya.edit(key, implementation_plan="Upgrade the standby, then the rest.")
        path = f"/items/{key}/approvals/itil.change_approval/rounds"

        other = organisation.uma.send("POST", path, {}, expect=409)
        after = organisation.carl.send("POST", path, {"comment": "the plan is shorter"}, expect=201)
        again = organisation.carl.send("POST", path, {}, expect=409)
        (waiting,) = organisation.lea.get("/approvals", status="pending", actor="me")["approvals"]
        organisation.lea.vote(key, "itil.change_approval")
        organisation.clock(FROM)

        assert [each["gate"] for each in other["blockers"]] == ["role"]
        assert after["state"] == "scheduled"
        assert again["blockers"][0]["message"].endswith("is pending: 0 of 1 approvals")
        assert waiting["changes"]["implementation_plan"] == [
            PLANS["implementation_plan"], "Upgrade the standby, then the rest.",
        ]  # fmt: skip
        assert organisation.ravi.move(key, "start_implementation")["state"] == "implement"
