"""Searches of checks: children, links, and items by state and indexed fields, by their indexes alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    tuple_,
)

from placet.engine.act.queries import Condition, TimesAsked, TypeHistory
from placet.engine.act.records import ItemRef
from placet.store import spans
from placet.store.conditions import (
    MANY,
    NAMING,
    compared,
    contained,
    filled,
    given,
    looked_up,
    operators,
    pairs,
    these,
)
from placet.store.log import TEXT, WITH_TEXT
from placet.store.statements import ITEMS, LOAD_ITEM
from placet.store.tables import events, evidence, item_states, item_values, items, links

Search = tuple[Select[Any], dict[str, Any]]
#: Items that are found by a part of their title, at most.
_TITLED_LIMIT = 50


def children(ref: ItemRef, type: str | None) -> Search:
    """The children of an item, in order of key."""
    parameters = {"workspace": ref.workspace, "number": ref.number}
    return (_CHILDREN, parameters) if type is None else (_CHILDREN_OF_TYPE, parameters | {"type": type})


_CHILDREN = ITEMS.where(
    items.c.parent_workspace == bindparam("workspace"), items.c.parent_number == bindparam("number")
).order_by(items.c.workspace, items.c.number)
_CHILDREN_OF_TYPE = _CHILDREN.where(items.c.type == bindparam("type"))


def below(ref: ItemRef) -> Search:
    """Everything below an item, on all levels, in order of key; in one query."""
    return _BELOW, {"workspace": ref.workspace, "number": ref.number}


def _descent() -> Select[Any]:
    """The recursion from parents to children; `union` ends it where parents form a circle."""
    keys = (items.c.workspace, items.c.number)
    start = select(*keys).where(
        items.c.parent_workspace == bindparam("workspace"), items.c.parent_number == bindparam("number")
    )
    descent = start.cte("descent", recursive=True)
    descent = descent.union(
        select(*keys).where(
            items.c.parent_workspace == descent.c.workspace, items.c.parent_number == descent.c.number
        )
    )
    return ITEMS.join(
        descent, and_(items.c.workspace == descent.c.workspace, items.c.number == descent.c.number)
    ).order_by(*keys)


_BELOW = _descent()


def linking(link_type: str, ref: ItemRef) -> Search:
    """Items with a link of a type to an item."""
    return _LINKING, {"workspace": ref.workspace, "number": ref.number, "link_type": link_type}


_LINKING = (
    ITEMS.join(links, and_(links.c.workspace == items.c.workspace, links.c.number == items.c.number))
    .where(
        links.c.target_workspace == bindparam("workspace"),
        links.c.target_number == bindparam("number"),
        links.c.link_type == bindparam("link_type"),
    )
    .order_by(items.c.workspace, items.c.number)
)


def children_of(workspace: str, numbers: Sequence[int], type: str | None) -> Search:
    """The children of some items of a workspace, in order of key; in one query for any number of them."""
    parameters: dict[str, Any] = {"workspace": workspace, "numbers": filled(list(numbers))}
    return (
        (_ALL_CHILDREN, parameters) if type is None else (_ALL_CHILDREN_OF_TYPE, parameters | {"type": type})
    )


def linking_to(link_type: str, workspace: str, numbers: Sequence[int]) -> Search:
    """Items with a link of a type to some items of a workspace, each once, in order of key; likewise."""
    return _LINKING_TO, {
        "workspace": workspace, "numbers": filled(list(numbers)), "link_type": link_type,
    }  # fmt: skip


# Not by pairs: for these, SQLite reads the whole table.
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_ALL_CHILDREN = ITEMS.where(
    items.c.parent_workspace == bindparam("workspace"), items.c.parent_number.in_(_NUMBERS)
).order_by(items.c.workspace, items.c.number)
_ALL_CHILDREN_OF_TYPE = _ALL_CHILDREN.where(items.c.type == bindparam("type"))
_LINKING_TO = ITEMS.where(
    tuple_(items.c.workspace, items.c.number).in_(
        select(links.c.workspace, links.c.number).where(
            links.c.target_workspace == bindparam("workspace"),
            links.c.target_number.in_(_NUMBERS),
            links.c.link_type == bindparam("link_type"),
        )
    )
).order_by(items.c.workspace, items.c.number)


def by_key(refs: Sequence[ItemRef], *, sqlite: bool) -> Search:
    """Some items, at least one."""
    if len(refs) == 1:
        return LOAD_ITEM, refs[0]._asdict()
    return _BY_KEY[sqlite], {"refs": pairs(refs, sqlite=sqlite)}


_KEY = (items.c.workspace, items.c.number)
_BY_KEY = {sqlite: ITEMS.where(these(_KEY, sqlite=sqlite)) for sqlite in (False, True)}


def reachable(link_type: str, refs: Sequence[ItemRef], *, inwards: bool, steps: int, sqlite: bool) -> Search:
    """Keys of the items that a walk along links visits, in one query for any number of them."""
    parameters = {"link_type": link_type, "steps": steps, "refs": pairs(refs, sqlite=sqlite)}
    return (_INWARDS if inwards else _OUTWARDS)[sqlite], parameters


def _walk(here: Sequence[Any], there: Sequence[Any], *, sqlite: bool) -> Select[Any]:
    """The recursion from one end of a link to the other."""
    start = select(items.c.workspace, items.c.number, literal(0, Integer).label("step")).where(
        these(_KEY, sqlite=sqlite)
    )
    walk = start.cte("walk", recursive=True)
    walk = walk.union(
        select(*there, walk.c.step + 1).where(
            here[0] == walk.c.workspace,
            here[1] == walk.c.number,
            links.c.link_type == bindparam("link_type", type_=links.c.link_type.type),
            walk.c.step < bindparam("steps", type_=Integer()),
        )
    )
    return select(walk.c.workspace, walk.c.number).distinct().order_by(walk.c.workspace, walk.c.number)


_START, _TARGET = (
    (links.c.workspace, links.c.number),
    (links.c.target_workspace, links.c.target_number),
)
_OUTWARDS = {sqlite: _walk(_START, _TARGET, sqlite=sqlite) for sqlite in (False, True)}
_INWARDS = {sqlite: _walk(_TARGET, _START, sqlite=sqlite) for sqlite in (False, True)}


def titled(workspace: str, words: str, among: int) -> Search:
    """Keys of those of a workspace's latest items whose titles contain words."""
    return _TITLED, {"workspace": workspace, "words": contained(words), "among": among}


