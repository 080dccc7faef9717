"""Who decides, against people who try: duties over writing, waivers and short notice, and names that are confirmed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .conftest import Organisation, serving
from .test_itil_change import MEDIUM_RISK, PLANS, VERIFIED, emergency, item, normal, to_authorize

START, END = "2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z"


@pytest.fixture(scope="module")
def organisation(
    opened: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Organisation]:
    """One server for all tests here, each of which has items of its own."""
    folder, token = opened
    place = tmp_path_factory.mktemp("duties")
    shutil.copytree(folder, place, dirs_exist_ok=True)
    with serving(place) as base, closing(Organisation(base, token)) as organisation:
        organisation.assign("itil.change_manager", "carl", "lea", "maya")
        organisation.assign("itil.it_director", "ivy", "maya")
        yield organisation


def answer(
    organisation: Organisation, person: str, key: str, confirmation: str, decision: str, *, expect: int = 200
) -> Any:
    path = f"/items/{key}/confirmations/itil.{confirmation}"
    return getattr(organisation, person).send("PUT", path, {"decision": decision}, expect=expect)


def checks(problem: Any) -> list[str]:
    return [blocker["check"] for blocker in problem["blockers"]]


def implemented(organisation: Organisation, name: str) -> str:
    """An emergency that was done on dora's word, as ravi says."""
    key = emergency(organisation, item(organisation, name))
    organisation.ravi.move(key, "implement_on_verbal")
    return key


class TestWritingWhatIsDecidedOn:
    def test_who_writes_a_friends_empty_change_does_not_authorize_it(
        self, organisation: Organisation
    ) -> None:
        """The change manager fills it in, and somebody else decides on it."""
        key = organisation.maya.create(
            "itil.change", "A friend's change", type="normal", reason="maintenance", implementer="ravi",
            planned_start=START, planned_end=END, cis=[item(organisation, "written-1", criticality=4)],
        )  # fmt: skip
        organisation.carl.edit(key, **PLANS, **MEDIUM_RISK)
        organisation.maya.move(key, "submit")
        organisation.ravi.attach(key, "test_result")
        organisation.carl.move(key, "request_authorization")

        problem = organisation.carl.vote(key, "itil.change_approval", expect=409)
        asked = organisation.lea.get(f"/items/{key}")["approvals"][0]["asked"]

        assert checks(problem) == ["itil.sod_authorize"]
        assert "Carl wrote" in problem["blockers"][0]["message"]
        assert asked == ["lea"]

    def test_who_authorizes_it_does_not_rewrite_it(self, organisation: Organisation) -> None:
        """It binds in both directions, in an edit and in the fields of a transition alike."""
        key = normal(organisation, item(organisation, "written-2", criticality=4), START, END, **MEDIUM_RISK)
        to_authorize(organisation, key)
        organisation.carl.vote(key, "itil.change_approval")

        edit = organisation.carl.send("PATCH", f"/items/{key}", {"fields": {"test_plan": "None."}}, 409)
        moved = organisation.carl.refused(key, "authorize_change", backout_plan="None.")

        assert checks(edit) == ["itil.sod_authorize"]
        assert edit["blockers"][0]["remedy"] == "have somebody else write it"
        assert "itil.sod_authorize" in moved

    def test_who_authorized_it_does_not_implement_it(self, organisation: Organisation) -> None:
        """In their own name or in that of somebody who names them; who may do it instead is named."""
        organisation.assign("itil.change_implementer", "ravi", "lea", "finn")
        key = normal(organisation, item(organisation, "written-3"), START, END, implementer=None)
        to_authorize(organisation, key)
        organisation.lea.vote(key, "itil.change_approval")
        organisation.carl.move(key, "authorize_change")

        named = organisation.maya.send("PATCH", f"/items/{key}", {"fields": {"implementer": "lea"}}, 409)
        own = organisation.lea.refused(key, "start_implementation")["itil.sod_authorize"]

        [blocker] = named["blockers"]
        assert blocker["message"].endswith("Lea voted on Authorization by the change authority")
        assert (blocker["remedy"], blocker["who"]) == ("name Ravi or Finn", ["ravi", "finn"])
        assert own["remedy"] == "ask Ravi or Finn"


