"""Time: timers that are heard of, waiting that ends, freezes that surprise nobody, one reading of the wall clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from patience import PATIENCE

from .conftest import Organization, Person
from .test_governance import HOLDERS
from .test_itil_change import emergency, item, normal, scheduled
from .test_itil_incident import P1, clock, started
from .test_itil_request import laptop, wait_for


def history(organization: Organization, key: str) -> list[Any]:
    return list(organization.carl.get(f"/items/{key}/history", limit=500)["events"])


def points(organization: Organization, key: str, timer: str) -> list[tuple[str, str]]:
    """The points at which a timer has fired, with their moments."""
    events = [each for each in history(organization, key) if each["kind"] == "timer"]
    return [(each["point"], each["at"]) for each in events if each["timer"] == f"itil.{timer}"]


def hears(person: Person, key: str, fits: Callable[[str], bool]) -> str:
    """The first notification of a person about an item whose sentence fits; the worker writes it soon."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = person.get("/inbox", limit=100)["notifications"]
        for each in found:
            if each["item"] == key and fits(each["message"]):
                return str(each["message"])
        assert time.monotonic() < deadline, [(each["item"], each["message"]) for each in found]
        time.sleep(0.05)


class TestAPriorityOneWithoutANextGroup:
    def test_is_heard_of_at_every_point_though_its_escalation_is_refused(
        self, organization: Organization
    ) -> None:
        """Four hours from Monday 09:00: at 50 % nobody knows the next group, and 75 % and 100 % come all the same."""
        key = started(organization, **P1)

        organization.clock("2026-11-16T13:00:01Z")

        assert points(organization, key, "resolution") == [
            ("50 %", "2026-11-16T11:00:00Z"),
            ("75 %", "2026-11-16T12:00:00Z"),
            ("100 %", "2026-11-16T13:00:00Z"),
            ("when due", "2026-11-16T13:00:00Z"),
        ]
        (refusal,) = [each for each in history(organization, key) if each["kind"] == "refused"]
        assert [blocker["check"] for blocker in refusal["blockers"]] == ["itil.level"]
        message = hears(organization.sam, key, lambda said: "is blocked" in said)
        assert message == (
            "Resolution: Hand to the next level is blocked: missing: next group (name the group that takes over). "
            "It can be cleared by Sam"
        )
        for person in (organization.ines, organization.otto, organization.ivy):
            hears(person, key, lambda said: said.startswith("Resolution"))

    def test_is_handed_up_as_soon_as_somebody_names_the_group(self, organization: Organization) -> None:
        """Later than planned, and without a person who repeats the transition."""
        key = started(organization, **P1)
        organization.clock("2026-11-16T12:30:00Z")

        organization.ines.edit(key, next_group="Messaging")
        organization.clock("2026-11-16T12:30:01Z")

        handed = organization.sam.get(f"/items/{key}")
        assert (handed["state"], handed["fields"]["support_level"], handed["fields"]["group"]) == (
            "triaged", 2, "Messaging",
        )  # fmt: skip

    def test_is_handed_up_at_half_time_where_the_workspace_names_its_groups(
        self, organization: Organization
    ) -> None:
        organization.admin.send(
            "PATCH", "/workspaces/OPS", {"settings": {"itil": {"level_groups": ["Messaging", "Vendors"]}}}
        )
        key = started(organization, **P1)

        organization.clock("2026-11-16T11:00:00Z")

        handed = organization.sam.get(f"/items/{key}")["fields"]
        assert (handed["support_level"], handed["group"]) == (2, "Messaging")


class TestAnIncidentThatNobodyTriages:
    def test_has_targets_and_is_heard_of_and_is_not_breached_at_once_on_triage(
        self, organization: Organization
    ) -> None:
        """The desk after half an hour, who answers for the service after a whole one; P3 until it is known better."""
        key = organization.uma.create(
            "itil.incident",
            "Mail is slow",
            summary="Mail is slow",
            symptoms="It takes hours.",
            channel="portal",
        )
        assert clock(organization, key, "resolution")["due_at"] == "2026-11-18T17:00:00Z"

        organization.clock("2026-11-16T11:00:00Z")

        assert points(organization, key, "triage") == [
            ("100 %", "2026-11-16T09:30:00Z"),
            ("200 %", "2026-11-16T10:00:00Z"),
        ]
        for person in (organization.sam, organization.ines, organization.otto):
            hears(person, key, lambda said: said.startswith("Triage was due"))

        organization.sam.move(key, "triage", category="mail", no_item_reason="not known yet", **P1)

        for timer, due in (("response", "2026-11-16T11:15:00Z"), ("resolution", "2026-11-16T15:00:00Z")):
            found = clock(organization, key, timer)
            assert (found["status"], found["due_at"]) == ("running", due)


