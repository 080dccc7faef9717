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

from .conftest import Organisation, Person, serving
from .test_decisions_hold import HIGH, listed
from .test_itil_change import LOW_RISK, MEDIUM_RISK, PLANS, REASON, item, normal, to_authorize

FROM, TO = "2026-12-15T10:00:00Z", "2026-12-15T12:00:00Z"
APPROVAL = "itil.change_approval"


@pytest.fixture(scope="module")
def organisation(
    opened: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Organisation]:
    """One server for all tests here, each of which has items of its own; governance is switched on too."""
    folder, token = opened
    place = tmp_path_factory.mktemp("offices")
    shutil.copytree(folder, place, dirs_exist_ok=True)
    with serving(place) as base, closing(Organisation(base, token)) as organisation:
        methods = ["itil", "governance", "integration"]
        organisation.admin.send("PATCH", "/workspaces/OPS", {"methods": methods})
        organisation.assign("governance.risk_owner", "otto")
        yield organisation


@contextmanager
def invited(organisation: Organisation, person: str) -> Iterator[Person]:
    """Somebody with the token that a new invitation gives."""
    code = organisation.admin.send("POST", f"/actors/{person}/invitations", expect=201)["code"]
    answer = httpx.post(
        f"{organisation.base}/api/v1/tokens", json={"code": code}, timeout=PATIENCE, verify=PLAIN
    )
    assert answer.status_code == 201, answer.text
    with closing(Person(organisation.base, answer.json()["token"])) as found:
        yield found


def checks(problem: Any) -> list[str]:
    return [blocker["check"] for blocker in problem["blockers"]]


class TestAnAdministrator:
    def test_gives_themselves_no_role_where_another_could(self, organisation: Organisation) -> None:
        """Alone they have to; the history of the workspace has it."""
        role = "/workspaces/OPS/roles/itil.delegated_change_authority"
        organisation.admin.send("PUT", role, {"actors": ["lea", "root"]})
        organisation.admin.send("PUT", role, {"actors": ["lea"]})
        organisation.admin.send("POST", "/actors", {"id": "rita", "name": "Rita", "admin": True}, expect=201)
        try:
            problem = organisation.admin.send("PUT", role, {"actors": ["lea", "root"]}, expect=403)
            organisation.admin.send("PUT", role, {"actors": ["lea", "rita"]})
            organisation.admin.send("PUT", role, {"actors": ["lea"]})
        finally:
            organisation.admin.send("PATCH", "/actors/rita", {"admin": False})

        assert problem["detail"] == (
            "nobody gives themselves a role: rita can give root the role itil.delegated_change_authority"
        )
        assert problem["needs"] == ["rita"]

    def test_decides_for_nobody_by_an_invitation_that_they_would_not_notice(
        self, organisation: Organisation
    ) -> None:
        """Who uses a second invitation takes the person's own tokens away, and the history has both."""
        with invited(organisation, "gina") as gina, invited(organisation, "gina") as another:
            another.get("/me")
            gina.send("GET", "/me", expect=401)

        kinds = ["invited", "token_revoked", "token_issued"]
        events = organisation.admin.get("/installation/events", kind=kinds, limit=500)["events"][-3:]
        assert [(each["kind"], each["actor"]) for each in events] == [
            ("invited", "root"), ("token_revoked", "gina"), ("token_issued", "gina"),
        ]  # fmt: skip
        assert len({each["invitation"] for each in events}) == 1

    def test_has_no_votes_from_machines(self, organisation: Organisation) -> None:
        """A service account with a role of the board is not a member of it: people decide."""
        robot = {"id": "robot", "name": "Robot", "kind": "service"}
        organisation.admin.send("POST", "/actors", robot, expect=201)
        organisation.assign("itil.cab_member", "finn", "gina", "dana", "emil", "robot")
        organisation.assign("itil.change_manager", "carl", "robot")
        key = normal(organisation, item(organisation, "machine-1", criticality=4), FROM, TO, **HIGH)
        to_authorize(organisation, key)

        with invited(organisation, "robot") as machine:
            path = f"/items/{key}/approvals/{APPROVAL}"
            vote = machine.send("POST", path, {"decision": "approve"}, expect=403)
            refused = machine.refused(key, "accept_short_notice", REASON)

        assert vote["detail"] == "robot is a service account, and people decide: it cannot vote"
        assert refused["token.service"]["message"] == (
            "Robot is a service account, and Accept short notice is for people to decide"
        )
        assert refused["token.service"]["remedy"] == "ask Carl"
        organisation.assign("itil.change_manager", "carl")
        organisation.assign("itil.cab_member", "finn", "gina", "dana", "emil")