class TestExceptions:
    def test_a_waiver_has_a_longest_time_and_stands_under_the_duties(
        self, organisation: Organisation
    ) -> None:
        """Not until 2199, and not by the one who raised the change, who could change the date and ask a friend."""
        key = normal(organisation, item(organisation, "waived-1"), START, END)
        wish = {"gate": "itil.tested", "reason": "there is no environment to test it in"}

        forever = organisation.ravi.send(
            "POST", f"/items/{key}/waivers", wish | {"expires_at": "2199-01-01T00:00:00Z"}, expect=422
        )
        waiver = organisation.ravi.send(
            "POST", f"/items/{key}/waivers", wish | {"expires_at": "2026-12-10T00:00:00Z"}, expect=201
        )
        decision = f"/items/{key}/waivers/{waiver['id']}/decision"
        own = organisation.maya.send("POST", decision, {"grant": True}, expect=409)
        granted = organisation.carl.send("POST", decision, {"grant": True})

        assert "itil.tested can be waived for 30 days at most" in forever["errors"][0]["message"]
        assert checks(own) == ["itil.sod_exception"]
        assert granted["decided_by"] == "carl"

    def test_short_notice_is_not_accepted_by_the_initiator(self, organisation: Organisation) -> None:
        """Who needs an exception does not give it."""
        key = normal(organisation, item(organisation, "waived-2"), START, END)
        organisation.maya.move(key, "submit")

        blockers = organisation.maya.refused(key, "accept_short_notice", "the customer cannot wait for it")

        assert set(blockers) == {"itil.sod_exception"}


class TestSpokenAuthorization:
    def test_a_name_is_not_an_authorization(self, organisation: Organisation) -> None:
        """The duty manager is asked; where she does not answer in time, the change is shown as unauthorized."""
        key = implemented(organisation, "spoken-1")
        asked = organisation.dora.get("/me/worklist")["confirmations"]
        refused = answer(organisation, "ravi", key, "spoken_authorization", "confirm", expect=409)
        organisation.clock("2026-11-16T14:00:00Z")
        shown = organisation.carl.get(
            "/items", workspace="OPS", type="itil.change", **{"field.unauthorized": "true"}
        )
        late = answer(organisation, "dora", key, "spoken_authorization", "confirm", expect=409)

        assert [(each["item"]["key"], each["confirmation"]["status"]) for each in asked] == [(key, "pending")]
        assert refused["blockers"][0]["message"] == "Spoken authorization is for Dora alone to confirm"
        assert [each["key"] for each in shown["items"]] == [key]
        assert "the time to answer ended on Monday 16 November" in late["blockers"][0]["message"]

    def test_who_is_named_confirms_or_declines_it(self, organisation: Organisation) -> None:
        """With an event in her own name; a change that she declines is unauthorized at once."""
        confirmed, declined = (implemented(organisation, f"spoken-{n}") for n in (2, 3))
        answer(organisation, "dora", confirmed, "spoken_authorization", "confirm")
        after = answer(organisation, "dora", declined, "spoken_authorization", "decline")
        organisation.clock("2026-11-16T22:00:00Z")

        history = organisation.carl.get(f"/items/{confirmed}/history")["events"]
        assert [event["actor"] for event in history if event["kind"] == "confirmed"] == ["dora"]
        assert organisation.carl.get(f"/items/{confirmed}")["fields"]["unauthorized"] is False
        assert after["fields"]["unauthorized"] is True

    def test_who_raises_or_implements_it_does_not_authorize_it(self, organisation: Organisation) -> None:
        """Authorizer, raiser and implementer differ."""
        ci = item(organisation, "spoken-4")
        fields = {"type": "emergency", "reason": "security", "cis": [ci], "implementer": "ravi"}
        own = organisation.carl.create("itil.change", "Close the hole", **fields)

        problem = organisation.ravi.send(
            "PATCH", f"/items/{own}", {"fields": {"verbal_authorizer": "carl"}}, expect=409
        )

        assert checks(problem) == ["itil.sod_spoken"]


