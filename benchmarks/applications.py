"""Databases filled with items, and Placet over them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import asyncpg
import orjson
import uuid_utils

from benchmarks import toy
from placet.app import Application, build, migrate
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR
from placet.settings import Settings

_MADE = datetime(2026, 1, 5, 9, tzinfo=UTC)
FIELDS = {"owner": toy.ACTOR, "estimate": 5, "note": "as ordered by telephone, see the letter"}
_ITEM = (
    "workspace", "number", "type", "title", "state", "category", "version", "seq", "head", "fields", "body",
    "created_at", "created_by", "updated_at", "state_since", "definition",
)  # fmt: skip
_EVENT = ("workspace", "number", "seq", "id", "kind", "at", "actor", "body", "prev_hash", "hash", "decided")
#: Positions for what was inserted past Placet, in the order of its events' ids.
_PLACE_ALL = """
INSERT INTO positions (position, workspace, number, seq, kind, actor)
SELECT (SELECT coalesce(max(position), 0) FROM positions) + row_number() OVER (ORDER BY id), workspace, number, seq,
       kind, actor
FROM events e WHERE NOT EXISTS (
    SELECT 1 FROM positions p WHERE p.workspace = e.workspace AND p.number = e.number AND p.seq = e.seq
)
"""
#: Where the items that were inserted past Placet stand.
_STAND_ALL = """
INSERT INTO item_states (workspace, number, type, state, updated_at)
SELECT workspace, number, type, state, updated_at FROM items i WHERE NOT EXISTS (
    SELECT 1 FROM item_states s WHERE s.workspace = i.workspace AND s.number = i.number
)
"""
BODY = {
    "roles": {}, "approvals": [], "confirmations": [], "asks": [], "waivers": [], "evidence": [], "links": {},
    "link_attributes": {}, "acts": {"create": [toy.ACTOR]}, "edited": {}, "timers": {},
}  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """A database with Placet's schema, the toy method switched on, and items."""

    url: str
    #: A key of the type with twelve transitions.
    hub: str
    #: Numbers of tasks, all in state `ready`.
    tasks: range
    token: str

    def application(self, *, asynchronous: bool = False) -> Application:
        """Placet over it."""
        return build(Settings(database_url=self.url), registry=toy.registry(), asynchronous=asynchronous)


def fill(url: str, tasks: int) -> Filled:
    """Make the schema, a workspace, and tasks with the events and hashes that Placet itself would have written."""
    settings = Settings(database_url=url)
    migrate(settings)
    application = build(settings, registry=toy.registry())
    engine = application.engine
    ada = engine.people.add(SYSTEM_ACTOR, id=toy.ACTOR, name="Ada")
    engine.workspaces.create(SYSTEM_ACTOR, key=toy.WORKSPACE, name="Benchmark", methods=["bench"])
    engine.workspaces.assign(SYSTEM_ACTOR, toy.WORKSPACE, toy.WORKER.id, [ada.id])
    token = engine.people.issue_token(SYSTEM_ACTOR, ada.id, name="bench")[0]
    hub = _create(application, ada, toy.HUB.id)
    first = _create(application, ada, toy.TASK.id)
    definition = engine.items.get(ada, first).definition
    application.close()
    numbers = range(3, 3 + tasks)
    if url.startswith("sqlite:"):
        _insert(url.removeprefix("sqlite:///"), numbers, definition)
    else:
        asyncio.run(_copy(url, numbers, definition))
    return Filled(url, hub, numbers, token)


def _create(application: Application, actor: Actor, type: str) -> str:
    return application.engine.items.create(
        actor, workspace=toy.WORKSPACE, type=type, title="By hand", fields=FIELDS
    ).key


def _rows(
    numbers: range, definition: str, *, text: bool
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Item and event rows; times as text where the database knows none."""
    fields, body = orjson.dumps(FIELDS).decode(), orjson.dumps(BODY).decode()
    changes = {name: [None, value] for name, value in FIELDS.items()}
    for number in numbers:
        moment = _MADE + timedelta(seconds=number)
        at: Any = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if text else moment
        id, title = str(uuid_utils.uuid7()), f"Task {number}"
        document = {
            "id": id, "item": f"{toy.WORKSPACE}-{number}", "seq": 1, "kind": "created", "at": moment,
            "actor": toy.ACTOR, "changes": changes, "to_state": "ready", "type": toy.TASK.id, "title": title,
        }  # fmt: skip
        event = orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z).decode()
        head = sha256(f"\n{event}".encode()).hexdigest()
        yield (
            (toy.WORKSPACE, number, toy.TASK.id, title, "ready", "todo", 1, 1, head, fields, body,
             at, toy.ACTOR, at, at, definition),
            (toy.WORKSPACE, number, 1, id, "created", at, toy.ACTOR, event, "", head, number),
        )  # fmt: skip


def _insert(file: str, numbers: range, definition: str) -> None:
    with sqlite3.connect(file) as connection:
        rows = list(_rows(numbers, definition, text=True))
        marks = ", ".join("?" * len(_ITEM))
        connection.executemany(
            f"INSERT INTO items ({', '.join(_ITEM)}) VALUES ({marks})", [r[0] for r in rows]
        )
        marks = ", ".join("?" * len(_EVENT))
        connection.executemany(
            f"INSERT INTO events ({', '.join(_EVENT)}) VALUES ({marks})", [r[1] for r in rows]
        )
        connection.execute(_STAND_ALL)
        connection.execute(_PLACE_ALL)
        connection.execute("UPDATE counters SET last = ?", (numbers[-1],))
    connection.close()


async def _copy(url: str, numbers: range, definition: str) -> None:
    connection = await asyncpg.connect(url)
    for start in range(numbers.start, numbers.stop, 50_000):
        part = range(start, min(start + 50_000, numbers.stop))
        rows = list(_rows(part, definition, text=False))
        await connection.copy_records_to_table("items", records=(r[0] for r in rows), columns=_ITEM)
        await connection.copy_records_to_table("events", records=(r[1] for r in rows), columns=_EVENT)
    await connection.execute(_STAND_ALL)
    await connection.execute(_PLACE_ALL)
    await connection.execute("SELECT setval('decisions', max(decided)) FROM events")
    await connection.execute("DELETE FROM unsealed")
    await connection.execute("UPDATE counters SET last = $1", numbers[-1])
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
    await connection.close()


async def create_database(server: str, name: str) -> str:
    """A new, empty database of a server; answers its URL."""
    connection = await asyncpg.connect(f"{server}/postgres")
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    await connection.close()
    return f"{server}/{name}"
