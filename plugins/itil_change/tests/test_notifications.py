"""Who is notified of what happens to a change, and who is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Organisation

START, END = "2026-11-24T17:00:00Z", "2026-11-24T18:00:00Z"
VERIFIED = {"verification_note": "All probes are green, a test payment went through."}


def notified(organisation: Organisation, key: str, rule: str) -> list[str]:
    """The people whom a rule notifies of the last event."""
    return [person for person, rules in organisation.desk.notified(key).items() if rule in rules]


class TestTheSchedule:
    def test_is_sent_to_who_implements(self, organisation: Organisation) -> None:
        """And to the one who described the change; not to the one who put it there."""
        key = organisation.scheduled(organisation.item(), START, END)

        assert organisation.desk.notified(key) == {
            "maya": ["itil.change_decided"], "ravi": ["itil.change_scheduled"],
        }  # fmt: skip

    def test_another_time_is_notified_too(self, organisation: Organisation) -> None:
        """The implementer would otherwise come on the wrong day."""
        key = organisation.scheduled(organisation.item(), START, END)
        organisation.move(
            "carl",
            key,
            "reschedule",
            planned_start="2026-11-25T17:00:00Z",
            planned_end="2026-11-25T18:00:00Z",
        )

        assert notified(organisation, key, "itil.change_scheduled") == ["ravi"]
        assert organisation.desk.notified(key) == {}, "everybody once"

    def test_its_end_is_sent_to_the_implementer(self, organisation: Organisation) -> None:
        """Nobody goes on preparing what was called off."""
        key = organisation.scheduled(organisation.item(), START, END)
        organisation.move("maya", key, "cancel_change", "The vendor withdrew the release.")

        assert notified(organisation, key, "itil.change_withdrawn") == ["ravi"]

    def test_a_rejection_is_sent_to_who_described_it(self, organisation: Organisation) -> None:
        """With the reason, which stands in the message."""
        key = organisation.asked_for(organisation.item(), START, END)
        organisation.move("carl", key, "reject_change", "It is not worth the outage.")

        [notification] = [
            n for n in organisation.desk.notify(organisation.desk.history(key)[-1]) if n.actor == "maya"
        ]

        assert (
            notification.message == "Carl moved it to 'Rejected' (Reject change): It is not worth the outage."
        )
        assert ("itil.change_decided", "you described the change") in notification.because

    def test_of_what_a_rule_made_is_sent_to_whom_it_was_made_for(self, organisation: Organisation) -> None:
        """The fix of a problem is the problem manager's change, though nobody pressed `create`."""
        fix = organisation.fix(organisation.item(), START, END)
        organisation.move("pia", fix, "submit")
        organisation.move("carl", fix, "reject_change", "It is not worth the outage.")

        assert notified(organisation, fix, "itil.change_decided") == ["pia"]


class TestEmergencies:
    def test_are_sent_to_who_answers_for_services_and_changes(self, organisation: Organisation) -> None:
        """The board is asked for its vote; the others hear of what goes past the rules."""
        key = organisation.emergency(organisation.item())
        organisation.move("maya", key, "expedite")

        found = organisation.desk.notified(key)

        assert sorted(who for who, rules in found.items() if "itil.emergency" in rules) == [
            "carl",
            "dora",
            "otto",
        ]
        assert found["ed"] == ["core.approval_asked"]


class TestFailures:
    def test_is_sent_to_the_managers(self, organisation: Organisation) -> None:
        """Of changes, and on duty."""
        key = organisation.failed(organisation.item())

        assert sorted(notified(organisation, key, "itil.change_failing")) == ["carl", "dora"]


class TestTheEnd:
    def test_of_the_work_is_sent_to_the_change_manager(self, organisation: Organisation) -> None:
        """Who has to review and close the change."""
        key = organisation.scheduled(organisation.item(), START, END)
        organisation.at(START)
        organisation.move("ravi", key, "start_implementation")
        organisation.move("ravi", key, "complete_implementation", **VERIFIED)

        assert notified(organisation, key, "itil.change_finished") == ["carl"]

    def test_of_the_change_is_sent_to_those_whose_it_was(self, organisation: Organisation) -> None:
        """Who described and who implemented it."""
        key = organisation.scheduled(organisation.item(), START, END)
        organisation.at(START)
        organisation.close(key)

        assert sorted(notified(organisation, key, "itil.change_closed")) == ["maya", "ravi"]


class TestModels:
    def test_that_are_suspended_are_sent_to_who_keeps_them(self, organisation: Organisation) -> None:
        """The next standard change would meet a closed door."""
        key = organisation.active_model(organisation.item())
        organisation.move("carl", key, "suspend_model", "Two of its changes failed.")

        assert notified(organisation, key, "itil.model_suspended") == ["maya"]
