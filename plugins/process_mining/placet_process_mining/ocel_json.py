"""OCEL 2.0 as JSON.

The types come last, as they are known only when everything has been read, and readers find members by name. All values
are text, as the published schema requires; a cleared value is the text `null`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from placet_process_mining.log import Log, entries, moment
from placet_process_mining.ocel import (
    ACTOR,
    EVENT_ATTRIBUTES,
    Relation,
    Thing,
    Value,
    actor_object,
    event_relations,
    event_type,
    event_values,
    things,
)
from placet_process_mining.values import text

_Json = dict[str, Any]


def written(log: Log) -> Iterator[bytes]:
    """The document in small parts: a line for each event and each object."""
    event_types: dict[str, None] = {}
    object_types: dict[str, dict[str, str]] = {ACTOR: {}}
    actors: dict[str, None] = {}
    yield b'{"events": ['
    separator = b"\n"
    for entry in entries(log):
        name, related = event_type(entry), event_relations(entry)
        event_types[name] = None
        actors |= dict.fromkeys(r.object for r in related if r.object.startswith(actor_object("")))
        event = {
            "id": entry.event.id,
            "type": name,
            "time": moment(entry.event.at),
            "attributes": [{"name": n, "value": text(v)} for n, v in event_values(entry).items()],
            "relationships": _relations(related),
        }
        yield separator + orjson.dumps(event)
        separator = b",\n"
    yield b'\n],\n"objects": ['
    separator = b"\n"
    for thing in things(log):
        yield separator
        yield from _object(thing, object_types.setdefault(thing.type, {}))
        separator = b",\n"
    for actor in actors:
        yield separator + orjson.dumps({"id": actor, "type": ACTOR, "attributes": [], "relationships": []})
        separator = b",\n"
    types = {
        "eventTypes": [_type(name, EVENT_ATTRIBUTES) for name in event_types],
        "objectTypes": [_type(name, attributes) for name, attributes in object_types.items()],
    }
    yield b"\n],\n" + orjson.dumps(types)[1:] + b"\n"


def _object(thing: Thing, attributes: dict[str, str]) -> Iterator[bytes]:
    """An object value by value, as one item alone may have a long history."""
    for name, kind in thing.attributes.items():
        attributes.setdefault(name, kind)
    begun = {"id": thing.id, "type": thing.type, "attributes": [_value(v, attributes) for v in thing.initial]}
    yield orjson.dumps(begun)[:-2]
    separator = b"," if begun["attributes"] else b""
    for value in thing.changes():
        yield separator + orjson.dumps(_value(value, attributes))
        separator = b","
    yield b'],"relationships":' + orjson.dumps(_relations(thing.relations())) + b"}"


def _value(value: Value, attributes: dict[str, str]) -> _Json:
    attributes.setdefault(value.name, value.kind)
    return {"name": value.name, "value": text(value.value), "time": value.at}


def _relations(relations: list[Relation]) -> list[_Json]:
    return [{"objectId": related.object, "qualifier": related.qualifier} for related in relations]


def _type(name: str, attributes: dict[str, str]) -> _Json:
    return {"name": name, "attributes": [{"name": n, "type": kind} for n, kind in attributes.items()]}