class TestPending:
    def test_ends_at_the_moment_that_was_given_for_it(self, organization: Organization) -> None:
        key = started(organization, impact=3, urgency=2)
        organization.rosa.move(
            key, "pend", pending_reason="awaiting_parts", pending_until="2026-11-17T10:00:00Z"
        )

        organization.clock("2026-11-17T10:00:00Z")

        assert organization.sam.get(f"/items/{key}")["state"] == "in_progress"
        hears(organization.rosa, key, lambda said: "was due" in said)

    def test_without_an_end_is_looked_at_every_week(self, organization: Organization) -> None:
        key = started(organization, impact=3, urgency=2)
        organization.rosa.move(key, "pend", pending_reason="awaiting_parts")

        organization.clock("2026-11-30T17:00:00Z")

        assert [each for each, _ in points(organization, key, "pending_review")].count("100 %") == 2
        hears(organization.ines, key, lambda said: "Review of the wait" in said)


class TestARequestThatCannotMove:
    def test_is_refused_when_it_is_made_with_all_that_is_wrong(self, organization: Organization) -> None:
        """No model, a wrong form, no line manager: nothing is submitted for ever."""
        model = organization.otto.create(
            "itil.request_model", "Laptop", tasks=[{"id": "order", "group": "purchasing"}],
            form_schema={"type": "object", "properties": {"size": {"type": "string"}}, "required": ["size"]},
        )  # fmt: skip
        organization.otto.move(model, "publish_model")
        wish = {"workspace": "OPS", "type": "itil.service_request", "title": "A laptop"}

        def blockers(parent: str | None, form: dict[str, Any], **more: Any) -> list[str]:
            fields = {"form": form, "beneficiary": "uma", "cost": "10", **more}
            problem = organization.uma.send(
                "POST", "/items", {**wish, "parent": parent, "fields": fields}, expect=409
            )
            assert problem["type"].endswith("/blocked")
            return [each["message"] for each in problem["blockers"]]

        unknown = "it is not known who the line manager of Uma is"
        assert blockers(None, {"size": "13"}, line_manager="lin") == ["it has no request model"]
        assert blockers(model, {}) == ["the form is not complete: please fill in 'size'", unknown]
        assert blockers(model, {"size": "13"}) == [unknown]
        assert organization.sam.get("/items", type="itil.service_request")["items"] == []

    def test_reminds_approvers_who_do_not_answer(self, organization: Organization) -> None:
        """Half of their ten business days with the escalation is gone."""
        key = laptop(organization, "1450")
        wait_for(organization, key, "awaiting_approval")

        organization.clock("2026-11-18T17:00:00Z")

        message = hears(organization.lin, key, lambda said: said.startswith("Answer of the approvers"))
        assert "(50 %)" in message


class TestAScheduledChange:
    def test_that_missed_its_time_is_heard_of(self, organization: Organization) -> None:
        key = scheduled(
            organization, item(organization, "db-1"), "2026-11-18T10:00:00Z", "2026-11-18T12:00:00Z"
        )

        organization.clock("2026-11-20T09:00:00Z")

        assert points(organization, key, "change_missed")[0] == ("100 %", "2026-11-18T12:00:00Z")
        for person in (organization.maya, organization.ravi, organization.carl):
            hears(person, key, lambda said: said.startswith("Planned time of the change was due"))

    def test_is_shown_before_a_freeze_is_declared_over_it_and_its_people_hear_of_it(
        self, organization: Organization
    ) -> None:
        """A dry run declares nothing; the freeze itself notifies those who described and implement the change."""
        held = scheduled(
            organization, item(organization, "db-1"), "2026-11-18T10:00:00Z", "2026-11-18T12:00:00Z"
        )
        scheduled(organization, item(organization, "db-2"), "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z")
        freeze = {
            "title": "Quarter end", "kind": "freeze", "start": "2026-11-18T00:00:00Z",
            "end": "2026-11-19T00:00:00Z",
        }  # fmt: skip

        shown = organization.carl.send("POST", "/workspaces/OPS/windows?dry_run=true", freeze)

        assert shown["items"] == []
        assert [(each["window"], each["item"]) for each in shown["held_up"]] == [("Quarter end", held)]
        assert organization.carl.get("/workspaces/OPS/windows")["windows"] == []

        made = organization.carl.send("POST", "/workspaces/OPS/windows", freeze, expect=201)["items"]
        organization.clock("2026-11-16T09:00:01Z")

        assert organization.carl.get(f"/items/{held}")["fields"]["held_up_by"] == [made[0]["key"]]
        for person in (organization.maya, organization.ravi):
            hears(person, held, lambda said: "held up by" in said)


