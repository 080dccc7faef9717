"""People who rewrite, rename, waive and stand in to get around a decision, through HTTP: none of it counts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from .conftest import Organization, serving
from .test_decisions_hold import HIGH, listed
from .test_itil_change import LOW_RISK, PLANS, REASON, emergency, item, normal, scheduled, to_authorize

FROM, TO = "2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z"


@pytest.fixture(scope="module")
def organization(
    opened: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Organization]:
    """One server for all tests here, each of which has items of its own."""
    folder, token = opened
    place = tmp_path_factory.mktemp("adversary")
    shutil.copytree(folder, place, dirs_exist_ok=True)
    with serving(place) as base, closing(Organization(base, token)) as organization:
        organization.assign("itil.requester", "uma", "bea")
        settings = {"itil": {"model_min_success": 0}}
        organization.admin.send("PATCH", "/workspaces/OPS", {"settings": settings})
        yield organization


def checks(problem: Any) -> list[str]:
    return [blocker["check"] for blocker in problem["blockers"]]


def waive(organization: Organization, key: str, gate: str) -> None:
    """A waiver that ravi asks for and carl grants."""
    wish = {"gate": gate, "reason": "no environment to test it in", "expires_at": "2026-12-10T00:00:00Z"}
    made = organization.ravi.send("POST", f"/items/{key}/waivers", wish, expect=201)
    organization.carl.send("POST", f"/items/{key}/waivers/{made['id']}/decision", {"grant": True})


class TestWhatWasDecidedOn:
    def test_an_emergency_begins_with_the_outage_and_back_out_that_the_board_saw(
        self, organization: Organization
    ) -> None:
        """Its two votes are for this work; the listing does not know what somebody will send along."""
        key = emergency(organization, item(organization, "board-1"), **PLANS, **LOW_RISK)
        organization.maya.move(key, "expedite")
        for each in ("ed", "carl"):
            getattr(organization, each).vote(key, "itil.ecab_approval")
        organization.carl.move(key, "authorize_emergency")

        outage = organization.ravi.refused(key, "start_implementation", planned_outage_min=600)
        backout = organization.ravi.refused(key, "start_implementation", backout_plan="none")

        assert "itil.approval_current" in outage
        assert "itil.approval_current" in backout
        assert organization.ravi.move(key, "start_implementation")["state"] == "implement"

    def test_an_emergency_is_filled_in_once_and_not_rewritten(self, organization: Organization) -> None:
        """The board voted without a back-out plan: one is added, and another one needs another vote."""
        key = emergency(organization, item(organization, "board-2"), implementation_plan="Block it.")
        organization.maya.move(key, "expedite")
        for each in ("ed", "carl"):
            getattr(organization, each).vote(key, "itil.ecab_approval")
        organization.carl.move(key, "authorize_emergency")

        added = organization.maya.edit(key, backout_plan="Open the endpoint again.", planned_outage_min=5)
        sent = organization.ravi.refused(key, "start_implementation", planned_outage_min=600)
        rewritten = organization.maya.edit(key, backout_plan="none")

        assert [each["status"] for each in added["approvals"]] == ["granted"]
        assert "itil.approval_current" in sent
        assert [each["status"] for each in rewritten["approvals"]] == ["voided"]
        assert "itil.approval_current" in organization.ravi.refused(key, "start_implementation")

    def test_an_emergency_has_the_ground_on_which_the_board_decided(self, organization: Organization) -> None:
        """Another justification is decided on anew, and not by the one who wrote it."""
        key = emergency(organization, item(organization, "ground-1"))
        organization.maya.move(key, "expedite")
        organization.ed.vote(key, "itil.ecab_approval")
        organization.dora.vote(key, "itil.ecab_approval")

        weaker = "It has been slow since yesterday, and some customers called."
        own = organization.dora.send(
            "PATCH", f"/items/{key}", {"fields": {"emergency_justification": weaker}}, expect=409
        )
        after = organization.maya.edit(key, emergency_justification=weaker)

        assert checks(own) == ["itil.sod_authorize"]
        assert [each["status"] for each in after["approvals"]] == ["pending"]
        assert "itil.ecab_quorum" in organization.dora.refused(key, "authorize_emergency")

    def test_a_change_is_not_renamed_under_its_authorization(self, organization: Organization) -> None:
        """The title is what voters read first: another one voids their votes."""
        key = scheduled(organization, item(organization, "named-1"), FROM, TO)

        renamed = organization.maya.send("PATCH", f"/items/{key}", {"title": "Drop the database"})

        [round] = renamed["approvals"]
        assert (round["status"], round["summary"]) == (
            "voided",
            "voided: title changed since it was asked for",
        )
        assert "itil.approval_current" in organization.ravi.refused(key, "start_implementation")

    def test_the_title_of_an_ended_change_stays(self, organization: Organization) -> None:
        """It names what was decided and done."""
        key = normal(organization, item(organization, "named-2"), FROM, TO)
        organization.maya.move(key, "cancel_change", REASON)

        problem = organization.maya.send("PATCH", f"/items/{key}", {"title": "Another"}, expect=409)

        assert checks(problem) == ["frozen"]

    def test_an_exemption_is_for_the_work_that_was_asked_about(self, organization: Organization) -> None:
        """Exempted from a freeze with little at stake, and grown afterwards."""
        ci = item(organization, "frozen-1")
        organization.carl.create(
            "itil.change_window", "Quarter end", kind="freeze", start="2026-12-14T00:00:00Z",
            end="2026-12-16T00:00:00Z", scope=[ci],
        )  # fmt: skip
        key = normal(organization, ci, "2026-12-15T10:00:00Z", "2026-12-15T12:00:00Z")
        organization.maya.move(key, "submit")
        organization.maya.move(key, "request_exemption", REASON)
        for each in ("carl", "otto"):
            getattr(organization, each).vote(key, "itil.freeze_exemption")

        grown = organization.maya.edit(key, planned_outage_min=600, implementation_plan="Drop the database.")

        assert [each["status"] for each in grown["approvals"]] == ["voided"]

    def test_short_notice_is_for_the_risk_at_which_it_was_accepted(self, organization: Organization) -> None:
        """A change of low risk on two days' notice becomes one of high risk, which needs more."""
        key = normal(
            organization, item(organization, "short-1"), "2026-11-18T20:00:00Z", "2026-11-18T22:00:00Z"
        )
        organization.maya.move(key, "submit")
        organization.carl.move(key, "accept_short_notice", REASON)
        organization.ravi.attach(key, "test_result")
        organization.carl.move(key, "request_authorization")
        before = listed(organization, "carl", key, "authorize_change")["blockers"]

        organization.maya.edit(key, **HIGH)

        assert "itil.lead" not in checks({"blockers": before})
        assert "itil.lead" in organization.carl.refused(key, "authorize_change")

    def test_a_rewritten_model_is_not_reinstated_without_its_approvers(
        self, organization: Organization
    ) -> None:
        """Suspended, edited and put back by one person alone; asked for again, it comes back."""
        ci = item(organization, "model-1")
        key = organization.maya.create(
            "itil.change_model", "Restart the service", steps=["drain", "restart"], backout_step="Restart again.",
            backout_max_min=10, risk_class="low", cis_scope=[ci], max_outage_min=5,
        )  # fmt: skip
        organization.maya.move(key, "propose_model")
        for each in ("carl", "otto"):
            getattr(organization, each).vote(key, "itil.model_approval")
        organization.carl.move(key, "approve_model")
        organization.carl.move(key, "suspend_model")
        organization.maya.edit(key, steps=["drop the database"], max_outage_min=600)

        refused = organization.carl.refused(key, "reinstate_model", "it is better as it is now")
        organization.maya.send("POST", f"/items/{key}/approvals/itil.model_approval/rounds", expect=201)
        for each in ("carl", "otto"):
            getattr(organization, each).vote(key, "itil.model_approval")

        assert refused["itil.model_unchanged"]["message"] == (
            "the model is not approved as it is now: voided: steps and longest outage (min) changed since it was"
            " asked for"
        )
        after = organization.carl.move(key, "reinstate_model", "it is better as it is now")
        assert after["state"] == "active"


