"""Statements of the hot path, built once: building a statement costs more than running it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from placet.store.tables import (
    counters,
    definition_uses,
    definitions,
    dues,
    event_texts,
    events,
    families,
    guards,
    idempotency_keys,
    installation,
    item_states,
    items,
    positions,
    unsealed,
    workspaces,
)

#: Columns of an item that an act may change.
_CHANGEABLE = (
    "title", "state", "category", "version", "seq", "head", "fields", "body", "updated_at", "state_since", "definition",
)  # fmt: skip
#: The columns of an event that are stored with its position.
PLACED = ("workspace", "number", "seq", "kind", "actor")


def _bound(table: Any, name: str, prefix: str) -> BindParameter[Any]:
    return bindparam(f"{prefix}_{name}", type_=table.c[name].type)


def _with_workspace_version() -> Select[Any]:
    version = select(workspaces.c.version).where(workspaces.c.key == items.c.workspace).scalar_subquery()
    return select(items, version.label("workspace_version"))


#: The base of every query of items: all columns, and the version of the workspace's configuration.
ITEMS = _with_workspace_version()

LOAD_ITEM = ITEMS.where(
    items.c.workspace == bindparam("workspace", type_=items.c.workspace.type),
    items.c.number == bindparam("number", type_=items.c.number.type),
)

LOAD_VERSION = select(workspaces.c.version).where(
    workspaces.c.key == bindparam("key", type_=workspaces.c.key.type)
)

LOAD_VERSIONS = select(workspaces.c.key, workspaces.c.version).order_by(workspaces.c.key)

LOAD_WORKSPACE = select(workspaces).where(workspaces.c.key == bindparam("key", type_=workspaces.c.key.type))

#: A note of the installation.
LOAD_NOTE = select(installation.c.value).where(
    installation.c.name == bindparam("name", type_=installation.c.name.type)
)

#: The counter of a workspace's families of searches, and the families themselves, with those of all workspaces.
LOAD_FAMILY_COUNTER = select(workspaces.c.families).where(
    workspaces.c.key == bindparam("workspace", type_=workspaces.c.key.type)
)
LOAD_FAMILIES = select(families).where(
    or_(
        families.c.workspace == bindparam("workspace", type_=families.c.workspace.type),
        families.c.workspace == "",
    )
)
#: The workspaces in which families are registered: all, or those with some keys; then their counters are raised.
LOAD_KEYS = select(workspaces.c.key).order_by(workspaces.c.key)
LOAD_SOME_KEYS = LOAD_KEYS.where(workspaces.c.key.in_(bindparam("keys", expanding=True)))
RAISE_FAMILY_COUNTERS = (
    update(workspaces)
    .where(workspaces.c.key.in_(bindparam("keys", expanding=True)))
    .values(families=workspaces.c.families + 1)
)

#: Counters by their ids.
LOAD_COUNTS = select(guards.c.id, guards.c.count.label("count_")).where(
    guards.c.id.in_(bindparam("ids", expanding=True))
)

#: The event of an idempotency key.
LOAD_ANSWERED = select(idempotency_keys).where(
    idempotency_keys.c.actor == bindparam("actor", type_=idempotency_keys.c.actor.type),
    idempotency_keys.c.key == bindparam("key", type_=idempotency_keys.c.key.type),
)


def _update() -> Update:
    return (
        update(items)
        .where(
            items.c.workspace == _bound(items, "workspace", "i"),
            items.c.number == _bound(items, "number", "i"),
        )
        .values({name: _bound(items, name, "i") for name in _CHANGEABLE})
    )


#: Change an item that was compared.
UPDATE_ITEM = _update()

#: Postpone due work, unless it was done or postponed meanwhile.
POSTPONE = (
    update(dues)
    .where(*(dues.c[name] == _bound(dues, name, "d") for name in ("workspace", "number", "subject", "tries")))
    .where(dues.c.at == bindparam("d_was", type_=dues.c.at.type))
    .values(at=_bound(dues, "at", "d"), tries=dues.c.tries + 1)
)

#: A workspace's rules, changed by an act whose commit has compared their version.
CONFIGURE: Update = (
    update(workspaces)
    .where(workspaces.c.key == _bound(workspaces, "key", "w"))
    .values({n: _bound(workspaces, n, "w") for n in ("name", "version", "configuration", "seq", "head")})
)

#: The item's state, for searches; an item has one such row, which is updated in place.
UPDATE_STATE: Update = (
    update(item_states)
    .where(
        item_states.c.workspace == _bound(items, "workspace", "i"),
        item_states.c.number == _bound(items, "number", "i"),
    )
    .values({name: _bound(items, name, "i") for name in ("state", "updated_at")})
)

INSERT_EVENT: Insert = insert(events)
INSERT_TEXT: Insert = insert(event_texts)
#: On SQLite, with prefixed values: first the event's position, which SQLite assigns, then the event with that number.
PLACE_EVENT: Insert = insert(positions).values(
    {"position": null()} | {name: _bound(positions, name, "e") for name in PLACED}
)
RECORD_EVENT: Insert = insert(events).values(
    {column.name: _bound(events, column.name, "e") for column in events.c if column.name != "decided"}
    | {
        "decided": select(positions.c.position)
        .where(
            *(positions.c[name] == _bound(positions, name, "e") for name in ("workspace", "number", "seq"))
        )
        .scalar_subquery()
    }
)
#: The mark beside an inserted event, on PostgreSQL.
MARK_UNSEALED: Insert = insert(unsealed).from_select(
    ["decided", "event"],
    select(events.c.decided, events.c.id).where(events.c.id == bindparam("event", type_=events.c.id.type)),
)


def _next_number(insert: Callable[[Table], Any]) -> Any:
    return (
        insert(counters)
        .on_conflict_do_update(index_elements=[counters.c.workspace], set_={"last": counters.c.last + 1})
        .returning(counters.c.last)
    )


LAST_NUMBER = select(counters.c.last).where(
    counters.c.workspace == bindparam("workspace", type_=counters.c.workspace.type)
)
#: The next number of a workspace, by dialect. Its commit waits for no disk: that of the item that has it brings both
#: there, and a number that is lost when the machine fails was not used. On SQLite its caller sees to that.
NEXT_NUMBER = {
    "sqlite": _next_number(sqlite_insert),
    "postgresql": _next_number(postgresql_insert).returning(
        func.set_config("synchronous_commit", "off", literal_column("true"))
    ),
}


def _unless_there(table: Table) -> dict[str, Any]:
    return {
        "sqlite": sqlite_insert(table).on_conflict_do_nothing(),
        "postgresql": postgresql_insert(table).on_conflict_do_nothing(),
    }


#: Store a definition, and its use in a workspace, by dialect.
DEFINE = _unless_there(definitions)
USE_DEFINITION = _unless_there(definition_uses)


def prefixed(prefix: str, values: dict[str, Any]) -> dict[str, Any]:
    """Values under the names of their bound parameters."""
    return {f"{prefix}_{name}": value for name, value in values.items()}


def insert_into(connection: Connection, table: Table) -> Any:
    """An insert for which a conflict with an existing row can be handled."""
    return (sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert)(table)


def insert_or_ignore(connection: Connection, table: Table) -> Any:
    """An insert that leaves an existing row unchanged."""
    return insert_into(connection, table).on_conflict_do_nothing()
