"""The scope of a sprint adds up at every moment, whatever happens to its items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from placet_agile.numbers.history import Course, ItemHistory, Stamp
from placet_agile.numbers.scope import Timebox, burn, scope

from .histories import FLOW, SPRINT, STAMPS, START, after, any_items, course, finished, stamp


def story(key: str, points: int, *states: tuple[float, str], sprint: str | None = SPRINT) -> ItemHistory:
    """A story that was in a sprint from the beginning."""
    return ItemHistory(key, START, course("selected", *states), course(Decimal(points)), course(sprint))


def replayed(changes: Course[Any], until: Stamp) -> Any:
    """A value at a moment, change by change."""
    value = changes.initial
    for act, new in changes.changes:
        if act < until:
            value = new
    return value


def band_of(item: ItemHistory, until: Stamp) -> str | None:
    """The band of an item at a moment, by the names of its states; none where it is not in the sprint."""
    if replayed(item.sprint, until) != SPRINT:
        return None
    bands = dict.fromkeys(("new", "refining", "ready", "selected"), "to do")
    bands |= {"in_progress": "doing", "in_review": "doing", "done": "done"}
    return bands.get(replayed(item.states, until))


def weighed(item: ItemHistory, until: Stamp, *, points: bool) -> Decimal:
    return (replayed(item.points, until) or Decimal(0)) if points else Decimal(1)


class TestScope:
    @settings(deadline=None)
    @given(any_items(), STAMPS, STAMPS, st.none() | STAMPS, st.booleans())
    def test_start_plus_added_less_removed_is_to_do_doing_and_done(
        self, items: Sequence[ItemHistory], started: Stamp, moment: Stamp, ended: Stamp | None, points: bool
    ) -> None:
        """At every moment, in points and in items, also where items are estimated anew, moved and removed."""
        timebox = Timebox(SPRINT, started, after(7), None if ended is None else max(started, ended))
        found = scope(items, timebox, FLOW, moment, points=points)

        assert found.committed + found.added - found.removed == found.total
        assert min(found.committed, found.added, found.removed, found.to_do, found.doing, found.done) >= 0

    @settings(deadline=None)
    @given(any_items(), STAMPS, STAMPS, st.none() | STAMPS, st.booleans())
    def test_each_band_is_what_a_plain_replay_of_the_changes_finds(
        self, items: Sequence[ItemHistory], started: Stamp, moment: Stamp, ended: Stamp | None, points: bool
    ) -> None:
        """To do, doing and done each by themselves: points in the wrong one add up as well."""
        end = None if ended is None else max(started, ended)
        found = scope(items, Timebox(SPRINT, started, after(7), end), FLOW, moment, points=points)

        until = moment if end is None else min(moment, end)
        assert {"to do": found.to_do, "doing": found.doing, "done": found.done} == {
            band: sum(weighed(item, until, points=points) for item in items if band_of(item, until) == band)
            for band in ("to do", "doing", "done")
        }

    @settings(deadline=None)
    @given(any_items(), STAMPS)
    def test_before_the_start_nothing_is_added_or_removed(
        self, items: Sequence[ItemHistory], moment: Stamp
    ) -> None:
        """The stories that are planned before the start are the commitment."""
        found = scope(items, Timebox(SPRINT, stamp(8), after(14)), FLOW, moment)
        assert found.added == found.removed == 0

    def test_each_change_is_counted_where_it_belongs(self) -> None:
        """Selected and estimated higher is added; sent back, removed and estimated lower is removed."""
        items = [
            story("T-1", 5, (1, "in_progress"), (3, "done")),
            ItemHistory(
                "T-2", START, course("selected"), course(Decimal(3), (2, Decimal(8))), course(SPRINT)
            ),
            ItemHistory(
                "T-3", START, course("selected"), course(Decimal(3), (2, Decimal(2))), course(SPRINT)
            ),
            ItemHistory("T-4", START, course("ready"), course(Decimal(5)), course(None, (2, SPRINT))),
            ItemHistory("T-5", START, course("selected"), course(Decimal(1)), course(SPRINT, (2, None))),
            story("T-6", 2, (2, "removed")),
            story("T-7", 8, (2, "in_progress")),
        ]
        found = scope(items, Timebox(SPRINT, stamp(1), after(7)), FLOW, stamp(5))

        assert found.committed == 5 + 3 + 3 + 1 + 2 + 8
        assert found.added == 5 + 5
        assert found.removed == 1 + 1 + 2
        assert found.to_do == 8 + 2 + 5
        assert found.doing == 8
        assert found.done == 5

    def test_a_sprint_that_has_ended_keeps_its_scope(self) -> None:
        """Items that are sent back by the act that closes it belong to it, as they were unfinished at its end."""
        left = ItemHistory(
            "T-1", START, course("selected", (7, "ready")), course(Decimal(3)), course(SPRINT, (7, None))
        )
        found = scope([left], Timebox(SPRINT, stamp(0), after(7), stamp(7)), FLOW, stamp(30))
        assert found.committed == found.to_do == 3
        assert found.removed == 0


class TestBurn:
    def test_a_burndown_follows_the_days(self) -> None:
        """Remaining points at the end of each day, beside an even pace over the working days."""
        items = [finished("T-1", 0.1, 1.1, 3), finished("T-2", 0.1, 3.1, 5)]
        working = [date(2026, 3, 2) + timedelta(days=n) for n in range(4)]
        timebox = Timebox(SPRINT, stamp(0.2), after(3.5))
        series = burn(items, timebox, FLOW, after(3.3), zone=UTC, working=working)

        assert [each.day for each in series] == working
        assert [each.scope.remaining for each in series] == [8, 5, 5, 0]
        assert [each.scope.done for each in series] == [0, 3, 3, 8]
        assert [each.scope.total for each in series] == [8, 8, 8, 8]
        assert [each.ideal for each in series] == [6, 4, 2, 0]

    def test_it_ends_with_the_sprint(self) -> None:
        """No day after the end, and none after today."""
        timebox = Timebox(SPRINT, stamp(0), after(3), stamp(2))
        assert len(burn([], timebox, FLOW, after(30), zone=UTC, working=[])) == 3
        assert len(burn([], timebox, FLOW, after(1), zone=UTC, working=[])) == 2