class TestExceptionsAreForWhatTheyWereGivenFor:
    def test_a_waiver_opens_its_gate_for_the_plan_that_it_was_granted_for(
        self, organization: Organization
    ) -> None:
        """Granted for one plan, and used for another."""
        key = normal(organization, item(organization, "waived-1"), FROM, TO)
        organization.maya.move(key, "submit")
        waive(organization, key, "itil.tested")
        before = listed(organization, "carl", key, "request_authorization")["allowed"]

        sent = organization.carl.refused(key, "request_authorization", implementation_plan="Drop it.")
        organization.maya.edit(key, implementation_plan="Drop the database.")

        assert before
        assert "itil.test_evidence" in sent
        assert not listed(organization, "carl", key, "request_authorization")["allowed"]
        assert set(organization.carl.refused(key, "request_authorization")) == {"itil.test_evidence"}


class TestWhoMayWhat:
    def test_a_move_gives_no_right_to_rewrite_the_item(self, organization: Organization) -> None:
        """A user makes somebody else's incident their own, or rewrites what they reported, in the call that moves."""
        key = organization.uma.create(
            "itil.incident", "Down", summary="Down", symptoms="No page loads.", channel="portal"
        )

        stolen = organization.bea.refused(key, "cancel_incident", REASON, requester="bea")
        rewritten = organization.uma.refused(key, "cancel_incident", REASON, symptoms="Nothing.")

        assert set(stolen) == set(rewritten) == {"role"}
        assert rewritten["role"]["message"].startswith("symptoms is for the service desk analyst, ")
        assert organization.uma.move(key, "cancel_incident", REASON)["state"] == "cancelled"

    def test_a_duty_binds_in_the_call_that_makes_the_item(self, organization: Organization) -> None:
        """Who raises an emergency names themselves as the one who authorized it."""
        fields: dict[str, Any] = {
            "type": "emergency", "reason": "security", "cis": [item(organization, "own-1")],
            "verbal_authorizer": "carl",
        }  # fmt: skip
        body = {"workspace": "OPS", "type": "itil.change", "title": "Mine", "fields": fields}

        problem = organization.carl.send("POST", "/items", body, expect=409)

        assert checks(problem) == ["itil.sod_spoken"]

    def test_evidence_is_attached_by_those_who_have_a_part(self, organization: Organization) -> None:
        """A user attaches to their own incident, and no test result to somebody's change."""
        key = normal(organization, item(organization, "evidence-1"), FROM, TO)
        own = organization.uma.create(
            "itil.incident", "Down", summary="Down", symptoms="No page loads.", channel="portal"
        )
        evidence = {"kind": "test_result", "url": "https://tests.example/1"}

        organization.uma.send("POST", f"/items/{key}/evidence", evidence, expect=403)
        organization.uma.send("POST", f"/items/{own}/evidence", evidence, expect=201)

    def test_a_name_inside_a_list_of_objects_is_checked_like_any_other(
        self, organization: Organization
    ) -> None:
        """Neither a change that one may not see nor a person who does not exist is named in an agreement."""
        people = organization.admin
        people.send("POST", "/workspaces", {"key": "SEC", "name": "Security", "methods": ["itil"]}, 201)
        for role in ("itil.configuration_manager", "itil.change_initiator"):
            people.send("PUT", f"/workspaces/SEC/roles/{role}", {"actors": ["cora"]})
        ci = {"kind": "service", "criticality": 5, "data_class": "public", "owner": "otto"}
        made = [
            organization.cora.send("POST", "/items", {"workspace": "SEC", "type": t, "title": "x", "fields": f}, 201)
            for t, f in (
                ("itil.configuration_item", ci),
                ("itil.change", {"type": "normal", "reason": "fix"}),
            )
        ]  # fmt: skip
        secret, change = (each["key"] for each in made)
        key = normal(organization, item(organization, "nested-1"), FROM, TO)

        agreed = {"collision_ack": [{"change": change, "agreed_by": "nobody.there"}]}
        problem = organization.maya.send("PATCH", f"/items/{key}", {"fields": agreed}, expect=422)
        scope = {
            "workspace": "OPS",
            "type": "itil.change_model",
            "title": "m",
            "fields": {"cis_scope": [secret]},
        }
        scoped = organization.maya.send("POST", "/items", scope, expect=422)

        assert [each["pointer"] for each in problem["errors"]] == [
            "/fields/collision_ack/0/change",
            "/fields/collision_ack/0/agreed_by",
        ]
        assert scoped["errors"][0]["message"] == f'there is no item "{secret}"'


