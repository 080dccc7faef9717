"""A desk among many items: a few that the engine has made (`pattern`), multiplied as rows in bulk.

A copy is one that the engine could have made some weeks earlier. Its numbers, keys and ids are its own; its times are
whole weeks before those of the pattern, so that calendars give the same; what is digested is digested anew, and its
events are hashed one after the other. It has rows in every table that has rows of the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import psycopg
from sqlalchemy import Table

from benchmarks.desk.pattern import SIZE, Pattern, play
from benchmarks.desk.site import WORKSPACE, Site
from placet.definitions.document import canonical
from placet.store import tables

#: The weeks over which copies are spread, at most ten years of them; and the copies in each, if they are few.
_WEEKS, _IN_WEEK = 520, 10
#: Places in a pattern's rows: the number of an item without its last digit, the end of an id, the hash of an item's
#: last event, the digest of an event's texts, and that of what somebody decided on.
_STEM, _TAIL, _HEAD, _DIGEST, _DECIDED = "\x01", "\x02", "\x03", "\x04", "\x05"
_TAIL_DIGITS = 12
_ID = re.compile(rf"\b([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-)[0-9a-f]{{{_TAIL_DIGITS}}}\b")
_DAY = re.compile(r"(?<![\w-])20\d\d-\d\d-\d\d(?=[T \"])")
#: The digest, among the texts of an event, of what somebody decided on.
_MATERIAL = re.compile('(?<="/material/digest":")[0-9a-f]{64}')
_EVENT = "workspace, number, seq, id, kind, at, actor, body, prev_hash, hash, decided"
_TEXT = "workspace, number, seq, salt, document, erased_at"
_POSITION = "position, workspace, number, seq, kind, actor"
#: Tables of which a copy's rows are not the pattern's with other numbers.
_OWN = {tables.items, tables.events, tables.event_texts, tables.positions}
#: Tables that have rows of items.
MULTIPLIED = [
    table for table in tables.metadata.sorted_tables if {"workspace", "number"} <= set(table.c.keys())
]


def fill(site: Site, items: int) -> None:
    """Fill a site on PostgreSQL until there are so many items, or up to nine more."""
    pattern = play(site)
    with psycopg.connect(site.url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '512MB'")
        # Rows of a copy refer to each other as those of the pattern do.
        connection.execute("SET session_replication_role = replica")
        indexes = [
            str(index.name)
            for table in MULTIPLIED for index in sorted(table.indexes, key=lambda each: each.name or "")
        ]  # fmt: skip
        definitions = [_definition(connection, index) for index in indexes]
        for index in indexes:
            connection.execute(f"DROP INDEX {index}")
        _multiply(connection, pattern, items)
        for definition in definitions:
            connection.execute(definition)
        connection.execute("SELECT setval('decisions', max(decided)) FROM events")
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _multiply(connection: psycopg.Connection, pattern: Pattern, items: int) -> None:
    there, last, position, decided = _row(
        connection,
        "SELECT (SELECT count(*) FROM items), (SELECT last FROM counters WHERE workspace = %s),"
        " (SELECT max(position) FROM positions), (SELECT max(decided) FROM events)",
        WORKSPACE,
    )
    rows = _Rows.of(connection, pattern)
    stems = range(last // SIZE + 1, last // SIZE + 1 + -(-max(items - there, 0) // SIZE))
    for weeks, part in _spread(stems):
        wave = _Wave(rows.earlier(weeks), part, position, decided)
        for columns, lines in wave.tables():
            with connection.cursor().copy(f"COPY {columns} FROM STDIN") as copy:
                for line in lines:
                    copy.write(line)
        position, decided = wave.position, wave.decided
    if stems:
        connection.execute(
            "UPDATE counters SET last = %s WHERE workspace = %s", (stems[-1] * SIZE + SIZE - 1, WORKSPACE)
        )


def _spread(stems: range) -> Iterator[tuple[int, range]]:
    """Parts of the copies, the oldest first, each with the number of weeks by which it is earlier than the pattern."""
    weeks = min(_WEEKS, -(-len(stems) // _IN_WEEK))
    for n in range(weeks):
        yield weeks - n, stems[n * len(stems) // weeks : (n + 1) * len(stems) // weeks]


def _definition(connection: psycopg.Connection, index: str) -> str:
    return str(_row(connection, "SELECT indexdef FROM pg_indexes WHERE indexname = %s", index)[0])


def _row(connection: psycopg.Connection, query: str, *given: object) -> tuple[Any, ...]:
    row = connection.execute(query, given).fetchone()  # type: ignore[call-overload]
    if row is None:
        raise AssertionError(f"the database has no row for {query} with {given}")
    return tuple(row)


@dataclass(frozen=True)
class _Event:
    """An event of the pattern; texts as COPY reads them, but for those that are hashed."""

    #: The last digit of its item's number: its place in the pattern.
    digit: str
    seq: str
    id: str
    kind: str
    at: str
    actor: str
    body: str
    #: The salt of its texts, and the document that has them; empty if it has none.
    salt: str = ""
    document: str = ""
    #: The canonical form of what somebody decided on with it; empty if it is not a decision.
    material: str = ""


@dataclass(frozen=True)
class _Rows:
    """The rows of the pattern, with places for what differs in copies."""

    events: Sequence[_Event]
    #: The lines of items, in the order of their numbers.
    items: Sequence[str]
    #: The lines of each other table, by its columns.
    others: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, connection: psycopg.Connection, pattern: Pattern) -> _Rows:
        """Read them."""
        read = _Reader(connection, pattern)
        others = [(_columns(table), "".join(read.lines(table))) for table in MULTIPLIED if table not in _OWN]
        return cls(read.events(), read.items(), [(columns, lines) for columns, lines in others if lines])

    def earlier(self, weeks: int) -> _Rows:
        """The same some weeks earlier."""

        def day(found: re.Match[str]) -> str:
            return (date.fromisoformat(found[0]) - timedelta(weeks=weeks)).isoformat()

        def moved(text: str) -> str:
            return _DAY.sub(day, text)

        return _Rows(
            [_Event(*(moved(getattr(each, name)) for name in _Event.__match_args__)) for each in self.events],
            [moved(each) for each in self.items],
            [(columns, moved(lines)) for columns, lines in self.others],
        )


def _columns(table: Table) -> str:
    return f"{table.name} ({', '.join(table.c.keys())})"


def _escaped(text: str) -> str:
    """A JSON text as COPY reads it."""
    return text.replace("\\", "\\\\")


def _cells(line: str) -> list[str]:
    """The values of a line whose texts have no line breaks or tabs, as JSON has none."""
    return [cell.replace("\\\\", "\\") for cell in line.rstrip("\n").split("\t")]


class _Reader:
    """Reads the rows of a pattern as lines of COPY."""

    def __init__(self, connection: psycopg.Connection, pattern: Pattern) -> None:
        self._connection, self._pattern = connection, pattern
        numbers = "|".join(map(str, pattern.numbers))
        self._number = re.compile(rf"(?<![\w.-])({WORKSPACE}-)?({numbers})(?!\w)")

    def lines(self, table: Table) -> list[str]:
        """The lines of a table, in the order of numbers."""
        return [self._with_places(line) for line in self._stored(table, ", ".join(table.c.keys()), "number")]

    def _stored(self, table: Table, columns: str, order: str) -> list[str]:
        first, last = self._pattern.first, self._pattern.numbers[-1]
        asked = (
            f"SELECT {columns} FROM {table.name}"
            f" WHERE workspace = '{WORKSPACE}' AND number BETWEEN {first} AND {last} ORDER BY {order}"
        )
        with self._connection.cursor().copy(f"COPY ({asked}) TO STDOUT") as copy:
            return [bytes(line).decode() for line in copy]

    def _with_places(self, text: str) -> str:
        text = _ID.sub(rf"\g<1>{_TAIL}", text)
        return self._number.sub(
            lambda found: f"{found[1] or ''}{_STEM}{int(found[2]) - self._pattern.first}", text
        )

    def items(self) -> list[str]:
        place = list(tables.items.c.keys()).index("head")
        found = []
        for line in self.lines(tables.items):
            cells = line.split("\t")
            cells[place] = _HEAD
            found.append("\t".join(cells))
        return found

    def events(self) -> list[_Event]:
        """In the order in which they happened."""
        texts, materials, found = self._texts(), self._materials(), []
        columns = "number, seq, id, kind, at, actor, body"
        for line in self._stored(tables.events, columns, "decided"):
            number, seq, *rest, body = _cells(line)
            salt, document = texts.get((number, seq), ("", ""))
            decided = _MATERIAL.search(document)
            digest = _sha256(f"{salt}\n{document}")
            body = body.replace(digest, _DIGEST)
            document = _MATERIAL.sub(_DECIDED, document)
            shown = map(self._with_places, (*rest, body))
            found.append(_Event(
                str(int(number) - self._pattern.first), seq, *shown, salt=salt,
                document=self._with_places(document), material=materials[decided[0]] if decided else "",
            ))  # fmt: skip
        return found

    def _texts(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Salts and documents by item and number of the event."""
        lines = self._stored(tables.event_texts, "number, seq, salt, document", "number")
        return {(number, seq): (salt, document) for number, seq, salt, document in map(_cells, lines)}

    def _materials(self) -> dict[str, str]:
        """The material of a decision, by its digest."""
        asked = "SELECT body FROM items WHERE workspace = %s AND number = ANY(%s)"
        bodies = self._connection.execute(asked, (WORKSPACE, list(self._pattern.numbers))).fetchall()
        forms = [
            canonical(asked["material"])
            for (body,) in bodies for asked in (*body["approvals"], *body["confirmations"])
        ]  # fmt: skip
        return {sha256(form.encode()).hexdigest(): self._with_places(form) for form in forms}


