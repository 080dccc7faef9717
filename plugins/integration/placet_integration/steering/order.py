"""The order of work: what an item depends on, and which request for somebody's time comes first.

Source: PRINCE2 7, practice Plans; COBIT 2019, APO05 Managed portfolio and APO07 Managed human resources. Of two
requests for the same week the one for what serves the objectives better comes first, and else the one that is needed
earlier.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from placet import CheckContext, ItemView
from placet_integration.findings import Found, named, standings
from placet_integration.ids import ALLOCATED_TO, ALLOCATION, DEPENDS_ON

_FINAL = ("done", "cancelled")
#: All of somebody's working time, in percent.
_WHOLE = Decimal(100)


def predecessors_done(ctx: CheckContext) -> Iterable[Found]:
    """The items that it depends on are finished when work on it begins."""
    yield from standings(ctx, [each for each in ctx.linked(DEPENDS_ON) if each.category not in _FINAL])


def first_in_order(ctx: CheckContext) -> Iterable[Found]:
    """No other request for the same time of the person is for what serves the objectives better, or is needed earlier.

    Reads: requested and confirmed allocations of the person in the same weeks, and the alignment of what they are for.
    """
    own = _alignment(ctx, ctx.item)
    for other in _requested(ctx):
        theirs = _alignment(ctx, other)
        earlier = other.fields.week_from < ctx.item.fields.week_from
        if theirs < own or (theirs == own and not earlier):
            continue
        week = _without_room(ctx, other)
        if week is not None:
            figures = {
                "other": named(ctx, other),
                "week": week,
                "first": other.fields.week_from,
            }
            said = "" if theirs > own else "earlier"
            yield Found(said, {**figures, "theirs": f"{theirs:.1f}", "own": f"{own:.1f}"})


def _requested(ctx: CheckContext) -> list[ItemView]:
    fields = ctx.item.fields
    found = ctx.items(
        ALLOCATION, states=["requested"], person=fields.person, week_to__ge=fields.week_from,
        week_from__le=fields.week_to,
    )  # fmt: skip
    return [each for each in found if each.key != ctx.item.key]


def _without_room(ctx: CheckContext, other: ItemView) -> str | None:
    """The first week in which both do not fit beside what is confirmed; `None` where there is none."""
    fields = ctx.item.fields
    confirmed = ctx.items(
        ALLOCATION, states=["confirmed"], person=fields.person, week_to__ge=fields.week_from,
        week_from__le=fields.week_to,
    )  # fmt: skip
    promised: defaultdict[str, Decimal] = defaultdict(Decimal)
    for each in confirmed:
        if each.key != ctx.item.key:
            for week in each.fields.weeks:
                promised[week] += each.fields.percent
    both = fields.percent + other.fields.percent
    common = sorted(set(fields.weeks) & set(other.fields.weeks))
    return next((week for week in common if promised[week] + both > _WHOLE), None)


def _alignment(ctx: CheckContext, allocation: ItemView) -> float:
    """How well the item serves the objectives that an allocation is for, or its project does; 0 where nobody says."""
    linked = ctx.linked(ALLOCATED_TO, of=allocation.key)
    item = linked[0] if linked else (ctx.get(allocation.parent) if allocation.parent else None)
    if item is None:
        return 0.0
    project = getattr(item.fields, "project", None)
    for each in (item, ctx.get(project) if project else None):
        score = getattr(each.fields, "alignment_score", None) if each is not None else None
        if score is not None:
            return float(score)
    return 0.0
