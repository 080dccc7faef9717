"""Timers on items: when they are due, what they pause for, and what happens when their time is up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hotline import BREAK, BROKEN, CALL, METHOD, REGISTRY, RESPONSE
from shop import changed, plugin

from placet import (
    BlockedError,
    BusinessCalendar,
    business,
    week,
)
from placet.catalog.discovery import Registry
from placet.engine.act.records import EventRecord, ItemRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.timers.readings import TimerStatus
from placet.errors import ForbiddenError, InvalidError
from placet.testing import Desk

FRIDAY = "2026-03-06T15:00:00Z"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A hotline in UTC that works Monday to Friday, 09:00 to 17:00."""
    with Desk(tmp_path, registry=REGISTRY) as opened:
        yield opened


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def call(desk: Desk, moment: str = FRIDAY, **fields: Any) -> ItemRecord:
    desk.at(moment)
    return desk.create("hotline.call", "The printer is on fire", **fields)


def due(desk: Desk, item: ItemRecord, timer: str = "hotline.resolution") -> datetime | None:
    return desk.timer(item, timer).reading.due_at


def recorded(desk: Desk, item: ItemRecord, kind: str = "timer") -> list[EventRecord]:
    return [event for event in desk.history(item) if event.kind == kind]


class TestAClockOnACalendar:
    def test_is_due_when_so_much_working_time_has_passed(self, desk: Desk) -> None:
        """24 business hours from Friday 15:00 end on Wednesday 15:00; 4 on Monday 11:00."""
        item = call(desk)

        assert due(desk, item, "hotline.response") == at("2026-03-09T11:00:00Z")
        assert due(desk, item) == at("2026-03-11T15:00:00Z")

    def test_waits_while_it_is_paused_for_a_reason_that_counts(self, desk: Desk) -> None:
        """Ten working hours of waiting for the customer move the end from Wednesday 15:00 to Thursday 17:00."""
        item = call(desk)
        desk.move(item, "start", actor="agent")
        desk.at("2026-03-09T10:00:00Z")
        desk.move(item, "wait", actor="agent", waits_for="customer")
        paused = desk.timer(item, "hotline.resolution").reading
        desk.at("2026-03-10T12:00:00Z")
        desk.move(item, "go_on", actor="agent")

        assert (paused.status, paused.due_at) == (TimerStatus.PAUSED, None)
        assert due(desk, item) == at("2026-03-12T17:00:00Z")

    def test_runs_on_while_the_reason_does_not_count(self, desk: Desk) -> None:
        """Waiting for a vendor is the desk's own time."""
        item = call(desk)
        desk.move(item, "start", actor="agent")
        desk.at("2026-03-09T10:00:00Z")
        desk.move(item, "wait", actor="agent", waits_for="vendor")
        desk.at("2026-03-10T12:00:00Z")
        desk.move(item, "go_on", actor="agent")

        assert due(desk, item) == at("2026-03-11T15:00:00Z")

    def test_explains_its_sum_line_by_line(self, desk: Desk) -> None:
        """Every stretch says what of it counted, and why the rest did not."""
        item = call(desk)
        desk.move(item, "start", actor="agent")
        desk.at("2026-03-09T10:00:00Z")
        desk.move(item, "wait", actor="agent", waits_for="customer")
        desk.at("2026-03-09T12:00:00Z")

        line = desk.timer(item, "hotline.resolution")

        assert [(s.start, s.end, s.counted) for s in line.explanation if s.counted] == [
            (at(FRIDAY), at("2026-03-06T17:00:00Z"), timedelta(hours=2)),
            (at("2026-03-09T09:00:00Z"), at("2026-03-09T10:00:00Z"), timedelta(hours=1)),
        ]
        assert line.explanation[-1].reason == "paused: pending, waits_for is customer"
        assert sum((s.counted for s in line.explanation), timedelta()) == line.reading.elapsed
        assert line.reading.elapsed == timedelta(hours=3)

    def test_takes_another_calendar_from_the_change_on(self, desk: Desk) -> None:
        """The stored due moments follow when the workspace changes its hours."""
        item = call(desk)
        every_day = BusinessCalendar(hours=week("09:00-17:00", days=(1, 2, 3, 4, 5, 6, 7)))
        desk.engine.workspaces.change(SYSTEM_ACTOR, desk.key, calendars={"default": every_day})

        assert due(desk, item) == at("2026-03-09T15:00:00Z")
        desk.pass_time("2026-03-09T15:00:00Z")
        assert [event.data["point"] for event in recorded(desk, item)] == ["50 %", "75 %", "100 %"]

    def test_keeps_what_was_counted_by_the_former_calendar(self, desk: Desk) -> None:
        """Two hours on Friday and eight on Monday; from Tuesday on a day has two hours."""
        item = call(desk)
        desk.at("2026-03-10T00:00:00Z")
        short = BusinessCalendar(hours=week("09:00-11:00"))
        desk.engine.workspaces.change(SYSTEM_ACTOR, desk.key, calendars={"default": short})

        assert desk.timer(item, "hotline.resolution").reading.elapsed == timedelta(hours=10)
        assert due(desk, item) == at("2026-03-18T11:00:00Z")


