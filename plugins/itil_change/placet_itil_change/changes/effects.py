"""Effects of transitions.

Our choice: an effect that suspends a model or sends changes back makes their own transitions, as `system`, so that
these are in their history and follow their rules. Notifications are not effects.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from placet import BlockedError, EffectContext, effect, named
from placet_itil_change.changes.collisions import direct_collisions, related_collisions
from placet_itil_change.changes.fields import ChangeFields, ChangeOutcome, ChangeType
from placet_itil_change.changes.model_checks import plans_of
from placet_itil_change.changes.windows import Treatment, held_up, hindering, maintenance_bound, treatment
from placet_itil_change.ids import CAUSED_BY_CHANGE, CHANGE, INCIDENT
from placet_itil_change.incidents.fields import Channel
from placet_itil_change.shared_fields import CauseCategory
from placet_itil_change.wording import kept_span, named_all

#: Impact of the incident by the impact score of the failed change; 1 is the highest for an incident, 5 for a change.
IMPACT_OF_FAILURE = {5: 1, 4: 2, 3: 3}
LEAST_IMPACT = 4


@effect("itil")
def take_plans_of_model(ctx: EffectContext) -> None:
    """The plans of the model become the change's own."""
    fields: ChangeFields = ctx.item.fields
    model = ctx.get(fields.model) if fields.model else None
    if model is None:
        return
    ctx.set(**plans_of(model.fields))


@effect("itil")
def start_for_incident(ctx: EffectContext) -> None:
    """Keep the incident that the emergency is started for."""
    ctx.set(started_for=ctx.item.fields.incident)


@effect("itil")
def begin(ctx: EffectContext) -> None:
    """Keep the start, name the actor as implementer if nobody was named, and flag the items."""
    fields: ChangeFields = ctx.item.fields
    ctx.set(actual_start=ctx.now, implementer=fields.implementer or ctx.actor)
    for key in fields.cis:
        item = ctx.get(key)
        if item is not None and ctx.item.key not in item.fields.in_change:
            ctx.set_on(key, in_change=[*item.fields.in_change, ctx.item.key])
    model = ctx.get(fields.model) if fields.model and fields.type is ChangeType.STANDARD else None
    if model is not None and model.fields.review_next:
        ctx.set(first_after_reinstatement=True)
        ctx.set_on(model.key, review_next=False)


@effect("itil")
def hold_up(ctx: EffectContext) -> None:
    """Note a window on the scheduled changes that it holds up, which notifies their people."""
    for change in ctx.get_all(held_up(ctx)):
        if ctx.item.key not in change.fields.held_up_by:
            ctx.set_on(change.key, held_up_by=(*change.fields.held_up_by, ctx.item.key))


@effect("itil")
def clear_hold(ctx: EffectContext) -> None:
    """Clear the windows that held it up: it has another time."""
    if ctx.item.fields.held_up_by:
        ctx.set(held_up_by=())


@effect("itil")
def report_passed_over(ctx: EffectContext) -> None:
    """List for the review what an emergency bypassed: collisions, windows, items kept for maintenance windows.

    Each change that it collides with notes it, which notifies the people of that change.
    """
    fields: ChangeFields = ctx.item.fields
    collisions = (*direct_collisions(ctx), *related_collisions(ctx))
    lines = [
        f"{named(each.other)} works on {', '.join(named_all(each.items))} at the same time, "
        f"{kept_span(ctx, each.start, each.end)}"
        + ("" if each.direct(ctx) else "; that depends on an item of this change or is needed by one")
        for each in collisions
    ]
    lines += [
        f"the {each.kind} {named(each.window)} covers {named(each.item)}, {kept_span(ctx, each.start, each.end)}"
        for each in hindering(ctx)
        if treatment(each.kind, fields) is not Treatment.ALLOWED
    ]
    lines += [f"{named(item)} changes only in maintenance windows" for item in maintenance_bound(ctx)]
    ctx.set(passed_over=lines)
    for other in (each.other for each in collisions):
        if ctx.item.key not in other.fields.bypassed_by:
            ctx.set_on(other.key, bypassed_by=(*other.fields.bypassed_by, ctx.item.key))


@effect("itil")
def accept_start(ctx: EffectContext) -> None:
    """Accept short notice, with the reason in the comment, for the start and the risk as they are, and none beyond."""
    fields: ChangeFields = ctx.item.fields
    ctx.set(
        short_notice=ctx.comment,
        short_notice_start=fields.planned_start,
        short_notice_class=fields.risk_class,
    )


@effect("itil")
def start_backout_timer(ctx: EffectContext) -> None:
    """Keep when it went wrong; the back-out is due after the longest time that was planned for it."""
    ctx.set(failed_at=ctx.item.fields.failed_at or ctx.now)
    minutes = ctx.item.fields.backout_max_min
    if minutes is not None:
        ctx.set(backout_due=ctx.now + timedelta(minutes=minutes))


