"""The one commit of an act: what it read is compared with what is there, and everything that it changes is written.

On PostgreSQL that is one call of `placet.store.commit_function`; on SQLite the same steps inside `BEGIN IMMEDIATE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from placet.engine.act.changes import Changes
from placet.engine.act.guards import Family, Guard, counted
from placet.engine.act.input import parse_key
from placet.engine.act.ports import MovedError
from placet.engine.act.queries import ItemSpan
from placet.engine.act.read_set import ReadSet, label
from placet.engine.act.records import ItemRecord, ItemRef, Schedule
from placet.engine.act.sorting import sortable
from placet.store import rows
from placet.store import statements as sql
from placet.store.derived_tables import follow
from placet.store.driver import Driver, Statement
from placet.store.guards import bucket, buckets
from placet.store.spans import span_row
from placet.store.tables import (
    dues,
    event_texts,
    evidence,
    guards,
    idempotency_keys,
    item_roles,
    item_spans,
    item_states,
    item_values,
    items,
    job_runs,
    links,
    pending_approvals,
    timers,
    workspaces,
)

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Registered:
    """The families of searches that are counted for in a workspace, as of its counter of them."""

    counter: int
    families: frozenset[Family]


@dataclass(slots=True)
class Locks:
    """What an act has to lock: counters by id, items by key, workspaces. Attempts add to each other's."""

    places: set[str] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    counted: set[int] = field(default_factory=set)
    seen: set[ItemRef] = field(default_factory=set)
    written: set[ItemRef] = field(default_factory=set)

    def add(self, other: Locks) -> None:
        """Lock that, too."""
        self.places |= other.places
        self.read |= other.read
        self.counted |= other.counted
        self.seen |= other.seen
        self.written |= other.written


class Commit:
    """What one attempt compares and writes."""

    def __init__(self, reads: ReadSet, changes: Changes, registered: Mapping[str, Registered]) -> None:
        self.changes = changes
        self.registered = registered
        self.reads = reads
        self.items = dict(reads.items)
        for old, _ in changes.updated:
            # What a search found is not noted by itself, but what is written is compared.
            self.items.setdefault(ItemRef(old.workspace, old.number), old.seq)
        self.guards: dict[int, int] = {}
        self.named: dict[int, Guard] = {}
        for guard, count in reads.guards.items():
            id = bucket(guard.name)
            if self.guards.setdefault(id, count) != count:
                raise MovedError([guard.name], [label(guard.family)])
            self.named[id] = guard
        names: set[str] = set()
        for before, after in [*((None, record) for record in changes.created), *changes.updated]:
            names |= counted(registered[after.workspace].families, before, after)
        self.counted = buckets(names)
        made = {record.key for record in changes.created}
        self.written = sorted(
            {ItemRef(old.workspace, old.number) for old, _ in changes.updated}
            | {parse_key(key) for key in changes.schedules if key not in made}
        )

    @property
    def locks(self) -> Locks:
        """What it has to lock."""
        return Locks(
            set(self.reads.workspaces),
            set(self.guards),
            set(self.counted),
            set(self.items),
            set(self.written),
        )

    def moved(self, found: Mapping[tuple[str, str, int], int]) -> MovedError | None:
        """What is no longer as it was read; `found` is what `Comparison.current` gives."""
        names, labels = [], []
        for key, version in self.reads.workspaces.items():
            if found.get(("workspace", key, 0)) != version:
                names.append(f"workspace:{key}")
                labels.append("workspace")
        for key, registered in self.registered.items():
            if self.changes and found.get(("families", key, 0)) != registered.counter:
                names.append(f"families:{key}")
                labels.append("families")
        for id, count in self.guards.items():
            if found.get(("guard", "", id), 0) != count:
                names.append(self.named[id].name)
                labels.append(label(self.named[id].family))
        for ref, seq in self.items.items():
            if found.get(("item", *ref)) != seq:
                names.append(f"item:{ref.key}")
                labels.append("item")
        return MovedError(names, labels) if names else None

    def moved_as_told(self, told: Mapping[str, Any]) -> MovedError:
        """What PostgreSQL found to be no longer as it was read."""
        names = [f"{kind}:{key}" for kind in ("workspaces", "families") for key in told.get(kind) or ()]
        labels = [kind.removesuffix("s") if kind == "workspaces" else kind
                  for kind in ("workspaces", "families") for _ in told.get(kind) or ()]  # fmt: skip
        for id in told.get("guards") or ():
            names.append(self.named[id].name)
            labels.append(label(self.named[id].family))
        for key in told.get("items") or ():
            names.append(f"item:{key}")
            labels.append("item")
        return MovedError(names or ["locked"], labels or ["locked"])


