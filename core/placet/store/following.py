"""What follows from an item into the tables that are searched: its state, links, role holders, evidence, approvals."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, insert

from placet.definitions.context import ApprovalStatus
from placet.engine.input import parse_key
from placet.engine.records import ItemRecord
from placet.store.statements import UPDATE_STATE, prefixed
from placet.store.tables import evidence, item_roles, item_states, links, pending_approvals

Step = tuple[Any, list[dict[str, Any]]]


def _links(record: ItemRecord) -> set[tuple[Any, ...]]:
    return {(link_type, *parse_key(key)) for link_type, keys in record.links.items() for key in keys}


def _roles(record: ItemRecord) -> set[tuple[Any, ...]]:
    return {(role, actor) for role, actors in record.roles.items() for actor in actors}


def _evidence(record: ItemRecord) -> set[tuple[Any, ...]]:
    return {(each.sha256,) for each in record.evidence if each.sha256 is not None}


def _pending(record: ItemRecord) -> set[tuple[Any, ...]]:
    return {()} if any(round.status is ApprovalStatus.PENDING for round in record.approvals) else set()


def _delete(table: Table, columns: tuple[str, ...]) -> Any:
    names = ("workspace", "number", *columns)
    return delete(table).where(
        and_(*(table.c[n] == bindparam(f"b_{n}", type_=table.c[n].type) for n in names))
    )


#: (what follows, from which attribute of the item, its rows, columns besides the key, how to add, how to take away)
_TABLES = tuple(
    (attribute, rows_of, columns, insert(table), _delete(table, columns))
    for table, attribute, rows_of, columns in (
        (links, "links", _links, ("link_type", "target_workspace", "target_number")),
        (item_roles, "roles", _roles, ("role", "actor")),
        (evidence, "evidence", _evidence, ("sha256",)),
        (pending_approvals, "approvals", _pending, ()),
    )
)


_STAND = insert(item_states)


def _state(old: ItemRecord | None, new: ItemRecord) -> list[Step]:
    stands: dict[str, Any] = {"state": new.state, "updated_at": new.updated_at}
    if old is None:
        return [(_STAND, [{"workspace": new.workspace, "number": new.number, "type": new.type, **stands}])]
    if (old.state, old.updated_at) == (new.state, new.updated_at):
        return []
    row = prefixed("i", {"workspace": new.workspace, "number": new.number, **stands})
    return [(UPDATE_STATE, [row])]


def only_moved(old: ItemRecord, new: ItemRecord) -> bool:
    """Whether nothing that is searched has changed but where the item stands."""
    return len(follow(old, new)) == len(_state(old, new))


def follow(old: ItemRecord | None, new: ItemRecord) -> list[Step]:
    """The statements that bring the searched tables from one version of an item to the next."""
    steps = _state(old, new)
    for attribute, rows_of, columns, add, take in _TABLES:
        if old is not None and getattr(old, attribute) is getattr(new, attribute):
            continue
        before = set() if old is None else rows_of(old)
        after = rows_of(new)
        gone, come = before - after, after - before
        if gone:
            names = ("b_workspace", "b_number", *(f"b_{column}" for column in columns))
            steps.append((take, [dict(zip(names, (*_key(new), *row), strict=True)) for row in sorted(gone)]))
        if come:
            names = ("workspace", "number", *columns)
            steps.append((add, [dict(zip(names, (*_key(new), *row), strict=True)) for row in sorted(come)]))
    return steps


def _key(record: ItemRecord) -> tuple[str, int]:
    return record.workspace, record.number
