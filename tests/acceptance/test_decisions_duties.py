"""Who decides, against people who try: duties over writing, waivers and short notice, and names that are confirmed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .conftest import Organization, serving
from .test_itil_change import MEDIUM_RISK, PLANS, VERIFIED, emergency, item, normal, to_authorize

START, END = "2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z"


@pytest.fixture(scope="module")
def organization(
    opened: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Organization]:
    """One server for all tests here, each of which has items of its own."""
    folder, token = opened
    place = tmp_path_factory.mktemp("duties")
    shutil.copytree(folder, place, dirs_exist_ok=True)
    with serving(place) as base, closing(Organization(base, token)) as organization:
        organization.assign("itil.change_manager", "carl", "lea", "maya")
        organization.assign("itil.it_director", "ivy", "maya")
        yield organization


def answer(
    organization: Organization, person: str, key: str, confirmation: str, decision: str, *, expect: int = 200
) -> Any:
    path = f"/items/{key}/confirmations/itil.{confirmation}"
    return getattr(organization, person).send("PUT", path, {"decision": decision}, expect=expect)


def checks(problem: Any) -> list[str]:
    return [blocker["check"] for blocker in problem["blockers"]]


def implemented(organization: Organization, name: str) -> str:
    """An emergency that was done on dora's word, as ravi says."""
    key = emergency(organization, item(organization, name))
    organization.ravi.move(key, "implement_on_verbal")
    return key


class TestWritingWhatIsDecidedOn:
    def test_who_writes_a_friends_empty_change_does_not_authorize_it(
        self, organization: Organization
    ) -> None:
        """The change manager fills it in, and somebody else decides on it."""
        key = organization.maya.create(
            "itil.change", "A friend's change", type="normal", reason="maintenance", implementer="ravi",
            planned_start=START, planned_end=END, cis=[item(organization, "written-1", criticality=4)],
        )  # fmt: skip
        organization.carl.edit(key, **PLANS, **MEDIUM_RISK)
        organization.maya.move(key, "submit")
        organization.ravi.attach(key, "test_result")
        organization.carl.move(key, "request_authorization")

        problem = organization.carl.vote(key, "itil.change_approval", expect=409)
        asked = organization.lea.get(f"/items/{key}")["approvals"][0]["asked"]

        assert checks(problem) == ["itil.sod_authorize"]
        assert "Carl wrote" in problem["blockers"][0]["message"]
        assert asked == ["lea"]

    def test_who_authorizes_it_does_not_rewrite_it(self, organization: Organization) -> None:
        """It binds in both directions, in an edit and in the fields of a transition alike."""
        key = normal(organization, item(organization, "written-2", criticality=4), START, END, **MEDIUM_RISK)
        to_authorize(organization, key)
        organization.carl.vote(key, "itil.change_approval")

        edit = organization.carl.send("PATCH", f"/items/{key}", {"fields": {"test_plan": "None."}}, 409)
        moved = organization.carl.refused(key, "authorize_change", backout_plan="None.")

        assert checks(edit) == ["itil.sod_authorize"]
        assert edit["blockers"][0]["remedy"] == "have somebody else write test plan"
        assert "itil.sod_authorize" in moved

    def test_who_authorized_it_does_not_implement_it(self, organization: Organization) -> None:
        """In their own name or in that of somebody who names them; who may do it instead is named."""
        organization.assign("itil.change_implementer", "ravi", "lea", "finn")
        key = normal(organization, item(organization, "written-3"), START, END, implementer=None)
        to_authorize(organization, key)
        organization.lea.vote(key, "itil.change_approval")
        organization.carl.move(key, "authorize_change")

        named = organization.maya.send("PATCH", f"/items/{key}", {"fields": {"implementer": "lea"}}, 409)
        own = organization.lea.refused(key, "start_implementation")["itil.sod_authorize"]

        [blocker] = named["blockers"]
        assert blocker["message"] == (
            "Lea voted on Authorization by the change authority, so somebody else is named as implementer"
        )
        assert (blocker["remedy"], blocker["who"]) == ("name Ravi or Finn", ["ravi", "finn"])
        assert own["message"] == (
            "Lea voted on Authorization by the change authority, so Start implementation is for somebody else"
        )
        assert own["remedy"] == "ask Ravi or Finn"


