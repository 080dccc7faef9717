"""The strict way of incidents, which skips nothing, and the practical one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from placet.errors import ForbiddenError, InvalidError

if TYPE_CHECKING:
    from .conftest import Organization

from .conftest import RESOLVED

REASON = "as was agreed on the phone"


class TestTheStrictWay:
    @pytest.mark.parametrize("transition", ["start_work", "pend", "resolve"])
    def test_skips_nothing(self, organization: Organization, transition: str) -> None:
        assert set(organization.refused("rosa", organization.incident(), transition)) >= {"workflow.state"}

    def test_begins_at_the_beginning(self, organization: Organization) -> None:
        with pytest.raises(InvalidError, match=r"an incident is made in 'New' \(new\), not in 'Resolved'"):
            organization.desk.create(
                "itil.incident", actor="ines", state="resolved", summary="a", symptoms="b", channel="mail"
            )

    def test_has_nothing_loosened(self, organization: Organization) -> None:

        assert organization.desk.catalog.loosenings == ()


class TestThePracticalWay:
    @pytest.fixture(autouse=True)
    def practical(self, organization: Organization) -> None:
        organization.configure(incident_strictness="practical")

    def test_resolves_on_the_phone(self, organization: Organization) -> None:
        """Without triage or assignment; that is an answer, too."""
        key = organization.incident()

        assert organization.move("sam", key, "resolve", **RESOLVED) == "resolved"
        assert organization.fields(key)["first_response_at"] == "2026-11-16T09:00:00Z"

    def test_is_over_when_the_phone_is_put_down(self, organization: Organization) -> None:
        """Classified, resolved and closed in one step, with its promises kept; the user who comes back reopens it."""
        key = organization.incident()
        call: dict[str, Any] = {"impact": 3, "urgency": 3, "category": "mail", "no_item_reason": "not known"}

        bare = organization.refused("sam", key, "resolve_and_close", **RESOLVED)
        closed = organization.move("sam", key, "resolve_and_close", **RESOLVED, **call)
        timers = {
            id: organization.desk.timer(organization.desk.item(key), id).reading.status.value
            for id in ("itil.response", "itil.resolution")
        }

        assert set(bare) == {"itil.incident_fields"}
        assert (closed, timers) == ("closed", {"itil.response": "met", "itil.resolution": "met"})
        assert organization.fields(key)["first_response_at"] == "2026-11-16T09:00:00Z"
        assert organization.move("uma", key, "reopen", REASON) == "in_progress"

    def test_that_is_grave_is_not_over_without_its_problem(self, organization: Organization) -> None:
        key = organization.incident()
        grave: dict[str, Any] = {"impact": 1, "urgency": 1, "category": "mail", "no_item_reason": "not known"}

        refused = organization.refused("sam", key, "resolve_and_close", **RESOLVED, **grave)

        assert "itil.problem_linked" in refused

    def test_goes_back_to_the_queue(self, organization: Organization) -> None:
        """With a reason, counted as handed on, and without losing its timer."""
        key = organization.started()

        blocker = organization.refused("rosa", key, "return_to_queue")["itil.reason_text"]
        organization.move("rosa", key, "return_to_queue", REASON)

        assert blocker.remedy == "say why, in at least 10 characters"
        assert (organization.state(key), organization.fields(key)["reassign_count"]) == ("triaged", 1)
        timer = organization.desk.timer(organization.desk.item(key), "itil.resolution")
        assert timer.reading.status.value == "running"

    def test_resolves_what_waits(self, organization: Organization) -> None:
        key = organization.started()
        organization.move("rosa", key, "pend", pending_reason="awaiting_user")

        assert organization.move("rosa", key, "resolve", **RESOLVED) == "resolved"

    def test_reopens_what_was_closed(self, organization: Organization) -> None:
        key = organization.resolved()
        organization.move("uma", key, "close")

        assert organization.move("uma", key, "reopen", REASON) == "in_progress"
        assert organization.fields(key).get("closed_at") is None

    def test_reopens_for_another_group_in_one_step(self, organization: Organization) -> None:
        """In the queue of that group, without an assignee, counted as handed on, with its timer going on."""
        key = organization.triaged(group="mail")
        organization.move("rosa", key, "start_work", assignee="rosa")
        organization.move("rosa", key, "resolve", **RESOLVED)

        same = organization.refused("sam", key, "reopen_elsewhere", REASON, group="mail")["itil.other_group"]
        state = organization.move("sam", key, "reopen_elsewhere", REASON, group="network")
        reading = organization.desk.timer(organization.desk.item(key), "itil.resolution").reading
        organization.desk.pass_time("2026-12-01T17:00:00Z")

        fields = organization.fields(key)
        assert same.message == "'mail' had it before"
        assert (state, organization.state(key)) == ("triaged", "triaged")
        assert (fields["group"], fields.get("assignee")) == ("network", None)
        assert (fields["reopen_count"], fields["reassign_count"], fields.get("resolved_at")) == (1, 1, None)
        assert reading.status.value == "running"

    def test_reopens_for_another_group_within_the_time_and_with_a_reason(
        self, organization: Organization
    ) -> None:
        key = organization.resolved()
        bare = organization.refused("sam", key, "reopen_elsewhere")
        organization.move("uma", key, "close")
        organization.at("2026-11-24T09:00:01Z")

        late = organization.refused("sam", key, "reopen_elsewhere", REASON, group="network")

        assert set(bare) == {"itil.reason_text", "itil.other_group"}
        assert set(late) == {"itil.reopen_time"}

    def test_takes_over_what_began_elsewhere(self, organization: Organization) -> None:
        """By an incident manager; timers that start with the record do not start."""
        given: dict[str, Any] = {"summary": "a", "symptoms": "b", "channel": "mail"}

        made = organization.desk.create("itil.incident", actor="ines", state="in_progress", **given)

        assert (made.state, made.timers) == ("in_progress", {})
        with pytest.raises(ForbiddenError, match="Sam may not create a"):
            organization.desk.create("itil.incident", actor="sam", state="in_progress", **given)

    def test_takes_moments_from_elsewhere_in_order_and_measures_none_from_before_the_record(
        self, organization: Organization
    ) -> None:
        """It was answered before it was resolved; an answer before the record would be a time below zero."""
        given: dict[str, Any] = {"summary": "a", "symptoms": "b", "channel": "mail", "state": "in_progress"}
        answered: dict[str, Any] = {"first_response_at": "2026-11-13T11:00:00Z"}

        with pytest.raises(InvalidError, match="resolved_at lies before first_response_at"):
            organization.desk.create(
                "itil.incident", actor="ines", **given, **answered, resolved_at="2026-11-13T10:00:00Z"
            )
        organization.desk.create("itil.incident", actor="ines", **given, **answered)

        assert organization.desk.metric("itil.mtta").value.value is None

    def test_still_closes_only_what_was_resolved(self, organization: Organization) -> None:
        assert set(organization.refused("sam", organization.started(), "close")) >= {"workflow.state"}

    def test_says_of_every_loosening_why(self, organization: Organization) -> None:

        assert [(each.target, bool(each.reason)) for each in organization.desk.catalog.loosenings] == [
            ("itil.incident.start_work: sources", True),
            ("itil.incident.pend: sources", True),
            ("itil.incident.resolve: sources", True),
            ("itil.incident.reopen: sources", True),
            ("itil.incident.return_to_queue", True),
            ("itil.incident.resolve_and_close", True),
            ("itil.incident.reopen_elsewhere", True),
            ("itil.incident: entries", True),
        ]
