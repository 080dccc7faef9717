"""What somebody would write without an engine: the floor.

The same reads and writes on Placet's own tables, the hash chain included, since it is part of what is written: read
the item, look at its fields, compute the event's hash, then update the item by compare and set and insert the event.
On PostgreSQL the two writes are one statement, which is the fastest known form. It compares what Placet's own commit
compares: the item's last event, and the workspace, whose row it holds. No search finds the toy's items by what moves,
so there are no counters to compare or to count. It knows one workflow, no roles, no explanation, no plugins, and it
trusts its caller. `placet` verifies the chain that it wrote afterwards.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from hashlib import sha256
from threading import Lock
from typing import Any

import asyncpg
import orjson
import uuid_utils

from benchmarks.toy import ESTIMATE_LIMIT, WORKSPACE

_WORKFLOW = {
    ("ready", "start"): ("doing", "active"),
    ("doing", "stop"): ("ready", "todo"),
    ("doing", "finish"): ("done", "done"),
}
#: The item, and what of its workspace an act depends on: its configuration, and which searches are counted for.
_READ = (
    "SELECT state, i.version, i.seq, i.head, fields, body, title, type, updated_at, w.version, w.families"
    " FROM items i JOIN workspaces w ON w.key = i.workspace WHERE i.workspace = {} AND i.number = {}"
)
_MOVE_IN_ONE = """
WITH place AS (
    SELECT 1 FROM workspaces WHERE key = $1 AND version = $13 AND families = $14 FOR SHARE
), moved AS (
    UPDATE items SET state = $3, category = $4, version = version + 1, seq = seq + 1, head = $5, body = $6,
        updated_at = $7, state_since = $7
    WHERE workspace = $1 AND number = $2 AND seq = $8 AND EXISTS (SELECT 1 FROM place) RETURNING seq
), recorded AS (
    INSERT INTO events (workspace, number, seq, id, kind, at, actor, body, prev_hash, hash)
    SELECT $1, $2, seq, $9, 'transition', $7, $10, $11, $12, $5 FROM moved RETURNING id, decided
), marked AS (
    INSERT INTO unsealed (event, decided) SELECT id, decided FROM recorded
), found AS (
    UPDATE item_states SET state = $3, updated_at = $7 FROM moved WHERE workspace = $1 AND number = $2
) SELECT seq FROM moved
"""
READ_ONE = _READ.format("$1", "$2")


class RefusedError(Exception):
    """It does not go."""


def _decided(
    row: Any, number: int, transition: str, actor: str, now: datetime
) -> tuple[str, str, str, str, str, str]:
    """State, category, body of the item, id, body and hash of the event."""
    state, _, seq, head, fields, body = tuple(row)[:6]
    fields, body = orjson.loads(fields), orjson.loads(body)
    to = _WORKFLOW.get((state, transition))
    if to is None or not fields["owner"] or not fields["estimate"] or fields["estimate"] > ESTIMATE_LIMIT:
        raise RefusedError(number, transition, state)
    doers = body["acts"].setdefault(f"transition:{transition}", [])
    if actor not in doers:
        doers.append(actor)
    id = str(uuid_utils.uuid7())
    document = {
        "id": id, "item": f"{WORKSPACE}-{number}", "seq": seq + 1, "kind": "transition", "at": now,
        "actor": actor, "transition": transition, "from_state": state, "to_state": to[0],
    }  # fmt: skip
    event = orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z).decode()
    hash = sha256(f"{head}\n{event}".encode()).hexdigest()
    return *to, orjson.dumps(body).decode(), id, event, hash


async def move(pool: asyncpg.Pool, number: int, transition: str, actor: str) -> tuple[int, str]:
    """The item's new version and state."""
    async with pool.acquire() as connection:
        row = await connection.fetchrow(READ_ONE, WORKSPACE, number)
        now = datetime.now(UTC)
        state, category, body, id, event, hash = _decided(row, number, transition, actor, now)
        moved = await connection.fetchval(
            _MOVE_IN_ONE, WORKSPACE, number, state, category, hash, body, now, row["seq"], id, actor, event,
            row["head"], row[9], row[10],
        )  # fmt: skip
    if moved is None:
        raise RefusedError(number, "somebody was faster")
    return row[1] + 1, state


class SqliteByHand:
    """One connection for each client; one writer at a time, as waiting in SQLite itself means sleeping."""

    def __init__(self, file: str, lock: Lock) -> None:
        self._lock = lock
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        for pragma in ("foreign_keys=ON", "synchronous=FULL", "busy_timeout=30000"):
            self._connection.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        self._connection.close()

    def read(self, number: int) -> Any:
        """One item's row."""
        return self._connection.execute(_READ.format("?", "?"), (WORKSPACE, number)).fetchone()

    def move(self, number: int, transition: str, actor: str) -> None:
        """Read, look, write."""
        with self._lock:
            run = self._connection.execute
            run("BEGIN IMMEDIATE")
            row = self.read(number)
            now = datetime.now(UTC)
            at = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            state, category, body, id, event, hash = _decided(row, number, transition, actor, now)
            seq, head = row[2], row[3]
            run(
                "UPDATE items SET state = ?, category = ?, version = version + 1, seq = seq + 1, head = ?,"
                " body = ?, updated_at = ?, state_since = ? WHERE workspace = ? AND number = ? AND seq = ?",
                (state, category, hash, body, at, at, WORKSPACE, number, seq),
            )
            run(
                "UPDATE item_states SET state = ?, updated_at = ? WHERE workspace = ? AND number = ?",
                (state, at, WORKSPACE, number),
            )
            run(
                "INSERT INTO events (workspace, number, seq, id, kind, at, actor, body, prev_hash, hash, decided)"
                " SELECT ?, ?, ?, ?, 'transition', ?, ?, ?, ?, ?, max(position) + 1 FROM positions",
                (WORKSPACE, number, seq + 1, id, at, actor, event, head, hash),
            )
            run(
                "INSERT INTO positions (workspace, number, seq, kind, actor) VALUES (?, ?, ?, 'transition', ?)",
                (WORKSPACE, number, seq + 1, actor),
            )
            run("COMMIT")
