"""The change schedule: maintenance, and what the agenda shows of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Organization


class TestMaintenanceWindows:
    def window(self, organization: Organization, item: str) -> None:
        """Sundays from 02:00 to 06:00 UTC."""
        start, end = "2026-11-22T02:00:00Z", "2026-11-22T06:00:00Z"
        organization.window("maintenance", start, end, item, rrule="FREQ=WEEKLY;BYDAY=SU")

    def test_are_where_some_items_are_changed_only(self, organization: Organization) -> None:
        """The next one that is long enough is named."""
        item = organization.item("core-switch", maintenance_only=True)
        self.window(organization, item)
        key = organization.authorized(item, "2026-12-08T10:00:00Z", "2026-12-08T11:00:00Z")

        blocker = organization.refused("carl", key, "authorize_change")["itil.maintenance_only"]

        assert f"'core-switch' ({item}) changes only in maintenance windows" in blocker.message
        assert f"{blocker.earliest:%Y-%m-%d %H:%M}" == "2026-12-13 02:00"
        assert blocker.remedy == "move the change to Sunday 13 December 02:00"

    def test_hold_the_whole_change(self, organization: Organization) -> None:
        """One minute over is outside."""
        item = organization.item("core-switch", maintenance_only=True)
        self.window(organization, item)

        over = organization.authorized(item, "2026-12-13T05:00:00Z", "2026-12-13T06:01:00Z")
        within = organization.authorized(item, "2026-12-06T05:00:00Z", "2026-12-06T06:00:00Z")

        assert set(organization.refused("carl", over, "authorize_change")) == {"itil.maintenance_only"}
        assert organization.move("carl", within, "authorize_change") == "scheduled"

    def test_that_are_all_too_short_are_said_to_be(self, organization: Organization) -> None:
        item = organization.item("core-switch", maintenance_only=True)
        self.window(organization, item)
        key = organization.authorized(item, "2026-12-13T00:00:00Z", "2026-12-13T06:00:00Z")

        blocker = organization.refused("carl", key, "authorize_change")["itil.maintenance_only"]

        assert blocker.earliest is None
        assert blocker.message.endswith(", and none in the next 92 days is 6 hours long")
        assert blocker.remedy == "ask Carl to declare a maintenance window of 6 hours"

    def test_that_there_are_none_of_is_said(self, organization: Organization) -> None:
        """Nobody looks for a longer one where there is none at all."""
        item = organization.item("core-switch", maintenance_only=True)
        key = organization.authorized(item, "2026-12-13T00:00:00Z", "2026-12-13T02:00:00Z")

        blocker = organization.refused("carl", key, "authorize_change")["itil.maintenance_only"]

        assert blocker.message == (
            f"'core-switch' ({item}) changes only in maintenance windows, and none is declared for the next 92 days"
        )
        assert blocker.remedy == "ask Carl to declare a maintenance window of 2 hours"
        assert blocker.who == ("itil.change_manager",)


class TestTheAgenda:
    def test_shows_scheduled_changes_and_windows_in_force(self, organization: Organization) -> None:
        """A change that is not authorized yet takes place nowhere, and neither does a withdrawn one."""
        organization.window("freeze", "2026-12-20T00:00:00Z", "2027-01-04T00:00:00Z")
        organization.scheduled(organization.item(), "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z")
        organization.asked_for(organization.item("web-2"), "2026-11-24T10:00:00Z", "2026-11-24T12:00:00Z")

        lines = organization.desk.agenda()

        assert [(line.kind, line.start.isoformat(), line.window) for line in lines] == [
            ("change", "2026-11-23T10:00:00+00:00", False),
            ("freeze", "2026-12-20T00:00:00+00:00", True),
        ]

    def test_takes_windows_over_everything_unless_it_is_said(self, organization: Organization) -> None:
        """As when they come from another calendar."""
        start, end = datetime(2026, 12, 20, tzinfo=UTC), datetime(2027, 1, 4, tzinfo=UTC)

        made = organization.desk.window("Year end", start, end, "freeze", actor="carl")

        assert made.fields["scope"] == ["all"]
