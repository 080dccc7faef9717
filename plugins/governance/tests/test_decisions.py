"""Decisions, and who may take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from placet.errors import InvalidError
from placet_governance.decisions.rights import RIGHTS
from placet_governance.roles import ROLES

if TYPE_CHECKING:
    from .conftest import Organisation

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
    def test_is_for_those_of_the_row(self, organisation: Organisation) -> None:
        """The portfolio manager does not authorize a project: that needs the executive."""
        key = organisation.decision()

        blocker = organisation.refused("paul", key, "decide", **ANSWER)["right_held"]

        assert blocker.message == (
            'Paul may not decide "authorize project, stage, exception plan": that belongs to the executive'
        )
        assert (blocker.remedy, blocker.who) == ("ask Olga", ("olga",))
        assert organisation.move("olga", key, "decide", **ANSWER) == "decided"
        assert organisation.fields(key)["decided_by"] == "olga"

    def test_is_for_others_beyond_the_limit(self, organisation: Organisation) -> None:
        key = organisation.decision(beyond_limit=True)

        blocker = organisation.refused("olga", key, "decide", **ANSWER)["right_held"]

        assert blocker.message.endswith("that belongs to the business layer")
        assert organisation.move("bella", key, "decide", **ANSWER) == "decided"

    def test_is_for_others_above_a_figure(self, organisation: Organisation) -> None:
        """The executive spends up to 10,000 above the budget; the figure is compared, and has to be there."""
        organisation.configure(decision_limits={"exceed_budget": "10000"})
        unsaid = organisation.decision(right="exceed_budget")
        within = organisation.decision(right="exceed_budget", amount="10000")
        above = organisation.decision(right="exceed_budget", amount="10000.01")

        assert organisation.messages("olga", unsaid, "decide", **ANSWER) == ["missing: amount"]
        assert organisation.move("olga", within, "decide", **ANSWER) == "decided"
        blocker = organisation.refused("olga", above, "decide", **ANSWER)["right_held"]
        assert (
            blocker.message == 'Olga may not decide "spend above budget": that belongs to the business layer'
        )
        assert organisation.move("bella", above, "decide", **ANSWER) == "decided"

    def test_is_nobodys_in_the_place_of_another(self, organisation: Organisation) -> None:
        key = organisation.decision()

        blocker = organisation.refused("paul", key, "decide", decided_by="olga", **ANSWER)["right_held"]

        assert blocker.message == "Paul cannot decide in the place of Olga"

    def test_is_between_options_and_has_a_reason(self, organisation: Organisation) -> None:
        key = organisation.decision(options=["begin"])

        nothing = organisation.messages("olga", key, "decide")
        other = organisation.messages("olga", key, "decide", chosen="stop", rationale="So be it.")

        too_few = "it has 1 option, and at least 2 are required"
        assert nothing == ["missing: chosen, rationale", too_few]
        assert other == [too_few, "'stop' is not one of the options"]

    def test_names_a_row_that_there_is(self, organisation: Organisation) -> None:
        unnamed = organisation.decision(right=None)

        assert organisation.messages("olga", unnamed, "decide", **ANSWER) == ["missing: right"]
        with pytest.raises(InvalidError, match='"start_war" is not a row of the matrix'):
            organisation.decision(right="start_war")

    def test_shows_who_is_asked_and_who_is_notified(self, organisation: Organisation) -> None:
        fields = organisation.fields(organisation.decision(right="switch_method"))

        assert (fields["consulted"], fields["informed"]) == (["governance.process_owner"], [])

    def test_is_sent_to_those_of_the_row(self, organisation: Organisation) -> None:
        """The business layer hears what is spent above the budget, and who asked what became of it."""
        key = organisation.decision(right="exceed_budget")
        organisation.move("olga", key, "decide", **ANSWER)

        rule = ["governance.decision_taken"]
        assert organisation.desk.notified(key) == {"bella": rule, "petr": rule}


class TestADecisionThatWaits:
    def test_goes_one_row_up_after_five_business_days(self, organisation: Organisation) -> None:
        """Those beyond the limit may decide it then, and those of the row still."""
        first, second = organisation.decision(), organisation.decision()

        organisation.desk.pass_time("2026-06-22T09:00:00Z")

        assert organisation.points(first, "decision_due")[0][0] == "06-19 17:00"
        assert organisation.move("bella", first, "decide", **ANSWER) == "decided"
        assert organisation.move("olga", second, "decide", **ANSWER) == "decided"

    def test_goes_to_the_governance_board_where_the_matrix_has_no_next_row(
        self, organisation: Organisation
    ) -> None:
        key = organisation.decision(right="classify_work")
        early = organisation.refused("bruno", key, "decide", **ANSWER)["right_held"]

        organisation.desk.pass_time("2026-06-22T09:00:00Z")

        assert early.message.endswith("that belongs to the portfolio manager")
        assert organisation.move("bruno", key, "decide", **ANSWER) == "decided"

    def test_notifies_those_who_decide_it_and_then_those_it_goes_to(self, organisation: Organisation) -> None:
        """By the row of the matrix: the board of another one hears nothing of it."""
        key = organisation.decision(right="classify_work")
        asked = organisation.desk.notified(key)
        organisation.desk.pass_time("2026-06-22T09:00:00Z")
        (late,) = [event for event in organisation.desk.history(key) if event.kind == "timer"]

        assert asked == {"paul": ["governance.decision_asked"]}
        assert {each.actor for each in organisation.desk.notify(late)} == {"paul", "bruno", "petr"}

    def test_is_measured_in_business_hours(self, organisation: Organisation) -> None:
        key = organisation.decision()
        organisation.desk.at("2026-06-17T13:00:00Z")
        organisation.move("olga", key, "decide", **ANSWER)

        assert organisation.metric("decision_latency") == (20, None, 1)


class TestReplacingADecision:
    def test_takes_one_that_was_taken(self, organisation: Organisation) -> None:
        old, new = organisation.decision(), organisation.decision()
        organisation.move("olga", old, "decide", **ANSWER)
        none = organisation.refused("cora", old, "supersede_decision", REASON)["replacement_named"]
        early = organisation.refused("cora", old, "supersede_decision", REASON, replacement=new)[
            "replacement_named"
        ]
        itself = organisation.refused("cora", old, "supersede_decision", REASON, replacement=old)[
            "replacement_named"
        ]
        organisation.move("olga", new, "decide", chosen="wait", rationale="The market can wait.")

        organisation.move("cora", old, "supersede_decision", REASON, replacement=new)

        assert none.message == "no decision is named that replaces it"
        assert early.message == (
            f"'Do we begin?' ({new}) is in 'Proposed', and only a decision that was taken can replace it"
        )
        assert itself.message == "a decision cannot replace itself"
        assert organisation.desk.item(old).links == {"governance.replaced_by": (new,)}

    def test_is_not_needed_where_it_was_never_taken(self, organisation: Organisation) -> None:
        assert organisation.move("cora", organisation.decision(), "withdraw_decision", REASON) == "withdrawn"