class TestAnInitiator:
    def test_takes_nobodys_vote_away_by_naming_them(self, organisation: Organisation) -> None:
        """The owner who could refuse it, and a member of the board, would be implementers until it is decided."""
        organisation.assign("itil.change_implementer", "ravi", "dana")
        key = normal(organisation, item(organisation, "named-1", criticality=5), FROM, TO, **HIGH)
        to_authorize(organisation, key)

        said = [
            organisation.maya.send("PATCH", f"/items/{key}", {"fields": {"implementer": person}}, expect=409)
            for person in ("otto", "dana")
        ]
        for person in ("finn", "gina", "dana"):
            getattr(organisation, person).vote(key, APPROVAL)
        vetoing = organisation.maya.send(
            "PATCH", f"/items/{key}", {"fields": {"implementer": "otto"}}, expect=409
        )

        assert [each["blockers"][0]["message"] for each in said] == [
            f"{person} decides on Authorization by the change authority, and could not any more when named as"
            " implementer"
            for person in ("Otto", "Dana")
        ]
        assert checks(vetoing) == ["segregation.vote_lost"]
        assert organisation.otto.vote(key, APPROVAL, "reject")["approvals"][0]["status"] == "refused"

    def test_names_nobody_as_implementer_who_implements_nothing(self, organisation: Organisation) -> None:
        """Named before anybody is asked, and replaced once it is decided."""
        key = normal(
            organisation, item(organisation, "named-2", criticality=5), FROM, TO, implementer="otto", **HIGH
        )
        organisation.maya.move(key, "submit")
        organisation.ravi.attach(key, "test_result")

        refused = organisation.carl.refused(key, "request_authorization")

        assert refused["itil.implementer_able"]["message"] == (
            "Otto is named as implementer, and does not hold change implementer or resolver"
        )

    def test_has_a_board_decide_anew_once_a_member_is_not_named_any_more(
        self, organisation: Organisation
    ) -> None:
        """She would have been asked too; neither an edit nor the move that begins the work passes her by."""
        organisation.assign("itil.change_implementer", "ravi", "dana")
        key = normal(
            organisation, item(organisation, "named-3", criticality=4), FROM, TO, implementer="dana", **HIGH
        )
        to_authorize(organisation, key)
        for person in ("finn", "gina", "emil"):
            getattr(organisation, person).vote(key, APPROVAL)
        organisation.carl.move(key, "authorize_change")

        sent = organisation.ravi.refused(key, "start_implementation", implementer="ravi")
        edited = organisation.maya.edit(key, implementer="ravi")

        assert "itil.approval_current" in sent
        assert [(each["status"], each["summary"]) for each in edited["approvals"]] == [
            ("voided", "voided: others decide it now than were asked")
        ]


class TestAConfigurationManager:
    def test_does_not_take_an_owners_veto_away_while_the_board_is_asked(
        self, organisation: Organisation
    ) -> None:
        """The item is a friend's while it is asked for, and the owner's again before the vote."""
        ci = item(organisation, "veto-1", criticality=5)
        organisation.cora.edit(ci, owner="fred")
        key = normal(organisation, ci, FROM, TO, **HIGH)
        to_authorize(organisation, key)
        for person in ("finn", "gina", "dana"):
            getattr(organisation, person).vote(key, APPROVAL)

        organisation.cora.edit(ci, owner="otto")
        refused = organisation.carl.refused(key, "authorize_change")
        organisation.maya.edit(key, users_affected=10)

        assert refused["itil.approval_quorum"]["message"].endswith(
            "vetoing owners changed since it was asked for"
        )
        [round] = organisation.maya.get(f"/items/{key}")["approvals"]
        assert (round["round"], round["status"]) == (2, "pending")
        assert organisation.otto.vote(key, APPROVAL, "reject")["approvals"][0]["status"] == "refused"

    def test_names_no_machine_where_a_person_answers(self, organisation: Organisation) -> None:
        """`system` owns nothing, does nothing and agrees to nothing."""
        ci = item(organisation, "veto-2", criticality=5)
        key = normal(organisation, ci, FROM, TO)

        for person, of, name in (
            ("cora", ci, "owner"), ("maya", key, "implementer"), ("maya", key, "pir_reviewer"),
        ):  # fmt: skip
            body = {"fields": {name: "system"}}
            problem = getattr(organisation, person).send("PATCH", f"/items/{of}", body, expect=422)
            assert problem["errors"][0]["pointer"] == f"/fields/{name}"


