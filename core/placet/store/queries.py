"""Queries of items: children, links, indexed search, and pages by keyset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    true,
    tuple_,
)

from placet.engine.input import parse_key
from placet.engine.ports import Condition, ItemQuery, Page
from placet.engine.records import ItemRecord, ItemRef
from placet.engine.sorting import sortable
from placet.errors import MalformedError
from placet.store import cursors
from placet.store.statements import ITEMS
from placet.store.tables import evidence, item_roles, item_values, items, links, pending_approvals


def _same_item(table: Any) -> ColumnElement[bool]:
    return and_(table.c.workspace == items.c.workspace, table.c.number == items.c.number)


def children(ref: ItemRef, type: str | None) -> tuple[Select[Any], dict[str, Any]]:
    """Items below another, in order of key."""
    parameters = {"workspace": ref.workspace, "number": ref.number}
    return (_CHILDREN, parameters) if type is None else (_CHILDREN_OF_TYPE, parameters | {"type": type})


_CHILDREN = ITEMS.where(
    items.c.parent_workspace == bindparam("workspace"), items.c.parent_number == bindparam("number")
).order_by(items.c.workspace, items.c.number)
_CHILDREN_OF_TYPE = _CHILDREN.where(items.c.type == bindparam("type"))


def linking(link_type: str, ref: ItemRef) -> tuple[Select[Any], dict[str, Any]]:
    """Items with a link of a type to another."""
    return _LINKING, {"workspace": ref.workspace, "number": ref.number, "link_type": link_type}


_LINKING = (
    ITEMS.join(links, _same_item(links))
    .where(
        links.c.target_workspace == bindparam("workspace"),
        links.c.target_number == bindparam("number"),
        links.c.link_type == bindparam("link_type"),
    )
    .order_by(items.c.workspace, items.c.number)
)


def evidence_holders(sha256: str) -> Select[Any]:
    """Items that hold bytes."""
    return (
        ITEMS.join(evidence, _same_item(evidence))
        .where(evidence.c.sha256 == sha256)
        .order_by(items.c.workspace, items.c.number)
    )


def search(
    workspace: str, type: str, states: Sequence[str], where: Sequence[Condition]
) -> tuple[Select[Any], dict[str, Any]]:
    """A workspace's items of a type by state and indexed fields. Index scans only: others wait for what it reads."""
    parameters: dict[str, Any] = {"workspace": workspace, "type": type}
    parameters |= {f"state_{n}": state for n, state in enumerate(states)}
    for n, condition in enumerate(where):
        parameters |= {f"search_field_{n}": condition.field, f"search_value_{n}": sortable(condition.value)}
    return _search_by(len(states), tuple(condition.op for condition in where)), parameters


@lru_cache(maxsize=256)
def _search_by(states: int, operators: tuple[str, ...]) -> Select[Any]:
    """The statement of a search of this shape: building one costs more than running it."""
    statement = ITEMS.where(items.c.workspace == bindparam("workspace"), items.c.type == bindparam("type"))
    if states:
        wanted: list[BindParameter[Any]] = [bindparam(f"state_{n}") for n in range(states)]
        statement = statement.where(items.c.state.in_(wanted))
    for n, op in enumerate(operators):
        values = item_values.alias()
        field: BindParameter[Any] = bindparam(f"search_field_{n}")
        value: BindParameter[Any] = bindparam(f"search_value_{n}", type_=item_values.c.value.type)
        statement = statement.where(
            exists(
                select(1).where(
                    _same_item(values), values.c.field == field, _COMPARED[op](values.c.value, value)
                )
            )
        )
    return statement.order_by(items.c.number)


#: A missing value is the empty text: it is less than nothing.
_COMPARED: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "eq": lambda column, value: column == value,
    "has": lambda column, value: column == value,
    "lt": lambda column, value: and_(column < value, column != ""),
    "le": lambda column, value: and_(column <= value, column != ""),
    "gt": lambda column, value: column > value,
    "ge": lambda column, value: column >= value,
}


def _holds(condition: Condition) -> ColumnElement[bool]:
    # An alias, because the list may be sorted by the same table.
    values = item_values.alias()
    compared = _COMPARED[condition.op](values.c.value, sortable(condition.value))
    return exists(select(1).where(_same_item(values), values.c.field == condition.field, compared))


# Pages


