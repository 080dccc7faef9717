"""The log: appending events, the history of an item, and all events by position."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    false,
    func,
    select,
    tuple_,
    union_all,
    update,
)

from placet.engine.act.people import INSTALLATION
from placet.engine.act.queries import EventQuery, Page
from placet.engine.act.records import EventRecord, ItemRef, SealedEvent
from placet.errors import MalformedError
from placet.store import statements as sql
from placet.store.conditions import among, filled, named, pairs, these
from placet.store.driver import Fetch
from placet.store.json import dumps
from placet.store.rows import event_record, event_row, text_row
from placet.store.tables import event_texts, events, installation, positions, workspaces

#: The installation's note of the log's epoch: cursors of another epoch refer to other events.
EPOCH_NOTE = "log.epoch"
_CURSOR = re.compile(r"e([1-9][0-9]{0,8})-([0-9]{8,18})")
#: Selections that are combined in one statement; SQLite takes 500 at most.
_TOGETHER = 200


def append(connection: Connection, records: Sequence[EventRecord]) -> None:
    """Append events: on SQLite with their positions, on PostgreSQL with a mark that they have none yet."""
    if not records:
        return
    written = [event_row(each) for each in records]
    texts = [row for row in map(text_row, records) if row is not None]
    if texts:
        connection.execute(sql.INSERT_TEXT, texts)
    if connection.dialect.name == "sqlite":
        placed = [sql.prefixed("e", row) for row in written]
        connection.execute(sql.PLACE_EVENT, placed)
        connection.execute(sql.RECORD_EVENT, placed)
    else:
        connection.execute(sql.INSERT_EVENT, written)
        connection.execute(sql.MARK_UNSEALED, [{"event": each.id} for each in records])


TEXT = tuple(event_texts.c[name] for name in ("salt", "document", "erased_at"))
WITH_TEXT = events.outerjoin(
    event_texts, and_(*(event_texts.c[name] == events.c[name] for name in ("workspace", "number", "seq")))
)
#: Events with their texts.
EVENTS = select(events, *TEXT).select_from(WITH_TEXT)


_HISTORIES = (
    EVENTS.where(
        events.c.workspace == bindparam("workspace"),
        tuple_(events.c.number, events.c.seq)
        > tuple_(bindparam("number", type_=events.c.number.type), bindparam("seq", type_=events.c.seq.type)),
    )
    .order_by(events.c.number, events.c.seq)
    .limit(bindparam("limit"))
)

_HISTORIES_OF = {
    sqlite: EVENTS.where(these((events.c.workspace, events.c.number), sqlite=sqlite)).order_by(
        events.c.workspace, events.c.number, events.c.seq
    )
    for sqlite in (False, True)
}
#: Items whose histories are read at a time.
_ITEMS = 512


@lru_cache(maxsize=4)
def _together(*, of_kinds: bool, sqlite: bool) -> Select[Any]:
    """The positions of the events of some items after a position."""
    statement = select(positions.c.position).where(
        among((positions.c.workspace, positions.c.number), sqlite=sqlite),
        positions.c.position > bindparam("after", type_=positions.c.position.type),
    )
    if of_kinds:
        statement = statement.where(named(positions.c.kind, sqlite=sqlite))
    return statement.order_by(positions.c.position).limit(bindparam("limit"))


# By position


_EPOCH = select(installation.c.value).where(installation.c.name == EPOCH_NOTE)


def epoch(connection: Connection) -> int:
    """The log's epoch: 1, and one more after every restored backup."""
    return int(connection.scalar(_EPOCH) or 1)


def last_position(connection: Connection) -> int:
    """The position of the last event; 0 for an empty log."""
    return connection.scalar(select(func.max(positions.c.position))) or 0


def events_after(fetch: Fetch, position: int, limit: int) -> list[SealedEvent]:
    """Events after a position, in order."""
    return _placed(fetch, _AFTER, {"after": position, "limit": limit})


def events_at(fetch: Fetch, places: Sequence[int]) -> list[SealedEvent]:
    """Events by their positions; missing ones are left out."""
    return _placed(fetch, _AT, {"places": filled(list(places))}) if places else []


def _placed(fetch: Fetch, statement: Select[Any], values: Mapping[str, Any]) -> list[SealedEvent]:
    noted = fetch(_EPOCH, {})
    era = int(noted[0].value if noted else 1)
    return [_event(row, era) for row in fetch(statement, values)]


