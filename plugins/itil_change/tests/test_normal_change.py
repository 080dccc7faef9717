"""A normal change, from its description to the change schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from placet import BlockedError, Decision
from placet.errors import InvalidError

if TYPE_CHECKING:
    from .conftest import Organization

#: A Monday two weeks ahead: enough notice for every class of risk.
FROM, TO = "2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z"
REASON = "as agreed in the weekly meeting"
#: Impact 4 on an item of criticality 4.
RISK = {
    "users_affected": 1200,
    "planned_outage_min": 30,
    "data_class": "confidential",
    "novelty": 3,
    "complexity": 3,
    "testing": 2,
    "backout": 2,
}
HIGH = {"novelty": 3, "complexity": 3, "testing": 2, "backout": 3, "users_affected": 5000}
VERY_HIGH = {"novelty": 4, "complexity": 4, "testing": 4, "backout": 5, "users_affected": 5000}


class TestDescribingIt:
    def test_a_change_without_items_is_not_submitted(self, organization: Organization) -> None:
        """Everything that is missing is named at once."""
        key = organization.create("maya", "itil.change", "Upgrade", type="normal", reason="business")

        blocker = organization.refused("maya", key, "submit")["itil.change_fields"]

        assert (blocker.message, blocker.remedy) == ("missing: configuration items", "complete the change")

    def test_a_retired_item_cannot_be_changed(self, organization: Organization) -> None:
        """A configuration item that is gone cannot be changed."""
        organization.configure(ci_requires_change=False)
        item = organization.item("old-1")
        organization.move("cora", item, "go_live")
        organization.move("cora", item, "retire_ci")

        blocker = organization.refused("maya", organization.change(item, FROM, TO), "submit")[
            "itil.change_fields"
        ]

        assert f"'old-1' ({item}) is retired" in blocker.message

    def test_a_standard_change_takes_another_path(self, organization: Organization) -> None:
        """The remedy names it."""
        key = organization.change(organization.item(), FROM, TO, type="standard")

        blocker = organization.refused("maya", key, "submit")["itil.type_normal"]

        assert (blocker.message, blocker.remedy) == (
            "only a normal change goes to the change authority of its risk class; this is a standard change",
            "schedule it by its model",
        )

    def test_a_described_change_goes_to_assessment(self, organization: Organization) -> None:
        assert (
            organization.move("maya", organization.change(organization.item(), FROM, TO), "submit")
            == "assess"
        )


class TestItsRisk:
    def test_score_8_is_medium_and_a_matter_of_the_change_manager(self, organization: Organization) -> None:
        """Impact 4, likelihood mean 2.4 rounded to 2; one failed change on the item makes history 2."""
        item = organization.item(criticality=4)
        organization.failed(item)

        fields = organization.fields(organization.asked_for(item, FROM, TO, **RISK))

        assert (fields["history"], fields["impact_score"], fields["likelihood_score"]) == (2, 4, 2)
        assert (fields["risk_score"], fields["risk_class"]) == (8, "medium")

    def test_a_history_of_5_makes_it_high_and_a_matter_of_the_board(self, organization: Organization) -> None:
        """Likelihood mean 3.0, score 12."""
        item = organization.item(criticality=4)
        for _ in range(4):
            organization.failed(item)

        key = organization.asked_for(item, FROM, TO, **RISK)

        fields = organization.fields(key)
        assert (fields["history"], fields["impact_score"], fields["likelihood_score"]) == (5, 4, 3)
        assert (fields["risk_score"], fields["risk_class"]) == (12, "high")
        who = organization.refused("carl", key, "authorize_change")["itil.approval_quorum"].who
        assert set(who) == {"finn", "gina", "dana", "emil"}

    def test_failures_count_for_90_days(self, organization: Organization) -> None:
        """A back-out in spring says nothing about winter."""
        item = organization.item()
        broken = organization.failed(item)
        organization.contain(broken)
        organization.move("carl", broken, "recover")

        early = organization.fields(organization.change(item, FROM, TO))["history"]
        organization.at("2027-02-15T09:00:00Z")
        late = organization.fields(organization.change(item, "2027-03-01T10:00:00Z", "2027-03-01T11:00:00Z"))[
            "history"
        ]

        assert (early, late) == (2, 1)

    def test_open_questions_leave_it_without_a_class(self, organization: Organization) -> None:
        """All of them are named."""
        key = organization.change(organization.item(), FROM, TO, novelty=None, data_class=None)
        organization.move("maya", key, "submit")

        blocker = organization.refused("carl", key, "request_authorization")["itil.risk_inputs"]

        assert blocker.message == "missing: data class, novelty"
        assert "risk_class" not in organization.fields(key)


class TestPlanningIt:
    def test_needs_all_plans(self, organization: Organization) -> None:
        key = organization.change(organization.item(), FROM, TO, backout_plan=None, test_plan="  ")
        organization.move("maya", key, "submit")

        blocker = organization.refused("carl", key, "request_authorization")["itil.plans"]

        assert (blocker.message, blocker.remedy) == (
            "missing: test plan, back-out plan",
            "complete the plans",
        )

    def test_leaves_time_for_the_back_out(self, organization: Organization) -> None:
        """Two hours are planned, and the back-out takes up to 121 minutes."""
        key = organization.change(organization.item(), FROM, TO, backout_max_min=121)
        organization.move("maya", key, "submit")

        blocker = organization.refused("carl", key, "request_authorization")["itil.plans"]

        assert (
            blocker.message
            == "no time is left for the back-out: it takes up to 121 min, and 120 min are planned"
        )

    def test_is_tested_as_it_stands(self, organization: Organization) -> None:
        """A result from before the plan was rewritten is not a result of this plan."""
        key = organization.change(organization.item(), FROM, TO)
        organization.move("maya", key, "submit")
        none = organization.refused("carl", key, "request_authorization")["itil.test_evidence"]
        organization.attach("ravi", key, "test_result")
        organization.at("2026-11-16T10:00:00Z")
        organization.edit("maya", key, implementation_plan="Quite another way.")

        old = organization.refused("carl", key, "request_authorization")["itil.test_evidence"]
        organization.attach("ravi", key, "test_result")

        assert none.message == "no test evidence is attached"
        assert old.message == "the test evidence is older than the implementation plan"
        assert organization.move("carl", key, "request_authorization") == "authorize"

    def test_may_go_to_the_board_hardly_tested(self, organization: Organization) -> None:
        """The board decides knowing that it was not."""
        key = organization.change(organization.item(criticality=5), FROM, TO, **VERY_HIGH)
        organization.move("maya", key, "submit")

        assert organization.move("carl", key, "request_authorization") == "authorize"


class TestNamingItsImplementer:
    def test_is_refused_with_the_names_of_some_who_can_implement_it(self, organization: Organization) -> None:
        """Five are enough to ask."""
        organization.hold("itil.change_implementer", "ravi", "finn", "gina", "dana", "emil", "ed")
        key = organization.change(organization.item(), FROM, TO, implementer="otto")
        organization.move("maya", key, "submit")

        blocker = organization.refused("carl", key, "request_authorization")["itil.implementer_able"]

        assert blocker.message == (
            "Otto is named as implementer, and is neither change implementer nor resolver"
        )
        assert blocker.remedy == "name Ravi, Finn, Gina, Dana or Emil"


class TestAuthorizingIt:
    @pytest.mark.parametrize(
        ("risk", "criticality", "expected", "asked"),
        [
            ({}, 2, "low", {"lea"}),
            (RISK, 4, "medium", {"carl"}),
            (HIGH, 4, "high", {"finn", "gina", "dana", "emil"}),
            (VERY_HIGH, 5, "very_high", {"finn", "gina", "dana", "emil", "ivy"}),
        ],
    )
    def test_is_for_the_authority_of_its_class(
        self,
        organization: Organization,
        risk: dict[str, object],
        criticality: int,
        expected: str,
        asked: set[str],
    ) -> None:
        """Delegated authority, change manager, board, board and director."""
        key = organization.asked_for(organization.item(criticality=criticality), FROM, TO, **risk)

        blocker = organization.refused("carl", key, "authorize_change")["itil.approval_quorum"]

        assert organization.fields(key)["risk_class"] == expected
        assert set(blocker.who) == asked

    def test_two_of_three_votes_are_not_enough_and_a_veto_ends_it(self, organization: Organization) -> None:
        """The owner of an affected item of criticality 5 refuses, although three others approve."""
        key = organization.asked_for(organization.item("payments", criticality=5), FROM, TO, **HIGH)
        organization.vote(key, "itil.change_approval", "finn", "gina")

        early = organization.refused("carl", key, "authorize_change")["itil.approval_quorum"]
        organization.vote(key, "itil.change_approval", "dana")
        organization.vote(key, "itil.change_approval", "otto", decision=Decision.REJECT)
        late = organization.refused("carl", key, "authorize_change")["itil.approval_quorum"]

        assert "2 for, 0 against; decided when 3 have voted" in early.message
        assert "refused by a veto" in late.message

    def test_the_majority_of_the_board_decides(self, organization: Organization) -> None:
        """Three approve, one does not, and the director need not agree on class high."""
        key = organization.asked_for(organization.item(criticality=4), FROM, TO, **HIGH)
        organization.vote(key, "itil.change_approval", "emil", decision=Decision.REJECT)
        organization.vote(key, "itil.change_approval", "finn", "gina", "dana")

        assert organization.move("carl", key, "authorize_change") == "scheduled"

    @pytest.mark.parametrize("person", ["maya", "ravi"])
    def test_who_raises_or_implements_it_has_no_vote(self, organization: Organization, person: str) -> None:
        """The vote is refused, and the quorum counts without it."""
        organization.hold("itil.cab_member", "finn", "gina", "dana", person)
        key = organization.asked_for(organization.item(criticality=4), FROM, TO, **HIGH)
        organization.vote(key, "itil.change_approval", "finn", "gina")

        with pytest.raises(BlockedError) as refusal:
            organization.vote(key, "itil.change_approval", person)
        waiting = organization.refused("carl", key, "authorize_change")["itil.approval_quorum"]

        assert [blocker.check for blocker in refusal.value.blockers] == ["itil.sod_authorize"]
        assert "2 for, 0 against; decided when 3 have voted" in waiting.message
        assert waiting.who == ("dana",)

    def test_who_voted_cannot_become_the_implementer(self, organization: Organization) -> None:
        """It binds in both directions."""
        key = organization.authorized(organization.item(), FROM, TO)

        with pytest.raises(BlockedError) as refusal:
            organization.edit("maya", key, implementer="lea")

        assert [blocker.check for blocker in refusal.value.blockers] == ["itil.sod_authorize"]

    @pytest.mark.parametrize(
        "edit",
        [
            {"implementation_plan": "Quite another way."},
            {"planned_start": "2026-11-30T09:00:00Z"},
            {"planned_end": "2026-11-30T13:00:00Z"},
            {"novelty": 2},
        ],
    )
    def test_what_was_approved_must_not_change(
        self, organization: Organization, edit: dict[str, object]
    ) -> None:
        """Plans, answers, an earlier start, a later end: the authority is asked again, with no votes."""
        key = organization.authorized(organization.item(), FROM, TO)

        organization.edit("maya", key, **edit)

        assert (
            "0 of 1" in organization.refused("carl", key, "authorize_change")["itil.approval_quorum"].message
        )

    def test_less_of_the_same_needs_no_new_decision(self, organization: Organization) -> None:
        """A later start and an earlier end lie within what was approved."""
        key = organization.authorized(organization.item(), FROM, TO)

        organization.edit(
            "maya", key, planned_start="2026-11-30T10:30:00Z", planned_end="2026-11-30T11:30:00Z"
        )

        assert organization.move("carl", key, "authorize_change") == "scheduled"

    def test_lasts_30_days(self, organization: Organization) -> None:
        """Half a year ahead, nobody knows what is approved."""
        key = organization.authorized(organization.item(), "2027-05-31T10:00:00Z", "2027-05-31T12:00:00Z")
        organization.at("2026-12-16T09:00:00Z")

        blocker = organization.refused("carl", key, "authorize_change")["itil.approval_quorum"]

        assert "expired" in blocker.message
        assert blocker.remedy == "send it back and request authorization again, or reject it"

    def test_names_the_only_one_who_could_decide_and_what_frees_them(
        self, organization: Organization
    ) -> None:
        """Sent back and asked for again, it would wait for the same person."""
        organization.hold("itil.change_implementer", "ravi", "lea")
        key = organization.asked_for(organization.item(), FROM, TO, implementer="lea")

        stuck = organization.refused("carl", key, "authorize_change")["itil.approval_quorum"]
        organization.edit("maya", key, implementer="ravi")
        freed = organization.refused("carl", key, "authorize_change")["itil.approval_quorum"]

        assert stuck.message == (
            "0 of 1 approvals; Lea is the only one left to decide, and is named as implementer"
        )
        assert stuck.remedy == (
            "name somebody else as implementer, or ask an administrator to give somebody who has no part in it"
            " a role that decides"
        )
        assert (stuck.who, freed.who) == (("lea",), ("lea",))
        assert freed.remedy == "ask Lea to vote"

    def test_says_whose_vote_is_lost_by_what_they_did(self, organization: Organization) -> None:
        """Evidence that was attached stays attached, so that no other name frees anybody."""
        organization.hold("itil.cab_member", "finn", "gina", "dana")
        key = organization.asked_for(organization.item(criticality=4), FROM, TO, **HIGH)
        organization.attach("dana", key, "test_result")
        organization.vote(key, "itil.change_approval", "finn", "gina")

        stuck = organization.refused("carl", key, "authorize_change")["itil.approval_quorum"]
        organization.hold("itil.cab_member", "finn", "gina", "dana", "emil")
        freed = organization.refused("carl", key, "authorize_change")["itil.approval_quorum"]

        assert stuck.message == (
            "2 for, 0 against; decided when 3 have voted, by majority; Dana is the only one left to decide, and"
            " attached the test result"
        )
        assert stuck.remedy == (
            "ask an administrator to give somebody who has no part in it a role that decides"
        )
        assert freed.remedy == "ask Emil to vote"

    def test_sending_it_back_takes_a_reason_and_the_authorization(self, organization: Organization) -> None:
        key = organization.authorized(organization.item(), FROM, TO)

        blocker = organization.refused("carl", key, "send_back", "no")["itil.reason_text"]

        assert blocker.message == "the reason has 2 characters"
        assert organization.move("carl", key, "send_back", REASON) == "new"
        organization.move("maya", key, "submit")
        organization.move("carl", key, "request_authorization")
        assert (
            "0 of 1" in organization.refused("carl", key, "authorize_change")["itil.approval_quorum"].message
        )

    @pytest.mark.parametrize(("person", "transition"), [("lea", "reject_change"), ("maya", "cancel_change")])
    def test_it_may_end_without_being_done(
        self, organization: Organization, person: str, transition: str
    ) -> None:
        """Nothing was implemented, so there is nothing to review."""
        key = organization.asked_for(organization.item(criticality=4), FROM, TO, **HIGH)

        organization.move(person, key, transition, REASON)

        fields = organization.fields(key)
        assert (fields["outcome"], fields["pir_required"]) == ("not_implemented", False)


class TestNotice:
    def test_medium_needs_three_business_days(self, organization: Organization) -> None:
        """Monday 09:00 plus three business days is Wednesday 17:00, when the calendar closes."""
        item = organization.item(criticality=4)
        key = organization.asked_for(item, "2026-11-18T16:00:00Z", "2026-11-18T17:00:00Z", **RISK)
        organization.vote(key, "itil.change_approval", "carl")

        blocker = organization.refused("carl", key, "authorize_change")["itil.lead"]

        assert blocker.message == (
            "it starts on Wednesday 18 November 16:00, with 2.9 business days of notice; risk class medium requires 3"
        )
        assert f"{blocker.earliest:%Y-%m-%d %H:%M}" == "2026-11-18 17:00"
        organization.edit(
            "maya", key, planned_start="2026-11-18T17:00:00Z", planned_end="2026-11-18T18:00:00Z"
        )
        organization.vote(key, "itil.change_approval", "carl")
        assert organization.move("carl", key, "authorize_change") == "scheduled"

    def test_short_notice_is_the_change_managers_to_accept(self, organization: Organization) -> None:
        """With a reason, for that start and not for an earlier one."""
        key = organization.authorized(organization.item(), "2026-11-16T15:00:00Z", "2026-11-16T16:00:00Z")
        assert "role" in organization.refused("maya", key, "accept_short_notice", REASON)

        organization.move("carl", key, "accept_short_notice", "the vendor is here today only")

        assert organization.move("carl", key, "authorize_change") == "scheduled"
        assert "itil.lead" in organization.refused(
            "maya", key, "reschedule", planned_start="2026-11-16T14:00:00Z"
        )

    def test_short_notice_cannot_be_written_by_hand(self, organization: Organization) -> None:
        """Who raises it cannot give themselves the change manager's word."""
        with pytest.raises(InvalidError, match="short_notice: is set by what happens to the item"):
            organization.change(
                organization.item(),
                "2026-11-16T15:00:00Z",
                "2026-11-16T16:00:00Z",
                short_notice="me, myself",
                short_notice_start="2026-11-16T15:00:00Z",
            )


