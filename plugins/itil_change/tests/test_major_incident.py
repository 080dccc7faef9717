"""Major incidents, and priorities that are lowered and raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from placet import BlockedError

if TYPE_CHECKING:
    from .conftest import Organization


REASON = "as was agreed on the phone"


class TestAMajorIncident:
    @pytest.mark.parametrize(
        "fields",
        [{"impact": 1, "urgency": 1}, {"users_affected": 500}, {"regulated_data_exposed": True}],
    )
    def test_is_a_candidate_by_the_criteria(self, organization: Organization, fields: dict[str, Any]) -> None:
        key = organization.incident(**fields)

        assert organization.fields(key)["major"] == "candidate"

    def test_is_one_where_a_critical_service_is_down(self, organization: Organization) -> None:
        gateway, printer = organization.item("gateway", 5), organization.item("printer", 4)

        keys = [organization.incident(item, service_down=True) for item in (gateway, printer)]

        assert [organization.fields(key)["major"] for key in keys] == ["candidate", "no"]

    def test_is_declared_outside_the_criteria_by_its_manager_alone(self, organization: Organization) -> None:
        key = organization.triaged(users_affected=499)

        blocker = organization.refused("ines", key, "declare_major", REASON)["itil.major_candidate"]
        organization.move("mia", key, "declare_major", REASON)

        assert blocker.message == (
            "none of the criteria for a major incident holds: P1 (it is P3), 500 users affected (499),"
            " a critical service down (not ticked), regulated data exposed (not ticked)"
        )
        fields = organization.fields(key)
        assert (organization.state(key), fields["priority"], fields["major"]) == (
            "in_progress",
            "P1",
            "declared",
        )
        assert fields["first_response_at"] == "2026-11-16T09:00:00Z"

    def test_is_declared_once(self, organization: Organization) -> None:
        """To declare it anew would hide for how long nobody was informed."""
        key = organization.started(impact=1, urgency=1)
        organization.move("mia", key, "declare_major")

        assert "itil.not_major" in organization.refused("mia", key, "declare_major")

    def test_follows_other_criteria(self, organization: Organization) -> None:
        organization.configure(major_criteria=["users_affected"], major_users_affected=10)

        keys = [organization.incident(impact=1, urgency=1), organization.incident(users_affected=10)]

        assert [organization.fields(key)["major"] for key in keys] == ["no", "candidate"]

    def test_is_stood_down_when_everybody_was_kept_informed(self, organization: Organization) -> None:
        """None yet, then too long ago, then just now; its problem is made along with it."""
        key = organization.started(impact=1, urgency=1)
        organization.move("mia", key, "declare_major")
        organization.at("2026-11-16T09:20:00Z")
        none = organization.refused("mia", key, "stand_down_major")["itil.updates"]
        organization.move("mia", key, "post_update", "We know the cause.", update_audience="everybody")
        organization.at("2026-11-16T09:51:00Z")
        late = organization.refused("mia", key, "stand_down_major")["itil.updates"]
        organization.move("mia", key, "post_update", "It works again.")

        organization.move("mia", key, "stand_down_major")

        fields = organization.fields(key)
        assert none.message == "no update was sent yet"
        assert late.message == "the last update was 31 minutes ago, and at most 30 are allowed"
        assert [(u["at"][11:16], u["audience"]) for u in fields["major_updates"]] == [
            ("09:20", "everybody"),
            ("09:51", "everybody affected"),
        ]
        assert (fields["major"], fields["priority"]) == ("stood_down", "P1")
        problem = organization.desk.item(key).links["itil.caused_by_problem"][0]
        assert organization.fields(problem)["source"] == "major_incident"

    def test_with_a_gap_is_stood_down_with_the_reason_for_it(self, organization: Organization) -> None:
        """Nobody can be informed in hindsight; that it did not happen is on record."""
        key = organization.started(impact=1, urgency=1)
        organization.move("mia", key, "declare_major")
        organization.at("2026-11-16T10:01:00Z")
        organization.move("mia", key, "post_update", "We know the cause.")

        blocker = organization.refused("mia", key, "stand_down_major")["itil.updates"]

        assert (
            blocker.message
            == "there was no update for 61 minutes from Monday 16 November 09:00 on, and at most 60 are allowed"
        )
        reported = "The status page itself was down for that hour."
        assert organization.move("mia", key, "stand_down_major", reported) == "in_progress"

    def test_that_is_none_has_no_updates(self, organization: Organization) -> None:
        blocker = organization.refused("mia", organization.started(), "post_update", REASON)[
            "itil.is_declared"
        ]

        assert (blocker.message, blocker.remedy) == (
            "it is not a declared major incident",
            "declare it first",
        )


class TestAPriority:
    def test_is_lowered_by_an_incident_manager_alone_with_a_reason(self, organization: Organization) -> None:
        """An edit has no reason, nor has a field that comes along with another step; the event has both."""
        key = organization.started(impact=2, urgency=1)
        with pytest.raises(BlockedError) as edited:
            organization.edit("ines", key, impact=4)
        along = organization.refused("rosa", key, "pend", pending_reason="awaiting_user", urgency=4)
        role = organization.refused("rosa", key, "override_priority", REASON, impact=4)
        silent = organization.refused("ines", key, "override_priority", impact=4)

        organization.move("ines", key, "override_priority", REASON, impact=4)

        (blocker,) = edited.value.blockers
        assert blocker.message == "its priority would be lowered from P1 to P3"
        assert blocker.remedy == "have Ines set the priority, with a reason"
        assert set(along) == {"itil.priority_kept"}
        assert (set(role), set(silent)) == ({"role"}, {"itil.reason_text"})
        event = organization.desk.history(key)[-1]
        assert (event.actor, event.data["changes"]["priority"]) == ("ines", ["P1", "P3"])

    def test_is_raised_by_those_who_work_on_it(self, organization: Organization) -> None:
        key = organization.started()

        organization.edit("rosa", key, impact=1)

        assert organization.fields(key)["priority"] == "P1"

    def test_is_not_lowered_before_a_major_incident_ends(self, organization: Organization) -> None:
        """Neither as it is shown, nor as it would be a moment after."""
        key = organization.started(impact=1, urgency=1)
        organization.move("mia", key, "declare_major")

        refused = organization.refused("ines", key, "override_priority", REASON, priority_override="P4")
        with pytest.raises(BlockedError, match="P1 to P4"):
            organization.edit("ines", key, impact=4, urgency=4)

        assert set(refused) == {"itil.not_major"}

    def test_is_free_until_it_is_triaged(self, organization: Organization) -> None:
        """A user's own guess binds nobody."""
        key = organization.incident(impact=1, urgency=1)

        organization.edit("sam", key, impact=4, urgency=4)

        assert organization.fields(key)["priority"] == "P4"