class TestAChangeOfTarget:
    def test_that_tightens_ends_at_the_earlier_of_old_end_and_full_new_target(self, desk: Desk) -> None:
        """Raised to P2 on Monday 10:00, it is due 8 hours later and not when 8 hours from Friday were over."""
        item = call(desk)
        desk.at("2026-03-09T10:00:00Z")
        desk.edit(item, actor="agent", priority="P2")

        assert due(desk, item) == at("2026-03-09T18:00:00Z")

    def test_that_tightens_never_moves_the_end_away(self, desk: Desk) -> None:
        """Raised when nearly all of the old time is used up, the old end stays."""
        item = call(desk)
        desk.at("2026-03-11T14:00:00Z")
        desk.edit(item, actor="agent", priority="P2")

        assert due(desk, item) == at("2026-03-11T15:00:00Z")

    def test_that_loosens_is_counted_from_the_start_without_the_pauses(self, desk: Desk) -> None:
        """Lowered to P3, it gets 24 business hours from its creation, and the pause is left out."""
        item = call(desk, "2026-03-09T09:00:00Z", priority="P2")
        desk.move(item, "start", actor="agent")
        desk.at("2026-03-09T10:00:00Z")
        desk.move(item, "wait", actor="agent", waits_for="customer")
        desk.at("2026-03-09T12:00:00Z")
        desk.move(item, "go_on", actor="agent")
        desk.edit(item, actor="agent", priority="P3")

        assert due(desk, item) == at("2026-03-12T11:00:00Z")

    def test_to_nothing_leaves_a_clock_without_an_end(self, desk: Desk) -> None:
        """A priority without a promise has no due moment."""
        item = call(desk)
        desk.edit(item, actor="agent", priority="P9")

        reading = desk.timer(item, "hotline.resolution").reading

        assert (reading.due_at, reading.remaining, reading.status) == (None, None, TimerStatus.RUNNING)


class TestAStoppedClock:
    def test_exactly_at_its_target_is_met(self, desk: Desk) -> None:
        item = call(desk, priority="P1")
        desk.at("2026-03-06T15:15:00Z")
        desk.move(item, "start", actor="agent")

        assert desk.timer(item, "hotline.response").reading.status is TimerStatus.MET

    def test_a_moment_later_is_breached(self, desk: Desk) -> None:
        item = call(desk, priority="P1")
        desk.at("2026-03-06T15:15:00.000001Z")
        desk.move(item, "start", actor="agent")

        reading = desk.timer(item, "hotline.response").reading

        assert reading.status is TimerStatus.BREACHED
        assert reading.breached_at == at("2026-03-06T15:15:00Z")

    def test_goes_on_with_a_quarter_of_its_target_at_least(self, desk: Desk) -> None:
        """Resolved with 12 minutes left of four hours, and reopened: one hour is granted."""
        item = call(desk, priority="P1")
        desk.move(item, "start", actor="agent")
        desk.at("2026-03-06T18:48:00Z")
        desk.move(item, "resolve", actor="agent")
        desk.at("2026-03-07T10:00:00Z")
        desk.move(item, "reopen", actor="agent")

        assert due(desk, item) == at("2026-03-07T11:00:00Z")

    def test_goes_on_with_what_it_had_left_where_that_is_more(self, desk: Desk) -> None:
        item = call(desk, priority="P1")
        desk.move(item, "start", actor="agent")
        desk.at("2026-03-06T16:00:00Z")
        desk.move(item, "resolve", actor="agent")
        desk.at("2026-03-07T10:00:00Z")
        desk.move(item, "reopen", actor="agent")

        assert due(desk, item) == at("2026-03-07T13:00:00Z")

    def test_that_was_breached_stays_so_when_it_goes_on(self, desk: Desk) -> None:
        """Reopening heals nothing."""
        item = call(desk, priority="P1")
        desk.move(item, "start", actor="agent")
        desk.at("2026-03-06T20:00:00Z")
        desk.move(item, "resolve", actor="agent")
        desk.move(item, "reopen", actor="agent")
        desk.move(item, "resolve", actor="agent")

        assert desk.timer(item, "hotline.resolution").reading.status is TimerStatus.BREACHED

    def test_stops_with_the_item(self, desk: Desk) -> None:
        """A final state ends every timer that is not started by the way into it."""
        item = call(desk)
        desk.move(item, "drop", actor="agent")

        statuses = {line.timer: line.reading.stopped_at for line in desk.engine.timers.find(
            SYSTEM_ACTOR, desk.engine.timers.query(SYSTEM_ACTOR, item=item.key)).rows}  # fmt: skip

        assert set(statuses.values()) == {at(FRIDAY)}
        desk.pass_time("2026-04-01T00:00:00Z")
        assert recorded(desk, item) == []


