"""Queries of the log."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, Connection, literal, select, tuple_

from placet.engine.ports import EventQuery, Page
from placet.engine.records import EventRecord, ItemRef
from placet.errors import MalformedError
from placet.store.rows import event_record
from placet.store.tables import events

_KEYS = (events.c.commit_order, events.c.workspace, events.c.number, events.c.seq)
#: The first part is the log's epoch: a log restored elsewhere may have to count anew.
_CURSOR = re.compile(r"^e1-(\d{1,18})-([A-Z][A-Z0-9_]{0,19})-(\d{1,18})-(\d{1,18})\Z")


def event(connection: Connection, id: str) -> EventRecord | None:
    """One event by its id."""
    row = connection.execute(select(events).where(events.c.id == id)).first()
    return None if row is None else event_record(row)


def history(connection: Connection, ref: ItemRef, after_seq: int, limit: int) -> list[EventRecord]:
    """An item's events in order, from the one after a number."""
    statement = (
        select(events)
        .where(events.c.workspace == ref.workspace, events.c.number == ref.number, events.c.seq > after_seq)
        .order_by(events.c.seq)
        .limit(limit)
    )
    return [event_record(row) for row in connection.execute(statement)]


def page(
    connection: Connection, query: EventQuery, *, settled: ColumnElement[bool] | None
) -> Page[EventRecord]:
    """A page of the log in the order of commit, events of one item in their own.

    `settled` leaves out what may still be overtaken by a transaction that commits later; it comes with the next page.
    The cursor is there even at the end, to go on from later.
    """
    statement = select(events)
    if settled is not None:
        statement = statement.where(settled)
    if query.workspaces is not None:
        statement = statement.where(events.c.workspace.in_(list(query.workspaces)))
    if query.ref is not None:
        statement = statement.where(
            events.c.workspace == query.ref.workspace, events.c.number == query.ref.number
        )
    if query.actor is not None:
        statement = statement.where(events.c.actor == query.actor)
    if query.kinds:
        statement = statement.where(events.c.kind.in_(list(query.kinds)))
    if query.after is not None:
        last = tuple_(*(literal(v, type_=k.type) for k, v in zip(_KEYS, _behind(query.after), strict=True)))
        statement = statement.where(tuple_(*_KEYS) > last)
    rows = connection.execute(statement.order_by(*_KEYS).limit(query.limit)).all()
    return Page([event_record(row) for row in rows], _cursor(rows[-1]) if rows else query.after)


def _cursor(row: Any) -> str:
    return f"e1-{row.commit_order}-{row.workspace}-{row.number}-{row.seq}"


def _behind(cursor: str) -> tuple[int, str, int, int]:
    match = _CURSOR.match(cursor)
    if match is None:
        raise MalformedError(
            f'"{cursor[:80]}" is not a cursor of this log: leave it out to begin at the beginning'
        )
    return int(match[1]), match[2], int(match[3]), int(match[4])
