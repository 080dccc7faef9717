"""Effects of a communication's transitions."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_governance.ids import INFORMS
from placet_governance.people.checks import waiting_readers
from placet_governance.people.fields import CommunicationFields


@effect("governance")
def note_sending(ctx: EffectContext) -> None:
    """Keep when it was sent and about what, and make the holders of its roles readers."""
    fields: CommunicationFields = ctx.item.fields
    people = (person for role in fields.reader_roles for person in ctx.holders(role))
    ctx.set(
        sent_at=ctx.now,
        sent_about=ctx.item.links.get(INFORMS, ()),
        readers=tuple(dict.fromkeys((*fields.readers, *people))),
    )


@effect("governance")
def note_receipt(ctx: EffectContext) -> None:
    """Keep who has confirmed it."""
    fields: CommunicationFields = ctx.item.fields
    ctx.set(acknowledged_by=list(dict.fromkeys((*fields.acknowledged_by, ctx.actor))))


@effect("governance")
def note_missing(ctx: EffectContext) -> None:
    """Keep who has not confirmed it."""
    ctx.set(unacknowledged=waiting_readers(ctx.item.fields))
