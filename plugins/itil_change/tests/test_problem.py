"""Problems: classified, understood, fixed, watched, or lived with; the patterns that raise them, and their figures."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from placet.errors import ConflictError

if TYPE_CHECKING:
    from .conftest import Organisation

from .conftest import CAUSE, LOW_RISK, PLANS, WORKAROUND

REASON = "as was agreed in the weekly meeting"
FROM, TO = "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z"


def investigated(organisation: Organisation, *items: str) -> str:
    key = organisation.problem(*items)
    organisation.move("pia", key, "start_investigation")
    return key


def fixing(organisation: Organisation, item: str) -> tuple[str, str]:
    """A problem whose fix is on the schedule, and the change."""
    problem = organisation.known_error(item)
    change = organisation.scheduled(item, FROM, TO)
    organisation.link("pia", problem, "itil.fixed_by_change", change)
    organisation.move("pia", problem, "raise_fix")
    return problem, change


class TestClassifying:
    def test_names_incidents_unless_nobody_waited_for_any(self, organisation: Organisation) -> None:
        key = organisation.create("pia", "itil.problem", "Mail", source="reactive")

        blockers = organisation.desk.refused(key, "start_investigation", actor="pia").messages
        organisation.link("pia", organisation.triaged(), "itil.caused_by_problem", key)

        assert blockers == ["missing: impact, urgency", "no incident is linked, and its source is reactive"]
        assert organisation.move("pia", key, "start_investigation", impact=2, urgency=2) == "investigating"
        assert organisation.fields(key)["priority"] == "P2"


class TestUnderstanding:
    def test_takes_the_cause_how_it_was_found_and_what_shows_it(self, organisation: Organisation) -> None:
        key = investigated(organisation)
        unknown = {"cause_category": "unknown"}

        found = organisation.desk.refused(key, "identify_known_error", actor="pia", **unknown, **WORKAROUND)

        assert found.messages == [
            "missing: root cause, method of analysis",
            "the category of the cause is still unknown",
            "no evidence of the analysis is attached",
        ]

    def test_takes_a_workaround_that_was_tried(self, organisation: Organisation) -> None:
        key = investigated(organisation)
        organisation.attach("rosa", key, "rca")
        untried = {"workaround": "Empty it."}

        blocker = organisation.refused("pia", key, "identify_known_error", **CAUSE, **untried)

        assert blocker["itil.workaround_fields"].message == (
            "missing: workaround tested at, known error article"
        )
        assert organisation.move("pia", key, "identify_known_error", **CAUSE, **WORKAROUND) == "known_error"

    def test_or_the_reason_why_there_is_none(self, organisation: Organisation) -> None:
        key = investigated(organisation)
        organisation.attach("rosa", key, "rca")
        none = {
            "no_workaround_reason": "Nothing helps but waiting.",
            "known_error_article": "Ask them to wait.",
        }

        assert organisation.move("pia", key, "identify_known_error", **CAUSE, **none) == "known_error"


class TestKnownErrors:
    def test_are_shown_on_incidents_that_match(self, organisation: Organisation) -> None:
        """With the same item, or of the same category where no item is named; nothing else."""
        relay, printer = organisation.item("relay"), organisation.item("printer")
        problem = organisation.known_error(relay, category="mail")

        shown = {
            name: organisation.fields(key).get("known_errors", [])
            for name, key in {
                "same item": organisation.triaged(relay),
                "no item": organisation.triaged(),
                "other item": organisation.triaged(printer),
            }.items()
        }

        known = [{"problem": problem, "article": WORKAROUND["known_error_article"]}]
        assert shown == {"same item": known, "no item": known, "other item": []}

    def test_are_sent_to_the_service_desk(self, organisation: Organisation) -> None:
        key = organisation.known_error()

        notified = organisation.desk.notified(key)

        assert "itil.known_error" in notified["sam"]

    def test_are_lived_with_for_a_year_at_most(self, organisation: Organisation) -> None:
        """The owner of the service says until when; it is looked at again on that day."""
        key = organisation.known_error()

        undated = organisation.refused("otto", key, "accept_known_error", REASON)["itil.error_accepted"]
        late = organisation.refused("otto", key, "accept_known_error", REASON, review_on="2027-11-17")
        organisation.move("otto", key, "accept_known_error", REASON, review_on="2027-11-16")
        organisation.desk.pass_time("2027-11-18T00:00:00Z")

        assert undated.message == ("no day is given for the next review")
        assert late["itil.error_accepted"].message == (
            "the next review is on Wednesday 17 November 2027,"
            " which is not between tomorrow and Tuesday 16 November 2027"
        )
        reviews = [e.data["notifies"] for e in organisation.desk.history(key) if e.kind == "timer"]
        assert reviews == [["itil.service_owner", "itil.problem_manager"]]


class TestAPattern:
    def test_becomes_a_problem_with_the_third_incident(self, organisation: Organisation) -> None:
        """The same category and a common item; the gravest of them say how grave it is."""
        relay, gateway = organisation.item("relay"), organisation.item("gateway")
        first = organisation.triaged(relay, impact=2, urgency=3)
        organisation.triaged(gateway)
        second = organisation.triaged(relay, gateway)

        third = organisation.triaged(relay)

        problems = {
            organisation.desk.item(key).links["itil.caused_by_problem"] for key in (first, second, third)
        }
        assert len(problems) == 1
        [(problem,)] = problems
        fields = organisation.fields(problem)
        assert (fields["source"], fields["cis"], fields["impact"], fields["urgency"]) == (
            "proactive",
            [relay],
            2,
            2,
        )

    def test_takes_in_the_fourth(self, organisation: Organisation) -> None:
        """The problem that is there is the one; no second is made."""
        relay = organisation.item("relay")
        keys = [organisation.triaged(relay) for _ in range(4)]

        links = [organisation.desk.item(key).links["itil.caused_by_problem"] for key in keys]

        assert len(set(links)) == 1

    def test_does_not_count_what_was_fixed(self, organisation: Organisation) -> None:
        """Three incidents, a problem that is over, and a fourth incident: that is one, and no pattern."""
        relay = organisation.item("relay")
        keys = [organisation.triaged(relay) for _ in range(3)]
        [problem] = organisation.desk.item(keys[0]).links["itil.caused_by_problem"]
        organisation.move("pia", problem, "cancel_problem", REASON)

        key = organisation.triaged(relay)

        assert "itil.caused_by_problem" not in organisation.desk.item(key).links

    @pytest.mark.parametrize(("days", "made"), [(30, True), (31, False)])
    def test_is_one_within_thirty_days(self, organisation: Organisation, days: int, made: bool) -> None:
        relay = organisation.item("relay")
        for _ in range(2):
            organisation.triaged(relay)
        organisation.desk.at(f"2026-12-{16 + days - 30:02}T09:00:00Z")

        key = organisation.triaged(relay)

        assert ("itil.caused_by_problem" in organisation.desk.item(key).links) is made

    def test_counts_what_was_resolved_meanwhile(self, organisation: Organisation) -> None:
        """And not what was raised in error."""
        relay = organisation.item("relay")
        organisation.move("sam", organisation.triaged(relay), "cancel_incident", REASON)
        organisation.resolved(relay)
        closed = organisation.resolved(relay)
        organisation.move("uma", closed, "close")

        key = organisation.triaged(relay)

        assert organisation.desk.item(key).links == organisation.desk.item(closed).links
        assert "itil.caused_by_problem" in organisation.desk.item(key).links

    def test_follows_the_settings(self, organisation: Organisation) -> None:
        organisation.configure(proactive_incidents=2)
        relay = organisation.item("relay")
        organisation.triaged(relay)

        key = organisation.triaged(relay)

        assert "itil.caused_by_problem" in organisation.desk.item(key).links


class TestAFix:
    def test_is_a_change_that_is_named_or_made(self, organisation: Organisation) -> None:
        key = organisation.known_error(organisation.item())

        blocker = organisation.refused("pia", key, "raise_fix")["itil.fix_change"]
        organisation.move("pia", key, "raise_fix", create_change=True, fix_plan="Limit the queue.")

        assert (blocker.message, blocker.remedy) == (
            "no change was raised to fix it",
            "raise one here, or link one",
        )
        [change] = organisation.desk.item(key).links["itil.fixed_by_change"]
        fields = organisation.fields(change)
        assert (fields["type"], fields["reason"], fields["initiator"]) == ("normal", "fix", "pia")
        assert fields["implementation_plan"] == "Limit the queue."
        assert "create_change" not in organisation.fields(key)

    def test_is_not_authorized_by_who_had_it_made(self, organisation: Organisation) -> None:
        """`system` made the change, on somebody's behalf."""
        organisation.hold("itil.delegated_change_authority", "lea", "pia")
        key = organisation.known_error(organisation.item())
        organisation.move("pia", key, "raise_fix", create_change=True)
        [change] = organisation.desk.item(key).links["itil.fixed_by_change"]
        organisation.edit(
            "maya", change, implementer="ravi", planned_start=FROM, planned_end=TO, **PLANS, **LOW_RISK
        )
        organisation.move("maya", change, "submit")
        organisation.attach("ravi", change, "test_result")
        organisation.move("carl", change, "request_authorization")

        assert organisation.vote_refused(change, "itil.change_approval", "pia") == ["itil.sod_authorize"]

    def test_that_succeeded_is_watched(self, organisation: Organisation) -> None:
        problem, change = fixing(organisation, organisation.item())
        early = organisation.refused("pia", problem, "fix_done")["itil.fix_change_ok"]
        organisation.at(FROM)

        organisation.close(change)

        assert early.message == (
            f"the fixing change is not closed as successful: '{organisation.desk.item(change).title}' ({change})"
            " is in 'Scheduled'"
        )
        assert organisation.state(problem) == "observing"
        assert organisation.fields(problem)["observing_since"] == FROM

    def test_that_failed_leaves_a_known_error(self, organisation: Organisation) -> None:
        """Closed, and not successful."""
        problem, change = fixing(organisation, organisation.item())
        organisation.at(FROM)
        organisation.move("ravi", change, "start_implementation")
        organisation.move("ravi", change, "start_backout")
        organisation.move("ravi", change, "finish_backout", verification_note="The old version serves again.")
        organisation.move("ravi", change, "confirm_items", no_data_change=True)
        waiting = organisation.state(problem)

        organisation.move("carl", change, "close_change", pir_reviewer="carl", pir_findings="Untested.")

        assert (waiting, organisation.state(problem)) == ("fixing", "known_error")

    def test_of_several_changes_waits_for_all(self, organisation: Organisation) -> None:
        """One is cancelled, the other still to be done."""
        item = organisation.item()
        problem, change = fixing(organisation, item)
        other = organisation.change(item, FROM, TO)
        organisation.link("pia", problem, "itil.fixed_by_change", other)

        organisation.move("maya", other, "cancel_change", REASON)
        waiting = organisation.state(problem)
        organisation.move("maya", change, "cancel_change", REASON)

        assert (waiting, organisation.state(problem)) == ("fixing", "known_error")

    def test_without_a_change_needs_the_cause(self, organisation: Organisation) -> None:
        key = investigated(organisation)

        assert "itil.rca_fields" in organisation.refused("pia", key, "fix_without_change", REASON)
        organisation.attach("rosa", key, "rca")
        assert organisation.move("pia", key, "fix_without_change", REASON, **CAUSE) == "observing"