class TestExceptions:
    def test_a_waiver_has_a_longest_time_and_stands_under_the_duties(
        self, organization: Organization
    ) -> None:
        """Not until 2199, and not by the one who raised the change, who could change the date and ask a friend."""
        key = normal(organization, item(organization, "waived-1"), START, END)
        wish = {"gate": "itil.tested", "reason": "there is no environment to test it in"}

        forever = organization.ravi.send(
            "POST", f"/items/{key}/waivers", wish | {"expires_at": "2199-01-01T00:00:00Z"}, expect=422
        )
        waiver = organization.ravi.send(
            "POST", f"/items/{key}/waivers", wish | {"expires_at": "2026-12-10T00:00:00Z"}, expect=201
        )
        decision = f"/items/{key}/waivers/{waiver['id']}/decision"
        own = organization.maya.send("POST", decision, {"grant": True}, expect=409)
        granted = organization.carl.send("POST", decision, {"grant": True})

        assert (
            "'Tested, or left to the CAB to decide' can be waived for 30 days at most"
            in forever["errors"][0]["message"]
        )
        assert checks(own) == ["itil.sod_exception"]
        assert granted["decided_by"] == "carl"

    def test_short_notice_is_not_accepted_by_the_initiator(self, organization: Organization) -> None:
        """Who needs an exception does not give it."""
        key = normal(organization, item(organization, "waived-2"), START, END)
        organization.maya.move(key, "submit")

        blockers = organization.maya.refused(key, "accept_short_notice", "the customer cannot wait for it")

        assert set(blockers) == {"itil.sod_exception"}


class TestSpokenAuthorization:
    def test_a_name_is_not_an_authorization(self, organization: Organization) -> None:
        """The duty manager is asked; where she does not answer in time, the change is shown as unauthorized."""
        key = implemented(organization, "spoken-1")
        asked = organization.dora.get("/me/worklist")["confirmations"]
        refused = answer(organization, "ravi", key, "spoken_authorization", "confirm", expect=409)
        organization.clock("2026-11-16T14:00:00Z")
        shown = organization.carl.get(
            "/items", workspace="OPS", type="itil.change", **{"field.unauthorized": "true"}
        )
        late = answer(organization, "dora", key, "spoken_authorization", "confirm", expect=409)

        assert [(each["item"]["key"], each["confirmation"]["status"]) for each in asked] == [(key, "pending")]
        assert refused["blockers"][0]["message"] == "Spoken authorization is for Dora alone to confirm"
        assert [each["key"] for each in shown["items"]] == [key]
        assert "the time to answer ended on Monday 16 November" in late["blockers"][0]["message"]

    def test_who_is_named_confirms_or_declines_it(self, organization: Organization) -> None:
        """With an event in her own name; a change that she declines is unauthorized at once."""
        confirmed, declined = (implemented(organization, f"spoken-{n}") for n in (2, 3))
        answer(organization, "dora", confirmed, "spoken_authorization", "confirm")
        after = answer(organization, "dora", declined, "spoken_authorization", "decline")
        organization.clock("2026-11-16T22:00:00Z")

        history = organization.carl.get(f"/items/{confirmed}/history")["events"]
        assert [event["actor"] for event in history if event["kind"] == "confirmed"] == ["dora"]
        assert organization.carl.get(f"/items/{confirmed}")["fields"]["unauthorized"] is False
        assert after["fields"]["unauthorized"] is True

    def test_who_raises_or_implements_it_does_not_authorize_it(self, organization: Organization) -> None:
        """Authorizer, raiser and implementer differ."""
        ci = item(organization, "spoken-4")
        fields = {"type": "emergency", "reason": "security", "cis": [ci], "implementer": "ravi"}
        own = organization.carl.create("itil.change", "Close the hole", **fields)

        problem = organization.ravi.send(
            "PATCH", f"/items/{own}", {"fields": {"verbal_authorizer": "carl"}}, expect=409
        )

        assert checks(problem) == ["itil.sod_spoken"]