def written(changes: Changes) -> dict[str, Any]:
    """The rows that an act changes: new ones by table, `updated` items, and what goes, by its keys."""
    act: dict[str, Any] = {}
    _items(act, changes)
    made = {record.key for record in changes.created}
    _follow(act, changes)
    _index(act, changes, made)
    _place(act, changes.spans, made)
    _schedule(act, changes.schedules, made)
    if changes.events:
        act["events"] = [rows.event_row(event) for event in changes.events]
    texts = [row for row in map(rows.text_row, changes.events) if row is not None]
    if texts:
        act["event_texts"] = texts
    return act | _beside(changes)


def _items(act: dict[str, Any], changes: Changes) -> None:
    if changes.created:
        act["items"] = [rows.item_row(record) for record in changes.created]
        act["item_states"] = [_standing(record) | {"type": record.type} for record in changes.created]
    if changes.updated:
        act["updated"] = [rows.item_row(record) for _, record in changes.updated]
    stands = [
        _standing(new)
        for old, new in changes.updated
        if (old.state, old.updated_at) != (new.state, new.updated_at)
    ]
    if stands:
        act["stands"] = stands


def _follow(act: dict[str, Any], changes: Changes) -> None:
    gone: dict[str, Rows] = {}
    for before, after in [*((None, record) for record in changes.created), *changes.updated]:
        for table, less, more in follow(before, after):
            if less:
                gone.setdefault(table, []).extend(less)
            if more:
                act.setdefault(table, []).extend(more)
    if gone:
        act["gone"] = gone


def _standing(record: ItemRecord) -> dict[str, Any]:
    """Where an item stands, for those who search."""
    return {
        "workspace": record.workspace,
        "number": record.number,
        "state": record.state,
        "updated_at": record.updated_at,
    }


def _beside(changes: Changes) -> dict[str, Rows]:
    """What an act writes besides items and events."""
    act: dict[str, Rows] = {}
    if changes.postponed:
        act["postponed"] = [
            {
                **each.ref._asdict(),
                "subject": each.subject,
                "tries": each.tries,
                "was": each.was,
                "at": each.until,
            }
            for each in changes.postponed
        ]
    if changes.job_run is not None:
        act["job_runs"] = [asdict(changes.job_run)]
    if changes.idempotency is not None:
        act["idempotency_keys"] = [asdict(changes.idempotency)]
    return act


def _index(act: dict[str, Any], changes: Changes, made: set[str]) -> None:
    for key, fields in changes.indexed.items():
        ref = parse_key(key)._asdict()
        for field_name, values in fields.items():
            if key not in made:
                act.setdefault("unindexed", []).append({**ref, "field": field_name})
            kept = dict.fromkeys(sortable(value) for value in values) or [""]
            act.setdefault("item_values", []).extend(
                {**ref, "field": field_name, "value": value} for value in kept
            )


def _place(act: dict[str, Any], spans: Mapping[str, ItemSpan | None], made: set[str]) -> None:
    for key, span in spans.items():
        ref = parse_key(key)._asdict()
        if key not in made:
            act.setdefault("gone", {}).setdefault("item_spans", []).append(ref)
        if span is not None:
            act.setdefault("item_spans", []).append({**ref, **span_row(span)})


def _schedule(act: dict[str, Any], schedules: Mapping[str, Schedule], made: set[str]) -> None:
    for key, schedule in schedules.items():
        ref = parse_key(key)._asdict()
        if key not in made:
            act.setdefault("rescheduled", []).append(ref)
        act.setdefault("timers", []).extend(
            {**ref, "timer": row.timer, "status": row.status, "due_at": row.due_at,
             "spent": None if row.spent is None else row.spent // timedelta(microseconds=1)}
            for row in schedule.timers
        )  # fmt: skip
        act.setdefault("dues", []).extend(
            {**ref, "subject": subject, "at": at, "tries": 0} for subject, at in schedule.dues
        )
        for table in ("timers", "dues"):
            if not act[table]:
                del act[table]


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z).decode()


def _arrays(refs: Iterable[ItemRef]) -> tuple[list[str], list[int]]:
    known = list(refs)
    return [ref.workspace for ref in known], [ref.number for ref in known]