class TestVotes:
    def test_a_delegate_does_not_outvote_the_person_they_stand_in_for(
        self, organization: Organization
    ) -> None:
        """A rejection in person is not made an approval by the one who holds the delegation."""
        key = normal(organization, item(organization, "votes-1", criticality=4), FROM, TO, **HIGH)
        to_authorize(organization, key)
        lent = {
            "from_actor": "finn",
            "to_actor": "dana",
            "ends_at": "2026-11-20T09:00:00Z",
            "workspace": "OPS",
        }
        organization.finn.send("POST", "/delegations", lent, expect=201)
        organization.finn.vote(key, "itil.change_approval", "reject")
        body = {"decision": "approve", "on_behalf_of": "finn"}

        path = f"/items/{key}/approvals/itil.change_approval"
        problem = organization.dana.send("POST", path, body, expect=409)
        [waiting] = organization.carl.get("/approvals", status="pending", item=key)["approvals"]

        assert problem["blockers"][0]["message"] == "Finn has voted in person"
        assert waiting["summary"] == "0 for, 1 against; decided when 3 have voted, by majority"

    def test_a_refusal_stands_until_something_has_changed(self, organization: Organization) -> None:
        """It is not asked for again and again until somebody agrees."""
        key = normal(organization, item(organization, "votes-2"), FROM, TO)
        to_authorize(organization, key)
        organization.lea.vote(key, "itil.change_approval", "reject")
        path = f"/items/{key}/approvals/itil.change_approval/rounds"

        problem = organization.carl.send("POST", path, {}, expect=409)
        organization.maya.edit(key, implementation_plan="Upgrade the standby, and the rest a week later.")
        after = organization.carl.send("POST", path, {}, expect=201)

        assert problem["blockers"][0]["message"].endswith("since then nothing has changed")
        assert [(each["round"], each["status"]) for each in after["approvals"]] == [(2, "pending")]


class TestNamesOfPeople:
    def test_nobody_is_named_who_is_switched_off(self, organization: Organization) -> None:
        """They cannot confirm, and could not decline either."""
        organization.admin.send("POST", "/actors", {"id": "gone", "name": "Gone"}, expect=201)
        organization.admin.send("POST", "/actors/gone/deactivation")
        key = normal(organization, item(organization, "gone-1"), FROM, TO)

        body = {"fields": {"implementer": "gone"}}
        problem = organization.maya.send("PATCH", f"/items/{key}", body, expect=422)

        assert problem["errors"][0]["message"] == "gone is switched off: name somebody who is in use"
