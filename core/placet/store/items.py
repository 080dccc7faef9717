"""Lists of items, page by page: by keyset, without an offset, and counted only on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)

from placet.engine.act.input import parse_key
from placet.engine.act.queries import Elsewhere, ItemQuery, Page
from placet.engine.act.records import ItemRecord
from placet.errors import MalformedError
from placet.store import cursors, visibility
from placet.store.conditions import compared, contained, given, operators
from placet.store.driver import Fetch
from placet.store.statements import ITEMS
from placet.store.tables import (
    item_roles,
    item_states,
    item_values,
    items,
    pending_approvals,
    pending_asks,
    pending_confirmations,
)


class _Shape(NamedTuple):
    """The shape of a page's statement: everything but its parameters."""

    #: In one workspace, whose index gives the order; in several; or in all.
    places: str
    elsewhere: bool
    sqlite: bool
    type: bool
    state: bool
    category: bool
    parent: bool
    assignee: bool
    q: bool
    operators: tuple[str, ...]
    #: `key`, `created_at`, `updated_at`, `field`, or `lacking`: by key, those without the field.
    sort: str
    descending: bool
    goes_on: bool
    limit: int


class Place(NamedTuple):
    """The place of an item in a list."""

    #: Whether its type does not have the field by which the list is sorted: such items come last, by their keys.
    lacking: bool
    #: The value by which the list is sorted; empty for the key.
    value: str | datetime
    workspace: str
    number: int


def page_of_items(
    fetch: Fetch, query: ItemQuery, read: Callable[[Any], ItemRecord], *, sqlite: bool
) -> Page[ItemRecord]:
    """A page by keyset. A list that is sorted by a field ends with the items whose types do not have it."""
    name = query.sort.removeprefix("-")
    shape, after = _shape(query, name, sqlite=sqlite), cursor_place(query)
    parameters = _parameters(query, name)
    found: list[Any] = []
    if after is None or not after.lacking:
        found = fetch(_page(shape), parameters | _behind(shape, after))
    having = len(found)
    if shape.sort == "field" and having <= query.limit and query.type is None:
        # All items of one type have a row for each of its fields.
        goes_on = after is not None and after.lacking
        lacking = shape._replace(sort="lacking", goes_on=goes_on)
        found = found + fetch(_page(lacking), parameters | (_behind(lacking, after) if goes_on else {}))
    rows = found[: query.limit]
    cursor = None
    if len(found) > query.limit:
        last = rows[-1]
        lacks = len(rows) > having
        value = "" if lacks or shape.sort == "key" else last.sorted_by
        cursor = cursor_after(query, Place(lacks, value, last.workspace, last.number))
    return Page([read(row) for row in rows], cursor)


def number_of_items(fetch: Fetch, query: ItemQuery, *, sqlite: bool) -> int:
    """The number of items on all pages of the query; reads all of them."""
    shape = _shape(replace(query, cursor=None, limit=0, sort="key"), "key", sqlite=sqlite)
    [(number,)] = fetch(_count(shape), _parameters(query, "key"))
    return int(number)


def cursor_after(query: ItemQuery, place: Place) -> str:
    """The cursor of the page that follows a place."""
    value = place.value.isoformat() if isinstance(place.value, datetime) else place.value
    return cursors.encode(_fingerprint(query), [int(place.lacking), value, place.workspace, place.number])


def cursor_place(query: ItemQuery) -> Place | None:
    """The place after which the page begins; `None` for the first page. Raises `MalformedError`."""
    if query.cursor is None:
        return None
    lacking, value, workspace, number = cursors.decode(
        query.cursor, _fingerprint(query), (int, str, str, int)
    )
    if query.sort.removeprefix("-") in {"created_at", "updated_at"}:
        value = _moment(value, query.cursor)
    return Place(bool(lacking), value, workspace, number)


def _fingerprint(query: ItemQuery) -> str:
    return cursors.fingerprint(
        query.sort, query.type, query.state, query.category, query.parent, query.assignee, query.q,
        [(c.field, c.op, c.value) for c in query.conditions], query.workspaces,
        query.elsewhere and query.elsewhere.workspaces,
    )  # fmt: skip


