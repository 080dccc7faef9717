"""The engine's `Session` over one connection: an attempt of an act, a view, or a transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from placet.catalog.catalog import Definition
from placet.engine.act import guards
from placet.engine.act.changes import Changes
from placet.engine.act.guards import Guard
from placet.engine.act.indexing import ValuesOf
from placet.engine.act.people import InstallationRecord, WorkspaceRecord
from placet.engine.act.ports import MovedError
from placet.engine.act.queries import (
    Condition,
    Edge,
    Elsewhere,
    FigureQuery,
    FigureRow,
    ItemQuery,
    ItemSpan,
    Page,
    TimeRow,
    TimesAsked,
    TypeHistory,
)
from placet.engine.act.read_set import ReadSet
from placet.engine.act.records import EventRecord, IdempotencyRecord, ItemRecord, ItemRef
from placet.store import edges, installation, items, log, metrics, scanning, searching, spans, workspaces
from placet.store import statements as sql
from placet.store.auditing import SqlAudit
from placet.store.backends import Backend
from placet.store.commit import Commit, Locks
from placet.store.database import Database
from placet.store.deliveries import SqlDeliveries
from placet.store.log import SqlEventLog
from placet.store.notifications import SqlNotifications
from placet.store.people import SqlPeople
from placet.store.proposals import SqlProposals
from placet.store.reader import Reader
from placet.store.rows import event_record, time_rows, workspace_record
from placet.store.tables import definition_uses, definitions
from placet.store.timers import SqlTimers
from placet.store.upkeep import SqlUpkeep


class SqlSession:
    """Implements `placet.engine.act.session.Session`."""

    def __init__(
        self,
        database: Database,
        connect: Callable[[], Connection],
        *,
        reads: ReadSet | None = None,
        view: bool = False,
        begin: Callable[[Connection], None] | None = None,
        known: Sequence[ItemRecord] = (),
    ) -> None:
        """Create a session.

        Args:
            database: the database of the session.
            connect: returns the connection.
            reads: the reads of an attempt of an act, recorded here.
            view: whether it only reads.
            begin: begins the transaction of a view at its second read; a view of one read needs none.
            known: the items with which such a view begins, instead of its first read.
        """
        self._database = database
        self._reader = Reader(database, connect, reads=reads, begin=begin, known=known)
        self._view = view
        #: How many numbers a rehearsal has given to items that will not be stored.
        self._given = 0
        self._changes = Changes()
        #: Whether storing this session adds events.
        self.appended = False
        #: Whether workspaces as seen here may never be stored: another act may create their version instead.
        self._administered = False
        self._backend: Backend | None = None
        self.people = SqlPeople(self._reader)
        self.timers = SqlTimers(self._reader)
        self.upkeep = SqlUpkeep(self._reader)

    @property
    def notifications(self) -> SqlNotifications:
        return SqlNotifications(self._reader.connection)

    @property
    def proposals(self) -> SqlProposals:
        return SqlProposals(self._reader.connection)

    @property
    def audit(self) -> SqlAudit:
        return SqlAudit(self._reader.connection)

    @property
    def deliveries(self) -> SqlDeliveries:
        return SqlDeliveries(self._reader.connection)

    @property
    def log(self) -> SqlEventLog:
        return SqlEventLog(self._reader.connection)

    # Items

    def item(self, ref: ItemRef) -> ItemRecord | None:
        found = self._load(ref)
        if found is None and self._reader.reads is not None:
            # Its counter has to be read before the item is looked for.
            gone = guards.absent(ref)
            counts = self._reader.counts(gone)
            found = self._load(ref)
            if found is None:
                self._reader.reads.saw_guards(counts)
                return None
        if found is not None and self._reader.reads is not None:
            self._reader.reads.saw_item(ref, found.seq)
        return found

    def _load(self, ref: ItemRef) -> ItemRecord | None:
        known = self._reader.known.get(ref)
        if known is not None:
            return known
        rows = self._reader.fetch(sql.LOAD_ITEM, ref._asdict())
        return self._reader.record(rows[0]) if rows else None

    def _all(self, statement: Any, parameters: Mapping[str, Any]) -> list[ItemRecord]:
        return self._reader.records(self._reader.connection.execute(statement, parameters))

    def _found(
        self, place: str, of: Sequence[Guard], statement: Select[Any], parameters: Mapping[str, Any]
    ) -> list[ItemRecord]:
        """The items that a search finds."""
        rows = self._reader.guarded(place, of, statement, parameters)
        return self._reader.records(rows) if rows else []

    def items(self, refs: Iterable[ItemRef]) -> Sequence[ItemRecord]:
        wanted = list(dict.fromkeys(refs))
        found = self._by_key(wanted)
        missing = [ref for ref in wanted if ref not in found]
        if missing and self._reader.reads is not None:
            # As for a single item: their counters have to be read before the items are looked for.
            counts = {ref: self._reader.counts(guards.absent(ref)) for ref in missing}
            found |= self._by_key(missing)
            for ref in missing:
                if ref not in found:
                    self._reader.reads.saw_guards(counts[ref])
        if self._reader.reads is not None:
            for ref, record in found.items():
                self._reader.reads.saw_item(ref, record.seq)
        return [found[ref] for ref in wanted if ref in found]

    def _by_key(self, refs: Sequence[ItemRef]) -> dict[ItemRef, ItemRecord]:
        known = self._reader.known
        found = {ref: known[ref] for ref in refs if ref in known}
        unread = [ref for ref in refs if ref not in found]
        if unread:
            rows = self._reader.fetch(*searching.by_key(unread, sqlite=self._database.sqlite))
            for record in self._reader.records(rows):
                found[ItemRef(record.workspace, record.number)] = record
        return found

    def children(self, ref: ItemRef, type: str | None) -> Sequence[ItemRecord]:
        return self._found(ref.workspace, [guards.children(ref, type)], *searching.children(ref, type))

    def children_of(self, workspace: str, numbers: Sequence[int], type: str | None) -> Sequence[ItemRecord]:
        return self._all(*searching.children_of(workspace, numbers, type)) if numbers else ()

    def linking_to(self, link_type: str, workspace: str, numbers: Sequence[int]) -> Sequence[ItemRecord]:
        return self._all(*searching.linking_to(link_type, workspace, numbers)) if numbers else ()

    def below(self, ref: ItemRef) -> Sequence[ItemRecord]:
        return self._all(*searching.below(ref))

    def linking(self, link_type: str, ref: ItemRef) -> Sequence[ItemRecord]:
        return self._found(ref.workspace, [guards.links(link_type, ref)], *searching.linking(link_type, ref))

    def reachable(
        self, link_type: str, refs: Sequence[ItemRef], *, inwards: bool, steps: int
    ) -> Sequence[ItemRef]:
        sqlite = self._database.sqlite
        walk = searching.reachable(link_type, refs, inwards=inwards, steps=steps, sqlite=sqlite)
        found = self._reader.guarded(refs[0].workspace, [guards.walks(link_type)], *walk)
        return [ItemRef(row.workspace, row.number) for row in found]

    def edges(
        self,
        refs: Sequence[ItemRef],
        *,
        outwards: Sequence[str] = (),
        inwards: Sequence[str] = (),
        fields: Collection[tuple[str, str]] = (),
        below: bool = False,
    ) -> Sequence[Edge]:
        wish = edges.Wish(outwards, inwards, fields, below=below)
        if not refs:
            return ()
        return edges.edges(self._reader.fetch, refs, wish, sqlite=self._database.sqlite)

    def search(
        self,
        workspace: str,
        type: str,
        states: Sequence[str],
        where: Sequence[Condition],
        overlapping: tuple[datetime, datetime] | None = None,
    ) -> Sequence[ItemRecord]:
        wanted = tuple(dict.fromkeys(states))
        asked = searching.search(workspace, type, wanted, where, overlapping, sqlite=self._database.sqlite)
        return self._found(workspace, self._guards(workspace, type, wanted, where), *asked)

    def times(
        self, workspace: str, type: str, states: Sequence[str], where: Sequence[Condition], asked: TimesAsked
    ) -> Sequence[TimeRow]:
        wanted = tuple(dict.fromkeys(states))
        search = searching.times(workspace, type, wanted, where, asked, sqlite=self._database.sqlite)
        found = self._reader.guarded(workspace, self._guards(workspace, type, wanted, where), *search)
        return time_rows(found, whole=asked.whole)

    def _guards(
        self, workspace: str, type: str, states: Sequence[str], where: Sequence[Condition]
    ) -> Sequence[Guard]:
        # A view compares nothing.
        return () if self._reader.reads is None else guards.searches(workspace, type, states, where)

    def placed(self, workspace: str, type: str, after: int, limit: int) -> Sequence[ItemRecord]:
        return self._all(*spans.placed(workspace, type, after, limit))

    def save_spans(self, spans_of: Mapping[str, ItemSpan | None]) -> None:
        spans.save(self._reader.connection, spans_of)

    def list_items(self, query: ItemQuery, values_of: ValuesOf | None = None) -> Page[ItemRecord]:
        if values_of is not None:
            return scanning.page_of_scanned(
                self._reader.fetch, query, self._reader.record, values_of, sqlite=self._database.sqlite
            )
        return items.page_of_items(
            self._reader.fetch, query, self._reader.record, sqlite=self._database.sqlite
        )

    def number_of_items(self, query: ItemQuery, values_of: ValuesOf | None = None) -> int:
        if values_of is not None:
            return scanning.number_of_scanned(
                self._reader.fetch, query, self._reader.record, values_of, sqlite=self._database.sqlite
            )
        return items.number_of_items(self._reader.fetch, query, sqlite=self._database.sqlite)

    def pending_approvals(
        self,
        workspaces: tuple[str, ...] | None,
        ref: ItemRef | None,
        after: str | None,
        limit: int,
        elsewhere: Elsewhere | None = None,
    ) -> Page[ItemRecord]:
        if ref is not None:
            record = self.item(ref)
            return Page([] if record is None else [record], None)
        return items.page_of_pending(
            self._reader.connection, workspaces, elsewhere, self._reader.record, after=after, limit=limit
        )

    def pending_confirmations(self, actor: str) -> Sequence[ItemRecord]:
        return items.pending_confirmations_of(
            self._reader.fetch, actor, self._reader.record, sqlite=self._database.sqlite
        )

    def item_places(self, actor: str) -> Sequence[str]:
        return items.item_places_of(self._reader.fetch, actor)

    def pending_asks(self, actor: str) -> Sequence[ItemRecord]:
        return items.pending_asks_of(
            self._reader.fetch, actor, self._reader.record, sqlite=self._database.sqlite
        )

    def states_in_use(self, workspace: str) -> Sequence[tuple[str, str, int]]:
        found = self._reader.connection.execute(items.STATES_IN_USE, {"workspace": workspace})
        return [(type, state, count) for type, state, count in found]

    def titled(self, workspace: str, words: str, *, among: int) -> Sequence[ItemRef]:
        found = self._reader.connection.execute(*searching.titled(workspace, words, among))
        return [ItemRef(row.workspace, row.number) for row in found]

    def evidence_holders(self, sha256: str) -> Sequence[ItemRecord]:
        return self._all(*searching.evidence_holders(sha256))

    def next_number(self, workspace: str) -> int:
        if self._view:
            self._given += 1
            return self._database.last_number(self._reader.connection, workspace) + self._given
        return self._database.next_number(self._reader.connection, workspace)

    @property
    def draws_for_good(self) -> bool:
        # In an open SQLite transaction, the number is drawn inside it, and is returned by a rollback.
        return not (
            self._view
            or (self._database.sqlite and self._database.driver.in_transaction(self._reader.connection))
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
        """The server process of the connection, before the connection was lost; `None` on SQLite."""
        return self._backend

    def locks(self) -> Locks:
        """The locks that the attempt would need so far."""
        try:
            return self._commit().locks
        except MovedError:
            return Locks()

    def _commit(self) -> Commit:
        changes = self._changes
        places = {record.workspace for record in (*changes.created, *(new for _, new in changes.updated))}
        reads = self._reader.reads
        if reads is None:
            # Administration records no reads; the versions of the rules that it used are compared nevertheless.
            reads = ReadSet()
            for place in places & self._reader.versions.keys():
                reads.saw_workspace(place, self._reader.versions[place])
        return Commit(
            reads,
            changes,
            {place: self._database.families.of(self._reader.connection, place) for place in places},
        )

    def validate(self) -> None:
        """Compare the reads with the current state. Raises `MovedError`; nothing is written.

        Reads of one statement need no comparison: they were true at the same moment.
        """
        reads = self._reader.reads
        if reads is None or reads.of_one_look:
            return
        self._changes = Changes()
        commit = self._commit()
        moved = commit.moved(self._database.comparison.current(self._reader.connection, commit))
        if moved is not None:
            raise moved

    def commit(self, *, held: bool = False) -> None:
        """Compare and write. Raises `MovedError`."""
        if not self._changes:
            self.validate()
            return
        for workspace, definition in self._changes.definitions:
            self._define(workspace, definition)
        self._backend = self._database.backend_of(self._reader.connection)
        self._database.write(self._reader.connection, self._commit(), held=held)
        self.appended = bool(self._changes.events)

    def _define(self, workspace: str, definition: Definition) -> None:
        if self._database.knows(workspace, definition.hash):
            return
        self._database.define(self._reader.connection, workspace, definition.hash, definition.document)

    # Workspaces

    def workspace(self, key: str) -> WorkspaceRecord | None:
        version = self._reader.versions.get(key)
        if version is None:
            found = self._reader.fetch(sql.LOAD_VERSION, {"key": key})
            if not found:
                return None
            version = self._reader.versions[key] = found[0].version
        known = self._known(key, version)
        if self._reader.reads is not None:
            self._reader.reads.saw_workspace(key, known.version)
        return known

    def _known(self, key: str, version: int) -> WorkspaceRecord:
        known = self._database.known_workspace(key, version)
        if known is None:
            (found,) = self._reader.fetch(sql.LOAD_WORKSPACE, {"key": key})
            known = workspace_record(found)
            if not self._administered:
                self._database.know_workspace(known)
            self._reader.versions[key] = known.version
        return known

    def workspace_keys(self) -> Sequence[str]:
        found = self._reader.fetch(sql.LOAD_VERSIONS, {})
        for row in found:
            self._reader.versions.setdefault(row.key, row.version)
        return [row.key for row in found]

    def save_workspace(
        self, old: WorkspaceRecord | None, new: WorkspaceRecord, events: Sequence[EventRecord]
    ) -> None:
        self._administered = True
        workspaces.save_workspace(self._reader.connection, old, new)
        # Items that the same act writes are compared with the version that it made itself.
        self._reader.versions[new.key] = new.version
        log.append(self._reader.connection, events)
        self.appended = self.appended or bool(events)

    def installation(self) -> InstallationRecord:
        return installation.history_end(self._reader.connection)

    def save_installation(self, old: InstallationRecord, event: EventRecord) -> None:
        installation.append(self._reader.connection, old, event)
        self.appended = True

    def loaded_plugins(self) -> Sequence[Mapping[str, Any]]:
        return installation.loaded_plugins(self._reader.connection)

    def keep_plugins(self, plugins: Sequence[Mapping[str, Any]]) -> None:
        installation.keep_plugins(self._reader.connection, plugins)

    # History and definitions

    def events_of(self, query: TypeHistory) -> Sequence[EventRecord]:
        # Those of single items hold as these do, which the act has read.
        of = () if query.numbers else guards.searches(query.workspace, query.type, (), ())
        found = self._reader.guarded(query.workspace, of, *searching.events_of(query))
        return [event_record(row) for row in found]

    def idempotency(self, actor: str, key: str) -> IdempotencyRecord | None:
        found = self._reader.fetch(sql.LOAD_ANSWERED, {"actor": actor, "key": key})
        return IdempotencyRecord(*found[0]) if found else None

    def figure(self, query: FigureQuery) -> Sequence[FigureRow]:
        return metrics.rows(self._reader.connection, query)

    def definition(self, hash: str) -> Definition | None:
        row = self._reader.connection.execute(select(definitions).where(definitions.c.hash == hash)).first()
        return None if row is None else Definition(row.hash, row.document)

    def uses_definition(self, hash: str, workspaces: Sequence[str]) -> bool:
        statement = select(definition_uses.c.hash).where(
            definition_uses.c.workspace.in_(list(workspaces)), definition_uses.c.hash == hash
        )
        return self._reader.connection.execute(statement.limit(1)).first() is not None
