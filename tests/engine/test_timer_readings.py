"""A timer's reading is a pure function of the log and the calendars: stored, recomputed, counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hotline import CALL, REGISTRY
from hypothesis import given
from hypothesis import strategies as st
from law import timers_of
from trials import examples

from placet import BlockedError
from placet.engine.act.queries import TimerQuery
from placet.engine.act.records import EventRecord, ItemRecord
from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.timers import readings
from placet.testing import Desk

#: Something that a person does, or time that passes, in minutes.
Step = tuple[str, Any]

_MOVES = ("start", "wait", "go_on", "hand_over", "resolve", "reopen", "close", "drop")
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.integers(1, 6000)),
        st.tuples(st.just("move"), st.sampled_from(_MOVES)),
        st.tuples(st.just("waits_for"), st.sampled_from(["customer", "vendor"])),
        st.tuples(st.just("priority"), st.sampled_from(["P1", "P2", "P3", "P9"])),
        st.tuples(st.just("alarm"), st.booleans()),
        st.tuples(st.just("answer"), st.just("yes")),
    ),
    max_size=25,
)


def live(desk: Desk, steps: list[Step]) -> ItemRecord:
    """A call with a history; what its rules refuse is left out."""
    item = desk.create("hotline.call", "A call")
    for verb, value in steps:
        try:
            if verb == "pass":
                desk.pass_time(desk.clock.now() + timedelta(minutes=value))
            elif verb == "move":
                desk.move(item, value, actor="agent")
            else:
                desk.edit(item, actor="agent", **{verb: value})
        except BlockedError:
            continue
    return desk.item(item)


@examples(15)
@given(steps=STEPS)
def test_stored_and_recomputed_are_the_same(steps: list[Step]) -> None:
    """After any history, the log alone gives the timers that are stored, and the due moments in the index."""
    with TemporaryDirectory() as folder, Desk(Path(folder), registry=REGISTRY) as desk:
        item = live(desk, steps)
        place = desk.engine.workspaces.get(SYSTEM_ACTOR, desk.key)

        again = timers_of(desk.history(item))

        assert {name: timer.marks for name, timer in again.items()} == {
            name: timer.marks for name, timer in item.timers.items()
        }
        now = desk.clock.now()
        for name, timer in again.items():
            reading = readings.read(timer, place.timetable, now)
            assert reading == desk.timer(item, name).reading
            early = TimerQuery((desk.key,), due_before=reading.due_at, limit=500)
            just = TimerQuery(
                (desk.key,),
                due_before=reading.due_at and reading.due_at + timedelta(microseconds=1),
                limit=500,
            )
            if reading.due_at is not None:
                found = (desk.engine.timers.find(SYSTEM_ACTOR, query).rows for query in (early, just))
                assert [name in {line.timer for line in rows} for rows in found] == [False, True]
        assert desk.verify().ok


def test_a_timer_that_comes_again_is_in_the_log(tmp_path: Path) -> None:
    """Each of its turns begins with a mark, which no act of a person would make."""
    with Desk(tmp_path, registry=REGISTRY) as desk:
        item = live(desk, [("move", "start"), ("move", "wait"), ("pass", 150)])

        again = timers_of(desk.history(item))["hotline.reminder"]

        assert item.timers["hotline.reminder"].turns == again.turns == 2
        assert item.timers["hotline.reminder"].marks == again.marks


@examples(15)
@given(steps=STEPS)
def test_elapsed_time_is_what_a_slow_count_finds(steps: list[Step]) -> None:
    """Minute by minute: it counts where the timer has started, neither stopped nor paused, in open time."""
    with TemporaryDirectory() as folder, Desk(Path(folder), registry=REGISTRY) as desk:
        item = live(desk, steps)
        events = desk.history(item)

        for timer in ("hotline.response", "hotline.resolution"):
            counted = _slowly(events, timer, desk.clock.now())
            assert desk.timer(item, timer).reading.elapsed == counted


def _slowly(events: list[EventRecord], timer: str, until: datetime) -> timedelta:
    """The minutes that count, one by one, by the states and fields in the history."""
    marks = [
        (e.at, reported)
        for e in events
        for reported in e.data.get("timers", ())
        if reported["timer"] == timer
    ]
    runs = [
        (at, reported["mark"] in {"start", "continue", "resume"})
        for at, reported in marks
        if reported["mark"] != "target"
    ]
    targets = [reported["target"] for _, reported in marks if "target" in reported]
    open_at = _working if targets[-1] and targets[-1]["calendar"] else _always
    minute, total, at = timedelta(minutes=1), timedelta(), events[0].at
    while at < until:
        running = [on for since, on in runs if since <= at]
        if running[-1] and open_at(at):
            total += minute
        at += minute
    return total


def _working(at: datetime) -> bool:
    return at.isoweekday() <= 5 and 9 <= at.hour < 17


_always: Callable[[datetime], bool] = lambda at: True  # noqa: E731


def test_the_hotline_has_every_kind_of_timer() -> None:
    """By field, until a field, repeating, paused, resumed, reset, while a condition holds."""
    timers = {timer.id: timer for timer in CALL.timers}

    assert any(timer.pauses for timer in timers.values())
    assert any(timer.resumes for timer in timers.values())
    assert any(timer.resets for timer in timers.values())
    assert any(timer.repeats != 1 for timer in timers.values())
    assert any(timer.runs_while for timer in timers.values())
