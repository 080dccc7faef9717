"""Change models and the standard changes that run by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from placet import BlockedError
from placet.errors import InvalidError

if TYPE_CHECKING:
    from .conftest import Organisation

REASON = "as agreed in the weekly meeting"
VERIFIED = {"verification_note": "All probes are green, a test payment went through."}
FROM, TO = "2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z"


class TestProposing:
    def test_takes_a_whole_recipe(self, organisation: Organisation) -> None:
        key = organisation.model(organisation.item(), backout_step=None, steps=[])

        blocker = organisation.refused("maya", key, "propose_model")["itil.model_fields"]

        assert (blocker.message, blocker.remedy) == ("missing: steps, back-out step", "complete the model")

    def test_takes_low_risk(self, organisation: Organisation) -> None:
        key = organisation.model(organisation.item(), risk_class="medium")

        blocker = organisation.refused("maya", key, "propose_model")["itil.model_fields"]

        assert blocker.message == "its risk class is medium, and only changes of low risk can be standard"
        assert blocker.remedy == "run it as a normal change"

    def test_takes_a_scope_that_exists(self, organisation: Organisation) -> None:
        """It is refused where it is written, as every other reference is."""
        with pytest.raises(InvalidError, match='there is no item "OPS-999"'):
            organisation.model("OPS-999")


class TestApproving:
    def test_takes_three_successes_and_two_votes(self, organisation: Organisation) -> None:
        key = organisation.model(organisation.item())
        organisation.move("maya", key, "propose_model")

        blockers = organisation.refused("carl", key, "approve_model")

        assert blockers["itil.model_track_record"].message == "0 successful normal changes of 3 required"
        assert set(blockers["itil.model_votes"].who) == {"carl", "otto"}

    def test_makes_it_valid_for_a_year(self, organisation: Organisation) -> None:
        key = organisation.active_model(organisation.item())

        assert organisation.state(key) == "active"
        assert organisation.fields(key)["valid_until"] == "2027-11-19"

    def test_for_longer_is_refused(self, organisation: Organisation) -> None:
        """Nobody would look at it again before 2099."""
        key = organisation.model(organisation.item())
        organisation.move("maya", key, "propose_model")

        blocker = organisation.refused("carl", key, "approve_model", valid_until="2099-01-01")[
            "itil.model_validity"
        ]

        assert blocker.message == (
            "it would be valid until Thursday 1 January 2099; a model is valid for 365 days at most,"
            " until Tuesday 16 November 2027"
        )

    def test_takes_successes_of_the_recipe_as_it_stands(self, organisation: Organisation) -> None:
        """Other steps than those that were proven are not proven, nor is a change on items outside of its scope."""
        organisation.configure(model_min_success=1)
        inside, outside = organisation.item("web-1"), organisation.item("web-2")
        key = organisation.model(inside)

        def done(item: str, day: int) -> str:
            """The blocker of the model after one more change by it."""
            start = f"2026-11-{day}T17:00:00Z"
            change = organisation.scheduled(item, start, f"2026-11-{day}T18:00:00Z", model=key)
            organisation.at(start)
            organisation.close(change)
            found = organisation.refused("carl", key, "approve_model").get("itil.model_track_record")
            return "" if found is None else found.message

        elsewhere, proven = done(outside, 17), done(inside, 18)
        organisation.at("2026-11-18T19:00:00Z")

        organisation.edit("maya", key, steps=["do it all at once"])

        other = organisation.refused("carl", key, "approve_model")["itil.model_track_record"]
        assert proven == ""
        assert elsewhere == other.message == "0 successful normal changes of 1 required"

    def test_is_asked_for_again_after_the_test_plan_has_changed(self, organisation: Organisation) -> None:
        """It is a part of what is authorized once for all its changes."""
        key = organisation.model(organisation.item(), test_plan="Open the page.")
        organisation.move("maya", key, "propose_model")
        organisation.vote(key, "itil.model_approval", "carl")

        organisation.edit("maya", key, test_plan="None.")

        (view,) = organisation.desk.approvals(key)
        assert (view.round, view.votes) == (2, ())

    def test_looks_at_failures_too(self, organisation: Organisation) -> None:
        """Three successes do not make good one that was backed out."""
        organisation.configure(model_min_success=1)
        item = organisation.item()
        key = organisation.model(item)
        good = organisation.scheduled(item, "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", model=key)
        bad = organisation.scheduled(item, "2026-11-23T14:00:00Z", "2026-11-23T15:00:00Z", model=key)
        organisation.at("2026-11-23T10:00:00Z")
        organisation.close(good)
        organisation.at("2026-11-23T14:00:00Z")
        organisation.move("ravi", bad, "start_implementation")
        organisation.move("ravi", bad, "start_backout")
        organisation.move("ravi", bad, "finish_backout", **VERIFIED)
        organisation.move("maya", key, "propose_model")

        blocker = organisation.refused("carl", key, "approve_model")["itil.model_track_record"]

        assert blocker.message == f"'{organisation.desk.item(bad).title}' ({bad}) did not succeed"

    def test_looks_at_the_last_year(self, organisation: Organisation) -> None:
        organisation.configure(model_min_success=1)
        item = organisation.item()
        key = organisation.model(item)
        good = organisation.scheduled(item, "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", model=key)
        organisation.at("2026-11-23T10:00:00Z")
        organisation.close(good)
        organisation.at("2027-11-24T10:00:00Z")
        organisation.move("maya", key, "propose_model")

        assert (
            organisation.refused("carl", key, "approve_model")["itil.model_track_record"].message
            == "the last successful change ended more than 365 days ago"
        )

    def test_is_not_for_who_proposed_it(self, organisation: Organisation) -> None:
        organisation.hold("itil.service_owner", "maya", "otto")
        key = organisation.model(organisation.item())
        organisation.move("maya", key, "propose_model")

        assert organisation.vote_refused(key, "itil.model_approval", "maya") == ["itil.sod_model"]

    def test_may_be_refused_for_changes(self, organisation: Organisation) -> None:
        """The votes so far are gone with it."""
        key = organisation.model(organisation.item())
        organisation.move("maya", key, "propose_model")
        organisation.vote(key, "itil.model_approval", "carl", "otto")

        organisation.move("carl", key, "return_model", REASON)
        organisation.move("maya", key, "propose_model")

        assert "itil.model_votes" in organisation.refused("carl", key, "approve_model")

    def test_what_is_active_stands_as_approved(self, organisation: Organisation) -> None:
        key = organisation.active_model(organisation.item())

        with pytest.raises(BlockedError):
            organisation.edit("maya", key, steps=["something else"])

    def test_and_it_keeps_the_name_under_which_it_was_approved(self, organisation: Organisation) -> None:
        """Another title is another recipe to all who choose by it: it is written where the recipe is."""
        key = organisation.active_model(organisation.item())

        blockers = organisation.rename_refused("maya", key, "Replace the core switch")
        organisation.move("carl", key, "suspend_model", "Its name is wrong.")
        organisation.rename("maya", key, "Rotate the certificates")

        assert [(each.message, each.remedy) for each in blockers] == [
            (
                "title cannot be changed in 'Active'",
                "use Suspend model first, which is for the change manager",
            )
        ]
        assert "itil.model_unchanged" in organisation.refused(
            "carl", key, "reinstate_model", "It is named well now."
        )


class TestAStandardChange:
    def test_takes_plans_and_risk_from_its_model(self, organisation: Organisation) -> None:
        item = organisation.item()
        key = organisation.standard(item, organisation.active_model(item), FROM, TO)

        organisation.move("maya", key, "schedule_standard")

        fields = organisation.fields(key)
        assert fields["implementation_plan"] == "1. issue\n2. install\n3. reload"
        assert (fields["backout_plan"], fields["risk_class"]) == ("Reinstall the old certificate.", "low")

    @pytest.mark.parametrize(
        ("fields", "why"),
        [
            ({"planned_outage_min": 9}, "allows 5 min of outage, and 9 min are planned"),
            (
                {"planned_start": "2027-11-24T10:00:00Z", "planned_end": "2027-11-24T11:00:00Z"},
                "is valid until Friday 19 November 2027",
            ),
        ],
    )
    def test_keeps_to_its_model(
        self, organisation: Organisation, fields: dict[str, object], why: str
    ) -> None:
        item = organisation.item()
        key = organisation.standard(item, organisation.active_model(item), FROM, TO, **fields)

        blocker = organisation.refused("maya", key, "schedule_standard")["itil.model_active"]

        assert why in blocker.message
        assert blocker.remedy == "make it a normal change"

    def test_is_done_on_the_items_of_its_model(self, organisation: Organisation) -> None:
        item, other = organisation.item(), organisation.item("web-2")
        key = organisation.standard(other, organisation.active_model(item), FROM, TO)

        assert (
            f"is not made for 'web-2' ({other})"
            in organisation.refused("maya", key, "schedule_standard")["itil.model_active"].message
        )

    def test_needs_a_model_in_use(self, organisation: Organisation) -> None:
        item = organisation.item()
        key = organisation.standard(item, organisation.model(item), FROM, TO)
        without = organisation.standard(item, None, FROM, TO)

        assert (
            "is in 'Draft'"
            in organisation.refused("maya", key, "schedule_standard")["itil.model_active"].message
        )
        assert organisation.refused("maya", without, "schedule_standard")["itil.model_active"].message == (
            "no change model is named"
        )

    def test_is_what_a_normal_one_is_not(self, organisation: Organisation) -> None:
        """The refusal shows its own way, and does not ask for a model."""
        key = organisation.change(organisation.item(), FROM, TO)

        blockers = organisation.desk.refused(key, "schedule_standard", actor="maya").blockers

        assert [(each.check, each.remedy) for each in blockers] == [("itil.type_standard", "submit it")]

    def test_does_not_start_when_its_model_is_no_longer_valid(self, organisation: Organisation) -> None:
        """Validity ends with its day, whether or not a timer has fired."""
        item = organisation.item()
        model = organisation.active_model(item)
        key = organisation.standard(item, model, "2027-11-19T23:00:00Z", "2027-11-20T02:00:00Z")
        organisation.move("maya", key, "schedule_standard")
        organisation.at("2027-11-20T00:30:00Z")

        blocker = organisation.refused("ravi", key, "start_implementation")["itil.approval_current"]

        assert "was valid until Friday 19 November" in blocker.message


class TestAStandardChangeBackedOut:
    def backed_out(self, organisation: Organisation) -> tuple[str, str, str]:
        """(model, the change that was backed out, another one that was scheduled)."""
        item = organisation.item()
        model = organisation.active_model(item)
        first = organisation.standard(item, model, FROM, TO)
        second = organisation.standard(item, model, "2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z")
        for key in (first, second):
            organisation.move("maya", key, "schedule_standard")
        organisation.at(FROM)
        organisation.move("ravi", first, "start_implementation")
        organisation.move("ravi", first, "start_backout")
        organisation.move("ravi", first, "finish_backout", **VERIFIED)
        return model, first, second

    def test_suspends_the_model_and_sends_its_other_changes_back(self, organisation: Organisation) -> None:
        model, first, second = self.backed_out(organisation)

        assert organisation.fields(first)["outcome"] == "backed_out"
        assert organisation.state(model) == "suspended"
        assert organisation.fields(model)["failed_change"] == first
        assert organisation.state(second) == "new"

    def test_reinstating_takes_the_review_of_that_change(self, organisation: Organisation) -> None:
        model, first, _ = self.backed_out(organisation)

        blocker = organisation.refused("carl", model, "reinstate_model", REASON)["itil.model_pir"]
        organisation.edit("carl", first, pir_reviewer="carl", pir_findings="The old certificate was gone.")

        assert (
            blocker.message == f"the review of '{organisation.desk.item(first).title}' ({first}) is not done"
        )
        assert organisation.move("carl", model, "reinstate_model", REASON) == "active"

    def test_reinstating_takes_a_better_recipe_or_a_reason(self, organisation: Organisation) -> None:
        model, first, _ = self.backed_out(organisation)
        organisation.edit("carl", first, pir_reviewer="carl", pir_findings="The old certificate was gone.")

        blocker = organisation.refused("carl", model, "reinstate_model")["itil.model_pir"]
        organisation.at("2026-11-25T09:00:00Z")
        organisation.edit("maya", model, steps=["keep the old one", "issue", "install", "reload"])

        assert blocker.message == "the model is as it was when it was suspended"
        assert set(organisation.refused("carl", model, "reinstate_model")) == {"itil.model_unchanged"}
        desk = organisation.desk
        desk.engine.approvals.ask_again(desk.person("maya"), model, "itil.model_approval")
        waiting = organisation.refused("carl", model, "reinstate_model")["itil.model_unchanged"]
        organisation.vote(model, "itil.model_approval", "carl", "otto")
        assert waiting.remedy == "ask Carl and Otto to vote"
        assert organisation.move("carl", model, "reinstate_model") == "active"

    def test_the_next_change_after_that_is_reviewed(self, organisation: Organisation) -> None:
        """The one after the next is not."""
        organisation.configure(pir_sample_percent=0)
        model, first, second = self.backed_out(organisation)
        organisation.edit("carl", first, pir_reviewer="carl", pir_findings="The old certificate was gone.")
        organisation.move("carl", model, "reinstate_model", REASON)
        organisation.move("maya", second, "schedule_standard")
        organisation.at("2026-11-24T14:00:00Z")

        organisation.move("ravi", second, "start_implementation")

        assert organisation.fields(second)["pir_required"] is True
        assert organisation.fields(model)["review_next"] is False

    def test_a_failed_one_suspends_the_model_too(self, organisation: Organisation) -> None:
        item = organisation.item()
        model = organisation.active_model(item)
        key = organisation.standard(item, model, FROM, TO)
        organisation.move("maya", key, "schedule_standard")
        organisation.at(FROM)
        organisation.move("ravi", key, "start_implementation")

        organisation.move("ravi", key, "declare_failed")

        assert organisation.state(model) == "suspended"

    def test_the_last_failure_is_the_one_to_review(self, organisation: Organisation) -> None:
        """Two were under way at once, on items apart, and both were backed out."""
        left, right = organisation.item("web-1"), organisation.item("web-2")
        model = organisation.active_model(left, right)
        keys = [organisation.standard(item, model, FROM, TO) for item in (left, right)]
        for key in keys:
            organisation.move("maya", key, "schedule_standard")
        organisation.at(FROM)
        for key in keys:
            organisation.move("ravi", key, "start_implementation")
        for key in keys:
            organisation.move("ravi", key, "start_backout")
            organisation.move("ravi", key, "finish_backout", **VERIFIED)

        assert organisation.fields(model)["failed_change"] == keys[1]

    def test_an_old_model_is_retired_with_a_reason(self, organisation: Organisation) -> None:
        model, _, _ = self.backed_out(organisation)
        assert "itil.reason_text" in organisation.refused("carl", model, "retire_model")

        assert organisation.move("carl", model, "retire_model", REASON) == "retired"
