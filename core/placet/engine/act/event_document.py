"""The public document of an event."""

from __future__ import annotations

from typing import Any

import orjson

from placet.engine.act.patches import BECAME
from placet.engine.act.records import EventRecord

#: Members that every event has, whatever its kind.
_MEMBERS = (
    "on_behalf_of", "caused_by", "transition", "from_state", "to_state", "comment", "definition",
    "workspace_version",
)  # fmt: skip


def shown(event: EventRecord) -> dict[str, Any]:
    """The members of an event that readers see."""
    return {name: value for name, value in event.data.items() if name != BECAME}


def event_document(event: EventRecord) -> dict[str, Any]:
    """The public document of an event, in JSON values: for the API, webhooks and the hook `placet_event`.

    The members that every event has come first, then those of its kind. Changes of the item beyond these are for
    verification, and only in the body.
    """
    data = shown(event)
    inside = f"/{BECAME}/"
    return {
        **{name: data.get(name) for name in _MEMBERS},
        "roles": [],
        "changes": {},
        **data,
        "at": orjson.dumps(event.at, option=orjson.OPT_UTC_Z).decode().strip('"'),
        "erased": [place for place in event.erased if not place.startswith(inside)],
        "prev_hash": event.prev_hash,
        "hash": event.hash,
    }
