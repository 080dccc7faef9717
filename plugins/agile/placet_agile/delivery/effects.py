"""Effects of the moves of stories, bugs and tasks."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from placet import CheckContext, EffectContext, effect
from placet_agile.delivery.board import ACTIVE, ON_BOARD
from placet_agile.delivery.fields import ServiceClass, SplitOff, WorkFields
from placet_agile.delivery.scope import committed_sprint
from placet_agile.ids import BUG, INCREMENT, SPLIT_FROM

#: States in which the size of an item is not edited: it is re-estimated.
_SIZED = ("ready", *ON_BOARD)
#: The agreement on a change of scope is used up by the change.
_USED_UP: Mapping[str, Any] = {"scope_agreed_by": (), "goal_endangered": None}


def _counted(ctx: EffectContext, *, added: Decimal = Decimal(), removed: Decimal = Decimal()) -> None:
    """Count a change of the scope of a sprint that has begun, in points."""
    sprint = committed_sprint(ctx)
    if sprint is None:
        return
    changes: dict[str, Decimal] = {}
    if added:
        changes["added_points"] = sprint.fields.added_points + added
    if removed:
        changes["removed_points"] = sprint.fields.removed_points + removed
    if changes:
        ctx.set_on(sprint.key, **changes)


def _points(ctx: EffectContext) -> Decimal:
    points: Decimal | None = ctx.item.fields.points
    return points or Decimal()


@effect("agile")
def enter_sprint(ctx: EffectContext) -> None:
    """Keep when it was selected; in a running sprint, count it as added."""
    fields: WorkFields = ctx.item.fields
    added = committed_sprint(ctx) is not None
    if added:
        _counted(ctx, added=_points(ctx))
    ctx.set(
        selected_at=fields.selected_at or ctx.now,
        added_after_start=added,
        disposition=None,
        pull_override_reason=None,
        **_USED_UP,
    )


def _leave(ctx: EffectContext, **more: Any) -> None:
    _counted(ctx, removed=_points(ctx))
    ctx.set(sprint=None, added_after_start=False, disposition=None, **_USED_UP, **more)


@effect("agile")
def leave_sprint(ctx: EffectContext) -> None:
    """Take it out of its sprint; in a running sprint, count it as removed."""
    _leave(ctx)


@effect("agile")
def put_back(ctx: EffectContext) -> None:
    """Take it out of its sprint and from its assignee; the moment of its start is kept."""
    _leave(ctx, assignee=None)


@effect("agile")
def put_back_unestimated(ctx: EffectContext) -> None:
    """Take it out of its sprint and from its assignee, and forget its estimate."""
    _leave(ctx, assignee=None, points=None, split_since_estimate=False)


@effect("agile")
def count_removal(ctx: EffectContext) -> None:
    """In a running sprint, count it as removed."""
    _counted(ctx, removed=_points(ctx))


def _workers(ctx: CheckContext, person: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*ctx.item.fields.worked_by, person)))


@effect("agile")
def begin(ctx: EffectContext) -> None:
    """Keep the start and the size with which it began, and name the actor as assignee if nobody was named."""
    fields: WorkFields = ctx.item.fields
    person = fields.assignee or ctx.actor
    ctx.set(
        assignee=person,
        started_at=fields.started_at or ctx.now,
        worked_by=_workers(ctx, person),
        size_begun=fields.points,
    )


@effect("agile")
def change_worker(ctx: EffectContext) -> None:
    """Keep that another person works on it."""
    person: str | None = ctx.item.fields.assignee
    if person is not None:
        ctx.set(worked_by=_workers(ctx, person))


@effect("agile")
def forget_acceptance(ctx: EffectContext) -> None:
    """Forget who accepted it: they accepted it as it was before."""
    ctx.set(accepted_by=None)


@effect("agile")
def finish(ctx: EffectContext) -> None:
    """Keep when it was done, and add it to the increment that is being assembled."""
    ctx.set(finished_at=ctx.now)
    for increment in ctx.items(INCREMENT, states=["assembling"], team=ctx.item.fields.team)[:1]:
        if ctx.item.key not in increment.fields.items:
            ctx.set_on(increment.key, items=[*increment.fields.items, ctx.item.key])


@effect("agile")
def count_estimate(ctx: EffectContext) -> None:
    """Take the new estimate; in a running sprint, count what it adds or removes.

    Of an item in work, a smaller size counts for the velocity, and a larger one does not.
    """
    fields: WorkFields = ctx.item.fields
    estimate = fields.estimate or Decimal()
    more = estimate - _points(ctx)
    _counted(ctx, added=max(more, Decimal()), removed=max(-more, Decimal()))
    if ctx.item.state in ACTIVE and fields.size_begun is not None:
        ctx.set(size_begun=min(fields.size_begun, estimate))
    ctx.set(points=estimate, estimate=None, split_since_estimate=False)


@effect("agile")
def mark_expedite(ctx: EffectContext) -> None:
    """Make it one of class expedite."""
    ctx.set(class_of_service=ServiceClass.EXPEDITE)


@effect("agile")
def split(ctx: EffectContext) -> None:
    """Make an item of the part that was split off, with its criteria; neither of both has the old size."""
    fields: WorkFields = ctx.item.fields
    part: SplitOff | None = fields.split_off
    if part is None:  # in a mode in which the gate does not stop it
        return
    moved = [each for each in fields.acceptance_criteria if each.id in part.criteria]
    about: dict[str, Any] = {"team": fields.team, "acceptance_criteria": moved}
    about |= {"severity": fields.severity} if ctx.item.type == BUG else {"kind": fields.kind}  # type: ignore[attr-defined]
    made = ctx.create(ctx.item.type, part.title, parent=ctx.item.parent, **about)
    ctx.link(SPLIT_FROM, ctx.item.key, source=made)
    kept = [each for each in fields.acceptance_criteria if each.id not in part.criteria]
    # On the board its size counts for its sprint until it is estimated; in the backlog nobody counts on it.
    estimated = fields.points is not None
    stale: dict[str, Any] = {"split_since_estimate": True} if ctx.item.state in _SIZED else {"points": None}
    ctx.set(acceptance_criteria=kept, split_off=None, **(stale if estimated else {}), **_USED_UP)


@effect("agile")
def nothing_remains(ctx: EffectContext) -> None:
    """Set the remaining hours to 0."""
    ctx.set(remaining_hours=0)
