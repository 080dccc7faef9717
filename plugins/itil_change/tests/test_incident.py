"""Incidents: classified, worked on, waited for and resolved, and what users do with their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from placet import BlockedError
from placet.errors import ForbiddenError, InvalidError

if TYPE_CHECKING:
    from .conftest import Organization

from .conftest import RESOLVED

REASON = "as was agreed on the phone"
CLASS: dict[str, Any] = {"impact": 3, "urgency": 2, "category": "mail"}


class TestTheForms:
    """A form asks for the inputs of its transition; they block once somebody has tried without them."""

    @pytest.mark.parametrize(
        ("transition", "required"),
        [("resolve", ["resolution_code", "resolution_notes"]), ("pend", ["pending_reason"])],
    )
    def test_of_work_require_what_it_ends_with(
        self, organization: Organization, transition: str, required: list[str]
    ) -> None:
        key = organization.triaged()
        organization.move("rosa", key, "start_work", assignee="rosa")

        preview = organization.desk.preview(key, transition, actor="rosa")

        assert (preview.allowed, preview.blockers) == (True, ())
        assert preview.fields_schema["required"] == required

    def test_of_the_beginning_requires_who_does_it(self, organization: Organization) -> None:
        preview = organization.desk.preview(organization.triaged(), "start_work", actor="rosa")

        assert (preview.allowed, preview.blockers) == (True, ())
        assert preview.fields_schema["required"] == ["assignee"]

    def test_say_how_long_a_text_has_to_be_once_it_was_sent(self, organization: Organization) -> None:
        key = organization.triaged()
        organization.move("rosa", key, "start_work", assignee="rosa")

        said = organization.messages("rosa", key, "resolve", resolution_code="fixed", resolution_notes="Done")

        assert said == ["the resolution notes have 4 characters, and at least 20 are required"]


class TestClassifying:
    def test_names_what_is_missing(self, organization: Organization) -> None:
        key = organization.incident()

        blocker = organization.refused("sam", key, "triage")["itil.incident_fields"]

        assert blocker.message == "missing: impact, urgency, category, configuration items"
        assert blocker.remedy == "classify it; where no configuration item is known, give the reason"
        assert blocker.who == ("itil.service_desk_analyst",)

    def test_takes_an_item_or_the_reason_why_there_is_none(self, organization: Organization) -> None:
        with_item, without = organization.incident(organization.item()), organization.incident()

        assert organization.move("sam", with_item, "triage", **CLASS) == "triaged"
        assert organization.move("sam", without, "triage", **CLASS, no_item_reason="not known") == "triaged"

    @pytest.mark.parametrize(
        ("impact", "priorities"),
        [
            (1, ["P1", "P1", "P2", "P3"]),
            (2, ["P1", "P2", "P3", "P3"]),
            (3, ["P2", "P3", "P3", "P4"]),
            (4, ["P3", "P3", "P4", "P4"]),
        ],
    )
    def test_gives_it_a_priority_by_impact_and_urgency(
        self, organization: Organization, impact: int, priorities: list[str]
    ) -> None:
        keys = [organization.incident(impact=impact, urgency=urgency) for urgency in (1, 2, 3, 4)]

        assert [organization.fields(key)["priority"] for key in keys] == priorities

    def test_follows_the_matrix_of_the_workspace(self, organization: Organization) -> None:
        organization.configure(priority_matrix=[["P4"] * 4] * 4)

        assert organization.fields(organization.incident(impact=1, urgency=1))["priority"] == "P4"

    def test_is_overridden_by_an_incident_manager_with_a_reason(self, organization: Organization) -> None:
        """Not by an edit, and not in silence."""
        key = organization.triaged()

        silent = organization.refused("ines", key, "override_priority", priority_override="P1")
        organization.move("ines", key, "override_priority", REASON, priority_override="P1")

        assert silent["itil.reason_text"].message == "no reason is given"
        assert organization.fields(key)["priority"] == "P1"
        with pytest.raises(BlockedError, match="priority override cannot be changed"):
            organization.edit("sam", key, priority_override="P4")


class TestWorking:
    def test_begins_when_somebody_has_taken_it(self, organization: Organization) -> None:
        key = organization.triaged()

        nobody = organization.refused("rosa", key, "start_work")["itil.assignee"]
        other = organization.refused("rosa", key, "start_work", assignee="maya")["itil.assignee"]
        organization.move("rosa", key, "start_work", assignee="rosa")

        assert (nobody.message, nobody.remedy) == ("nobody is assigned", "take it, or assign it to somebody")
        assert other.message == "Maya is not a resolver or a service desk analyst"
        assert organization.fields(key)["first_response_at"] == "2026-11-16T09:00:00Z"

    def test_goes_to_the_next_level_with_a_group(self, organization: Organization) -> None:
        """Where nobody has taken it yet."""
        key = organization.started()
        unnamed = organization.refused("rosa", key, "escalate_functional")["itil.level"]

        organization.move("rosa", key, "escalate_functional", next_group="operations")

        fields = organization.fields(key)
        assert (unnamed.message, unnamed.remedy) == ("missing: next group", "name the group that takes over")
        assert organization.state(key) == "triaged"
        assert (fields["support_level"], fields["reassign_count"], fields["group"]) == (2, 1, "operations")
        assert fields.get("assignee") is None

    def test_ends_at_the_third_level(self, organization: Organization) -> None:
        key = organization.started()
        for _ in range(2):
            organization.move("rosa", key, "escalate_functional", next_group="operations")
            organization.move("rosa", key, "start_work", assignee="rosa")

        blocker = organization.refused("rosa", key, "escalate_functional", next_group="builders")[
            "itil.level"
        ]

        assert blocker.message == "it is at support level 3 of 3 already"
        assert blocker.remedy == "escalate it to management"
        assert organization.move("ines", key, "escalate_hierarchical") == "in_progress"

    def test_waits_for_something_that_is_there(self, organization: Organization) -> None:
        key = organization.started()

        nothing = organization.refused("rosa", key, "pend")["itil.pending_fields"]
        vendor = organization.refused("rosa", key, "pend", pending_reason="awaiting_vendor")
        change = organization.refused("rosa", key, "pend", pending_reason="awaiting_change")

        assert nothing.message == "missing: pending reason"
        assert vendor["itil.pending_fields"].message == "missing: vendor reference"
        assert change["itil.pending_fields"].message == (
            "it waits for a change, and no open change is linked"
        )

    def test_waits_for_an_open_change(self, organization: Organization) -> None:
        key = organization.started()
        fix = organization.change(organization.item(), "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z")
        organization.link("rosa", key, "itil.fixed_by_change", fix)

        assert organization.move("rosa", key, "pend", pending_reason="awaiting_change") == "pending"
        assert organization.fields(fix)["unplanned_rework"] is True


class TestResolving:
    def test_says_what_was_wrong_and_what_helped(self, organization: Organization) -> None:
        key = organization.started()

        assert organization.messages("rosa", key, "resolve", resolution_notes="Fixed.") == [
            "missing: resolution code",
            "the resolution notes have 6 characters, and at least 20 are required",
        ]
        assert organization.move("rosa", key, "resolve", **RESOLVED) == "resolved"

    def test_as_a_duplicate_names_the_original(self, organization: Organization) -> None:
        key, original = organization.started(), organization.started()
        duplicate = RESOLVED | {"resolution_code": "duplicate"}

        blocker = organization.refused("rosa", key, "resolve", **duplicate)["itil.resolution_fields"]
        organization.link("rosa", key, "itil.duplicate_of", original)

        assert blocker.message == "it is a duplicate, and its original is not linked"
        assert organization.move("rosa", key, "resolve", **duplicate) == "resolved"

    def test_waits_until_a_major_incident_is_stood_down(self, organization: Organization) -> None:
        key = organization.started(impact=1, urgency=1)
        organization.move("mia", key, "declare_major")

        blocker = organization.refused("rosa", key, "resolve", **RESOLVED)["itil.not_major"]

        assert (blocker.message, blocker.remedy) == (
            "it is still a declared major incident",
            "stand it down first",
        )


class TestUsers:
    def test_do_not_act_on_what_was_made_automatically(self, organization: Organization) -> None:
        """The incident of a failed change belongs to nobody, and nobody asks the system."""
        change = organization.scheduled(organization.item(), "2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z")
        organization.at("2026-11-24T10:00:00Z")
        for move in ("start_implementation", "start_backout", "declare_failed"):
            organization.move("ravi", change, move)

        stranger = organization.refused("uma", organization.caused(change), "cancel_incident", REASON)

        blocker = stranger["itil.own_item"]
        assert (blocker.message, blocker.remedy) == (
            "it was created automatically, and not for a user",
            "ask the service desk",
        )
        assert blocker.who == ("itil.service_desk_analyst",)

    def test_act_on_their_own(self, organization: Organization) -> None:
        """Recorded by them, or for them; the desk acts on all."""
        own, hers = organization.resolved(by="udo"), organization.resolved(by="sam", requester="uma")

        stranger = organization.refused("uma", own, "reopen", REASON)["itil.own_item"]

        assert (stranger.message, stranger.remedy) == ("it belongs to Udo", "ask Udo, or the service desk")
        assert organization.move("uma", hers, "reopen", REASON) == "in_progress"

    def test_withdraw_what_they_raised_in_error(self, organization: Organization) -> None:
        assert organization.move("uma", organization.incident(), "cancel_incident", REASON) == "cancelled"

    def test_do_not_decide_for_others(self, organization: Organization) -> None:
        """The records of transitions cannot be written into a new incident."""
        with pytest.raises(InvalidError, match="priority_override: is set by what happens to the item"):
            organization.incident(priority_override="P1", reopen_count=3)

    def test_do_not_edit(self, organization: Organization) -> None:
        """The desk's records are the desk's."""
        with pytest.raises(ForbiddenError, match="Uma may not edit"):
            organization.edit("uma", organization.incident(), symptoms="It is all fine.")
