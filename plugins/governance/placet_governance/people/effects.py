"""Effects of the transitions of communications and allocations."""

from __future__ import annotations

from placet import EffectContext, effect
from placet_governance.ids import INFORMS
from placet_governance.people.checks import promised, waiting_readers
from placet_governance.people.fields import AllocationFields, CommunicationFields

#: All of somebody's working time, in percent.
_WHOLE = 100


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


@effect("governance")
def note_overload(ctx: EffectContext) -> None:
    """Keep in how many weeks it takes the promised time of the person beyond all of it."""
    fields: AllocationFields = ctx.item.fields
    over = [week for week, others in promised(ctx) if others <= _WHOLE < others + fields.percent]
    ctx.set(overloaded_weeks=len(over))