class Comparison:
    """Reads what is there now of what was read before."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._sqlite = driver.dialect.name == "sqlite"
        self._current = Statement(_current(sqlite=self._sqlite), driver.dialect)

    def current(self, connection: Connection, commit: Commit) -> dict[tuple[str, str, int], int]:
        """Versions, counters and numbers of last events: by kind, workspace and number, in one statement."""
        places = sorted({*commit.reads.workspaces, *commit.registered})
        if self._sqlite:
            refs = [tuple(ref) for ref in commit.items]
            asked: dict[str, Any] = {
                "places": _json(places),
                "ids": _json(list(commit.guards)),
                "refs": _json(refs),
            }
        else:
            keys, numbers = _arrays(commit.items)
            asked = {"places": places, "ids": list(commit.guards), "keys": keys, "numbers": numbers}
        found = self._driver.fetch(connection, self._current, asked)
        return {(row.kind, row.workspace, row.number): row.value for row in found}


def _current(*, sqlite: bool) -> Any:
    places: ColumnElement[bool]
    ids: ColumnElement[bool]
    if sqlite:
        places = workspaces.c.key.in_(text("SELECT value FROM json_each(:places)"))
        ids = guards.c.id.in_(text("SELECT value FROM json_each(:ids)"))
        these = text(
            "(items.workspace, items.number) IN"
            " (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:refs))"
        )
    else:
        places = workspaces.c.key == func.any(bindparam("places", type_=ARRAY(String)))
        ids = guards.c.id == func.any(bindparam("ids", type_=ARRAY(Integer)))
        these = text(
            "(items.workspace, items.number) IN"
            " (SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:numbers AS bigint[])))"
        ).bindparams(bindparam("keys", type_=ARRAY(String)), bindparam("numbers", type_=ARRAY(BigInteger)))
    zero: ColumnElement[int] = literal_column("0")
    found = union_all(
        select(literal_column("'workspace'").label("kind"), workspaces.c.key.label("workspace"),
               zero.label("number"), workspaces.c.version.label("value")).where(places),
        select(literal_column("'families'"), workspaces.c.key, zero, workspaces.c.families).where(places),
        select(literal_column("'guard'"), literal_column("''"), guards.c.id, guards.c.count).where(ids),
        select(literal_column("'item'"), items.c.workspace, items.c.number, items.c.seq).where(these),
    ).subquery()  # fmt: skip
    return select(found.c.kind, found.c.workspace, found.c.number, found.c.value)


class PostgresqlWriter:
    """Commits by `placet_commit`."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        texts, integers, numbers = ARRAY(String), ARRAY(Integer), ARRAY(BigInteger)
        self._commit = Statement(
            select(
                func.placet_commit(
                    cast(bindparam("act", type_=Text), JSONB),
                    bindparam("places", type_=texts), bindparam("versions", type_=numbers),
                    bindparam("families", type_=numbers),
                    bindparam("read_ids", type_=integers), bindparam("read_counts", type_=numbers),
                    bindparam("counted", type_=integers),
                    bindparam("seen_places", type_=texts), bindparam("seen_numbers", type_=numbers),
                    bindparam("seen_seqs", type_=numbers),
                    bindparam("written_places", type_=texts), bindparam("written_numbers", type_=numbers),
                    bindparam("held", type_=Boolean),
                    type_=JSONB,
                ).label("moved")
            ),
            driver.dialect,
        )  # fmt: skip
        self._hold = Statement(
            select(
                func.placet_hold(
                    bindparam("places", type_=texts), bindparam("read_ids", type_=integers),
                    bindparam("counted", type_=integers),
                    bindparam("seen_places", type_=texts), bindparam("seen_numbers", type_=numbers),
                    bindparam("written_places", type_=texts), bindparam("written_numbers", type_=numbers),
                ).label("held")
            ),
            driver.dialect,
        )  # fmt: skip

    def commit(self, connection: Connection, commit: Commit, *, held: bool = False) -> None:
        """Compare and write. Raises `MovedError` with what moved; nothing is written then."""
        places = sorted({*commit.reads.workspaces, *commit.registered})
        versions = [commit.reads.workspaces.get(key) for key in places]
        seen_places, seen_numbers = _arrays(commit.items)
        written_places, written_numbers = _arrays(commit.written)
        (row,) = self._driver.fetch(
            connection,
            self._commit,
            {
                "act": _json(written(commit.changes)),
                "places": places,
                "versions": versions,
                "families": [commit.registered[key].counter if key in commit.registered else None for key in places],
                "read_ids": list(commit.guards),
                "read_counts": list(commit.guards.values()),
                "counted": commit.counted,
                "seen_places": seen_places,
                "seen_numbers": seen_numbers,
                "seen_seqs": list(commit.items.values()),
                "written_places": written_places,
                "written_numbers": written_numbers,
                "held": held,
            },
        )  # fmt: skip
        if row.moved is not None:
            raise commit.moved_as_told(row.moved)

    def hold(self, connection: Connection, locks: Locks) -> None:
        """Take locks, in the order of everybody."""
        seen_places, seen_numbers = _arrays(locks.seen)
        written_places, written_numbers = _arrays(locks.written)
        self._driver.fetch(
            connection,
            self._hold,
            {
                "places": sorted(locks.places),
                "read_ids": sorted(locks.read),
                "counted": sorted(locks.counted),
                "seen_places": seen_places,
                "seen_numbers": seen_numbers,
                "written_places": written_places,
                "written_numbers": written_numbers,
            },
        )


