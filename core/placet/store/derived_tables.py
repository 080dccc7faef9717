"""Rows that follow from an item, for searches: its links, role holders and evidence, and who is asked."""

from __future__ import annotations

from typing import Any

from placet.definitions.context import ApprovalStatus, ConfirmationStatus
from placet.engine.act.input import parse_key
from placet.engine.act.questions import AskStatus
from placet.engine.act.records import ItemRecord
from placet.store.tables import (
    evidence,
    item_roles,
    links,
    pending_approvals,
    pending_asks,
    pending_confirmations,
)

#: Name of a table, rows to be removed from it, and new rows.
Step = tuple[str, list[dict[str, Any]], list[dict[str, Any]]]


#: Rows by their keys, without the item's own key, with their other columns.
_Rows = dict[tuple[Any, ...], dict[str, Any]]


def _links(record: ItemRecord) -> _Rows:
    return {
        (link_type, *parse_key(key)): {"attributes": record.attributes_of(link_type, key)}
        for link_type, keys in record.links.items()
        for key in keys
    }


def _roles(record: ItemRecord) -> _Rows:
    return {(role, actor): {} for role, actors in record.roles.items() for actor in actors}


def _evidence(record: ItemRecord) -> _Rows:
    return {(each.sha256,): {} for each in record.evidence if each.sha256 is not None}


def _pending(record: ItemRecord) -> _Rows:
    pending = any(round.status is ApprovalStatus.PENDING for round in record.approvals)
    return {(): {}} if pending else {}


def _to_confirm(record: ItemRecord) -> _Rows:
    asked = (each for each in record.confirmations if each.status is ConfirmationStatus.PENDING)
    return {(each.confirmation, each.actor): {} for each in asked}


def _asked(record: ItemRecord) -> _Rows:
    asked = (each for each in record.asks if each.status is AskStatus.PENDING)
    return {(each.check, each.actor): {} for each in asked}


#: For each table: the attributes of the item from which its rows follow, the rows, and the columns of their keys.
TABLES = (
    (links, ("links", "link_attributes"), _links, ("link_type", "target_workspace", "target_number")),
    (item_roles, ("roles",), _roles, ("role", "actor")),
    (evidence, ("evidence",), _evidence, ("sha256",)),
    (pending_approvals, ("approvals",), _pending, ()),
    (pending_confirmations, ("confirmations",), _to_confirm, ("confirmation", "actor")),
    (pending_asks, ("asks",), _asked, ("check_id", "actor")),
)


def follow(old: ItemRecord | None, new: ItemRecord) -> list[Step]:
    """The changes of searched tables from one version of an item to the next; a changed row is deleted and inserted."""
    steps: list[Step] = []
    for table, attributes, rows_of, columns in TABLES:
        if old is not None and all(getattr(old, name) is getattr(new, name) for name in attributes):
            continue
        before = {} if old is None else rows_of(old)
        after = rows_of(new)
        names = ("workspace", "number", *columns)
        gone = [
            dict(zip(names, (*_key(new), *key), strict=True))
            for key, row in sorted(before.items())
            if after.get(key) != row
        ]
        come = [
            dict(zip(names, (*_key(new), *key), strict=True)) | row
            for key, row in sorted(after.items())
            if before.get(key) != row
        ]
        if gone or come:
            steps.append((table.name, gone, come))
    return steps


def _key(record: ItemRecord) -> tuple[str, int]:
    return record.workspace, record.number
