"""Maintenance windows, freezes and blackouts: those that a change meets, and their consequences.

A window applies where its scope touches an affected item and one of its occurrences overlaps the planned time
[start, end). Source: ITIL 4, practice Change enablement, the change schedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from placet import CheckContext, ItemView, TimeView, occurrences
from placet_itil_change.changes.fields import ChangeFields, ChangeType, ChangeWindowFields, WindowKind
from placet_itil_change.changes.risk import RiskClass
from placet_itil_change.ids import CHANGE, CHANGE_WINDOW

#: Windows that are not withdrawn.
IN_FORCE = "in_force"
#: The member of a scope that means every item.
EVERYTHING = "all"
#: How far ahead the next maintenance window is searched.
LOOK_AHEAD = timedelta(days=92)
#: How far ahead the schedule is searched for a time, and how much further if there is none.
STRETCHES = (timedelta(days=2), timedelta(days=7), timedelta(days=28))
#: The time for which a change without length takes place.
MOMENT = timedelta(seconds=1)
#: From a moment to another.
Interval = tuple[datetime, datetime]
#: Deeper than any tree of services; a circle ends here.
_DEEPEST_SERVICE = 20


class Treatment(StrEnum):
    """The consequence of a window for a change."""

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
_COLUMNS = {lane: n for n, lane in enumerate(Lane)}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence of a window, and an item that it covers."""

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
    """The consequence of a window of a kind for a change."""
    return TREATMENT[kind][_COLUMNS[lane(fields)]]


def planned(ctx: CheckContext) -> tuple[datetime, datetime]:
    """The planned time [start, end) of the change; an emergency without a plan takes place now.

    Without a planned end, only the moment of the start is known.
    """
    fields: ChangeFields = ctx.item.fields
    start = fields.planned_start or fields.actual_start or ctx.now
    return start, max(fields.planned_end or start, start)


def affected(ctx: CheckContext) -> list[ItemView]:
    """The configuration items that the change touches, in its own order."""
    return list(ctx.get_all(ctx.item.fields.cis))


def standing_for(ctx: CheckContext, items: Iterable[ItemView]) -> dict[str, frozenset[str]]:
    """By key of item, the members of a scope that include it: itself, the services that it is part of, and `all`."""
    names = {item.key: {EVERYTHING, item.key} for item in items}
    above = {item.key: item.parent for item in items}
    for _ in range(_DEEPEST_SERVICE):
        above = {key: parent for key, parent in above.items() if parent and parent not in names[key]}
        if not above:
            break
        services = {service.key: service for service in ctx.get_all(filter(None, above.values()))}
        for key, parent in above.items():
            if parent in services:
                names[key].add(parent)
        above = {key: services[parent].parent for key, parent in above.items() if parent in services}
    return {key: frozenset(found) for key, found in names.items()}


def overlapping(
    ctx: CheckContext, kinds: Iterable[WindowKind], start: datetime, end: datetime
) -> list[Occurrence]:
    """The occurrences of windows of these kinds in [start, end), for each affected item that they cover, in order."""
    items = affected(ctx)
    names = standing_for(ctx, items)
    times = _times(ctx, names, kinds, start, end)
    windows = {window.key: window for window in ctx.get_all(dict.fromkeys(each.key for each in times))}
    found = [
        Occurrence(windows[each.key], windows[each.key].fields.kind, each.start, each.end, item)
        for each in times
        for item in items
        if not names[item.key].isdisjoint(windows[each.key].fields.scope)
    ]
    return sorted(found, key=lambda each: (each.start, each.window.key))


def _times(
    ctx: CheckContext,
    names: Mapping[str, frozenset[str]],
    kinds: Iterable[WindowKind],
    start: datetime,
    end: datetime,
) -> Sequence[TimeView]:
    """When windows of these kinds take place in [start, end), with their scope, which covers items with these names.

    Only the times are read: a workspace has thousands of windows, and most recurring ones are not on at a given time.
    """
    return ctx.times(
        CHANGE_WINDOW,
        states=[IN_FORCE],
        kind__any=list(kinds),
        scope__any=sorted(frozenset().union(*names.values())),
        # A change without length still takes place at its moment.
        overlapping=(start, max(end, start + MOMENT)),
        fields=["scope"],
    )


def hindering(
    ctx: CheckContext, start: datetime | None = None, end: datetime | None = None
) -> list[Occurrence]:
    """The freezes and blackouts that do not let the change pass, at its planned time or another."""
    fields: ChangeFields = ctx.item.fields
    if start is None or end is None:
        start, end = planned(ctx)
    return overlapping(ctx, _against(fields), start, end)


