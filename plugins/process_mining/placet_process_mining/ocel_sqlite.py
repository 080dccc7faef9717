"""OCEL 2.0 as a SQLite file, with exactly the tables of its specification.

Each type of events and of objects has a table of its own, whose columns are its attributes. A row of an object with
`ocel_changed_field` is one change; the row without has its first values.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from placet_process_mining.log import Entry, Log, entries, moment
from placet_process_mining.ocel import (
    ACTOR,
    EVENT_ATTRIBUTES,
    Relation,
    Thing,
    actor_object,
    event_relations,
    event_type,
    event_values,
    things,
)
from placet_process_mining.values import BOOLEAN, FLOAT, INTEGER, STRING, TIME, text

_TYPES = {STRING: "TEXT", INTEGER: "INTEGER", FLOAT: "REAL", BOOLEAN: "BOOLEAN", TIME: "TIMESTAMP"}
#: Events and objects written at a time.
_BATCH = 500

_SCHEMA = """
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL);
CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT NOT NULL REFERENCES event_map_type (ocel_type));
CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT NOT NULL REFERENCES object_map_type (ocel_type));
CREATE TABLE event_object (
    ocel_event_id TEXT NOT NULL REFERENCES event (ocel_id),
    ocel_object_id TEXT NOT NULL REFERENCES object (ocel_id),
    ocel_qualifier TEXT NOT NULL,
    PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier)
);
CREATE TABLE object_object (
    ocel_source_id TEXT NOT NULL REFERENCES object (ocel_id),
    ocel_target_id TEXT NOT NULL REFERENCES object (ocel_id),
    ocel_qualifier TEXT NOT NULL,
    PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier)
);
"""


def write(log: Log, file: Path) -> None:
    """Write a new or empty file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        # The caller gives the file its name when it is complete: a crash loses nothing that is in use.
        for pragma in ("journal_mode = OFF", "synchronous = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        _Writer(connection, log).write()
        connection.execute("COMMIT")


class _Table:
    """The table of one type, which gets a further column for each attribute that was not declared."""

    def __init__(
        self, connection: sqlite3.Connection, name: str, fixed: Sequence[str], attributes: Mapping[str, str]
    ) -> None:
        self._connection = connection
        self.name = _quoted(name)
        self._columns: dict[str, str] = {}
        self._taken = {"ocel_id", "ocel_time", "ocel_changed_field"}
        connection.execute(f"CREATE TABLE {self.name} ({', '.join(fixed)})")
        for attribute, kind in attributes.items():
            self.column(attribute, kind)

    def column(self, attribute: str, kind: str) -> str:
        """The column of an attribute."""
        if attribute not in self._columns:
            column = _quoted(_unique(attribute, self._taken))
            self._connection.execute(f"ALTER TABLE {self.name} ADD COLUMN {column} {_TYPES[kind]}")
            self._columns[attribute] = column
        return self._columns[attribute]

    def insert(self, fixed: Mapping[str, Any], values: Iterable[tuple[str, str, Any]]) -> None:
        """A row, with values of attributes as name, kind and value."""
        row = dict(fixed)
        for name, kind, value in values:
            row[self.column(name, kind)] = _bound(value)
        marks = ", ".join("?" * len(row))
        # Names of columns are quoted above, as they cannot be bound.
        statement = f"INSERT INTO {self.name} ({', '.join(row)}) VALUES ({marks})"  # noqa: S608
        self._connection.execute(statement, tuple(row.values()))


class _Writer:
    def __init__(self, connection: sqlite3.Connection, log: Log) -> None:
        self._connection = connection
        self._log = log
        self._taken: set[str] = set()
        self._tables: dict[tuple[str, str], _Table] = {}
        self._actors: dict[str, str] = {}

    def write(self) -> None:
        events = entries(self._log)
        while batch := list(islice(events, _BATCH)):
            self._events(batch)
        for thing in things(self._log):
            self._thing(thing)
        for actor, at in self._actors.items():
            self._object(actor, ACTOR)
            self._table("object", ACTOR, {}).insert({"ocel_id": actor, "ocel_time": at}, ())

    def _events(self, batch: list[Entry]) -> None:
        many = self._connection.executemany
        for entry in batch:
            name = event_type(entry)
            at = moment(entry.event.at)
            values = [(n, EVENT_ATTRIBUTES[n], value) for n, value in event_values(entry).items()]
            table = self._table("event", name, EVENT_ATTRIBUTES)
            table.insert({"ocel_id": entry.event.id, "ocel_time": at}, values)
        many("INSERT INTO event VALUES (?, ?)", [(entry.event.id, event_type(entry)) for entry in batch])
        many("INSERT INTO event_object VALUES (?, ?, ?)", self._related(batch))

    def _related(self, batch: list[Entry]) -> Iterator[tuple[str, str, str]]:
        for entry in batch:
            for related in event_relations(entry):
                if related.object.startswith(actor_object("")):
                    self._actors.setdefault(related.object, moment(entry.event.at))
                yield entry.event.id, *related

    def _thing(self, thing: Thing) -> None:
        self._object(thing.id, thing.type)
        table = self._table("object", thing.type, thing.attributes)
        initial = [(value.name, value.kind, value.value) for value in thing.initial]
        table.insert({"ocel_id": thing.id, "ocel_time": thing.at}, initial)
        for value in thing.changes():
            column = table.column(value.name, value.kind)
            fixed = {"ocel_id": thing.id, "ocel_time": value.at, "ocel_changed_field": column[1:-1]}
            table.insert(fixed, [(value.name, value.kind, value.value)])
        self._relate(thing.id, thing.relations())

    def _relate(self, id: str, relations: list[Relation]) -> None:
        rows = [(id, *related) for related in relations]
        self._connection.executemany("INSERT INTO object_object VALUES (?, ?, ?)", rows)

    def _object(self, id: str, type: str) -> None:
        self._connection.execute("INSERT INTO object VALUES (?, ?)", (id, type))

    def _table(self, of: str, type: str, attributes: Mapping[str, str]) -> _Table:
        table = self._tables.get((of, type))
        if table is None:
            short = _unique(re.sub(r"\W", "_", type, flags=re.ASCII), self._taken)
            self._connection.execute(f"INSERT INTO {of}_map_type VALUES (?, ?)", (type, short))  # noqa: S608
            key = "ocel_id TEXT PRIMARY KEY" if of == "event" else "ocel_id TEXT NOT NULL"
            fixed = [f"{key} REFERENCES {of} (ocel_id)", "ocel_time TIMESTAMP NOT NULL"]
            if of == "object":
                fixed.append("ocel_changed_field TEXT")
            table = _Table(self._connection, f"{of}_{short}", fixed, attributes)
            self._tables[of, type] = table
        return table


def _unique(name: str, taken: set[str]) -> str:
    """An unused name: SQLite does not distinguish capital and small letters."""
    found, n = name, 1
    while found.casefold() in taken:
        n += 1
        found = f"{name}_{n}"
    taken.add(found.casefold())
    return found


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _bound(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else text(value)
