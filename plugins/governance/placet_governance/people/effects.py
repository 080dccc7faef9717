"""Effects of a communication's transitions."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_governance.people.checks import waiting_readers
from placet_governance.people.fields import CommunicationFields


@effect("governance")
def note_sending(ctx: EffectContext) -> None:
    """Keep when it was sent."""
    ctx.set(sent_at=ctx.now)


@effect("governance")
def note_receipt(ctx: EffectContext) -> None:
    """Keep who has confirmed it."""
    fields: CommunicationFields = ctx.item.fields
    ctx.set(acknowledged_by=list(dict.fromkeys((*fields.acknowledged_by, ctx.actor))))


@effect("governance")
def note_missing(ctx: EffectContext) -> None:
    """Keep who has not confirmed it."""
    ctx.set(unacknowledged=waiting_readers(ctx.item.fields))
