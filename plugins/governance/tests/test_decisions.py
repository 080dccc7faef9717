"""Decisions, and who may take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from placet.errors import InvalidError
from placet_governance.decisions.rights import RIGHTS
from placet_governance.roles import ROLES

if TYPE_CHECKING:
    from .conftest import Organization

from .conftest import REASON

ANSWER = {"chosen": "begin", "rationale": "The market does not wait."}


class TestTheMatrix:
    def test_names_roles_of_governance_that_there_are(self) -> None:
        """Roles of other methods may be missing; its own may not."""
        known = {role.id for role in ROLES}
        named = {
            role
            for right in RIGHTS.values()
            for role in (*right.decided_by, *right.consulted, *right.informed, *right.beyond)
            if role.startswith("governance.")
        }

        assert named <= known

    def test_has_somebody_to_decide_in_every_row(self) -> None:
        assert [right.id for right in RIGHTS.values() if not right.decided_by] == []
        assert [right.id for right in RIGHTS.values() if bool(right.limit) != bool(right.beyond)] == []


class TestDeciding:
    def test_is_for_those_of_the_row(self, organization: Organization) -> None:
        """The portfolio manager does not authorize a project: that needs the executive."""
        key = organization.decision()

        blocker = organization.refused("paul", key, "decide", **ANSWER)["right_held"]

        assert blocker.message == (
            'Paul may not decide "authorize project, stage, exception plan": that belongs to the executive'
        )
        assert (blocker.remedy, blocker.who) == ("ask Olga", ("olga",))
        assert organization.move("olga", key, "decide", **ANSWER) == "decided"
        assert organization.fields(key)["decided_by"] == "olga"

    def test_asks_for_the_answer_in_its_form_and_for_the_question_beside_it(
        self, organization: Organization
    ) -> None:
        """Who decides gives the answer; a question that nobody asked is a blocker before that."""
        asked, unasked = organization.decision(), organization.decision(question=None)

        ready, early = (
            organization.desk.preview(key, "decide", actor="olga") for key in (asked, unasked)
        )  # fmt: skip

        assert (ready.allowed, ready.blockers) == (True, ())
        assert [blocker.message for blocker in early.blockers] == ["missing: question"]
        assert [each.fields_schema["required"] for each in (ready, early)] == [["chosen", "rationale"]] * 2

    def test_is_for_others_beyond_the_limit(self, organization: Organization) -> None:
        key = organization.decision(beyond_limit=True)

        blocker = organization.refused("olga", key, "decide", **ANSWER)["right_held"]

        assert blocker.message.endswith("that belongs to the business layer")
        assert organization.move("bella", key, "decide", **ANSWER) == "decided"

    def test_is_for_others_above_a_figure(self, organization: Organization) -> None:
        """The executive spends up to 10,000 above the budget; the figure is compared, and has to be there."""
        organization.configure(decision_limits={"exceed_budget": "10000"})
        unsaid = organization.decision(right="exceed_budget")
        within = organization.decision(right="exceed_budget", amount="10000")
        above = organization.decision(right="exceed_budget", amount="10000.01")

        assert organization.messages("olga", unsaid, "decide", **ANSWER) == ["missing: amount"]
        assert organization.move("olga", within, "decide", **ANSWER) == "decided"
        blocker = organization.refused("olga", above, "decide", **ANSWER)["right_held"]
        assert (
            blocker.message == 'Olga may not decide "spend above budget": that belongs to the business layer'
        )
        assert organization.move("bella", above, "decide", **ANSWER) == "decided"

    def test_is_nobodys_in_the_place_of_another(self, organization: Organization) -> None:
        key = organization.decision()

        blocker = organization.refused("paul", key, "decide", decided_by="olga", **ANSWER)["right_held"]

        assert blocker.message == "Paul cannot decide in the place of Olga"

    def test_is_between_options_and_has_a_reason(self, organization: Organization) -> None:
        key = organization.decision(options=["begin"])

        nothing = organization.messages("olga", key, "decide")
        other = organization.messages("olga", key, "decide", chosen="stop", rationale="So be it.")

        too_few = "it has 1 option, and at least 2 are required"
        assert nothing == ["missing: chosen, rationale", too_few]
        assert other == [too_few, "'stop' is not one of the options"]

    def test_names_a_row_that_there_is(self, organization: Organization) -> None:
        unnamed = organization.decision(right=None)

        assert organization.messages("olga", unnamed, "decide", **ANSWER) == ["missing: right"]
        with pytest.raises(InvalidError, match='"start_war" is not a row of the matrix'):
            organization.decision(right="start_war")

    def test_shows_who_is_asked_and_who_is_notified(self, organization: Organization) -> None:
        fields = organization.fields(organization.decision(right="switch_method"))

        assert (fields["consulted"], fields["informed"]) == (["governance.process_owner"], [])

    def test_is_sent_to_those_of_the_row(self, organization: Organization) -> None:
        """The business layer hears what is spent above the budget, and who asked what became of it."""
        key = organization.decision(right="exceed_budget")
        organization.move("olga", key, "decide", **ANSWER)

        rule = ["governance.decision_taken"]
        assert organization.desk.notified(key) == {"bella": rule, "petr": rule}


class TestADecisionThatWaits:
    def test_goes_one_row_up_after_five_business_days(self, organization: Organization) -> None:
        """Those beyond the limit may decide it then, and those of the row still."""
        first, second = organization.decision(), organization.decision()

        organization.desk.pass_time("2026-06-22T09:00:00Z")

        assert organization.points(first, "decision_due")[0][0] == "06-19 17:00"
        assert organization.move("bella", first, "decide", **ANSWER) == "decided"
        assert organization.move("olga", second, "decide", **ANSWER) == "decided"

    def test_goes_to_the_governance_board_where_the_matrix_has_no_next_row(
        self, organization: Organization
    ) -> None:
        key = organization.decision(right="classify_work")
        early = organization.refused("bruno", key, "decide", **ANSWER)["right_held"]

        organization.desk.pass_time("2026-06-22T09:00:00Z")

        assert early.message.endswith("that belongs to the portfolio manager")
        assert organization.move("bruno", key, "decide", **ANSWER) == "decided"

    def test_notifies_those_who_decide_it_and_then_those_it_goes_to(self, organization: Organization) -> None:
        """By the row of the matrix: the board of another one hears nothing of it."""
        key = organization.decision(right="classify_work")
        asked = organization.desk.notified(key)
        organization.desk.pass_time("2026-06-22T09:00:00Z")
        (late,) = [event for event in organization.desk.history(key) if event.kind == "timer"]

        assert asked == {"paul": ["governance.decision_asked"]}
        assert {each.actor for each in organization.desk.notify(late)} == {"paul", "bruno"}

    def test_notifies_the_row_that_decides_it_and_then_the_next_row(self, organization: Organization) -> None:
        """Where nobody decides beyond a limit it is the board, which answers for all."""
        key = organization.decision(right="classify_work")
        asked = organization.fields(key)["deciding"]

        organization.desk.pass_time("2026-06-22T09:00:00Z")

        assert asked == ["governance.portfolio_manager"]
        assert organization.fields(key)["deciding"] == [
            "governance.portfolio_manager",
            "governance.governance_board",
        ]

    def test_is_measured_in_business_hours(self, organization: Organization) -> None:
        key = organization.decision()
        organization.desk.at("2026-06-17T13:00:00Z")
        organization.move("olga", key, "decide", **ANSWER)

        assert organization.metric("decision_latency") == (20, None, 1)


class TestReplacingADecision:
    def test_asks_for_the_other_one_in_its_form(self, organization: Organization) -> None:
        key = organization.decision()
        organization.move("olga", key, "decide", **ANSWER)

        preview = organization.desk.preview(key, "supersede_decision", actor="cora")

        assert (preview.allowed, preview.blockers) == (True, ())
        assert preview.fields_schema["required"] == ["comment", "replacement"]

    def test_takes_one_that_was_taken(self, organization: Organization) -> None:
        old, new = organization.decision(), organization.decision()
        organization.move("olga", old, "decide", **ANSWER)
        none = organization.refused("cora", old, "supersede_decision", REASON)["replacement_named"]
        early = organization.refused("cora", old, "supersede_decision", REASON, replacement=new)[
            "replacement_named"
        ]
        itself = organization.refused("cora", old, "supersede_decision", REASON, replacement=old)[
            "replacement_named"
        ]
        organization.move("olga", new, "decide", chosen="wait", rationale="The market can wait.")

        organization.move("cora", old, "supersede_decision", REASON, replacement=new)

        assert none.message == "no decision is named that replaces it"
        assert early.message == (
            f"'Do we begin?' ({new}) is in 'Proposed', and only a decision that was taken can replace it"
        )
        assert itself.message == "a decision cannot replace itself"
        assert organization.desk.item(old).links == {"governance.replaced_by": (new,)}

    def test_is_not_needed_where_it_was_never_taken(self, organization: Organization) -> None:
        assert organization.move("cora", organization.decision(), "withdraw_decision", REASON) == "withdrawn"
