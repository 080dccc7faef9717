"""Redaction: the text that people typed is removed from an event before it is hashed.

`placet.engine.act.texts` says what becomes of the text, and puts it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from secrets import token_hex
from typing import Any

import orjson

from placet.definitions.items import Fields, json_schema
from placet.definitions.marks import marked_fields
from placet.definitions.pointers import pointer_of, steps
from placet.engine.act.patches import BECAME, EVENT
from placet.engine.act.people import InstallationRecord, WorkspaceRecord
from placet.engine.act.records import EventText, ItemRecord
from placet.engine.act.sorting import decimal_fields
from placet.engine.act.texts import MEMBER, digest

#: Members of an event that may be texts, and members of its members.
_TEXTS = ("comment", "title")
_PARTS = {"evidence": ("name", "url"), "waiver": ("reason", "comment", "review")}
#: Evidence of effects gets its name from code, which may have used text that somebody typed.
_ATTACHED = ("name", "url")
#: Attributes of links. Values from a list count as typed too, because the event does not know the link type.
_ATTRIBUTES = ("attributes", "former_attributes")
#: Lists of results of checks, each with the member that holds their values.
_SAID = {"blockers": "params", "reported": "params", "checks": "read"}
#: Parts of an item, with the members in them that somebody typed.
_WORDS = {"approvals": ("comment",), "confirmations": ("comment",), "waivers": ("reason", "comment", "review"),
          "evidence": ("name", "url")}  # fmt: skip
#: Parts of an item that may hold texts, and members whose values may repeat them.
_HELD = frozenset({*_WORDS, "link_attributes"})
#: Beginnings of the paths of all parts that may hold texts.
_MAY_HOLD = ("/title", "/fields", *(f"/{part}" for part in sorted(_HELD)))
_SAID_ABOUT = frozenset({"material", "content", "params"})
#: Values of checks that look like this are ids, keys, numbers or moments, unless somebody typed the same text on the
#: item. All other values may have been typed.
_ID = re.compile(r"[A-Za-z0-9_.:+-]{0,80}")
#: Whole sentences of a plugin, whatever they contain.
_SENTENCES = ("message", "remedy")
#: Length of a salt in bytes: enough to make guessing hopeless.
_SALT = 16


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


def redacted(
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
    may_hold = [
        (n, operation)
        for n, operation in enumerate(content.get(BECAME, ()))
        if "value" in operation and operation["path"].startswith(_MAY_HOLD)
    ]
    if not may_hold:
        return
    own, copies = dict(_own(content)), []
    for n, operation in may_hold:
        part, *rest = steps(operation["path"])
        at = (BECAME, n)
        if part == "title" or (part == "fields" and rest and rest[0] in fields):
            taken.take(operation, "value", *at)
        elif part in _HELD:
            for holder, name, path, inside in _leaves(operation, "value", at, (part, *rest)):
                if not _is_said(inside) and (
                    _SAID_ABOUT.isdisjoint(inside) or not typed.may_be(holder[name])
                ):
                    continue
                if holder[name] in own and holder is operation and not str(inside[-1]).isdecimal():
                    operation |= {"op": "copy", "from": own[operation.pop("value")]}
                elif holder[name] in own and isinstance(holder, dict) and holder is not operation:
                    copies.append({"op": "copy", "from": own[holder[name]], "path": pointer_of(inside)})
                    holder[name] = None
                else:
                    taken.take(holder, name, *path)
    if copies:
        content[BECAME] += copies


def _own(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts that an event has besides what became of its item, each with its place for a patch."""
    if content.get("comment"):
        yield content["comment"], pointer_of((EVENT, "comment"))
    for name, parts in _PARTS.items():
        held = content.get(name) or {}
        for part in parts:
            if held.get(part):
                yield held[part], pointer_of((EVENT, name, part))
    for name, value in content.get("attributes", {}).items():
        if isinstance(value, str):
            yield value, pointer_of((EVENT, "attributes", name))


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


class _Taken:
    """Collects texts by their places, and removes them."""

    def __init__(self) -> None:
        self.texts: dict[str, Any] = {}

    def take(self, holder: Any, part: str | int, *path: str | int) -> None:
        """Remove a text from the object or list that holds it, which is at a path."""
        value = holder.get(part) if isinstance(holder, dict) else holder[part]
        if value not in (None, "", []):
            self.texts[pointer_of((*path, part))] = value
            holder[part] = None

    def attributes(self, content: Mapping[str, Any]) -> None:
        """Remove all texts from the attributes of links."""
        for member in _ATTRIBUTES:
            said = content.get(member)
            if not said:
                continue
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
            found += [subject.title, *map(subject.fields.get, fields)]
            if subject.evidence:
                found += [(each.name, each.url) for each in subject.evidence]
            for held in subject.link_attributes.values():
                found += [list(said.values()) for said in held.values()]
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