def _shape(query: ItemQuery, name: str, *, sqlite: bool) -> _Shape:
    places = "all" if query.workspaces is None else "one" if len(query.workspaces) == 1 else "some"
    elsewhere = query.elsewhere is not None and places != "all"
    return _Shape(
        places=places if not elsewhere or places != "one" else "some",
        elsewhere=elsewhere,
        sqlite=sqlite,
        type=query.type is not None,
        state=bool(query.state),
        category=bool(query.category),
        parent=query.parent is not None,
        assignee=query.assignee is not None,
        q=bool(query.q),
        operators=operators(query.conditions),
        sort=name if name in _SORTS else "field",
        descending=query.sort.startswith("-"),
        goes_on=query.cursor is not None,
        limit=query.limit,
    )


_SORTS = ("key", "created_at", "updated_at")


def _behind(shape: _Shape, after: Place | None) -> dict[str, Any]:
    """The parameters of the place after which the page begins."""
    if after is None:
        return {}
    place = {"after_workspace": after.workspace, "after_number": after.number}
    return place if shape.sort in _BY_KEY else place | {"after_value": after.value}


#: Sorts without a value before the key.
_BY_KEY = frozenset({"key", "lacking"})


def _parameters(query: ItemQuery, name: str) -> dict[str, Any]:
    parameters: dict[str, Any] = given(query.conditions)
    if query.workspaces is not None:
        parameters["workspace"] = query.workspaces[0] if query.workspaces else ""
        parameters["workspaces"] = list(query.workspaces)
    if query.parent is not None:
        ref = parse_key(query.parent)
        parameters |= {"parent_workspace": ref.workspace, "parent_number": ref.number}
    if query.q:
        parameters["q"] = contained(query.q)
    return parameters | {
        "type": query.type,
        "states": list(query.state),
        "categories": list(query.category),
        "assignee": query.assignee,
        "sort_field": name,
        **({} if query.elsewhere is None else visibility.parameters(query.elsewhere)),
    }


