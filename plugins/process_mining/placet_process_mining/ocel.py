"""The log in the terms of OCEL 2.0: typed events, typed objects with changing values, and relations between them.

Our choices: an event's type is its item's type and its activity (`itil.change.submit`). Objects are the items and the
actors; an actor's id is written `actor:ID`, as an actor may have the same id as an item. An item's attributes are its
title, its state and its fields, with all their values over time. Relations lead to items of the same workspace.

Source: A. Berti and others, OCEL (Object-Centric Event Log) 2.0 Specification, 2023.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from placet_process_mining.log import Entry, Log, entries, moment
from placet_process_mining.values import INTEGER, STRING, Kinds

ACTOR = "actor"
#: Attributes of every event, with their kinds.
EVENT_ATTRIBUTES = {
    "kind": STRING,
    "seq": INTEGER,
    "actor": STRING,
    "from_state": STRING,
    "to_state": STRING,
    "comment": STRING,
    #: The attributes of its link, as JSON.
    "link_attributes": STRING,
    #: The gates that refused it, in a list.
    "refused_by": STRING,
    "definition": STRING,
}
#: Attributes of every item besides its fields.
_OWN = {"title": STRING, "state": STRING}


class Relation(NamedTuple):
    """A relation of an event or an object to an object."""

    object: str
    qualifier: str


class Value(NamedTuple):
    """A new value of an object's attribute; `None` if it was cleared."""

    name: str
    kind: str
    value: Any
    #: In RFC 3339.
    at: str


def actor_object(actor: str) -> str:
    """The object of an actor."""
    return f"{ACTOR}:{actor}"


def event_type(entry: Entry) -> str:
    """The type of an event, across all item types."""
    return f"{entry.type}.{entry.activity}"


def event_values(entry: Entry) -> dict[str, Any]:
    """The attributes of an event."""
    event = entry.event
    written = {
        "kind": event.kind,
        "seq": event.seq,
        "actor": event.actor,
        **{name: event.data.get(name) for name in ("from_state", "to_state", "comment", "definition")},
    }
    if event.data.get("attributes"):
        # The relation to the item at the other end can only have a qualifier.
        written["link_attributes"] = json.dumps(event.data["attributes"], sort_keys=True)
    if event.kind == "refused":
        written["refused_by"] = ", ".join(blocker["gate"] for blocker in event.data.get("blockers", ()))
    return {name: value for name, value in written.items() if value is not None}


def event_relations(entry: Entry) -> list[Relation]:
    """The item, the actor and the person they acted for, and the item at the other end of a link, or the parent."""
    event = entry.event
    found = [Relation(event.key, "item"), Relation(actor_object(event.actor), ACTOR)]
    if event.data.get("on_behalf_of"):
        found.append(Relation(actor_object(event.data["on_behalf_of"]), "on_behalf_of"))
    other = _other_end(entry)
    return found if other is None else [*found, other]


def _other_end(entry: Entry) -> Relation | None:
    """The item at the other end of a link that an event made or removed, or the parent of a new item."""
    event, data = entry.event, entry.event.data
    if event.kind in {"linked", "unlinked"} and _within(data.get("target"), event.workspace):
        return Relation(data["target"], data["link_type"])
    if event.kind == "created" and _within(data.get("parent"), event.workspace):
        return Relation(data["parent"], "parent")
    return None


def _within(key: str | None, workspace: str) -> bool:
    return key is not None and key.rpartition("-")[0] == workspace


class Thing:
    """An item as an object: its type, its values over time, and its final relations."""

    def __init__(self, history: Iterator[Entry], kinds: Kinds) -> None:
        self._known = kinds
        self._history = history
        self._first = next(history)
        self.id, self.type = self._first.event.key, self._first.type
        #: When it was made.
        self.at = moment(self._first.event.at)
        self._links: dict[Relation, None] = {}

    @property
    def initial(self) -> list[Value]:
        """Its first values."""
        return self._values(self._first)

    @property
    def attributes(self) -> dict[str, str]:
        """Its attributes, from the definition under which it was made."""
        return self._known.of(self._first) | _OWN

    def changes(self) -> Iterator[Value]:
        """Its later values, in order; its relations are known once all of them have been read."""
        self._follow(self._first)
        for entry in self._history:
            yield from self._values(entry)
            self._follow(entry)

    def relations(self) -> list[Relation]:
        """Its parent, and the remaining links that start here."""
        return list(self._links)

    def _values(self, entry: Entry) -> list[Value]:
        event, got = entry.event, entry.fields
        if event.kind == "created" and "title" in event.data:
            got["title"] = event.data["title"]
        if entry.state is not None and entry.state != event.data.get("from_state"):
            got["state"] = entry.state
        if not got:
            return []
        known, at = self._known.of(entry), moment(event.at)
        return [Value(name, known.get(name, STRING), value, at) for name, value in got.items()]

    def _follow(self, entry: Entry) -> None:
        end = _other_end(entry)
        if end is not None and entry.event.kind == "unlinked":
            self._links.pop(end, None)
        elif end is not None:
            self._links[end] = None


def things(log: Log) -> Iterator[Thing]:
    """Every item as an object. Each has to be read to its end before the next is asked for."""
    kinds = Kinds(log)
    for _, history in groupby(entries(log), lambda entry: entry.event.number):
        yield Thing(history, kinds)
