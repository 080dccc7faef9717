"""Copies of workspaces with their whole log, each event hashed anew: a long log of real acts, without waiting for them.

A copy is as true as what it was made of: verification holds, as it recomputes every hash and replays every item.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from placet.engine.act.people import INSTALLATION
from placet.store.tables import metadata

#: Tables whose rows belong to a workspace, and are copied with it; events and positions are made anew.
_COPIED = (
    "workspaces", "counters", "items", "item_states", "item_values", "item_spans", "item_roles", "links", "evidence",
    "pending_approvals", "pending_confirmations", "pending_asks", "timers", "dues", "progress", "event_texts",
)  # fmt: skip
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: A row, by column.
_Row = dict[str, Any]


def copied(file: str, keys: Sequence[str], numbers: Sequence[int]) -> None:
    """Copy workspaces of a SQLite file, once for each number, under their keys with that number."""
    with sqlite3.connect(file) as connection:
        connection.row_factory = sqlite3.Row
        for key in keys:
            for n in numbers:
                _Copy(connection, key, f"{key}{n}").make()
    connection.close()


class _Copy:
    """One copy of a workspace under another key."""

    def __init__(self, connection: sqlite3.Connection, key: str, other: str) -> None:
        self._connection, self._key, self._other = connection, key, other
        self._keys = re.compile(rf"\b{key}-(?=\d)")
        self._ids: Mapping[str, str] = {
            row["id"]: str(uuid5(NAMESPACE_URL, f"{other}/{row['id']}")) for row in self._rows("events")
        }

    def make(self) -> None:
        heads = self._events()
        for table in _COPIED:
            column = "key" if table == "workspaces" else "workspace"
            for row in self._rows(table, column):
                made = {name: self._renamed(name, value) for name, value in row.items()}
                if table in {"workspaces", "items"}:
                    made["head"] = heads[row.get("number", 0)]
                if table == "event_texts":
                    made["document"] = row["document"]
                self._insert(table, made)

    def _events(self) -> dict[int, str]:
        """Copy the events, each hashed with the one before it; returns the end of each history."""
        heads: dict[int, str] = {}
        last = self._connection.execute("SELECT max(position) FROM positions").fetchone()[0]
        placed = sorted(self._rows("positions"), key=lambda row: int(row["position"]))
        events = {(row["number"], row["seq"]): row for row in self._rows("events")}
        for position, place in enumerate(placed, start=last + 1):
            event = events[place["number"], place["seq"]]
            before = heads.get(event["number"], "")
            body = self._text(event["body"].replace(f'"item":"{self._key}"', f'"item":"{self._other}"'))
            hash = sha256(f"{before}\n{body}".encode()).hexdigest()
            heads[event["number"]] = hash
            self._insert("events", event | {
                "workspace": self._other, "id": self._ids[event["id"]], "body": body, "prev_hash": before,
                "hash": hash, "decided": position,
            })  # fmt: skip
            self._insert("positions", place | {"workspace": self._other, "position": position})
        return heads

    def _renamed(self, column: str, value: Any) -> Any:
        if column in {"key", "workspace", "parent_workspace", "target_workspace"}:
            return self._other if value == self._key else value
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        """A text with the keys of the copy's items, and the ids of its events."""
        found: Callable[[re.Match[str]], str] = lambda match: self._ids.get(match[0], match[0])  # noqa: E731  # a table
        return _UUID.sub(found, self._keys.sub(f"{self._other}-", text))

    def _rows(self, table: str, column: str = "workspace") -> list[_Row]:
        assert self._key != INSTALLATION
        return [
            dict(row)
            for row in self._connection.execute(
                f"SELECT * FROM {table} WHERE {column} = ?", [self._key]
            )  # our own names
        ]

    def _insert(self, table: str, row: _Row) -> None:
        names = list(metadata.tables[table].c.keys())
        marks = ", ".join("?" * len(names))
        self._connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",  # our own names
            [row[name] for name in names],
        )
