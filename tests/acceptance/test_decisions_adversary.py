"""People who rewrite, rename, waive and stand in to get around a decision, through HTTP: none of it counts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from .conftest import Organisation, serving
from .test_decisions_hold import HIGH, listed
from .test_itil_change import LOW_RISK, PLANS, REASON, emergency, item, normal, scheduled, to_authorize

FROM, TO = "2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z"


@pytest.fixture(scope="module")
def organisation(
    opened: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Organisation]:
    """One server for all tests here, each of which has items of its own."""
    folder, token = opened
    place = tmp_path_factory.mktemp("adversary")
    shutil.copytree(folder, place, dirs_exist_ok=True)
    with serving(place) as base, closing(Organisation(base, token)) as organisation:
        organisation.assign("itil.requester", "uma", "bea")
        settings = {"itil": {"model_min_success": 0}}
        organisation.admin.send("PATCH", "/workspaces/OPS", {"settings": settings})
        yield organisation


def checks(problem: Any) -> list[str]:
    return [blocker["check"] for blocker in problem["blockers"]]


def waive(organisation: Organisation, key: str, gate: str) -> None:
    """A waiver that ravi asks for and carl grants."""
    wish = {"gate": gate, "reason": "no environment to test it in", "expires_at": "2026-12-10T00:00:00Z"}
    made = organisation.ravi.send("POST", f"/items/{key}/waivers", wish, expect=201)
    organisation.carl.send("POST", f"/items/{key}/waivers/{made['id']}/decision", {"grant": True})


class TestWhatWasDecidedOn:
    def test_an_emergency_begins_with_the_outage_and_back_out_that_the_board_saw(
        self, organisation: Organisation
    ) -> None:
        """Its two votes are for this work; the listing does not know what somebody will send along."""
        key = emergency(organisation, item(organisation, "board-1"), **PLANS, **LOW_RISK)
        organisation.maya.move(key, "expedite")
        for each in ("ed", "carl"):
            getattr(organisation, each).vote(key, "itil.ecab_approval")
        organisation.carl.move(key, "authorize_emergency")

        outage = organisation.ravi.refused(key, "start_implementation", planned_outage_min=600)
        backout = organisation.ravi.refused(key, "start_implementation", backout_plan="none")

        assert "itil.approval_current" in outage
        assert "itil.approval_current" in backout
        assert organisation.ravi.move(key, "start_implementation")["state"] == "implement"

    def test_an_emergency_is_filled_in_once_and_not_rewritten(self, organisation: Organisation) -> None:
        """The board voted without a back-out plan: one is added, and another one needs another vote."""
        key = emergency(organisation, item(organisation, "board-2"), implementation_plan="Block it.")
        organisation.maya.move(key, "expedite")
        for each in ("ed", "carl"):
            getattr(organisation, each).vote(key, "itil.ecab_approval")
        organisation.carl.move(key, "authorize_emergency")

        added = organisation.maya.edit(key, backout_plan="Open the endpoint again.", planned_outage_min=5)
        sent = organisation.ravi.refused(key, "start_implementation", planned_outage_min=600)
        rewritten = organisation.maya.edit(key, backout_plan="none")

        assert [each["status"] for each in added["approvals"]] == ["granted"]
        assert "itil.approval_current" in sent
        assert [each["status"] for each in rewritten["approvals"]] == ["voided"]
        assert "itil.approval_current" in organisation.ravi.refused(key, "start_implementation")

    def test_an_emergency_has_the_ground_on_which_the_board_decided(self, organisation: Organisation) -> None:
        """Another justification is decided on anew, and not by the one who wrote it."""
        key = emergency(organisation, item(organisation, "ground-1"))
        organisation.maya.move(key, "expedite")
        organisation.ed.vote(key, "itil.ecab_approval")
        organisation.dora.vote(key, "itil.ecab_approval")

        weaker = "It has been slow since yesterday, and some customers called."
        own = organisation.dora.send(
            "PATCH", f"/items/{key}", {"fields": {"emergency_justification": weaker}}, expect=409
        )
        after = organisation.maya.edit(key, emergency_justification=weaker)

        assert checks(own) == ["itil.sod_authorize"]
        assert [each["status"] for each in after["approvals"]] == ["pending"]
        assert "itil.ecab_quorum" in organisation.dora.refused(key, "authorize_emergency")

    def test_a_change_is_not_renamed_under_its_authorization(self, organisation: Organisation) -> None:
        """The title is what voters read first: another one voids their votes."""
        key = scheduled(organisation, item(organisation, "named-1"), FROM, TO)

        renamed = organisation.maya.send("PATCH", f"/items/{key}", {"title": "Drop the database"})

        [round] = renamed["approvals"]
        assert (round["status"], round["summary"]) == (
            "voided",
            "voided: title changed since it was asked for",
        )
        assert "itil.approval_current" in organisation.ravi.refused(key, "start_implementation")

    def test_the_title_of_an_ended_change_stays(self, organisation: Organisation) -> None:
        """It names what was decided and done."""
        key = normal(organisation, item(organisation, "named-2"), FROM, TO)
        organisation.maya.move(key, "cancel_change", REASON)

        problem = organisation.maya.send("PATCH", f"/items/{key}", {"title": "Another"}, expect=409)

        assert checks(problem) == ["frozen"]

    def test_an_exemption_is_for_the_work_that_was_asked_about(self, organisation: Organisation) -> None:
        """Exempted from a freeze with little at stake, and grown afterwards."""
        ci = item(organisation, "frozen-1")
        organisation.carl.create(
            "itil.change_window", "Quarter end", kind="freeze", start="2026-12-14T00:00:00Z",
            end="2026-12-16T00:00:00Z", scope=[ci],
        )  # fmt: skip
        key = normal(organisation, ci, "2026-12-15T10:00:00Z", "2026-12-15T12:00:00Z")
        organisation.maya.move(key, "submit")
        organisation.maya.move(key, "request_exemption", REASON)
        for each in ("carl", "otto"):
            getattr(organisation, each).vote(key, "itil.freeze_exemption")

        grown = organisation.maya.edit(key, planned_outage_min=600, implementation_plan="Drop the database.")

        assert [each["status"] for each in grown["approvals"]] == ["voided"]

    def test_short_notice_is_for_the_risk_at_which_it_was_accepted(self, organisation: Organisation) -> None:
        """A change of low risk on two days' notice becomes one of high risk, which needs more."""
        key = normal(
            organisation, item(organisation, "short-1"), "2026-11-18T20:00:00Z", "2026-11-18T22:00:00Z"
        )
        organisation.maya.move(key, "submit")
        organisation.carl.move(key, "accept_short_notice", REASON)
        organisation.ravi.attach(key, "test_result")
        organisation.carl.move(key, "request_authorization")
        before = listed(organisation, "carl", key, "authorize_change")["blockers"]

        organisation.maya.edit(key, **HIGH)

        assert "itil.lead" not in checks({"blockers": before})
        assert "itil.lead" in organisation.carl.refused(key, "authorize_change")

    def test_a_rewritten_model_is_not_reinstated_without_its_approvers(
        self, organisation: Organisation
    ) -> None:
        """Suspended, edited and put back by one person alone; asked for again, it comes back."""
        ci = item(organisation, "model-1")
        key = organisation.maya.create(
            "itil.change_model", "Restart the service", steps=["drain", "restart"], backout_step="Restart again.",
            backout_max_min=10, risk_class="low", cis_scope=[ci], max_outage_min=5,
        )  # fmt: skip
        organisation.maya.move(key, "propose_model")
        for each in ("carl", "otto"):
            getattr(organisation, each).vote(key, "itil.model_approval")
        organisation.carl.move(key, "approve_model")
        organisation.carl.move(key, "suspend_model")
        organisation.maya.edit(key, steps=["drop the database"], max_outage_min=600)

        refused = organisation.carl.refused(key, "reinstate_model", "it is better as it is now")
        organisation.maya.send("POST", f"/items/{key}/approvals/itil.model_approval/rounds", expect=201)
        for each in ("carl", "otto"):
            getattr(organisation, each).vote(key, "itil.model_approval")

        assert refused["itil.model_unchanged"]["message"] == (
            "the model is not approved as it is now: voided: steps and longest outage (min) changed since it was"
            " asked for"
        )
        after = organisation.carl.move(key, "reinstate_model", "it is better as it is now")
        assert after["state"] == "active"


