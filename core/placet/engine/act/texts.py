"""Text that people typed in an event, kept apart from it: it can be erased, and the chain stays valid.

The body of an event, which is hashed, holds ids, states, moments and figures. Text that people type may name people:
comments, titles, names and addresses of evidence, reasons of waivers, and the values of fields for free text. It is
removed from the body, which keeps the place of each text and a salted digest of all of them. The texts are one JSON
document beside the body, by place (a JSON pointer, RFC 6901).

Reasons and rejected alternatives: `docs/decisions/0007-the-form-of-an-event.md`.
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
from placet.definitions.marks import marked_fields
from placet.engine.act.people import InstallationRecord, WorkspaceRecord
from placet.engine.act.records import EventText, ItemRecord
from placet.engine.act.sorting import decimal_fields

#: Members of an event that may be texts, and members of its members.
_TEXTS = ("comment", "title")
_PARTS = {"evidence": ("name", "url"), "waiver": ("reason", "comment", "review")}
#: Evidence of effects gets its name from code, which may have used text that somebody typed.
_ATTACHED = ("name", "url")
#: Attributes of links. Values from a list count as typed too, because the event does not know the link type.
_ATTRIBUTES = ("attributes", "former_attributes")
#: Lists of results of checks, each with the member that holds their values.
_SAID = {"blockers": "params", "reported": "params", "checks": "read"}
#: The name under which a patch copies from its own event.
EVENT = "event"
#: The member of a body that represents its texts: their digest, and their places.
MEMBER = "text"
#: Parts of an item, with the members in them that somebody typed.
_WORDS = {"approvals": ("comment",), "confirmations": ("comment",), "waivers": ("reason", "comment", "review"),
          "evidence": ("name", "url")}  # fmt: skip
#: Parts of an item that may hold texts, and members whose values may repeat them.
_HELD = frozenset({*_WORDS, "link_attributes"})
_SAID_ABOUT = frozenset({"material", "content", "params"})
#: Values of checks that look like this are ids, keys, numbers or moments, unless somebody typed the same text on the
#: item. All other values may have been typed.
_ID = re.compile(r"[A-Za-z0-9_.:+-]{0,80}")
#: Whole sentences of a plugin, whatever they contain.
_SENTENCES = ("message", "remedy")
#: Length of a salt in bytes: enough to make guessing hopeless.
_SALT = 16
_NOTHING = object()


def digest(text: EventText) -> str:
    """The SHA-256, in hex, of the salt, a line feed, and the document."""
    return sha256(f"{text.salt}\n{text.document}".encode()).hexdigest()


@lru_cache(maxsize=1024)
def free_text(fields: type[Fields]) -> frozenset[str]:
    """The fields for free text: without a pattern, a list of values, or a reference.

    A field that contains such text at any depth counts as a whole.
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
    content: dict[str, Any],
    subject: ItemRecord | WorkspaceRecord | InstallationRecord,
    fields: frozenset[str],
) -> EventText | None:
    """Remove the text that people typed from an event's content, in JSON values; nulls and the digest remain.

    Args:
        content: changed in place.
        subject: the item, workspace or installation of the event.
        fields: names of the fields for free text.
    """
    taken = _Taken()
    changes = {
        name: pair for name, pair in content.get("changes", {}).items() if name in fields or name == "title"
    }
    typed = _Typed(content, subject, fields, changes)
    # Usually the only values are those of checks, and none was typed, which one look can show.
    read = [check["read"] for check in content.get("checks", ()) if "read" in check]
    others = "voided" in content or "blockers" in content or "reported" in content
    for holder, part, *path in _given(content) if others or typed.may_be(read) else ():
        if part in _SENTENCES or typed.may_be(holder[part]):
            taken.take(holder, part, *path)
    _became(content, taken, typed, fields)
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
        # This digest has no salt, so that everybody can recompute it: a short text could be found by trying.
        taken.take(material, "digest", "material")
    for name, pair in changes.items():
        taken.take(pair, 0, "changes", name)
        taken.take(pair, 1, "changes", name)
    if not taken.texts:
        return None
    text = EventText(token_hex(_SALT), orjson.dumps(taken.texts, option=orjson.OPT_SORT_KEYS).decode())
    content[MEMBER] = {"digest": digest(text), "of": sorted(taken.texts)}
    return text


def _became(content: dict[str, Any], taken: _Taken, typed: _Typed, fields: frozenset[str]) -> None:
    """Remove the texts in what became of an item (see `placet.engine.act.became`).

    A text that the event has in another place too is copied from there, so that it is there once.
    """
    own = dict(_own(content)) if content.get("became") else {}
    copies = []
    for n, operation in enumerate(content.get("became", ())):
        if "value" not in operation:
            continue
        part, *rest = (
            each.replace("~1", "/").replace("~0", "~") for each in operation["path"].split("/")[1:]
        )
        at = ("became", n)
        if part == "title" or (part == "fields" and rest and rest[0] in fields):
            taken.take(operation, "value", *at)
        elif part in _HELD:
            for holder, name, path, inside in _leaves(operation, "value", at, (part, *rest)):
                if not _is_said(inside) and (
                    _SAID_ABOUT.isdisjoint(inside) or not typed.may_be(holder[name])
                ):
                    continue
                if holder[name] in own and isinstance(holder, dict) and holder is not operation:
                    copies.append({"op": "copy", "from": own[holder[name]], "path": pointer(inside)})
                    holder[name] = None
                else:
                    taken.take(holder, name, *path)
    if copies:
        content["became"] += copies