class TestThresholds:
    def test_are_recorded_at_their_own_moments_with_whom_to_notify(self, desk: Desk) -> None:
        """Half of 24 business hours, three quarters, all of it."""
        item = call(desk)

        desk.pass_time("2026-03-12T00:00:00Z")

        assert [(e.at, e.actor, e.data["point"], e.data["notifies"]) for e in recorded(desk, item)] == [
            (at("2026-03-10T11:00:00Z"), "system", "50 %", ["hotline.agent"]),
            (at("2026-03-10T17:00:00Z"), "system", "75 %", ["hotline.lead"]),
            (at("2026-03-11T15:00:00Z"), "system", "100 %", ["hotline.lead"]),
        ]

    def test_run_their_effects_once(self, desk: Desk) -> None:
        """The changes of an effect are recorded as an edit by the timer."""
        item = call(desk)

        desk.pass_time("2026-03-20T00:00:00Z")

        edits = [e for e in recorded(desk, item, "edited") if e.data.get("caused_by") == "hotline.resolution"]
        assert [list(e.data["changes"]) for e in edits] == [["alarms"]]

    def test_lie_before_and_after_a_moment_in_a_field(self, desk: Desk) -> None:
        item = call(desk, promised="2026-03-10T12:00:00Z")

        desk.pass_time("2026-03-11T00:00:00Z")

        promised = [e for e in recorded(desk, item) if e.data["timer"] == "hotline.promise"]
        assert [e.at for e in promised] == [at("2026-03-09T12:00:00Z"), at("2026-03-10T14:00:00Z")]

    def test_move_with_the_field(self, desk: Desk) -> None:
        item = call(desk, promised="2026-03-10T12:00:00Z")
        desk.edit(item, actor="agent", promised="2026-03-20T12:00:00Z")

        assert due(desk, item, "hotline.promise") == at("2026-03-20T12:00:00Z")

    def test_that_were_passed_while_nobody_looked_are_acted_on_in_order(self, desk: Desk) -> None:
        """A worker that was away finds all three at once."""
        item = call(desk)
        desk.at("2026-03-31T00:00:00Z")
        due_now = [
            d for d in desk.engine.timers.due(desk.clock.now()) if d.subject == "timer:hotline.resolution"
        ]

        desk.engine.timers.fire(due_now[0])

        assert [e.data["point"] for e in recorded(desk, item)] == ["50 %", "75 %", "100 %"]
        assert [d for d in desk.engine.timers.due(desk.clock.now()) if d.subject == due_now[0].subject] == []

    def test_of_a_timer_that_comes_again_are_passed_again(self, desk: Desk) -> None:
        """Three reminders, an hour apart, and then no more."""
        item = call(desk)
        desk.move(item, "start", actor="agent")
        desk.move(item, "wait", actor="agent", waits_for="vendor")

        desk.pass_time("2026-03-06T23:00:00Z")

        reminders = [e for e in recorded(desk, item) if e.data["timer"] == "hotline.reminder"]
        assert [e.at for e in reminders if e.data["point"] == "100 %"] == [
            at("2026-03-06T16:00:00Z"),
            at("2026-03-06T17:00:00Z"),
            at("2026-03-06T18:00:00Z"),
        ]


