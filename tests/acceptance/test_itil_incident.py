"""The acceptance scenarios of incident management (ITIL 4, I07 to I10), through HTTP, with their moments."""

from __future__ import annotations

from typing import Any

from .conftest import Organization

#: Friday 2026-11-20 15:00; the business day is 09:00 to 17:00.
FRIDAY = "2026-11-20T15:00:00Z"
RESOLVED = {
    "resolution_code": "fixed",
    "resolution_notes": "The relay was restarted and the queue has drained.",
}
P1, P2, P3 = {"impact": 1, "urgency": 1}, {"impact": 2, "urgency": 2}, {"impact": 3, "urgency": 2}


def incident(organization: Organization, **fields: Any) -> str:
    """An incident of uma's, triaged at the same moment."""
    key = organization.uma.create(
        "itil.incident", "Mail does not arrive", summary="Mail does not arrive", symptoms="Nothing since nine.",
        channel="portal",
    )  # fmt: skip
    known = {"category": "mail", "no_item_reason": "not known yet"} | fields
    organization.sam.move(key, "triage", **known)
    return key


def started(organization: Organization, **fields: Any) -> str:
    """An incident that rosa works on."""
    key = incident(organization, **fields)
    organization.rosa.move(key, "start_work", assignee="rosa")
    return key


def clock(organization: Organization, key: str, timer: str) -> Any:
    """A timer of an item, as everybody sees it."""
    timers = organization.sam.get("/timers", item=key)["timers"]
    return next(each for each in timers if each["timer"] == f"itil.{timer}")


class TestI07TimersThatPause:
    def test_run_by_the_business_calendar(self, organization: Organization) -> None:
        """A P3 of Friday 15:00 is answered by Monday 11:00 and resolved by Wednesday 15:00."""
        organization.clock(FRIDAY)
        key = incident(organization, **P3)

        assert clock(organization, key, "response")["due_at"] == "2026-11-23T11:00:00Z"
        assert clock(organization, key, "resolution")["due_at"] == "2026-11-25T15:00:00Z"

    def test_stand_still_while_the_user_is_waited_for(self, organization: Organization) -> None:
        """Ten business hours of waiting, Monday 10:00 to Tuesday 12:00, move the end to Thursday 17:00."""
        organization.clock(FRIDAY)
        key = started(organization, **P3)
        organization.clock("2026-11-23T10:00:00Z")
        organization.rosa.move(key, "pend", pending_reason="awaiting_user")
        paused = clock(organization, key, "resolution")
        organization.clock("2026-11-24T12:00:00Z")
        organization.uma.move(key, "resume")

        assert (paused["status"], paused["due_at"]) == ("paused", None)
        assert clock(organization, key, "resolution")["due_at"] == "2026-11-26T17:00:00Z"

    def test_run_on_while_a_vendor_is_waited_for(self, organization: Organization) -> None:
        """That is the desk's own time; the vendor's case has to be named."""
        organization.clock(FRIDAY)
        key = started(organization, **P3)
        organization.clock("2026-11-23T10:00:00Z")
        unnamed = organization.rosa.refused(key, "pend", pending_reason="awaiting_vendor")
        organization.rosa.move(key, "pend", pending_reason="awaiting_vendor", vendor_reference="V-77")
        organization.clock("2026-11-24T12:00:00Z")
        organization.rosa.move(key, "resume")

        assert unnamed["itil.pending_fields"]["message"] == "missing: vendor reference"
        assert clock(organization, key, "resolution")["due_at"] == "2026-11-25T15:00:00Z"


class TestI08PriorityRaised:
    def test_is_due_at_the_earlier_of_both(self, organization: Organization) -> None:
        """The earlier of Wednesday 15:00 and Monday 10:00 plus eight hours."""
        organization.clock(FRIDAY)
        key = started(organization, **P3)
        organization.clock("2026-11-23T10:00:00Z")

        raised = organization.ines.edit(key, impact=2)

        assert raised["fields"]["priority"] == "P2"
        assert clock(organization, key, "resolution")["due_at"] == "2026-11-23T18:00:00Z"


class TestI09P1WithoutProblem:
    def test_is_not_closed_by_silence_until_its_cause_is_sought(self, organization: Organization) -> None:
        """Five business days pass; `system` is refused, and closes it as soon as a problem is linked."""
        key = started(organization, **P1)
        organization.clock("2026-11-16T10:00:00Z")
        organization.rosa.move(key, "resolve", **RESOLVED)

        organization.clock("2026-11-24T10:00:00Z")

        refusal = organization.sam.get(f"/items/{key}/history")["events"][-1]
        assert refusal["kind"] == "refused"
        assert [blocker["check"] for blocker in refusal["blockers"]] == ["itil.problem_linked"]
        assert organization.sam.get(f"/items/{key}")["state"] == "resolved"

        problem = organization.pia.create("itil.problem", "The relay loses mail", source="reactive")
        organization.pia.link(key, "itil.caused_by_problem", problem)
        organization.clock("2026-11-24T10:00:01Z")

        closed = organization.sam.get(f"/items/{key}")
        assert (closed["state"], closed["fields"]["closed_at"]) == ("closed", "2026-11-24T10:00:00Z")


class TestI10ReopeningTooLate:
    def test_names_when_the_window_ended_and_offers_a_new_incident(self, organization: Organization) -> None:
        """Resolved on Monday 10:00; five business days later it still waits, as it has no problem."""
        organization.clock("2026-11-16T09:30:00Z")
        key = started(organization, **P1)
        organization.clock("2026-11-16T10:00:00Z")
        organization.rosa.move(key, "resolve", **RESOLVED)
        organization.clock("2026-11-24T11:00:00Z")

        blocker = organization.uma.refused(key, "reopen", "It is as slow as before.")["itil.reopen_time"]

        assert blocker["message"] == (
            "the time to reopen it ended on Monday 23 November 10:00, 5 business days after it was resolved"
        )
        assert blocker["remedy"] == f"raise a new incident, and mention {key} in it"
        assert [action["kind"] for action in blocker["actions"]] == ["create"]

    def test_in_time_it_goes_on_with_the_clock_it_had(self, organization: Organization) -> None:
        """The breach of a promise is not healed by reopening."""
        key = started(organization, **P1)
        organization.clock("2026-11-16T14:00:00Z")
        organization.rosa.move(key, "resolve", **RESOLVED)
        breached = clock(organization, key, "resolution")
        organization.clock("2026-11-17T09:00:00Z")

        reopened = organization.uma.move(key, "reopen", "It is as slow as before.")

        assert (reopened["state"], reopened["fields"]["reopen_count"]) == ("in_progress", 1)
        assert breached["status"] == clock(organization, key, "resolution")["status"] == "breached"
