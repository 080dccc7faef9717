"""The source of every stored column: events of the log, from which verification replays it, or a reason why not.

One table for all tables of the database. Who writes a row records its replayed columns in an event by `kept`, and who
verifies compares the same columns of the row. A test checks it against the database's schema, and another changes each
replayed column and requires that it is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Any

from placet.definitions.pointers import pointer_of
from placet.engine.act.patches import Operation


class Source(Enum):
    """The way in which a column is verified."""

    #: Replayed from events and compared.
    LOG = "log"
    #: Events have a SHA-256 of its value, as the value itself belongs nowhere else: compared by that.
    FINGERPRINT = "fingerprint"
    #: Computed again from an item that was replayed, and compared.
    ITEM = "item"
    #: Part of the log itself: of what is hashed, of its chain, or of a checkpoint.
    CHAIN = "chain"
    #: Its own hash is recomputed.
    HASH = "hash"


#: The reason why a column is not verified, or how it is.
Sources = Mapping[str, Source | str]

_LOG, _ITEM, _CHAIN = Source.LOG, Source.ITEM, Source.CHAIN
_PERSONAL = "personal data, which can be erased and is therefore not in the log"
_WORKER = "work in progress of the worker: no rule reads it, and nothing is decided by it"
_COUNTER = "a counter that makes acts start again: a wrong one costs time, or an act that is refused as busy"
_OWN = "a person's own choice of how they are notified: no act, and no rule reads it"
_COPY_OF_EVENT = "a copy of an event for one person, made from the log: no rule reads it"
_TRIES = "how often work was postponed: a wrong number lets it wait for a day at most"


def _all(names: str, source: Source | str) -> dict[str, Source | str]:
    return dict.fromkeys(names.split(), source)


#: By table and column.
SOURCES: Mapping[str, Sources] = {
    "items": {
        **_all(
            "type title state category version parent_workspace parent_number fields body created_at created_by "
            "updated_at state_since definition", _LOG,
        ),
        **_all("workspace number seq head", _CHAIN),
    },
    "item_states": _all("workspace number type state updated_at", _ITEM),
    "item_roles": _all("workspace number role actor", _ITEM),
    "item_values": _all("workspace number field value", _ITEM),
    "item_spans": _all("workspace number type length starts ends", _ITEM),
    "links": _all("workspace number link_type target_workspace target_number attributes", _ITEM),
    "evidence": _all("workspace number sha256", _ITEM),
    "pending_approvals": _all("workspace number", _ITEM),
    "pending_confirmations": _all("workspace number confirmation actor", _ITEM),
    "pending_asks": _all("workspace number check_id actor", _ITEM),
    "timers": _all("workspace number timer status due_at spent", _ITEM),
    "dues": {**_all("workspace number subject at", _ITEM), "tries": _TRIES},
    "workspaces": {
        **_all("name version configuration created_at", _LOG),
        **_all("key seq head", _CHAIN),
        "families": _COUNTER,
    },
    "proposals": _all(
        "workspace id proposed_by proposed_at expires_at version digest changes force status decided_by decided_at",
        _LOG,
    ),
    "actors": {
        **_all("id kind admin auditor created_at deactivated_at erased_at", _LOG),
        **_all("name email", _PERSONAL),
        "folded": "the database makes it of the id",
    },
    "tokens": {
        **_all("id actor scopes created_at expires_at revoked_at issued_by", _LOG),
        "digest": Source.FINGERPRINT,
        "name": _PERSONAL,
    },
    "invitations": {
        **_all("id actor created_by created_at expires_at ended_at", _LOG),
        "digest": Source.FINGERPRINT,
    },
    "delegations": _all(
        "id from_actor to_actor starts_at ends_at roles workspace created_by created_at revoked_at revoked_by", _LOG
    ),
    "webhooks": {
        **_all("id kinds workspace created_by created_at", _LOG),
        "url": Source.FINGERPRINT,
        **_all("secret former_secret former_until", "encrypted, and rotated without a trace of its value"),
        "gone_at": "an answer of the address, which the worker notes",
    },
    "installation": {
        "name": "names of notes; those with a source in the log are compared by their values",
        "value": _LOG,
    },
    "events": {
        **_all("workspace number seq id kind at actor body prev_hash hash", _CHAIN),
        "decided": "the order of acts before they are sealed; positions, which a checkpoint covers, come from it",
    },
    "event_texts": _all("workspace number seq salt document erased_at", _CHAIN),
    "positions": _all("position workspace number seq kind actor", _CHAIN),
    "unsealed": {
        "event": _CHAIN,
        "decided": "the order of acts before they are sealed",
    },
    "definitions": _all("hash document", Source.HASH),
    "definition_uses": _all("workspace hash", "who may read rules of the past: nothing is decided by it"),
    "idempotency_keys": _all("actor key request event at", "answers to repeated requests, forgotten after days"),
    "counters": _all("workspace last", "the last number given: a number that is in use cannot be given again"),
    "progress": _all("workspace type part definition after done total finished", _WORKER),
    "job_runs": _all("workspace job due_at at failure", _WORKER),
    "guards": _all("id count", _COUNTER),
    "families": _all("workspace kind type fields", _COUNTER),
    "notifications": _all("workspace event actor id number at why read_at", _COPY_OF_EVENT),
    "sendings": _all("workspace event actor channel due_at attempts sent_at error", _COPY_OF_EVENT),
    "preferences": _all("actor body", _OWN),
    "subscribers": _all("name position failures rests rests_until", _WORKER),
    "deliveries": _all(
        "workspace event subscriber id item kind position status tries run task next_at attempts created_at", _WORKER
    ),
    "workers": _all("id seen_at", _WORKER),
}  # fmt: skip


def kept(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row that events keep, each as they keep it."""
    found = {}
    for name, source in SOURCES[table].items():
        if source is Source.LOG:
            found[name] = row[name]
        elif source is Source.FINGERPRINT:
            found[name] = sha256(str(row[name]).encode()).hexdigest()
    return found


def added(table: str, row: Mapping[str, Any]) -> Operation:
    """The operation by which an event keeps a new row."""
    return {"op": "add", "path": pointer_of((table, str(row["id"]))), "value": kept(table, row)}


def noted(name: str, value: Any) -> Operation:
    """The operation by which an event keeps a note of the installation."""
    return {"op": "add", "path": pointer_of(("installation", name)), "value": value}


def removed(table: str, id: str) -> Operation:
    """The operation by which an event keeps that a row was deleted."""
    return {"op": "remove", "path": pointer_of((table, id))}


def ended_rows(table: str, ids: Iterable[str], at: datetime) -> list[Operation]:
    """The operations by which an event keeps that rows have ended."""
    ends = {"tokens": "revoked_at", "invitations": "ended_at"}[table]
    return [each for id in ids for each in set_values(table, id, **{ends: at})]


def set_values(table: str, id: str, **values: Any) -> list[Operation]:
    """The operations by which an event keeps other values of a row that exists."""
    return [
        {"op": "replace", "path": pointer_of((table, id, name)), "value": value}
        for name, value in values.items()
    ]
