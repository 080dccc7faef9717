"""Decisions hold while rules are changed around them, through HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import pytest
from post import eventually

from .conftest import Organization, serving
from .test_itil_change import MEDIUM_RISK, failed_change, item, normal, scheduled, to_authorize


@pytest.fixture(scope="module")
def governed(opened: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    """A server whose rules change with a second person: the IT director, or another administrator."""
    folder, token = opened
    own = tmp_path_factory.mktemp("governed_rules")
    shutil.copytree(folder, own, dirs_exist_ok=True)
    with serving(own) as base, closing(Organization(base, token)) as organization:
        body = {"governed": True, "governed_by": ["itil.it_director"]}
        organization.admin.send("PATCH", "/workspaces/OPS", body)
        yield organization


def propose(organization: Organization, **body: Any) -> dict[str, Any]:
    """The administrator's proposal."""
    return dict(organization.admin.send("PATCH", "/workspaces/OPS", body, expect=202))


def appoint(organization: Organization, role: str, *people: str) -> None:
    """A change that the administrator proposes and the director approves."""
    path = f"/workspaces/OPS/roles/{role}"
    proposal = organization.admin.send("PUT", path, {"actors": list(people)}, expect=202)
    one = f"/workspaces/OPS/proposals/{proposal['id']}"
    assert organization.ivy.send("POST", one, {"decision": "approve"})["status"] == "applied"


class TestRulesAreChangedByTwo:
    def test_a_gate_is_not_only_observed_until_a_second_person_agrees(self, governed: Organization) -> None:
        """One person alone cannot let a change pass with one vote of three, nor hide that it was tried."""
        path = "/workspaces/OPS"
        before = governed.admin.get(path)

        proposal = propose(governed, gate_modes={"itil.approval_valid": "observe"})

        assert proposal["needs"] == ["administrator", "itil.it_director"]
        assert len(proposal["digest"]) == 64
        assert proposal["changes"] == {"gate_modes": [{}, {"itil.approval_valid": "observe"}]}
        assert governed.admin.get(path)["gate_modes"] == before["gate_modes"] == {}
        decision, one = {"decision": "approve"}, f"{path}/proposals/{proposal['id']}"
        own = governed.admin.send("POST", one, decision, expect=409)
        assert own["blockers"][0]["gate"] == "segregation"
        governed.carl.send("POST", one, decision, expect=403)
        assert [each["id"] for each in governed.ivy.get("/me/worklist")["proposals"]] == [proposal["id"]]
        assert governed.carl.get("/me/worklist")["proposals"] == []
        assert governed.ivy.send("POST", one, decision)["status"] == "applied"
        assert governed.admin.get(path)["gate_modes"] == {"itil.approval_valid": "observe"}
        events = governed.admin.get("/events", workspace="OPS", kind="workspace_changed")["events"]
        assert (events[-1]["actor"], events[-1]["proposal"]["by"]) == ("ivy", "root")

    @pytest.mark.parametrize(
        "body",
        [
            {"settings": {"itil": {"risk_bands": [5, 10, 20]}}},
            {"methods": [], "gate_modes": {}},
            {"calendars": {"default": {"zone": "Europe/Vienna"}}},
            {"notification_rules": {"core.comment": {"off": True}}},
            {"record_refusals": False},
            {"longest_delegation": "P365D"},
            {"effects_with": ["OPS"]},
            {"governed": False},
            {"governed": ["methods"]},
            {"name": "Harmless", "settings": {"itil": {"risk_bands": [5, 10, 20]}}},
        ],
        ids=[
            "settings",
            "methods",
            "calendars",
            "notifications",
            "refusals",
            "delegation",
            "effects",
            "off",
            "fewer",
            "hidden",
        ],
    )
    def test_no_rule_is_changed_alone(self, governed: Organization, body: dict[str, Any]) -> None:
        """The whole request waits, and its proposer can only withdraw it."""
        before = governed.admin.get("/workspaces/OPS")

        proposal = propose(governed, **body)

        after = governed.admin.get("/workspaces/OPS")
        assert {**after, "version": 0} == {**before, "version": 0}
        one = f"/workspaces/OPS/proposals/{proposal['id']}"
        assert governed.admin.send("POST", one, {"decision": "withdraw"})["status"] == "withdrawn"
        listed = governed.admin.get("/workspaces/OPS/proposals", limit=1)["proposals"]
        assert [(each["id"], each["status"]) for each in listed] == [(proposal["id"], "withdrawn")]

    def test_a_proposal_is_void_once_other_rules_were_changed(self, governed: Organization) -> None:
        """Who approves has seen the rules that it applies to."""
        first = propose(governed, settings={"itil": {"early_start": "PT1H"}})
        second = propose(governed, record_refusals=False)
        governed.ivy.send("POST", f"/workspaces/OPS/proposals/{second['id']}", {"decision": "approve"})

        one = f"/workspaces/OPS/proposals/{first['id']}"
        problem = governed.ivy.send("POST", one, {"decision": "approve"}, expect=409)

        assert [blocker["check"] for blocker in problem["blockers"]] == ["proposal.stale"]
        assert "early_start" not in governed.admin.get("/workspaces/OPS")["settings"].get("itil", {})


