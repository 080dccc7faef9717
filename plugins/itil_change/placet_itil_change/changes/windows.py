"""Maintenance windows, freezes and blackouts: which ones a change meets, and what that means for it.

A window applies where its scope touches an affected item and one of its occurrences overlaps the planned time
[start, end). Source: ITIL 4, practice Change enablement, the change schedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from placet import CheckContext, ItemView
from placet_itil_change.changes.fields import ChangeFields, ChangeType, ChangeWindowFields, WindowKind
from placet_itil_change.changes.recurrence import occurrences
from placet_itil_change.changes.risk import RiskClass
from placet_itil_change.ids import CHANGE_WINDOW

#: Windows that are not withdrawn.
IN_FORCE = "in_force"
#: The member of a scope that means every item.
EVERYTHING = "all"
#: How far ahead the next maintenance window is looked for.
LOOK_AHEAD = timedelta(days=92)
#: Deeper than any tree of services is; a circle ends here.
_DEEPEST_SERVICE = 20


class Treatment(StrEnum):
    """What a window means for a change."""

    ALLOWED = "allowed"
    #: Blocked until an exemption is granted.
    EXEMPTION = "exemption"
    #: The same, and the IT director decides alone.
    DIRECTOR_EXEMPTION = "it_director exemption"
    BLOCKED = "blocked"


class Lane(StrEnum):
    """The columns of the table of treatments."""

    STANDARD = "standard"
    NORMAL_LOW = "normal low"
    NORMAL_MEDIUM_UP = "normal medium and up"
    EMERGENCY = "emergency"


# fmt: off
TREATMENT = {
    #                        standard             normal low            normal medium and up  emergency
    WindowKind.MAINTENANCE: (Treatment.ALLOWED,   Treatment.ALLOWED,    Treatment.ALLOWED,    Treatment.ALLOWED),
    WindowKind.FREEZE:      (Treatment.ALLOWED,   Treatment.EXEMPTION,  Treatment.EXEMPTION,  Treatment.ALLOWED),
    WindowKind.BLACKOUT:    (Treatment.BLOCKED,   Treatment.EXEMPTION,  Treatment.EXEMPTION,
                             Treatment.DIRECTOR_EXEMPTION),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a window comes about, and an item that it covers."""

    window: ItemView
    kind: WindowKind
    start: datetime
    end: datetime
    item: ItemView


def lane(fields: ChangeFields) -> Lane:
    """The column of the table that a change belongs to; one without a class counts as medium and up."""
    match fields.type:
        case ChangeType.STANDARD:
            return Lane.STANDARD
        case ChangeType.EMERGENCY:
            return Lane.EMERGENCY
        case ChangeType.NORMAL:
            return Lane.NORMAL_LOW if fields.risk_class is RiskClass.LOW else Lane.NORMAL_MEDIUM_UP


def treatment(kind: WindowKind, fields: ChangeFields) -> Treatment:
    """What a window of a kind means for a change."""
    return TREATMENT[kind][list(Lane).index(lane(fields))]


def planned(ctx: CheckContext) -> tuple[datetime, datetime]:
    """The time [start, end) that the change is planned for; an emergency without plan happens now.

    Where there is no end, nothing is known but the moment of the start.
    """
    fields: ChangeFields = ctx.item.fields
    start = fields.planned_start or fields.actual_start or ctx.now
    return start, max(fields.planned_end or start, start)


def affected(ctx: CheckContext) -> list[ItemView]:
    """The configuration items that the change touches, in its own order."""
    found = (ctx.get(key) for key in ctx.item.fields.cis)
    return [item for item in found if item is not None]


def standing_for(ctx: CheckContext, item: ItemView) -> frozenset[str]:
    """The names by which a scope can touch an item: itself, the services it is part of, and `all`."""
    names = {EVERYTHING, item.key}
    above = item.parent
    for _ in range(_DEEPEST_SERVICE):
        service = ctx.get(above) if above else None
        if service is None or service.key in names:
            break
        names.add(service.key)
        above = service.parent
    return frozenset(names)


def in_scope(ctx: CheckContext, scope: Iterable[str], item: ItemView) -> bool:
    """Whether a scope touches an item."""
    return not standing_for(ctx, item).isdisjoint(scope)


def overlapping(
    ctx: CheckContext, kinds: Iterable[WindowKind], start: datetime, end: datetime
) -> list[Occurrence]:
    """The occurrences of windows of these kinds in [start, end), for each affected item that they cover, in order."""
    wanted, items = set(kinds), affected(ctx)
    # A change of no length still happens at its moment.
    end = max(end, start + timedelta(seconds=1))
    found = [
        Occurrence(window, fields.kind, begin, finish, item)
        for window, fields in _windows(ctx, start, end)
        if fields.kind in wanted
        for begin, finish in times(ctx, fields, start, end)
        for item in items
        if in_scope(ctx, fields.scope, item)
    ]
    return sorted(found, key=lambda each: (each.start, each.window.key))


def _windows(
    ctx: CheckContext, start: datetime, end: datetime
) -> Iterator[tuple[ItemView, ChangeWindowFields]]:
    for window in ctx.items(CHANGE_WINDOW, states=[IN_FORCE], start__lt=end, until__gt=start):
        yield window, window.fields


def times(
    ctx: CheckContext, window: ChangeWindowFields, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """When a window comes about in [start, end)."""
    zone = ctx.workspace.calendar.zone
    return occurrences(window.start, window.end, window.rrule, zone, after=start, before=end)


def hindering(
    ctx: CheckContext, start: datetime | None = None, end: datetime | None = None
) -> list[Occurrence]:
    """The freezes and blackouts that do not simply let the change pass, at its planned time or another."""
    fields: ChangeFields = ctx.item.fields
    if start is None or end is None:
        start, end = planned(ctx)
    kinds = [kind for kind in WindowKind if treatment(kind, fields) is not Treatment.ALLOWED]
    return overlapping(ctx, kinds, start, end) if kinds else []


def maintenance_only(ctx: CheckContext) -> list[ItemView]:
    """The affected items that are changed in maintenance windows only."""
    return [item for item in affected(ctx) if item.fields.maintenance_only]


def next_maintenance(
    ctx: CheckContext, items: Sequence[ItemView], start: datetime, length: timedelta
) -> tuple[datetime, datetime] | None:
    """The first time from `start` on when all the items are in maintenance windows for so long; `None` if not soon.

    Each item needs one window that holds the whole time; different items may have different windows.
    """
    known = [
        (begin, finish, window.scope)
        for _, window in _windows(ctx, start, start + LOOK_AHEAD)
        if window.kind is WindowKind.MAINTENANCE
        for begin, finish in times(ctx, window, start, start + LOOK_AHEAD)
    ]
    for begin in sorted({max(begin, start) for begin, _, _ in known}):
        holding = [(b, f, scope) for b, f, scope in known if b <= begin and begin + length <= f]
        if all(any(in_scope(ctx, scope, item) for _, _, scope in holding) for item in items):
            return begin, begin + length
    return None
