"""The timers on incidents, whom they notify, and what incident management is measured by."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import mean, median
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Organization

from .conftest import RESOLVED

REASON = "as was agreed on the phone"
DESK, MANAGER, OWNER = "itil.service_desk_analyst", "itil.incident_manager", "itil.service_owner"


def thresholds(organization: Organization, key: str, timer: str) -> list[tuple[str, str, list[str]]]:
    """(moment, point, who is notified) of everything that a timer came to."""
    return [
        (f"{event.at:%m-%d %H:%M}", event.data["point"], event.data.get("notifies", []))
        for event in organization.desk.history(key)
        if event.kind == "timer" and event.data["timer"] == f"itil.{timer}"
    ]


def reading(organization: Organization, key: str, timer: str) -> Any:
    return organization.desk.timer(organization.desk.item(key), f"itil.{timer}").reading


class TestAPromise:
    def test_is_that_of_a_default_priority_until_it_is_triaged(self, organization: Organization) -> None:
        """It counts from the record: 24 business hours from Monday 09:00, and 40 for a P4."""
        key = organization.incident()
        before = reading(organization, key, "resolution").due_at
        organization.at("2026-11-16T10:00:00Z")
        organization.move(
            "sam", key, "triage", impact=4, urgency=4, category="mail", no_item_reason="not known"
        )

        assert f"{before:%m-%d %H:%M}" == "11-18 17:00"
        assert f"{reading(organization, key, 'resolution').due_at:%m-%d %H:%M}" == "11-20 17:00"

    def test_of_an_incident_that_lay_untriaged_begins_anew_where_it_is_shorter(
        self, organization: Organization
    ) -> None:
        """A P1 that nobody looked at for six hours has four hours from its triage, and is not breached at once."""
        key = organization.incident()
        organization.at("2026-11-16T15:00:00Z")

        organization.move(
            "sam", key, "triage", impact=1, urgency=1, category="mail", no_item_reason="not known"
        )

        found = reading(organization, key, "resolution")
        assert (found.status, f"{found.due_at:%m-%d %H:%M}") == ("running", "11-16 19:00")

    def test_is_what_the_workspace_says(self, organization: Organization) -> None:
        target = {"response": "PT1H", "resolution": "PT2H", "clock": "24x7"}
        organization.configure(sla_targets=dict.fromkeys(("P1", "P2", "P3", "P4"), target))

        assert f"{reading(organization, organization.triaged(), 'resolution').due_at:%H:%M}" == "11:00"

    def test_warns_at_half_and_three_quarters_and_when_it_is_broken(self, organization: Organization) -> None:
        """Of a P1 the director is notified as well; of the two points at its end by the later one."""
        key = organization.triaged(impact=1, urgency=1)

        organization.desk.pass_time("2026-11-16T14:00:00Z")

        assert thresholds(organization, key, "resolution") == [
            ("11-16 11:00", "50 %", []),
            ("11-16 12:00", "75 %", [MANAGER]),
            ("11-16 13:00", "100 %", []),
            ("11-16 13:00", "when due", [OWNER, "itil.it_director"]),
        ]
        assert thresholds(organization, key, "response") == [("11-16 09:15", "100 %", [MANAGER])]

    def test_of_a_lower_one_is_not_the_directors_business(self, organization: Organization) -> None:
        key = organization.triaged(impact=2, urgency=2)

        organization.desk.pass_time("2026-11-16T18:00:00Z")

        assert thresholds(organization, key, "resolution")[-1] == ("11-16 17:00", "when due", [OWNER])

    @pytest.mark.parametrize(("level", "state"), [(1, "triaged"), (2, "in_progress")])
    def test_hands_it_up_at_half_where_the_desk_still_has_it(
        self, organization: Organization, level: int, state: str
    ) -> None:
        key = organization.started(impact=2, urgency=2)
        if level == 2:
            organization.move("rosa", key, "escalate_functional", next_group="operations")
            organization.move("rosa", key, "start_work", assignee="rosa")
        organization.edit("sam", key, next_group="operations")

        organization.desk.pass_time("2026-11-16T13:00:00Z")

        assert (organization.state(key), organization.fields(key)["support_level"]) == (state, 2)

    def test_broken_stays_broken(self, organization: Organization) -> None:
        """Reopening heals nothing, and gives a quarter of the time at least."""
        key = organization.started(impact=2, urgency=2)
        organization.at("2026-11-16T18:00:00Z")
        organization.move("rosa", key, "resolve", **RESOLVED)
        organization.at("2026-11-16T19:00:00Z")

        organization.move("uma", key, "reopen", REASON)

        after = reading(organization, key, "resolution")
        assert (after.status, f"{after.due_at:%H:%M}") == ("breached", "21:00")

    def test_kept_goes_on_where_it_stopped(self, organization: Organization) -> None:
        """Seven of eight hours used: a quarter of eight, two hours, are granted; the setting may say none."""
        keys = [organization.started(impact=2, urgency=2) for _ in range(2)]
        organization.at("2026-11-16T16:00:00Z")
        for key in keys:
            organization.move("rosa", key, "resolve", **RESOLVED)
        organization.at("2026-11-17T09:00:00Z")
        organization.move("uma", keys[0], "reopen", REASON)
        organization.configure(reopen_grace_percent=0)
        organization.move("uma", keys[1], "reopen", REASON)

        due = [reading(organization, key, "resolution").due_at for key in keys]

        assert [f"{moment:%m-%d %H:%M}" for moment in due] == ["11-17 11:00", "11-17 10:00"]

    def test_raised_is_due_at_the_earlier_moment_and_lowered_counts_again(
        self, organization: Organization
    ) -> None:
        key = organization.started()
        organization.at("2026-11-16T10:00:00Z")
        organization.edit("ines", key, impact=2)
        raised = reading(organization, key, "resolution").due_at
        organization.move("ines", key, "override_priority", REASON, impact=4, urgency=4)

        lowered = reading(organization, key, "resolution").due_at

        assert f"{raised:%m-%d %H:%M}" == "11-16 18:00"
        assert f"{lowered:%m-%d %H:%M}" == "11-20 17:00"

    @pytest.mark.parametrize(("reason", "paused"), [("awaiting_user", True), ("awaiting_parts", False)])
    def test_stands_still_for_what_the_workspace_allows(
        self, organization: Organization, reason: str, paused: bool
    ) -> None:
        key = organization.started()

        organization.move("rosa", key, "pend", pending_reason=reason)

        assert (reading(organization, key, "resolution").status == "paused") is paused
        assert reading(organization, key, "response").status == "met"


class TestReminders:
    def test_of_a_silent_user_come_three_times(self, organization: Organization) -> None:
        """Every two business days; with the last the desk is asked whether to resolve it."""
        key = organization.started()
        organization.move("rosa", key, "pend", pending_reason="awaiting_user")

        organization.desk.pass_time("2026-12-01T00:00:00Z")

        reminders = [
            moment for moment, point, _ in thresholds(organization, key, "user_reminder") if point == "100 %"
        ]
        assert reminders == ["11-17 17:00", "11-19 17:00", "11-23 17:00"]
        assert thresholds(organization, key, "user_silent") == [("11-23 17:00", "100 %", [DESK])]

    def test_end_with_the_answer(self, organization: Organization) -> None:
        key = organization.started()
        organization.move("rosa", key, "pend", pending_reason="awaiting_user")
        organization.move("uma", key, "resume")

        organization.desk.pass_time("2026-12-01T00:00:00Z")

        assert thresholds(organization, key, "user_reminder") == []
        assert "pending_reason" not in organization.fields(key)

    def test_of_updates_come_every_half_hour_after_the_last(self, organization: Organization) -> None:
        key = organization.started(impact=1, urgency=1)
        organization.move("mia", key, "declare_major")
        organization.desk.pass_time("2026-11-16T09:20:00Z")
        organization.move("mia", key, "post_update", "We know the cause.")

        organization.desk.pass_time("2026-11-16T10:25:00Z")

        who = ["itil.major_incident_manager"]
        points = [each for each in thresholds(organization, key, "major_update") if each[2]]
        assert points == [("11-16 09:50", "100 %", who), ("11-16 10:20", "100 %", who)]

    def test_reach_the_user_and_nobody_else(self, organization: Organization) -> None:
        """Who recorded it, and whom it was recorded for."""
        key = organization.incident(by="sam", requester="uma")
        organization.move(
            "sam", key, "triage", impact=3, urgency=2, category="mail", no_item_reason="not known"
        )
        organization.move("rosa", key, "start_work", assignee="rosa")
        organization.move("rosa", key, "pend", pending_reason="awaiting_user")
        organization.desk.pass_time("2026-11-17T17:00:00Z")

        [reminder] = [
            event
            for event in organization.desk.history(key)
            if event.kind == "timer" and event.data["point"] == "100 %" and "reminder" in event.data["timer"]
        ]
        notifications = organization.desk.notify(reminder)

        assert {notification.actor for notification in notifications} == {"sam", "uma"}


class TestClosingByItself:
    def test_comes_after_five_business_days(self, organization: Organization) -> None:
        key = organization.resolved()

        organization.desk.pass_time("2026-11-20T17:00:00Z")

        assert organization.state(key) == "closed"

    def test_does_not_come_for_what_was_reopened(self, organization: Organization) -> None:
        key = organization.resolved()
        organization.move("uma", key, "reopen", REASON)

        organization.desk.pass_time("2026-12-01T17:00:00Z")

        assert organization.state(key) == "in_progress"

    def test_of_a_grave_one_comes_with_its_problem(self, organization: Organization) -> None:
        """Refused while there is none, and made up for at once when it is linked."""
        key = organization.resolved(impact=1, urgency=1)
        organization.desk.pass_time("2026-11-24T09:00:00Z")
        before = organization.state(key)

        organization.link("pia", key, "itil.caused_by_problem", organization.problem())
        organization.desk.pass_time("2026-11-24T09:00:01Z")

        assert (before, organization.state(key)) == ("resolved", "closed")


class TestMeasuring:
    def month(self, organization: Organization) -> list[str]:
        """Five incidents of three priorities: kept and broken, handed up, reopened, and one that is open."""
        first = organization.triaged(impact=1, urgency=1)
        second, third, fourth, fifth = (organization.triaged() for _ in range(4))
        organization.at("2026-11-16T09:20:00Z")
        for key in (first, second, third, fourth):
            organization.move("rosa", key, "start_work", assignee="rosa")
        organization.move("rosa", second, "escalate_functional", next_group="operations")
        organization.move("rosa", second, "start_work", assignee="rosa")
        organization.move("rosa", third, "pend", pending_reason="awaiting_user")
        organization.at("2026-11-16T15:00:00Z")
        organization.move("rosa", first, "resolve", **RESOLVED)
        organization.move("rosa", second, "resolve", **RESOLVED)
        organization.move("uma", third, "resume")
        organization.at("2026-11-18T09:00:00Z")
        organization.move("rosa", third, "resolve", **RESOLVED)
        organization.move("rosa", fourth, "resolve", **RESOLVED)
        organization.move("uma", fourth, "reopen", REASON)
        organization.at("2026-11-24T09:00:00Z")
        organization.move("rosa", fourth, "resolve", **RESOLVED)
        item = organization.item()
        organization.edit("sam", fifth, cis=[item], item_changed_at="2026-11-20T03:00:00Z")
        return [first, second, third, fourth, fifth]

    def value(self, organization: Organization, name: str, group: str | None = None) -> Any:
        found = organization.desk.metric(f"itil.{name}", dimension="priority" if group else None)
        if group is None:
            return found.value.value
        return next(each.value.value for each in found.groups if each.group == group)

    def test_agrees_with_the_events_counted_one_by_one(self, organization: Organization) -> None:
        """Everything from the log alone: moments of transitions, timers read again, counts."""
        keys = self.month(organization)
        desk = organization.desk
        made: dict[str, datetime] = {}
        resolved: dict[str, datetime] = {}
        answered: dict[str, datetime] = {}
        handed, reopened = set(), set()
        for key in keys:
            for event in desk.history(key):
                name = event.data.get("transition")
                if event.kind == "created":
                    made[key] = event.at
                elif name == "resolve":
                    resolved[key] = event.at
                elif name == "start_work":
                    answered.setdefault(key, event.at)
                elif name == "escalate_functional":
                    handed.add(key)
                elif name == "reopen":
                    reopened.add(key)
        readings = {key: reading(organization, key, "resolution") for key in resolved}
        met = [key for key in resolved if readings[key].status == "met"]
        open_ones = [key for key in keys if key not in resolved]
        now = datetime.fromisoformat("2026-11-24T09:00:00+00:00")

        assert self.value(organization, "mtta") == mean(
            (answered[key] - made[key]) / timedelta(minutes=1) for key in answered
        )
        assert self.value(organization, "mttr_elapsed") == pytest.approx(
            mean((resolved[key] - made[key]) / timedelta(hours=1) for key in resolved)
        )
        assert self.value(organization, "mttr_clock") == pytest.approx(
            mean(readings[key].elapsed / timedelta(hours=1) for key in resolved)
        )
        assert self.value(organization, "sla_attainment") == 100 * len(met) / len(resolved)
        assert self.value(organization, "fcr") == 100 * len(set(resolved) - handed - reopened) / len(resolved)
        assert self.value(organization, "reopen_rate") == 100 * len(reopened) / len(resolved)
        assert self.value(organization, "backlog_age") == median(
            (now - made[key]) / timedelta(days=1) for key in open_ones
        )
        assert self.value(organization, "unauthorized_changes") == 1

    def test_has_these_figures(self, organization: Organization) -> None:
        """The P1 was answered after 20 minutes of 15, and resolved after 6 hours of 4; of three P3 one was late."""
        self.month(organization)

        assert self.value(organization, "sla_response") == 75
        assert self.value(organization, "sla_attainment") == 50
        assert self.value(organization, "sla_attainment", "P1") == 0
        assert self.value(organization, "sla_attainment", "P3") == pytest.approx(200 / 3)
        assert self.value(organization, "fcr") == 50
        assert self.value(organization, "reopen_rate") == 25
