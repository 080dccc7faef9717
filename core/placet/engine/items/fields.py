"""Changes fields of items inside a unit of work, with the consequences.

Computed fields are computed again, and approvals whose material changed are voided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from placet.definitions.copies import changed
from placet.definitions.items import ActorRef, ItemType, Ref
from placet.definitions.marks import marked_fields, marked_members
from placet.definitions.once import once
from placet.definitions.roles import EDIT, SYSTEM
from placet.definitions.verdicts import BlockedError, Blocker, GateMode
from placet.definitions.wording import with_article
from placet.engine.act.access import demand_visible
from placet.engine.act.input import (
    TITLE_LIMIT,
    clean_text,
    demand_sendable,
    differing,
    is_key,
    members_of,
    merged,
    values_of,
)
from placet.engine.act.lenient import stored_after, unfit
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.recorder import append, changed_fields, with_acts
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.confirming import followed
from placet.engine.approvals.writer import RoundWriter
from placet.engine.items.rights import reserved
from placet.engine.rules.computed import Computing
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import evaluate_gates, segregation
from placet.engine.rules.frozen import frozen_fields, frozen_title
from placet.engine.rules.grounds import blocker_data
from placet.engine.rules.material import fixed_with_title
from placet.engine.rules.recusals import votes_lost
from placet.engine.rules.refusals import plugin_failed, type_of
from placet.errors import Fault, InvalidError


class FieldWriter:
    """Writes the content of items."""

    def __init__(self, unit: UnitOfWork, rounds: RoundWriter) -> None:
        self._unit = unit
        self._rounds = rounds
        self._computing = Computing(unit)

    def applied(
        self, record: ItemRecord, item_type: ItemType, patch: Mapping[str, Any], actor: str
    ) -> ItemRecord:
        """The item with other field values: valid, references resolved, computed fields computed."""
        if not patch:
            # Only computed fields can have changed, by what they read beyond the item.
            return self.with_fields(record, item_type, record.fields, actor)
        computed = item_type.computed_fields
        # An effect cannot set a computed field: it keeps its value until it is computed again.
        own = {name: value for name, value in record.fields.items() if name not in computed}
        demand_sendable(item_type, patch, own)
        fields = stored_after(item_type.fields, own, merged(own, patch), patch)
        return self.with_fields(record, item_type, fields, actor)

    def with_fields(
        self, record: ItemRecord, item_type: ItemType, fields: Mapping[str, Any], actor: str
    ) -> ItemRecord:
        """The item with these fields: references resolved, computed fields computed."""
        before = record.fields
        if not item_type.computed and fields == before:
            return record
        written = record
        if fields is not before:
            self._check_references(item_type, before, fields, actor)
            # Computed fields may read when others were edited, and these are edited now.
            written = changed(record, fields=fields, edited=self._edited(record, fields))
        followed = self._followed(written, item_type, actor)
        if not differing(before, followed):
            return record
        return changed(record, fields=followed, edited=self._edited(record, followed))

    def _edited(self, record: ItemRecord, fields: Mapping[str, Any]) -> Mapping[str, datetime]:
        """When each field of an item with these values was edited."""
        return {**record.edited, **dict.fromkeys(differing(record.fields, fields), self._unit.now)}

    def _followed(self, record: ItemRecord, item_type: ItemType, actor: str) -> Mapping[str, Any]:
        """The fields of an item, with the computed ones."""
        try:
            return self._computing.fields(record, item_type, actor)
        except PluginError as failure:
            what = f"computing {failure.id.rpartition('.')[2]}"
            titles = self._unit.titles(record.workspace, record.type)
            raise plugin_failed(record.key, "edit", "computed", what, failure, titles) from failure

    def _check_references(
        self, item_type: ItemType, before: Mapping[str, Any], after: Mapping[str, Any], actor: str
    ) -> None:
        """Raises `InvalidError` for new references to nothing, or to an item that the actor does not see."""
        faults: list[Fault] = []
        for name, mark in marked_fields(item_type.fields):
            if before.get(name) != after.get(name):
                faults += self._new_references(mark, values_of(before, name), values_of(after, name), actor)
        for name, member, mark in marked_members(item_type.fields):
            if before.get(name) != after.get(name):
                there, now = members_of(before, name, member), members_of(after, name, member)
                faults += self._new_references(mark, there, now, actor)
        if faults:
            raise InvalidError(faults)

    def _new_references(
        self,
        mark: Ref | ActorRef,
        before: Sequence[tuple[str, str]],
        after: Sequence[tuple[str, str]],
        actor: str,
    ) -> Iterator[Fault]:
        """The faults of references, (pointer, value), that were not there before."""
        there = {value for _, value in before}
        for pointer, value in after:
            if value in there:
                continue
            if isinstance(mark, ActorRef):
                yield from self._person(pointer, value, actor)
                continue
            if not is_key(value):
                # A word of the field's own, such as "all".
                continue
            try:
                found = demand_visible(self._unit, actor, pointer, value)
            except InvalidError as error:
                yield from error.faults
                continue
            if mark.types and found.type not in mark.types:
                titles = self._unit.titles(found.workspace, found.type)
                message = "{key} is {type:a type}, not {types:a type or}"
                said = titles.sentence(message, key=value, type=found.type, types=list(mark.types))
                yield Fault(pointer, said)

    def _person(self, pointer: str, person: str, actor: str) -> Iterator[Fault]:
        """The fault of a name: nobody has it, or somebody names a person who is switched off."""
        # A rule that names nobody in particular, or the one who acts.
        if actor == SYSTEM and (person == SYSTEM or self._unit.is_acting(person)):
            return
        found = self._unit.session.people.actor(person)
        if found is None:
            near = self._unit.session.people.actor_ids(person, 1000)
            yield from InvalidError.unknown(pointer, "actor", person, near).faults
        elif found.deactivated_at is not None and actor != SYSTEM:
            yield Fault(pointer, f"{person} is switched off: name somebody who is in use")

    def frozen(
        self,
        record: ItemRecord,
        patch: Mapping[str, Any],
        actor: str,
        *,
        act: str,
        asked_for: Sequence[str] = (),
    ) -> list[Blocker]:
        """Blockers for fields that are frozen in the item's state.

        A field whose stored value does not fit any more can be repaired in every state: rules may wait for it.
        """
        item_type = type_of(self._unit, record)
        locked = [
            name
            for name in item_type.frozen(record.state)
            if name in patch and name not in asked_for and patch[name] != record.fields.get(name)
        ]
        if locked:
            broken = unfit(self._unit.typed.of(item_type.fields, record))
            locked = [name for name in locked if name not in broken]
        return frozen_fields(Context(self._unit, record, actor), item_type, locked, act) if locked else []

    def named(self, before: ItemRecord, after: ItemRecord, actor: str) -> list[Blocker]:
        """Blockers where an edit names a person whom segregation of duties bars, or would bar from their own vote."""
        edited = differing(before.fields, after.fields)
        marked = marked_fields(type_of(self._unit, after).fields) if edited else ()
        renamed = [name for name, mark in marked if name in edited and isinstance(mark, ActorRef)]
        if not renamed:
            return []
        ctx = Context(self._unit, after, actor)
        people = {name: [value for _, value in values_of(after.fields, name)] for name in renamed}
        barred = [each for name, who in people.items() for each in segregation(ctx, f"named:{name}", who)]
        return [*barred, *votes_lost(ctx, before, people)]

    def signed(self, before: ItemRecord, after: ItemRecord, item_type: ItemType, actor: str) -> ItemRecord:
        """The item with the actor among those who wrote the fields that duties name, and with what it confirms."""
        if actor != SYSTEM and after.fields is not before.fields:
            acts = edits(item_type, differing(before.fields, after.fields))
            if acts:
                after = changed(after, acts=with_acts(after.acts, acts, actor))
        return followed(self._unit, after, item_type, actor)

    def barred(self, before: ItemRecord, after: ItemRecord, actor: str) -> list[Blocker]:
        """Blockers where segregation of duties bars the actor from writing a field."""
        if actor == SYSTEM or after.fields is before.fields:
            return []
        acts = edits(type_of(self._unit, after), differing(before.fields, after.fields))
        if not acts:
            return []
        ctx = Context(self._unit, before, actor)
        return [blocker for act in acts for blocker in segregation(ctx, act, [actor])]

    def set(self, ref: ItemRef, patch: Mapping[str, Any]) -> None:
        """Change fields without an event of their own: the transition that does it records them."""
        record = self._unit.own(ref)
        item_type = type_of(self._unit, record)
        known = item_type.fields.model_fields
        for name in patch:
            if name not in known:
                what = f"field of {with_article(item_type.title.lower())}"
                raise InvalidError.unknown(f"/fields/{name}", what, name, known)
        before = record.fields
        fields = stored_after(item_type.fields, before, merged(before, patch), patch)
        self._unit.put(self.with_fields(record, item_type, fields, SYSTEM))

    def set_on_other(self, ref: ItemRef, patch: Mapping[str, Any], *, caused_by: str) -> None:
        """Change fields of another item as `system`, with an event of its own."""
        before = self._unit.own(ref)
        self.set(ref, patch)
        after = self._unit.own(ref)
        if changed_fields(before, after):
            settled = self.settled(after)
            data = {"changes": changed_fields(before, settled), "caused_by": caused_by}
            append(self._unit, settled, "edited", SYSTEM, data)

    def edit(self, ref: ItemRef, title: str | None, patch: Mapping[str, Any], actor: str) -> ItemRecord:
        """An edit by a person. An edit that changes nothing writes nothing.

        Raises:
            BlockedError: a field is frozen in the item's state, or segregation of duties bars the edit.
        """
        before = self._unit.own(ref)
        item_type = type_of(self._unit, before)
        after = self.applied(before, item_type, patch, actor) if patch else before
        blockers = self.frozen(before, patch, actor, act=EDIT) + self.named(before, after, actor)
        blockers += reserved(self._unit, before, after, patch, actor)
        blockers += self.barred(before, after, actor)
        if title is not None:
            after = replace(
                after, title=clean_text(title, "/title", limit=TITLE_LIMIT, empty=False, lines=False)
            )
            blockers += self._titled(before, after, actor)
        grounds = self._judged(before, after, patch, actor, blockers)
        after = self.signed(before, after, item_type, actor)
        titled = {"title": [before.title, after.title]} if after.title != before.title else {}
        if not titled and not changed_fields(before, after):
            return before
        self._unit.put(after)
        # Fields may follow from who has signed it, too.
        settled = self.settled(after)
        data = {**grounds, "changes": changed_fields(before, settled) | titled}
        return append(self._unit, settled, "edited", actor, data)[0]

    def _judged(
        self,
        before: ItemRecord,
        after: ItemRecord,
        patch: Mapping[str, Any],
        actor: str,
        blockers: Sequence[Blocker],
    ) -> dict[str, Any]:
        """The report of the gates on changes of its fields, for the event. Raises `BlockedError` with all blockers."""
        gates = type_of(self._unit, after).editing if after.fields is not before.fields else ()
        if not gates and not blockers:
            return {}
        ctx = Context(self._unit, after, actor, sent=patch)
        found = evaluate_gates(ctx, gates)
        stops = [*blockers, *found.blockers]
        if any(blocker.mode is GateMode.ENFORCE for blocker in stops):
            shown = [b for b in stops if b.mode is not GateMode.OBSERVE]
            observed = [b for b in stops if b.mode is GateMode.OBSERVE]
            raise BlockedError(before.key, EDIT, shown, observed=observed, wording=ctx.titles)
        return {"reported": [blocker_data(b) for b in found.blockers]} if found.blockers else {}

    def _titled(self, before: ItemRecord, after: ItemRecord, actor: str) -> list[Blocker]:
        """The blocker for another title of what has ended, or was approved and is fixed: it names what was decided."""
        item_type = type_of(self._unit, before)
        state = item_type.workflow.state(before.state)
        if after.title == before.title or state is None:
            return []
        fixed = fixed_with_title(before, item_type)
        if not state.category.final and not fixed:
            return []
        return frozen_title(Context(self._unit, before, actor), item_type, fixed)

    def settled(self, record: ItemRecord) -> ItemRecord:
        """The item with the consequences of its content: computed fields, and stale approvals voided or reopened.

        Confirmations whose material has changed, or that have become needed, are asked for.
        """
        item_type = type_of(self._unit, record)
        if item_type.computed:
            fields = self._followed(record, item_type, SYSTEM)
            if fields is not record.fields:
                record = changed(record, fields=fields)
        self._unit.put(record)
        if record.approvals:
            self._rounds.void_stale(record)
            record = self._unit.own(ItemRef(record.workspace, record.number))
        return followed(self._unit, record, item_type, SYSTEM)


def edits(item_type: ItemType, fields: Collection[str]) -> list[str]:
    """The acts of writing some fields, for those that a duty of the type names, or that rules of others rest on."""
    acted = _acted_on(item_type)
    return [f"edit:{name}" for name in fields if name in acted]


@once
def _acted_on(item_type: ItemType) -> frozenset[str]:
    """The fields whose writing is such an act."""
    named = {act for duty in item_type.duties for act in (*duty.acts, *duty.bars)}
    fields = {act.removeprefix("edit:") for act in named if act.startswith("edit:")} | _ruling(item_type)
    if "edit" in named:
        fields |= _material(item_type)
    return frozenset(fields - item_type.computed_fields)


def _ruling(item_type: ItemType) -> set[str]:
    """The fields that are material to an approval in which a second person agrees to a change of rules."""
    effects = (effect for transition in item_type.workflow.transitions for effect in transition.effects)
    named = {effect.changes_rules for effect in effects if effect.changes_rules}
    return {name for each in item_type.approvals if each.id in named for name in each.material_fields}


def _material(item_type: ItemType) -> set[str]:
    """The fields that are material to an approval, or to a confirmation, or name the people who confirm."""
    return {name for each in item_type.approvals for name in each.material_fields}.union(
        *({each.field, *each.material_fields} for each in item_type.confirmations)
    )
