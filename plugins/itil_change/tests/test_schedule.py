"""The change schedule: windows, maintenance, collisions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from placet import BlockedError

if TYPE_CHECKING:
    from .conftest import Organisation

REASON = "as agreed in the weekly meeting"
#: In the freeze at the end of the year.
FROM, TO = "2026-12-22T10:00:00Z", "2026-12-22T11:00:00Z"
YEAR_END = ("2026-12-20T00:00:00Z", "2027-01-04T00:00:00Z")


class TestAFreeze:
    def test_stops_a_normal_change_and_names_the_window(self, organisation: Organisation) -> None:
        item = organisation.item()
        window = organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(item, FROM, TO)

        blockers = organisation.refused("carl", key, "authorize_change")

        assert set(blockers) == {"itil.window_allows"}
        blocker = blockers["itil.window_allows"]
        assert blocker.message == (
            f"the freeze 'Year-end freeze' ({window}) covers 'web-1' ({item}),"
            " Sunday 20 December 00:00 to Monday 4 January 2027 00:00"
        )
        assert f"{blocker.earliest:%Y-%m-%d %H:%M}" == "2027-01-04 00:00"

    @pytest.mark.parametrize("number", [3, 9, 12])
    def test_names_every_item_that_it_covers(self, organisation: Organisation, number: int) -> None:
        """Of very many the first, and how many more there are."""
        items = [organisation.item(f"web-{n}") for n in range(number)]
        organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(items[0], FROM, TO, cis=items)

        message = organisation.refused("carl", key, "authorize_change")["itil.window_allows"].message

        named = [f"'web-{n}' ({item})" for n, item in enumerate(items)]
        if number == 12:
            assert f"covers {', '.join(named[:8])} and 4 more, Sunday" in message
        else:
            assert f"covers {', '.join(named[:-1])} and {named[-1]}, Sunday" in message

    def test_lets_a_standard_change_pass(self, organisation: Organisation) -> None:
        item = organisation.item()
        model = organisation.active_model(item)
        organisation.window("freeze", *YEAR_END)

        assert organisation.move(
            "maya", organisation.standard(item, model, FROM, TO), "schedule_standard"
        ) == ("scheduled")

    def test_is_over_when_it_ends(self, organisation: Organisation) -> None:
        """Intervals are half-open."""
        organisation.window("freeze", *YEAR_END)

        key = organisation.authorized(organisation.item(), "2027-01-04T00:00:00Z", "2027-01-04T01:00:00Z")

        organisation.at("2026-12-14T09:00:00Z")
        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_counts_for_what_is_in_its_scope(self, organisation: Organisation) -> None:
        """A service stands for everything below it."""
        shop = organisation.item("shop")
        inside, outside = organisation.item("shop-db", parent=shop), organisation.item("hr-db")
        organisation.window("freeze", *YEAR_END, shop)

        hit, free = (organisation.authorized(item, FROM, TO) for item in (inside, outside))

        assert set(organisation.refused("carl", hit, "authorize_change")) == {"itil.window_allows"}
        assert organisation.move("carl", free, "authorize_change") == "scheduled"

    def test_that_was_withdrawn_counts_no_more(self, organisation: Organisation) -> None:
        window = organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        assert "itil.reason_text" in organisation.refused("carl", window, "withdraw_window")

        organisation.move("carl", window, "request_withdrawal", "declared for the wrong year")
        organisation.vote(window, "itil.window_withdrawal", "otto")
        organisation.move("carl", window, "withdraw_window", "declared for the wrong year")

        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_that_is_declared_later_stops_the_start(self, organisation: Organisation) -> None:
        """What was put on the schedule before is asked again when it begins."""
        key = organisation.scheduled(organisation.item(), "2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z")
        organisation.window("freeze", "2026-11-24T00:00:00Z", "2026-11-28T00:00:00Z")
        organisation.at("2026-11-25T10:00:00Z")

        assert set(organisation.refused("ravi", key, "start_implementation")) == {"itil.window_allows"}


class TestAWindowInForce:
    """Others go by it: nobody edits it, and those agree to a change who could exempt from it."""

    @pytest.mark.parametrize(
        "edit",
        [
            {"start": "2026-12-23T00:00:00Z"},
            {"end": "2026-12-21T00:00:00Z"},
            {"scope": ["DESK-1"]},
            {"rrule": "FREQ=YEARLY"},
        ],
        ids=["start", "end", "scope", "rule"],
    )
    @pytest.mark.parametrize("kind", ["maintenance", "freeze", "blackout"])
    def test_is_not_edited(self, organisation: Organisation, kind: str, edit: dict[str, Any]) -> None:
        window = organisation.window(kind, *YEAR_END)

        with pytest.raises(BlockedError) as refusal:
            organisation.edit("carl", window, **edit)

        [blocker] = refusal.value.blockers
        assert blocker.gate == "frozen"
        assert blocker.remedy == "others go by it: use Request amendment or Request withdrawal"

    def test_does_not_become_another_kind(self, organisation: Organisation) -> None:
        """A blackout that is called maintenance stops nobody."""
        window = organisation.window("blackout", *YEAR_END)

        with pytest.raises(BlockedError, match="kind cannot be changed in 'In force'"):
            organisation.edit("carl", window, kind="maintenance")

    def test_is_amended_as_the_service_owner_agreed(self, organisation: Organisation) -> None:
        window = organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        assert "itil.amendment_stated" in organisation.refused("carl", window, "request_amendment", REASON)
        organisation.move("carl", window, "request_amendment", REASON, new_end="2026-12-22T00:00:00Z")
        assert "itil.amendment_agreed" in organisation.refused("carl", window, "amend_window")

        organisation.vote(window, "itil.window_amendment", "otto")
        organisation.move("carl", window, "amend_window")

        fields = organisation.fields(window)
        assert (fields["end"], fields["until"]) == ("2026-12-22T00:00:00Z", "2026-12-22T00:00:00Z")
        assert "new_end" not in fields
        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_is_not_amended_otherwise_than_agreed(self, organisation: Organisation) -> None:
        """Another end than the one that was voted on is asked again."""
        window = organisation.window("freeze", *YEAR_END)
        organisation.move("carl", window, "request_amendment", REASON, new_end="2027-01-03T00:00:00Z")
        organisation.vote(window, "itil.window_amendment", "otto")

        organisation.edit("carl", window, new_end="2026-12-21T00:00:00Z")

        assert "itil.amendment_agreed" in organisation.refused("carl", window, "amend_window")

    @pytest.mark.parametrize("change", ["amendment", "withdrawal"])
    def test_takes_the_director_too_where_it_is_a_blackout(
        self, organisation: Organisation, change: str
    ) -> None:
        window = organisation.window("blackout", *YEAR_END)
        new = {"new_end": "2026-12-21T00:00:00Z"} if change == "amendment" else {}
        move = "amend_window" if change == "amendment" else "withdraw_window"
        organisation.move("carl", window, f"request_{change}", REASON, **new)
        organisation.vote(window, f"itil.window_{change}", "otto")

        blockers = organisation.refused("carl", window, move, REASON)

        assert blockers[f"itil.{change}_agreed"].who == ("ivy",)
        organisation.vote(window, f"itil.window_{change}", "ivy")
        organisation.move("carl", window, move, REASON)

    def test_that_only_allows_needs_no_agreement(self, organisation: Organisation) -> None:
        """A maintenance window is the change manager's own."""
        window = organisation.window("maintenance", *YEAR_END)
        organisation.edit("carl", window, new_start="2026-12-21T00:00:00Z")

        organisation.move("carl", window, "amend_window")

        assert organisation.fields(window)["start"] == "2026-12-21T00:00:00Z"
        assert organisation.move("carl", window, "withdraw_window", REASON) == "withdrawn"


