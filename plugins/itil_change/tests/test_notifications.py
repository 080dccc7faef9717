"""Who is notified of what happens to a change, and who is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Organization

START, END = "2026-11-24T17:00:00Z", "2026-11-24T18:00:00Z"
VERIFIED = {"verification_note": "All probes are green, a test payment went through."}


def notified(organization: Organization, key: str, rule: str) -> list[str]:
    """The people whom a rule notifies of the last event."""
    return [person for person, rules in organization.desk.notified(key).items() if rule in rules]


class TestTheSchedule:
    def test_is_sent_to_who_implements(self, organization: Organization) -> None:
        """And to the one who described the change; not to the one who put it there."""
        key = organization.scheduled(organization.item(), START, END)

        assert organization.desk.notified(key) == {
            "maya": ["itil.change_decided"], "ravi": ["itil.change_scheduled"],
        }  # fmt: skip

    def test_another_time_is_notified_too(self, organization: Organization) -> None:
        """The implementer would otherwise come on the wrong day."""
        key = organization.scheduled(organization.item(), START, END)
        organization.move(
            "carl",
            key,
            "reschedule",
            planned_start="2026-11-25T17:00:00Z",
            planned_end="2026-11-25T18:00:00Z",
        )

        assert notified(organization, key, "itil.change_scheduled") == ["ravi"]
        assert organization.desk.notified(key) == {}, "everybody once"

    def test_its_end_is_sent_to_the_implementer(self, organization: Organization) -> None:
        """Nobody goes on preparing what was called off."""
        key = organization.scheduled(organization.item(), START, END)
        organization.move("maya", key, "cancel_change", "The vendor withdrew the release.")

        assert notified(organization, key, "itil.change_withdrawn") == ["ravi"]

    def test_a_rejection_is_sent_to_who_described_it(self, organization: Organization) -> None:
        """With the reason, which stands in the message."""
        key = organization.asked_for(organization.item(), START, END)
        organization.move("carl", key, "reject_change", "It is not worth the outage.")

        [notification] = [
            n for n in organization.desk.notify(organization.desk.history(key)[-1]) if n.actor == "maya"
        ]

        assert (
            notification.message == "Carl moved it to 'Rejected' (Reject change): It is not worth the outage."
        )
        assert ("itil.change_decided", "you described the change") in notification.because

    def test_of_what_a_rule_made_is_sent_to_whom_it_was_made_for(self, organization: Organization) -> None:
        """The fix of a problem is the problem manager's change, though nobody pressed `create`."""
        fix = organization.fix(organization.item(), START, END)
        organization.move("pia", fix, "submit")
        organization.move("carl", fix, "reject_change", "It is not worth the outage.")

        assert notified(organization, fix, "itil.change_decided") == ["pia"]


class TestEmergencies:
    def test_are_sent_to_who_answers_for_services_and_changes(self, organization: Organization) -> None:
        """The board is asked for its vote; the others hear of what goes past the rules."""
        key = organization.emergency(organization.item())
        organization.move("maya", key, "expedite")

        found = organization.desk.notified(key)

        assert sorted(who for who, rules in found.items() if "itil.emergency" in rules) == [
            "carl",
            "dora",
            "otto",
        ]
        assert found["ed"] == ["core.approval_asked"]


class TestFailures:
    def test_is_sent_to_the_managers(self, organization: Organization) -> None:
        """Of changes, and on duty."""
        key = organization.failed(organization.item())

        assert sorted(notified(organization, key, "itil.change_failing")) == ["carl", "dora"]


class TestTheEnd:
    def test_of_the_work_is_sent_to_the_change_manager(self, organization: Organization) -> None:
        """Who has to review and close the change."""
        key = organization.scheduled(organization.item(), START, END)
        organization.at(START)
        organization.move("ravi", key, "start_implementation")
        organization.move("ravi", key, "complete_implementation", **VERIFIED)

        assert notified(organization, key, "itil.change_finished") == ["carl"]

    def test_of_the_change_is_sent_to_those_whose_it_was(self, organization: Organization) -> None:
        """Who described and who implemented it."""
        key = organization.scheduled(organization.item(), START, END)
        organization.at(START)
        organization.close(key)

        assert sorted(notified(organization, key, "itil.change_closed")) == ["maya", "ravi"]


class TestModels:
    def test_that_are_suspended_are_sent_to_who_keeps_them(self, organization: Organization) -> None:
        """The next standard change would meet a closed door."""
        key = organization.active_model(organization.item())
        organization.move("carl", key, "suspend_model", "Two of its changes failed.")

        assert notified(organization, key, "itil.model_suspended") == ["maya"]
