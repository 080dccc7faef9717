"""People look for a way around others by what their own office lets them do, through HTTP: none is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from patience import PATIENCE
from processes import PLAIN

from .conftest import Organization, Person, serving
from .test_decisions_hold import HIGH, listed
from .test_itil_change import LOW_RISK, MEDIUM_RISK, PLANS, REASON, item, normal, to_authorize

FROM, TO = "2026-12-15T10:00:00Z", "2026-12-15T12:00:00Z"
APPROVAL = "itil.change_approval"


@pytest.fixture(scope="module")
def organization(
    opened: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Organization]:
    """One server for all tests here, each of which has items of its own; governance is switched on too."""
    folder, token = opened
    place = tmp_path_factory.mktemp("offices")
    shutil.copytree(folder, place, dirs_exist_ok=True)
    with serving(place) as base, closing(Organization(base, token)) as organization:
        methods = ["itil", "governance", "integration"]
        organization.admin.send("PATCH", "/workspaces/OPS", {"methods": methods})
        organization.assign("governance.risk_owner", "otto")
        yield organization


@contextmanager
def invited(organization: Organization, person: str) -> Iterator[Person]:
    """Somebody with the token that a new invitation gives."""
    code = organization.admin.send("POST", f"/actors/{person}/invitations", expect=201)["code"]
    answer = httpx.post(
        f"{organization.base}/api/v1/tokens", json={"code": code}, timeout=PATIENCE, verify=PLAIN
    )
    assert answer.status_code == 201, answer.text
    with closing(Person(organization.base, answer.json()["token"])) as found:
        yield found


def checks(problem: Any) -> list[str]:
    return [blocker["check"] for blocker in problem["blockers"]]


class TestAnAdministrator:
    def test_gives_themselves_no_role_where_another_could(self, organization: Organization) -> None:
        """Alone they have to; the history of the workspace has it."""
        role = "/workspaces/OPS/roles/itil.delegated_change_authority"
        organization.admin.send("PUT", role, {"actors": ["lea", "root"]})
        organization.admin.send("PUT", role, {"actors": ["lea"]})
        organization.admin.send("POST", "/actors", {"id": "rita", "name": "Rita", "admin": True}, expect=201)
        try:
            problem = organization.admin.send("PUT", role, {"actors": ["lea", "root"]}, expect=403)
            organization.admin.send("PUT", role, {"actors": ["lea", "rita"]})
            organization.admin.send("PUT", role, {"actors": ["lea"]})
        finally:
            organization.admin.send("PATCH", "/actors/rita", {"admin": False})

        assert problem["detail"] == (
            "nobody gives themselves a role: Rita can give root the role delegated change authority"
        )
        assert problem["needs"] == ["rita"]

    def test_decides_for_nobody_by_an_invitation_that_they_would_not_notice(
        self, organization: Organization
    ) -> None:
        """Who uses a second invitation takes the person's own tokens away, and the history has both."""
        with invited(organization, "gina") as gina, invited(organization, "gina") as another:
            another.get("/me")
            gina.send("GET", "/me", expect=401)

        kinds = ["invited", "token_revoked", "token_issued"]
        events = organization.admin.get("/installation/events", kind=kinds, limit=500)["events"][-3:]
        assert [(each["kind"], each["actor"]) for each in events] == [
            ("invited", "root"), ("token_revoked", "gina"), ("token_issued", "gina"),
        ]  # fmt: skip
        assert len({each["invitation"] for each in events}) == 1

    def test_has_no_votes_from_machines(self, organization: Organization) -> None:
        """A service account with a role of the board is not a member of it: people decide."""
        robot = {"id": "robot", "name": "Robot", "kind": "service"}
        organization.admin.send("POST", "/actors", robot, expect=201)
        organization.assign("itil.cab_member", "finn", "gina", "dana", "emil", "robot")
        organization.assign("itil.change_manager", "carl", "robot")
        key = normal(organization, item(organization, "machine-1", criticality=4), FROM, TO, **HIGH)
        to_authorize(organization, key)

        with invited(organization, "robot") as machine:
            path = f"/items/{key}/approvals/{APPROVAL}"
            vote = machine.send("POST", path, {"decision": "approve"}, expect=403)
            refused = machine.refused(key, "accept_short_notice", REASON)

        assert vote["detail"] == "Robot is a service account, and people decide: it cannot vote"
        assert refused["token.service"]["message"] == (
            "Robot is a service account, and Accept short notice is for people to decide"
        )
        assert refused["token.service"]["remedy"] == "ask Carl"
        organization.assign("itil.change_manager", "carl")
        organization.assign("itil.cab_member", "finn", "gina", "dana", "emil")