def page_of_items(
    connection: Connection, query: ItemQuery, read: Callable[[Any], ItemRecord]
) -> Page[ItemRecord]:
    """A page by keyset: no count, no offset."""
    descending = query.sort.startswith("-")
    name = query.sort.removeprefix("-")
    statement, sorted_by = _sorted(_filtered(query), name)
    keys: list[Any] = [*([sorted_by] if sorted_by is not None else []), items.c.workspace, items.c.number]
    of = cursors.fingerprint(
        query.sort, query.type, query.state, query.category, query.parent, query.assignee, query.q,
        [(c.field, c.op, c.value) for c in query.conditions], query.workspaces,
    )  # fmt: skip
    if query.cursor is not None:
        types: tuple[type, ...] = (*((str,) if sorted_by is not None else ()), str, int)
        behind = cursors.decode(query.cursor, of, types)
        if name in {"created_at", "updated_at"}:
            behind[0] = _moment(behind[0], query.cursor)
        row, last = tuple_(*keys), tuple_(*(_typed(k, v) for k, v in zip(keys, behind, strict=True)))
        statement = statement.where(row < last if descending else row > last)
    order = [key.desc() if descending else key.asc() for key in keys]
    found = connection.execute(statement.order_by(*order).limit(query.limit + 1)).all()
    rows = found[: query.limit]
    cursor = None
    if len(found) > query.limit:
        last_row = rows[-1]
        value = [] if sorted_by is None else [_text(last_row.sorted_by)]
        cursor = cursors.encode(of, [*value, last_row.workspace, last_row.number])
    return Page([read(row) for row in rows], cursor)


def _typed(key: Any, value: Any) -> Any:
    return literal(value, type_=key.type)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _moment(text: str, cursor: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise MalformedError(f'the cursor "{cursor[:80]}" is not from this list') from error


def _sorted(statement: Select[Any], name: str) -> tuple[Select[Any], Any]:
    if name == "key":
        return statement, None
    if name in {"created_at", "updated_at"}:
        return statement.add_columns(items.c[name].label("sorted_by")), items.c[name]
    joined = statement.join(item_values, and_(_same_item(item_values), item_values.c.field == name))
    return joined.add_columns(item_values.c.value.label("sorted_by")), item_values.c.value


def _filtered(query: ItemQuery) -> Select[Any]:
    statement = ITEMS.where(_within(query))
    if query.type is not None:
        statement = statement.where(items.c.type == query.type)
    if query.state:
        statement = statement.where(items.c.state.in_(list(query.state)))
    if query.category:
        statement = statement.where(items.c.category.in_(list(query.category)))
    if query.parent is not None:
        ref = parse_key(query.parent)
        statement = statement.where(
            items.c.parent_workspace == ref.workspace, items.c.parent_number == ref.number
        )
    if query.assignee is not None:
        statement = statement.where(_assigned(query.assignee))
    if query.q:
        statement = statement.where(items.c.title.icontains(query.q, autoescape=True))
    for condition in query.conditions:
        statement = statement.where(_holds(condition))
    return statement


def _within(query: ItemQuery) -> ColumnElement[bool]:
    if query.workspaces is None:
        return true()
    # One workspace is by far the most common, and an equality lets the index give the order too.
    inside = (
        items.c.workspace == query.workspaces[0]
        if len(query.workspaces) == 1
        else items.c.workspace.in_(list(query.workspaces))
    )
    if query.or_held_by is None:
        return inside
    held = exists(select(1).where(_same_item(item_roles), item_roles.c.actor == query.or_held_by))
    return or_(inside, held)


def _assigned(actor: str) -> ColumnElement[bool]:
    """Items that name somebody in a field `assignee`, or in a role of the item's own."""
    values = item_values.alias()
    named = select(1).where(_same_item(values), values.c.field == "assignee", values.c.value == actor)
    held = select(1).where(_same_item(item_roles), item_roles.c.actor == actor)
    return or_(exists(named), exists(held))


def page_of_pending(
    connection: Connection,
    workspaces: tuple[str, ...] | None,
    after: str | None,
    limit: int,
    read: Callable[[Any], ItemRecord],
) -> Page[ItemRecord]:
    """Items on which a round is pending, in order of key."""
    of = cursors.fingerprint("pending", workspaces)
    statement = ITEMS.join(pending_approvals, _same_item(pending_approvals))
    if workspaces is not None:
        statement = statement.where(pending_approvals.c.workspace.in_(list(workspaces)))
    keys = [pending_approvals.c.workspace, pending_approvals.c.number]
    if after is not None:
        behind = cursors.decode(after, of, (str, int))
        last = tuple_(*(_typed(k, v) for k, v in zip(keys, behind, strict=True)))
        statement = statement.where(tuple_(*keys) > last)
    found = connection.execute(statement.order_by(*keys).limit(limit + 1)).all()
    rows = found[:limit]
    more = len(found) > limit
    cursor = cursors.encode(of, [rows[-1].workspace, rows[-1].number]) if more else None
    return Page([read(row) for row in rows], cursor)