def statements(connection: Connection, query: EventQuery, after: int) -> list[Select[Any]]:
    """The selections for a page after a position: each reads its rows in the order of an index."""
    if query.ref is not None:
        return [_of_item(query, query.ref, after)]
    if query.workspaces is None and query.actor is None and not query.kinds:
        return [_whole(after, query.limit)]
    return _of_workspaces(connection, query, after)


def _cursor(era: int, position: int) -> str:
    return f"e{era}-{position:08d}"


def _behind(text: str, era: int, last: int) -> int:
    """The position of a cursor. Raises `MalformedError` for one that is not valid in this log."""
    match = _CURSOR.fullmatch(text)
    shown, remedy = f'"{text[:80]}"', "leave it out to begin at the beginning"
    if match is None:
        raise MalformedError(f"{shown} is not a cursor of this log, or comes from a former version: {remedy}")
    if int(match[1]) != era:
        raise MalformedError(
            f"{shown} is a cursor of epoch {match[1]}, and since a backup was restored the log is in epoch {era}:"
            f" {remedy}"
        )
    if int(match[2]) > last:
        raise MalformedError(f"{shown} is a cursor after the end of this log, which is {last}: {remedy}")
    return int(match[2])


_PLACED = select(positions.c.position, events, *TEXT).select_from(
    positions.join(
        WITH_TEXT,
        and_(*(positions.c[name] == events.c[name] for name in ("workspace", "number", "seq"))),
    )
)


_AFTER = (
    _PLACED.where(positions.c.position > bindparam("after", type_=positions.c.position.type))
    .order_by(positions.c.position)
    .limit(bindparam("limit"))
)
_AT = _PLACED.where(positions.c.position.in_(bindparam("places", expanding=True)))


def _whole(after: int, limit: int) -> Select[Any]:
    return _PLACED.where(positions.c.position > after).order_by(positions.c.position).limit(limit)


def _of_item(query: EventQuery, ref: ItemRef, after: int) -> Select[Any]:
    """One item's events: by their own index, whose order is that of positions; any other would read the whole log."""
    statement = _PLACED.where(
        positions.c.workspace == ref.workspace, positions.c.number == ref.number, positions.c.position > after
    )
    if query.workspaces is not None and ref.workspace not in query.workspaces:
        statement = statement.where(false())
    if query.actor is not None:
        statement = statement.where(positions.c.actor == query.actor)
    if query.kinds:
        statement = statement.where(positions.c.kind.in_(query.kinds))
    return statement.order_by(positions.c.seq).limit(query.limit)


def _of_workspaces(connection: Connection, query: EventQuery, after: int) -> list[Select[Any]]:
    """One range of an index for each workspace, and for each kind in it, combined in a few statements.

    A single condition over several of them would read everything in between, or sort the whole log.
    """
    places = query.workspaces
    if places is None:
        places = (*connection.scalars(select(workspaces.c.key).order_by(workspaces.c.key)), INSTALLATION)
    conditions: list[tuple[ColumnElement[bool], ...]] = [()]
    if query.actor is not None:
        conditions = [(positions.c.actor == query.actor,)]
        if query.kinds:
            conditions = [(*conditions[0], positions.c.kind.in_(query.kinds))]
    elif query.kinds:
        conditions = [(positions.c.kind == kind,) for kind in dict.fromkeys(query.kinds)]
    ranges = [
        select(positions.c.position)
        .where(positions.c.workspace == place, *condition, positions.c.position > after)
        .order_by(positions.c.position)
        .limit(query.limit)
        for place in places
        for condition in conditions
    ]
    return [_joined(ranges[n : n + _TOGETHER], query.limit) for n in range(0, len(ranges), _TOGETHER)]


def _joined(ranges: list[Select[Any]], limit: int) -> Select[Any]:
    either = union_all(*(select(each.subquery().c.position) for each in ranges)).subquery()
    first = select(either.c.position).order_by(either.c.position).limit(limit).subquery()
    return _PLACED.join(first, first.c.position == positions.c.position).order_by(positions.c.position)


def _sealed(connection: Connection, statement: Select[Any], era: int) -> list[SealedEvent]:
    return [_event(row, era) for row in connection.execute(statement)]


def _event(row: Any, era: int) -> SealedEvent:
    return SealedEvent(row.position, _cursor(era, row.position), event_record(row))