class TestMovingIt:
    def test_earlier_voids_the_authorization(self, organization: Organization) -> None:
        """It stays on the schedule and cannot start; send_back is the way to another decision."""
        key = organization.scheduled(organization.item(), FROM, TO)
        organization.move("maya", key, "reschedule", planned_start="2026-11-30T09:00:00Z")
        organization.at("2026-11-30T09:00:00Z")

        blocker = organization.refused("ravi", key, "start_implementation")["itil.approval_current"]

        assert "planned start changed" in blocker.message
        assert blocker.remedy == "send it back, and request authorization again"

    def test_asks_for_the_votes_of_a_decision_that_is_asked_for_again(
        self, organization: Organization
    ) -> None:
        """Sent back, the change would lose the round that waits for them."""
        key = organization.authorized(organization.item(), FROM, TO)
        organization.edit("maya", key, test_plan="Replay last week's traffic.")

        blocker = organization.refused("ravi", key, "start_implementation")["itil.approval_current"]

        assert blocker.message == (
            "the authorization is asked for again, and not in force: 0 of 1 approvals; still to vote: Lea"
        )
        assert (blocker.remedy, blocker.who) == ("ask Lea to vote", ("lea",))

    def test_has_its_outcome_from_a_later_transition(self, organization: Organization) -> None:
        key = organization.scheduled(organization.item(), FROM, TO)

        with pytest.raises(BlockedError) as refusal:
            organization.edit("maya", key, outcome="successful")

        [blocker] = refusal.value.blockers
        assert (blocker.message, blocker.remedy) == (
            "outcome cannot be changed in 'Scheduled', as only transitions record this",
            "wait: Complete implementation records it later",
        )

    def test_goes_through_reschedule_alone(self, organization: Organization) -> None:
        """An edit would go past windows and collisions; other items need another slot, and so another decision."""
        key = organization.scheduled(organization.item(), FROM, TO)

        with pytest.raises(BlockedError) as times:
            organization.edit("maya", key, planned_start="2026-11-30T10:30:00Z")
        with pytest.raises(BlockedError) as items:
            organization.edit("maya", key, cis=[organization.item("web-2")])

        why = "as its slot was checked for its items and times"
        assert [(blocker.message, blocker.remedy) for blocker in times.value.blockers] == [
            (
                f"planned start cannot be changed in 'Scheduled', {why}",
                "use Reschedule to change planned start",
            )
        ]
        assert [(blocker.message, blocker.remedy) for blocker in items.value.blockers] == [
            (
                f"configuration items cannot be changed in 'Scheduled', {why}",
                "have Carl use Send back first",
            )
        ]