class TestOneResolverAlone:
    """She reports a P1, raises an emergency for it, implements it on a name, and afterwards it was never so grave."""

    def test_has_no_p1_that_nobody_else_knows_of(self, organization: Organization) -> None:
        """The service desk triages it, and then she begins; who raises and implements it does not authorize it."""
        incident, key = self._alone(organization, "alone-1")

        own = organization.rosa.refused(key, "implement_on_verbal")["itil.verbal"]
        herself = organization.rosa.send(
            "PATCH", f"/items/{key}", {"fields": {"verbal_authorizer": "rosa"}}, expect=409
        )
        organization.sam.move(incident, "triage")

        assert own["message"] == (
            f"only people who raise or implement the change say that 'Down' ({incident}) has priority P1"
        )
        assert own["remedy"] == (
            "have Dora confirm the authorization before the work begins, or expedite the change"
        )
        assert checks(herself) == ["itil.sod_spoken"]
        assert organization.rosa.move(key, "implement_on_verbal")["state"] == "implement"

    def test_begins_at_night_when_the_duty_manager_has_confirmed(self, organization: Organization) -> None:
        """On her telephone: nobody else is awake who could triage the incident."""
        _, key = self._alone(organization, "alone-4")
        organization.rosa.refused(key, "implement_on_verbal")

        answer(organization, "dora", key, "spoken_authorization", "confirm")

        assert organization.rosa.move(key, "implement_on_verbal")["state"] == "implement"

    def test_makes_no_p1_of_what_others_rated_lower(self, organization: Organization) -> None:
        """Reported and triaged by others, and rated by her."""
        own, key = self._alone(organization, "alone-5")
        reported = organization.uma.create(
            "itil.incident", "Slow", summary="Slow", symptoms="It takes a minute.", channel="phone", impact=3,
            urgency=3, category="web", cis=[item(organization, "slow-5")],
        )  # fmt: skip
        organization.sam.move(reported, "triage")
        organization.rosa.send(
            "DELETE", f"/items/{key}/links/itil.raised_from/{own}?comment=it was linked by mistake"
        )
        organization.rosa.link(key, "itil.raised_from", reported)
        now = datetime.fromisoformat(organization.admin.get("/testing/clock")["now"])
        organization.clock((now + timedelta(minutes=5)).isoformat())

        organization.rosa.edit(reported, impact=1, urgency=1)

        assert (
            "has priority P1"
            in organization.rosa.refused(key, "implement_on_verbal")["itil.verbal"]["message"]
        )

    def test_makes_no_p1_of_what_an_incident_manager_set_lower(self, organization: Organization) -> None:
        """Ines sets it to P3, and she sets it to P1: the word of the former is not that it is so grave."""
        incident, key = self._alone(organization, "alone-6")
        organization.assign("itil.incident_manager", "ines", "rosa")
        organization.ines.move(incident, "override_priority", "one shop of many is", priority_override="P3")
        organization.rosa.move(incident, "override_priority", "all shops are down", priority_override="P1")
        own = organization.rosa.refused(key, "implement_on_verbal")["itil.verbal"]["message"]

        organization.ines.move(
            incident, "override_priority", "it is all of the shops", priority_override="P1"
        )

        assert own.endswith("has priority P1")
        assert organization.rosa.move(key, "implement_on_verbal")["state"] == "implement"

    def test_takes_nobodys_word_away_by_agreeing_with_it(self, organization: Organization) -> None:
        """Uma reported it as a P1, which stands when she triages it so."""
        own, key = self._alone(organization, "alone-7")
        reported = organization.uma.create(
            "itil.incident", "Down", summary="Down", symptoms="No page loads.", channel="phone", impact=1,
            urgency=1, category="web", cis=[item(organization, "down-7")],
        )  # fmt: skip
        organization.rosa.send(
            "DELETE", f"/items/{key}/links/itil.raised_from/{own}?comment=it was linked by mistake"
        )
        organization.rosa.link(key, "itil.raised_from", reported)
        organization.assign("itil.service_desk_analyst", "sam", "rosa")

        organization.rosa.move(reported, "triage")

        assert organization.rosa.move(key, "implement_on_verbal")["state"] == "implement"

    def test_does_not_take_back_what_the_emergency_rests_on(self, organization: Organization) -> None:
        """A report of somebody else's; neither its priority nor the link goes away behind the change."""
        own, key = self._alone(organization, "alone-2")
        reported = organization.uma.create(
            "itil.incident", "Down", summary="Down", symptoms="No page loads.", channel="phone", impact=1, urgency=1
        )  # fmt: skip
        reason = "?comment=it was linked by mistake"
        organization.rosa.send("DELETE", f"/items/{key}/links/itil.raised_from/{own}{reason}")
        organization.rosa.link(key, "itil.raised_from", reported)
        organization.rosa.move(key, "implement_on_verbal")

        lower = {"fields": {"impact": 4, "urgency": 4}}
        lowered = organization.rosa.send("PATCH", f"/items/{reported}", lower, expect=409)
        unlinking = f"/items/{key}/links/itil.raised_from/{reported}"
        organization.rosa.send("DELETE", unlinking, expect=409)
        organization.rosa.send("DELETE", f"{unlinking}{reason}")
        organization.rosa.move(key, "complete_implementation", outcome="successful", **VERIFIED)
        refused = organization.carl.send(
            "POST", f"/items/{key}/transitions", {"transition": "close_change"}, expect=409
        )

        assert checks(lowered) == ["itil.priority_kept"]
        assert f"the emergency was started for 'Down' ({reported}), which is not linked any more" in [
            each["message"] for each in refused["blockers"]
        ]

    def test_closes_no_emergency_with_another_incident_than_it_was_started_for(
        self, organization: Organization
    ) -> None:
        """The board voted for the one, and another lends its weight; the confirmation was for the one too."""
        incident, key = self._alone(organization, "alone-6")
        answer(organization, "dora", key, "spoken_authorization", "confirm")
        organization.rosa.move(key, "implement_on_verbal")
        for each in ("ed", "carl"):
            getattr(organization, each).vote(key, "itil.ecab_approval")
        other = organization.uma.create(
            "itil.incident", "Slow", summary="Slow", symptoms="It takes a minute.", channel="phone"
        )

        organization.rosa.send(
            "DELETE", f"/items/{key}/links/itil.raised_from/{incident}?comment=it was linked by mistake"
        )
        organization.rosa.link(key, "itil.raised_from", other)
        organization.rosa.move(key, "complete_implementation", outcome="successful", **VERIFIED)
        swapped = organization.carl.get(f"/items/{key}")
        refused = organization.carl.messages(key, "close_change")

        [round] = swapped["approvals"]
        assert (round["round"], round["status"], round["votes"]) == (2, "pending", [])
        assert [each["status"] for each in swapped["confirmations"]] == ["pending"]
        assert (
            f"the emergency was started for 'Down' ({incident}), and not for 'Slow' ({other}), which is linked"
            in refused
        )

    def test_closes_it_with_the_incident_on_which_the_board_decided_again(
        self, organization: Organization
    ) -> None:
        """The first report was a duplicate: the board decides on the main one, and nothing false has to be linked."""
        incident, key = self._alone(organization, "alone-8")
        answer(organization, "dora", key, "spoken_authorization", "confirm")
        organization.rosa.move(key, "implement_on_verbal")
        main = organization.uma.create(
            "itil.incident", "All is down", summary="Down", symptoms="No page loads.", channel="phone", impact=1,
            urgency=1,
        )  # fmt: skip
        organization.rosa.send(
            "DELETE", f"/items/{key}/links/itil.raised_from/{incident}?comment=it is a duplicate"
        )
        organization.rosa.link(key, "itil.raised_from", main)
        organization.rosa.move(key, "complete_implementation", outcome="successful", **VERIFIED)

        before = organization.carl.messages(key, "close_change")
        for each in ("ed", "carl"):
            getattr(organization, each).vote(key, "itil.ecab_approval")
        after = organization.carl.messages(key, "close_change")

        ground = f"the emergency was started for 'Down' ({incident}), and not for 'All is down' ({main})"
        assert [each for each in before if each.startswith(ground)]
        assert [each for each in after if "was started for" in each] == []

    def test_has_nobody_barred_from_the_board_by_naming_them(self, organization: Organization) -> None:
        """A change manager does not implement changes, and would not vote on this one."""
        incident, key = self._alone(organization, "alone-9")
        organization.sam.move(incident, "triage")
        organization.rosa.edit(key, implementer="carl")

        assert list(organization.rosa.refused(key, "implement_on_verbal")) == ["itil.implementer_able"]

    def test_is_not_made_a_p1_by_somebody_who_classifies_it_lower(self, organization: Organization) -> None:
        """Her priority is set, and stays; that he triages the incident says nothing about it."""
        incident, key = self._alone(organization, "alone-10")
        organization.assign("itil.incident_manager", "ines", "rosa")
        organization.rosa.edit(incident, impact=4, urgency=4)
        organization.rosa.move(incident, "override_priority", "all shops are down", priority_override="P1")
        organization.sam.move(incident, "triage", impact=4, urgency=3)

        refused = organization.rosa.refused(key, "implement_on_verbal")

        assert refused["itil.verbal"]["message"].endswith("has priority P1")

    def test_works_on_a_p1_that_an_incident_manager_set(self, organization: Organization) -> None:
        """A later classification takes nobody's word away."""
        incident, key = self._alone(organization, "alone-11")
        organization.ines.move(incident, "override_priority", "all shops are down", priority_override="P1")
        organization.assign("itil.service_desk_analyst", "sam", "rosa")
        organization.rosa.move(incident, "triage", impact=2, urgency=1)

        assert organization.rosa.move(key, "implement_on_verbal")["state"] == "implement"

    @pytest.mark.parametrize(
        ("triages", "declares", "begins"), [("rosa", "mia", False), ("sam", "rosa", True)]
    )
    def test_has_the_word_of_who_triaged_it_once_a_major_incident_is_stood_down(
        self, organization: Organization, triages: str, declares: str, begins: bool
    ) -> None:
        """That it was so grave was the word of the one who declared it; afterwards it is a P1 by its classification."""
        incident, key = self._alone(organization, f"stood-{triages}")
        organization.assign("itil.service_desk_analyst", "sam", "rosa")
        organization.assign("itil.major_incident_manager", "mia", "rosa")
        getattr(organization, triages).move(incident, "triage")
        who = getattr(organization, declares)
        who.move(incident, "declare_major")
        while_declared = self._may_begin(organization, key)
        who.move(incident, "post_update", "all shops are down")
        who.move(incident, "stand_down_major")

        assert while_declared is not begins
        assert self._may_begin(organization, key) is begins

    def test_is_shown_as_unauthorized_until_who_is_named_has_confirmed(
        self, organization: Organization
    ) -> None:
        """Within hours, and whether or not she has completed it by then."""
        incident, key = self._alone(organization, "alone-3")
        organization.sam.move(incident, "triage")
        organization.rosa.move(key, "implement_on_verbal")
        organization.rosa.move(key, "complete_implementation", outcome="successful", **VERIFIED)
        [asked] = organization.rosa.get(f"/items/{key}")["confirmations"]

        organization.clock(asked["expires_at"])

        assert (asked["actor"], asked["status"]) == ("dora", "pending")
        assert organization.carl.get(f"/items/{key}")["fields"]["unauthorized"] is True

    def _may_begin(self, organization: Organization, key: str) -> bool:
        path = f"/items/{key}/transitions?dry_run=true"
        sent = organization.rosa._http.post(path, json={"transition": "implement_on_verbal"})
        return sent.status_code == 200

    def _alone(self, organization: Organization, name: str) -> tuple[str, str]:
        """An incident and an emergency, both hers."""
        ci = item(organization, name)
        incident = organization.rosa.create(
            "itil.incident", "Down", summary="Down", symptoms="No page loads.", channel="phone", impact=1, urgency=1,
            category="web", cis=[ci],
        )  # fmt: skip
        key = organization.rosa.create(
            "itil.change", "Restart it", type="emergency", reason="fix", cis=[ci], implementer="rosa",
            emergency_justification="The whole shop is down for all of its customers.", verbal_authorizer="dora",
        )  # fmt: skip
        organization.rosa.link(key, "itil.raised_from", incident)
        return incident, key


