"""Changes that collide in the schedule, and the next slot in which they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from placet import BlockedError

if TYPE_CHECKING:
    from .conftest import Organization

REASON = "as agreed in the weekly meeting"


class TestCollisions:
    DAY = "2026-11-25T"

    def at(self, *clock: str) -> list[str]:
        return [f"{self.DAY}{each}:00Z" for each in clock]

    def test_on_the_same_item_block_up_to_the_buffer(self, organization: Organization) -> None:
        """12:20 is within 30 minutes of 12:00; the next free slot is 12:30."""
        item = organization.item("db-1")
        other = organization.scheduled(item, *self.at("10:00", "12:00"))
        key = organization.authorized(item, *self.at("12:20", "13:00"))

        blockers = organization.refused("carl", key, "authorize_change")

        assert set(blockers) == {"itil.collision_direct"}
        blocker = blockers["itil.collision_direct"]
        named = f"'{organization.desk.item(other).title}' ({other}, Maya, low)"
        assert (
            blocker.message
            == f"{named} works on 'db-1' ({item}) at the same time, Wednesday 25 November 10:00-12:00"
        )
        assert "take Wednesday 25 November 12:30, the next free slot for its 40 min" in blocker.remedy
        assert f"{blocker.earliest:%H:%M}" == "12:30"

    def test_name_every_item_in_which_two_changes_meet(self, organization: Organization) -> None:
        """And every change that is met, each with its own items."""
        db, app, web = (organization.item(title) for title in ("db-1", "app-1", "web-1"))
        both = organization.scheduled(db, *self.at("10:00", "12:00"), cis=[db, app])
        one = organization.scheduled(web, *self.at("12:30", "13:00"))
        key = organization.authorized(db, *self.at("12:20", "12:50"), cis=[app, db, web])

        with pytest.raises(BlockedError) as refusal:
            organization.move("carl", key, "authorize_change")

        met = [b.message for b in refusal.value.blockers if b.check == "itil.collision_direct"]
        assert len(met) == 2
        assert f"({both}, Maya, low) works on 'app-1' ({app}) and 'db-1' ({db}) at the same time" in met[0]
        assert f"({one}, Maya, low) works on 'web-1' ({web}) at the same time" in met[1]

    def test_are_none_when_the_buffer_ends(self, organization: Organization) -> None:
        """12:00 plus 30 minutes is free at 12:30."""
        item = organization.item("db-1")
        organization.scheduled(item, *self.at("10:00", "12:00"))

        key = organization.authorized(item, *self.at("12:30", "13:10"))

        assert organization.move("carl", key, "authorize_change") == "scheduled"

    @pytest.mark.parametrize("upwards", [True, False])
    def test_on_related_items_block_until_somebody_agrees(
        self, organization: Organization, upwards: bool
    ) -> None:
        """In both directions; a name does not count, nor does the word of somebody who has no say in it."""
        db, app = organization.item("db-1"), organization.item("app-1")
        organization.link(
            "cora", *((app, "itil.depends_on", db) if upwards else (db, "itil.depends_on", app))
        )
        other = organization.scheduled(db, *self.at("10:00", "12:00"))
        key = organization.authorized(app, *self.at("11:30", "13:00"))

        blockers = organization.refused("carl", key, "authorize_change")
        organization.edit("maya", key, collision_ack=[{"change": other, "agreed_by": "ed"}])
        still = organization.refused("carl", key, "authorize_change")
        organization.edit("maya", key, collision_ack=[{"change": other, "agreed_by": "otto"}])
        named = organization.refused("carl", key, "authorize_change")["itil.collision_related"]
        organization.confirm("otto", key, "itil.collision_agreement")

        assert set(blockers) == set(still) == {"itil.collision_related"}
        assert named.message == "Agreement to a collision is not confirmed by Otto"
        assert named.who == ("otto",)
        related = blockers["itil.collision_related"]
        assert related.message == (
            f"'{organization.desk.item(other).title}' ({other}, Maya, low) works on 'db-1' ({db}) at the same time,"
            " Wednesday 25 November 10:00-12:00, and "
            + (
                f"'app-1' ({app}) depends on 'db-1' ({db})"
                if upwards
                else f"'db-1' ({db}) depends on 'app-1' ({app})"
            )
        )
        assert [each.title for each in related.actions] == ["Ask to agree", "Move"]
        assert related.remedy.startswith("ask Maya or Otto to agree, and record that under agreed collisions")
        assert organization.move("carl", key, "authorize_change") == "scheduled"

    def test_on_the_items_of_a_fix_may_be_agreed_to_by_whom_it_was_made_for(
        self, organization: Organization
    ) -> None:
        """A rule made that change: the problem manager who raised the fix speaks for it, and is named."""
        db, app = organization.item("db-1"), organization.item("app-1")
        organization.link("cora", app, "itil.depends_on", db)
        fix = organization.fix(db, *self.at("10:00", "12:00"))
        organization.move("pia", fix, "submit")
        organization.attach("ravi", fix, "test_result")
        organization.move("carl", fix, "request_authorization")
        organization.vote(fix, "itil.change_approval", "lea")
        organization.move("carl", fix, "authorize_change")
        key = organization.authorized(app, *self.at("11:30", "13:00"))

        blocker = organization.refused("carl", key, "authorize_change")["itil.collision_related"]
        organization.edit("maya", key, collision_ack=[{"change": fix, "agreed_by": "pia"}])
        organization.confirm("pia", key, "itil.collision_agreement")

        assert blocker.remedy.startswith("ask Pia or Otto to agree")
        assert organization.move("carl", key, "authorize_change") == "scheduled"

    def test_reach_as_far_as_the_workspace_says(self, organization: Organization) -> None:
        """Two steps away is not related, unless the depth is two."""
        db, app, portal = (organization.item(name) for name in ("db-1", "app-1", "portal"))
        organization.link("cora", app, "itil.depends_on", db)
        organization.link("cora", portal, "itil.depends_on", app)
        organization.scheduled(db, *self.at("10:00", "12:00"))
        key = organization.authorized(portal, *self.at("10:00", "12:00"))

        organization.configure(collision_depth=2)
        far = organization.refused("carl", key, "authorize_change")
        organization.configure(collision_depth=1)

        assert set(far) == {"itil.collision_related"}
        assert far["itil.collision_related"].message.endswith(
            "depends on an item of this change or is needed by one"
        )
        assert organization.move("carl", key, "authorize_change") == "scheduled"

    def test_with_a_wish_do_not_block(self, organization: Organization) -> None:
        """A change that waits for its authority holds nothing yet."""
        item = organization.item("db-1")
        first, second = (organization.authorized(item, *self.at("10:00", "12:00")) for _ in range(2))

        assert organization.move("carl", first, "authorize_change") == "scheduled"
        assert set(organization.refused("carl", second, "authorize_change")) == {"itil.collision_direct"}

    def test_are_over_when_the_other_is_cancelled(self, organization: Organization) -> None:
        """The slot is free again."""
        item = organization.item("db-1")
        other = organization.scheduled(item, *self.at("10:00", "12:00"))
        key = organization.authorized(item, *self.at("10:00", "12:00"))
        organization.move("maya", other, "cancel_change", REASON)

        assert organization.move("carl", key, "authorize_change") == "scheduled"

    def test_with_a_change_that_is_late_last_until_it_is_done(self, organization: Organization) -> None:
        """It was planned until 12:00 and still is at work at 13:05."""
        item = organization.item("db-1")
        late = organization.scheduled(item, *self.at("10:00", "12:00"))
        key = organization.scheduled(item, *self.at("13:00", "14:00"))
        organization.at(f"{self.DAY}10:00:00Z")
        organization.move("ravi", late, "start_implementation")
        organization.at(f"{self.DAY}13:05:00Z")

        assert set(organization.refused("ravi", key, "start_implementation")) == {"itil.collision_direct"}
        organization.move(
            "ravi", late, "complete_implementation", verification_note="All probes are green again."
        )
        assert organization.move("ravi", key, "start_implementation") == "implement"

    def test_the_next_slot_meets_no_window_either(self, organization: Organization) -> None:
        """After the other change comes a freeze; what is offered lies behind it."""
        item = organization.item("db-1")
        organization.scheduled(item, *self.at("10:00", "12:00"))
        organization.window("freeze", *self.at("13:00", "18:00"))
        key = organization.authorized(item, *self.at("11:00", "12:00"))

        blocker = organization.refused("carl", key, "authorize_change")["itil.collision_direct"]

        assert "Wednesday 25 November 18:00" in blocker.remedy

    def test_the_next_slot_lies_in_a_maintenance_window_where_it_has_to(
        self, organization: Organization
    ) -> None:
        """The first window is taken by the other change and its buffer; a week later there is room."""
        item = organization.item("core-switch", maintenance_only=True)
        organization.window(
            "maintenance", "2026-11-22T02:00:00Z", "2026-11-22T04:00:00Z", item, rrule="FREQ=WEEKLY;BYDAY=SU"
        )
        organization.scheduled(item, "2026-11-22T02:00:00Z", "2026-11-22T03:00:00Z")
        key = organization.authorized(item, "2026-11-22T02:30:00Z", "2026-11-22T03:30:00Z")

        blocker = organization.refused("carl", key, "authorize_change")["itil.collision_direct"]

        assert f"{blocker.earliest:%Y-%m-%d %H:%M}" == "2026-11-29 02:00"

    def test_there_is_no_next_slot_where_no_window_is_long_enough(self, organization: Organization) -> None:
        """Nothing is promised that is not there."""
        item = organization.item("core-switch", maintenance_only=True)
        organization.window("maintenance", "2026-11-22T02:00:00Z", "2026-11-22T04:00:00Z", item)
        organization.scheduled(item, "2026-11-22T02:00:00Z", "2026-11-22T03:00:00Z")
        key = organization.authorized(item, "2026-11-22T02:30:00Z", "2026-11-22T03:30:00Z")

        blocker = organization.refused("carl", key, "authorize_change")["itil.collision_direct"]

        assert blocker.earliest is None
        assert blocker.remedy == "reschedule one of them"

    def test_the_next_slot_leaves_the_lead_time(self, organization: Organization) -> None:
        """Monday 09:00 plus one business day is Monday 17:00."""
        item = organization.item("db-1")
        organization.scheduled(item, "2026-11-17T09:00:00Z", "2026-11-17T10:00:00Z")
        key = organization.authorized(item, "2026-11-17T09:00:00Z", "2026-11-17T10:00:00Z")
        organization.at("2026-11-16T17:00:00Z")

        blockers = organization.refused("carl", key, "authorize_change")

        assert set(blockers) == {"itil.lead", "itil.collision_direct"}
        assert blockers["itil.lead"].earliest == blockers["itil.collision_direct"].earliest

    def test_each_is_named(self, organization: Organization) -> None:
        """Two other changes, one refusal."""
        item = organization.item("db-1")
        first = organization.scheduled(item, *self.at("10:00", "11:00"))
        second = organization.scheduled(item, *self.at("11:30", "12:00"))
        key = organization.authorized(item, *self.at("10:30", "12:00"))

        messages = organization.messages("carl", key, "authorize_change")

        assert [message.split(" (")[1].split(",")[0] for message in messages] == [first, second]

    def test_a_standard_change_moves_without_notice(self, organization: Organization) -> None:
        """Lead times are for what has to be decided on."""
        item = organization.item()
        model = organization.active_model(item)
        key = organization.standard(item, model, *self.at("10:00", "11:00"))
        organization.move("maya", key, "schedule_standard")
        other = organization.standard(item, model, *self.at("13:00", "14:00"))
        organization.move("maya", other, "schedule_standard")

        blocker = organization.refused(
            "maya",
            key,
            "reschedule",
            planned_start=f"{self.DAY}13:00:00Z",
            planned_end=f"{self.DAY}14:00:00Z",
        )["itil.collision_direct"]

        assert [action.title for action in blocker.actions] == ["Reschedule"]
        assert organization.move("maya", key, "reschedule", planned_end=f"{self.DAY}10:30:00Z") == "scheduled"
