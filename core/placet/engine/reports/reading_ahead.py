"""Reading ahead: what rules ask about one item of a report is read for all items of its type at once.

A report that evaluates hundreds of items would otherwise send the same searches for each of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, cast

from placet.definitions.items import Ref
from placet.definitions.marks import marked_fields
from placet.engine.act.access import ref_of
from placet.engine.act.input import is_key, parse_key, values_of
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.act.session import Session
from placet.engine.act.unit_of_work import UnitOfWork


def read_ahead(unit: UnitOfWork, records: Sequence[ItemRecord]) -> None:
    """Let a view read for all of these items at once; the items above them and those that they name are read now."""
    unit.session = cast("Session", _ReadAhead(unit.session, records))
    unit.items(parse_key(key) for record in records for key in _named(unit, record))


def _named(unit: UnitOfWork, record: ItemRecord) -> Iterable[str]:
    """Keys of the parent, and of the items in fields that refer to items."""
    if record.parent is not None:
        yield record.parent
    item_type = unit.item_type(record)
    for name, mark in marked_fields(item_type.fields) if item_type is not None else ():
        if isinstance(mark, Ref):
            # A stored value may not fit the rules in force.
            yield from (value for _, value in values_of(record.fields, name) if is_key(value))


class _ReadAhead:
    """A session of a view, with what it has read about the items of a report."""

    def __init__(self, session: Session, records: Sequence[ItemRecord]) -> None:
        self._session = session
        self._types = {ref_of(record): record.type for record in records}
        #: Numbers of the items that are asked about together, by workspace and type.
        self._alike: dict[tuple[str, str], list[int]] = defaultdict(list)
        for ref, type in self._types.items():
            self._alike[ref.workspace, type].append(ref.number)
        #: By workspace and type of the items, and what was asked about them: the answers by item.
        self._known: dict[tuple[str, str, str, str | None], dict[ItemRef, list[ItemRecord]]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def children(self, ref: ItemRef, type: str | None) -> Sequence[ItemRecord]:
        """The children of an item."""
        of = self._types.get(ref)
        if of is None:
            return self._session.children(ref, type)
        asked = ref.workspace, of, "children", type
        if asked not in self._known:
            found = self._session.children_of(ref.workspace, self._alike[ref.workspace, of], type)
            self._known[asked] = _grouped((record.parent, record) for record in found)
        return self._known[asked].get(ref, ())

    def linking(self, link_type: str, ref: ItemRef) -> Sequence[ItemRecord]:
        """The items with a link of the type to an item."""
        of = self._types.get(ref)
        if of is None:
            return self._session.linking(link_type, ref)
        asked = ref.workspace, of, "linking", link_type
        if asked not in self._known:
            found = self._session.linking_to(link_type, ref.workspace, self._alike[ref.workspace, of])
            self._known[asked] = _grouped(
                (key, record) for record in found for key in record.links.get(link_type, ())
            )
        return self._known[asked].get(ref, ())


def _grouped(found: Iterable[tuple[str | None, ItemRecord]]) -> dict[ItemRef, list[ItemRecord]]:
    """Items by the key of another item; each list in their order."""
    by_key: dict[ItemRef, list[ItemRecord]] = defaultdict(list)
    for key, record in found:
        if key is not None:
            by_key[parse_key(key)].append(record)
    return dict(by_key)
