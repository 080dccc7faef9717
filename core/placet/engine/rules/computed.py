"""Computed fields: correct after every write, and computed only when they may have changed.

Within one act a field is computed again when something that its function read has changed since. The reads are noted
while the function runs, so that no author has to declare them; another item that is read by its key counts as one read,
and any change of it as a change. Settings, the workspace and the time stay the same during an act; other data outside
the item may change unseen, so a function that reads it always runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from placet.definitions.copies import changed
from placet.definitions.document import method_of
from placet.definitions.items import Computed, Fields, ItemType
from placet.definitions.roles import SYSTEM
from placet.engine.act import lenient
from placet.engine.act.input import demand_clean
from placet.engine.act.plugin_calls import PluginError, one_line
from placet.engine.act.records import ApprovalRound, ItemRecord, ItemRef
from placet.engine.act.typed import assignment
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.noted_reads import Noting, Sight, same
from placet.engine.rules.panels import is_determined_again
from placet.errors import InvalidError, UnfitFieldError


@dataclass(frozen=True, slots=True)
class _Found:
    """A stored value, read-only as those of items, and the reads of its function; `None` if they cannot be compared."""

    stored: Any
    seen: Mapping[Sight, Any] | None


class Computing:
    """Computes the fields of items during one act."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._found: dict[tuple[ItemRef, str], _Found] = {}

    def fields(
        self, record: ItemRecord, item_type: ItemType, actor: str, *, only: Collection[str] | None = None
    ) -> Mapping[str, Any]:
        """The item's fields, newly computed; the same object if nothing has changed.

        Args:
            record: the item.
            item_type: its type.
            actor: who acts.
            only: the fields that are asked for; those after the last of them are as stored.

        Raises:
            PluginError: a function failed, or its result does not fit its field; with the id `ITEM_TYPE.FIELD`,
                or `METHOD.FIELD` if another method has added the field.
        """
        wanted = item_type.computed if only is None else _leading_to(only, item_type.computed)
        if not wanted:
            return record.fields
        ctx = Noting(self._unit, record, item_type, actor)
        try:
            return self._followed(ctx, item_type, wanted)
        finally:
            ctx.let_go()

    def _followed(self, ctx: Noting, item_type: ItemType, wanted: Sequence[Computed]) -> Mapping[str, Any]:
        ref = ItemRef(ctx.record.workspace, ctx.record.number)
        for computed in wanted:
            id = f"{computed.origin or item_type.id}.{computed.field}"
            try:
                self._follow(ctx, ref, item_type.fields, id, computed)
            except (InvalidError, ValueError) as error:
                raise PluginError(id, one_line(error), error) from error
        return ctx.settled()

    def _compute(self, ctx: Noting, id: str, computed: Computed) -> Any:
        """The value; none where the function reads a stored field that does not fit its type any more."""
        ctx.speaks_for(computed.origin or method_of(ctx.record.type))
        try:
            return self._unit.plugins.call(id, ctx, computed.compute)
        except PluginError as failure:
            if isinstance(failure.error, UnfitFieldError):
                return None
            raise

    def _follow(self, ctx: Noting, ref: ItemRef, model: type[Fields], id: str, computed: Computed) -> None:
        """Set one field to its computed value."""
        field = computed.field
        one = assignment(model, field)
        if one is None:
            value = self._compute(ctx, id, computed)
            if value is not None:
                before = ctx.record.fields
                after = lenient.stored_after(model, before, {**before, field: value}, {field})
                demand_clean(after.get(field), f"/fields/{field}")
                ctx.show(after)
            else:
                ctx.give(field, None)
            return
        place = ref, field
        known = self._found.get(place)
        if known is None or not ctx.still_sees(known.seen):
            seen = ctx.note_anew()
            stored = ctx.stored_form(field, self._compute(ctx, id, computed), one)
            known = self._found[place] = _Found(stored, None if ctx.beyond else seen)
        now = ctx.record.fields.get(field)
        if known.stored is not now and not same(known.stored, now):
            demand_clean(known.stored, f"/fields/{field}")
            ctx.give(field, known.stored, one)


def _leading_to(names: Collection[str], computed: Sequence[Computed]) -> Sequence[Computed]:
    """The computed fields up to the last of those that are named: each may read the ones before it."""
    return computed[: max((n for n, each in enumerate(computed, 1) if each.field in names), default=0)]


def for_rounds(
    unit: UnitOfWork, record: ItemRecord, rounds: Iterable[ApprovalRound], actor: str
) -> ItemRecord:
    """The item as a move would find it, as far as rounds of approvals are judged by it: by what they were asked about.

    Where a panel is determined again, that is the whole item. Where nothing that they were asked about is computed,
    nothing is read.
    """
    item_type, catalog = unit.item_type(record), unit.catalog(record.workspace)
    if item_type is None or not item_type.computed:
        return record
    asked: set[str] = set()
    for round in rounds:
        if is_determined_again(catalog, record.type, round):
            return for_move(unit, record, actor)
        approval = item_type.approval(round.approval)
        asked.update(approval.material_fields if approval is not None and round.open else ())
    return _as_computed(unit, record, item_type, actor, only=asked)


def for_move(unit: UnitOfWork, record: ItemRecord, actor: str) -> ItemRecord:
    """The item as a move would find it: its computed fields follow what they read, such as other items, now.

    Where they cannot be computed, they are as stored; the move says then why it is refused.
    """
    item_type = unit.item_type(record)
    return (
        record
        if item_type is None or not item_type.computed
        else _as_computed(unit, record, item_type, actor)
    )


def _as_computed(
    unit: UnitOfWork,
    record: ItemRecord,
    item_type: ItemType,
    actor: str,
    *,
    only: Collection[str] | None = None,
) -> ItemRecord:
    """The item with its computed fields, or as it is stored where they cannot be computed."""
    try:
        fields = Computing(unit).fields(record, item_type, actor, only=only)
    except PluginError:
        return record
    return record if fields is record.fields else changed(record, fields=fields)


def computed_again(unit: UnitOfWork, record: ItemRecord, item_type: ItemType) -> ItemRecord:
    """The item with its computed fields as they follow now. Raises `PluginError` where one cannot be computed."""
    fields = Computing(unit).fields(record, item_type, SYSTEM)
    return record if fields is record.fields else changed(record, fields=fields)