class TestAChangeManager:
    def test_exempts_from_a_freeze_and_not_from_the_blackout_that_came_after_it(
        self, organisation: Organisation
    ) -> None:
        """The IT director was not asked for the freeze, and decides on the blackout."""
        ci = item(organisation, "frozen-2")
        times = {"start": "2026-12-14T00:00:00Z", "end": "2026-12-16T00:00:00Z", "scope": [ci]}
        organisation.carl.create("itil.change_window", "Quarter end", kind="freeze", **times)
        key = normal(organisation, ci, FROM, TO)
        to_authorize(organisation, key)
        organisation.lea.vote(key, APPROVAL)
        organisation.maya.move(key, "request_exemption", REASON)
        for person in ("carl", "otto"):
            getattr(organisation, person).vote(key, "itil.freeze_exemption")
        before = listed(organisation, "carl", key, "authorize_change")["allowed"]

        organisation.carl.create("itil.change_window", "Audit", kind="blackout", **times)

        assert before
        assert "itil.window_allows" in organisation.carl.refused(key, "authorize_change")
        [exempted] = [
            each
            for each in organisation.maya.get(f"/items/{key}")["approvals"]
            if each["approval"] != APPROVAL
        ]
        assert exempted["summary"] == "voided: others decide it now than were asked"

    def test_does_not_decide_on_their_own_test_result(self, organisation: Organisation) -> None:
        """Who brings the evidence that is asked for does not judge it; nor after the vote."""
        key = normal(organisation, item(organisation, "tested-1", criticality=4), FROM, TO, **MEDIUM_RISK)
        organisation.maya.move(key, "submit")
        organisation.carl.attach(key, "test_result")
        organisation.carl.move(key, "request_authorization")
        other = normal(organisation, item(organisation, "tested-2"), FROM, TO)
        to_authorize(organisation, other)
        organisation.lea.vote(other, APPROVAL)

        problem = organisation.carl.vote(key, APPROVAL, expect=409)
        evidence = {"kind": "test_result", "url": "https://tests.example/1"}
        late = organisation.lea.send("POST", f"/items/{other}/evidence", evidence, expect=409)

        assert problem["blockers"][0]["message"] == (
            "who raises, writes, tests or implements a change does not vote on it: Carl attached the test result"
        )
        assert checks(late) == ["itil.sod_authorize"]


class TestAServiceOwner:
    def test_accepts_no_error_with_a_risk_that_the_director_has_not_seen(
        self, organisation: Organisation
    ) -> None:
        """One risk was accepted by both; another is raised before the error is accepted."""
        key = self.known_error(organisation)
        self.risk(organisation, key, 4)
        organisation.otto.move(key, "request_acceptance")
        organisation.ivy.vote(key, "integration.error_acceptance")
        before = listed(organisation, "otto", key, "accept_known_error")

        self.risk(organisation, key, 5)
        after = organisation.otto.refused(key, "accept_known_error", REASON, review_on="2027-03-01")

        assert "integration.error_risk" not in checks(before)
        assert "integration.error_risk" in after
        organisation.otto.move(key, "request_acceptance")
        organisation.ivy.vote(key, "integration.error_acceptance")
        assert (
            organisation.otto.move(key, "accept_known_error", REASON, review_on="2027-03-01")["state"]
            == "accepted"
        )

    def known_error(self, organisation: Organisation) -> str:
        ci = item(organisation, "relay")
        key = organisation.pia.create(
            "itil.problem", "The relay loses mail", source="supplier", impact=2, urgency=2, cis=[ci]
        )
        organisation.pia.move(key, "start_investigation")
        organisation.rosa.attach(key, "rca")
        organisation.pia.move(
            key, "identify_known_error", root_cause="The queue has no limit.", rca_method="five_whys",
            cause_category="configuration", workaround="Empty it.", workaround_tested_at="2026-11-16T08:00:00Z",
            known_error_article="If mail is late, empty the queue.",
        )  # fmt: skip
        return key

    def risk(self, organisation: Organisation, problem: str, impact: int) -> None:
        """A likely risk of the problem."""
        said = {"cause": "No limit", "event": "It was full", "effect": "Late", "kind": "threat"}
        key = organisation.otto.create(
            "governance.risk", "Mail is lost", **said, probability_percent="90", impact_level=impact
        )
        organisation.otto.link(key, "governance.raised_from", problem)


class TestAnIncidentManager:
    def test_waives_one_fix_and_not_the_next(self, organisation: Organisation) -> None:
        """The incident may be closed before this change ends, and before no other."""
        key = organisation.uma.create(
            "itil.incident", "Down", summary="Down", symptoms="No page loads.", channel="portal"
        )
        first, second = (
            organisation.maya.create("itil.change", "Fix", type="normal", reason="fix", **PLANS, **LOW_RISK)
            for _ in range(2)
        )
        organisation.sam.link(key, "itil.fixed_by_change", first)
        wish = {
            "gate": "itil.change_fix_done",
            "reason": "a workaround is enough",
            "expires_at": "2026-11-30T00:00:00Z",
        }
        made = organisation.sam.send("POST", f"/items/{key}/waivers", wish, expect=201)
        organisation.ines.send("POST", f"/items/{key}/waivers/{made['id']}/decision", {"grant": True})
        organisation.sam.move(
            key, "triage", impact=3, urgency=3, category="web", no_item_reason="not known yet", group="web"
        )
        organisation.rosa.move(key, "start_work", assignee="rosa")
        organisation.rosa.move(
            key, "resolve", resolution_code="workaround", resolution_notes="Restarted the web server by hand."
        )
        before = listed(organisation, "uma", key, "close")["allowed"]

        organisation.rosa.link(key, "itil.fixed_by_change", second)

        assert before
        assert "itil.fix_change_final" in organisation.uma.refused(key, "close")
