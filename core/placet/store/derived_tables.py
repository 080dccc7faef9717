"""What follows from an item into the tables that are searched: its state, links, role holders, evidence, approvals."""

from __future__ import annotations

from typing import Any

from placet.definitions.context import ApprovalStatus
from placet.engine.act.input import parse_key
from placet.engine.act.records import ItemRecord
from placet.store.tables import evidence, item_roles, links, pending_approvals

#: Name of a table, rows that are no longer in it, and rows that are new.
Step = tuple[str, list[dict[str, Any]], list[dict[str, Any]]]


def _links(record: ItemRecord) -> set[tuple[Any, ...]]:
    return {(link_type, *parse_key(key)) for link_type, keys in record.links.items() for key in keys}


def _roles(record: ItemRecord) -> set[tuple[Any, ...]]:
    return {(role, actor) for role, actors in record.roles.items() for actor in actors}


def _evidence(record: ItemRecord) -> set[tuple[Any, ...]]:
    return {(each.sha256,) for each in record.evidence if each.sha256 is not None}


def _pending(record: ItemRecord) -> set[tuple[Any, ...]]:
    return {()} if any(round.status is ApprovalStatus.PENDING for round in record.approvals) else set()


#: What follows: its table, from which attribute of the item, its rows, and its columns besides the key.
_TABLES = (
    (links, "links", _links, ("link_type", "target_workspace", "target_number")),
    (item_roles, "roles", _roles, ("role", "actor")),
    (evidence, "evidence", _evidence, ("sha256",)),
    (pending_approvals, "approvals", _pending, ()),
)


def follow(old: ItemRecord | None, new: ItemRecord) -> list[Step]:
    """What brings the searched tables from one version of an item to the next."""
    steps: list[Step] = []
    for table, attribute, rows_of, columns in _TABLES:
        if old is not None and getattr(old, attribute) is getattr(new, attribute):
            continue
        before = set() if old is None else rows_of(old)
        after = rows_of(new)
        names = ("workspace", "number", *columns)
        gone, come = (
            [dict(zip(names, (*_key(new), *row), strict=True)) for row in sorted(rows)]
            for rows in (before - after, after - before)
        )
        if gone or come:
            steps.append((table.name, gone, come))
    return steps


def _key(record: ItemRecord) -> tuple[str, int]:
    return record.workspace, record.number
