"""Changes that get in each other's way: the same items, or items that depend on each other, at the same time.

Change A collides with B where `A.start - buffer < B.end and B.start < A.end + buffer` and their items meet: *directly*
in a common item, or *related* where an item of one depends on an item of the other within a few steps.

Source: ITIL 4, practice Change enablement, the change schedule. Our choices: a change that is under way and late
holds its items until it is done, whatever its plan said; one that is being backed out or has failed holds them too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from placet import CheckContext, ItemView
from placet_itil_change.changes.fields import ChangeFields
from placet_itil_change.changes.windows import (
    affected,
    hindering,
    maintenance_only,
    next_maintenance,
    planned,
)
from placet_itil_change.ids import CHANGE, DEPENDS_ON
from placet_itil_change.roles import CHANGE_MANAGER, SERVICE_OWNER

#: A change in one of these states holds its items, from its plan or until it is done.
UNDER_WAY = ("implement", "backing_out", "failed")
SCHEDULED = ("scheduled",)
#: Its dates are a wish: reported, not blocking.
ASKED_FOR = ("authorize",)
#: A slot is looked for so often before the search is given up.
_ATTEMPTS = 200


@dataclass(frozen=True, slots=True)
class Collision:
    """Another change at the same time, and where the two meet."""

    other: ItemView
    start: datetime
    end: datetime
    #: The item of the other change.
    item: ItemView
    direct: bool


def direct_collisions(ctx: CheckContext, states: Sequence[str] = (*SCHEDULED, *UNDER_WAY)) -> list[Collision]:
    """The changes that are at the same items at the planned time, each once, in order."""
    return _each_once(_meeting(ctx, affected(ctx), *planned(ctx), states, direct=True))


def related_collisions(ctx: CheckContext) -> list[Collision]:
    """The changes that are only at items that these depend on or that depend on these, each once, in order."""
    items = _related(ctx, affected(ctx))
    return _each_once(_meeting(ctx, items, *planned(ctx), (*SCHEDULED, *UNDER_WAY), direct=False))


def _related(ctx: CheckContext, own: Sequence[ItemView]) -> list[ItemView]:
    """What the items depend on, and what depends on them, within the configured number of steps."""
    found: dict[str, ItemView] = {}
    for walk in (ctx.linked, ctx.linking):
        seen, front = {item.key for item in own}, list(own)
        for _ in range(ctx.settings.collision_depth):
            reached = {item.key: item for each in front for item in walk(DEPENDS_ON, of=each.key)}
            front = [item for key, item in reached.items() if key not in seen]
            seen |= reached.keys()
            found |= {item.key: item for item in front}
    return list(found.values())


def _meeting(
    ctx: CheckContext,
    items: Sequence[ItemView],
    start: datetime,
    end: datetime,
    states: Sequence[str],
    *,
    direct: bool,
) -> Iterator[Collision]:
    """Every meeting with another change that holds one of the items in [start, end), the buffer included.

    Related changes that are at the same items as well are left to the direct ones.
    """
    own = set() if direct else set(ctx.item.fields.cis)
    buffer: timedelta = ctx.settings.collision_buffer
    timed = [state for state in states if state not in UNDER_WAY]
    ongoing = [state for state in states if state in UNDER_WAY]
    for item in items:
        others: list[ItemView] = []
        if timed:
            others += ctx.items(
                CHANGE,
                states=timed,
                cis__has=item.key,
                planned_start__lt=end + buffer,
                planned_end__gt=start - buffer,
            )
        if ongoing:
            others += ctx.items(CHANGE, states=ongoing, cis__has=item.key)
        for other in others:
            if other.key == ctx.item.key or not own.isdisjoint(other.fields.cis):
                continue
            held = holding(other, ctx.now)
            if held is not None and start - buffer < held[1] and held[0] < end + buffer:
                yield Collision(other, *held, item, direct)


def holding(other: ItemView, now: datetime) -> tuple[datetime, datetime] | None:
    """The time for which a change holds its items; `None` where it has no dates."""
    fields: ChangeFields = other.fields
    start = fields.planned_start or fields.actual_start
    if start is None:
        return None
    end = fields.planned_end or start
    return start, max(end, now) if other.state in UNDER_WAY else end


def _each_once(meetings: Iterator[Collision]) -> list[Collision]:
    found: dict[str, Collision] = {}
    for each in meetings:
        found.setdefault(each.other.key, each)
    return sorted(found.values(), key=lambda each: (each.start, each.other.key))


def agreed_to(ctx: CheckContext, collision: Collision) -> bool:
    """Whether the closeness is acknowledged, by somebody who can speak for the other change or its item."""
    other = collision.other
    speakers = (other.created_by, other.fields.implementer, collision.item.fields.owner)
    return any(
        each.agreed_by in speakers or ctx.holds(each.agreed_by, SERVICE_OWNER.id, CHANGE_MANAGER.id)
        for each in ctx.item.fields.collision_ack
        if each.change == other.key
    )


def next_slot(ctx: CheckContext, *, not_before: datetime) -> datetime | None:
    """The first start at which the change meets no other change and no window against it; `None` if there is none soon.

    It is not before the planned start, and not before `not_before`.
    """
    start, end = planned(ctx)
    length, own, bound = end - start, affected(ctx), maintenance_only(ctx)
    related = _related(ctx, own)
    states = (*SCHEDULED, *UNDER_WAY)
    buffer: timedelta = ctx.settings.collision_buffer
    candidate = max(start, not_before)
    for _ in range(_ATTEMPTS):
        later = candidate
        for each in _meeting(ctx, own, candidate, candidate + length, states, direct=True):
            later = max(later, each.end + buffer)
        for each in _meeting(ctx, related, candidate, candidate + length, states, direct=False):
            if not agreed_to(ctx, each):
                later = max(later, each.end + buffer)
        for window in hindering(ctx, candidate, candidate + length):
            later = max(later, window.end)
        if bound and ctx.item.fields.type != "emergency":
            inside = next_maintenance(ctx, bound, later, length)
            if inside is None:
                return None
            later = inside[0]
        if later == candidate:
            return candidate
        candidate = later
    return None
