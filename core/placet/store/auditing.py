"""Reads of verification: rows as they are stored, however somebody may have changed them, and the log beside them.

A verification asks the same few dozen questions of each workspace, so that their statements are built once: for a small
one, building them takes longer than asking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    Connection,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    func,
    insert,
    select,
    tuple_,
    type_coerce,
    update,
)

from placet.catalog.catalog import Definition
from placet.engine.act.auditing import LogPlace, Searched, StoredItem, StoredSchedule, moment_text
from placet.engine.act.indexing import index_texts
from placet.engine.act.ports import MovedError
from placet.engine.act.records import EventRecord, ItemRecord, ItemRef
from placet.store import derived_tables, log, spans
from placet.store.installation import note
from placet.store.rows import bare_event, item_record
from placet.store.tables import (
    NO_MOMENT,
    Moment,
    definitions,
    dues,
    event_texts,
    events,
    evidence,
    installation,
    item_spans,
    item_states,
    item_values,
    items,
    metadata,
    positions,
    timers,
    unsealed,
)
from placet.store.tables.columns import Document, ItemDocument, LoggedMoment

#: The note with the tree of the latest checkpoint.
_TREE_NOTE = "audit.tree"
#: Stands for a value that cannot be read, because somebody tampered with it.
UNREADABLE = "(unreadable)"


class SqlAudit:
    """Implements `placet.engine.act.auditing.AuditReads`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # Rows

    def rows(
        self, table: str, *, within: Mapping[str, str] | None = None, after: str | None = None, limit: int
    ) -> list[dict[str, Any]]:
        """Rows of a table in JSON, in order of their last key, after a key."""
        given: dict[str, Any] = {**(within or {}), "limit": limit}
        statement = _rows_of(table, tuple(within or ()), go_on=after is not None)
        if after is not None:
            given["after"] = after
        return [_plain(metadata.tables[table], row) for row in self._connection.execute(statement, given)]

    def items(self, workspace: str, after: int, limit: int) -> list[StoredItem]:
        """Items of a workspace after a number, in order."""
        given = {"workspace": workspace, "after": after, "limit": limit}
        return [_stored(row) for row in self._connection.execute(_items(), given)]

    def events(
        self, workspace: str, after: tuple[int, int], last: int | None, limit: int
    ) -> list[EventRecord]:
        """Events of a workspace item by item, without their data, after (item's number, event's number)."""
        number, seq = after
        given = {"workspace": workspace, "number": number, "seq": seq, "limit": limit}
        if last is not None:
            given["last"] = last
        found = self._connection.execute(_events(to_the_end=last is None), given)
        return [bare_event(row) for row in found]

    # Tables that follow from items

    def derived(
        self, workspace: str, found: Sequence[tuple[ItemRecord, Searched]], first: int, last: int
    ) -> Iterator[tuple[int, str]]:
        """(item's number, table) for each table whose rows do not follow from an item between two numbers."""
        between = _Between(self._connection, workspace, first, last)
        records = {record.number: record for record, _ in found}
        for table, _, rows_of, _ in derived_tables.TABLES:
            yield from between.differing(table, records, lambda record, of=rows_of: _keyed(of(record)))  # type: ignore[misc]  # the default binds the loop's value
        yield from between.differing(
            item_states, records, lambda each: {((), (each.type, each.state, moment_text(each.updated_at)))}
        )
        searched = {record.number: values for record, values in found}
        yield from between.differing(
            item_values,
            {n: each for n, each in records.items() if searched[n].values is not None},
            lambda each: {
                ((field, text), ())
                for field, given in (searched[each.number].values or {}).items()
                for text in index_texts(given)
            },
        )
        yield from between.differing(
            item_spans,
            {n: each for n, each in records.items() if searched[n].values is not None},
            lambda each: _span(searched[each.number]),
        )

    def schedules(self, workspace: str, first: int, last: int) -> dict[int, StoredSchedule]:
        """The timers and due work of the items between two numbers, by number."""
        between = _Between(self._connection, workspace, first, last)
        found: defaultdict[int, StoredSchedule] = defaultdict(lambda: StoredSchedule({}, {}))
        for number, rows in between.rows(timers).items():
            found[number].timers.update({timer: values for (timer,), values in rows})
        for number, rows in between.rows(dues).items():
            found[number].dues.update({subject: values for (subject,), values in rows})
        return found

    def derived_of_nothing(self, workspace: str) -> Iterator[tuple[int, str]]:
        """(item's number, table) for each row of a table that follows from items, and whose item is not there."""
        following = (item_states, item_values, item_spans, timers, dues)
        for table in (*(each[0] for each in derived_tables.TABLES), *following):
            for number in self._connection.scalars(_of_nothing(table), {"workspace": workspace}):
                yield number, table.name

    # The log

    def places(self, after: int, limit: int) -> list[LogPlace]:
        """Positions after a position, in order, each with its event and with the position of the one before that."""
        return [
            LogPlace(
                row.position, ItemRef(row.workspace, row.number), row.seq, row.hash,
                fits=(row.kind, row.actor) == (row.event_kind, row.event_actor),
                follows=row.seq == 1 or (row.previous is not None and row.previous < row.position),
            )
            for row in self._connection.execute(_places(), {"after": after, "limit": limit})
        ]  # fmt: skip

    def hashes(self, after: int, limit: int) -> list[tuple[int, str]]:
        """(position, hash) of events after a position, in order."""
        same = and_(*(positions.c[name] == events.c[name] for name in ("workspace", "number", "seq")))
        statement = select(positions.c.position, events.c.hash).select_from(positions.join(events, same))
        found = statement.where(positions.c.position > after).order_by(positions.c.position).limit(limit)
        return [(position, hash) for position, hash in self._connection.execute(found)]

    def counts(self) -> tuple[int, int, int]:
        """The numbers of events, of positions, and of events that have no position yet."""
        found = self._connection.execute(_counts()).one()
        return found[0], found[1], found[2]

    def strange_texts(self) -> list[tuple[str, int, int]]:
        """(workspace, item's number, event's number) of texts without an event, at most 100."""
        found = self._connection.execute(_strange_texts())
        return [(workspace, number, seq) for workspace, number, seq in found]

    def strange_marks(self) -> list[str]:
        """The ids of events that wait for a position and are not there, at most 100."""
        return list(self._connection.scalars(_strange_marks()))

    def histories(self) -> list[str]:
        """The names of all histories: workspaces, and the installation; of events, whatever rows there are."""
        return list(self._connection.scalars(_HISTORIES))

    def tree(self) -> tuple[int, list[bytes], str | None]:
        """The tree of the latest checkpoint, as its size and the roots of its complete subtrees, and its text."""
        found = note(self._connection, _TREE_NOTE)
        if found is None:
            return 0, [], None
        kept = orjson.loads(found)
        return kept["size"], [bytes.fromhex(each) for each in kept["peaks"]], kept["checkpoint"]

    def keep_tree(self, size: int, peaks: Sequence[bytes], checkpoint: str, former: str | None) -> None:
        """Keep the tree of the latest checkpoint. Raises `MovedError` if that has changed since."""
        kept = {"size": size, "peaks": [each.hex() for each in peaks], "checkpoint": checkpoint}
        value = orjson.dumps(kept).decode()
        found = note(self._connection, _TREE_NOTE)
        if found is None:
            # Of two first ones, the second insertion fails, and its act starts again.
            self._connection.execute(insert(installation), {"name": _TREE_NOTE, "value": value})
            return
        there = installation.c.name == _TREE_NOTE, installation.c.value == found
        changed = update(installation).where(*there).values(value=value)
        if orjson.loads(found)["checkpoint"] != former or self._connection.execute(changed).rowcount != 1:
            raise MovedError(["checkpoint"], ["checkpoint"])

    # Definitions and files

    def definitions(self, after: str, limit: int) -> list[Definition]:
        """Stored definitions after a hash, in order."""
        found = self._connection.execute(_definitions(), {"after": after, "limit": limit})
        return [Definition(row.hash, _json(row.document)) for row in found]

    def kept_definitions(self, hashes: Iterable[str]) -> set[str]:
        """The hashes of stored definitions, of those that are asked for."""
        asked = select(definitions.c.hash).where(definitions.c.hash.in_(list(hashes)))
        return set(self._connection.scalars(asked))

    def evidence(self, after: str, limit: int) -> list[tuple[str, ItemRef]]:
        """Digests of files that items have as evidence, after a digest, each with one of these items."""
        found = list(self._connection.scalars(_FILES, {"after": after, "limit": limit}))
        if not found:
            return []
        holders = select(evidence.c.sha256, evidence.c.workspace, evidence.c.number).where(
            evidence.c.sha256.in_(found)
        )
        items_of = {sha: ItemRef(place, n) for sha, place, n in self._connection.execute(holders)}
        return [(sha, items_of[sha]) for sha in found]