class TestAnInitiator:
    def test_takes_nobodys_vote_away_by_naming_them(self, organization: Organization) -> None:
        """The owner who could refuse it, and a member of the board, would be implementers until it is decided."""
        organization.assign("itil.change_implementer", "ravi", "dana")
        key = normal(organization, item(organization, "named-1", criticality=5), FROM, TO, **HIGH)
        to_authorize(organization, key)

        said = [
            organization.maya.send("PATCH", f"/items/{key}", {"fields": {"implementer": person}}, expect=409)
            for person in ("otto", "dana")
        ]
        for person in ("finn", "gina", "dana"):
            getattr(organization, person).vote(key, APPROVAL)
        vetoing = organization.maya.send(
            "PATCH", f"/items/{key}", {"fields": {"implementer": "otto"}}, expect=409
        )

        assert [each["blockers"][0]["message"] for each in said] == [
            f"{person} decides on Authorization by the change authority, and could not any more when named as"
            " implementer"
            for person in ("Otto", "Dana")
        ]
        assert checks(vetoing) == ["segregation.vote_lost"]
        assert organization.otto.vote(key, APPROVAL, "reject")["approvals"][0]["status"] == "refused"

    def test_names_nobody_as_implementer_who_implements_nothing(self, organization: Organization) -> None:
        """Named before anybody is asked, and replaced once it is decided."""
        key = normal(
            organization, item(organization, "named-2", criticality=5), FROM, TO, implementer="otto", **HIGH
        )
        organization.maya.move(key, "submit")
        organization.ravi.attach(key, "test_result")

        refused = organization.carl.refused(key, "request_authorization")

        assert refused["itil.implementer_able"]["message"] == (
            "Otto is named as implementer, and is neither change implementer nor resolver"
        )
        assert refused["itil.implementer_able"]["remedy"].startswith("name Ravi")

    def test_has_a_board_decide_anew_once_a_member_is_not_named_any_more(
        self, organization: Organization
    ) -> None:
        """She would have been asked too; neither an edit nor the move that begins the work passes her by."""
        organization.assign("itil.change_implementer", "ravi", "dana")
        key = normal(
            organization, item(organization, "named-3", criticality=4), FROM, TO, implementer="dana", **HIGH
        )
        to_authorize(organization, key)
        for person in ("finn", "gina", "emil"):
            getattr(organization, person).vote(key, APPROVAL)
        organization.carl.move(key, "authorize_change")

        sent = organization.ravi.refused(key, "start_implementation", implementer="ravi")
        edited = organization.maya.edit(key, implementer="ravi")

        assert "itil.approval_current" in sent
        assert [(each["status"], each["summary"]) for each in edited["approvals"]] == [
            ("voided", "voided: Dana may decide it now, and could not when it was asked for")
        ]


class TestAConfigurationManager:
    def test_does_not_take_an_owners_veto_away_while_the_board_is_asked(
        self, organization: Organization
    ) -> None:
        """The item is a friend's while it is asked for, and the owner's again before the vote."""
        ci = item(organization, "veto-1", criticality=5)
        organization.cora.edit(ci, owner="fred")
        key = normal(organization, ci, FROM, TO, **HIGH)
        to_authorize(organization, key)
        for person in ("finn", "gina", "dana"):
            getattr(organization, person).vote(key, APPROVAL)

        organization.cora.edit(ci, owner="otto")
        refused = organization.carl.refused(key, "authorize_change")
        organization.maya.edit(key, users_affected=10)

        assert refused["itil.approval_quorum"]["message"].endswith(
            "vetoing owners changed since it was asked for"
        )
        [round] = organization.maya.get(f"/items/{key}")["approvals"]
        assert (round["round"], round["status"]) == (2, "pending")
        assert organization.otto.vote(key, APPROVAL, "reject")["approvals"][0]["status"] == "refused"

    def test_names_no_machine_where_a_person_answers(self, organization: Organization) -> None:
        """`system` owns nothing, does nothing and agrees to nothing."""
        ci = item(organization, "veto-2", criticality=5)
        key = normal(organization, ci, FROM, TO)

        for person, of, name in (
            ("cora", ci, "owner"), ("maya", key, "implementer"), ("maya", key, "pir_reviewer"),
        ):  # fmt: skip
            body = {"fields": {name: "system"}}
            problem = getattr(organization, person).send("PATCH", f"/items/{of}", body, expect=422)
            assert problem["errors"][0]["pointer"] == f"/fields/{name}"


