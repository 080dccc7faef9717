"""What the engine's `Session` asks for, over one connection: an attempt of an act, a view, or a transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from placet.catalog.catalog import Definition
from placet.engine.act import guards
from placet.engine.act.changes import Changes
from placet.engine.act.deliveries import Delivery, DeliveryQuery, Webhook
from placet.engine.act.guards import Guard
from placet.engine.act.people import Actor, Delegation, Token, WorkspaceRecord
from placet.engine.act.ports import MovedError
from placet.engine.act.queries import (
    Condition,
    EventQuery,
    FigureQuery,
    FigureRow,
    ItemQuery,
    ItemSpan,
    Page,
    TimerQuery,
)
from placet.engine.act.read_set import ReadSet
from placet.engine.act.records import (
    EventRecord,
    IdempotencyRecord,
    ItemRecord,
    ItemRef,
    JobRun,
    Schedule,
    SealedEvent,
)
from placet.errors import ConflictError
from placet.store import (
    deliveries,
    items,
    locks,
    log,
    metrics,
    rows,
    searching,
    spans,
    tables,
    timers,
    workspaces,
)
from placet.store import statements as sql
from placet.store.backends import Backend
from placet.store.commit import Commit, Locks
from placet.store.database import Database
from placet.store.driver import Statement
from placet.store.failures import Failure, failure_of
from placet.store.guards import asked, bucket, seen
from placet.store.notifications import SqlNotifications
from placet.store.tables import definitions, item_states

#: Counters read in one statement with what they guard; more are read before it.
_TOGETHER = 8


class SqlSession:
    """Implements `placet.engine.act.ports.Session`."""

    def __init__(
        self,
        database: Database,
        connect: Callable[[], Connection],
        *,
        reads: ReadSet | None = None,
        view: bool = False,
        begin: Callable[[Connection], None] | None = None,
    ) -> None:
        """Begin one.

        Args:
            database: what it is over.
            connect: gives the connection.
            reads: where an attempt of an act notes what it reads.
            view: whether it only reads.
            begin: begins the transaction of a view with its second read: a view of one read needs none.
        """
        self._database = database
        self._connect = connect
        self._connected: Connection | None = None
        self._begin = begin
        #: What a view has read before its transaction: a statement, its parameters, and the rows that it gave.
        self._first: tuple[Statement, Mapping[str, Any], list[Any]] | None = None
        #: What an attempt of an act has read; nothing is noted in a view or a transaction.
        self._reads = reads
        self._view = view
        #: Numbers that a rehearsal has given to items that will never be.
        self._given = 0
        self._changes = Changes()
        #: Whether there are new events if this is stored.
        self.appended = False
        #: Whether workspaces as seen here may never come to be: another act may be the one that makes their version.
        self._administered = False
        self._backend: Backend | None = None
        #: Versions of workspaces as seen in this session.
        self._versions: dict[str, int] = {}

    @property
    def _connection(self) -> Connection:
        connection = self._open()
        if self._begin is not None:
            begin, self._begin = self._begin, None
            begin(connection)
            self._demand_unmoved(connection)
        return connection

    def _open(self) -> Connection:
        # With the first read: what a view already knows needs none.
        if self._connected is None:
            self._connected = self._connect()
        return self._connected

    def _demand_unmoved(self, connection: Connection) -> None:
        """Raises `MovedError` if what was read before the transaction is not what it shows."""
        if self._first is not None:
            statement, parameters, rows = self._first
            if self._database.driver.fetch(connection, statement, parameters) != rows:
                raise MovedError(["view"], ["view"])

    @property
    def notifications(self) -> SqlNotifications:
        return SqlNotifications(self._connection)

    # Items

    def item(self, ref: ItemRef) -> ItemRecord | None:
        found = self._load(ref)
        if found is None and self._reads is not None:
            # Its counter has to be known before it is looked for.
            gone = guards.absent(ref)
            counts = self._counts(gone)
            found = self._load(ref)
            if found is None:
                self._reads.saw_guards(counts)
                return None
        if found is not None and self._reads is not None:
            self._reads.saw_item(ref, found.seq)
        return found

    def _load(self, ref: ItemRef) -> ItemRecord | None:
        rows = self._fetch(sql.LOAD_ITEM, ref._asdict())
        return self._read(rows[0]) if rows else None

    def _fetch(self, statement: Select[Any], parameters: Mapping[str, Any]) -> list[Any]:
        prepared = self._database.statements.prepared(statement, parameters)
        if self._begin is not None and self._first is None and not prepared.varies:
            rows = self._database.driver.fetch(self._open(), prepared, parameters)
            self._first = prepared, parameters, rows
            return rows
        if prepared.varies:
            return list(self._connection.execute(statement, parameters))
        return self._database.driver.fetch(self._connection, prepared, parameters)

    def _read(self, row: Any) -> ItemRecord:
        record = self._database.items.record(row)
        self._versions[record.workspace] = record.workspace_version
        if self._reads is not None:
            self._reads.saw_workspace(record.workspace, record.workspace_version)
        return record

    def _all(self, statement: Any, parameters: Mapping[str, Any]) -> list[ItemRecord]:
        return [self._read(row) for row in self._connection.execute(statement, parameters)]

    def _found(
        self, place: str, of: Sequence[Guard], statement: Select[Any], parameters: Mapping[str, Any]
    ) -> list[ItemRecord]:
        """The items that a search finds."""
        return [self._read(row) for row in self._guarded(place, of, statement, parameters)]

    def _guarded(
        self, place: str, of: Sequence[Guard], statement: Select[Any], parameters: Mapping[str, Any]
    ) -> list[Any]:
        """What a search finds, noted with its guards where that is what an act will rest on."""
        if self._reads is None:
            return self._fetch(statement, parameters)
        known = self._database.families.of(self._connection, place).families
        self._reads.unknown |= {(place, guard.family) for guard in of if guard.family not in known}
        if len(of) > _TOGETHER:
            # The counters first: what is counted meanwhile is then found to have moved.
            self._reads.saw_guards(self._counts(*of))
            return self._fetch(statement, parameters)
        rows = self._fetch(self._database.statements.guarded(statement, len(of)), {**parameters, **asked(of)})
        self._reads.saw_guards(seen(of, rows[0]))
        return [row for row in rows if row.number is not None]

    def _counts(self, *of: Guard) -> dict[Guard, int]:
        ids = {bucket(guard.name) for guard in of}
        counts = {row.id: row.count_ for row in self._fetch(sql.LOAD_COUNTS, {"ids": sorted(ids)})}
        return {guard: counts.get(bucket(guard.name), 0) for guard in of}

    def items(self, refs: Iterable[ItemRef]) -> Sequence[ItemRecord]:
        wanted = list(dict.fromkeys(refs))
        found = self._by_key(wanted)
        missing = [ref for ref in wanted if ref not in found]
        if missing and self._reads is not None:
            # As for a single one: their counters have to be known before they are looked for.
            counts = {ref: self._counts(guards.absent(ref)) for ref in missing}
            found |= self._by_key(missing)
            for ref in missing:
                if ref not in found:
                    self._reads.saw_guards(counts[ref])
        if self._reads is not None:
            for ref, record in found.items():
                self._reads.saw_item(ref, record.seq)
        return [found[ref] for ref in wanted if ref in found]

    def _by_key(self, refs: Sequence[ItemRef]) -> dict[ItemRef, ItemRecord]:
        records = [self._read(row) for row in self._fetch(*searching.by_key(refs))] if refs else ()
        return {ItemRef(record.workspace, record.number): record for record in records}

    def children(self, ref: ItemRef, type: str | None) -> Sequence[ItemRecord]:
        return self._found(ref.workspace, [guards.children(ref, type)], *searching.children(ref, type))

    def linking(self, link_type: str, ref: ItemRef) -> Sequence[ItemRecord]:
        return self._found(ref.workspace, [guards.links(link_type, ref)], *searching.linking(link_type, ref))

    def reachable(
        self, link_type: str, refs: Sequence[ItemRef], *, inwards: bool, steps: int
    ) -> Sequence[ItemRef]:
        walk = searching.reachable(link_type, refs, inwards=inwards, steps=steps)
        found = self._guarded(refs[0].workspace, [guards.walks(link_type)], *walk)
        return [ItemRef(row.workspace, row.number) for row in found]

    def search(
        self,
        workspace: str,
        type: str,
        states: Sequence[str],
        where: Sequence[Condition],
        overlapping: tuple[datetime, datetime] | None = None,
    ) -> Sequence[ItemRecord]:
        wanted = tuple(dict.fromkeys(states))
        of = guards.searches(workspace, type, wanted, where)
        return self._found(workspace, of, *searching.search(workspace, type, wanted, where, overlapping))

    def placed(self, workspace: str, type: str, after: int, limit: int) -> Sequence[ItemRecord]:
        return self._all(*spans.placed(workspace, type, after, limit))

    def save_spans(self, spans_of: Mapping[str, ItemSpan | None]) -> None:
        spans.save(self._connection, spans_of)

    def list_items(self, query: ItemQuery) -> Page[ItemRecord]:
        return items.page_of_items(self._fetch, query, self._read)

    def number_of_items(self, query: ItemQuery) -> int:
        return items.number_of_items(self._fetch, query)

    def pending_approvals(
        self, workspaces: tuple[str, ...] | None, ref: ItemRef | None, after: str | None, limit: int
    ) -> Page[ItemRecord]:
        if ref is not None:
            record = self.item(ref)
            return Page([] if record is None else [record], None)
        return items.page_of_pending(self._connection, workspaces, after, limit, self._read)

    def states_in_use(self, workspace: str) -> Sequence[tuple[str, str, int]]:
        statement = (
            select(item_states.c.type, item_states.c.state, func.count())
            .where(item_states.c.workspace == workspace)
            .group_by(item_states.c.type, item_states.c.state)
            .order_by(item_states.c.type, item_states.c.state)
        )
        return [(type, state, count) for type, state, count in self._connection.execute(statement)]

    def titled(self, workspace: str, words: str, *, among: int) -> Sequence[ItemRef]:
        found = self._connection.execute(*searching.titled(workspace, words, among))
        return [ItemRef(row.workspace, row.number) for row in found]

    def evidence_holders(self, sha256: str) -> Sequence[ItemRecord]:
        return self._all(*searching.evidence_holders(sha256))

    def next_number(self, workspace: str) -> int:
        if self._view:
            self._given += 1
            return self._database.last_number(self._connection, workspace) + self._given
        return self._database.next_number(self._connection, workspace)

    @property
    def draws_for_good(self) -> bool:
        # Where SQLite has a transaction open, the number is drawn inside of it, and goes back with it.
        return not (
            self._view or (self._database.sqlite and self._database.driver.in_transaction(self._connection))
        )

    # Committing an act

    def write(self, changes: Changes) -> None:
        self._changes = changes

    @property
    def first_hash(self) -> str | None:
        """The hash of the first event that is to be written."""
        return self._changes.events[0].hash if self._changes.events else None

    @property
    def backend(self) -> Backend | None:
        """The server's process behind the connection, before it was lost; `None` on SQLite."""
        return self._backend

    def locks(self) -> Locks:
        """What the attempt so far would have to lock."""
        try:
            return self._commit().locks
        except MovedError:
            return Locks()

    def _commit(self) -> Commit:
        changes = self._changes
        places = {record.workspace for record in (*changes.created, *(new for _, new in changes.updated))}
        reads = self._reads
        if reads is None:
            # Administration notes no reads; by which rules it wrote on an item is compared all the same.
            reads = ReadSet()
            for place in places & self._versions.keys():
                reads.saw_workspace(place, self._versions[place])
        return Commit(
            reads, changes, {place: self._database.families.of(self._connection, place) for place in places}
        )

    def validate(self) -> None:
        """Compare what was read with what is there now. Raises `MovedError`; nothing is written.

        What was seen in one statement needs no comparison: it held at that moment.
        """
        reads = self._reads
        if reads is None or reads.of_one_look:
            return
        self._changes = Changes()
        commit = self._commit()
        moved = commit.moved(self._database.comparison.current(self._connection, commit))
        if moved is not None:
            raise moved

    def commit(self, *, held: bool = False) -> None:
        """Compare and write. Raises `MovedError`."""
        if not self._changes:
            self.validate()
            return
        for definition in self._changes.definitions:
            self._define(definition)
        self._backend = self._database.backend_of(self._connection)
        self._database.write(self._connection, self._commit(), held=held)
        self.appended = bool(self._changes.events)

    def _define(self, definition: Definition) -> None:
        if self._database.knows(definition.hash):
            return
        self._database.define(self._connection, definition.hash, definition.document)

    def _append(self, events: Sequence[EventRecord]) -> None:
        log.append(self._connection, events)
        self.appended = self.appended or bool(events)

    # Workspaces

    def workspace(self, key: str) -> WorkspaceRecord | None:
        version = self._versions.get(key)
        if version is None:
            found = self._fetch(sql.LOAD_VERSION, {"key": key})
            if not found:
                return None
            version = self._versions[key] = found[0].version
        known = self._known(key, version)
        if self._reads is not None:
            self._reads.saw_workspace(key, known.version)
        return known

    def _known(self, key: str, version: int) -> WorkspaceRecord:
        known = self._database.known_workspace(key, version)
        if known is None:
            known = workspaces.load_workspace(self._connection, key)
            if not self._administered:
                self._database.know_workspace(known)
            self._versions[key] = known.version
        return known

    def workspace_keys(self) -> Sequence[str]:
        return list(
            self._connection.scalars(select(tables.workspaces.c.key).order_by(tables.workspaces.c.key))
        )

    def save_workspace(
        self, old: WorkspaceRecord | None, new: WorkspaceRecord, events: Sequence[EventRecord]
    ) -> None:
        row = rows.workspace_row(new)
        self._administered = True
        if old is None:
            # Families of searches are registered in every workspace that there is.
            locks.keep_apart(self._connection)
            self._unique(
                lambda: self._connection.execute(insert(tables.workspaces), row), f'workspace key "{new.key}"'
            )
        else:
            # Acts compare the version under this lock; who comes here has it already, or waits for them now.
            locks.configure(self._connection, [old.key])
            statement = update(tables.workspaces).where(
                tables.workspaces.c.key == old.key, tables.workspaces.c.version == old.version
            )
            if self._connection.execute(statement.values(row)).rowcount != 1:
                raise MovedError([f"workspace:{old.key}"], ["workspace"])
        self._versions.pop(new.key, None)
        self._append(events)

    def _unique(self, write: Callable[[], object], what: str) -> None:
        try:
            write()
        except IntegrityError as error:
            if failure_of(error) is not Failure.DOUBLED:
                raise
            raise ConflictError(f"the {what} is taken") from error

    # What the clock demands

    def list_timers(self, query: TimerQuery, now: datetime) -> Page[tuple[ItemRecord, str]]:
        return timers.page(self._connection, query, now, self._read)

    def due(
        self, before: datetime, limit: int, but: Collection[str] = ()
    ) -> Sequence[tuple[ItemRef, str, datetime]]:
        return timers.due(self._connection, before, limit, but)

    def next_due(self) -> datetime | None:
        return timers.first_due(self._connection)

    def tries(self, ref: ItemRef, subject: str) -> int:
        return timers.tries(self._connection, ref, subject)

    def on_the_clock(self, workspace: str, after: int, limit: int) -> Sequence[ItemRecord]:
        return [self._read(row) for row in timers.on_the_clock(self._connection, workspace, after, limit)]

    def save_schedule(self, ref: ItemRef, schedule: Schedule) -> None:
        timers.save(self._connection, ref, schedule, new=False)

    def last_runs(self, workspace: str) -> Mapping[str, datetime]:
        return timers.last_runs(self._connection, workspace)

    def failed_runs(self, workspace: str) -> Sequence[JobRun]:
        return timers.failed_runs(self._connection, workspace)

    # People

    def actor(self, id: str) -> Actor | None:
        return workspaces.load_actor(self._fetch, id)

    def actors(self, ids: Iterable[str]) -> Mapping[str, Actor]:
        return workspaces.load_actors(self._connection, ids)

    def actor_ids(self, like: str, limit: int) -> Sequence[str]:
        return workspaces.actor_ids(self._connection, like, limit)

    def list_actors(self, after: str | None, limit: int) -> Page[Actor]:
        return workspaces.page_of_actors(self._connection, after, limit)

    def save_actor(self, actor: Actor) -> None:
        self._unique(lambda: workspaces.save_actor(self._connection, actor), f'actor id "{actor.id}"')

    def token(self, digest: str) -> tuple[Token, Actor] | None:
        return workspaces.load_token(self._fetch, digest)

    def token_by_id(self, id: str) -> Token | None:
        return workspaces.load_token_by_id(self._connection, id)

    def save_token(self, token: Token) -> None:
        workspaces.save_token(self._connection, token)

    def revoke_token(self, id: str, at: datetime) -> None:
        workspaces.revoke_token(self._connection, id, at)

    def save_delegation(self, delegation: Delegation) -> None:
        workspaces.save_delegation(self._connection, delegation)

    def list_delegations(self, actor: str | None) -> Sequence[Delegation]:
        if self._reads is not None and actor is not None:
            # Its counter has to be known before they are looked for.
            self._reads.saw_guards(self._counts(guards.delegated(actor)))
        return workspaces.list_delegations(self._connection, actor)

    # What is told to the outside

    def save_webhook(self, webhook: Webhook) -> None:
        deliveries.save_webhook(self._connection, webhook)

    def webhook(self, id: str) -> Webhook | None:
        return deliveries.load_webhook(self._connection, id)

    def webhooks(self) -> Sequence[Webhook]:
        return deliveries.list_webhooks(self._connection)

    def delete_webhook(self, webhook: Webhook) -> None:
        deliveries.delete_webhook(self._connection, webhook)

    def delivery(self, id: str) -> Delivery | None:
        return deliveries.load_delivery(self._connection, id)

    def list_deliveries(self, query: DeliveryQuery) -> Page[Delivery]:
        return deliveries.page_of_deliveries(self._connection, query)

    def add_deliveries(self, made: Sequence[Delivery]) -> None:
        deliveries.add(self._connection, made)

    def retry_delivery(self, delivery: Delivery) -> Delivery:
        return deliveries.retry_delivery(self._connection, delivery)

    # The log

    def idempotency(self, actor: str, key: str) -> IdempotencyRecord | None:
        found = self._fetch(sql.LOAD_ANSWERED, {"actor": actor, "key": key})
        return IdempotencyRecord(*found[0]) if found else None

    def event(self, id: str) -> EventRecord | None:
        return log.event(self._connection, id)

    def events(self, ids: Iterable[str]) -> Mapping[str, EventRecord]:
        return log.events_of(self._connection, ids)

    def history(self, ref: ItemRef, after_seq: int, limit: int) -> Sequence[EventRecord]:
        return log.history(self._connection, ref, after_seq, limit)

    def histories(self, workspace: str, after: tuple[int, int], limit: int) -> Sequence[EventRecord]:
        return log.histories(self._connection, workspace, after, limit)

    def erase_text(self, ref: ItemRef, seq: int, at: datetime) -> bool:
        return log.erase_text(self._connection, ref, seq, at)

    def list_events(self, query: EventQuery) -> Page[SealedEvent]:
        return log.page(self._connection, query)

    def events_after(self, position: int, limit: int) -> Sequence[SealedEvent]:
        return log.events_after(self._connection, position, limit)

    def last_position(self) -> int:
        return log.last_position(self._connection)

    def figure(self, query: FigureQuery) -> Sequence[FigureRow]:
        return metrics.rows(self._connection, query)

    def definition(self, hash: str) -> Definition | None:
        row = self._connection.execute(select(definitions).where(definitions.c.hash == hash)).first()
        return None if row is None else Definition(row.hash, row.document)