class SqlEventLog:
    """Implements `placet.engine.act.session.EventLog`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _fetch(self, statement: Select[Any], values: Mapping[str, Any]) -> list[Any]:
        return list(self._connection.execute(statement, values))

    def event(self, id: str) -> EventRecord | None:
        """One event by its id."""
        row = self._connection.execute(EVENTS.where(events.c.id == id)).first()
        return None if row is None else event_record(row)

    def events(self, ids: Iterable[str]) -> dict[str, EventRecord]:
        """Some events by their ids."""
        statement = EVENTS.where(events.c.id.in_(list(ids)))
        return {row.id: event_record(row) for row in self._connection.execute(statement)}

    def history(self, ref: ItemRef, after_seq: int, limit: int) -> list[EventRecord]:
        """An item's events in order, after a number."""
        statement = (
            EVENTS.where(
                events.c.workspace == ref.workspace, events.c.number == ref.number, events.c.seq > after_seq
            )
            .order_by(events.c.seq)
            .limit(limit)
        )
        return [event_record(row) for row in self._connection.execute(statement)]

    def histories(self, workspace: str, after: tuple[int, int], limit: int) -> list[EventRecord]:
        """A workspace's events, item by item, in the order of the primary key."""
        number, seq = after
        asked = {"workspace": workspace, "number": number, "seq": seq, "limit": limit}
        return [event_record(row) for row in self._connection.execute(_HISTORIES, asked)]

    def histories_of(self, refs: Sequence[ItemRef]) -> list[EventRecord]:
        """All events of some items, item by item; so many items at a time that a statement can name them."""
        ordered = sorted(refs)
        sqlite = self._connection.dialect.name == "sqlite"
        found: list[EventRecord] = []
        for n in range(0, len(ordered), _ITEMS):
            asked = {"refs": pairs(ordered[n : n + _ITEMS], sqlite=sqlite)}
            found += [event_record(row) for row in self._connection.execute(_HISTORIES_OF[sqlite], asked)]
        return found

    def erase_text(self, ref: ItemRef, seq: int, at: datetime) -> bool:
        """Erase the texts that people typed in an event, with its salt; returns whether there were any."""
        statement = (
            update(event_texts)
            .where(
                event_texts.c.workspace == ref.workspace,
                event_texts.c.number == ref.number,
                event_texts.c.seq == seq,
                event_texts.c.erased_at.is_(None),
            )
            .values(salt=None, document=None, erased_at=at)
        )
        return self._connection.execute(statement).rowcount == 1

    def typed_by(self, actor: str, after: int, limit: int) -> list[SealedEvent]:
        """Events of an actor with text that is not erased, after a position."""
        statement = _PLACED.where(
            positions.c.actor == actor, positions.c.position > after, event_texts.c.document.is_not(None)
        )
        found = statement.order_by(positions.c.position).limit(limit)
        return _sealed(self._connection, found, epoch(self._connection))

    def list_events(self, query: EventQuery) -> Page[SealedEvent]:
        """A page of the log by position. There is a cursor even at the end, to go on from later."""
        era, last = epoch(self._connection), last_position(self._connection)
        after = 0 if query.after is None else _behind(query.after, era, last)
        parts = statements(self._connection, query, after)
        found = [each for statement in parts for each in _sealed(self._connection, statement, era)]
        rows = sorted(found, key=lambda each: each.position)[: query.limit]
        # The cursor is the end of the log, so that the next page need not search the events that do not match again.
        reached = rows[-1].position if len(rows) == query.limit else last
        return Page(rows, _cursor(era, reached))

    def list_together(self, refs: Sequence[ItemRef], query: EventQuery) -> Page[SealedEvent]:
        """A page of the events of some items, by position: first which ones, from the index alone, then they."""
        era = epoch(self._connection)
        after = 0 if query.after is None else _behind(query.after, era, last_position(self._connection))
        sqlite = self._connection.dialect.name == "sqlite"
        statement = _together(of_kinds=bool(query.kinds), sqlite=sqlite)
        asked = {
            "refs": dumps([tuple(ref) for ref in sorted(refs)]),
            "names": dumps(query.kinds),
            "after": after,
            "limit": query.limit + 1,
        }
        page = list(self._connection.scalars(statement, asked))
        rows = sorted(events_at(self._fetch, page[: query.limit]), key=lambda each: each.position)
        return Page(rows, rows[-1].cursor if len(page) > query.limit else None)

    def events_after(self, position: int, limit: int) -> list[SealedEvent]:
        return events_after(self._fetch, position, limit)

    def latest(self, workspace: str, kinds: Sequence[str]) -> EventRecord | None:
        statement = select(func.max(positions.c.position)).where(
            positions.c.workspace == workspace, positions.c.kind.in_(kinds)
        )
        found = self._connection.scalar(statement)
        return events_at(self._fetch, [found])[0].event if found is not None else None

    def last_position(self) -> int:
        return last_position(self._connection)
