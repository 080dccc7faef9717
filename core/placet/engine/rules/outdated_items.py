"""Items whose stored computed fields do not follow the rules in force yet, as checks see them.

After a change of rules the worker computes these fields again, item by item. Until it has come to an item, they are
computed when one of them is read: what else is read of the item costs nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, cast

from placet.definitions.items import Fields, ItemType
from placet.engine.act.input import declared
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.views import Item


def item_of(unit: UnitOfWork, record: ItemRecord) -> Item:
    """The view of an item other than the act's own."""
    item_type = unit.item_type(record)
    if item_type is None or unit.is_computed(record.workspace, item_type):
        return Item(record, item_type, unit.typed)
    return _ItemBehind(unit, record, item_type)


def items_of(unit: UnitOfWork, records: Iterable[ItemRecord]) -> list[Item]:
    """The views of such items: what follows from their types alone is found once for all of a type."""
    alike: dict[tuple[str, str], Item] = {}
    found: list[Item] = []
    for record in records:
        kind = record.workspace, record.type
        first = alike.get(kind)
        if first is not None:
            found.append(first.alike(record))
        else:
            alike[kind] = item_of(unit, record)
            found.append(alike[kind])
    return found


class _ItemBehind(Item):
    """A work item with computed fields that are computed when they are read."""

    _unit: UnitOfWork

    def __init__(self, unit: UnitOfWork, record: ItemRecord, item_type: ItemType) -> None:
        super().__init__(record, item_type, unit.typed)
        vars(self).update(_unit=unit)

    def alike(self, record: ItemRecord) -> Item:
        return _ItemBehind(self._unit, record, cast("ItemType", self._item_type))

    @cached_property
    def fields(self) -> Fields:
        stored = Item(self.record, self._item_type, self._typed)
        return cast("Fields", _FieldsBehind(self._unit, stored, cast("ItemType", self._item_type)))


class _FieldsBehind:
    """The typed fields of such an item; it passes for an instance of their model."""

    __slots__ = ("_item_type", "_stored", "_unit")

    def __init__(self, unit: UnitOfWork, stored: Item, item_type: ItemType) -> None:
        self._unit = unit
        self._stored = stored
        self._item_type = item_type

    def _now(self) -> Fields:
        """All fields, with the computed ones as they follow now. Raises `PluginError` where one cannot be computed."""
        record = self._unit.as_computed(self._stored.record)
        return self._unit.typed.of(self._item_type.fields, record)

    @property  # type: ignore[misc]  # read by `isinstance`
    def __class__(self) -> type[Fields]:  # type: ignore[override]
        return type(self._stored.fields)

    def __getattr__(self, name: str) -> Any:
        alone = name in declared(self._item_type.fields) and name not in self._item_type.computed_fields
        return getattr(self._stored.fields if alone else self._now(), name)

    def __eq__(self, other: object) -> bool:
        return bool(self._now() == other)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self._now())

    def __repr__(self) -> str:
        return repr(self._now())

    __hash__ = None  # type: ignore[assignment]  # as the fields of an item