_LATEST = (
    select(items.c.workspace, items.c.number, items.c.title)
    .where(items.c.workspace == bindparam("workspace"))
    .order_by(items.c.number.desc())
    .limit(bindparam("among", type_=Integer()))
    .subquery()
)
_TITLED = (
    select(_LATEST.c.workspace, _LATEST.c.number)
    .where(_LATEST.c.title.icontains(bindparam("words", type_=_LATEST.c.title.type), escape="/"))
    .order_by(_LATEST.c.number.desc())
    .limit(_TITLED_LIMIT)
)


def evidence_holders(sha256: str) -> Search:
    """Items with evidence of these bytes."""
    return _HOLDERS, {"sha256": sha256}


_HOLDERS = (
    ITEMS.join(evidence, and_(evidence.c.workspace == items.c.workspace, evidence.c.number == items.c.number))
    .where(evidence.c.sha256 == bindparam("sha256"))
    .order_by(items.c.workspace, items.c.number)
)


def search(
    workspace: str,
    type: str,
    states: Sequence[str],
    where: Sequence[Condition],
    overlapping: tuple[datetime, datetime] | None = None,
    *,
    sqlite: bool,
) -> Search:
    """A workspace's items of a type by state, indexed fields, and the time at which they take place."""
    parameters = _asked(workspace, type, states, where)
    if overlapping is not None:
        parameters |= spans.bounds(*overlapping)
    shape = _Shape(len(states), operators(where), sqlite)
    return _search_by(shape, overlapping is not None), parameters