class _Wave:
    """Copies that are equally many weeks earlier than the pattern."""

    def __init__(self, rows: _Rows, stems: range, position: int, decided: int) -> None:
        """`position` and `decided` are those of the last event before them, and become those of their last one."""
        self.position, self.decided = position, decided
        self._events: list[str] = []
        self._texts: list[str] = []
        self._positions: list[str] = []
        self._items: list[str] = []
        self._others = [
            (columns, [lines.replace(_STEM, str(stem)).replace(_TAIL, _tail(stem)) for stem in stems])
            for columns, lines in rows.others
        ]
        for stem in stems:
            heads = self._history(rows.events, str(stem), _tail(stem))
            for digit, line in enumerate(rows.items):
                own = line.replace(_STEM, str(stem)).replace(_TAIL, _tail(stem))
                self._items.append(own.replace(_HEAD, heads[str(digit)]))

    def tables(self) -> Iterable[tuple[str, list[str]]]:
        """The lines for each table, by its columns."""
        yield _columns(tables.items), self._items
        yield from self._others
        yield f"events ({_EVENT})", self._events
        yield f"event_texts ({_TEXT})", self._texts
        yield f"positions ({_POSITION})", self._positions

    def _history(self, events: Sequence[_Event], stem: str, tail: str) -> dict[str, str]:
        """Write the events of one copy; returns the hash of each item's last, by the last digit of its number."""
        heads: dict[str, str] = {}
        for event in events:
            self.position += 1
            self.decided += 1
            where = f"{WORKSPACE}\t{stem}{event.digit}\t{event.seq}"
            body = event.body.replace(_STEM, stem).replace(_TAIL, tail)
            if event.document:
                material = event.material.replace(_STEM, stem).replace(_TAIL, tail)
                document = event.document.replace(_STEM, stem).replace(_DECIDED, _sha256(material))
                body = body.replace(_DIGEST, _sha256(f"{event.salt}\n{document}"))
                self._texts.append(f"{where}\t{event.salt}\t{_escaped(document)}\t\\N\n")
            before = heads.get(event.digit, "")
            heads[event.digit] = hash = _sha256(f"{before}\n{body}")
            id = event.id.replace(_TAIL, tail)
            self._events.append(
                f"{where}\t{id}\t{event.kind}\t{event.at}\t{event.actor}\t{_escaped(body)}\t{before}\t{hash}"
                f"\t{self.decided}\n"
            )
            self._positions.append(f"{self.position}\t{where}\t{event.kind}\t{event.actor}\n")
        return heads


def _tail(stem: int) -> str:
    return f"{stem:0{_TAIL_DIGITS}x}"


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()
