"""The strict way of incidents, which skips nothing, and the practical one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from placet.errors import ForbiddenError, InvalidError

if TYPE_CHECKING:
    from .conftest import Organisation

from .conftest import RESOLVED

REASON = "as was agreed on the phone"


class TestTheStrictWay:
    @pytest.mark.parametrize("transition", ["start_work", "pend", "resolve"])
    def test_skips_nothing(self, organisation: Organisation, transition: str) -> None:
        assert set(organisation.refused("rosa", organisation.incident(), transition)) >= {"workflow.state"}

    def test_begins_at_the_beginning(self, organisation: Organisation) -> None:
        with pytest.raises(InvalidError, match=r"a itil\.incident is made in new, not in resolved"):
            organisation.desk.create(
                "itil.incident", actor="ines", state="resolved", summary="a", symptoms="b", channel="mail"
            )

    def test_has_nothing_loosened(self, organisation: Organisation) -> None:

        assert organisation.desk.catalog.loosenings == ()


class TestThePracticalWay:
    @pytest.fixture(autouse=True)
    def practical(self, organisation: Organisation) -> None:
        organisation.configure(incident_strictness="practical")

    def test_resolves_on_the_phone(self, organisation: Organisation) -> None:
        """Without triage or assignment; that is an answer, too."""
        key = organisation.incident()

        assert organisation.move("sam", key, "resolve", **RESOLVED) == "resolved"
        assert organisation.fields(key)["first_response_at"] == "2026-11-16T09:00:00Z"

    def test_is_over_when_the_phone_is_put_down(self, organisation: Organisation) -> None:
        """Classified, resolved and closed in one step, with its promises kept; the user who comes back reopens it."""
        key = organisation.incident()
        call: dict[str, Any] = {"impact": 3, "urgency": 3, "category": "mail", "no_item_reason": "not known"}

        bare = organisation.refused("sam", key, "resolve_and_close", **RESOLVED)
        closed = organisation.move("sam", key, "resolve_and_close", **RESOLVED, **call)
        timers = {
            id: organisation.desk.timer(organisation.desk.item(key), id).reading.status.value
            for id in ("itil.response", "itil.resolution")
        }

        assert set(bare) == {"itil.incident_fields"}
        assert (closed, timers) == ("closed", {"itil.response": "met", "itil.resolution": "met"})
        assert organisation.fields(key)["first_response_at"] == "2026-11-16T09:00:00Z"
        assert organisation.move("uma", key, "reopen", REASON) == "in_progress"

    def test_that_is_grave_is_not_over_without_its_problem(self, organisation: Organisation) -> None:
        key = organisation.incident()
        grave: dict[str, Any] = {"impact": 1, "urgency": 1, "category": "mail", "no_item_reason": "not known"}

        refused = organisation.refused("sam", key, "resolve_and_close", **RESOLVED, **grave)

        assert "itil.problem_linked" in refused

    def test_goes_back_to_the_queue(self, organisation: Organisation) -> None:
        """With a reason, counted as handed on, and without losing its timer."""
        key = organisation.started()

        blocker = organisation.refused("rosa", key, "return_to_queue")["itil.reason_text"]
        organisation.move("rosa", key, "return_to_queue", REASON)

        assert blocker.remedy == "say why, in at least 10 characters"
        assert (organisation.state(key), organisation.fields(key)["reassign_count"]) == ("triaged", 1)
        timer = organisation.desk.timer(organisation.desk.item(key), "itil.resolution")
        assert timer.reading.status.value == "running"

    def test_resolves_what_waits(self, organisation: Organisation) -> None:
        key = organisation.started()
        organisation.move("rosa", key, "pend", pending_reason="awaiting_user")

        assert organisation.move("rosa", key, "resolve", **RESOLVED) == "resolved"

    def test_reopens_what_was_closed(self, organisation: Organisation) -> None:
        key = organisation.resolved()
        organisation.move("uma", key, "close")

        assert organisation.move("uma", key, "reopen", REASON) == "in_progress"
        assert organisation.fields(key).get("closed_at") is None

    def test_reopens_for_another_group_in_one_step(self, organisation: Organisation) -> None:
        """In the queue of that group, without an assignee, counted as handed on, with its timer going on."""
        key = organisation.triaged(group="mail")
        organisation.move("rosa", key, "start_work", assignee="rosa")
        organisation.move("rosa", key, "resolve", **RESOLVED)

        same = organisation.refused("sam", key, "reopen_elsewhere", REASON, group="mail")["itil.other_group"]
        state = organisation.move("sam", key, "reopen_elsewhere", REASON, group="network")
        reading = organisation.desk.timer(organisation.desk.item(key), "itil.resolution").reading
        organisation.desk.pass_time("2026-12-01T17:00:00Z")

        fields = organisation.fields(key)
        assert same.message == "'mail' had it before"
        assert (state, organisation.state(key)) == ("triaged", "triaged")
        assert (fields["group"], fields.get("assignee")) == ("network", None)
        assert (fields["reopen_count"], fields["reassign_count"], fields.get("resolved_at")) == (1, 1, None)
        assert reading.status.value == "running"

    def test_reopens_for_another_group_within_the_time_and_with_a_reason(
        self, organisation: Organisation
    ) -> None:
        key = organisation.resolved()
        bare = organisation.refused("sam", key, "reopen_elsewhere")
        organisation.move("uma", key, "close")
        organisation.at("2026-11-24T09:00:01Z")

        late = organisation.refused("sam", key, "reopen_elsewhere", REASON, group="network")

        assert set(bare) == {"itil.reason_text", "itil.other_group"}
        assert set(late) == {"itil.reopen_time"}

    def test_takes_over_what_began_elsewhere(self, organisation: Organisation) -> None:
        """By an incident manager; timers that start with the record do not start."""
        given: dict[str, Any] = {"summary": "a", "symptoms": "b", "channel": "mail"}

        made = organisation.desk.create("itil.incident", actor="ines", state="in_progress", **given)

        assert (made.state, made.timers) == ("in_progress", {})
        with pytest.raises(ForbiddenError, match="sam may not create items of type"):
            organisation.desk.create("itil.incident", actor="sam", state="in_progress", **given)

    def test_takes_moments_from_elsewhere_in_order_and_measures_none_from_before_the_record(
        self, organisation: Organisation
    ) -> None:
        """It was answered before it was resolved; an answer before the record would be a time below zero."""
        given: dict[str, Any] = {"summary": "a", "symptoms": "b", "channel": "mail", "state": "in_progress"}
        answered: dict[str, Any] = {"first_response_at": "2026-11-13T11:00:00Z"}

        with pytest.raises(InvalidError, match="resolved_at lies before first_response_at"):
            organisation.desk.create(
                "itil.incident", actor="ines", **given, **answered, resolved_at="2026-11-13T10:00:00Z"
            )
        organisation.desk.create("itil.incident", actor="ines", **given, **answered)

        assert organisation.desk.metric("itil.mtta").value.value is None

    def test_still_closes_only_what_was_resolved(self, organisation: Organisation) -> None:
        assert set(organisation.refused("sam", organisation.started(), "close")) >= {"workflow.state"}

    def test_says_of_every_loosening_why(self, organisation: Organisation) -> None:

        assert [(each.target, bool(each.reason)) for each in organisation.desk.catalog.loosenings] == [
            ("itil.incident.start_work: sources", True),
            ("itil.incident.pend: sources", True),
            ("itil.incident.resolve: sources", True),
            ("itil.incident.reopen: sources", True),
            ("itil.incident.return_to_queue", True),
            ("itil.incident.resolve_and_close", True),
            ("itil.incident.reopen_elsewhere", True),
            ("itil.incident: entries", True),
        ]