class TestOneResolverAlone:
    """She reports a P1, raises an emergency for it, implements it on a name, and afterwards it was never so grave."""

    def test_has_no_p1_that_nobody_else_knows_of(self, organisation: Organisation) -> None:
        """The service desk triages it, and then she begins; who raises and implements it does not authorize it."""
        incident, key = self._alone(organisation, "alone-1")

        own = organisation.rosa.refused(key, "implement_on_verbal")["itil.verbal"]
        herself = organisation.rosa.send(
            "PATCH", f"/items/{key}", {"fields": {"verbal_authorizer": "rosa"}}, expect=409
        )
        organisation.sam.move(incident, "triage")

        assert own["message"] == (
            f"only people who raise or implement the change say that 'Down' ({incident}) has priority P1"
        )
        assert own["remedy"] == (
            "have Dora confirm the authorization before the work begins, or expedite the change"
        )
        assert checks(herself) == ["itil.sod_spoken"]
        assert organisation.rosa.move(key, "implement_on_verbal")["state"] == "implement"

    def test_begins_at_night_when_the_duty_manager_has_confirmed(self, organisation: Organisation) -> None:
        """On her telephone: nobody else is awake who could triage the incident."""
        _, key = self._alone(organisation, "alone-4")
        organisation.rosa.refused(key, "implement_on_verbal")

        answer(organisation, "dora", key, "spoken_authorization", "confirm")

        assert organisation.rosa.move(key, "implement_on_verbal")["state"] == "implement"

    def test_makes_no_p1_of_what_others_rated_lower(self, organisation: Organisation) -> None:
        """Reported and triaged by others, and rated by her."""
        own, key = self._alone(organisation, "alone-5")
        reported = organisation.uma.create(
            "itil.incident", "Slow", summary="Slow", symptoms="It takes a minute.", channel="phone", impact=3,
            urgency=3, category="web", cis=[item(organisation, "slow-5")],
        )  # fmt: skip
        organisation.sam.move(reported, "triage")
        organisation.rosa.send(
            "DELETE", f"/items/{key}/links/itil.raised_from/{own}?comment=it was linked by mistake"
        )
        organisation.rosa.link(key, "itil.raised_from", reported)
        now = datetime.fromisoformat(organisation.admin.get("/testing/clock")["now"])
        organisation.clock((now + timedelta(minutes=5)).isoformat())

        organisation.rosa.edit(reported, impact=1, urgency=1)

        assert (
            "has priority P1"
            in organisation.rosa.refused(key, "implement_on_verbal")["itil.verbal"]["message"]
        )

    def test_does_not_take_back_what_the_emergency_rests_on(self, organisation: Organisation) -> None:
        """A report of somebody else's; neither its priority nor the link goes away behind the change."""
        own, key = self._alone(organisation, "alone-2")
        reported = organisation.uma.create(
            "itil.incident", "Down", summary="Down", symptoms="No page loads.", channel="phone", impact=1, urgency=1
        )  # fmt: skip
        reason = "?comment=it was linked by mistake"
        organisation.rosa.send("DELETE", f"/items/{key}/links/itil.raised_from/{own}{reason}")
        organisation.rosa.link(key, "itil.raised_from", reported)
        organisation.rosa.move(key, "implement_on_verbal")

        lower = {"fields": {"impact": 4, "urgency": 4}}
        lowered = organisation.rosa.send("PATCH", f"/items/{reported}", lower, expect=409)
        unlinking = f"/items/{key}/links/itil.raised_from/{reported}"
        organisation.rosa.send("DELETE", unlinking, expect=409)
        organisation.rosa.send("DELETE", f"{unlinking}{reason}")
        organisation.rosa.move(key, "complete_implementation", outcome="successful", **VERIFIED)
        refused = organisation.carl.send(
            "POST", f"/items/{key}/transitions", {"transition": "close_change"}, expect=409
        )

        assert checks(lowered) == ["itil.priority_kept"]
        assert "the incident that the emergency was raised from is not linked any more" in [
            each["message"] for each in refused["blockers"]
        ]

    def test_is_shown_as_unauthorized_until_who_is_named_has_confirmed(
        self, organisation: Organisation
    ) -> None:
        """Within hours, and whether or not she has completed it by then."""
        incident, key = self._alone(organisation, "alone-3")
        organisation.sam.move(incident, "triage")
        organisation.rosa.move(key, "implement_on_verbal")
        organisation.rosa.move(key, "complete_implementation", outcome="successful", **VERIFIED)
        [asked] = organisation.rosa.get(f"/items/{key}")["confirmations"]

        organisation.clock(asked["expires_at"])

        assert (asked["actor"], asked["status"]) == ("dora", "pending")
        assert organisation.carl.get(f"/items/{key}")["fields"]["unauthorized"] is True

    def _alone(self, organisation: Organisation, name: str) -> tuple[str, str]:
        """An incident and an emergency, both hers."""
        ci = item(organisation, name)
        incident = organisation.rosa.create(
            "itil.incident", "Down", summary="Down", symptoms="No page loads.", channel="phone", impact=1, urgency=1,
            category="web", cis=[ci],
        )  # fmt: skip
        key = organisation.rosa.create(
            "itil.change", "Restart it", type="emergency", reason="fix", cis=[ci], implementer="rosa",
            emergency_justification="The whole shop is down for all of its customers.", verbal_authorizer="dora",
        )  # fmt: skip
        organisation.rosa.link(key, "itil.raised_from", incident)
        return incident, key


