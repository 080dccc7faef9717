"""Text that people typed in an event, kept apart from it: it can be erased, and the chain stays valid.

The body of an event, which is hashed, holds ids, states, moments and figures. Text that people type may name people:
comments, titles, names and addresses of evidence, reasons of waivers, and the values of fields for free text. It is
removed from the body, which keeps the place of each text and a salted digest of all of them. The texts are one JSON
document beside the body, by place (a JSON pointer, RFC 6901). `placet.engine.act.redaction` says which texts these are.

Reasons and rejected alternatives: `docs/decisions/0007-the-form-of-an-event.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from placet.definitions.pointers import steps
from placet.engine.act.records import EventText

#: The member of a body that represents its texts: their digest, and their places.
MEMBER = "text"
_NOTHING = object()


def digest(text: EventText) -> str:
    """The SHA-256, in hex, of the salt, a line feed, and the document."""
    return sha256(f"{text.salt}\n{text.document}".encode()).hexdigest()


def places_of(body: str) -> list[str]:
    """The places of an event's texts, as its body lists them."""
    places: list[str] = orjson.loads(body).get(MEMBER, {}).get("of", [])
    return places


def put_back(content: dict[str, Any], text: EventText | None) -> tuple[str, ...]:
    """Put the texts back in their places; returns the places of erased texts.

    It does not trust its arguments: verification uses it to read events that somebody may have tampered with.
    """
    member = content.pop(MEMBER, None)
    places = member.get("of") if isinstance(member, dict) else None
    texts = _read(text.document) if text is not None and text.document is not None else None
    if not isinstance(places, list):
        return ()
    if texts is None:
        return tuple(str(place) for place in places)
    for place, value in texts.items():
        _put(content, place, value)
    return ()


def filled(content: dict[str, Any], text: EventText | None, erased: Any) -> None:
    """Put the texts back in their places, and `erased` in those of texts that are erased."""
    for place in put_back(content, text):
        _put(content, place, erased)


def _read(document: str) -> dict[str, Any]:
    try:
        found = orjson.loads(document)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _put(content: Any, place: str, value: Any) -> None:
    """Put a value in its place, if that exists."""
    path = steps(place)
    for step in path[:-1]:
        content = _at(content, step)
    if not path or _at(content, path[-1], _NOTHING) is _NOTHING:
        return
    if isinstance(content, dict):
        content[path[-1]] = value
    else:
        content[int(path[-1])] = value


def _at(content: Any, step: str, otherwise: Any = None) -> Any:
    if isinstance(content, dict):
        return content.get(step, otherwise)
    if isinstance(content, list) and step.isdecimal() and int(step) < len(content):
        return content[int(step)]
    return otherwise


def fault_of(member: Any, text: EventText | None) -> str | None:
    """The fault of an event's text, compared with its body; an erased text has none."""
    if member is None:
        return None if text is None else "a text lies beside it that was not hashed"
    if text is None:
        return "its text is gone, and nobody erased it"
    if text.erased_at is not None and text.salt is None and text.document is None:
        return None
    if not isinstance(member, Mapping) or digest(text) != member.get("digest"):
        return "its text is not what was hashed"
    return None
