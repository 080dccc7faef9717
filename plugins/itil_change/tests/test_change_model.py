"""Change models and the standard changes that run by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from placet import BlockedError
from placet.errors import InvalidError

if TYPE_CHECKING:
    from .conftest import Organization

REASON = "as agreed in the weekly meeting"
VERIFIED = {"verification_note": "All probes are green, a test payment went through."}
FROM, TO = "2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z"


class TestProposing:
    def test_takes_a_whole_recipe(self, organization: Organization) -> None:
        key = organization.model(organization.item(), backout_step=None, steps=[])

        blocker = organization.refused("maya", key, "propose_model")["itil.model_fields"]

        assert (blocker.message, blocker.remedy) == ("missing: steps, back-out step", "complete the model")

    def test_takes_low_risk(self, organization: Organization) -> None:
        key = organization.model(organization.item(), risk_class="medium")

        blocker = organization.refused("maya", key, "propose_model")["itil.model_fields"]

        assert blocker.message == "its risk class is medium, and only changes of low risk can be standard"
        assert blocker.remedy == "run it as a normal change"

    def test_takes_a_scope_that_exists(self, organization: Organization) -> None:
        """It is refused where it is written, as every other reference is."""
        with pytest.raises(InvalidError, match='there is no item "OPS-999"'):
            organization.model("OPS-999")


class TestApproving:
    def test_takes_three_successes_and_two_votes(self, organization: Organization) -> None:
        key = organization.model(organization.item())
        organization.move("maya", key, "propose_model")

        blockers = organization.refused("carl", key, "approve_model")

        assert blockers["itil.model_track_record"].message == "0 successful normal changes of 3 required"
        assert set(blockers["itil.model_votes"].who) == {"carl", "otto"}

    def test_makes_it_valid_for_a_year(self, organization: Organization) -> None:
        key = organization.active_model(organization.item())

        assert organization.state(key) == "active"
        assert organization.fields(key)["valid_until"] == "2027-11-19"

    def test_for_longer_is_refused(self, organization: Organization) -> None:
        """Nobody would look at it again before 2099."""
        key = organization.model(organization.item())
        organization.move("maya", key, "propose_model")

        blocker = organization.refused("carl", key, "approve_model", valid_until="2099-01-01")[
            "itil.model_validity"
        ]

        assert blocker.message == (
            "it would be valid until Thursday 1 January 2099; a model is valid for 365 days at most,"
            " until Tuesday 16 November 2027"
        )

    def test_takes_successes_of_the_recipe_as_it_stands(self, organization: Organization) -> None:
        """Other steps than those that were proven are not proven, nor is a change on items outside of its scope."""
        organization.configure(model_min_success=1)
        inside, outside = organization.item("web-1"), organization.item("web-2")
        key = organization.model(inside)

        def done(item: str, day: int) -> str:
            """The blocker of the model after one more change by it."""
            start = f"2026-11-{day}T17:00:00Z"
            change = organization.scheduled(item, start, f"2026-11-{day}T18:00:00Z", model=key)
            organization.at(start)
            organization.close(change)
            found = organization.refused("carl", key, "approve_model").get("itil.model_track_record")
            return "" if found is None else found.message

        elsewhere, proven = done(outside, 17), done(inside, 18)
        organization.at("2026-11-18T19:00:00Z")

        organization.edit("maya", key, steps=["do it all at once"])

        other = organization.refused("carl", key, "approve_model")["itil.model_track_record"]
        assert proven == ""
        assert elsewhere == other.message == "0 successful normal changes of 1 required"

    def test_is_asked_for_again_after_the_test_plan_has_changed(self, organization: Organization) -> None:
        """It is a part of what is authorized once for all its changes."""
        key = organization.model(organization.item(), test_plan="Open the page.")
        organization.move("maya", key, "propose_model")
        organization.vote(key, "itil.model_approval", "carl")

        organization.edit("maya", key, test_plan="None.")

        (view,) = organization.desk.approvals(key)
        assert (view.round, view.votes) == (2, ())

    def test_looks_at_failures_too(self, organization: Organization) -> None:
        """Three successes do not make good one that was backed out."""
        organization.configure(model_min_success=1)
        item = organization.item()
        key = organization.model(item)
        good = organization.scheduled(item, "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", model=key)
        bad = organization.scheduled(item, "2026-11-23T14:00:00Z", "2026-11-23T15:00:00Z", model=key)
        organization.at("2026-11-23T10:00:00Z")
        organization.close(good)
        organization.at("2026-11-23T14:00:00Z")
        organization.move("ravi", bad, "start_implementation")
        organization.move("ravi", bad, "start_backout")
        organization.move("ravi", bad, "finish_backout", **VERIFIED)
        organization.move("maya", key, "propose_model")

        blocker = organization.refused("carl", key, "approve_model")["itil.model_track_record"]

        assert blocker.message == f"'{organization.desk.item(bad).title}' ({bad}) did not succeed"

    def test_looks_at_the_last_year(self, organization: Organization) -> None:
        organization.configure(model_min_success=1)
        item = organization.item()
        key = organization.model(item)
        good = organization.scheduled(item, "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", model=key)
        organization.at("2026-11-23T10:00:00Z")
        organization.close(good)
        organization.at("2027-11-24T10:00:00Z")
        organization.move("maya", key, "propose_model")

        assert (
            organization.refused("carl", key, "approve_model")["itil.model_track_record"].message
            == "the last successful change ended more than 365 days ago"
        )

    def test_is_not_for_who_proposed_it(self, organization: Organization) -> None:
        organization.hold("itil.service_owner", "maya", "otto")
        key = organization.model(organization.item())
        organization.move("maya", key, "propose_model")

        assert organization.vote_refused(key, "itil.model_approval", "maya") == ["itil.sod_model"]

    def test_may_be_refused_for_changes(self, organization: Organization) -> None:
        """The votes so far are gone with it."""
        key = organization.model(organization.item())
        organization.move("maya", key, "propose_model")
        organization.vote(key, "itil.model_approval", "carl", "otto")

        organization.move("carl", key, "return_model", REASON)
        organization.move("maya", key, "propose_model")

        assert "itil.model_votes" in organization.refused("carl", key, "approve_model")

    def test_what_is_active_stands_as_approved(self, organization: Organization) -> None:
        key = organization.active_model(organization.item())

        with pytest.raises(
            BlockedError, match="steps cannot be changed in 'Active', as the model was approved as it stands"
        ):
            organization.edit("maya", key, steps=["something else"])

    def test_and_it_keeps_the_name_under_which_it_was_approved(self, organization: Organization) -> None:
        """Another title is another recipe to all who choose by it: it is written where the recipe is."""
        key = organization.active_model(organization.item())

        blockers = organization.rename_refused("maya", key, "Replace the core switch")
        organization.move("carl", key, "suspend_model", "Its name is wrong.")
        organization.rename("maya", key, "Rotate the certificates")

        assert [(each.message, each.remedy) for each in blockers] == [
            (
                "title cannot be changed in 'Active', as it names what was approved",
                "have Carl use Suspend model first",
            )
        ]
        assert "itil.model_unchanged" in organization.refused(
            "carl", key, "reinstate_model", "It is named well now."
        )


class TestAStandardChange:
    def test_takes_plans_and_risk_from_its_model(self, organization: Organization) -> None:
        item = organization.item()
        key = organization.standard(item, organization.active_model(item), FROM, TO)

        organization.move("maya", key, "schedule_standard")

        fields = organization.fields(key)
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
        self, organization: Organization, fields: dict[str, object], why: str
    ) -> None:
        item = organization.item()
        key = organization.standard(item, organization.active_model(item), FROM, TO, **fields)

        blocker = organization.refused("maya", key, "schedule_standard")["itil.model_active"]

        assert why in blocker.message
        assert blocker.remedy == "make it a normal change"

    def test_is_done_on_the_items_of_its_model(self, organization: Organization) -> None:
        item, other = organization.item(), organization.item("web-2")
        key = organization.standard(other, organization.active_model(item), FROM, TO)

        assert (
            f"is not made for 'web-2' ({other})"
            in organization.refused("maya", key, "schedule_standard")["itil.model_active"].message
        )

    def test_needs_a_model_in_use(self, organization: Organization) -> None:
        item = organization.item()
        key = organization.standard(item, organization.model(item), FROM, TO)
        without = organization.standard(item, None, FROM, TO)

        assert (
            "is in 'Draft'"
            in organization.refused("maya", key, "schedule_standard")["itil.model_active"].message
        )
        assert organization.refused("maya", without, "schedule_standard")["itil.model_active"].message == (
            "no change model is named"
        )

    def test_is_what_a_normal_one_is_not(self, organization: Organization) -> None:
        """The refusal shows its own way, and does not ask for a model."""
        key = organization.change(organization.item(), FROM, TO)

        blockers = organization.desk.refused(key, "schedule_standard", actor="maya").blockers

        assert [(each.check, each.remedy) for each in blockers] == [("itil.type_standard", "submit it")]

    def test_does_not_start_when_its_model_is_no_longer_valid(self, organization: Organization) -> None:
        """Validity ends with its day, whether or not a timer has fired."""
        item = organization.item()
        model = organization.active_model(item)
        key = organization.standard(item, model, "2027-11-19T23:00:00Z", "2027-11-20T02:00:00Z")
        organization.move("maya", key, "schedule_standard")
        organization.at("2027-11-20T00:30:00Z")

        blocker = organization.refused("ravi", key, "start_implementation")["itil.approval_current"]

        assert "was valid until Friday 19 November" in blocker.message


class TestAStandardChangeBackedOut:
    def backed_out(self, organization: Organization) -> tuple[str, str, str]:
        """(model, the change that was backed out, another one that was scheduled)."""
        item = organization.item()
        model = organization.active_model(item)
        first = organization.standard(item, model, FROM, TO)
        second = organization.standard(item, model, "2026-11-24T14:00:00Z", "2026-11-24T15:00:00Z")
        for key in (first, second):
            organization.move("maya", key, "schedule_standard")
        organization.at(FROM)
        organization.move("ravi", first, "start_implementation")
        organization.move("ravi", first, "start_backout")
        organization.move("ravi", first, "finish_backout", **VERIFIED)
        return model, first, second

    def test_suspends_the_model_and_sends_its_other_changes_back(self, organization: Organization) -> None:
        model, first, second = self.backed_out(organization)

        assert organization.fields(first)["outcome"] == "backed_out"
        assert organization.state(model) == "suspended"
        assert organization.fields(model)["failed_change"] == first
        assert organization.state(second) == "new"

    def test_reinstating_takes_the_review_of_that_change(self, organization: Organization) -> None:
        model, first, _ = self.backed_out(organization)

        blocker = organization.refused("carl", model, "reinstate_model", REASON)["itil.model_pir"]
        organization.edit("carl", first, pir_reviewer="carl", pir_findings="The old certificate was gone.")

        assert (
            blocker.message == f"the review of '{organization.desk.item(first).title}' ({first}) is not done"
        )
        assert organization.move("carl", model, "reinstate_model", REASON) == "active"

    def test_reinstating_takes_a_better_recipe_or_a_reason(self, organization: Organization) -> None:
        model, first, _ = self.backed_out(organization)
        organization.edit("carl", first, pir_reviewer="carl", pir_findings="The old certificate was gone.")

        blocker = organization.refused("carl", model, "reinstate_model")["itil.model_pir"]
        organization.at("2026-11-25T09:00:00Z")
        organization.edit("maya", model, steps=["keep the old one", "issue", "install", "reload"])

        assert blocker.message == "the model is as it was when it was suspended"
        assert set(organization.refused("carl", model, "reinstate_model")) == {"itil.model_unchanged"}
        desk = organization.desk
        desk.engine.approvals.ask_again(desk.person("maya"), model, "itil.model_approval")
        waiting = organization.refused("carl", model, "reinstate_model")["itil.model_unchanged"]
        organization.vote(model, "itil.model_approval", "carl", "otto")
        assert waiting.remedy == "ask Carl and Otto to vote"
        assert organization.move("carl", model, "reinstate_model") == "active"

    def test_the_next_change_after_that_is_reviewed(self, organization: Organization) -> None:
        """The one after the next is not."""
        organization.configure(pir_sample_percent=0)
        model, first, second = self.backed_out(organization)
        organization.edit("carl", first, pir_reviewer="carl", pir_findings="The old certificate was gone.")
        organization.move("carl", model, "reinstate_model", REASON)
        organization.move("maya", second, "schedule_standard")
        organization.at("2026-11-24T14:00:00Z")

        organization.move("ravi", second, "start_implementation")

        assert organization.fields(second)["pir_required"] is True
        assert organization.fields(model)["review_next"] is False

    def test_a_failed_one_suspends_the_model_too(self, organization: Organization) -> None:
        item = organization.item()
        model = organization.active_model(item)
        key = organization.standard(item, model, FROM, TO)
        organization.move("maya", key, "schedule_standard")
        organization.at(FROM)
        organization.move("ravi", key, "start_implementation")

        organization.move("ravi", key, "declare_failed")

        assert organization.state(model) == "suspended"

    def test_the_last_failure_is_the_one_to_review(self, organization: Organization) -> None:
        """Two were under way at once, on items apart, and both were backed out."""
        left, right = organization.item("web-1"), organization.item("web-2")
        model = organization.active_model(left, right)
        keys = [organization.standard(item, model, FROM, TO) for item in (left, right)]
        for key in keys:
            organization.move("maya", key, "schedule_standard")
        organization.at(FROM)
        for key in keys:
            organization.move("ravi", key, "start_implementation")
        for key in keys:
            organization.move("ravi", key, "start_backout")
            organization.move("ravi", key, "finish_backout", **VERIFIED)

        assert organization.fields(model)["failed_change"] == keys[1]

    def test_an_old_model_is_retired_with_a_reason(self, organization: Organization) -> None:
        model, _, _ = self.backed_out(organization)
        assert "itil.reason_text" in organization.refused("carl", model, "retire_model")

        assert organization.move("carl", model, "retire_model", REASON) == "retired"