class TestNamesOnAChange:
    def test_a_review_is_closed_by_what_its_reviewer_confirms(self, organisation: Organisation) -> None:
        """The implementer's own full stop, under the name of somebody who did nothing, closes nothing."""
        key = implemented(organisation, "reviewed-1")
        organisation.ravi.move(key, "complete_implementation", outcome="successful", **VERIFIED)
        organisation.ravi.edit(key, pir_findings=".", pir_reviewer="carl")

        named = organisation.lea.refused(key, "close_change")["itil.pir_filled"]
        answer(organisation, "carl", key, "change_review", "confirm")
        confirmed = organisation.lea.refused(key, "close_change")
        rewritten = organisation.lea.refused(key, "close_change", pir_findings="All went well.")

        assert named["message"] == "Review of the change is not confirmed by Carl"
        assert (named["who"], named["actions"][0]["kind"]) == (["carl"], "confirm")
        assert "itil.pir_filled" not in confirmed
        assert "itil.pir_filled" in rewritten

    def test_a_confirmation_is_of_the_version_that_was_read(self, organisation: Organisation) -> None:
        """With `If-Match`, what changed meanwhile is not confirmed; and one's own answer can be taken back."""
        key = implemented(organisation, "reviewed-2")
        path = f"/items/{key}/confirmations/itil.spoken_authorization"
        send = organisation.dora._http.request  # the only request here with a header

        stale = send("PUT", path, json={"decision": "confirm"}, headers={"If-Match": '"1"'})
        answer(organisation, "dora", key, "spoken_authorization", "confirm")
        taken_back = organisation.dora.send("DELETE", path)

        assert stale.status_code == 412
        assert [each["status"] for each in taken_back["confirmations"]] == ["pending"]
