"""Events and their chain: every event of an item carries the hash of the one before it.

The hash is SHA-256 over the previous hash (hex, empty for the first), a line feed, and the body: the event as JSON in
UTF-8 with sorted keys and no blanks, stored exactly as hashed. Text that people typed is not in the body; its salted
digest is (`placet.engine.act.texts`). `docs/events.md` specifies the form, with a program that recomputes a chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
import uuid_utils

from placet.definitions.wording import AS_KEPT, Wording
from placet.engine.act import messages, redaction, texts
from placet.engine.act.people import InstallationRecord, WorkspaceRecord
from placet.engine.act.records import EventRecord, EventText, ItemRecord

#: The JSON form of a body.
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


#: Values of members that are left out of an event.
_NOTHING: tuple[Any, ...] = (None, "", [], {}, ())


def new_id() -> str:
    """A UUIDv7: unique, and sorted by time."""
    return str(uuid_utils.uuid7())


def chained(prev_hash: str, body: str) -> str:
    """The hash of an event whose predecessor has `prev_hash`."""
    return sha256(f"{prev_hash}\n{body}".encode()).hexdigest()


def make_event(
    subject: ItemRecord | WorkspaceRecord | InstallationRecord,
    kind: str,
    at: datetime,
    actor: str,
    data: Mapping[str, Any],
    *,
    id: str | None = None,
    free_text: frozenset[str] = frozenset(),
) -> EventRecord:
    """The next event of a history, without empty members; `free_text` names fields that can be erased."""
    number = subject.number if isinstance(subject, ItemRecord) else 0
    workspace = subject.workspace if isinstance(subject, ItemRecord) else subject.key
    id, seq = id or new_id(), subject.seq + 1
    content = {
        "id": id,
        "item": subject.key,
        "seq": seq,
        "kind": kind,
        "at": at,
        "actor": actor,
        **{name: value for name, value in data.items() if value not in _NOTHING},
    }
    whole = orjson.dumps(content, option=_CANONICAL)
    hashed = orjson.loads(whole)
    text = redaction.redacted(hashed, subject, free_text)
    body = (whole if text is None else orjson.dumps(hashed, option=_CANONICAL)).decode()
    shown = hashed if text is None else orjson.loads(whole)
    messages.render(shown)
    return EventRecord(
        id=id,
        workspace=workspace,
        number=number,
        seq=seq,
        kind=kind,
        at=at,
        actor=actor,
        prev_hash=subject.head,
        hash=chained(subject.head, body),
        body=body,
        data=shown,
        text=text,
    )


def read(
    body: str, text: EventText | None, wording: Wording = AS_KEPT
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The data of a body with its texts and its rendered sentences, and the places of erased texts.

    A body that somebody tampered with can be read too, so that verification can report it.
    """
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}, ()
    if not isinstance(data, dict):
        return {}, ()
    erased = texts.put_back(data, text)
    messages.render(data, wording)
    return data, erased


def reworded(event: EventRecord, wording: Wording) -> EventRecord:
    """An event with its sentences rendered anew, with names and titles as they are now."""
    if not any(event.data.get(name) for name in messages.WORDED):
        return event
    return replace(event, data=read(event.body, event.text, wording)[0])


def examined(event: EventRecord, last_seq: int, last_hash: str) -> tuple[str | None, dict[str, Any]]:
    """The fault of an event, after the one before it, and the content of its body; an event as written has no fault."""
    if event.seq != last_seq + 1:
        return f"number {last_seq + 1} is missing: {event.seq} follows {last_seq}", {}
    if event.prev_hash != last_hash:
        return "it does not follow from the event before it", {}
    if event.hash != chained(event.prev_hash, event.body):
        return "its content is not what was hashed", {}
    try:
        kept = orjson.loads(event.body)
    except orjson.JSONDecodeError:
        kept = None
    if not isinstance(kept, dict):
        return "its content is not an event", {}
    return texts.fault_of(kept.get(texts.MEMBER), event.text) or _misplaced(event, kept), kept


def _misplaced(event: EventRecord, kept: Mapping[str, Any]) -> str | None:
    shown = {
        "id": event.id,
        "item": event.key,
        "seq": event.seq,
        "kind": event.kind,
        "actor": event.actor,
    }
    wrong = [name for name, value in shown.items() if kept.get(name) != value]
    if _moment(kept.get("at")) != event.at:
        wrong.append("at")
    return f"its columns differ from its body: {', '.join(wrong)}" if wrong else None


def _moment(written: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except (TypeError, ValueError):
        return None