class TestWindowsAreDeclaredByTwo:
    WINDOWS = "/workspaces/OPS/windows"
    FREEZE: ClassVar[dict[str, Any]] = {
        "title": "Year end", "kind": "freeze", "start": "2026-12-20T00:00:00Z", "end": "2027-01-04T00:00:00Z",
    }  # fmt: skip

    def windows(self, organization: Organization) -> list[str]:
        found = organization.carl.get(self.WINDOWS, **{"from": "2026-12-19T00:00:00Z"})["windows"]
        return [each["title"] for each in found]

    def test_it_binds_nobody_until_a_second_person_agrees(self, governed: Organization) -> None:
        """The change manager proposes it, and the IT director declares it in the change manager's name."""
        proposal = governed.carl.send("POST", self.WINDOWS, self.FREEZE, expect=202)
        one = f"/workspaces/OPS/proposals/{proposal['id']}"

        assert self.windows(governed) == []
        [[before, after]] = proposal["changes"].values()
        assert (before, [each["title"] for each in after]) == ([], ["Year end"])
        governed.carl.send("POST", one, {"decision": "approve"}, expect=409)
        governed.maya.send("POST", one, {"decision": "approve"}, expect=403)
        assert governed.ivy.send("POST", one, {"decision": "approve"})["status"] == "applied"
        assert self.windows(governed) == ["Year end"]
        event = governed.admin.get("/events", workspace="OPS", kind="proposal_decided")["events"][-1]
        [key] = event["windows"]
        assert (event["actor"], event["proposal"]["by"]) == ("ivy", "carl")
        assert governed.carl.get(f"/items/{key}")["created_by"] == "carl"
        governed.ivy.send("POST", one, {"decision": "approve"}, expect=409)

    def test_nobody_makes_one_as_an_item(self, governed: Organization) -> None:
        """Neither is it proposed by somebody who may not declare one, or if it could not be declared."""
        fields = {name: value for name, value in self.FREEZE.items() if name != "title"} | {"scope": ["all"]}
        body = {"workspace": "OPS", "type": "itil.change_window", "title": "Alone", "fields": fields}
        problem = governed.carl.send("POST", "/items", body, expect=409)
        governed.maya.send("POST", self.WINDOWS, self.FREEZE, expect=403)
        governed.carl.send("POST", self.WINDOWS, self.FREEZE | {"end": "2026-12-01T00:00:00Z"}, expect=422)

        assert [each["check"] for each in problem["blockers"]] == ["window.governed"]
        assert "Alone" not in self.windows(governed)

    def test_one_that_only_allows_is_not_amended_alone_either(self, governed: Organization) -> None:
        """Two declared the maintenance window, and one does not stretch or withdraw it."""
        wish = self.FREEZE | {"title": "Sundays", "kind": "maintenance"}
        proposal = governed.carl.send("POST", self.WINDOWS, wish, expect=202)
        one = f"/workspaces/OPS/proposals/{proposal['id']}"
        governed.ivy.send("POST", one, {"decision": "approve"})
        event = governed.admin.get("/events", workspace="OPS", kind="proposal_decided")["events"][-1]
        [key] = event["windows"]

        longer = {"new_end": "2027-06-01T00:00:00Z"}
        governed.carl.move(key, "request_amendment", "the vendor needs more time", **longer)

        assert "itil.amendment_agreed" in governed.carl.refused(key, "amend_window")
        assert "itil.withdrawal_agreed" in governed.carl.refused(key, "withdraw_window", "it is not needed")
        governed.otto.vote(key, "itil.window_amendment")
        assert governed.carl.move(key, "amend_window")["fields"]["end"] == longer["new_end"]

    def test_who_may_no_longer_declare_one_has_none_declared(self, governed: Organization) -> None:
        """The proposer's right is read again when the proposal is decided."""
        proposal = governed.carl.send("POST", self.WINDOWS, self.FREEZE | {"title": "Late"}, expect=202)
        appoint(governed, "itil.change_manager", "dora")

        one = f"/workspaces/OPS/proposals/{proposal['id']}"
        governed.ivy.send("POST", one, {"decision": "approve"}, expect=403)
        appoint(governed, "itil.change_manager", "carl")

        assert "Late" not in self.windows(governed)
        assert governed.ivy.send("POST", one, {"decision": "reject"})["status"] == "rejected"