class TestAnExemption:
    def test_from_a_freeze_takes_change_manager_and_service_owner(self, organisation: Organisation) -> None:
        organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        organisation.move("maya", key, "request_exemption", REASON)
        organisation.vote(key, "itil.freeze_exemption", "carl")
        assert "itil.window_allows" in organisation.refused("carl", key, "authorize_change")

        organisation.vote(key, "itil.freeze_exemption", "otto")

        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_from_a_blackout_takes_the_director_too(self, organisation: Organisation) -> None:
        organisation.window("blackout", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        organisation.move("maya", key, "request_exemption", REASON)
        organisation.vote(key, "itil.freeze_exemption", "carl", "otto")
        assert (
            "itil.it_director"
            in organisation.refused("carl", key, "authorize_change")["itil.window_allows"].who
        )

        organisation.vote(key, "itil.freeze_exemption", "ivy")

        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_is_not_for_a_standard_change_in_a_blackout(self, organisation: Organisation) -> None:
        """It has to run as a normal one."""
        item = organisation.item()
        model = organisation.active_model(item)
        organisation.window("blackout", *YEAR_END)
        key = organisation.standard(item, model, FROM, TO)

        assert set(organisation.refused("maya", key, "schedule_standard")) == {"itil.window_allows"}
        blocker = organisation.refused("maya", key, "request_exemption", REASON)["itil.exemption_needed"]
        assert blocker.message == "no freeze or blackout applies that a standard change can be exempted from"

    def test_does_not_cover_a_window_declared_after_it_was_asked_for(
        self, organisation: Organisation
    ) -> None:
        """Nobody decided about that one."""
        organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        organisation.move("maya", key, "request_exemption", REASON)
        organisation.vote(key, "itil.freeze_exemption", "carl", "otto")
        organisation.at("2026-11-17T09:00:00Z")
        later = organisation.window("freeze", "2026-12-21T00:00:00Z", "2026-12-24T00:00:00Z")

        blocker = organisation.refused("carl", key, "authorize_change")["itil.window_allows"]

        assert f"({later})" in blocker.message
        assert "requested before this window was changed" in blocker.message

    def test_is_asked_for_once(self, organisation: Organisation) -> None:
        """Asking again would throw the votes away."""
        organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        organisation.move("maya", key, "request_exemption", REASON)

        blocker = organisation.refused("maya", key, "request_exemption", REASON)["itil.exemption_needed"]

        assert blocker.message.startswith("an exemption was requested already")

    def test_is_lost_when_the_change_moves(self, organisation: Organisation) -> None:
        organisation.window("freeze", *YEAR_END)
        key = organisation.authorized(organisation.item(), FROM, TO)
        organisation.move("maya", key, "request_exemption", REASON)
        organisation.vote(key, "itil.freeze_exemption", "carl", "otto")

        organisation.edit("maya", key, planned_start="2026-12-22T10:15:00Z")

        assert "itil.window_allows" in organisation.refused("carl", key, "authorize_change")


class TestMaintenanceWindows:
    def window(self, organisation: Organisation, item: str) -> None:
        """Sundays from 02:00 to 06:00 UTC."""
        start, end = "2026-11-22T02:00:00Z", "2026-11-22T06:00:00Z"
        organisation.window("maintenance", start, end, item, rrule="FREQ=WEEKLY;BYDAY=SU")

    def test_are_where_some_items_are_changed_only(self, organisation: Organisation) -> None:
        """The next one that is long enough is named."""
        item = organisation.item("core-switch", maintenance_only=True)
        self.window(organisation, item)
        key = organisation.authorized(item, "2026-12-08T10:00:00Z", "2026-12-08T11:00:00Z")

        blocker = organisation.refused("carl", key, "authorize_change")["itil.maintenance_only"]

        assert f"'core-switch' ({item}) changes only in maintenance windows" in blocker.message
        assert f"{blocker.earliest:%Y-%m-%d %H:%M}" == "2026-12-13 02:00"
        assert blocker.remedy == "move the change to Sunday 13 December 02:00"

    def test_hold_the_whole_change(self, organisation: Organisation) -> None:
        """One minute over is outside."""
        item = organisation.item("core-switch", maintenance_only=True)
        self.window(organisation, item)

        over = organisation.authorized(item, "2026-12-13T05:00:00Z", "2026-12-13T06:01:00Z")
        within = organisation.authorized(item, "2026-12-06T05:00:00Z", "2026-12-06T06:00:00Z")

        assert set(organisation.refused("carl", over, "authorize_change")) == {"itil.maintenance_only"}
        assert organisation.move("carl", within, "authorize_change") == "scheduled"

    def test_that_are_all_too_short_are_said_to_be(self, organisation: Organisation) -> None:
        item = organisation.item("core-switch", maintenance_only=True)
        self.window(organisation, item)
        key = organisation.authorized(item, "2026-12-13T00:00:00Z", "2026-12-13T06:00:00Z")

        blocker = organisation.refused("carl", key, "authorize_change")["itil.maintenance_only"]

        assert blocker.earliest is None
        assert blocker.message.endswith(", and none in the next 92 days is 6 hours long")
        assert blocker.remedy == "ask Carl to declare a maintenance window of 6 hours"

    def test_that_there_are_none_of_is_said(self, organisation: Organisation) -> None:
        """Nobody looks for a longer one where there is none at all."""
        item = organisation.item("core-switch", maintenance_only=True)
        key = organisation.authorized(item, "2026-12-13T00:00:00Z", "2026-12-13T02:00:00Z")

        blocker = organisation.refused("carl", key, "authorize_change")["itil.maintenance_only"]

        assert blocker.message == (
            f"'core-switch' ({item}) changes only in maintenance windows, and none is declared for the next 92 days"
        )
        assert blocker.remedy == "ask Carl to declare a maintenance window of 2 hours"
        assert blocker.who == ("itil.change_manager",)


class TestCollisions:
    DAY = "2026-11-25T"

    def at(self, *clock: str) -> list[str]:
        return [f"{self.DAY}{each}:00Z" for each in clock]

    def test_on_the_same_item_block_up_to_the_buffer(self, organisation: Organisation) -> None:
        """12:20 is within 30 minutes of 12:00; the next free slot is 12:30."""
        item = organisation.item("db-1")
        other = organisation.scheduled(item, *self.at("10:00", "12:00"))
        key = organisation.authorized(item, *self.at("12:20", "13:00"))

        blockers = organisation.refused("carl", key, "authorize_change")

        assert set(blockers) == {"itil.collision_direct"}
        blocker = blockers["itil.collision_direct"]
        named = f"'{organisation.desk.item(other).title}' ({other}, Maya, low)"
        assert (
            blocker.message
            == f"{named} works on 'db-1' ({item}) at the same time, Wednesday 25 November 10:00-12:00"
        )
        assert "take Wednesday 25 November 12:30, the next free slot for its 40 min" in blocker.remedy
        assert f"{blocker.earliest:%H:%M}" == "12:30"

    def test_name_every_item_in_which_two_changes_meet(self, organisation: Organisation) -> None:
        """And every change that is met, each with its own items."""
        db, app, web = (organisation.item(title) for title in ("db-1", "app-1", "web-1"))
        both = organisation.scheduled(db, *self.at("10:00", "12:00"), cis=[db, app])
        one = organisation.scheduled(web, *self.at("12:30", "13:00"))
        key = organisation.authorized(db, *self.at("12:20", "12:50"), cis=[app, db, web])

        with pytest.raises(BlockedError) as refusal:
            organisation.move("carl", key, "authorize_change")

        met = [b.message for b in refusal.value.blockers if b.check == "itil.collision_direct"]
        assert len(met) == 2
        assert f"({both}, Maya, low) works on 'app-1' ({app}) and 'db-1' ({db}) at the same time" in met[0]
        assert f"({one}, Maya, low) works on 'web-1' ({web}) at the same time" in met[1]

    def test_are_none_when_the_buffer_ends(self, organisation: Organisation) -> None:
        """12:00 plus 30 minutes is free at 12:30."""
        item = organisation.item("db-1")
        organisation.scheduled(item, *self.at("10:00", "12:00"))

        key = organisation.authorized(item, *self.at("12:30", "13:10"))

        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    @pytest.mark.parametrize("upwards", [True, False])
    def test_on_related_items_block_until_somebody_agrees(
        self, organisation: Organisation, upwards: bool
    ) -> None:
        """In both directions; a name does not count, nor does the word of somebody who has no say in it."""
        db, app = organisation.item("db-1"), organisation.item("app-1")
        organisation.link(
            "cora", *((app, "itil.depends_on", db) if upwards else (db, "itil.depends_on", app))
        )
        other = organisation.scheduled(db, *self.at("10:00", "12:00"))
        key = organisation.authorized(app, *self.at("11:30", "13:00"))

        blockers = organisation.refused("carl", key, "authorize_change")
        organisation.edit("maya", key, collision_ack=[{"change": other, "agreed_by": "ed"}])
        still = organisation.refused("carl", key, "authorize_change")
        organisation.edit("maya", key, collision_ack=[{"change": other, "agreed_by": "otto"}])
        named = organisation.refused("carl", key, "authorize_change")["itil.collision_related"]
        organisation.confirm("otto", key, "itil.collision_agreement")

        assert set(blockers) == set(still) == {"itil.collision_related"}
        assert named.message == "Agreement to a collision is not confirmed by Otto"
        assert named.who == ("otto",)
        related = blockers["itil.collision_related"]
        assert f"({other}, Maya, low) works on 'db-1' ({db}) at the same time" in related.message
        assert related.remedy.startswith("ask Maya or Otto to agree, and record that under agreed collisions")
        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_reach_as_far_as_the_workspace_says(self, organisation: Organisation) -> None:
        """Two steps away is not related, unless the depth is two."""
        db, app, portal = (organisation.item(name) for name in ("db-1", "app-1", "portal"))
        organisation.link("cora", app, "itil.depends_on", db)
        organisation.link("cora", portal, "itil.depends_on", app)
        organisation.scheduled(db, *self.at("10:00", "12:00"))
        key = organisation.authorized(portal, *self.at("10:00", "12:00"))

        organisation.configure(collision_depth=2)
        far = organisation.refused("carl", key, "authorize_change")
        organisation.configure(collision_depth=1)

        assert set(far) == {"itil.collision_related"}
        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_with_a_wish_do_not_block(self, organisation: Organisation) -> None:
        """A change that waits for its authority holds nothing yet."""
        item = organisation.item("db-1")
        first, second = (organisation.authorized(item, *self.at("10:00", "12:00")) for _ in range(2))

        assert organisation.move("carl", first, "authorize_change") == "scheduled"
        assert set(organisation.refused("carl", second, "authorize_change")) == {"itil.collision_direct"}

    def test_are_over_when_the_other_is_cancelled(self, organisation: Organisation) -> None:
        """The slot is free again."""
        item = organisation.item("db-1")
        other = organisation.scheduled(item, *self.at("10:00", "12:00"))
        key = organisation.authorized(item, *self.at("10:00", "12:00"))
        organisation.move("maya", other, "cancel_change", REASON)

        assert organisation.move("carl", key, "authorize_change") == "scheduled"

    def test_with_a_change_that_is_late_last_until_it_is_done(self, organisation: Organisation) -> None:
        """It was planned until 12:00 and still is at work at 13:05."""
        item = organisation.item("db-1")
        late = organisation.scheduled(item, *self.at("10:00", "12:00"))
        key = organisation.scheduled(item, *self.at("13:00", "14:00"))
        organisation.at(f"{self.DAY}10:00:00Z")
        organisation.move("ravi", late, "start_implementation")
        organisation.at(f"{self.DAY}13:05:00Z")

        assert set(organisation.refused("ravi", key, "start_implementation")) == {"itil.collision_direct"}
        organisation.move(
            "ravi", late, "complete_implementation", verification_note="All probes are green again."
        )
        assert organisation.move("ravi", key, "start_implementation") == "implement"

    def test_the_next_slot_meets_no_window_either(self, organisation: Organisation) -> None:
        """After the other change comes a freeze; what is offered lies behind it."""
        item = organisation.item("db-1")
        organisation.scheduled(item, *self.at("10:00", "12:00"))
        organisation.window("freeze", *self.at("13:00", "18:00"))
        key = organisation.authorized(item, *self.at("11:00", "12:00"))

        blocker = organisation.refused("carl", key, "authorize_change")["itil.collision_direct"]

        assert "Wednesday 25 November 18:00" in blocker.remedy

    def test_the_next_slot_lies_in_a_maintenance_window_where_it_has_to(
        self, organisation: Organisation
    ) -> None:
        """The first window is taken by the other change and its buffer; a week later there is room."""
        item = organisation.item("core-switch", maintenance_only=True)
        organisation.window(
            "maintenance", "2026-11-22T02:00:00Z", "2026-11-22T04:00:00Z", item, rrule="FREQ=WEEKLY;BYDAY=SU"
        )
        organisation.scheduled(item, "2026-11-22T02:00:00Z", "2026-11-22T03:00:00Z")
        key = organisation.authorized(item, "2026-11-22T02:30:00Z", "2026-11-22T03:30:00Z")

        blocker = organisation.refused("carl", key, "authorize_change")["itil.collision_direct"]

        assert f"{blocker.earliest:%Y-%m-%d %H:%M}" == "2026-11-29 02:00"

    def test_there_is_no_next_slot_where_no_window_is_long_enough(self, organisation: Organisation) -> None:
        """Nothing is promised that is not there."""
        item = organisation.item("core-switch", maintenance_only=True)
        organisation.window("maintenance", "2026-11-22T02:00:00Z", "2026-11-22T04:00:00Z", item)
        organisation.scheduled(item, "2026-11-22T02:00:00Z", "2026-11-22T03:00:00Z")
        key = organisation.authorized(item, "2026-11-22T02:30:00Z", "2026-11-22T03:30:00Z")

        blocker = organisation.refused("carl", key, "authorize_change")["itil.collision_direct"]

        assert blocker.earliest is None
        assert blocker.remedy == "reschedule one of them"

    def test_the_next_slot_leaves_the_lead_time(self, organisation: Organisation) -> None:
        """Monday 09:00 plus one business day is Monday 17:00."""
        item = organisation.item("db-1")
        organisation.scheduled(item, "2026-11-17T09:00:00Z", "2026-11-17T10:00:00Z")
        key = organisation.authorized(item, "2026-11-17T09:00:00Z", "2026-11-17T10:00:00Z")
        organisation.at("2026-11-16T17:00:00Z")

        blockers = organisation.refused("carl", key, "authorize_change")

        assert set(blockers) == {"itil.lead", "itil.collision_direct"}
        assert blockers["itil.lead"].earliest == blockers["itil.collision_direct"].earliest

    def test_each_is_named(self, organisation: Organisation) -> None:
        """Two other changes, one refusal."""
        item = organisation.item("db-1")
        first = organisation.scheduled(item, *self.at("10:00", "11:00"))
        second = organisation.scheduled(item, *self.at("11:30", "12:00"))
        key = organisation.authorized(item, *self.at("10:30", "12:00"))

        messages = organisation.messages("carl", key, "authorize_change")

        assert [message.split(" (")[1].split(",")[0] for message in messages] == [first, second]

    def test_a_standard_change_moves_without_notice(self, organisation: Organisation) -> None:
        """Lead times are for what has to be decided on."""
        item = organisation.item()
        model = organisation.active_model(item)
        key = organisation.standard(item, model, *self.at("10:00", "11:00"))
        organisation.move("maya", key, "schedule_standard")
        other = organisation.standard(item, model, *self.at("13:00", "14:00"))
        organisation.move("maya", other, "schedule_standard")

        blocker = organisation.refused(
            "maya",
            key,
            "reschedule",
            planned_start=f"{self.DAY}13:00:00Z",
            planned_end=f"{self.DAY}14:00:00Z",
        )["itil.collision_direct"]

        assert [action.title for action in blocker.actions] == ["Reschedule"]
        assert organisation.move("maya", key, "reschedule", planned_end=f"{self.DAY}10:30:00Z") == "scheduled"


class TestTheAgenda:
    def test_shows_scheduled_changes_and_windows_in_force(self, organisation: Organisation) -> None:
        """What is not authorized yet takes place nowhere, and what is withdrawn no more."""
        organisation.window("freeze", "2026-12-20T00:00:00Z", "2027-01-04T00:00:00Z")
        organisation.scheduled(organisation.item(), "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z")
        organisation.asked_for(organisation.item("web-2"), "2026-11-24T10:00:00Z", "2026-11-24T12:00:00Z")

        lines = organisation.desk.agenda()

        assert [(line.kind, line.start.isoformat(), line.window) for line in lines] == [
            ("change", "2026-11-23T10:00:00+00:00", False),
            ("freeze", "2026-12-20T00:00:00+00:00", True),
        ]

    def test_takes_windows_over_everything_unless_it_is_said(self, organisation: Organisation) -> None:
        """As when they come from another calendar."""
        start, end = datetime(2026, 12, 20, tzinfo=UTC), datetime(2027, 1, 4, tzinfo=UTC)

        made = organisation.desk.window("Year end", start, end, "freeze", actor="carl")

        assert made.fields["scope"] == ["all"]