class TestAClockThatMovesItsItem:
    def resolved(self, desk: Desk, **fields: Any) -> ItemRecord:
        item = call(desk, "2026-03-02T10:00:00Z", **fields)
        desk.move(item, "start", actor="agent")
        desk.move(item, "resolve", actor="agent")
        return item

    def test_does_it_at_the_moment_as_system(self, desk: Desk) -> None:
        item = self.resolved(desk, answer="Water")

        desk.pass_time("2026-03-31T00:00:00Z")

        closed = desk.history(item)[-1]
        assert (closed.kind, closed.actor, closed.at) == ("transition", "system", at("2026-03-09T10:00:00Z"))
        assert (closed.data["to_state"], closed.data["caused_by"]) == ("closed", "hotline.closing")

    def test_is_refused_as_anybody_and_says_so_once(self, desk: Desk) -> None:
        """The blockers are in the history, and the same refusal is not recorded again and again."""
        item = self.resolved(desk)

        desk.pass_time("2026-03-31T00:00:00Z")

        refusals = recorded(desk, item, "refused")
        assert desk.item(item).state == "resolved"
        assert [r.data["blockers"][0]["check"] for r in refusals] == ["hotline.answer_given"]

    def test_is_tried_again_where_refusals_are_not_recorded(self, desk: Desk) -> None:
        """Nothing is in the history but that the time was up; the transition is made when it can be."""
        desk.engine.workspaces.change(SYSTEM_ACTOR, desk.key, record_refusals=False)
        item = self.resolved(desk)
        desk.pass_time("2026-03-20T00:00:00Z")

        refusals = recorded(desk, item, "refused")
        desk.edit(item, actor="agent", answer="Water")
        desk.pass_time("2026-03-20T00:00:01Z")

        assert refusals == []
        assert desk.item(item).state == "closed"

    def test_tries_again_when_the_item_has_changed(self, desk: Desk) -> None:
        """The missing answer is given: the timer closes the call at once."""
        item = self.resolved(desk)
        desk.pass_time("2026-03-20T00:00:00Z")

        desk.edit(item, actor="agent", answer="Water")
        desk.pass_time("2026-03-20T00:00:01Z")

        assert desk.item(item).state == "closed"

    def test_leaves_an_item_alone_that_has_moved_on(self, desk: Desk) -> None:
        item = self.resolved(desk, answer="Water")
        desk.at("2026-03-05T10:00:00Z")
        desk.move(item, "reopen", actor="agent")

        desk.pass_time("2026-03-31T00:00:00Z")

        assert desk.item(item).state == "active"

    def test_does_it_once_however_often_it_is_fired(self, desk: Desk) -> None:
        """Two workers, or one that was called twice, make one transition."""
        item = self.resolved(desk, answer="Water")
        desk.at("2026-03-09T10:00:00Z")
        due_now = [
            d for d in desk.engine.timers.due(desk.clock.now()) if d.subject == "timer:hotline.closing"
        ]

        for _ in range(3):
            desk.engine.timers.fire(due_now[0])

        assert [e.data["transition"] for e in recorded(desk, item, "transition")] == [
            "start",
            "resolve",
            "close",
        ]
        assert len([e for e in recorded(desk, item) if e.data["timer"] == "hotline.closing"]) == 1


class TestAClockThatRunsWhileSomethingHolds:
    def test_starts_and_stops_with_the_field(self, desk: Desk) -> None:
        item = call(desk)
        desk.edit(item, actor="agent", alarm=True)
        running = desk.timer(item, "hotline.alarm").reading
        desk.at("2026-03-06T15:05:00Z")
        desk.edit(item, actor="agent", alarm=False)

        stopped = desk.timer(item, "hotline.alarm").reading
        assert running.due_at == at("2026-03-06T15:10:00Z")
        assert (stopped.status, stopped.elapsed) == (TimerStatus.MET, timedelta(minutes=5))

    def test_starts_from_nothing_when_it_is_reset(self, desk: Desk) -> None:
        item = call(desk, alarm=True)
        desk.move(item, "start", actor="agent")
        desk.at("2026-03-06T15:09:00Z")
        desk.move(item, "hand_over", actor="agent")

        assert due(desk, item, "hotline.alarm") == at("2026-03-06T15:19:00Z")


