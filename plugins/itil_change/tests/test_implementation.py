"""Doing a change, taking it back, and reviewing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from placet import BlockedError

if TYPE_CHECKING:
    from .conftest import Organization

FROM, TO = "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z"
REASON = "as was agreed in the weekly meeting"
VERIFIED = {"verification_note": "All probes are green, a test payment went through."}
#: Impact 5 by the users, likelihood 2.
HIGH = {"novelty": 3, "complexity": 3, "testing": 2, "backout": 3, "users_affected": 5000}


def begun(organization: Organization) -> str:
    """A change under way."""
    key = organization.scheduled(organization.item(), FROM, TO)
    organization.at(FROM)
    organization.move("ravi", key, "start_implementation")
    return key


class TestStarting:
    def test_waits_for_the_planned_time(self, organization: Organization) -> None:
        """A quarter of an hour early is early enough, and the refusal says when that is."""
        key = organization.scheduled(organization.item(), FROM, TO)
        organization.at("2026-11-23T09:44:00Z")

        blocker = organization.refused("ravi", key, "start_implementation")["itil.start_time"]
        organization.at("2026-11-23T09:45:00Z")

        assert blocker.message == "it is planned for Monday 23 November 10:00-12:00"
        assert f"{blocker.earliest:%H:%M}" == "09:45"
        assert organization.move("ravi", key, "start_implementation") == "implement"

    def test_is_too_late_after_the_planned_time(self, organization: Organization) -> None:
        """The authorization ended with it as well."""
        key = organization.scheduled(organization.item(), FROM, TO)
        organization.at(TO)

        blockers = organization.refused("ravi", key, "start_implementation")

        assert set(blockers) == {"itil.start_time", "itil.approval_current"}
        assert blockers["itil.start_time"].earliest is None
        assert blockers["itil.approval_current"].message == (
            "its planned time ended on Monday 23 November 12:00, and with it the authorization"
        )
        # One way out, and not two of which one does not work.
        assert {blocker.remedy for blocker in blockers.values()} == {
            "send it back, plan a new time, and request authorization again"
        }

    def test_records_who_when_and_on_what(self, organization: Organization) -> None:
        """The items are flagged until the work is over."""
        item = organization.item()
        key = organization.scheduled(item, FROM, TO, implementer=None)
        organization.at(FROM)

        organization.move("ravi", key, "start_implementation")

        fields = organization.fields(key)
        assert (fields["implementer"], fields["actual_start"]) == ("ravi", FROM)
        assert fields["point_of_no_return"] == "2026-11-23T11:30:00Z"
        assert organization.fields(item)["in_change"] == [key]

    def test_freezes_what_was_authorized(self, organization: Organization) -> None:
        key = begun(organization)

        with pytest.raises(BlockedError) as refusal:
            organization.edit("maya", key, backout_plan="We shall see.")

        [blocker] = refusal.value.blockers
        assert blocker.message == (
            "back-out plan cannot be changed in 'Implementation', as the work was begun with this"
        )
        # Only an emergency is documented afterwards.
        assert blocker.remedy == "leave it out"


class TestCompleting:
    def test_takes_a_look_at_the_result(self, organization: Organization) -> None:
        """A note of some length or evidence; a text from before the work is not a result of it."""
        item = organization.item()
        key = organization.scheduled(item, FROM, TO, **VERIFIED)
        organization.at(FROM)
        organization.move("ravi", key, "start_implementation")

        blocker = organization.refused("ravi", key, "complete_implementation")["itil.verification"]
        organization.attach("ravi", key, "verification")

        assert "the note has 0 characters, at least 20 are required" in blocker.message
        assert organization.move("ravi", key, "complete_implementation") == "review"

    def test_asks_for_the_note_in_its_form(self, organization: Organization) -> None:
        """That a note is too short is said once somebody has written one."""
        preview = organization.desk.preview(begun(organization), "complete_implementation", actor="ravi")

        assert (preview.allowed, preview.blockers) == (True, ())
        assert preview.fields_schema["required"] == ["verification_note"]

    def test_ends_successful_unless_something_else_is_said(self, organization: Organization) -> None:
        key = begun(organization)
        organization.at("2026-11-23T11:00:00Z")

        organization.move("ravi", key, "complete_implementation", **VERIFIED)

        fields = organization.fields(key)
        assert (fields["outcome"], fields["actual_end"]) == ("successful", "2026-11-23T11:00:00Z")
        assert organization.fields(fields["cis"][0])["in_change"] == []

    def test_is_for_successes(self, organization: Organization) -> None:
        """A failed change has transitions of its own."""
        key = begun(organization)

        blocker = organization.refused("ravi", key, "complete_implementation", outcome="failed", **VERIFIED)

        assert "back it out, or declare it failed" in blocker["itil.outcome"].remedy

    def test_with_issues_needs_a_review(self, organization: Organization) -> None:
        key = begun(organization)

        organization.move(
            "ravi", key, "complete_implementation", outcome="successful_with_issues", **VERIFIED
        )

        assert organization.fields(key)["pir_required"] is True


class TestTakingItBack:
    def test_has_a_clock(self, organization: Organization) -> None:
        """The longest back-out that was planned."""
        key = begun(organization)

        organization.move("dora", key, "start_backout")

        assert organization.fields(key)["backout_due"] == "2026-11-23T10:30:00Z"

    def test_ends_backed_out_and_reviewed(self, organization: Organization) -> None:
        key = begun(organization)
        organization.move("ravi", key, "start_backout")
        assert "itil.verification" in organization.refused("ravi", key, "finish_backout")

        organization.move("ravi", key, "finish_backout", **VERIFIED)

        fields = organization.fields(key)
        assert (fields["outcome"], fields["pir_required"]) == ("backed_out", True)

    def test_is_not_contained_by_an_incident_from_before(self, organization: Organization) -> None:
        """Some old incident was resolved long ago; the damage of this change was not."""
        old = organization.resolved()
        key = begun(organization)
        organization.move("ravi", key, "declare_failed")
        organization.move("sam", organization.caused(key), "cancel_incident", REASON)
        organization.link("sam", old, "itil.caused_by_change", key)

        blocker = organization.refused("carl", key, "recover")["itil.failure_incident"]

        assert blocker.message == "no incident says what it broke"

    def test_may_fail_too_and_is_recovered(self, organization: Organization) -> None:
        """A failed change holds its items until what it broke is restored."""
        key = begun(organization)
        organization.move("ravi", key, "start_backout")
        organization.move("ravi", key, "declare_failed")
        item = organization.fields(key)["cis"][0]
        assert organization.fields(item)["in_change"] == [key]
        incident = organization.caused(key)
        blocker = organization.refused("carl", key, "recover")["itil.failure_incident"]
        assert blocker.message == (
            f"the service is not restored: '{organization.desk.item(incident).title}' ({incident}) is in 'New'"
        )
        assert blocker.remedy == "restore the service, and resolve it"

        organization.contain(key)
        organization.move("carl", key, "recover")

        assert organization.fields(key)["outcome"] == "failed"
        assert organization.fields(item)["in_change"] == []


class TestClosing:
    def reviewed(self, organization: Organization, **fields: Any) -> str:
        """A change in review that needs one, because it had issues."""
        key = begun(organization)
        outcome = {"outcome": "successful_with_issues"}
        organization.move("ravi", key, "complete_implementation", **outcome | VERIFIED | fields)
        organization.move("ravi", key, "confirm_items", no_data_change=True)
        return key

    def test_takes_the_review_with_its_reason(self, organization: Organization) -> None:
        key = self.reviewed(organization)

        blocker = organization.refused("carl", key, "close_change")["itil.pir_filled"]

        assert blocker.message == (
            "a review is required because the outcome is successful with issues;"
            " missing: reviewer, findings of the review"
        )
        assert (
            organization.move("carl", key, "close_change", pir_reviewer="carl", pir_findings="A typo.")
            == "closed"
        )

    def test_the_implementer_is_no_reviewer(self, organization: Organization) -> None:
        key = self.reviewed(organization)

        blockers = organization.refused(
            "carl", key, "close_change", pir_reviewer="ravi", pir_findings="All my fault."
        )

        assert {"itil.sod_pir", "itil.pir_filled"} <= set(blockers)

    def test_a_success_outside_the_sample_needs_none(self, organization: Organization) -> None:
        organization.configure(pir_sample_percent=0)
        key = begun(organization)
        organization.move("ravi", key, "complete_implementation", **VERIFIED)
        organization.move("ravi", key, "confirm_items", no_data_change=True)

        assert organization.move("carl", key, "close_change") == "closed"

    def test_a_success_in_the_sample_is_reviewed(self, organization: Organization) -> None:
        """With 100 percent, everybody is."""
        organization.configure(pir_sample_percent=100)
        key = begun(organization)
        organization.move("ravi", key, "complete_implementation", **VERIFIED)

        assert (
            "it is in the sample"
            in organization.refused("carl", key, "close_change")["itil.pir_filled"].message
        )

    def test_class_high_is_reviewed_whatever_came_of_it(self, organization: Organization) -> None:
        organization.configure(pir_sample_percent=0)
        key = organization.asked_for(organization.item(criticality=4), FROM, TO, **HIGH)
        organization.vote(key, "itil.change_approval", "finn", "gina", "dana")
        organization.move("carl", key, "authorize_change")
        organization.at(FROM)
        organization.move("ravi", key, "start_implementation")
        organization.move("ravi", key, "complete_implementation", **VERIFIED)

        assert (
            "its risk is high" in organization.refused("carl", key, "close_change")["itil.pir_filled"].message
        )

    def test_somebody_who_knows_confirms_each_item(self, organization: Organization) -> None:
        """The change manager cannot do it for them, nor can an edit."""
        organization.configure(pir_sample_percent=0)
        key = begun(organization)
        organization.move("ravi", key, "complete_implementation", **VERIFIED)
        item = organization.fields(key)["cis"][0]

        blocker = organization.refused("carl", key, "close_change")["itil.ci_confirmed"]

        assert blocker.message == f"the records of 1 item are not confirmed: 'web-1' ({item})"
        assert "role" in organization.refused("carl", key, "confirm_items", confirmed_cis=[item])
        organization.move("cora", key, "confirm_items", confirmed_cis=[item])
        assert organization.move("carl", key, "close_change") == "closed"

    def test_what_is_closed_does_not_change(self, organization: Organization) -> None:
        key = self.reviewed(organization)
        organization.move("carl", key, "close_change", pir_reviewer="carl", pir_findings="A typo.")

        with pytest.raises(BlockedError):
            organization.edit("carl", key, pir_findings="Nothing at all.")


class TestConfigurationItems:
    def test_go_live_and_retire_by_a_change(self, organization: Organization) -> None:
        """The change that brought it does not cover its end."""
        item = organization.item()
        blocker = organization.refused("cora", item, "go_live")["itil.ci_change"]
        key = organization.scheduled(item, FROM, TO)
        organization.at(FROM)
        organization.move("ravi", key, "start_implementation")
        organization.move("ravi", key, "complete_implementation", **VERIFIED)
        organization.at("2026-11-24T09:00:00Z")
        organization.move("ravi", key, "confirm_items", no_data_change=True)
        organization.move("carl", key, "close_change", pir_reviewer="carl", pir_findings="Went as planned.")

        assert blocker.message == "no successful change covers this item"
        assert organization.state(item) == "live", "closing the change put it into use"
        assert "itil.ci_change" in organization.refused("cora", item, "retire_ci")

    def test_may_do_without_where_the_workspace_says_so(self, organization: Organization) -> None:
        organization.configure(ci_requires_change=False)

        assert organization.move("cora", organization.item(), "go_live") == "live"
