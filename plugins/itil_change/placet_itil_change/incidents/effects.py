"""What happens along with a transition of an incident, in the same transaction."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_itil_change.ids import CAUSED_BY_CHANGE, INCIDENT
from placet_itil_change.incidents.fields import LEVELS, IncidentFields, MajorUpdate


@effect("itil")
def respond(ctx: EffectContext) -> None:
    """The moment of the first response is kept; a later one does not change it."""
    if ctx.item.fields.first_response_at is None:
        ctx.set(first_response_at=ctx.now)


@effect("itil")
def hand_up(ctx: EffectContext) -> None:
    """It goes to the group of the next level, where nobody has taken it yet."""
    fields: IncidentFields = ctx.item.fields
    ctx.set(
        support_level=min(fields.support_level + 1, LEVELS),
        reassign_count=fields.reassign_count + 1,
        group=fields.next_group,
        next_group=None,
        assignee=None,
    )


@effect("itil")
def back_in_queue(ctx: EffectContext) -> None:
    """Nobody has it any more, and it counts as handed on."""
    ctx.set(assignee=None, reassign_count=ctx.item.fields.reassign_count + 1)


@effect("itil")
def go_on(ctx: EffectContext) -> None:
    """It waits for nothing any more."""
    ctx.set(pending_reason=None, pending_until=None)


@effect("itil")
def declare(ctx: EffectContext) -> None:
    """It is a major incident from now on: the highest priority, and waiting for nothing."""
    ctx.set(major_declared_at=ctx.now, pending_reason=None, pending_until=None)


@effect("itil")
def keep_update(ctx: EffectContext) -> None:
    """What was said, when, and to whom, becomes part of the incident's timeline."""
    fields: IncidentFields = ctx.item.fields
    update = MajorUpdate(
        at=ctx.now, text=ctx.comment, audience=fields.update_audience or "everybody affected"
    )
    ctx.set(major_updates=[*fields.major_updates, update], update_audience=None)


@effect("itil")
def stand_down(ctx: EffectContext) -> None:
    """It is a major incident no longer."""
    ctx.set(major_stood_down_at=ctx.now)


@effect("itil")
def resolve(ctx: EffectContext) -> None:
    """The service is back, and the user is asked whether it is."""
    ctx.set(resolved_at=ctx.now, confirmed_at=None, pending_reason=None, pending_until=None)


@effect("itil")
def restore(ctx: EffectContext) -> None:
    """What a finished change had broken is restored with the incident that came of it."""
    for change in ctx.linked(CAUSED_BY_CHANGE):
        if change.fields.actual_end is not None:
            failed_at = change.fields.failed_at or change.fields.actual_end
            ctx.set_on(change.key, failed_at=failed_at, recovered_at=ctx.now)


@effect("itil")
def mark_rework(ctx: EffectContext) -> None:
    """A change that fixes an incident was not planned."""
    if ctx.item.type == INCIDENT:
        ctx.set_on(ctx.sent["target"], unplanned_rework=True)


@effect("itil")
def confirm(ctx: EffectContext) -> None:
    """The user has said that it works."""
    ctx.set(confirmed_at=ctx.now)


@effect("itil")
def open_again(ctx: EffectContext) -> None:
    """It was not resolved after all."""
    ctx.set(
        reopen_count=ctx.item.fields.reopen_count + 1,
        resolved_at=None,
        closed_at=None,
        confirmed_at=None,
    )


@effect("itil")
def close(ctx: EffectContext) -> None:
    """It is finished."""
    ctx.set(closed_at=ctx.now)
