"""Statements of the hot path, built once: building one costs more than running it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Insert,
    Select,
    Update,
    bindparam,
    exists,
    insert,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.types import NullType

from placet.store.tables import answers, events, item_states, items, positions, unsealed, workspaces

#: Columns of an item that an act may change.
_CHANGEABLE = (
    "title", "state", "category", "version", "seq", "head", "fields", "body", "updated_at", "state_since", "definition",
)  # fmt: skip
_EVENT = ("workspace", "number", "seq", "id", "kind", "at", "actor", "body", "prev_hash", "hash")
#: What a position tells of its event.
PLACED = ("workspace", "number", "seq", "kind", "actor")
_ANSWER = ("key", "request", "status", "body", "created_at")


def _bound(table: Any, name: str, prefix: str) -> BindParameter[Any]:
    return bindparam(f"{prefix}_{name}", type_=table.c[name].type)


def _with_workspace_version() -> Select[Any]:
    version = select(workspaces.c.version).where(workspaces.c.key == items.c.workspace).scalar_subquery()
    return select(items, version.label("workspace_version"))


#: Every query of items starts with it: all columns, and the version of the workspace's configuration.
ITEMS = _with_workspace_version()

LOAD_ITEM = ITEMS.where(
    items.c.workspace == bindparam("workspace", type_=items.c.workspace.type),
    items.c.number == bindparam("number", type_=items.c.number.type),
)


#: Where PostgreSQL keeps the row itself.
_PLACE: ColumnElement[Any] = literal_column("items.ctid", NullType())
#: The same with the row's place.
LOAD_ITEM_PLACED = LOAD_ITEM.add_columns(_PLACE.label("place"))


def _update() -> Update:
    return (
        update(items)
        .where(
            items.c.workspace == _bound(items, "workspace", "i"),
            items.c.number == _bound(items, "number", "i"),
            items.c.seq == bindparam("old_seq", type_=items.c.seq.type),
        )
        .values({name: _bound(items, name, "i") for name in _CHANGEABLE})
    )


#: Compare and set: it changes one row, or somebody was faster.
UPDATE_ITEM = _update()

#: Where the item stands, for those who search; an item has one row of this, written in place.
UPDATE_STATE: Update = (
    update(item_states)
    .where(
        item_states.c.workspace == _bound(items, "workspace", "i"),
        item_states.c.number == _bound(items, "number", "i"),
    )
    .values({name: _bound(items, name, "i") for name in ("state", "updated_at")})
)


def _in_one(*, with_answer: bool, placed: bool = False) -> Executable:
    """The item, its marked event and the answer in one statement, atomic by itself; empty if somebody was faster.

    `placed` finds the row by its place. Found by key, SERIALIZABLE counts the whole page of the index as read, into
    which neighbours' moves write: every fifth move among 160 neighbours had to start again.
    """
    as_read = exists(
        select(literal_column("1")).where(
            workspaces.c.key == _bound(items, "workspace", "i"),
            workspaces.c.version == bindparam("workspace_version", type_=workspaces.c.version.type),
        )
    )
    update_item = _update().where(as_read)
    if placed:
        update_item = update_item.where(bindparam("place", type_=NullType()) == _PLACE)
    moved = update_item.returning(items.c.seq).cte("moved")
    recorded = (
        insert(events)
        .from_select(list(_EVENT), select(*(_bound(events, name, "e") for name in _EVENT)).select_from(moved))
        .returning(events.c.id)
        .cte("recorded")
    )
    marked = insert(unsealed).from_select(["event"], select(recorded.c.id)).cte("marked")
    found = UPDATE_STATE.where(exists(select(moved.c.seq))).cte("found")
    whole = select(moved.c.seq).add_cte(recorded, marked, found)
    if with_answer:
        answered = (
            insert(answers)
            .from_select(
                list(_ANSWER), select(*(_bound(answers, name, "a") for name in _ANSWER)).select_from(moved)
            )
            .returning(answers.c.status)
            .cte("answered")
        )
        whole = whole.add_cte(answered)
    return whole


MOVE_IN_ONE = _in_one(with_answer=False)
MOVE_IN_ONE_ANSWERED = _in_one(with_answer=True)
MOVE_PLACED = _in_one(with_answer=False, placed=True)
MOVE_PLACED_ANSWERED = _in_one(with_answer=True, placed=True)

INSERT_EVENT: Insert = insert(events)
#: SQLite gives the next position by itself.
INSERT_POSITION: Insert = insert(positions).values(position=null())
MARK_UNSEALED: Insert = insert(unsealed)
INSERT_ANSWER: Insert = insert(answers)

#: Beside `UPDATE_ITEM` with its parameters, where writers come one by one: an event, its position, and an answer.
RECORD_EVENT: Insert = INSERT_EVENT.values({name: _bound(events, name, "e") for name in _EVENT})
RECORD_POSITION: Insert = INSERT_POSITION.values({name: _bound(events, name, "e") for name in PLACED})
RECORD_ANSWER: Insert = insert(answers).values({name: _bound(answers, name, "a") for name in _ANSWER})


def prefixed(prefix: str, values: dict[str, Any]) -> dict[str, Any]:
    """Values under the names of their bound parameters."""
    return {f"{prefix}_{name}": value for name, value in values.items()}