def times(
    workspace: str,
    type: str,
    states: Sequence[str],
    where: Sequence[Condition],
    asked: TimesAsked,
    *,
    sqlite: bool,
) -> Search:
    """When the items take place that such a search finds."""
    parameters = _asked(workspace, type, states, where) | spans.bounds(asked.after, asked.before)
    shape = _Shape(len(states), operators(where), sqlite)
    return _times_by(shape, asked.whole, asked.beginning), parameters


def _asked(workspace: str, type: str, states: Sequence[str], where: Sequence[Condition]) -> dict[str, Any]:
    named = {f"state_{n}": state for n, state in enumerate(states)}
    return {"workspace": workspace, "type": type, **given(where), **named}


class _Shape(NamedTuple):
    """The form of a search: its statement is built once, which costs more than running it."""

    n_states: int
    operators: tuple[str, ...]
    sqlite: bool


@lru_cache(maxsize=256)
def _times_by(shape: _Shape, whole: bool, beginning: bool) -> Select[Any]:  # noqa: FBT001  # the cache's key
    """The statement of such a search, for which the wide rows of items are read only for their fields."""
    placed = (spans.BEGINNING if beginning else spans.OVERLAPPING).cte("placed")
    # PostgreSQL would spend more time on considering how to join the classes of lengths than on reading them.
    placed = placed.prefix_with("MATERIALIZED", dialect="postgresql")
    workspace: BindParameter[Any] = bindparam("workspace", type_=items.c.workspace.type)
    statement = select(workspace.label("workspace"), *placed.c)
    if whole:
        same = and_(items.c.workspace == bindparam("workspace"), items.c.number == placed.c.number)
        statement = statement.add_columns(items.c.fields).join_from(placed, items, same)
    for criterion in _looked_up_in(placed.c.number, shape):
        statement = statement.where(criterion)
    return statement


@lru_cache(maxsize=256)
def _search_by(shape: _Shape, by_time: bool) -> Select[Any]:  # noqa: FBT001  # the cache's key
    """The statement of a search for items."""
    return _narrowed(ITEMS, shape, by_time=by_time).order_by(items.c.number)


def _narrowed(statement: Select[Any], shape: _Shape, *, by_time: bool) -> Select[Any]:
    """Only the items of a search.

    A time leads to few items, and so do conditions that name values: these select items by `IN` over the index; all
    other conditions are looked up for these items, in narrow tables, as most items that were ever at some place are in
    another state now. The other way round, an open bound or a state might select nearly all items. Where very many
    values are named, looking up the state of each item that they lead to costs more than reading which items are in it.
    """
    statement = statement.where(
        items.c.workspace == bindparam("workspace"), items.c.type == bindparam("type")
    )
    if by_time:
        leading = select(spans.OVERLAPPING.subquery("placed").c.number)
        statement = statement.where(items.c.number.in_(leading))
        return statement.where(*_looked_up_in(items.c.number, shape))
    leads = broad = False
    for n, op in enumerate(shape.operators):
        if op in NAMING:
            leads, broad = True, broad or op == MANY
            bounds = compared(item_values, n, op, sqlite=shape.sqlite)
            statement = statement.where(_among(items.c.number, item_values, *bounds))
    if shape.n_states:
        find = _looked_up if leads and not broad else _among
        statement = statement.where(find(items.c.number, item_states, *_in_states(shape)))
        leads = True
    for n, op in enumerate(shape.operators):
        if op not in NAMING and leads:
            bounds = looked_up(n, op, sqlite=shape.sqlite)
            statement = statement.where(_looked_up(items.c.number, item_values, *bounds))
        elif op not in NAMING:
            bounds = compared(item_values, n, op, sqlite=shape.sqlite)
            statement = statement.where(_among(items.c.number, item_values, *bounds))
    return statement