class TestWatching:
    def watched(self, organisation: Organisation) -> str:
        key = organisation.known_error()
        organisation.move("pia", key, "fix_without_change", REASON)
        return key

    def test_takes_a_fortnight(self, organisation: Organisation) -> None:
        key = self.watched(organisation)
        organisation.at("2026-11-20T09:00:00Z")
        blocker = organisation.refused("pia", key, "close_problem")["itil.quiet_period"]
        organisation.desk.pass_time("2026-11-30T09:00:00Z")

        assert blocker.message == "observed for 4 of 14 days"
        assert blocker.remedy == "wait until Monday 30 November 09:00"
        roles = [e.data["notifies"] for e in organisation.desk.history(key) if e.kind == "timer"]
        assert roles == [["itil.problem_manager"]]
        assert organisation.move("pia", key, "close_problem") == "closed"

    def test_ends_with_an_incident_that_is_younger(self, organisation: Organisation) -> None:
        """One from before says nothing about the fix."""
        older = organisation.triaged()
        organisation.at("2026-11-16T10:00:00Z")
        key = self.watched(organisation)
        organisation.link("pia", older, "itil.caused_by_problem", key)
        after_older = organisation.state(key)
        organisation.at("2026-11-20T09:00:00Z")
        younger = organisation.triaged()

        organisation.link("pia", younger, "itil.caused_by_problem", key)

        assert (after_older, organisation.state(key)) == ("observing", "investigating")
        last = organisation.desk.history(key)[-1]
        assert (last.data["transition"], last.actor) == ("recur", "system")

    def test_has_one_problem_for_an_incident(self, organisation: Organisation) -> None:
        incident = organisation.triaged()
        organisation.link("pia", incident, "itil.caused_by_problem", organisation.problem())

        with pytest.raises(ConflictError, match="already has its only link"):
            organisation.link("pia", incident, "itil.caused_by_problem", organisation.problem())


