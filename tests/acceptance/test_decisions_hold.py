"""Decisions hold for what was decided on, and are taken by as many people as they need: through HTTP."""

from __future__ import annotations

from typing import Any

from .conftest import Organization
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


def listed(organization: Organization, person: str, key: str, transition: str) -> Any:
    """A transition as the list of transitions shows it to a person."""
    found = getattr(organization, person).get(f"/items/{key}/transitions")["transitions"]
    return next(each for each in found if each["name"] == transition)


def model(organization: Organization, ci: str) -> str:
    """A change model in use, without the record of successes that it would need."""
    settings = {"itil": {"model_min_success": 0}}
    organization.admin.send("PATCH", "/workspaces/OPS", {"settings": settings})
    key = organization.maya.create(
        "itil.change_model", "Restart the service", steps=["drain", "restart"], backout_step="Restart again.",
        backout_max_min=10, risk_class="low", cis_scope=[ci], max_outage_min=5,
    )  # fmt: skip
    organization.maya.move(key, "propose_model")
    for each in ("carl", "otto"):
        getattr(organization, each).vote(key, "itil.model_approval")
    organization.carl.move(key, "approve_model")
    return key


class TestAnApprovalCountsForWhatWouldBeDone:
    def test_work_does_not_begin_on_another_plan_sent_along(self, organization: Organization) -> None:
        """The listing, the dry run and the move say the same, and nothing has changed afterwards."""
        key = scheduled(organization, item(organization, "db-1"), FROM, TO)
        organization.clock(FROM)
        body = {"transition": "start_implementation", "fields": OTHER}

        dry = organization.ravi.send("POST", f"/items/{key}/transitions?dry_run=true", body, expect=409)
        refused = organization.ravi.refused(key, "start_implementation", **OTHER)

        assert refused["itil.approval_current"]["message"].endswith("changed since it was asked for")
        assert {each["check"] for each in dry["blockers"]} == set(refused)
        assert listed(organization, "ravi", key, "start_implementation")["allowed"]
        assert organization.ravi.move(key, "start_implementation")["state"] == "implement"

    def test_a_change_is_not_scheduled_with_another_plan_sent_along(self, organization: Organization) -> None:
        key = normal(organization, item(organization, "db-1"), FROM, TO)
        to_authorize(organization, key)
        organization.lea.vote(key, "itil.change_approval")

        refused = organization.carl.refused(
            key, "authorize_change", implementation_plan="Drop the database and see."
        )

        assert refused["itil.approval_quorum"]["message"] == (
            "voided: implementation plan changed since it was asked for"
        )
        assert organization.carl.move(key, "authorize_change")["state"] == "scheduled"

    def test_it_is_not_for_a_test_result_that_came_after_the_votes(self, organization: Organization) -> None:
        """Those who voted have not seen it, and vote again with it. The same file once more is not another one."""
        key = normal(organization, item(organization, "db-1"), FROM, TO)
        to_authorize(organization, key)
        organization.lea.vote(key, "itil.change_approval")
        organization.ravi.attach(key, "test_result")
        same = listed(organization, "carl", key, "authorize_change")
        organization.clock("2026-11-16T10:00:00Z")

        organization.ravi.attach(key, "test_result", b"312 of 400 tests failed")

        refused = organization.carl.refused(key, "authorize_change")
        assert same["allowed"]
        assert refused["itil.results_seen"]["message"] == "Lea voted without seeing test_result.txt"
        assert refused["itil.results_seen"]["who"] == ["lea"]
        organization.clock("2026-11-16T11:00:00Z")
        organization.lea.vote(key, "itil.change_approval")
        assert organization.carl.move(key, "authorize_change")["state"] == "scheduled"

    def test_it_is_void_when_an_item_has_become_more_critical(self, organization: Organization) -> None:
        """The class of risk follows from the items that are touched; the listing says so before the move."""
        ci = item(organization, "db-1")
        key = normal(organization, ci, FROM, TO)
        to_authorize(organization, key)
        organization.lea.vote(key, "itil.change_approval")
        organization.cora.edit(ci, criticality=5)

        shown = listed(organization, "carl", key, "authorize_change")
        refused = organization.carl.refused(key, "authorize_change")

        assert not shown["allowed"]
        assert "itil.approval_quorum" in refused
        assert {each["check"] for each in shown["blockers"]} == set(refused)

    def test_it_is_void_when_an_item_gets_an_owner_who_can_refuse_it(
        self, organization: Organization
    ) -> None:
        """The score stays, and the owner of an item of criticality 5 was never asked for the veto.

        Who looks at the approval sees that, and nobody adds a vote to it; asked again, the owner is among them.
        """
        ci = item(organization, "veto-1", criticality=4)
        risk = {**HIGH, "planned_outage_min": 600, "data_class": "regulated"}
        key = normal(organization, ci, FROM, TO, **risk)
        score = to_authorize(organization, key)["fields"]["risk_score"]
        for each in ("dana", "emil"):
            getattr(organization, each).vote(key, "itil.change_approval")
        organization.cora.edit(ci, criticality=5)

        late = organization.finn.vote(key, "itil.change_approval", expect=409)
        (shown,) = organization.maya.get(f"/items/{key}")["approvals"]
        listing = listed(organization, "carl", key, "authorize_change")
        blockers = organization.carl.refused(key, "authorize_change")

        assert organization.carl.get(f"/items/{key}")["fields"]["risk_score"] == score
        assert not listing["allowed"]
        assert "itil.approval_quorum" in blockers
        assert shown["status"] == "voided"
        assert shown["summary"] == "voided: vetoing owners changed since it was asked for"
        assert shown["summary"] in late["blockers"][0]["message"]

    def test_a_handover_of_running_work_needs_no_other_decision(self, organization: Organization) -> None:
        """All that was decided is fixed by then, and another name changes none of it."""
        organization.assign("itil.change_implementer", "ravi", "dana")
        ci = item(organization, "db-1", criticality=4)
        key = normal(organization, ci, FROM, TO, implementer="dana", **HIGH)
        to_authorize(organization, key)
        for person in ("finn", "gina", "emil"):
            getattr(organization, person).vote(key, "itil.change_approval")
        organization.carl.move(key, "authorize_change")
        organization.clock(FROM)
        organization.dana.move(key, "start_implementation")

        handed_over = organization.maya.edit(key, implementer="ravi")

        assert [each["status"] for each in handed_over["approvals"]] == ["granted"]

    def test_what_was_required_to_ask_is_required_to_decide(self, organization: Organization) -> None:
        """A plan that is taken away after the request is missing when the change is scheduled."""
        key = normal(organization, item(organization, "db-1"), FROM, TO)
        to_authorize(organization, key)
        organization.maya.edit(key, backout_plan=None)
        organization.lea.vote(key, "itil.change_approval")

        refused = organization.carl.refused(key, "authorize_change")

        assert refused["itil.plans"]["message"] == "missing: back-out plan"
        assert organization.carl.move(key, "cancel_change", REASON)["state"] == "cancelled"

    def test_a_standard_change_begins_only_as_its_model_authorizes_it(
        self, organization: Organization
    ) -> None:
        ci = item(organization, "db-1")
        key = organization.maya.create(
            "itil.change", "Restart", cis=[ci], model=model(organization, ci), **LOW_RISK | STANDARD
        )
        organization.maya.move(key, "schedule_standard")
        organization.maya.edit(key, implementation_plan="Drop the database and see.", planned_outage_min=600)
        organization.clock(FROM)

        refused = organization.ravi.send(
            "POST", f"/items/{key}/transitions", {"transition": "start_implementation"}, expect=409
        )

        messages = [each["message"] for each in refused["blockers"] if each["gate"] == "itil.model_usable"]
        assert any("implementation plan: this is not what it authorizes" in each for each in messages)
        assert any("allows 5 min of outage, and 600 min are planned" in each for each in messages)

    def test_the_type_is_fixed_once_a_change_is_submitted(self, organization: Organization) -> None:
        """An emergency demands what it demands on every way in."""
        key = normal(organization, item(organization, "db-1"), FROM, TO)
        organization.maya.move(key, "submit")

        problem = organization.maya.send(
            "PATCH", f"/items/{key}", {"fields": {"type": "emergency"}}, expect=409
        )

        assert problem["blockers"][0]["message"] == (
            "type cannot be changed in 'Assessment', as each type is authorized in its own way"
        )

    def test_a_vote_is_for_the_version_that_was_read(self, organization: Organization) -> None:
        """The document changes between reading and voting."""
        key = normal(organization, item(organization, "db-1"), FROM, TO)
        to_authorize(organization, key)
        seen = organization.lea.get(f"/items/{key}")["version"]
        organization.maya.edit(key, implementation_plan="Something else entirely.")
        path, vote = f"/items/{key}/approvals/itil.change_approval", {"decision": "approve"}

        stale = organization.lea.send("POST", path, vote, expect=412, headers={"If-Match": f'"{seen}"'})
        current = f'"{stale["current_version"]}"'

        assert organization.lea.send("POST", path, vote, headers={"If-Match": current})["key"] == key


