"""Problems: classified, understood, fixed, watched, or lived with; the patterns that raise them, and their figures."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from placet.errors import ConflictError

if TYPE_CHECKING:
    from .conftest import Organization

from .conftest import CAUSE, LOW_RISK, PLANS, WORKAROUND

REASON = "as was agreed in the weekly meeting"
FROM, TO = "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z"


def investigated(organization: Organization, *items: str) -> str:
    key = organization.problem(*items)
    organization.move("pia", key, "start_investigation")
    return key


def fixing(organization: Organization, item: str) -> tuple[str, str]:
    """A problem whose fix is on the schedule, and the change."""
    problem = organization.known_error(item)
    change = organization.scheduled(item, FROM, TO)
    organization.link("pia", problem, "itil.fixed_by_change", change)
    organization.move("pia", problem, "raise_fix")
    return problem, change


class TestClassifying:
    def test_names_incidents_unless_nobody_waited_for_any(self, organization: Organization) -> None:
        key = organization.create("pia", "itil.problem", "Mail", source="reactive")

        blockers = organization.desk.refused(key, "start_investigation", actor="pia").messages
        organization.link("pia", organization.triaged(), "itil.caused_by_problem", key)

        assert blockers == ["missing: impact, urgency", "no incident is linked, and its source is reactive"]
        assert organization.move("pia", key, "start_investigation", impact=2, urgency=2) == "investigating"
        assert organization.fields(key)["priority"] == "P2"


class TestUnderstanding:
    def test_takes_the_cause_how_it_was_found_and_what_shows_it(self, organization: Organization) -> None:
        key = investigated(organization)
        unknown = {"cause_category": "unknown"}

        found = organization.desk.refused(key, "identify_known_error", actor="pia", **unknown, **WORKAROUND)

        assert found.messages == [
            "missing: root cause, method of analysis",
            "the category of the cause is still unknown",
            "no evidence of the analysis is attached",
        ]

    def test_takes_a_workaround_that_was_tried(self, organization: Organization) -> None:
        key = investigated(organization)
        organization.attach("rosa", key, "rca")
        untried = {"workaround": "Empty it."}

        blocker = organization.refused("pia", key, "identify_known_error", **CAUSE, **untried)

        assert blocker["itil.workaround_fields"].message == (
            "missing: workaround tested at, known error article"
        )
        assert organization.move("pia", key, "identify_known_error", **CAUSE, **WORKAROUND) == "known_error"

    def test_or_the_reason_why_there_is_none(self, organization: Organization) -> None:
        key = investigated(organization)
        organization.attach("rosa", key, "rca")
        none = {
            "no_workaround_reason": "Nothing helps but waiting.",
            "known_error_article": "Ask them to wait.",
        }

        assert organization.move("pia", key, "identify_known_error", **CAUSE, **none) == "known_error"


class TestKnownErrors:
    def test_are_shown_on_incidents_that_match(self, organization: Organization) -> None:
        """With the same item, or of the same category where no item is named; nothing else."""
        relay, printer = organization.item("relay"), organization.item("printer")
        problem = organization.known_error(relay, category="mail")

        shown = {
            name: organization.fields(key).get("known_errors", [])
            for name, key in {
                "same item": organization.triaged(relay),
                "no item": organization.triaged(),
                "other item": organization.triaged(printer),
            }.items()
        }

        known = [{"problem": problem, "article": WORKAROUND["known_error_article"]}]
        assert shown == {"same item": known, "no item": known, "other item": []}

    def test_of_the_same_item_come_first_and_then_what_was_written_last(
        self, organization: Organization
    ) -> None:
        """Whatever was logged first."""
        relay = organization.item("relay")
        revised, own, *others = (
            organization.known_error(*cis, category="mail") for cis in ((), (relay,), (), ())
        )
        organization.at("2026-11-16T10:00:00Z")
        organization.edit("pia", revised, known_error_article="Empty the queue.")

        shown = organization.fields(organization.triaged(relay))["known_errors"]

        assert [each["problem"] for each in shown] == [own, revised, *reversed(others)]

    def test_are_sent_to_the_service_desk(self, organization: Organization) -> None:
        key = organization.known_error()

        notified = organization.desk.notified(key)

        assert "itil.known_error" in notified["sam"]

    def test_are_lived_with_for_a_year_at_most(self, organization: Organization) -> None:
        """The owner of the service says until when; it is looked at again on that day."""
        key = organization.known_error()

        undated = organization.refused("otto", key, "accept_known_error", REASON)["itil.error_accepted"]
        late = organization.refused("otto", key, "accept_known_error", REASON, review_on="2027-11-17")
        organization.move("otto", key, "accept_known_error", REASON, review_on="2027-11-16")
        organization.desk.pass_time("2027-11-18T00:00:00Z")

        assert undated.message == ("no day is given for the next review")
        assert late["itil.error_accepted"].message == (
            "the next review is on Wednesday 17 November 2027,"
            " which is not between tomorrow and Tuesday 16 November 2027"
        )
        reviews = [e.data["notifies"] for e in organization.desk.history(key) if e.kind == "timer"]
        assert reviews == [["itil.service_owner", "itil.problem_manager"]]


class TestAPattern:
    def test_becomes_a_problem_with_the_third_incident(self, organization: Organization) -> None:
        """The same category and a common item; the gravest of them say how grave it is."""
        relay, gateway = organization.item("relay"), organization.item("gateway")
        first = organization.triaged(relay, impact=2, urgency=3)
        organization.triaged(gateway)
        second = organization.triaged(relay, gateway)

        third = organization.triaged(relay)

        problems = {
            organization.desk.item(key).links["itil.caused_by_problem"] for key in (first, second, third)
        }
        assert len(problems) == 1
        [(problem,)] = problems
        fields = organization.fields(problem)
        assert (fields["source"], fields["cis"], fields["impact"], fields["urgency"]) == (
            "proactive",
            [relay],
            2,
            2,
        )

    def test_takes_in_the_fourth(self, organization: Organization) -> None:
        """The problem that is there is the one; no second is made."""
        relay = organization.item("relay")
        keys = [organization.triaged(relay) for _ in range(4)]

        links = [organization.desk.item(key).links["itil.caused_by_problem"] for key in keys]

        assert len(set(links)) == 1

    def test_does_not_count_what_was_fixed(self, organization: Organization) -> None:
        """Three incidents, a problem that is over, and a fourth incident: that is one, and no pattern."""
        relay = organization.item("relay")
        keys = [organization.triaged(relay) for _ in range(3)]
        [problem] = organization.desk.item(keys[0]).links["itil.caused_by_problem"]
        organization.move("pia", problem, "cancel_problem", REASON)

        key = organization.triaged(relay)

        assert "itil.caused_by_problem" not in organization.desk.item(key).links

    @pytest.mark.parametrize(("days", "made"), [(30, True), (31, False)])
    def test_is_one_within_thirty_days(self, organization: Organization, days: int, made: bool) -> None:
        relay = organization.item("relay")
        for _ in range(2):
            organization.triaged(relay)
        organization.desk.at(f"2026-12-{16 + days - 30:02}T09:00:00Z")

        key = organization.triaged(relay)

        assert ("itil.caused_by_problem" in organization.desk.item(key).links) is made

    def test_counts_what_was_resolved_meanwhile(self, organization: Organization) -> None:
        """And not what was raised in error."""
        relay = organization.item("relay")
        organization.move("sam", organization.triaged(relay), "cancel_incident", REASON)
        organization.resolved(relay)
        closed = organization.resolved(relay)
        organization.move("uma", closed, "close")

        key = organization.triaged(relay)

        assert organization.desk.item(key).links == organization.desk.item(closed).links
        assert "itil.caused_by_problem" in organization.desk.item(key).links

    def test_follows_the_settings(self, organization: Organization) -> None:
        organization.configure(proactive_incidents=2)
        relay = organization.item("relay")
        organization.triaged(relay)

        key = organization.triaged(relay)

        assert "itil.caused_by_problem" in organization.desk.item(key).links


class TestAFix:
    def test_is_a_change_that_is_named_or_made(self, organization: Organization) -> None:
        key = organization.known_error(organization.item())

        blocker = organization.refused("pia", key, "raise_fix")["itil.fix_change"]
        organization.move("pia", key, "raise_fix", create_change=True, fix_plan="Limit the queue.")

        assert (blocker.message, blocker.remedy) == (
            "no change was raised to fix it",
            "raise one here, or link one",
        )
        [change] = organization.desk.item(key).links["itil.fixed_by_change"]
        fields = organization.fields(change)
        assert (fields["type"], fields["reason"], fields["initiator"]) == ("normal", "fix", "pia")
        assert fields["implementation_plan"] == "Limit the queue."
        assert "create_change" not in organization.fields(key)

    def test_is_not_authorized_by_who_had_it_made(self, organization: Organization) -> None:
        """`system` made the change, on somebody's behalf."""
        organization.hold("itil.delegated_change_authority", "lea", "pia")
        key = organization.known_error(organization.item())
        organization.move("pia", key, "raise_fix", create_change=True)
        [change] = organization.desk.item(key).links["itil.fixed_by_change"]
        organization.edit(
            "maya", change, implementer="ravi", planned_start=FROM, planned_end=TO, **PLANS, **LOW_RISK
        )
        organization.move("maya", change, "submit")
        organization.attach("ravi", change, "test_result")
        organization.move("carl", change, "request_authorization")

        assert organization.vote_refused(change, "itil.change_approval", "pia") == ["itil.sod_authorize"]

    def test_that_succeeded_is_watched(self, organization: Organization) -> None:
        problem, change = fixing(organization, organization.item())
        early = organization.refused("pia", problem, "fix_done")["itil.fix_change_ok"]
        organization.at(FROM)

        organization.close(change)

        assert early.message == (
            f"the fixing change is not closed as successful: '{organization.desk.item(change).title}' ({change})"
            " is in 'Scheduled'"
        )
        assert organization.state(problem) == "observing"
        assert organization.fields(problem)["observing_since"] == FROM

    def test_that_failed_leaves_a_known_error(self, organization: Organization) -> None:
        """Closed, and not successful."""
        problem, change = fixing(organization, organization.item())
        organization.at(FROM)
        organization.move("ravi", change, "start_implementation")
        organization.move("ravi", change, "start_backout")
        organization.move("ravi", change, "finish_backout", verification_note="The old version serves again.")
        organization.move("ravi", change, "confirm_items", no_data_change=True)
        waiting = organization.state(problem)

        organization.move("carl", change, "close_change", pir_reviewer="carl", pir_findings="Untested.")

        assert (waiting, organization.state(problem)) == ("fixing", "known_error")

    def test_of_several_changes_waits_for_all(self, organization: Organization) -> None:
        """One is cancelled, the other still to be done."""
        item = organization.item()
        problem, change = fixing(organization, item)
        other = organization.change(item, FROM, TO)
        organization.link("pia", problem, "itil.fixed_by_change", other)

        organization.move("maya", other, "cancel_change", REASON)
        waiting = organization.state(problem)
        organization.move("maya", change, "cancel_change", REASON)

        assert (waiting, organization.state(problem)) == ("fixing", "known_error")

    def test_without_a_change_needs_the_cause(self, organization: Organization) -> None:
        key = investigated(organization)

        assert "itil.rca_fields" in organization.refused("pia", key, "fix_without_change", REASON)
        organization.attach("rosa", key, "rca")
        assert organization.move("pia", key, "fix_without_change", REASON, **CAUSE) == "observing"


