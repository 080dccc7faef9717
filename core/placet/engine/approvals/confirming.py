"""Follows the names on an item inside a unit of work: confirmations are asked for, given with a name, or withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from placet.definitions.confirmations import Confirmation
from placet.definitions.context import ConfirmationStatus
from placet.definitions.copies import changed
from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.questions import ConfirmationRecord
from placet.engine.act.recorder import with_act
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.confirmations import named_by, part_about, subject_of
from placet.engine.rules.context import Context, barred_from
from placet.engine.rules.refusals import plugin_failed

_FINAL = frozenset({"done", "cancelled"})


def followed(unit: UnitOfWork, record: ItemRecord, item_type: ItemType, actor: str) -> ItemRecord:
    """The item with its confirmations as its fields now need them, after an act of `actor`.

    Newly named people are asked; those whose material has changed are asked again; those who are no longer named are
    not asked any more. People who name themselves, or change what they have confirmed, confirm it by that.
    """
    if not item_type.confirmations or record.category in _FINAL:
        return record
    before = unit.as_recorded(record)
    for definition in item_type.confirmations:
        for person in named_by(definition, record.fields):
            record = _named(unit, record, before, definition, person, actor)
        record = _unnamed(record, definition)
    return record


def _named(
    unit: UnitOfWork,
    record: ItemRecord,
    before: ItemRecord | None,
    definition: Confirmation,
    person: str,
    actor: str,
) -> ItemRecord:
    known = record.confirmation(definition.id, person)
    subject = subject_of(definition, record.fields, person)
    asked = known is not None and known.status is not ConfirmationStatus.WITHDRAWN
    if asked and known is not None and known.material == subject:
        return record
    renamed = part_about(definition, record.fields, person) != (
        [] if before is None else part_about(definition, before.fields, person)
    )
    kept = asked and known is not None and known.status_at(unit.now) is ConfirmationStatus.CONFIRMED
    ctx = Context(unit, record, actor)
    # With a token that somebody else made, nobody agrees to anything, in a field as little as by a confirmation.
    in_person = actor == person and unit.token_maker(actor) is None and not unit.is_service(actor)
    if in_person and (renamed or kept) and person not in barred_from(_act(definition), record, ctx):
        return given(ctx, definition, person)
    return opened(ctx, definition, person) if asked or definition.when_named else record


def _unnamed(record: ItemRecord, definition: Confirmation) -> ItemRecord:
    named = named_by(definition, record.fields)
    for each in record.confirmations:
        if each.confirmation == definition.id and each.actor not in named:
            record = with_confirmation(record, changed(each, status=ConfirmationStatus.WITHDRAWN))
    return record


def asked_for(unit: UnitOfWork, record: ItemRecord, definition: Confirmation, actor: str) -> ItemRecord:
    """The item with everybody asked whom the field names, except for those who have confirmed it as it is."""
    for person in named_by(definition, record.fields):
        known = record.confirmation(definition.id, person)
        subject = subject_of(definition, record.fields, person)
        confirmed = known is not None and known.status_at(unit.now) is ConfirmationStatus.CONFIRMED
        if not (confirmed and known is not None and known.material == subject):
            record = opened(Context(unit, record, actor), definition, person)
    return record


def opened(ctx: Context, definition: Confirmation, person: str) -> ItemRecord:
    """The item with one person asked to confirm it as it is."""
    return with_confirmation(ctx.record, _fresh(ctx, definition, person))


def _fresh(ctx: Context, definition: Confirmation, person: str) -> ConfirmationRecord:
    ctx.speaks_for(method_of(definition.id))
    try:
        ends = ctx.unit.plugins.call(definition.id, ctx, partial(_end, definition))
    except PluginError as failure:
        what = f"asking for {definition.id}"
        raise plugin_failed(ctx.record.key, "confirm", "confirmation", what, failure, ctx.titles) from failure
    return ConfirmationRecord(
        confirmation=definition.id,
        actor=person,
        status=ConfirmationStatus.PENDING,
        asked_at=ctx.now,
        asked_by=ctx.actor,
        material=subject_of(definition, ctx.record.fields, person),
        expires_at=ends,
        reminds_at=None if definition.reminds is None else ctx.now + definition.reminds,
    )


def _end(definition: Confirmation, ctx: Context) -> datetime | None:
    if isinstance(definition.expires, timedelta):
        return ctx.now + definition.expires
    return None if definition.expires is None else definition.expires(ctx)


def given(ctx: Context, definition: Confirmation, person: str, comment: str = "") -> ItemRecord:
    """The item with one person's confirmation of it as it is."""
    known = ctx.record.confirmation(definition.id, person)
    subject = subject_of(definition, ctx.record.fields, person)
    asked = known if known is not None and known.material == subject else _fresh(ctx, definition, person)
    confirmed = replace(
        asked,
        status=ConfirmationStatus.CONFIRMED,
        decided_at=ctx.now,
        comment=comment,
        expires_at=None if definition.lasts is None else ctx.now + definition.lasts,
    )
    acts = with_act(ctx.record.acts, _act(definition), person)
    return changed(with_confirmation(ctx.record, confirmed), acts=acts)


def closed(record: ItemRecord) -> ItemRecord:
    """The item without questions that nobody needs answered any more."""
    for each in record.confirmations:
        if each.status is ConfirmationStatus.PENDING:
            record = with_confirmation(record, changed(each, status=ConfirmationStatus.WITHDRAWN))
    return record


def with_confirmation(record: ItemRecord, confirmation: ConfirmationRecord) -> ItemRecord:
    """The item with one person's confirmation added or replaced; the same item if nothing changes."""
    known = record.confirmation(confirmation.confirmation, confirmation.actor)
    if known == confirmation:
        return record
    return changed(record, confirmations=tuple(_replaced(record, known, confirmation)))


def _replaced(
    record: ItemRecord, known: ConfirmationRecord | None, new: ConfirmationRecord
) -> Iterator[ConfirmationRecord]:
    yield from (new if each is known else each for each in record.confirmations)
    if known is None:
        yield new


def _act(definition: Confirmation) -> str:
    return f"confirm:{definition.id}"