class TestExceptionsAreForWhatTheyWereGivenFor:
    def test_a_waiver_opens_its_gate_for_the_plan_that_it_was_granted_for(
        self, organisation: Organisation
    ) -> None:
        """Granted for one plan, and used for another."""
        key = normal(organisation, item(organisation, "waived-1"), FROM, TO)
        organisation.maya.move(key, "submit")
        waive(organisation, key, "itil.tested")
        before = listed(organisation, "carl", key, "request_authorization")["allowed"]

        sent = organisation.carl.refused(key, "request_authorization", implementation_plan="Drop it.")
        organisation.maya.edit(key, implementation_plan="Drop the database.")

        assert before
        assert "itil.test_evidence" in sent
        assert not listed(organisation, "carl", key, "request_authorization")["allowed"]
        assert set(organisation.carl.refused(key, "request_authorization")) == {"itil.test_evidence"}


class TestWhoMayWhat:
    def test_a_move_gives_no_right_to_rewrite_the_item(self, organisation: Organisation) -> None:
        """A user makes somebody else's incident their own, or rewrites what they reported, in the call that moves."""
        key = organisation.uma.create(
            "itil.incident", "Down", summary="Down", symptoms="No page loads.", channel="portal"
        )

        stolen = organisation.bea.refused(key, "cancel_incident", REASON, requester="bea")
        rewritten = organisation.uma.refused(key, "cancel_incident", REASON, symptoms="Nothing.")

        assert set(stolen) == set(rewritten) == {"role"}
        assert rewritten["role"]["message"].startswith("symptoms is for the service desk analyst, ")
        assert organisation.uma.move(key, "cancel_incident", REASON)["state"] == "cancelled"

    def test_a_duty_binds_in_the_call_that_makes_the_item(self, organisation: Organisation) -> None:
        """Who raises an emergency names themselves as the one who authorized it."""
        fields: dict[str, Any] = {
            "type": "emergency", "reason": "security", "cis": [item(organisation, "own-1")],
            "verbal_authorizer": "carl",
        }  # fmt: skip
        body = {"workspace": "OPS", "type": "itil.change", "title": "Mine", "fields": fields}

        problem = organisation.carl.send("POST", "/items", body, expect=409)

        assert checks(problem) == ["itil.sod_spoken"]

    def test_evidence_is_attached_by_those_who_have_a_part(self, organisation: Organisation) -> None:
        """A user attaches to their own incident, and no test result to somebody's change."""
        key = normal(organisation, item(organisation, "evidence-1"), FROM, TO)
        own = organisation.uma.create(
            "itil.incident", "Down", summary="Down", symptoms="No page loads.", channel="portal"
        )
        evidence = {"kind": "test_result", "url": "https://tests.example/1"}

        organisation.uma.send("POST", f"/items/{key}/evidence", evidence, expect=403)
        organisation.uma.send("POST", f"/items/{own}/evidence", evidence, expect=201)

    def test_a_name_inside_a_list_of_objects_is_checked_like_any_other(
        self, organisation: Organisation
    ) -> None:
        """Neither a change that one may not see nor a person who does not exist is named in an agreement."""
        people = organisation.admin
        people.send("POST", "/workspaces", {"key": "SEC", "name": "Security", "methods": ["itil"]}, 201)
        for role in ("itil.configuration_manager", "itil.change_initiator"):
            people.send("PUT", f"/workspaces/SEC/roles/{role}", {"actors": ["cora"]})
        ci = {"kind": "service", "criticality": 5, "data_class": "public", "owner": "otto"}
        made = [
            organisation.cora.send("POST", "/items", {"workspace": "SEC", "type": t, "title": "x", "fields": f}, 201)
            for t, f in (
                ("itil.configuration_item", ci),
                ("itil.change", {"type": "normal", "reason": "fix"}),
            )
        ]  # fmt: skip
        secret, change = (each["key"] for each in made)
        key = normal(organisation, item(organisation, "nested-1"), FROM, TO)

        agreed = {"collision_ack": [{"change": change, "agreed_by": "nobody.there"}]}
        problem = organisation.maya.send("PATCH", f"/items/{key}", {"fields": agreed}, expect=422)
        scope = {
            "workspace": "OPS",
            "type": "itil.change_model",
            "title": "m",
            "fields": {"cis_scope": [secret]},
        }
        scoped = organisation.maya.send("POST", "/items", scope, expect=422)

        assert [each["pointer"] for each in problem["errors"]] == [
            "/fields/collision_ack/0/change",
            "/fields/collision_ack/0/agreed_by",
        ]
        assert scoped["errors"][0]["message"] == f'there is no item "{secret}"'


