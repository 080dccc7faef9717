"""Reading OCEL 2.0, as JSON and as SQLite: a row for each object that an event is related to.

The JSON is read twice, as the types of objects may follow the events; only one type for each object is kept. Events
come in the order of the file, those of SQLite in the order of time, as tables have no order.
"""

from __future__ import annotations

import codecs
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from heapq import merge
from pathlib import Path
from typing import Any
from urllib.parse import quote

from placet_process_mining.columns import Columns
from placet_process_mining.faults import LogError, Place

_CHUNK = 64 * 1024
#: Longest element of an array, in characters.
_LONGEST = 64 * 1024 * 1024


# JSON


def json_rows(file: Path, stream: Any, columns: Sequence[str]) -> Iterator[tuple[Place, Sequence[str]]]:
    """The rows of a JSON document."""
    types: dict[str, str] = {}
    names: dict[str, str] = {}
    for _, _, thing in _Document(file, stream).elements("objects"):
        id, type = _texts(file, thing, "id", "type")
        types[id] = names.setdefault(type, type)
    stream.seek(0)
    met, events = Columns(columns), 0
    for line, n, event in _Document(file, stream).elements("events"):
        events = n
        id, activity, time = _texts(file, event, "id", "type", "time", line=line)
        values = dict(_attribute(file, each, line) for each in event.get("attributes", ()))
        values |= {"ocel:eid": id, "ocel:activity": activity, "ocel:timestamp": time}
        for related in event.get("relationships", ()):
            oid, qualifier = _texts(file, related, "objectId", "qualifier", line=line)
            values |= {"ocel:oid": oid, "ocel:type": types.get(oid, ""), "ocel:qualifier": qualifier}
            met.there(values)
            yield line, [values.get(column, "") for column in columns]
    if not events:
        raise LogError(file, None, "is not an OCEL 2.0 log: it has no events")
    met.demand(file)


def _attribute(file: Path, found: Any, line: int) -> tuple[str, str]:
    (name,) = _texts(file, found, "name", line=line)
    value = found.get("value", "")
    return name, value if isinstance(value, str) else json.dumps(value)


def _texts(file: Path, found: Any, *members: str, line: int | None = None) -> list[str]:
    values: list[Any] = [found.get(member) if isinstance(found, dict) else None for member in members]
    for member, value in zip(members, values, strict=True):
        if not isinstance(value, str):
            raise LogError(
                file, line, f'is not an OCEL 2.0 log: the member "{member}" is missing, or not text'
            )
    return values


class _Document:
    """A JSON object whose members are arrays that are too long for memory."""

    def __init__(self, file: Path, stream: Any) -> None:
        self._file, self._stream = file, stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._parse = json.JSONDecoder().raw_decode
        self._text, self._at, self._ended = "", 0, False
        self._line, self._counted = 1, 0

    def elements(self, wanted: str) -> Iterator[tuple[int, int, Any]]:
        """The elements of one array, each with its line and its number from 1 on."""
        self._take("{")
        while self._next() != "}":
            name = self._value()
            self._take(":")
            if name == wanted and self._next() == "[":
                yield from self._array()
            else:
                self._skip()
            if self._next() == ",":
                self._take(",")

    def _array(self) -> Iterator[tuple[int, int, Any]]:
        self._take("[")
        n = 0
        while self._next() != "]":
            n += 1
            line = self._here()
            yield line, n, self._value()
            if self._next() == ",":
                self._take(",")
        self._take("]")

    def _skip(self) -> None:
        if self._next() == "[":
            for _ in self._array():
                pass
        else:
            self._value()

    def _value(self) -> Any:
        self._next()
        while True:
            try:
                value, end = self._parse(self._text, self._at)
            except (ValueError, RecursionError) as error:
                # Perhaps only a part of the value has been read.
                if len(self._text) - self._at > _LONGEST or not self._more():
                    raise LogError(
                        self._file, self._here(), f"is not JSON: {getattr(error, 'msg', error)}"
                    ) from None
                continue
            # A value at the end of the text may continue after it, as a number does.
            if end < len(self._text) or not self._more():
                self._at = end
                return value

    def _next(self) -> str:
        """The next character that is not a blank."""
        while True:
            while self._at < len(self._text):
                if not self._text[self._at].isspace():
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                raise LogError(self._file, self._here(), "is not a complete JSON document: it ends too early")

    def _take(self, sign: str) -> None:
        if self._next() != sign:
            found = self._text[self._at]
            raise LogError(
                self._file, self._here(), f'is not JSON: there is "{found}" where "{sign}" should be'
            )
        self._at += 1

    def _more(self) -> bool:
        """Read on, and release the parsed text. Returns whether there was more."""
        if self._ended:
            return False
        self._here()
        self._text, self._at, self._counted = self._text[self._at :], 0, 0
        # At least as much again, so that a long value is not parsed over and over.
        part = self._stream.read(max(_CHUNK, len(self._text)))
        self._ended = not part
        try:
            self._text += self._decode.decode(part, final=self._ended)
        except UnicodeDecodeError as error:
            raise LogError(self._file, self._here(), f"is not UTF-8: {error.reason}") from None
        return not self._ended

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line


# SQLite


def sqlite_rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[Place, Sequence[str]]]:
    """The rows of a SQLite file."""
    met = Columns(columns)
    with closing(sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        try:
            kinds = connection.execute("SELECT ocel_type, ocel_type_map FROM event_map_type").fetchall()
            events = merge(
                *(_events(connection, *kind) for kind in kinds), key=lambda row: (row[1] or "", row[0])
            )
            for row in events:
                values = dict(zip(row.keys(), row, strict=True))
                met.there(values)
                shown = [values.get(column) for column in columns]
                yield f"event {values['ocel:eid']}", ["" if v is None else str(v) for v in shown]
        except sqlite3.DatabaseError as error:
            raise LogError(file, None, f"is not an OCEL 2.0 log: {error}") from None
    met.demand(file)


def _events(connection: sqlite3.Connection, type: str, short: str) -> sqlite3.Cursor:
    doubled = short.replace('"', '""')
    # The name of a table cannot be bound; it is quoted.
    statement = f"""
        SELECT event.rowid AS "ocel:row", CAST(own.ocel_time AS TEXT) AS "ocel:timestamp", event.ocel_id AS "ocel:eid",
               ? AS "ocel:activity", object.ocel_id AS "ocel:oid", object.ocel_type AS "ocel:type",
               event_object.ocel_qualifier AS "ocel:qualifier", own.*
        FROM "event_{doubled}" AS own
        JOIN event ON event.ocel_id = own.ocel_id
        JOIN event_object ON event_object.ocel_event_id = own.ocel_id
        JOIN object ON object.ocel_id = event_object.ocel_object_id
        ORDER BY 2, 1
    """  # noqa: S608
    return connection.execute(statement, (type,))