_HISTORIES = select(events.c.workspace).distinct().order_by(events.c.workspace)
_FILES = (
    select(evidence.c.sha256)
    .where(evidence.c.sha256 > bindparam("after"))
    .distinct()
    .order_by(evidence.c.sha256)
    .limit(bindparam("limit"))
)


@cache
def _rows_of(table: str, within: tuple[str, ...], *, go_on: bool) -> Select[Any]:
    """Rows in order of their last key, with given values in some columns; those after a key, to go on."""
    kept = metadata.tables[table]
    key = list(kept.primary_key.columns)[-1]
    statement = select(*map(_readable, kept.c)).where(*(kept.c[name] == bindparam(name) for name in within))
    if go_on:
        statement = statement.where(key > bindparam("after"))
    return statement.order_by(key).limit(bindparam("limit"))


@cache
def _items() -> Select[Any]:
    within = items.c.workspace == bindparam("workspace"), items.c.number > bindparam("after")
    return select(*map(_readable, items.c)).where(*within).order_by(items.c.number).limit(bindparam("limit"))


@cache
def _events(*, to_the_end: bool) -> Select[Any]:
    place = events.c.number, events.c.seq
    after = tuple_(*(bindparam(column.name, type_=column.type) for column in place))
    statement = log.EVENTS.where(events.c.workspace == bindparam("workspace"), tuple_(*place) > after)
    if not to_the_end:
        statement = statement.where(events.c.number <= bindparam("last"))
    return statement.order_by(*place).limit(bindparam("limit"))