class TestWatching:
    def watched(self, organization: Organization) -> str:
        key = organization.known_error()
        organization.move("pia", key, "fix_without_change", REASON)
        return key

    def test_takes_a_fortnight(self, organization: Organization) -> None:
        key = self.watched(organization)
        organization.at("2026-11-20T09:00:00Z")
        blocker = organization.refused("pia", key, "close_problem")["itil.quiet_period"]
        organization.desk.pass_time("2026-11-30T09:00:00Z")

        assert blocker.message == "observed for 4 of 14 days"
        assert blocker.remedy == "wait until Monday 30 November 09:00"
        roles = [e.data["notifies"] for e in organization.desk.history(key) if e.kind == "timer"]
        assert roles == [["itil.problem_manager"]]
        assert organization.move("pia", key, "close_problem") == "closed"

    def test_ends_with_an_incident_that_is_younger(self, organization: Organization) -> None:
        """One from before says nothing about the fix."""
        older = organization.triaged()
        organization.at("2026-11-16T10:00:00Z")
        key = self.watched(organization)
        organization.link("pia", older, "itil.caused_by_problem", key)
        after_older = organization.state(key)
        organization.at("2026-11-20T09:00:00Z")
        younger = organization.triaged()

        organization.link("pia", younger, "itil.caused_by_problem", key)

        assert (after_older, organization.state(key)) == ("observing", "investigating")
        last = organization.desk.history(key)[-1]
        assert (last.data["transition"], last.actor) == ("recur", "system")

    def test_has_one_problem_for_an_incident(self, organization: Organization) -> None:
        incident = organization.triaged()
        organization.link("pia", incident, "itil.caused_by_problem", organization.problem())

        with pytest.raises(ConflictError, match="already has its only link"):
            organization.link("pia", incident, "itil.caused_by_problem", organization.problem())


class TestMeasuring:
    def test_agrees_with_the_events_counted_one_by_one(self, organization: Organization) -> None:
        """Two known errors of different ages, one problem that came up again, one that did not."""
        keys = [organization.known_error()]
        organization.at("2026-11-18T09:00:00Z")
        keys += [organization.known_error() for _ in range(3)]
        for key in keys[2:]:
            organization.move("pia", key, "fix_without_change", REASON)
        organization.at("2026-11-20T09:00:00Z")
        organization.link("pia", organization.triaged(), "itil.caused_by_problem", keys[2])
        organization.at("2026-11-24T09:00:00Z")
        desk, now = organization.desk, organization.desk.history(keys[2])[-1].at + timedelta(days=4)
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