class TestNamesOnAChange:
    def test_a_review_is_closed_by_what_its_reviewer_confirms(self, organization: Organization) -> None:
        """The implementer's own full stop, under the name of somebody who did nothing, closes nothing."""
        key = implemented(organization, "reviewed-1")
        organization.ravi.move(key, "complete_implementation", outcome="successful", **VERIFIED)
        organization.ravi.edit(key, pir_findings=".", pir_reviewer="carl")

        named = organization.lea.refused(key, "close_change")["itil.pir_filled"]
        answer(organization, "carl", key, "change_review", "confirm")
        confirmed = organization.lea.refused(key, "close_change")
        rewritten = organization.lea.refused(key, "close_change", pir_findings="All went well.")

        assert named["message"] == "Review of the change is not confirmed by Carl"
        assert (named["who"], named["actions"][0]["kind"]) == (["carl"], "confirm")
        assert "itil.pir_filled" not in confirmed
        assert "itil.pir_filled" in rewritten

    def test_a_confirmation_is_of_the_version_that_was_read(self, organization: Organization) -> None:
        """With `If-Match`, what changed meanwhile is not confirmed; and one's own answer can be taken back."""
        key = implemented(organization, "reviewed-2")
        path = f"/items/{key}/confirmations/itil.spoken_authorization"
        send = organization.dora._http.request  # the only request here with a header

        stale = send("PUT", path, json={"decision": "confirm"}, headers={"If-Match": '"1"'})
        answer(organization, "dora", key, "spoken_authorization", "confirm")
        taken_back = organization.dora.send("DELETE", path)

        assert stale.status_code == 412
        assert [each["status"] for each in taken_back["confirmations"]] == ["pending"]