class SqliteWriter:
    """Commits statement by statement, in a transaction that has begun with the right to write."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._comparison = Comparison(driver)
        count = sqlite_insert(guards)
        self._count = self._made(
            count.on_conflict_do_update(index_elements=[guards.c.id], set_={"count": guards.c.count + 1})
        )
        self._update = self._made(sql.UPDATE_ITEM)
        self._stand = self._made(sql.UPDATE_STATE)
        self._gone = {
            table.name: self._made(_delete(table, [column.name for column in table.primary_key]))
            for table in (links, item_roles, evidence, pending_approvals, item_spans)
        }
        self._unindex = self._made(_delete(item_values, ["workspace", "number", "field"]))
        self._unschedule = [self._made(_delete(table, ["workspace", "number"])) for table in (timers, dues)]
        self._postpone = self._made(sql.POSTPONE)
        self._job_run = self._made(_later_run())
        self._insert = {
            table.name: self._made(insert(table))
            for table in (
                items, item_states, item_spans, links, item_roles, evidence, pending_approvals, item_values, timers,
                dues, idempotency_keys, event_texts,
            )
        }  # fmt: skip
        self._events = [self._made(sql.PLACE_EVENT), self._made(sql.RECORD_EVENT)]

    def _made(self, statement: Any) -> Statement:
        return Statement(statement, self._driver.dialect)

    def commit(self, connection: Connection, commit: Commit) -> None:
        """Compare and write. Raises `MovedError` with what moved; nothing is written then."""
        moved = commit.moved(self._comparison.current(connection, commit))
        if moved is not None:
            raise moved
        act = written(commit.changes)
        execute = self._driver.execute
        execute(connection, self._count, [{"id": id, "count": 1} for id in commit.counted])
        changed = act.pop("updated", [])
        if execute(connection, self._update, [sql.prefixed("i", row) for row in changed]) != len(changed):
            raise MovedError(["locked"], ["locked"])
        execute(connection, self._stand, [sql.prefixed("i", row) for row in act.pop("stands", [])])
        for table, less in act.pop("gone", {}).items():
            execute(connection, self._gone[table], less)
        execute(connection, self._unindex, act.pop("unindexed", []))
        rescheduled = act.pop("rescheduled", [])
        for unschedule in self._unschedule:
            execute(connection, unschedule, rescheduled)
        execute(connection, self._postpone, [sql.prefixed("d", row) for row in act.pop("postponed", [])])
        runs = act.pop("job_runs", [])
        if execute(connection, self._job_run, runs) != len(runs):
            raise MovedError([f"job:{run['job']}" for run in runs], ["job"])
        placed = [sql.prefixed("e", row) for row in act.pop("events", [])]
        for table, more in act.items():
            execute(connection, self._insert[table], more)
        for statement in self._events:
            execute(connection, statement, placed)


def _delete(table: Table, columns: list[str]) -> Any:
    return delete(table).where(
        and_(*(table.c[name] == bindparam(name, type_=table.c[name].type) for name in columns))
    )


def _later_run() -> Any:
    """A job's occurrence, if none as late is kept."""
    run = sqlite_insert(job_runs)
    return run.on_conflict_do_update(
        index_elements=[job_runs.c.workspace, job_runs.c.job],
        set_={name: run.excluded[name] for name in ("due_at", "at", "trouble")},
        where=job_runs.c.due_at < run.excluded.due_at,
    )