class TestVotes:
    def test_a_delegate_does_not_outvote_the_person_they_stand_in_for(
        self, organisation: Organisation
    ) -> None:
        """A rejection in person is not made an approval by the one who holds the delegation."""
        key = normal(organisation, item(organisation, "votes-1", criticality=4), FROM, TO, **HIGH)
        to_authorize(organisation, key)
        lent = {
            "from_actor": "finn",
            "to_actor": "dana",
            "ends_at": "2026-11-20T09:00:00Z",
            "workspace": "OPS",
        }
        organisation.finn.send("POST", "/delegations", lent, expect=201)
        organisation.finn.vote(key, "itil.change_approval", "reject")
        body = {"decision": "approve", "on_behalf_of": "finn"}

        path = f"/items/{key}/approvals/itil.change_approval"
        problem = organisation.dana.send("POST", path, body, expect=409)
        [waiting] = organisation.carl.get("/approvals", status="pending", item=key)["approvals"]

        assert problem["blockers"][0]["message"] == "Finn has voted in person"
        assert waiting["summary"] == "0 for, 1 against; decided when 3 have voted, by majority"

    def test_a_refusal_stands_until_something_has_changed(self, organisation: Organisation) -> None:
        """It is not asked for again and again until somebody agrees."""
        key = normal(organisation, item(organisation, "votes-2"), FROM, TO)
        to_authorize(organisation, key)
        organisation.lea.vote(key, "itil.change_approval", "reject")
        path = f"/items/{key}/approvals/itil.change_approval/rounds"

        problem = organisation.carl.send("POST", path, {}, expect=409)
        organisation.maya.edit(key, implementation_plan="Upgrade the standby, and the rest a week later.")
        after = organisation.carl.send("POST", path, {}, expect=201)

        assert problem["blockers"][0]["message"].endswith("since then nothing has changed")
        assert [(each["round"], each["status"]) for each in after["approvals"]] == [(2, "pending")]


class TestNamesOfPeople:
    def test_nobody_is_named_who_is_switched_off(self, organisation: Organisation) -> None:
        """They cannot confirm, and could not decline either."""
        organisation.admin.send("POST", "/actors", {"id": "gone", "name": "Gone"}, expect=201)
        organisation.admin.send("POST", "/actors/gone/deactivation")
        key = normal(organisation, item(organisation, "gone-1"), FROM, TO)

        body = {"fields": {"implementer": "gone"}}
        problem = organisation.maya.send("PATCH", f"/items/{key}", body, expect=422)

        assert problem["errors"][0]["message"] == "gone is switched off: name somebody who is in use"
