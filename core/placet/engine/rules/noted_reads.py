"""The reads of a computation, noted while its function runs: whether it has to run again is seen from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cached_property, wraps
from typing import Any, cast

from placet.definitions.copies import changed
from placet.definitions.items import Fields, ItemType
from placet.definitions.readonly import read_only, read_only_dict, read_only_model
from placet.engine.act import lenient
from placet.engine.act.input import declared, parse_key
from placet.engine.act.plugin_calls import by_the_engine
from placet.engine.act.records import Evidence, ItemRecord
from placet.engine.act.typed import Assignment
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.context import Context
from placet.engine.rules.outdated_items import item_of
from placet.engine.rules.views import Item

#: Types of values of which equal ones are stored alike; not so moments, whose zones may differ, and decimals.
_ONE_FORM = (str, int, Enum)
#: One read of a function: its kind, and its name.
Sight = tuple[str, str]


class _InTheMaking(dict[str, Any]):
    """Fields that change in place until the last one is computed; a record does not copy them."""


class Noting(Context):
    """A view of an item for computations, which notes their reads."""

    #: The item as others see it.
    plain: Item
    #: The names of the type's fields.
    names: Collection[str]
    _item_type: ItemType
    _before: Mapping[str, Any]
    #: The fields that are being computed, once one of them has changed.
    _fields: _InTheMaking | None
    #: The reads that are noted.
    seen: dict[Sight, Any]
    #: Whether one of the reads cannot be compared.
    beyond: bool

    def __init__(self, unit: UnitOfWork, record: ItemRecord, item_type: ItemType, actor: str) -> None:
        super().__init__(unit, record, actor)
        vars(self).update(
            plain=self.item,
            names=declared(item_type.fields),
            item=_NotedItem(self),
            _item_type=item_type,
            _before=record.fields,
            _fields=None,
            seen={},
            beyond=False,
        )

    def let_go(self) -> None:
        """Break the reference cycle with the item, which would keep all reads of the act in memory."""
        del vars(self)["item"]

    def note_anew(self) -> Mapping[Sight, Any]:
        """Note the reads of another function; returns what will have them."""
        seen: dict[Sight, Any] = {}
        vars(self).update(seen=seen, beyond=False)
        return seen

    def see(self, kind: str, name: str) -> Any:
        """Read a value, and note the read."""
        found = self.seen[kind, name] = self._look(kind, name)
        return found

    def look_beyond(self) -> None:
        """Note a read that cannot be compared."""
        vars(self)["beyond"] = True

    def still_sees(self, seen: Mapping[Sight, Any] | None) -> bool:
        """Whether all noted reads would still return the same."""
        if seen is None:
            return False
        fields = self.plain.fields
        for (kind, name), before in seen.items():
            now = getattr(fields, name) if kind == "field" else self._look(kind, name)
            if now is not before and not same(now, before):
                return False
        return True

    def _look(self, kind: str, name: str) -> Any:
        found: Any
        match kind:
            case "fields":
                found = self.plain.fields
            case "edited":
                found = self.plain.edited_at(name)
            case "doers":
                found = self.plain.doers(name)
            case "holders":
                found = super().holders(name)
            case "evidence":
                found = super().evidence(name)
            case "other":
                found = self.unit.item(parse_key(name))
            case "actor":
                found = vars(self)["actor"]
            case "raw":
                # A copy, because the fields change in place.
                found = dict(self.record.fields)
            case _:
                found = getattr(self.record, name)
        return found

    # The fields that are being computed

    def show(self, fields: Mapping[str, Any], typed: Fields | None = None) -> None:
        """Set all fields of the item."""
        if self._fields is None:
            own = _InTheMaking(fields)
            record = changed(self.record, fields=own)
            vars(self).update(_fields=own, record=record, plain=Item(record, self._item_type))
        elif fields is not self._fields:
            self._fields.clear()
            self._fields.update(fields)
        self.plain.know(typed)

    def stored_form(self, field: str, value: Any, one: Assignment) -> Any:
        """A computed value as it is stored; the stored one itself where the item has this very value already."""
        if value is None:
            return None
        if isinstance(value, _ONE_FORM):
            now, kept = vars(self.plain.fields).get(field), self.record.fields.get(field)
            # It may be stored as a former type of the field had it, as "5" where it is 5 now.
            plain = value.value if isinstance(value, Enum) else value
            if type(now) is type(value) and now == value and same(kept, plain):
                return kept
        return read_only(one.to_json(value))

    def give(self, field: str, stored: Any, one: Assignment | None = None) -> None:
        """Set one field to another value, or to none."""
        whole = {name: value for name, value in self.record.fields.items() if name != field}
        if stored is None or one is None:
            self.show(whole)
            return
        whole[field] = stored
        # If the whole model rejects the value, its error gives the reason.
        self.show(whole, one.on(self.plain.fields, stored) or self._typed(whole, field))

    def _typed(self, whole: Mapping[str, Any], field: str) -> Fields:
        model = self._item_type.fields
        kept = lenient.stored_after(model, self.record.fields, whole, {field})
        return read_only_model(lenient.typed(model, kept, self.record.key))

    def settled(self) -> Mapping[str, Any]:
        """The final fields, in the order of the type; the same object if nothing has changed."""
        if self._fields is None or self._fields == self._before:
            return self._before
        known = declared(self._item_type.fields)
        ordered = {name: self._fields[name] for name in known if name in self._fields}
        whole = ordered if len(ordered) == len(self._fields) else dict(self._fields)
        fields: Mapping[str, Any] = read_only_dict(whole)
        if self.plain.known is not None:
            self.unit.typed.keep(fields, self.plain.known)
        return fields

    # Reads of a computation

    @property
    def before(self) -> Item | None:
        self.look_beyond()
        return super().before

    @property
    def actor(self) -> str:  # type: ignore[override]  # an attribute there, watched here
        return cast("str", self.see("actor", ""))

    def holders(self, role: str, *, of: str | None = None) -> tuple[str, ...]:
        if of is not None:
            self.look_beyond()
            return super().holders(role, of=of)
        return cast("tuple[str, ...]", self.see("holders", role))

    def evidence(self, kind: str) -> Sequence[Evidence]:
        return cast("Sequence[Evidence]", self.see("evidence", kind))

    @by_the_engine
    def get(self, key: str) -> Item | None:
        ref = parse_key(key)
        if ref == self._ref:
            return self.item
        record = cast("ItemRecord | None", self.see("other", ref.key))
        if record is None:
            return None
        found = item_of(self.unit, record)
        if type(found) is not Item:
            # Its own computed fields follow from yet other items, as the rules have changed.
            self.look_beyond()
        return found

    @by_the_engine
    def parent(self) -> Item | None:
        above = cast("str | None", self.see("record", "parent"))
        return None if above is None else self.get(above)


#: Verbs of a view whose reads are noted one by one, or that are not for computations.
_NOTED = frozenset({"holders", "holds", "evidence", "get", "parent", "about", "speaks_for"})


def _leading_beyond(verb: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(verb)
    def looked(ctx: Noting, *args: Any, **kwargs: Any) -> Any:
        vars(ctx)["beyond"] = True
        return verb(ctx, *args, **kwargs)

    return looked


# All other verbs of a view, including future ones, read beyond the item.
for _name, _verb in vars(Context).items():
    if callable(_verb) and not _name.startswith("_") and _name not in _NOTED:
        setattr(Noting, _name, _leading_beyond(_verb))


class _NotedItem(Item):
    """The item of such a view, which notes all reads."""

    _ctx: Noting

    def __init__(self, ctx: Noting) -> None:
        super().__init__(cast("ItemRecord", _NotedRecord(ctx)), None)
        vars(self).update(_ctx=ctx)

    @cached_property
    def fields(self) -> Fields:
        return cast("Fields", _NotedFields(self._ctx))

    def edited_at(self, field: str) -> datetime | None:
        return cast("datetime | None", self._ctx.see("edited", field))

    def doers(self, act: str) -> tuple[str, ...]:
        return cast("tuple[str, ...]", self._ctx.see("doers", act))


class _NotedRecord:
    """The record of such an item, which notes the read of each part."""

    __slots__ = ("_ctx",)

    def __init__(self, ctx: Noting) -> None:
        self._ctx = ctx

    def __getattr__(self, name: str) -> Any:
        ctx = self._ctx
        if name == "fields":
            return ctx.see("raw", name)
        found = ctx.seen["record", name] = getattr(ctx.record, name)
        return found


class _NotedFields:
    """The typed fields of such an item, which notes each read; it passes for an instance of their model."""

    __slots__ = ("_ctx",)

    def __init__(self, ctx: Noting) -> None:
        self._ctx = ctx

    @property  # type: ignore[misc]  # read by `isinstance`
    def __class__(self) -> type[Fields]:  # type: ignore[override]
        return type(self._ctx.plain.fields)

    def __getattr__(self, name: str) -> Any:
        ctx = self._ctx
        if name not in ctx.names:
            return getattr(ctx.see("fields", ""), name)
        # Written out here, as nearly all reads are of one field.
        found = ctx.seen["field", name] = getattr(ctx.plain.fields, name)
        return found

    def __eq__(self, other: object) -> bool:
        return bool(self._ctx.see("fields", "") == other)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self._ctx.see("fields", ""))

    def __repr__(self) -> str:
        return repr(self._ctx.see("fields", ""))

    __hash__ = None  # type: ignore[assignment]  # as the fields of an item


def same(now: Any, before: Any) -> bool:
    """Whether two values are the same in a computation: `1` is not `True`."""
    return type(now) is type(before) and bool(now == before)