@effect("itil")
def complete(ctx: EffectContext) -> None:
    """End the change with the outcome that was sent; successful by default."""
    outcome = ctx.sent.get("outcome") or ChangeOutcome.SUCCESSFUL
    ctx.set(outcome=outcome, actual_end=ctx.now)
    _unflag(ctx)


@effect("itil")
def record_backout(ctx: EffectContext) -> None:
    """End the change as backed out, and suspend the model of a standard one."""
    ctx.set(outcome=ChangeOutcome.BACKED_OUT, actual_end=ctx.now, recovered_at=ctx.now)
    _unflag(ctx)
    _suspend_model(ctx)


@effect("itil")
def record_failure(ctx: EffectContext) -> None:
    """End the change as failed, and suspend the model of a standard one."""
    ctx.set(outcome=ChangeOutcome.FAILED, failed_at=ctx.item.fields.failed_at or ctx.now)
    _suspend_model(ctx)


@effect("itil")
def incident_of_failure(ctx: EffectContext) -> None:
    """Make an incident of the damage of a failed change, with the worst impact that was expected.

    Source: ITIL 4, practices Change enablement and Incident management.
    """
    fields: ChangeFields = ctx.item.fields
    incident = ctx.create(
        INCIDENT,
        f"Change {ctx.item.key} failed: {ctx.item.title}"[:200],
        summary=f"Change {ctx.item.key} failed",
        symptoms=ctx.comment or "The change failed and was not reverted.",
        channel=Channel.MONITORING,
        impact=IMPACT_OF_FAILURE.get(fields.impact_score or 0, LEAST_IMPACT),
        urgency=1,
        category=CauseCategory.CHANGE,
        cis=list(fields.cis),
    )
    ctx.link(CAUSED_BY_CHANGE, ctx.item.key, source=incident)


@effect("itil")
def record_recovery(ctx: EffectContext) -> None:
    """End a failed change when the service is restored."""
    ctx.set(actual_end=ctx.now, recovered_at=ctx.now)
    _unflag(ctx)


@effect("itil")
def record_not_implemented(ctx: EffectContext) -> None:
    """End the change as never implemented; its slot is free again."""
    ctx.set(outcome=ChangeOutcome.NOT_IMPLEMENTED)


@effect("itil")
def items_go_live(ctx: EffectContext) -> None:
    """Put planned items of a successful change into use: its records are confirmed by then.

    An item whose own rules do not allow that stays as it is, and does not keep the change open.
    """
    if ctx.item.fields.outcome not in (ChangeOutcome.SUCCESSFUL, ChangeOutcome.SUCCESSFUL_WITH_ISSUES):
        return
    for item in ctx.get_all(ctx.item.fields.cis):
        if item.state == "planned":
            with suppress(BlockedError):
                ctx.fire(item.key, "go_live", comment=f"change {ctx.item.key} is closed")


def _unflag(ctx: EffectContext) -> None:
    for key in ctx.item.fields.cis:
        item = ctx.get(key)
        if item is not None and ctx.item.key in item.fields.in_change:
            ctx.set_on(key, in_change=[other for other in item.fields.in_change if other != ctx.item.key])


def _suspend_model(ctx: EffectContext) -> None:
    fields: ChangeFields = ctx.item.fields
    model = ctx.get(fields.model) if fields.model and fields.type is ChangeType.STANDARD else None
    if model is None:
        return
    if model.state == "active":
        why = f"standard change {ctx.item.key} did not succeed: {fields.outcome}".replace("_", " ")
        ctx.fire(model.key, "suspend_model", comment=why, failed_change=ctx.item.key)
    elif model.state == "suspended":
        ctx.set_on(model.key, failed_change=ctx.item.key)


@effect("itil")
def recall_changes(ctx: EffectContext) -> None:
    """Send scheduled changes of a suspended model back, as their authorization is gone."""
    for change in ctx.items(CHANGE, states=["scheduled"], model=ctx.item.key):
        if change.fields.type is ChangeType.STANDARD:
            ctx.fire(
                change.key, "send_back", comment=f"model {ctx.item.key} was suspended: {ctx.comment}".strip()
            )


@effect("itil")
def validate_model(ctx: EffectContext) -> None:
    """Set the validity of the model: a year, or as given."""
    if ctx.item.fields.valid_until is None:
        days: int = ctx.settings.model_validity_days
        ctx.set(valid_until=ctx.today + timedelta(days=days))


@effect("itil")
def review_next(ctx: EffectContext) -> None:
    """Have the next change of a reinstated model reviewed."""
    ctx.set(review_next=True)