def _own(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts that an event has besides what became of its item, each with its place for a patch."""
    if content.get("comment"):
        yield content["comment"], pointer((EVENT, "comment"))
    for name, parts in _PARTS.items():
        held = content.get(name) or {}
        for part in parts:
            if held.get(part):
                yield held[part], pointer((EVENT, name, part))
    for name, value in content.get("attributes", {}).items():
        if isinstance(value, str):
            yield value, pointer((EVENT, "attributes", name))


def _leaves(
    holder: Any, name: str | int, path: tuple[str | int, ...], inside: tuple[str | int, ...]
) -> Iterator[tuple[Any, str | int, tuple[str | int, ...], tuple[str | int, ...]]]:
    """Every text in a value: what holds it, its name there, and the paths in the event and in the item."""
    value = holder[name]
    if isinstance(value, str):
        yield holder, name, path, inside
    elif isinstance(value, dict | list):
        for each in list(value) if isinstance(value, dict) else range(len(value)):
            yield from _leaves(value, each, (*path, name), (*inside, each))


def _is_said(inside: Sequence[str | int]) -> bool:
    """Whether a text of an item, by its path there, is one that somebody typed in any case."""
    return inside[0] == "link_attributes" or inside[-1] in _WORDS.get(str(inside[0]), ())


def _typed_material(
    subject: ItemRecord | WorkspaceRecord | InstallationRecord, fields: frozenset[str]
) -> frozenset[str]:
    """The typed text to which an approval can be bound: fields for free text, and addresses of evidence."""
    evidence = subject.evidence if isinstance(subject, ItemRecord) else ()
    return fields.union(f"evidence:{each.kind}" for each in evidence if each.sha256 is None)


def places_of(body: str) -> list[str]:
    """The places of an event's texts, as its body lists them."""
    places: list[str] = orjson.loads(body).get(MEMBER, {}).get("of", [])
    return places


class _Taken:
    """Collects texts by their places, and removes them."""

    def __init__(self) -> None:
        self.texts: dict[str, Any] = {}

    def take(self, holder: Any, part: str | int, *path: str | int) -> None:
        """Remove a text from the object or list that holds it, which is at a path."""
        value = holder.get(part) if isinstance(holder, dict) else holder[part]
        if value not in (None, "", []):
            self.texts[pointer((*path, part))] = value
            holder[part] = None

    def attributes(self, content: Mapping[str, Any]) -> None:
        """Remove all texts from the attributes of links."""
        for member in _ATTRIBUTES:
            said = content.get(member, {})
            for name in [name for name, value in said.items() if _strings((value,))]:
                self.take(said, name, member)

    def attached(self, content: Mapping[str, Any]) -> None:
        """Remove the names and addresses of evidence that effects have attached."""
        for n, each in enumerate(content.get("attached", ())):
            for part in _ATTACHED:
                self.take(each, part, "attached", n)


def _given(content: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Values of plugins that may be typed text: facts that checks read, figures of messages, whole sentences.

    Each comes with the object that holds it, its name there, and the path of that object.
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
    """The text that somebody typed on an item, to distinguish ids from words that look like ids."""

    def __init__(
        self,
        content: Mapping[str, Any],
        subject: ItemRecord | WorkspaceRecord | InstallationRecord,
        fields: frozenset[str],
        changes: Mapping[str, Any],
    ) -> None:
        self._of = content, subject, fields, changes
        self._known: set[str] | None = None

    def may_be(self, value: Any) -> bool:
        """Whether a value may be, or contain, text that somebody typed."""
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
    """Every text in some JSON values. On the hot path, so it compares exact types instead of using `isinstance`."""
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
        path = tuple(step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:])
        holder = _holder(content, path)
        if isinstance(holder, dict):
            holder[path[-1]] = value
        elif holder is not None:
            holder[int(path[-1])] = value
    return ()


def filled(content: dict[str, Any], text: EventText | None, erased: Any) -> None:
    """Put the texts back in their places, and `erased` in those of texts that are erased."""
    for place in put_back(content, text):
        path = tuple(step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:])
        holder = _holder(content, path)
        if isinstance(holder, dict):
            holder[path[-1]] = erased
        elif holder is not None:
            holder[int(path[-1])] = erased


def _read(document: str) -> dict[str, Any]:
    try:
        found = orjson.loads(document)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _holder(content: Any, path: Sequence[str | int]) -> Any:
    """The object or list in which a path ends, or `None` if the path does not exist."""
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
