"""Steps between items, for threads: along links and fields, up to parents, down to children; for many items at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, literal, select

from placet.engine.act.input import is_key, parse_key
from placet.engine.act.queries import Edge
from placet.engine.act.records import ItemRef
from placet.store.conditions import among, named
from placet.store.json import dumps
from placet.store.tables import item_states, item_values, items, links

_ITEM = (items.c.workspace, items.c.number)
_ABOVE = (items.c.parent_workspace, items.c.parent_number)
_SOURCE = (links.c.workspace, links.c.number)
_TARGET = (links.c.target_workspace, links.c.target_number)
_VALUE = (item_values.c.workspace, item_values.c.number)


@dataclass(frozen=True, slots=True)
class Wish:
    """The steps to read; see `placet.engine.act.session.Session.edges`."""

    outwards: Sequence[str]
    inwards: Sequence[str]
    fields: Collection[tuple[str, str]]
    below: bool


class _Statements:
    """The statement of each kind of step, in an order that is the same each time; built once for each database."""

    def __init__(self, *, sqlite: bool) -> None:
        def steps(
            start: Sequence[ColumnElement[Any]],
            relation: ColumnElement[str],
            end: Sequence[ColumnElement[Any]],
        ) -> Select[Any]:
            names = ("start_workspace", "start_number", "relation", "end_workspace", "end_number")
            columns = zip((*start, relation, *end), names, strict=True)
            return (
                select(*(column.label(name) for column, name in columns))
                .where(among(start, sqlite=sqlite))
                .order_by(*start, relation, *end)
            )

        of_types = named(links.c.link_type, sqlite=sqlite)
        self.up = steps(_ITEM, literal("parent", String), _ABOVE).where(items.c.parent_number.is_not(None))
        self.down = steps(_ABOVE, literal("child", String), _ITEM)
        self.outwards = steps(_SOURCE, links.c.link_type, _TARGET).where(of_types)
        self.inwards = steps(_TARGET, links.c.link_type, _SOURCE).where(of_types)
        self.by_field = (
            select(*_VALUE, item_states.c.type, item_values.c.field, item_values.c.value)
            .join(
                item_states,
                (item_states.c.workspace == item_values.c.workspace)
                & (item_states.c.number == item_values.c.number),
            )
            .where(
                among(_VALUE, sqlite=sqlite),
                named(item_values.c.field, sqlite=sqlite),
                item_values.c.value != "",
            )
            .order_by(*_VALUE, item_values.c.field, item_values.c.value)
        )


@lru_cache(maxsize=2)
def _statements(*, sqlite: bool) -> _Statements:
    return _Statements(sqlite=sqlite)


def edges(
    fetch: Callable[[Select[Any], Mapping[str, Any]], list[Any]],
    refs: Sequence[ItemRef],
    wish: Wish,
    *,
    sqlite: bool,
) -> list[Edge]:
    """The steps from some items; each kind in an order that is the same each time."""
    sql = _statements(sqlite=sqlite)
    some = dumps([tuple(ref) for ref in sorted(refs)])
    found = [*_read(fetch(sql.up, {"refs": some}))]
    if wish.below:
        found += _read(fetch(sql.down, {"refs": some}))
    if wish.outwards:
        found += _read(fetch(sql.outwards, {"refs": some, "names": dumps(sorted(wish.outwards))}))
    if wish.inwards:
        asked = {"refs": some, "names": dumps(sorted(wish.inwards))}
        found += _read(fetch(sql.inwards, asked), outwards=False)
    if wish.fields:
        asked = {"refs": some, "names": dumps(sorted({field for _, field in wish.fields}))}
        found += _by_field(fetch(sql.by_field, asked), wish.fields)
    return found


def _read(rows: Iterable[Any], *, outwards: bool = True) -> Iterator[Edge]:
    for start_workspace, start_number, relation, end_workspace, end_number in rows:
        yield Edge(
            ItemRef(start_workspace, start_number), relation, outwards, ItemRef(end_workspace, end_number)
        )


def _by_field(rows: Iterable[Any], fields: Collection[tuple[str, str]]) -> Iterator[Edge]:
    """The steps to items that fields name. Another item type may use the name of such a field for something else."""
    for row in rows:
        # The index may still have what the field held before it named items.
        if (row.type, row.field) in fields and is_key(row.value):
            start = ItemRef(row.workspace, row.number)
            yield Edge(start, row.field, outwards=True, end=parse_key(row.value))