class TestWhatEnds:
    def test_an_approval_that_nobody_gave_in_time_expires_on_the_record(self, desk: Desk) -> None:
        item = call(desk)
        desk.move(item, "ask", actor="agent")

        desk.pass_time("2026-03-10T00:00:00Z")

        ended = recorded(desk, item, "approval_expired")
        assert [(e.at, e.actor, e.data["from_status"]) for e in ended] == [
            (at("2026-03-08T15:00:00Z"), "system", "pending")
        ]
        with pytest.raises(BlockedError, match="expired on Sunday 8 March 15:00"):
            desk.approve(item, "hotline.budget", by=["lead"])

    def test_a_waiver_ends_on_the_record_and_one_that_was_refused_does_not(self, desk: Desk) -> None:
        """Granted, never decided, refused: the first two have an end."""
        item = call(desk)
        engine, agent, lead = desk.engine, desk.person("agent"), desk.person("lead")

        def asked(until: str) -> str:
            waiver = engine.waivers.ask(
                agent, item.key, gate="hotline.answered", reason="nobody knows", expires_at=at(until)
            )
            return waiver.id

        granted, forgotten, refused = (asked(f"2026-03-{day}T12:00:00Z") for day in ("10", "11", "12"))
        engine.waivers.decide(lead, item.key, granted, grant=True)
        engine.waivers.decide(lead, item.key, refused, grant=False)

        desk.pass_time("2026-03-31T00:00:00Z")

        ended = recorded(desk, item, "waiver_expired")
        assert [(e.data["waiver"]["id"], e.data["waiver"].get("granted"), e.at) for e in ended] == [
            (granted, True, at("2026-03-10T12:00:00Z")),
            (forgotten, None, at("2026-03-11T12:00:00Z")),
        ]


class TestACalendarThatTheWorkspaceHasNot:
    @pytest.fixture
    def desk(self, tmp_path: Path) -> Iterator[Desk]:
        """A hotline that works by night, and has only the calendar that every workspace has."""
        nightly = changed(RESPONSE, target=business(hours=1, calendar="nights"))
        method = changed(METHOD, item_types=[changed(CALL, timers=[nightly]), BREAK])
        with Desk(tmp_path, registry=Registry.of(plugin(method))) as opened:
            yield opened

    def test_is_named_by_the_linter(self, desk: Desk) -> None:
        (finding,) = (each for each in desk.engine.reports.lint(SYSTEM_ACTOR) if each.code == "no-calendar")

        assert str(finding) == (
            'hotline.response: it runs by the calendar "nights", which is not one of DESK: give the workspace a '
            "calendar of this name"
        )

    def test_is_named_where_the_clock_would_start(self, desk: Desk) -> None:
        """Nothing is made with a timer that cannot run; with the calendar it is."""
        with pytest.raises(BlockedError) as refusal:
            desk.create("hotline.call")
        (blocker,) = refusal.value.blockers
        assert blocker.message == 'there is no calendar of DESK "nights"; there are "default"'

        nights = BusinessCalendar(hours=week("22:00-06:00"))
        desk.engine.workspaces.change(SYSTEM_ACTOR, desk.key, calendars={"nights": nights})

        assert due(desk, desk.create("hotline.call"), "hotline.response") == at("2026-03-02T23:00:00Z")


class TestPeriodicJobs:
    def test_run_once_at_each_of_their_moments(self, desk: Desk) -> None:
        """From Friday afternoon to Tuesday noon, working mornings are Monday's and Tuesday's."""
        item = call(desk)

        desk.pass_time("2026-03-10T12:00:00Z")

        rounds = [e for e in recorded(desk, item, "edited") if e.data.get("caused_by") == "hotline.morning"]
        assert [e.at for e in rounds[-2:]] == [at("2026-03-09T08:00:00Z"), at("2026-03-10T08:00:00Z")]

    def test_do_not_make_up_for_the_time_before_they_were_there(self, desk: Desk) -> None:
        """Of a workspace that is years old, and has never run one, the last day counts."""
        call(desk, "2028-03-08T12:00:00Z")

        (job,) = (d for d in desk.engine.timers.due(desk.clock.now()) if d.subject == "job:hotline.morning")

        assert job.at == at("2028-03-08T08:00:00Z")

    def test_that_fail_are_not_in_the_way_of_the_next(self, desk: Desk) -> None:
        """The work of a failed one is not written; the morning after it runs again."""
        item = call(desk, alarms=BROKEN)
        desk.engine.timers.pass_time(desk.clock, at("2026-03-09T12:00:00Z"))
        broken = desk.item(item).fields["alarms"]
        desk.edit(item, actor="agent", alarms=5)

        desk.pass_time("2026-03-10T12:00:00Z")

        assert (broken, desk.item(item).fields["alarms"]) == (BROKEN, 6)

    def test_are_not_done_twice(self, desk: Desk) -> None:
        item = call(desk)
        desk.at("2026-03-09T08:00:00Z")
        jobs = [d for d in desk.engine.timers.due(desk.clock.now()) if d.subject == "job:hotline.morning"]

        for job in [*jobs, *jobs]:
            desk.engine.timers.fire(job)

        assert len(recorded(desk, item, "edited")) == 1