@cache
def _of_nothing(table: Table) -> Select[Any]:
    """Numbers in a table without an item of that number, at most 100."""
    here = and_(items.c.workspace == table.c.workspace, items.c.number == table.c.number)
    strange = table.c.workspace == bindparam("workspace"), items.c.number.is_(None)
    return select(table.c.number).outerjoin(items, here).where(*strange).distinct().limit(100)


@cache
def _between(table: Table) -> tuple[Select[Any], list[Column[Any]], list[Column[Any]]]:
    """Rows of items between two numbers; and of which columns of the key, and which others, beside the number."""
    key = [column for column in table.primary_key.columns if column.name not in {"workspace", "number"}]
    known = {"workspace", "number", *(column.name for column in key)}
    rest = [each for each in table.c if each.name not in known]
    statement = select(table.c.number, *map(_readable, (*key, *rest))).where(
        table.c.workspace == bindparam("workspace"),
        table.c.number.between(bindparam("first"), bindparam("last")),
    )
    return statement, key, rest


@cache
def _places() -> Select[Any]:
    """Positions, each with its event and with the position of the one before that."""
    previous, placed = positions.alias(), positions
    same = [placed.c[name] == events.c[name] for name in ("workspace", "number", "seq")]
    before = [
        previous.c.workspace == placed.c.workspace,
        previous.c.number == placed.c.number,
        previous.c.seq == placed.c.seq - 1,
    ]
    return (
        select(
            placed,
            events.c.hash,
            events.c.kind.label("event_kind"),
            events.c.actor.label("event_actor"),
            previous.c.position.label("previous"),
        )
        .select_from(placed.outerjoin(events, and_(*same)).outerjoin(previous, and_(*before)))
        .where(placed.c.position > bindparam("after"))
        .order_by(placed.c.position)
        .limit(bindparam("limit"))
    )


@cache
def _counts() -> Select[Any]:
    marked = unsealed.join(events, events.c.id == unsealed.c.event)
    counted = (select(func.count()).select_from(each) for each in (events, positions, marked))
    return select(*(each.scalar_subquery() for each in counted))


@cache
def _strange_texts() -> Select[Any]:
    same = and_(*(event_texts.c[name] == events.c[name] for name in ("workspace", "number", "seq")))
    place = event_texts.c.workspace, event_texts.c.number, event_texts.c.seq
    return select(*place).outerjoin(events, same).where(events.c.id.is_(None)).limit(100)


