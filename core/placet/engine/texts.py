"""What people typed in an event, kept apart from it so that it can be erased and the chain still holds.

The body of an event, which is hashed, holds ids, states, moments and figures. What somebody typed freely may name
people: comments, titles, names and addresses of evidence, reasons of waivers, and the values of fields for free text.
Each of these is taken out of the body, which keeps its place and a salted digest of all of them. The texts are one
JSON document beside it, by place (a JSON pointer, RFC 6901).

Why so, and what was turned down: `docs/decisions/0007-the-form-of-an-event.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from secrets import token_hex
from typing import Any

import orjson

from placet.definitions.items import Fields, json_schema
from placet.engine.input import marked_fields
from placet.engine.records import EventText, ItemRecord, WorkspaceRecord

Path = tuple[str | int, ...]

#: Where an event of any kind may have a text.
_PLACES = (
    ("comment",),
    ("title",),
    ("evidence", "name"),
    ("evidence", "url"),
    ("waiver", "reason"),
    ("waiver", "comment"),
    ("waiver", "review"),
)
#: The member of a body that stands for its texts: their digest, and their places.
MEMBER = "text"
#: What checks give and looks like it is an id, a key, a number or a moment. Everything else may have been typed, and so
#: may that be, if it is what somebody typed on the item.
_ID = re.compile(r"[A-Za-z0-9_.:+-]{0,80}")
#: Bytes of a salt: as many as make guessing hopeless.
_SALT = 16


_NOTHING = object()


def digest(text: EventText) -> str:
    """SHA-256, in hex, of the salt, a line feed, and the document."""
    return sha256(f"{text.salt}\n{text.document}".encode()).hexdigest()


@lru_cache(maxsize=1024)
def free_text(fields: type[Fields]) -> frozenset[str]:
    """The fields that hold what people type: text with no pattern and no list of values, which refers to nothing.

    A field that holds such text somewhere within counts as a whole.
    """
    schema = json_schema(fields)
    closed = {name for name, _ in marked_fields(fields)}
    definitions = schema.get("$defs", {})
    properties = schema.get("properties", {})
    return frozenset(n for n, each in properties.items() if n not in closed and _typed(each, definitions, ()))


def _typed(schema: Any, definitions: Mapping[str, Any], within: tuple[str, ...]) -> bool:
    if isinstance(schema, list):
        return any(_typed(each, definitions, within) for each in schema)
    if not isinstance(schema, Mapping):
        return False
    reference = schema.get("$ref")
    if reference is not None:
        name = reference.rpartition("/")[2]
        return name not in within and _typed(definitions[name], definitions, (*within, name))
    if schema.get("type") == "string":
        return not schema.keys() & {"enum", "const", "format", "pattern"}
    parts = [*schema.get("properties", {}).values()]
    parts += [schema[name] for name in ("anyOf", "allOf", "oneOf", "items", "prefixItems", "additionalProperties")
              if name in schema]  # fmt: skip
    return _typed(parts, definitions, within)


def taken_out(
    content: dict[str, Any], subject: ItemRecord | WorkspaceRecord, fields: frozenset[str]
) -> EventText | None:
    """Take what people typed out of an event's content, which is as JSON knows it; null and the digest stay.

    Args:
        content: changed in place.
        subject: what the event is about.
        fields: names of its fields for free text.
    """
    texts: dict[str, Any] = {}
    for path in _places(content, subject, fields):
        holder = _holder(content, path)
        if holder is not None and holder[path[-1]] not in (None, "", []):
            texts[pointer(path)] = holder[path[-1]]
            holder[path[-1]] = None
    if not texts:
        return None
    text = EventText(token_hex(_SALT), orjson.dumps(texts, option=orjson.OPT_SORT_KEYS).decode())
    content[MEMBER] = {"digest": digest(text), "of": sorted(texts)}
    return text


def _places(
    content: Mapping[str, Any], subject: ItemRecord | WorkspaceRecord, fields: frozenset[str]
) -> Iterator[Path]:
    yield from _PLACES
    for name in content.get("changes", ()):
        if name in fields or name == "title":
            yield "changes", name, 0
            yield "changes", name, 1
    found = list(_given(content))
    if found:
        typed = {*_strings([content.get("comment"), content.get("changes")]), *_typed_on(subject, fields)}
        for path, value in found:
            if any(not _ID.fullmatch(each) or each in typed for each in _strings(value)):
                yield path


def _given(content: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Values that plugins give and nobody vouches for: what checks read, figures of messages, whole sentences."""
    for approval, reason in content.get("voided", {}).items():
        yield from ((("voided", approval, "params", n), value) for n, value in reason["params"].items())
    for name in ("blockers", "reported", "checks"):
        for n, told in enumerate(content.get(name, ())):
            for part in ("params", "read"):
                yield from (((name, n, part, each), value) for each, value in told.get(part, {}).items())
            for part in ("message", "remedy"):
                if part in told:
                    yield (name, n, part), " "  # a sentence, whatever is in it


def _typed_on(subject: ItemRecord | WorkspaceRecord, fields: frozenset[str]) -> Iterator[str]:
    if isinstance(subject, ItemRecord):
        yield from _strings([subject.title, *(subject.fields.get(name) for name in fields)])
        yield from _strings([(each.name, each.url) for each in subject.evidence])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)


def put_back(content: dict[str, Any], text: EventText | None) -> tuple[str, ...]:
    """Put the texts back in their places; answers the places of those that were erased.

    Nothing of what it is given is trusted: verification reads with it what somebody may have tampered with.
    """
    member = content.pop(MEMBER, None)
    places = member.get("of") if isinstance(member, dict) else None
    texts = _read(text.document) if text is not None and text.document is not None else None
    if not isinstance(places, list):
        return ()
    if texts is None:
        return tuple(str(place) for place in places)
    for place, value in texts.items():
        path = tuple(step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:])
        holder = _holder(content, path)
        if isinstance(holder, dict):
            holder[path[-1]] = value
        elif holder is not None:
            holder[int(path[-1])] = value
    return ()


def _read(document: str) -> dict[str, Any]:
    try:
        found = orjson.loads(document)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _holder(content: Any, path: Sequence[str | int]) -> Any:
    """The object or list in which a path ends, or `None` if it leads nowhere."""
    for step in path[:-1]:
        content = _at(content, step)
    there = path and _at(content, path[-1], _NOTHING) is not _NOTHING
    return content if there else None


def _at(content: Any, step: str | int, otherwise: Any = None) -> Any:
    if isinstance(content, dict):
        return content.get(step, otherwise)
    if isinstance(content, list) and str(step).isdecimal() and int(step) < len(content):
        return content[int(step)]
    return otherwise


def pointer(path: Iterable[str | int]) -> str:
    """A path as a JSON pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def fault_of(member: Any, text: EventText | None) -> str | None:
    """What is wrong with an event's text, by what its body says of it; an erased one is right."""
    if member is None:
        return None if text is None else "a text lies beside it that was not hashed"
    if text is None:
        return "its text is gone, and nobody erased it"
    if text.erased_at is not None and text.salt is None and text.document is None:
        return None
    if not isinstance(member, Mapping) or digest(text) != member.get("digest"):
        return "its text is not what was hashed"
    return None
