"""What happens along with a transition of a communication."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_governance.people.checks import waiting_readers
from placet_governance.people.fields import CommunicationFields


@effect("governance")
def note_sending(ctx: EffectContext) -> None:
    """When it was sent is kept."""
    ctx.set(sent_at=ctx.now)


@effect("governance")
def note_receipt(ctx: EffectContext) -> None:
    """Who has confirmed it is kept."""
    fields: CommunicationFields = ctx.item.fields
    ctx.set(acknowledged_by=list(dict.fromkeys((*fields.acknowledged_by, ctx.actor))))


@effect("governance")
def note_missing(ctx: EffectContext) -> None:
    """Who has not confirmed it is kept, too."""
    ctx.set(unacknowledged=waiting_readers(ctx.item.fields))