def _looked_up_in(number: ColumnElement[int], shape: _Shape) -> list[ColumnElement[bool]]:
    """The conditions of a search, each looked up for the items to which something else leads."""
    found = [
        _looked_up(number, item_values, *looked_up(n, op, sqlite=shape.sqlite))
        for n, op in enumerate(shape.operators)
    ]
    return [*found, _looked_up(number, item_states, *_in_states(shape))] if shape.n_states else found


def _in_states(shape: _Shape) -> tuple[ColumnElement[bool], ...]:
    states: list[BindParameter[Any]] = [bindparam(f"state_{n}") for n in range(shape.n_states)]
    return item_states.c.type == bindparam("type"), item_states.c.state.in_(states)


def _among(number: ColumnElement[int], table: Table, *criteria: Any) -> ColumnElement[bool]:
    """Items to which rows of another table refer, in the workspace."""
    return number.in_(select(table.c.number).where(table.c.workspace == bindparam("workspace"), *criteria))


def _looked_up(number: ColumnElement[int], table: Table, *criteria: Any) -> ColumnElement[bool]:
    """Items with a row in another table that meets a condition."""
    same = (table.c.workspace == bindparam("workspace"), table.c.number == number)
    return exists(select(1).select_from(table).where(*same, *criteria).correlate_except(table))


def events_of(query: TypeHistory) -> Search:
    """The events of a workspace's items of a type in a time, by kind, in order of time."""
    if query.numbers:
        time = {"since": query.since, "until": query.until}
        kinds, numbers = filled(list(query.kinds)), filled(list(query.numbers))
        return _EVENTS_AMONG, {"workspace": query.workspace, "kinds": kinds, "numbers": numbers, **time}
    parameters: dict[str, Any] = {
        "workspace": query.workspace, "type": query.type, "since": query.since, "until": query.until
    }  # fmt: skip
    parameters |= {f"kind_{n}": kind for n, kind in enumerate(query.kinds)}
    parameters |= {f"state_{n}": state for n, state in enumerate(query.standing)}
    return _events_by(len(query.kinds), len(query.standing)), parameters


@lru_cache(maxsize=64)
def _events_by(n_kinds: int, n_states: int) -> Select[Any]:
    """The statement for so many kinds and states: by the items, and for each its own history."""
    of_item = and_(item_states.c.workspace == events.c.workspace, item_states.c.number == events.c.number)
    kinds = [bindparam(f"kind_{n}", type_=events.c.kind.type) for n in range(n_kinds)]
    states = [bindparam(f"state_{n}", type_=item_states.c.state.type) for n in range(n_states)]
    active = item_states.c.updated_at >= bindparam("since", type_=item_states.c.updated_at.type)
    return (
        select(events, *TEXT)
        .select_from(WITH_TEXT.join(item_states, of_item))
        .where(
            item_states.c.workspace == bindparam("workspace", type_=item_states.c.workspace.type),
            item_states.c.type == bindparam("type", type_=item_states.c.type.type),
            or_(active, item_states.c.state.in_(states)) if states else active,
            events.c.kind.in_(kinds),
            events.c.at >= bindparam("since", type_=events.c.at.type),
            events.c.at < bindparam("until", type_=events.c.at.type),
        )
        .order_by(events.c.at, events.c.id)
    )


_EVENTS_AMONG = (
    select(events, *TEXT)
    .select_from(WITH_TEXT)
    .where(
        events.c.workspace == bindparam("workspace", type_=events.c.workspace.type),
        events.c.number.in_(_NUMBERS),
        events.c.kind.in_(bindparam("kinds", type_=events.c.kind.type, expanding=True)),
        events.c.at >= bindparam("since", type_=events.c.at.type),
        events.c.at < bindparam("until", type_=events.c.at.type),
    )
    .order_by(events.c.at, events.c.id)
)
