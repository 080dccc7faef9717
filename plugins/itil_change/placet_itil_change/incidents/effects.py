"""Effects of an incident's transitions."""

from __future__ import annotations

from placet import SYSTEM, EffectContext, effect
from placet_itil_change.ids import CAUSED_BY_CHANGE, INCIDENT
from placet_itil_change.incidents.computed import raters, rating
from placet_itil_change.incidents.fields import LEVELS, IncidentFields, MajorUpdate
from placet_itil_change.incidents.levels import group_above


@effect("itil")
def respond(ctx: EffectContext) -> None:
    """Keep the moment of the first response; later ones do not change it."""
    if ctx.item.fields.first_response_at is None:
        ctx.set(first_response_at=ctx.now)


@effect("itil")
def rate(ctx: EffectContext) -> None:
    """Keep whose word the priority is: who changes it stands for it alone, and who finds it right joins the others."""
    _keep_rater(ctx)


@effect("itil")
def classify(ctx: EffectContext) -> None:
    """Keep who classified it, unless an incident manager set its priority, which follows from no classification."""
    if ctx.item.fields.priority_override is None:
        _keep_rater(ctx)


def _keep_rater(ctx: EffectContext) -> None:
    before = ctx.before
    joined = raters(before) if before is not None and rating(before) == rating(ctx.item) else set()
    ctx.set(rated_by=sorted({*joined, ctx.actor} - {SYSTEM}), rated_at=ctx.now)


@effect("itil")
def hand_up(ctx: EffectContext) -> None:
    """Hand it to the group of the next level, without an assignee."""
    fields: IncidentFields = ctx.item.fields
    ctx.set(
        support_level=min(fields.support_level + 1, LEVELS),
        reassign_count=fields.reassign_count + 1,
        group=group_above(ctx),
        next_group=None,
        assignee=None,
    )


@effect("itil")
def back_in_queue(ctx: EffectContext) -> None:
    """Clear the assignee, and count it as handed on."""
    ctx.set(assignee=None, reassign_count=ctx.item.fields.reassign_count + 1)


@effect("itil")
def go_on(ctx: EffectContext) -> None:
    """Clear the reason for waiting."""
    ctx.set(pending_reason=None, pending_until=None)


@effect("itil")
def declare(ctx: EffectContext) -> None:
    """Make it a major incident, with the highest priority, and clear the reason for waiting."""
    ctx.set(declared_by=ctx.actor, major_declared_at=ctx.now, pending_reason=None, pending_until=None)


@effect("itil")
def keep_update(ctx: EffectContext) -> None:
    """Add the update to the incident's timeline: its text, moment and audience."""
    fields: IncidentFields = ctx.item.fields
    update = MajorUpdate(
        at=ctx.now, text=ctx.comment, audience=fields.update_audience or "everybody affected"
    )
    ctx.set(major_updates=[*fields.major_updates, update], update_audience=None)


@effect("itil")
def stand_down(ctx: EffectContext) -> None:
    """End the major incident."""
    ctx.set(major_stood_down_at=ctx.now)


@effect("itil")
def resolve(ctx: EffectContext) -> None:
    """Keep when the service was restored; the user may confirm it."""
    ctx.set(resolved_at=ctx.now, confirmed_at=None, pending_reason=None, pending_until=None)


@effect("itil")
def restore(ctx: EffectContext) -> None:
    """Mark the damage of a finished change as restored, with the incident that it caused."""
    for change in ctx.linked(CAUSED_BY_CHANGE):
        if change.fields.actual_end is not None:
            failed_at = change.fields.failed_at or change.fields.actual_end
            ctx.set_on(change.key, failed_at=failed_at, recovered_at=ctx.now)


@effect("itil")
def mark_rework(ctx: EffectContext) -> None:
    """Mark a change that fixes an incident as unplanned."""
    if ctx.item.type == INCIDENT:
        ctx.set_on(ctx.sent["target"], unplanned_rework=True)


@effect("itil")
def confirm(ctx: EffectContext) -> None:
    """Keep that the user has confirmed it."""
    ctx.set(confirmed_at=ctx.now)


@effect("itil")
def open_again(ctx: EffectContext) -> None:
    """Clear the resolution."""
    ctx.set(
        reopen_count=ctx.item.fields.reopen_count + 1,
        resolved_at=None,
        closed_at=None,
        confirmed_at=None,
    )


@effect("itil")
def close(ctx: EffectContext) -> None:
    """Keep when it was closed."""
    ctx.set(closed_at=ctx.now)
