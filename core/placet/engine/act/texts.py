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
from placet.engine.act.input import marked_fields
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.records import EventText, ItemRecord
from placet.engine.act.sorting import decimal_fields

#: Members of an event that may be a text, and members of its members.
_TEXTS = ("comment", "title")
_PARTS = {"evidence": ("name", "url"), "waiver": ("reason", "comment", "review")}
#: What effects attach is named by code, which may have taken the name from what somebody typed.
_ATTACHED = ("name", "url")
#: What is said of links. Words of a list go along with what was typed, as the event does not know its link type.
_ATTRIBUTES = ("attributes", "former_attributes")
#: Lists of what checks said, each with the part that holds their values.
_SAID = {"blockers": "params", "reported": "params", "checks": "read"}
#: The member of a body that stands for its texts: their digest, and their places.
MEMBER = "text"
#: What checks give and looks like it is an id, a key, a number or a moment. Everything else may have been typed, and so
#: may that be, if it is what somebody typed on the item.
_ID = re.compile(r"[A-Za-z0-9_.:+-]{0,80}")
#: What a plugin gave as whole sentences, whatever is in them.
_SENTENCES = ("message", "remedy")
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
    closed = {name for name, _ in marked_fields(fields)} | decimal_fields(fields)
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
    taken = _Taken()
    changes = {
        name: pair for name, pair in content.get("changes", {}).items() if name in fields or name == "title"
    }
    typed = _Typed(content, subject, fields, changes)
    # Mostly checks alone have given something, and nothing of it was typed, which is seen at one look.
    read = [check["read"] for check in content.get("checks", ()) if "read" in check]
    others = "voided" in content or "blockers" in content or "reported" in content
    for holder, part, *path in _given(content) if others or typed.may_be(read) else ():
        if part in _SENTENCES or typed.may_be(holder[part]):
            taken.take(holder, part, *path)
    for name in _TEXTS:
        if content.get(name):
            taken.take(content, name)
    for name, parts in _PARTS.items():
        for part in parts if name in content else ():
            taken.take(content[name], part, name)
    taken.attached(content)
    taken.attributes(content)
    material = content.get("material")
    if material is not None and not _typed_material(subject, fields).isdisjoint(material["of"]):
        # It has no salt, so that everybody can recompute it: a short text in it could be found by trying.
        taken.take(material, "digest", "material")
    for name, pair in changes.items():
        taken.take(pair, 0, "changes", name)
        taken.take(pair, 1, "changes", name)
    if not taken.texts:
        return None
    text = EventText(token_hex(_SALT), orjson.dumps(taken.texts, option=orjson.OPT_SORT_KEYS).decode())
    content[MEMBER] = {"digest": digest(text), "of": sorted(taken.texts)}
    return text


def _typed_material(subject: ItemRecord | WorkspaceRecord, fields: frozenset[str]) -> frozenset[str]:
    """What people typed of what an approval can be bound to: fields for free text, and addresses of evidence."""
    evidence = subject.evidence if isinstance(subject, ItemRecord) else ()
    return fields.union(f"evidence:{each.kind}" for each in evidence if each.sha256 is None)


def places_of(body: str) -> list[str]:
    """The places of an event's texts, by what its body says of them."""
    places: list[str] = orjson.loads(body).get(MEMBER, {}).get("of", [])
    return places


class _Taken:
    """Texts by their places, as they are taken out."""

    def __init__(self) -> None:
        self.texts: dict[str, Any] = {}

    def take(self, holder: Any, part: str | int, *path: str | int) -> None:
        """Take one out of the object or list that holds it, which stands at a path."""
        value = holder.get(part) if isinstance(holder, dict) else holder[part]
        if value not in (None, "", []):
            self.texts[pointer((*path, part))] = value
            holder[part] = None

    def attributes(self, content: Mapping[str, Any]) -> None:
        """Take all words out of what is said of a link."""
        for member in _ATTRIBUTES:
            said = content.get(member, {})
            for name in [name for name, value in said.items() if _strings((value,))]:
                self.take(said, name, member)

    def attached(self, content: Mapping[str, Any]) -> None:
        """Take the names and addresses of evidence out that effects have attached."""
        for n, each in enumerate(content.get("attached", ())):
            for part in _ATTACHED:
                self.take(each, part, "attached", n)


def _given(content: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Values that plugins give and nobody vouches for: what checks read, figures of messages, whole sentences.

    Each with what holds it, its name there, and the path to what holds it.
    """
    for approval, reason in content.get("voided", {}).items():
        for name in reason["params"]:
            yield reason["params"], name, "voided", approval, "params"
    for member, part in _SAID.items():
        for n, each in enumerate(content.get(member, ())):
            for name in _SENTENCES:
                if name in each:
                    yield each, name, member, n
            for name in each.get(part, ()):
                yield each[part], name, member, n, part


class _Typed:
    """What somebody typed on an item, to tell ids from words that look like ids."""

    def __init__(
        self,
        content: Mapping[str, Any],
        subject: ItemRecord | WorkspaceRecord,
        fields: frozenset[str],
        changes: Mapping[str, Any],
    ) -> None:
        self._of = content, subject, fields, changes
        self._known: set[str] | None = None

    def may_be(self, value: Any) -> bool:
        """Whether a value may be, or hold, what somebody typed."""
        found = _strings((value,))
        if not all(map(_ID.fullmatch, found)):
            return True
        if self._known is None:
            self._known = self._all()
        return not self._known.isdisjoint(found)

    def _all(self) -> set[str]:
        content, subject, fields, changes = self._of
        found: list[Any] = [content.get("comment"), *changes.values()]
        if isinstance(subject, ItemRecord):
            found += [subject.title, *(subject.fields.get(name) for name in fields)]
            found += [(each.name, each.url) for each in subject.evidence]
            found += [
                list(said.values()) for held in subject.link_attributes.values() for said in held.values()
            ]
        return set(_strings(found))


def _strings(values: Iterable[Any]) -> list[str]:
    """Every text in some values, which are as JSON knows them. On the hot path: it asks for types, not for kinds."""
    found: list[str] = []
    rest = [values]
    while rest:
        for each in rest.pop():
            kind = type(each)
            if kind is str:
                found.append(each)
            elif kind is list or kind is tuple:
                rest.append(each)
            elif kind is dict:
                rest.append(each.values())
    return found


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
