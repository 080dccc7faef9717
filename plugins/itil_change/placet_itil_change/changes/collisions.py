"""Collisions of changes: the same items, or items that depend on each other, at the same time.

Change A collides with B where `A.start - buffer < B.end and B.start < A.end + buffer` and their items meet: *directly*
in a common item, or *related* where an item of one depends on an item of the other within a few steps.

Source: ITIL 4, practice Change enablement, the change schedule. Our choices: a change that is under way and late
holds its items until it is done, whatever its plan said; one that is being backed out or has failed holds them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from placet import CheckContext, ItemView
from placet_itil_change.changes.fields import ChangeFields
from placet_itil_change.changes.windows import planned
from placet_itil_change.ids import CHANGE, COLLISION_AGREEMENT, DEPENDS_ON
from placet_itil_change.roles import CHANGE_MANAGER, SERVICE_OWNER

#: A change in one of these states holds its items, from its plan or until it is done.
UNDER_WAY = ("implement", "backing_out", "failed")
SCHEDULED = ("scheduled",)
#: Its dates are not authorized yet: collisions are reported, and do not block.
ASKED_FOR = ("authorize",)


@dataclass(frozen=True, slots=True)
class Collision:
    """Another change at the same time, and the items in which the two meet."""

    other: ItemView
    start: datetime
    end: datetime
    #: The items of the other change that this one meets, in this one's order.
    items: tuple[ItemView, ...]

    def direct(self, ctx: CheckContext) -> bool:
        """Whether the two meet in an item of both, and not only in items that depend on each other."""
        return not set(ctx.item.fields.cis).isdisjoint(self.other.fields.cis)


def direct_collisions(ctx: CheckContext, states: Sequence[str] = (*SCHEDULED, *UNDER_WAY)) -> list[Collision]:
    """The changes on the same items at the planned time, each once, in order."""
    keys, (start, end) = list(ctx.item.fields.cis), planned(ctx)
    return meetings(ctx, _others(ctx, keys, states, start, end), keys, start, end)


def related_collisions(ctx: CheckContext) -> list[Collision]:
    """The changes that are only on items that these depend on or that depend on these, each once, in order."""
    keys, (start, end) = related_items(ctx), planned(ctx)
    own = set(ctx.item.fields.cis)
    others = _others(ctx, keys, (*SCHEDULED, *UNDER_WAY), start, end)
    # Changes on the same items meet directly.
    return meetings(ctx, [each for each in others if own.isdisjoint(each.fields.cis)], keys, start, end)


def related_items(ctx: CheckContext) -> list[str]:
    """The items that the change's items depend on, and those that depend on them, within the configured steps."""
    own, steps = ctx.item.fields.cis, ctx.settings.collision_depth
    walks = (ctx.reachable(DEPENDS_ON, of=own, inwards=inwards, steps=steps) for inwards in (False, True))
    return list(dict.fromkeys(key for walk in walks for key in walk))


def _others(
    ctx: CheckContext, keys: Sequence[str], states: Sequence[str], start: datetime, end: datetime
) -> list[ItemView]:
    """The changes on one of the items that are planned for [start, end) with the buffer, or under way at any time."""
    buffer: timedelta = ctx.settings.collision_buffer
    timed = [state for state in states if state not in UNDER_WAY]
    time = (start - buffer, end + buffer)
    found = list(ctx.items(CHANGE, states=timed, cis__any=keys, overlapping=time)) if timed else []
    return found if len(timed) == len(states) else [*found, *under_way(ctx, keys)]


def under_way(ctx: CheckContext, keys: Sequence[str]) -> Sequence[ItemView]:
    """The changes that are being done on one of the items."""
    return ctx.items(CHANGE, states=UNDER_WAY, cis__any=keys)


def meetings(
    ctx: CheckContext, others: Iterable[ItemView], keys: Sequence[str], start: datetime, end: datetime
) -> list[Collision]:
    """The other changes that hold one of the items in [start, end) with the buffer, in order."""
    buffer: timedelta = ctx.settings.collision_buffer
    met: list[tuple[ItemView, datetime, datetime, list[str]]] = []
    for other in others:
        held = holding(other, ctx.now)
        if other.key != ctx.item.key and held and start - buffer < held[1] and held[0] < end + buffer:
            cis = set(other.fields.cis)
            met.append((other, *held, [key for key in keys if key in cis]))
    items = {
        item.key: item for item in ctx.get_all(dict.fromkeys(key for *_, shared in met for key in shared))
    }
    found = [
        Collision(other, begin, finish, tuple(items[key] for key in shared if key in items))
        for other, begin, finish, shared in met
        if any(key in items for key in shared)
    ]
    return sorted(found, key=lambda each: (each.start, each.other.key))


def holding(other: ItemView, now: datetime) -> tuple[datetime, datetime] | None:
    """The time for which a change holds its items; `None` if it has no dates."""
    fields: ChangeFields = other.fields
    start = fields.planned_start or fields.actual_start
    if start is None:
        return None
    end = fields.planned_end or start
    return start, max(end, now) if other.state in UNDER_WAY else end


def agreed_to(ctx: CheckContext, collision: Collision) -> bool:
    """Whether somebody who can speak for the other change or its item is named for it, and has confirmed that."""
    missing = ctx.confirmation(COLLISION_AGREEMENT).missing
    return any(person not in missing for person in named_for(ctx, collision))


def named_for(ctx: CheckContext, collision: Collision) -> list[str]:
    """The people who are named as having agreed to a collision, and can speak for the other change or its item."""
    other = collision.other
    owners = (item.fields.owner for item in collision.items)
    speakers = (other.created_by, other.fields.initiator, other.fields.implementer, *owners)
    return [
        each.agreed_by
        for each in ctx.item.fields.collision_ack
        if each.change == other.key
        and (each.agreed_by in speakers or ctx.holds(each.agreed_by, SERVICE_OWNER.id, CHANGE_MANAGER.id))
    ]