class TestAChangeManager:
    def test_exempts_from_a_freeze_and_not_from_the_blackout_that_came_after_it(
        self, organization: Organization
    ) -> None:
        """An IT director was not asked for the freeze, and decides on the blackout; who raised the change does not."""
        organization.assign("itil.it_director", "ivy", "maya")
        ci = item(organization, "frozen-2")
        times = {"start": "2026-12-14T00:00:00Z", "end": "2026-12-16T00:00:00Z", "scope": [ci]}
        organization.carl.create("itil.change_window", "Quarter end", kind="freeze", **times)
        key = normal(organization, ci, FROM, TO)
        to_authorize(organization, key)
        organization.lea.vote(key, APPROVAL)
        organization.maya.move(key, "request_exemption", REASON)
        for person in ("carl", "otto"):
            getattr(organization, person).vote(key, "itil.freeze_exemption")
        before = listed(organization, "carl", key, "authorize_change")["allowed"]

        organization.carl.create("itil.change_window", "Audit", kind="blackout", **times)

        assert before
        assert "itil.window_allows" in organization.carl.refused(key, "authorize_change")
        [exempted] = [
            each
            for each in organization.maya.get(f"/items/{key}")["approvals"]
            if each["approval"] != APPROVAL
        ]
        assert exempted["summary"] == "voided: Ivy may decide it now, and could not when it was asked for"

    def test_does_not_decide_on_their_own_test_result(self, organization: Organization) -> None:
        """Who brings the evidence that is asked for does not judge it; nor after the vote."""
        key = normal(organization, item(organization, "tested-1", criticality=4), FROM, TO, **MEDIUM_RISK)
        organization.maya.move(key, "submit")
        organization.carl.attach(key, "test_result")
        organization.carl.move(key, "request_authorization")
        other = normal(organization, item(organization, "tested-2"), FROM, TO)
        to_authorize(organization, other)
        organization.lea.vote(other, APPROVAL)

        problem = organization.carl.vote(key, APPROVAL, expect=409)
        evidence = {"kind": "test_result", "url": "https://tests.example/1"}
        late = organization.lea.send("POST", f"/items/{other}/evidence", evidence, expect=409)

        assert problem["blockers"][0]["message"] == (
            "who raises, writes, tests or implements a change does not vote on it: Carl attached the test result"
        )
        assert checks(late) == ["itil.sod_authorize"]


class TestAServiceOwner:
    def test_accepts_no_error_with_a_risk_that_the_director_has_not_seen(
        self, organization: Organization
    ) -> None:
        """One risk was accepted by both; another is raised before the error is accepted."""
        key = self.known_error(organization)
        self.risk(organization, key, 4)
        organization.otto.move(key, "request_acceptance")
        organization.ivy.vote(key, "integration.error_acceptance")
        before = listed(organization, "otto", key, "accept_known_error")

        self.risk(organization, key, 5)
        after = organization.otto.refused(key, "accept_known_error", REASON, review_on="2027-03-01")

        assert "integration.error_risk" not in checks(before)
        assert "integration.error_risk" in after
        organization.otto.move(key, "request_acceptance")
        organization.ivy.vote(key, "integration.error_acceptance")
        assert (
            organization.otto.move(key, "accept_known_error", REASON, review_on="2027-03-01")["state"]
            == "accepted"
        )

    def known_error(self, organization: Organization) -> str:
        ci = item(organization, "relay")
        key = organization.pia.create(
            "itil.problem", "The relay loses mail", source="supplier", impact=2, urgency=2, cis=[ci]
        )
        organization.pia.move(key, "start_investigation")
        organization.rosa.attach(key, "rca")
        organization.pia.move(
            key, "identify_known_error", root_cause="The queue has no limit.", rca_method="five_whys",
            cause_category="configuration", workaround="Empty it.", workaround_tested_at="2026-11-16T08:00:00Z",
            known_error_article="If mail is late, empty the queue.",
        )  # fmt: skip
        return key

    def risk(self, organization: Organization, problem: str, impact: int) -> None:
        """A likely risk of the problem."""
        said = {"cause": "No limit", "event": "It was full", "effect": "Late", "kind": "threat"}
        key = organization.otto.create(
            "governance.risk", "Mail is lost", **said, probability_percent="90", impact_level=impact
        )
        organization.otto.link(key, "governance.raised_from", problem)


class TestAnIncidentManager:
    def test_waives_one_fix_and_not_the_next(self, organization: Organization) -> None:
        """The incident may be closed before this change ends, and before no other."""
        key = organization.uma.create(
            "itil.incident", "Down", summary="Down", symptoms="No page loads.", channel="portal"
        )
        first, second = (
            organization.maya.create("itil.change", "Fix", type="normal", reason="fix", **PLANS, **LOW_RISK)
            for _ in range(2)
        )
        organization.sam.link(key, "itil.fixed_by_change", first)
        wish = {
            "gate": "itil.change_fix_done",
            "reason": "a workaround is enough",
            "expires_at": "2026-11-30T00:00:00Z",
        }
        made = organization.sam.send("POST", f"/items/{key}/waivers", wish, expect=201)
        organization.ines.send("POST", f"/items/{key}/waivers/{made['id']}/decision", {"grant": True})
        organization.sam.move(
            key, "triage", impact=3, urgency=3, category="web", no_item_reason="not known yet", group="web"
        )
        organization.rosa.move(key, "start_work", assignee="rosa")
        organization.rosa.move(
            key, "resolve", resolution_code="workaround", resolution_notes="Restarted the web server by hand."
        )
        before = listed(organization, "uma", key, "close")["allowed"]

        organization.rosa.link(key, "itil.fixed_by_change", second)

        assert before
        assert "itil.fix_change_final" in organization.uma.refused(key, "close")
