"""The timers on changes and models run, and notify the people concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Organization

FROM, TO = "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z"
VERIFIED = {"verification_note": "All probes are green, a test payment went through."}


def begun(organization: Organization, item: str | None = None) -> str:
    """A change under way, with a back-out of half an hour."""
    key = organization.scheduled(item or organization.item(), FROM, TO)
    organization.at(FROM)
    organization.move("ravi", key, "start_implementation")
    return key


def thresholds(organization: Organization, key: str, timer: str) -> list[tuple[str, str, list[str]]]:
    """(moment, point, who is notified) of everything that a timer came to."""
    return [
        (f"{event.at:%m-%d %H:%M}", event.data["point"], event.data["notifies"])
        for event in organization.desk.history(key)
        if event.kind == "timer" and event.data["timer"] == timer
    ]


class TestThePointOfNoReturn:
    def test_is_sent_to_those_who_do_it_and_answer_for_it(self, organization: Organization) -> None:
        """Half an hour before the planned end, since a back-out takes so long."""
        key = begun(organization)

        organization.desk.pass_time(TO)

        who = ["itil.change_implementer", "itil.change_manager"]
        assert thresholds(organization, key, "itil.overrun") == [("11-23 11:30", "100 %", who)]

    def test_is_not_notified_of_a_change_that_was_done_before(self, organization: Organization) -> None:
        key = begun(organization)
        organization.move("ravi", key, "complete_implementation", **VERIFIED)

        organization.desk.pass_time(TO)

        assert thresholds(organization, key, "itil.overrun") == []


class TestALongBackout:
    def test_is_sent_to_the_duty_manager(self, organization: Organization) -> None:
        key = begun(organization)
        organization.move("ravi", key, "start_backout", comment="the probes are red")

        organization.desk.pass_time(TO)

        assert thresholds(organization, key, "itil.backout_max") == [
            ("11-23 10:30", "100 %", ["itil.duty_manager"])
        ]


class TestAReview:
    def test_is_due_in_five_business_days_where_there_has_to_be_one(self, organization: Organization) -> None:
        """Backed out on Monday: the change manager is notified on the next Monday."""
        key = begun(organization)
        organization.move("ravi", key, "start_backout", comment="the probes are red")
        organization.move("ravi", key, "finish_backout", comment="the old version runs", **VERIFIED)

        organization.desk.pass_time("2026-12-10T00:00:00Z")

        assert thresholds(organization, key, "itil.pir_due") == [
            ("11-30 10:00", "100 %", ["itil.change_manager"])
        ]

    def test_of_a_change_that_needs_none_has_no_clock(self, organization: Organization) -> None:
        key = begun(organization)
        organization.move("ravi", key, "complete_implementation", **VERIFIED)

        assert organization.fields(key)["pir_required"] is False
        assert "itil.pir_due" not in organization.desk.item(key).timers


class TestTheRecordsOfAnEmergency:
    def test_are_due_in_two_business_days_and_then_reported_to_the_director(
        self, organization: Organization
    ) -> None:
        """Done on Monday 09:00: the manager is notified on Tuesday evening, the director two business days later."""
        key = organization.emergency(organization.item())
        organization.about_p1(key)
        organization.move("ravi", key, "implement_on_verbal", verbal_authorizer="dora")

        organization.desk.pass_time("2026-12-10T00:00:00Z")

        assert thresholds(organization, key, "itil.retro_due") == [
            ("11-17 17:00", "100 %", ["itil.change_manager"]),
            ("11-19 17:00", "200 %", ["itil.it_director"]),
        ]

    def test_are_awaited_until_they_are_there(self, organization: Organization) -> None:
        """The timer stops with the last piece of paper, not with the closing of the change."""
        key = organization.emergency(organization.item())
        organization.about_p1(key)
        organization.move("ravi", key, "implement_on_verbal", verbal_authorizer="dora")
        organization.move("ravi", key, "complete_implementation", **VERIFIED)
        organization.attach("ravi", key, "test_result")
        organization.move(
            "ravi",
            key,
            "document_emergency",
            implementation_plan="Close the port at the edge.",
            backout_plan="Open it again.",
            planned_outage_min=0,
            users_affected=100,
            data_class="internal",
            novelty=2,
            complexity=1,
            testing=4,
            backout=3,
        )
        organization.move("carl", key, "ask_ecab")
        organization.vote(key, "itil.ecab_approval", "ed", "dora")

        assert organization.desk.timer(key, "itil.retro_due").reading.status == "met"
        assert organization.state(key) == "review"


class TestAModel:
    def test_is_suspended_after_its_last_day(self, organization: Organization) -> None:
        """Valid until 19 November 2027, that day included; and its scheduled changes go back."""
        key = organization.active_model(organization.item())

        organization.desk.pass_time("2027-11-19T23:59:59Z")
        last_day = organization.state(key)
        organization.desk.pass_time("2027-11-20T00:00:00Z")

        assert (last_day, organization.state(key)) == ("active", "suspended")
        assert organization.desk.history(key)[-1].data["caused_by"] == "itil.model_expiry"


class TestAnApproval:
    def test_that_comes_to_its_end_is_on_record(self, organization: Organization) -> None:
        """An authorization that was not used in time."""
        key = organization.asked_for(organization.item(), "2026-11-23T17:00:00Z", "2026-11-23T18:00:00Z")

        organization.desk.pass_time("2027-01-31T00:00:00Z")

        ended = [e for e in organization.desk.history(key) if e.kind == "approval_expired"]
        assert [(e.data["approval"], e.at.isoformat()) for e in ended] == [
            ("itil.change_approval", "2026-11-23T18:00:00+00:00")
        ]