class TestPeopleDecideAndNotSeats:
    def test_two_who_delegate_to_a_third_give_one_vote(self, organization: Organization) -> None:
        """Three of the board have to vote: three people."""
        key = normal(organization, item(organization, "db-1", criticality=4), FROM, TO, **HIGH)
        to_authorize(organization, key)
        for giver in ("finn", "gina"):
            delegation = {
                "from_actor": giver, "to_actor": "dana", "starts_at": "2026-11-16T09:00:00Z",
                "ends_at": "2026-11-20T09:00:00Z", "workspace": "OPS",
            }  # fmt: skip
            getattr(organization, giver).send("POST", "/delegations", delegation, expect=201)
        path = f"/items/{key}/approvals/itil.change_approval"
        organization.dana.vote(key, "itil.change_approval")
        refused = [
            organization.dana.send("POST", path, {"decision": "approve", "on_behalf_of": giver}, expect=409)
            for giver in ("finn", "gina")
        ]

        (waiting,) = organization.carl.get("/approvals", status="pending", item=key)["approvals"]

        assert [each["blockers"][0]["message"] for each in refused] == [
            f"one person has one vote, and Dana has cast it: none counts for {giver}"
            for giver in ("Finn", "Gina")
        ]
        assert waiting["summary"] == "1 for, 0 against; decided when 3 have voted, by majority"
        assert set(waiting["missing"]) == {"emil", "finn", "gina"}
        assert "itil.approval_quorum" in organization.carl.refused(key, "authorize_change")

    def test_a_freeze_exemption_takes_two_people(self, organization: Organization) -> None:
        """The same person is change manager and service owner: that is one of two."""
        organization.assign("itil.service_owner", "otto", "carl")
        ci = item(organization, "db-1")
        organization.carl.create(
            "itil.change_window", "Quarter end", kind="freeze", start="2026-11-25T00:00:00Z",
            end="2026-11-28T00:00:00Z", scope=["all"],
        )  # fmt: skip
        key = normal(organization, ci, FROM, TO)
        organization.maya.move(key, "submit")
        organization.maya.move(key, "request_exemption", REASON)

        organization.carl.vote(key, "itil.freeze_exemption")
        (waiting,) = organization.carl.get("/approvals", status="pending", item=key)["approvals"]
        organization.otto.vote(key, "itil.freeze_exemption")

        assert waiting["summary"] == "1 of 2 approvals"
        assert organization.carl.get("/approvals", status="pending", item=key)["approvals"] == []

    def test_a_majority_says_how_it_was_reached(self, organization: Organization) -> None:
        """A rejection is a vote too: it is counted, and named."""
        key = normal(organization, item(organization, "db-1", criticality=4), FROM, TO, **HIGH)
        to_authorize(organization, key)
        organization.finn.vote(key, "itil.change_approval")
        organization.gina.vote(key, "itil.change_approval")
        item_after = organization.dana.vote(key, "itil.change_approval", "reject")

        (decided,) = [each for each in item_after["approvals"] if each["approval"] == "itil.change_approval"]

        assert (decided["status"], decided["summary"]) == ("granted", "2 for, 1 against, by majority")


class TestAskingAgainInPlace:
    def test_shows_the_difference_to_those_who_vote(self, organization: Organization) -> None:
        """A scheduled change whose plan changed is asked for again from where it stands."""
        key = scheduled(organization, item(organization, "db-1"), FROM, TO)
        organization.maya.edit(key, implementation_plan="Upgrade the standby, then the rest.")
        path = f"/items/{key}/approvals/itil.change_approval/rounds"

        other = organization.uma.send("POST", path, {}, expect=409)
        after = organization.carl.send("POST", path, {"comment": "the plan is shorter"}, expect=201)
        again = organization.carl.send("POST", path, {}, expect=409)
        (waiting,) = organization.lea.get("/approvals", status="pending", actor="me")["approvals"]
        organization.lea.vote(key, "itil.change_approval")
        organization.clock(FROM)

        assert [each["gate"] for each in other["blockers"]] == ["role"]
        assert after["state"] == "scheduled"
        assert again["blockers"][0]["message"].endswith("is pending: 0 of 1 approvals")
        assert waiting["changes"]["implementation_plan"] == [
            PLANS["implementation_plan"], "Upgrade the standby, then the rest.",
        ]  # fmt: skip
        assert organization.ravi.move(key, "start_implementation")["state"] == "implement"
