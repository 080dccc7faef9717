"""Emergencies: by the emergency board, by voice, and documented afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from placet import Decision

if TYPE_CHECKING:
    from .conftest import Organization

BOARD = "itil.ecab_approval"
VERIFIED = {"verification_note": "All probes are green, a test payment went through."}
DOCUMENTS: dict[str, Any] = {
    "implementation_plan": "Close the port at the edge.",
    "backout_plan": "Open it again.",
    "planned_outage_min": 0,
    "users_affected": 100,
    "data_class": "internal",
    "novelty": 2,
    "complexity": 1,
    "testing": 4,
    "backout": 3,
}


class TestJustifyingIt:
    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            (
                {"emergency_justification": "It burns."},
                "the justification has 9 characters; at least 30 are required",
            ),
            (
                {"reason": "business"},
                "or for security; no incident is linked, and its reason is business",
            ),
        ],
    )
    def test_is_demanded(self, organization: Organization, fields: dict[str, str], message: str) -> None:
        """Why it cannot wait, in so many words, and that it is about security or a grave incident."""
        key = organization.emergency(organization.item(), **fields)

        assert any(message in each for each in organization.messages("maya", key, "expedite"))

    def test_is_not_demanded_of_what_is_none(self, organization: Organization) -> None:
        """The refusal of a normal change shows its own way, and not how it would be made an emergency."""
        key = organization.change(organization.item(), "2026-11-24T17:00:00Z", "2026-11-24T18:00:00Z")

        board = organization.desk.refused(key, "expedite", actor="maya").blockers
        voice = organization.desk.refused(key, "implement_on_verbal", actor="ravi").blockers

        said = "only an emergency goes to the emergency board, or is documented afterwards; this is a normal change"
        assert [(each.message, each.remedy) for each in board] == [(said, "submit it")]
        assert {(each.message, each.remedy) for each in voice} == {(said, "submit it")}

    def test_it_names_what_it_touches(self, organization: Organization) -> None:
        """Windows and collisions are about items."""
        key = organization.emergency(organization.item(), cis=[])

        assert "missing: configuration items" in organization.messages("maya", key, "expedite")


class TestRaisingItFromAnIncident:
    @pytest.mark.parametrize(("impact", "urgency"), [(1, 1), (2, 2)])
    def test_of_priority_1_or_2_justifies_it(
        self, organization: Organization, impact: int, urgency: int
    ) -> None:
        key = organization.emergency(organization.item(), reason="fix")
        incident = organization.incident(impact=impact, urgency=urgency)
        organization.link("maya", key, "itil.raised_from", incident)

        assert organization.move("maya", key, "expedite") == "authorize"

    def test_of_a_lower_one_does_not(self, organization: Organization) -> None:
        """The refusal names the incident and its priority."""
        key = organization.emergency(organization.item(), reason="fix")
        incident = organization.incident(impact=3, urgency=2)
        organization.link("maya", key, "itil.raised_from", incident)

        blocker = organization.refused("maya", key, "expedite")["itil.emergency_reason"]

        title = organization.desk.item(incident).title
        assert blocker.message == (
            "an emergency is raised from an incident of priority P1 or P2, or for security;"
            f" '{title}' ({incident}) is P3, and its reason is fix"
        )
        assert blocker.remedy == "link the incident that it is raised from, or make it a normal change"


class TestTheBoard:
    def test_agrees_with_two_votes_one_of_them_a_managers(self, organization: Organization) -> None:
        key = organization.emergency(organization.item())
        organization.move("maya", key, "expedite")
        none = organization.refused("dora", key, "authorize_emergency")["itil.ecab_quorum"]
        organization.vote(key, BOARD, "ed", "ella")
        members = organization.refused("dora", key, "authorize_emergency")["itil.ecab_quorum"]
        organization.vote(key, BOARD, "dora")

        assert none.message == (
            "the emergency board has given 0 of 2 approvals;"
            " one of them has to come from the change manager or the duty manager"
        )
        assert set(none.who) == {"ed", "ella", "carl", "dora"}
        assert members.remedy == "ask Carl or Dora to vote"
        assert organization.move("dora", key, "authorize_emergency") == "scheduled"

    def test_decides_for_a_day(self, organization: Organization) -> None:
        """Then it is asked again."""
        key = organization.emergency(organization.item())
        organization.move("maya", key, "expedite")
        organization.vote(key, BOARD, "ed", "dora")
        organization.at("2026-11-17T09:00:00Z")

        blocker = organization.refused("dora", key, "authorize_emergency")["itil.ecab_quorum"]
        organization.move("carl", key, "ask_ecab")
        organization.vote(key, BOARD, "ed", "dora")

        assert blocker.remedy == "ask the emergency board again"
        assert organization.move("dora", key, "authorize_emergency") == "scheduled"

    def test_is_waited_for_once_it_is_asked_again(self, organization: Organization) -> None:
        """Or, where nobody is left who may vote, somebody else has to be named."""
        organization.hold("itil.ecab_member", "ed")
        organization.hold("itil.change_implementer", "ravi", "carl")
        key = organization.emergency(organization.item())
        organization.move("maya", key, "expedite")
        organization.vote(key, BOARD, "ed", "dora")
        organization.move("carl", key, "authorize_emergency")
        organization.at("2026-11-17T09:00:00Z")
        organization.hold("itil.duty_manager", "maya")
        organization.move("carl", key, "ask_ecab")
        organization.vote(key, BOARD, "ed")

        waiting = organization.refused("ravi", key, "start_implementation")["itil.approval_current"]
        organization.edit("carl", key, implementer="carl")
        stuck = organization.refused("ravi", key, "start_implementation")["itil.approval_current"]

        assert waiting.remedy == "ask Carl to vote"
        assert stuck.message.endswith(
            "nobody is left to decide: Carl is named as implementer, Maya created it"
        )

    def test_is_not_asked_until_it_says_yes(self, organization: Organization) -> None:
        """Neither while it is asked nor after it refused."""
        key = organization.emergency(organization.item())
        organization.move("maya", key, "expedite")
        pending = organization.refused("carl", key, "ask_ecab")["itil.ecab_ended"]
        for person in ("ed", "ella", "dora", "carl"):
            organization.vote(key, BOARD, person, decision=Decision.REJECT)

        refused = organization.refused("carl", key, "ask_ecab")["itil.ecab_ended"]

        assert pending.message.startswith("the emergency board is voting already")
        assert refused.message.startswith("the emergency board has refused it already")

    def test_the_implementer_has_no_vote_in_it(self, organization: Organization) -> None:
        organization.hold("itil.ecab_member", "ed", "ravi")
        key = organization.emergency(organization.item())
        organization.move("maya", key, "expedite")

        assert organization.vote_refused(key, BOARD, "ravi") == ["itil.sod_authorize"]

    def test_says_who_is_kept_from_the_vote_that_it_needs(self, organization: Organization) -> None:
        """Both who could give it have a part in it: the one is named, and the other raised it."""
        organization.hold("itil.duty_manager", "maya")
        organization.hold("itil.change_implementer", "ravi", "carl")
        key = organization.emergency(organization.item(), implementer="carl")
        organization.move("maya", key, "expedite")
        organization.vote(key, BOARD, "ed", "ella")

        stuck = organization.refused("carl", key, "authorize_emergency")["itil.ecab_quorum"]
        again = organization.refused("carl", key, "ask_ecab")["itil.ecab_ended"]
        organization.edit("maya", key, implementer="ravi")
        freed = organization.refused("carl", key, "authorize_emergency")["itil.ecab_quorum"]

        assert stuck.message == (
            "the emergency board has given 2 of 3 approvals; one of them has to come from the change manager or the"
            " duty manager; nobody is left to decide: Carl is named as implementer, Maya created it"
        )
        assert stuck.remedy.startswith("name somebody else as implementer, or ask an administrator to give")
        assert stuck.who == ("carl",)
        assert again.message.startswith(
            "the emergency board is voting already: 2 of 3 approvals; nobody is left"
        )
        assert "carl" in freed.who


class TestOnTheSchedule:
    def test_an_emergency_passes_a_freeze_and_a_collision_and_says_so(
        self, organization: Organization
    ) -> None:
        """The gates that it went past are listed for the review."""
        item = organization.item()
        other = organization.scheduled(item, "2026-11-18T10:00:00Z", "2026-11-18T12:00:00Z")
        times = {"planned_start": "2026-11-18T11:00:00Z", "planned_end": "2026-11-18T11:30:00Z"}
        key = organization.emergency(item, **times)
        organization.window("freeze", "2026-11-18T00:00:00Z", "2026-11-19T00:00:00Z")
        organization.move("maya", key, "expedite")
        organization.vote(key, BOARD, "ed", "dora")

        assert organization.move("dora", key, "authorize_emergency") == "scheduled"

        named = f"'{organization.desk.item(other).title}' ({other})"
        assert organization.fields(key)["passed_over"] == [
            f"{named} works on 'web-1' ({item}) at the same time, Wednesday 18 November 2026 10:00-12:00"
        ]

    def test_is_reported_to_the_people_of_the_changes_that_it_meets(self, organization: Organization) -> None:
        """Who described such a change, who is to implement it, and the change manager; once for each emergency."""
        item = organization.item()
        other = organization.scheduled(item, "2026-11-18T10:00:00Z", "2026-11-18T12:00:00Z")
        times = {"planned_start": "2026-11-18T11:00:00Z", "planned_end": "2026-11-18T11:30:00Z"}
        key = organization.emergency(item, **times)
        organization.move("maya", key, "expedite")
        organization.vote(key, BOARD, "ed", "dora")

        organization.move("dora", key, "authorize_emergency")

        found = organization.desk.notified(other)
        assert organization.fields(other)["bypassed_by"] == [key]
        assert {who for who, rules in found.items() if "itil.change_bypassed" in rules} == {
            "maya", "ravi", "carl",
        }  # fmt: skip

    def test_in_a_blackout_the_director_decides_alone(self, organization: Organization) -> None:
        times = {"planned_start": "2026-11-16T11:00:00Z", "planned_end": "2026-11-16T11:30:00Z"}
        key = organization.emergency(organization.item(), **times)
        organization.window("blackout", "2026-11-16T00:00:00Z", "2026-11-17T00:00:00Z")
        organization.move("maya", key, "expedite")
        organization.vote(key, BOARD, "ed", "dora")
        blocker = organization.refused("dora", key, "authorize_emergency")["itil.window_allows"]
        organization.move("carl", key, "request_exemption", "the hole is open right now")

        organization.vote(key, "itil.freeze_exemption", "ivy")

        assert blocker.who == ("itil.it_director",)
        assert organization.move("dora", key, "authorize_emergency") == "scheduled"

    def test_one_that_was_never_planned_starts_when_it_is_authorized(
        self, organization: Organization
    ) -> None:
        key = organization.emergency(organization.item())
        organization.move("maya", key, "expedite")
        organization.vote(key, BOARD, "ed", "dora")
        organization.move("dora", key, "authorize_emergency")

        assert organization.move("ravi", key, "start_implementation") == "implement"


class TestByVoice:
    def test_needs_an_incident_of_the_highest_priority(self, organization: Organization) -> None:
        """A security reason is enough for the board, not for doing it first."""
        key = organization.emergency(organization.item())
        organization.link("maya", key, "itil.raised_from", organization.incident(impact=2, urgency=2))

        blocker = organization.refused("ravi", key, "implement_on_verbal", verbal_authorizer="dora")[
            "itil.verbal"
        ]

        assert blocker.message == "spoken authorization needs an incident of priority P1, and none is linked"
        assert blocker.remedy == "link the incident that it is raised from, or expedite the change"

    def test_needs_somebody_who_may_say_so(self, organization: Organization) -> None:
        """The duty manager or a change manager, by name."""
        key = organization.emergency(organization.item())
        organization.about_p1(key)

        nobody = organization.refused("ravi", key, "implement_on_verbal")["itil.verbal"]
        other = organization.refused("ravi", key, "implement_on_verbal", verbal_authorizer="finn")[
            "itil.verbal"
        ]

        assert (
            nobody.message
            == "spoken authorization comes from the duty manager or a change manager, and nobody is named"
        )
        assert other.message.endswith("Finn is neither")
        assert organization.move("ravi", key, "implement_on_verbal", verbal_authorizer="dora") == "implement"

    def test_is_off_where_the_workspace_says_so(self, organization: Organization) -> None:
        organization.configure(allow_verbal_emergency=False)
        key = organization.emergency(organization.item())

        blocker = organization.refused("ravi", key, "implement_on_verbal", verbal_authorizer="dora")[
            "itil.verbal"
        ]

        assert (blocker.message, blocker.remedy) == (
            "this workspace does not allow spoken authorization",
            "expedite it",
        )

    def test_demands_the_records_afterwards_all_at_once(self, organization: Organization) -> None:
        """At two in the morning; closed the next day, when everything is written down."""
        item = organization.item()
        key = organization.emergency(item)
        organization.at("2026-11-17T02:00:00Z")
        organization.about_p1(key)
        organization.move("ravi", key, "implement_on_verbal", verbal_authorizer="dora")
        organization.move("ravi", key, "complete_implementation", **VERIFIED)
        organization.move("ravi", key, "confirm_items", no_data_change=True)
        organization.at("2026-11-18T09:00:00Z")

        missing, *others = organization.messages("carl", key, "close_change")

        assert organization.fields(key)["retroactive"] is True
        assert missing.startswith("a review is required because it is an emergency")
        plans, *others = others
        assert plans == (
            "missing after the emergency: implementation plan, back-out plan, planned outage (min), users affected,"
            " data class, novelty, complexity, testing, back-out"
        )
        assert others == [
            "no test evidence is attached after the emergency",
            "the emergency board has not decided on it",
        ]

        organization.move("ravi", key, "document_emergency", **DOCUMENTS)
        organization.attach("ravi", key, "test_result")
        organization.move("carl", key, "ask_ecab")
        organization.vote(key, BOARD, "ed", "dora")
        organization.edit("carl", key, pir_reviewer="carl", pir_findings="The filter held, no data left.")
        assert organization.move("carl", key, "close_change") == "closed"

    def test_votes_that_lapsed_since_are_votes_all_the_same(self, organization: Organization) -> None:
        """The decision ends after a day; that it was taken does not."""
        key = organization.emergency(organization.item(), **DOCUMENTS)
        organization.about_p1(key)
        organization.move("ravi", key, "implement_on_verbal", verbal_authorizer="dora")
        organization.vote(key, BOARD, "ed", "dora")
        organization.move("ravi", key, "complete_implementation", **VERIFIED)
        organization.move("ravi", key, "confirm_items", no_data_change=True)
        organization.attach("ravi", key, "test_result")
        organization.at("2026-11-20T09:00:00Z")

        assert (
            organization.move("carl", key, "close_change", pir_reviewer="carl", pir_findings="It held.")
            == "closed"
        )

    def test_its_real_times_are_recorded_afterwards(self, organization: Organization) -> None:
        """Work that began at two in the morning is written down at nine: in order, and not in the future."""
        key = organization.emergency(organization.item())
        organization.about_p1(key)
        organization.move("ravi", key, "implement_on_verbal", verbal_authorizer="dora")
        early = organization.messages("ravi", key, "document_emergency", actual_end="2026-11-16T08:00:00Z")
        organization.move("ravi", key, "complete_implementation", **VERIFIED)

        wrong = organization.messages(
            "ravi", key, "document_emergency",
            actual_start="2026-11-16T04:00:00Z", actual_end="2026-11-16T02:00:00Z",
        )  # fmt: skip
        ahead = organization.messages("ravi", key, "document_emergency", actual_start="2026-11-17T02:00:00Z")
        real = {"actual_start": "2026-11-16T02:00:00Z", "actual_end": "2026-11-16T02:40:00Z"}
        organization.move("ravi", key, "document_emergency", **real)

        assert "it has not ended: it is in 'Implementation'" in early
        assert wrong == ["it ended on Monday 16 November 02:00, before it began on Monday 16 November 04:00"]
        assert ahead[0] == "Tuesday 17 November 02:00 is in the future, and real times are not"
        assert {name: organization.fields(key)[name] for name in real} == real

    def test_a_no_of_the_board_afterwards_makes_it_unauthorized(self, organization: Organization) -> None:
        """It is closed, as the work was done, and shows it for good."""
        key = organization.emergency(organization.item(), **DOCUMENTS)
        organization.about_p1(key)
        organization.move("ravi", key, "implement_on_verbal", verbal_authorizer="dora")
        organization.desk.approve(key, BOARD, by=["ed", "ella", "carl"], decision="reject")
        organization.move("ravi", key, "complete_implementation", **VERIFIED)
        organization.move("ravi", key, "confirm_items", no_data_change=True)
        organization.attach("ravi", key, "test_result")
        organization.move("carl", key, "close_change", pir_reviewer="carl", pir_findings="It held.")

        assert (organization.fields(key)["outcome"], organization.fields(key)["unauthorized"]) == (
            "successful", True,
        )  # fmt: skip

    def test_a_normal_change_is_not_documented_afterwards(self, organization: Organization) -> None:
        """Its plans were authorized, and stay as they were."""
        key = organization.scheduled(organization.item(), "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z")
        organization.at("2026-11-23T10:00:00Z")
        organization.move("ravi", key, "start_implementation")

        assert "itil.type_emergency" in organization.refused("maya", key, "document_emergency", **DOCUMENTS)


class TestTheEmergencyBoard:
    def test_is_not_asked_about_a_normal_change(self, organization: Organization) -> None:
        """The refusal begins with the state of the change, and does not list the six in which a board is asked."""
        key = organization.change(organization.item(), "2026-11-26T10:00:00Z", "2026-11-26T11:00:00Z")

        found = organization.messages("carl", key, "ask_ecab")

        assert found == [
            f"{key} is in 'New', from where Ask the emergency board again is not possible",
            "only an emergency goes to the emergency board, or is documented afterwards; this is a normal change",
        ]