class TestAnEmergencyThatNobodyVotesOn:
    def test_pages_the_board_again_and_then_who_answers_for_it(self, organization: Organization) -> None:
        key = emergency(organization, item(organization, "db-1"))
        organization.maya.move(key, "expedite")

        organization.clock("2026-11-16T09:30:00Z")

        assert [each for each, _ in points(organization, key, "ecab_page")] == ["100 %", "200 %"]
        for person in (organization.ed, organization.ella, organization.ivy):
            hears(person, key, lambda said: said.startswith("Answer of the emergency board"))


class TestTheWallClock:
    def test_of_a_freeze_is_read_alike_by_lists_gates_and_feeds_when_the_clocks_change(
        self, organization: Organization
    ) -> None:
        """From 22:00 to 06:00 in Berlin, every day since June; on 31 October 2027 06:00 is an hour later in UTC."""
        organization.admin.send(
            "PATCH", "/workspaces/OPS", {"calendars": {"default": {"zone": "Europe/Berlin"}}}
        )
        organization.carl.send(
            "POST", "/workspaces/OPS/windows",
            {"title": "Nights", "kind": "freeze", "start": "2027-06-01T20:00:00Z", "end": "2027-06-02T04:00:00Z",
             "rrule": "FREQ=DAILY"},
            expect=201,
        )  # fmt: skip
        ci = item(organization, "db-1")
        # 05:15 to 05:45 and 06:00 to 06:30 by the clock on the wall.
        inside = normal(organization, ci, "2027-10-31T04:15:00Z", "2027-10-31T04:45:00Z")
        outside = normal(organization, ci, "2027-10-31T05:00:00Z", "2027-10-31T05:30:00Z")

        listed = organization.carl.get(
            "/workspaces/OPS/windows", **{"from": "2027-10-30T12:00:00Z", "to": "2027-10-31T12:00:00Z"}
        )["windows"]
        wish = {"transition": "request_exemption", "comment": "May it pass all the same?", "fields": {}}
        organization.maya.send("POST", f"/items/{inside}/transitions?dry_run=true", wish)
        refusal = organization.maya.send(
            "POST", f"/items/{outside}/transitions?dry_run=true", wish, expect=409
        )

        assert [(each["start"], each["end"]) for each in listed] == [
            ("2027-10-30T20:00:00Z", "2027-10-31T05:00:00Z")
        ]
        assert [each["gate"] for each in refusal["blockers"]] == ["itil.exemption_needed"]
        feed = organization.carl.text("/workspaces/OPS/calendar.ics")
        assert "DTEND;TZID=Europe/Berlin:20270602T060000" in feed


class TestToday:
    def test_is_the_day_of_the_workspace(self, organization: Organization) -> None:
        """Tuesday 08:30 in Auckland is Monday in UTC: "measured today" is not in the future."""
        organization.admin.send(
            "PATCH", "/workspaces/OPS",
            {"methods": ["itil", "governance"], "calendars": {"default": {"zone": "Pacific/Auckland"}}},
        )  # fmt: skip
        for role, people in HOLDERS.items():
            organization.assign(f"governance.{role}", *people)
        organization.clock("2026-11-16T19:30:00Z")
        key = organization.uma.create(
            "governance.benefit", "Fewer calls", description="Fewer calls", category="compliance", owner="uma",
            unit="calls", baseline="100", target_value="50", measure_method="count", measure_dates=["2026-11-17"],
        )  # fmt: skip
        organization.uma.move(key, "plan_benefit")
        organization.uma.move(key, "start_tracking")

        measured = organization.uma.move(
            key,
            "record_measure",
            actual_value="60",
            measured_on="2026-11-17",
            measure_source="the switchboard",
        )

        assert measured["fields"]["measured_on"] == "2026-11-17"