class TestTheSandbox:
    def test_time_never_goes_back(self, desk: Desk) -> None:
        from placet.errors import ConflictError

        with pytest.raises(ConflictError, match="never goes back"):
            desk.pass_time(datetime(2020, 1, 1, tzinfo=UTC))


class TestAPointThatDependsOnTheItem:
    @pytest.mark.parametrize(
        ("waits_for", "state", "answer", "fired"),
        [("nobody", "dropped", "nobody ever asked", ["hotline.lead"]), ("customer", "active", None, [])],
    )
    def test_acts_only_where_its_condition_holds(
        self, desk: Desk, waits_for: str, state: str, answer: str | None, fired: list[str]
    ) -> None:
        """That the timer has come to it is on record all the same."""
        item = call(desk, priority="none", waits_for=waits_for)
        desk.move(item, "start", actor="agent")
        desk.move(item, "hand_over", actor="agent")

        desk.pass_time("2026-04-06T15:00:00Z")

        found = desk.item(item)
        points = [
            e.data.get("notifies", []) for e in recorded(desk, item) if e.data["timer"] == "hotline.spam"
        ]
        assert (found.state, found.fields.get("answer"), points) == (state, answer, [fired])


class TestAnItemThatBeganElsewhere:
    def test_has_no_timers_from_its_making(self, desk: Desk) -> None:
        """A promise of the other workspace is not one of this one; timers that come later run."""
        desk.at(FRIDAY)

        item = desk.create("hotline.call", "From the old desk", actor="lead", state="active")

        assert item.timers == {}
        assert "hotline.closing" in desk.move(item, "resolve", actor="agent").item.timers

    def test_is_made_by_those_who_may(self, desk: Desk) -> None:
        desk.at(FRIDAY)
        with pytest.raises(
            ForbiddenError,
            match="Agent may not create a call in DESK that begins in 'Active'",
        ):
            desk.create("hotline.call", "From the old desk", actor="agent", state="active")

    @pytest.mark.parametrize(
        ("state", "message"),
        [
            ("resolved", r"a call is made in 'New' \(new\) or 'Active' \(active\), not in 'Resolved'"),
            ("actve", 'there is no state of a call "actve"; did you mean "active"'),
        ],
    )
    def test_begins_in_the_states_that_the_rules_name(self, desk: Desk, state: str, message: str) -> None:
        desk.at(FRIDAY)
        with pytest.raises(InvalidError, match=message):
            desk.create("hotline.call", "From the old desk", actor="lead", state=state)


class TestALinkWithAnEffect:
    def test_changes_both_ends_in_one_act(self, desk: Desk) -> None:
        """Each change is an event of its own that names the link as its reason."""
        first = call(desk, priority="P1")
        desk.move(desk.move(first, "start", actor="agent").item, "resolve", actor="agent")
        second = desk.create("hotline.call", "Again")

        desk.link(second, "hotline.repeats", first.key)

        assert desk.item(second).fields["priority"] == "P1"
        assert [e.kind for e in desk.history(second)] == ["created", "linked", "edited"]
        assert desk.item(first).state == "active"
        assert desk.history(first)[-1].data["caused_by"] == "hotline.repeats"

    def test_works_for_links_that_an_item_is_made_with(self, desk: Desk) -> None:
        first = call(desk, priority="P2")

        second = desk.create("hotline.call", "Again", links=[("hotline.repeats", first.key)])

        assert desk.item(second).fields["priority"] == "P2"


class TestTimeThatIsPlayed:
    def test_fires_timers_and_leaves_periodic_jobs_for_the_end(self, desk: Desk) -> None:
        """So that months can be played in seconds."""
        item = call(desk)

        desk.engine.timers.pass_time(desk.clock, at("2026-03-20T00:00:00Z"), jobs=False)

        waiting = [each.subject for each in desk.engine.timers.due(desk.clock.now())]
        assert len(recorded(desk, item)) == 3
        assert waiting == ["job:hotline.morning"]
        desk.engine.timers.catch_up()
        assert desk.engine.timers.due(desk.clock.now()) == []