class TestMeasuring:
    def test_agrees_with_the_events_counted_one_by_one(self, organisation: Organisation) -> None:
        """Two known errors of different ages, one problem that came up again, one that did not."""
        keys = [organisation.known_error()]
        organisation.at("2026-11-18T09:00:00Z")
        keys += [organisation.known_error() for _ in range(3)]
        for key in keys[2:]:
            organisation.move("pia", key, "fix_without_change", REASON)
        organisation.at("2026-11-20T09:00:00Z")
        organisation.link("pia", organisation.triaged(), "itil.caused_by_problem", keys[2])
        organisation.at("2026-11-24T09:00:00Z")
        desk, now = organisation.desk, organisation.desk.history(keys[2])[-1].at + timedelta(days=4)
        known, watched, again = {}, set(), set()
        for key in keys:
            for event in desk.history(key):
                name = event.data.get("transition")
                if name == "identify_known_error":
                    known[key] = event.at
                elif name == "fix_without_change":
                    watched.add(key)
                elif name == "recur":
                    again.add(key)
        standing = [key for key in keys if desk.item(key).state == "known_error"]

        def value(name: str) -> Any:
            return desk.metric(f"itil.{name}").value.value

        assert value("problem_backlog") == len(keys)
        assert value("known_error_age") == median((now - known[key]) / timedelta(days=1) for key in standing)
        assert value("recurrence_rate") == 100 * len(again) / len(watched) == 50
