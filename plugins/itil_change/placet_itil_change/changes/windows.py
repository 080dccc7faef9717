"""Maintenance windows, freezes and blackouts: those that a change meets, and their consequences.

A window applies where its scope touches an affected item and one of its occurrences overlaps the planned time
[start, end). Source: ITIL 4, practice Change enablement, the change schedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from placet import CheckContext, ItemView, occurrences
from placet_itil_change.changes.fields import ChangeFields, ChangeType, ChangeWindowFields, WindowKind
from placet_itil_change.changes.risk import RiskClass
from placet_itil_change.ids import CHANGE, CHANGE_WINDOW

#: Windows that are not withdrawn.
IN_FORCE = "in_force"
#: The member of a scope that means every item.
EVERYTHING = "all"
#: How far ahead the next maintenance window is searched.
LOOK_AHEAD = timedelta(days=92)
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
    wanted, items = set(kinds), affected(ctx)
    names = standing_for(ctx, items)
    # A change without length still takes place at its moment.
    end = max(end, start + timedelta(seconds=1))
    zone = ctx.workspace.calendar.zone
    windows = ctx.items(
        CHANGE_WINDOW,
        states=[IN_FORCE],
        scope__any=sorted(frozenset().union(*names.values())),
        overlapping=(start, end),
    )
    found = [
        Occurrence(window, window.fields.kind, begin, finish, item)
        for window in windows
        if window.fields.kind in wanted
        for begin, finish in occurrences(
            window.fields.start, window.fields.end, window.fields.rrule, zone, after=start, before=end
        )
        for item in items
        if not names[item.key].isdisjoint(window.fields.scope)
    ]
    return sorted(found, key=lambda each: (each.start, each.window.key))


def hindering(
    ctx: CheckContext, start: datetime | None = None, end: datetime | None = None
) -> list[Occurrence]:
    """The freezes and blackouts that do not let the change pass, at its planned time or another."""
    fields: ChangeFields = ctx.item.fields
    if start is None or end is None:
        start, end = planned(ctx)
    kinds = [kind for kind in WindowKind if treatment(kind, fields) is not Treatment.ALLOWED]
    return overlapping(ctx, kinds, start, end) if kinds else []


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
    windows: Sequence[Occurrence], items: Sequence[ItemView], start: datetime, length: timedelta
) -> datetime | None:
    """The first moment from `start` on from which all the items are in maintenance windows for so long, or `None`.

    Each item needs one window that holds the whole time; different items may have different windows.
    """
    needed = {item.key for item in items}
    for begin in sorted({max(each.start, start) for each in windows}):
        holding = (each for each in windows if each.start <= begin and begin + length <= each.end)
        if needed <= {each.item.key for each in holding}:
            return begin
    return None