def _moment(text: str, cursor: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise MalformedError(f'the cursor "{cursor[:80]}" is not from this list') from error


# The statement


@lru_cache(maxsize=512)
def _page(shape: _Shape) -> Select[Any]:
    """The statement of a page of this shape: building one costs more than running it."""
    statement, sorted_by, leading = _sorted(shape)
    for criterion in _criteria(shape, leading):
        statement = statement.where(criterion)
    keys: list[Any] = [] if sorted_by is None else [sorted_by]
    after: list[Any] = [] if sorted_by is None else [bindparam("after_value", type_=sorted_by.type)]
    if shape.places != "one":
        keys.append(leading.c.workspace)
        after.append(bindparam("after_workspace", type_=items.c.workspace.type))
    keys.append(leading.c.number)
    after.append(bindparam("after_number", type_=items.c.number.type))
    if shape.goes_on:
        row, last = tuple_(*keys), tuple_(*after)
        statement = statement.where(row < last if shape.descending else row > last)
    order = [key.desc() if shape.descending else key.asc() for key in keys]
    return statement.order_by(*order).limit(literal_column(str(shape.limit + 1)))


@lru_cache(maxsize=512)
def _count(shape: _Shape) -> Select[Any]:
    """The statement that counts the items on all pages of this shape."""
    statement, _, leading = _sorted(shape)
    for criterion in _criteria(shape, leading):
        statement = statement.where(criterion)
    return statement.with_only_columns(func.count(), maintain_column_froms=True)


def _sorted(shape: _Shape) -> tuple[Select[Any], Any, Any]:
    """The statement with its sort columns, and the table whose index gives the order."""
    statement = ITEMS
    if shape.state or shape.sort == "updated_at":
        statement = statement.join(item_states, _same_item(item_states))
    if shape.sort == "field":
        by_field = item_values.alias("sorted_values")
        joined = statement.join(by_field, _same_item(by_field)).where(
            by_field.c.field == bindparam("sort_field", type_=by_field.c.field.type)
        )
        return joined.add_columns(by_field.c.value.label("sorted_by")), by_field.c.value, by_field
    if shape.sort == "updated_at":
        sorted_by = item_states.c.updated_at
        return statement.add_columns(sorted_by.label("sorted_by")), sorted_by, item_states
    leading = item_states if shape.state and shape.sort in _BY_KEY else items
    if shape.sort in _BY_KEY:
        return statement, None, leading
    return statement.add_columns(items.c.created_at.label("sorted_by")), items.c.created_at, leading


def _same_item(table: Any) -> ColumnElement[bool]:
    return and_(table.c.workspace == items.c.workspace, table.c.number == items.c.number)


def _criteria(shape: _Shape, leading: Any) -> list[ColumnElement[bool]]:
    found = _within(shape, leading)
    if shape.type:
        of_type = items if leading is not item_states else item_states
        found.append(of_type.c.type == bindparam("type", type_=items.c.type.type))
    if shape.state:
        found.append(item_states.c.state.in_(bindparam("states", expanding=True)))
    if shape.category:
        found.append(items.c.category.in_(bindparam("categories", expanding=True)))
    if shape.parent:
        found += [
            items.c.parent_workspace == bindparam("parent_workspace", type_=items.c.workspace.type),
            items.c.parent_number == bindparam("parent_number", type_=items.c.number.type),
        ]
    if shape.assignee:
        found.append(_assigned(shape))
    if shape.q:
        found.append(items.c.title.icontains(bindparam("q", type_=items.c.title.type), escape="/"))
    if shape.sort == "lacking":
        found.append(~_has_field())
    for n, op in enumerate(shape.operators):
        bounds = compared(item_values, n, op, sqlite=shape.sqlite)
        found.append(_among(_rows(shape, item_values, *bounds), shape))
    return found


def _has_field() -> ColumnElement[bool]:
    """Whether an item has a row for the field by which the list is sorted."""
    field = item_values.c.field == bindparam("sort_field", type_=item_values.c.field.type)
    return exists(select(1).select_from(item_values).where(_same_item(item_values), field).correlate(items))


def _within(shape: _Shape, leading: Any) -> list[ColumnElement[bool]]:
    workspace = bindparam("workspace", type_=items.c.workspace.type)
    if shape.places == "all":
        return []
    if shape.places == "one":
        return [items.c.workspace == workspace] + (
            [] if leading is items else [leading.c.workspace == workspace]
        )
    inside = items.c.workspace.in_(bindparam("workspaces", expanding=True))
    if not shape.elsewhere:
        return [inside]
    keys = tuple_(items.c.workspace, items.c.number)
    return [or_(inside, keys.in_(visibility.seen_elsewhere(sqlite=shape.sqlite)))]


def _rows(shape: _Shape, table: Any, *criteria: Any) -> Select[Any]:
    """The items, by number or by key, to which rows of a table lead."""
    if shape.places == "one":
        here = table.c.workspace == bindparam("workspace", type_=items.c.workspace.type)
        return select(table.c.number).where(here, *criteria)
    return select(table.c.workspace, table.c.number).where(*criteria)


def _among(rows: Any, shape: _Shape) -> ColumnElement[bool]:
    if shape.places == "one":
        return items.c.number.in_(rows)
    return _with_keys(rows, sqlite=shape.sqlite)


def _with_keys(keys: Any, *, sqlite: bool) -> ColumnElement[bool]:
    """The condition that items have keys that a query finds; see `placet.store.conditions.among`."""
    if not sqlite:
        return tuple_(items.c.workspace, items.c.number).in_(keys)
    found, here = keys.subquery("found"), items.alias("here")
    same = and_(here.c.workspace == found.c.workspace, here.c.number == found.c.number)
    rows: Any = select(literal_column("here.rowid")).select_from(found.join(here, same))
    return literal_column("items.rowid").in_(rows)


def _assigned(shape: _Shape) -> ColumnElement[bool]:
    """Items that name somebody in a field `assignee`, or in a role of the item's own."""
    actor = bindparam("assignee", type_=item_values.c.value.type)
    named = _rows(shape, item_values, item_values.c.field == "assignee", item_values.c.value == actor)
    held = _rows(shape, item_roles, item_roles.c.actor == actor)
    return _among(union(named, held), shape)


def page_of_pending(
    connection: Connection,
    workspaces: tuple[str, ...] | None,
    elsewhere: Elsewhere | None,
    read: Callable[[Any], ItemRecord],
    *,
    after: str | None,
    limit: int,
) -> Page[ItemRecord]:
    """Items on which a round is pending, in order of key."""
    of = cursors.fingerprint("pending", workspaces, elsewhere and elsewhere.workspaces)
    statement = ITEMS.join(pending_approvals, _same_item(pending_approvals))
    keys = [pending_approvals.c.workspace, pending_approvals.c.number]
    if workspaces is not None:
        inside: ColumnElement[bool] = pending_approvals.c.workspace.in_(list(workspaces))
        if elsewhere is not None:
            seen = visibility.seen_elsewhere(sqlite=connection.dialect.name == "sqlite")
            inside = or_(inside, tuple_(*keys).in_(seen.params(visibility.parameters(elsewhere))))
        statement = statement.where(inside)
    if after is not None:
        values = cursors.decode(after, of, (str, int))
        last = tuple_(*(bindparam(None, v, type_=k.type) for k, v in zip(keys, values, strict=True)))
        statement = statement.where(tuple_(*keys) > last)
    found = connection.execute(statement.order_by(*keys).limit(limit + 1)).all()
    rows = found[:limit]
    more = len(found) > limit
    cursor = cursors.encode(of, [rows[-1].workspace, rows[-1].number]) if more else None
    return Page([read(row) for row in rows], cursor)


#: The most items on which one person is shown what they are asked for.
_ASKED_ON = 200


def pending_confirmations_of(
    fetch: Fetch, actor: str, read: Callable[[Any], ItemRecord], *, sqlite: bool
) -> list[ItemRecord]:
    """Items on which a person is asked to confirm something, in order of key."""
    found = fetch(_asked_on(pending_confirmations, sqlite=sqlite), {"actor": actor})
    return [read(row) for row in found]


def pending_asks_of(
    fetch: Fetch, actor: str, read: Callable[[Any], ItemRecord], *, sqlite: bool
) -> list[ItemRecord]:
    """Items on which a person is asked to clear a check, in order of key."""
    return [read(row) for row in fetch(_asked_on(pending_asks, sqlite=sqlite), {"actor": actor})]


@cache
def _asked_on(table: Table, *, sqlite: bool) -> Select[Any]:
    actor = table.c.actor == bindparam("actor", type_=table.c.actor.type)
    keys = select(table.c.workspace, table.c.number).where(actor).distinct()
    return (
        ITEMS.where(_with_keys(keys, sqlite=sqlite))
        .order_by(items.c.workspace, items.c.number)
        .limit(literal_column(str(_ASKED_ON)))
    )


#: The numbers of items of a workspace by type and state.
STATES_IN_USE = (
    select(item_states.c.type, item_states.c.state, func.count())
    .where(item_states.c.workspace == bindparam("workspace"))
    .group_by(item_states.c.type, item_states.c.state)
    .order_by(item_states.c.type, item_states.c.state)
)
_ITEM_PLACES = select(
    union(
        *(
            select(table.c.workspace).where(table.c.actor == bindparam("actor", type_=table.c.actor.type))
            for table in (item_roles, pending_confirmations)
        )
    )
    .subquery()
    .c.workspace
)


def item_places_of(fetch: Fetch, actor: str) -> list[str]:
    """The workspaces with an item on which somebody holds a role, or is asked to confirm something."""
    return sorted(row.workspace for row in fetch(_ITEM_PLACES, {"actor": actor}))