@cache
def _strange_marks() -> Select[Any]:
    statement = select(unsealed.c.event).outerjoin(events, events.c.id == unsealed.c.event)
    return statement.where(events.c.id.is_(None)).order_by(unsealed.c.event).limit(100)


@cache
def _definitions() -> Select[Any]:
    document = definitions.c.hash, _readable(definitions.c.document)
    after = definitions.c.hash > bindparam("after")
    return select(*document).where(after).order_by(definitions.c.hash).limit(bindparam("limit"))


class _Between:
    """The rows of tables that follow from the items between two numbers of a workspace."""

    def __init__(self, connection: Connection, workspace: str, first: int, last: int) -> None:
        self._connection, self._of = connection, (workspace, first, last)

    def differing(
        self,
        table: Table,
        records: Mapping[int, ItemRecord],
        expected: Callable[[ItemRecord], set[tuple[Any, ...]]],
    ) -> Iterator[tuple[int, str]]:
        """The items whose rows are others."""
        there = self.rows(table)
        for number, record in records.items():
            if there.get(number, set()) != expected(record):
                yield number, table.name

    def rows(self, table: Table) -> dict[int, set[tuple[Any, ...]]]:
        """The rows by item, each as (key without the item's own, values of the other columns)."""
        workspace, first, last = self._of
        statement, key, rest = _between(table)
        given = {"workspace": workspace, "first": first, "last": last}
        there: dict[int, set[tuple[Any, ...]]] = defaultdict(set)
        for number, *values in self._connection.execute(statement, given):
            shown = [_shown(column, value) for column, value in zip((*key, *rest), values, strict=True)]
            there[number].add(
                (tuple(shown[: len(key)]), tuple(_hashable(each) for each in shown[len(key) :]))
            )
        return there


def _keyed(rows: Mapping[tuple[Any, ...], Mapping[str, Any]]) -> set[tuple[Any, ...]]:
    return {(key, tuple(_hashable(each) for each in row.values())) for key, row in rows.items()}


def _hashable(value: Any) -> Any:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS) if isinstance(value, dict) else value


def _span(searched: Searched) -> set[tuple[Any, ...]]:
    if searched.span is None:
        return set()
    row = spans.span_row(searched.span)
    return {((), (row["type"], row["length"], moment_text(row["starts"]), moment_text(row["ends"])))}


#: Types of columns with JSON, by identity.
_DOCUMENTS = (Document, ItemDocument)


def _readable(column: Column[Any]) -> Any:
    """A column so that reading it cannot fail: JSON as text, and moments that may be none."""
    if isinstance(column.type, Moment):
        return type_coerce(column, LoggedMoment()).label(column.name)
    return (
        cast(column, Text).label(column.name) if any(column.type is each for each in _DOCUMENTS) else column
    )


def _plain(table: Table, row: Any) -> dict[str, Any]:
    return {column.name: _shown(column, getattr(row, column.name)) for column in table.c}


def _shown(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, Moment):
        return UNREADABLE if value is NO_MOMENT else None if value is None else moment_text(value)
    return _json(value) if any(column.type is each for each in _DOCUMENTS) else value


def _json(text: Any) -> Any:
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, TypeError):
        return UNREADABLE


def _stored(row: Any) -> StoredItem:
    parts = _plain(items, row)
    body = parts.pop("body")
    parts |= body if isinstance(body, dict) else {"roles": UNREADABLE}
    workspace, number = parts.pop("parent_workspace"), parts.pop("parent_number")
    parts["parent"] = None if number is None and workspace is None else f"{workspace}-{number}"
    ref = ItemRef(parts.pop("workspace"), parts.pop("number"))
    return StoredItem(ref, parts.pop("seq"), parts.pop("head"), parts, _record(row, body))


class _Read:
    """A row of items with its JSON read, in the form that `item_record` takes."""

    def __init__(self, row: Any, fields: Any, body: Any) -> None:
        self.__dict__ |= dict(row._mapping) | {"fields": fields, "body": body, "workspace_version": 0}  # noqa: SLF001  # SQLAlchemy's public name


def _record(row: Any, body: Any) -> ItemRecord | None:
    """The item of a row; `None` for one that is none, because somebody tampered with it."""
    try:
        return item_record(_Read(row, _json(row.fields), body))
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