class TestWhatWasDecidedUnderOtherRules:
    def test_a_vote_of_a_lower_authority_counts_no_more_once_the_bands_are_put_back(
        self, organization: Organization
    ) -> None:
        """Bands widened so that one delegate decides, voted on, and put back: the change manager is asked."""
        ci = item(organization, "db-1", criticality=4)
        failed_change(organization, ci)
        key = normal(organization, ci, "2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z", **MEDIUM_RISK)
        bands(organization, 9, 12, 16)
        assert to_authorize(organization, key)["fields"]["risk_class"] == "low"
        organization.lea.vote(key, "itil.change_approval")

        bands(organization, 4, 9, 16)

        blockers = organization.carl.refused(key, "authorize_change")
        assert "itil.approval_quorum" in blockers

        def waiting() -> list[tuple[int, list[str], list[Any]]]:
            found = organization.carl.get("/approvals", status="pending", item=key)["approvals"]
            return [(each["round"], each["missing"], each["votes"]) for each in found]

        # The worker brings the computed class up to the rules, and so asks anew.
        assert eventually(lambda: waiting() == [(2, ["carl"], [])])
        organization.maya.edit(key, test_plan="Rehearse it on a copy, and compare the totals.")
        assert waiting() == [(3, ["carl"], [])]
        assert organization.carl.get(f"/items/{key}")["fields"]["risk_class"] == "medium"

    def test_an_authorization_does_not_outlive_the_rules_that_made_it_easy(
        self, organization: Organization
    ) -> None:
        """Authorized under wide bands, which are put back before the implementation begins: it does not begin."""
        ci = item(organization, "db-1", criticality=4)
        failed_change(organization, ci)
        bands(organization, 9, 12, 16)
        key = scheduled(organization, ci, "2026-11-18T10:00:00Z", "2026-11-18T12:00:00Z", **MEDIUM_RISK)
        bands(organization, 4, 9, 16)
        organization.clock("2026-11-18T10:00:00Z")

        blockers = organization.ravi.refused(key, "start_implementation")

        assert "itil.approval_current" in blockers


class TestWindowsThatBindOthers:
    def test_a_blackout_is_not_shortened_for_the_length_of_an_authorization(
        self, organization: Organization
    ) -> None:
        """Nobody edits it; the change manager asks, and those agree who could exempt from it."""
        times = {"start": "2026-11-30T00:00:00Z", "end": "2026-12-05T00:00:00Z"}
        window = organization.carl.create(
            "itil.change_window", "Closing", kind="blackout", scope=["all"], **times
        )
        ci = item(organization, "db-1")
        key = normal(organization, ci, "2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z")
        to_authorize(organization, key)
        organization.lea.vote(key, "itil.change_approval")

        body = {"fields": {"end": "2026-12-01T00:00:00Z"}}
        problem = organization.carl.send("PATCH", f"/items/{window}", body, expect=409)

        assert [blocker["check"] for blocker in problem["blockers"]] == ["frozen"]
        assert "itil.window_allows" in organization.carl.refused(key, "authorize_change")
        end = {"new_end": "2026-12-01T00:00:00Z"}
        organization.carl.move(window, "request_amendment", "the closing ends earlier", **end)
        assert "itil.amendment_agreed" in organization.carl.refused(window, "amend_window")
        organization.carl.vote(window, "itil.window_amendment", expect=409)
        for person in (organization.otto, organization.ivy):
            person.vote(window, "itil.window_amendment")
        assert organization.carl.move(window, "amend_window")["fields"]["end"] == "2026-12-01T00:00:00Z"
        assert organization.carl.move(key, "authorize_change")["state"] == "scheduled"

    def test_a_freeze_is_not_withdrawn_by_one_person(self, organization: Organization) -> None:
        """To cancel it is to exempt everybody from it."""
        window = organization.carl.create(
            "itil.change_window", "Year end", kind="freeze", scope=["all"], start="2026-12-20T00:00:00Z",
            end="2027-01-04T00:00:00Z",
        )  # fmt: skip

        blockers = organization.carl.refused(window, "withdraw_window", "it is in the way")

        assert set(blockers) == {"itil.withdrawal_agreed"}


def bands(organization: Organization, *highest: int) -> None:
    """The highest scores of the classes low, medium and high."""
    body = {"settings": {"itil": {"risk_bands": list(highest)}}}
    organization.admin.send("PATCH", "/workspaces/OPS", body)
