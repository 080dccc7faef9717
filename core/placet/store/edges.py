"""Steps between items, for threads: along links and fields, up to parents, down to children; for many items at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    literal,
    select,
    tuple_,
)

from placet.engine.act.input import parse_key
from placet.engine.act.queries import Edge
from placet.engine.act.records import ItemRef
from placet.store.conditions import filled
from placet.store.tables import item_states, item_values, items, links

#: Items whose steps are read at a time: so many that a statement can name them.
_ITEMS = 512
_REFS: BindParameter[Any] = bindparam("refs", expanding=True)
_NAMES: BindParameter[Any] = bindparam("names", expanding=True)
_ITEM = (items.c.workspace, items.c.number)
_ABOVE = (items.c.parent_workspace, items.c.parent_number)
_SOURCE = (links.c.workspace, links.c.number)
_TARGET = (links.c.target_workspace, links.c.target_number)


@dataclass(frozen=True, slots=True)
class Wish:
    """The steps to read; see `placet.engine.act.session.Session.edges`."""

    outwards: Sequence[str]
    inwards: Sequence[str]
    fields: Collection[tuple[str, str]]
    below: bool


def _steps(
    start: Sequence[ColumnElement[Any]], relation: ColumnElement[str], end: Sequence[ColumnElement[Any]]
) -> Select[Any]:
    """The steps from the items asked for, in an order that is the same each time."""
    return (
        select(
            start[0].label("start_workspace"),
            start[1].label("start_number"),
            relation.label("relation"),
            end[0].label("end_workspace"),
            end[1].label("end_number"),
        )
        .where(tuple_(*start).in_(_REFS))
        .order_by(*start, relation, *end)
    )


_UP = _steps(_ITEM, literal("parent", String), _ABOVE).where(items.c.parent_number.is_not(None))
_DOWN = _steps(_ABOVE, literal("child", String), _ITEM)
_OUTWARDS = _steps(_SOURCE, links.c.link_type, _TARGET).where(links.c.link_type.in_(_NAMES))
_INWARDS = _steps(_TARGET, links.c.link_type, _SOURCE).where(links.c.link_type.in_(_NAMES))
_NAMED = (
    select(
        item_values.c.workspace,
        item_values.c.number,
        item_states.c.type,
        item_values.c.field,
        item_values.c.value,
    )
    .join(
        item_states,
        (item_states.c.workspace == item_values.c.workspace) & (item_states.c.number == item_values.c.number),
    )
    .where(
        tuple_(item_values.c.workspace, item_values.c.number).in_(_REFS),
        item_values.c.field.in_(_NAMES),
        item_values.c.value != "",
    )
    .order_by(item_values.c.workspace, item_values.c.number, item_values.c.field, item_values.c.value)
)


def edges(connection: Connection, refs: Sequence[ItemRef], wish: Wish) -> list[Edge]:
    """The steps from some items, each kind in an order that is the same each time."""
    ordered = sorted(refs)
    found: list[Edge] = []
    for n in range(0, len(ordered), _ITEMS):
        some = filled([tuple(ref) for ref in ordered[n : n + _ITEMS]])
        for statement, names, outwards in _statements(wish):
            asked = {"refs": some, **({"names": filled(sorted(names))} if names else {})}
            found += _read(connection.execute(statement, asked), outwards=outwards)
        if wish.fields:
            names = filled(sorted({field for _, field in wish.fields}))
            found += _named(connection.execute(_NAMED, {"refs": some, "names": names}), wish.fields)
    return found


def _statements(wish: Wish) -> Iterator[tuple[Select[Any], Sequence[str], bool]]:
    """Each statement, the names that it takes, and whether its steps go from the source of a link to the target."""
    yield _UP, (), True
    if wish.below:
        yield _DOWN, (), True
    if wish.outwards:
        yield _OUTWARDS, wish.outwards, True
    if wish.inwards:
        yield _INWARDS, wish.inwards, False


def _read(rows: Iterable[Any], *, outwards: bool) -> Iterator[Edge]:
    for row in rows:
        start, end = (
            ItemRef(row.start_workspace, row.start_number),
            ItemRef(row.end_workspace, row.end_number),
        )
        yield Edge(start, row.relation, outwards, end)


def _named(rows: Iterable[Any], fields: Collection[tuple[str, str]]) -> Iterator[Edge]:
    """The steps to items that fields name. Another item type may use the name of such a field for something else."""
    for row in rows:
        if (row.type, row.field) in fields:
            yield Edge(ItemRef(row.workspace, row.number), row.field, outwards=True, end=parse_key(row.value))
