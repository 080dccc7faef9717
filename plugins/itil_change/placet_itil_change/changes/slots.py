"""The next slot of a change that collides: free of other changes and of windows against it, in maintenance if need be.

Other changes and windows are read as mere times, for one stretch after the other: a schedule has thousands.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from placet import CheckContext, ItemView
from placet_itil_change.changes.collisions import (
    SCHEDULED,
    agreed_to,
    holding,
    meetings,
    related_items,
    under_way,
)
from placet_itil_change.changes.fields import ChangeType
from placet_itil_change.changes.windows import (
    LOOK_AHEAD,
    MOMENT,
    STRETCHES,
    Interval,
    affected,
    forbidding,
    maintained,
    maintenance_bound,
    planned,
)
from placet_itil_change.ids import CHANGE


def next_slot(ctx: CheckContext, *, not_before: datetime) -> datetime | None:
    """The first start at which the change meets no other change and no window against it; `None` if there is none soon.

    It is not before the planned start, and not before `not_before`. Other changes and windows are read for one stretch
    of time after the other, and further ahead only if nothing was free before. A freeze in which a stretch would begin
    is skipped first, however long it is.
    """
    start, end = planned(ctx)
    length, earliest = end - start, max(start, not_before)
    own = [item.key for item in affected(ctx)]
    related = related_items(ctx)
    keys = [*own, *related]
    late = [*{each.key: each for some in (own, related) for each in under_way(ctx, some)}.values()]
    bound = [] if ctx.item.fields.type is ChangeType.EMERGENCY else maintenance_bound(ctx)
    begin = earliest
    for stretch in STRETCHES:
        against = forbidding(ctx, begin, begin + stretch + length)
        past = Busy(_starts(against, length, before=begin + max(length, MOMENT))).first_free(begin)
        if past != begin:
            begin = past
            against = forbidding(ctx, begin, begin + stretch + length)
        until = begin + stretch
        reserved = _reserved(ctx, late, keys, (begin, until + length), length)
        busy = Busy([*reserved, *_starts(against, length)])
        # A window that ends as the stretch begins has room for a change without length.
        since = max(earliest, begin - datetime.resolution)
        open_ = maintained(ctx, bound, length, since, min(until, earliest + LOOK_AHEAD)) if bound else None
        slot = busy.first_free(begin) if open_ is None else _first_of(open_, busy, begin)
        if slot is not None and slot < until:
            return slot
        begin = until
    return None


class Busy:
    """Times at which the change may not start: intervals that are open at both ends."""

    def __init__(self, intervals: Iterable[Interval]) -> None:
        #: Apart from each other, in order.
        self._begins: list[datetime] = []
        self._ends: list[datetime] = []
        for begins, ends in sorted(intervals):
            # Where one ends as the next begins, the change may start between them.
            if self._ends and begins < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], ends)
            elif begins < ends:
                self._begins.append(begins)
                self._ends.append(ends)

    def first_free(self, start: datetime) -> datetime:
        """The first moment from another on that is in none of them."""
        n = bisect_right(self._begins, start) - 1
        if n >= 0 and self._begins[n] == start:
            n -= 1
        return self._ends[n] if n >= 0 and self._ends[n] > start else start


def _first_of(open_: Iterable[Interval], busy: Busy, start: datetime) -> datetime | None:
    """The first free moment within intervals that include their ends, which are in order."""
    for begins, ends in open_:
        free = busy.first_free(max(begins, start))
        if free <= ends:
            return free
    return None


def _reserved(
    ctx: CheckContext,
    late: Sequence[ItemView],
    keys: Sequence[str],
    time: Interval,
    length: timedelta,
) -> list[Interval]:
    """The starts with which the change would meet another one in a time [start, end), without agreement to it."""
    start, end = time
    buffer: timedelta = ctx.settings.collision_buffer
    asked = {each.change for each in ctx.item.fields.collision_ack}
    others = ctx.times(CHANGE, states=SCHEDULED, cis__any=keys, overlapping=(start - buffer, end + buffer))
    met = [(each.start, each.end) for each in others if each.key not in asked and each.key != ctx.item.key]
    met += [held for each in late if each.key not in asked and (held := holding(each, ctx.now))]
    named = [
        *(each for each in late if each.key in asked),
        *ctx.get_all(each.key for each in others if each.key in asked),
    ]
    met += [
        (each.start, each.end)
        for each in meetings(ctx, named, keys, start, end)
        if each.direct(ctx) or not agreed_to(ctx, each)
    ]
    before, after = length + buffer, buffer
    return [(start - before, end + after) for start, end in met]


def _starts(
    windows: Iterable[Interval], length: timedelta, *, before: datetime | None = None
) -> list[Interval]:
    """The starts with which the change would meet a window; only of windows that begin before a moment, if given."""
    # A change without length still takes place at its moment.
    span = max(length, MOMENT)
    return [(start - span, end) for start, end in windows if before is None or start < before]