def _against(fields: ChangeFields) -> list[WindowKind]:
    """The kinds of windows that do not let a change pass."""
    return [kind for kind in WindowKind if treatment(kind, fields) is not Treatment.ALLOWED]


def forbidding(ctx: CheckContext, start: datetime, end: datetime) -> list[Interval]:
    """The times of the freezes and blackouts in [start, end) that do not let the change pass, in order."""
    names, kinds = standing_for(ctx, affected(ctx)), _against(ctx.item.fields)
    return [(each.start, each.end) for each in _times(ctx, names, kinds, start, end)]


def held_up(ctx: CheckContext) -> list[str]:
    """For a window: the scheduled changes, still to come, that it does not let pass."""
    window: ChangeWindowFields = ctx.item.fields
    coming = [
        change
        for change in ctx.items(CHANGE, states=["scheduled"], planned_end__gt=ctx.now)
        if treatment(window.kind, change.fields) is not Treatment.ALLOWED
        and _meet(ctx, window, change.fields)
    ]
    return [change.key for change in coming if _touches(ctx, window, change.fields)]


def _meet(ctx: CheckContext, window: ChangeWindowFields, change: ChangeFields) -> bool:
    """Whether a window takes place in the planned time of a change."""
    start, end = change.planned_start, change.planned_end
    if start is None or end is None:
        return False
    zone = ctx.workspace.calendar.zone
    times = occurrences(window.start, window.end, window.rrule, zone, after=start, before=end)
    return any(True for _ in times)


def _touches(ctx: CheckContext, window: ChangeWindowFields, change: ChangeFields) -> bool:
    """Whether an item of a change is in the scope of a window."""
    names = standing_for(ctx, list(ctx.get_all(change.cis)))
    return any(not members.isdisjoint(window.scope) for members in names.values())


def maintenance_bound(ctx: CheckContext) -> list[ItemView]:
    """The affected items that are changed in maintenance windows only."""
    return [item for item in affected(ctx) if item.fields.maintenance_only]


def maintained(
    ctx: CheckContext, items: Sequence[ItemView], length: timedelta, start: datetime, end: datetime
) -> list[Interval]:
    """The starts from which on all the items are in maintenance for so long, by the windows in [start, end).

    They are intervals that include their ends, in order. Each item needs one window that holds the whole time;
    different items may have different windows.
    """
    if start >= end:
        return []
    names = standing_for(ctx, items)
    windows = _times(ctx, names, [WindowKind.MAINTENANCE], start, end)
    found: list[Interval] | None = None
    for item in items:
        room = [
            (each.start, each.end - length)
            for each in windows
            if each.start + length <= each.end and not names[item.key].isdisjoint(each.fields["scope"])
        ]
        found = _joined(room) if found is None else _common(found, _joined(room))
    return found or []


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    """Intervals in order of their beginnings, as few that include the same moments."""
    found: list[Interval] = []
    for begins, ends in intervals:
        if found and begins <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        else:
            found.append((begins, ends))
    return found


def _common(some: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """The moments that two lists of intervals have in common; each list is in order, its intervals apart."""
    found: list[Interval] = []
    m, n = 0, 0
    while m < len(some) and n < len(others):
        begins, ends = max(some[m][0], others[n][0]), min(some[m][1], others[n][1])
        if begins <= ends:
            found.append((begins, ends))
        if some[m][1] < others[n][1]:
            m += 1
        else:
            n += 1
    return found


def next_maintained(
    ctx: CheckContext, items: Sequence[ItemView], start: datetime, length: timedelta
) -> datetime | None:
    """The first moment from `start` on from which all the items are in maintenance for so long; `None` if none is near.

    It is searched for one stretch of time after the other: windows that recur take place often.
    """
    since, last = start, start + LOOK_AHEAD
    for stretch in (*STRETCHES, LOOK_AHEAD):
        until = min(since + stretch, last)
        # A window that ends as the stretch begins has room for a change without length.
        after = max(start, since - datetime.resolution)
        for begins, ends in maintained(ctx, items, length, after, until):
            moment = max(begins, since)
            if moment <= ends and moment < until:
                return moment
        since = until
    return None


def maintenance_ahead(ctx: CheckContext, start: datetime) -> bool:
    """Whether there is a maintenance window for an affected item in the time that is searched for one."""
    names = standing_for(ctx, affected(ctx))
    return bool(_times(ctx, names, [WindowKind.MAINTENANCE], start, start + LOOK_AHEAD))
