"""One act of the engine in the making: what was read, and what shall be written, before anything is.

Everything that an act changes passes through here, so that it is written as one, or shown and thrown away (a dry run).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any, cast

from placet.catalog.catalog import Catalog
from placet.definitions.calendar import Timetable
from placet.definitions.copies import changed
from placet.definitions.items import ItemType
from placet.engine.act.changes import Changes
from placet.engine.act.input import index_values
from placet.engine.act.journal import make_event, new_id
from placet.engine.act.names import Names
from placet.engine.act.people import Delegation, WorkspaceRecord
from placet.engine.act.plugin_calls import PluginCalls
from placet.engine.act.ports import EvidenceStore
from placet.engine.act.queries import Condition, ItemSpan
from placet.engine.act.records import (
    EventRecord,
    IdempotencyRecord,
    ItemRecord,
    ItemRef,
    JobRun,
    Postponement,
    Schedule,
)
from placet.engine.act.session import Session
from placet.engine.act.texts import free_text
from placet.engine.act.titles import Titles
from placet.engine.act.typed import TypedFields
from placet.engine.act.watched_session import Failure, WatchedSession
from placet.errors import DefinitionError, NotFoundError

#: A workspace's calendars by name.
Calendars = Callable[[str], Timetable]
#: Items that a move has looked at which its event names, with their versions.
KEYS_KEPT = 50
#: Items, those of them that are new, items as of their last events, and the number of events.
Checkpoint = tuple[dict[ItemRef, ItemRecord], set[ItemRef], dict[ItemRef, ItemRecord], int]


class Identity:
    """What one act keeps through all of its attempts, so that each of them would write the same act."""

    def __init__(self) -> None:
        #: Id of its first event.
        self.event = new_id()
        #: Numbers that were drawn for its new items for good, by workspace.
        self.numbers: dict[str, list[int]] = {}


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from an item's content, by rooms that stand above this one; `engine.py` names them."""

    #: When an item of a type takes place, by its fields and a zone.
    span: Callable[[ItemType, Mapping[str, Any], str], ItemSpan | None]
    #: What its timers, approvals and waivers ask of time.
    schedule: Callable[[ItemRecord, ItemType | None, Calendars, datetime], Schedule]
    #: The same, where it differs from that of the item as it was.
    rescheduled: Callable[
        [ItemRecord | None, ItemRecord, ItemType | None, Calendars, datetime], Schedule | None
    ]
    #: The item with its timers as an act (`create`, a transition, or nothing for an edit) of an actor leaves them, and
    #: the marks that its event keeps.
    timers: Callable[[UnitOfWork, ItemRecord, ItemType, str, str], tuple[ItemRecord, list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Environment:
    """What all acts of one engine share."""

    #: The rules in force in a workspace.
    catalog_of: Callable[[WorkspaceRecord], Catalog]
    plugins: PluginCalls
    typed: TypedFields
    names: Names
    #: Where documents that effects attach are kept.
    evidence: EvidenceStore
    derived: Derived


class UnitOfWork:
    """One attempt of an act: a session, a moment, and the items as they will be."""

    def __init__(
        self,
        session: Session,
        now: datetime,
        environment: Environment,
        identity: Identity | None = None,
    ) -> None:
        self._failure = Failure()
        self.session = cast("Session", WatchedSession(session, self._failure))
        self.now = now
        self.environment = environment
        self.plugins = environment.plugins
        self.typed = environment.typed
        self._identity = identity or Identity()
        self._numbered: dict[str, int] = {}
        #: Items that the move under way has looked at, in order.
        self._looked_at: dict[ItemRef, None] = {}
        self._read: dict[ItemRef, ItemRecord] = {}
        self._items: dict[ItemRef, ItemRecord] = {}
        self._created: set[ItemRef] = set()
        #: Items as of the last event that this act appended to them.
        self._recorded: dict[ItemRef, ItemRecord] = {}
        self._workspaces: dict[str, WorkspaceRecord] = {}
        self._catalogs: dict[str, Catalog] = {}
        #: Documents that effects have attached, by their digests: kept before the items that point at them.
        self._documents: dict[str, bytes] = {}
        #: What the store found, by what was asked.
        self._searched: dict[str, Sequence[ItemRecord]] = {}
        #: By whom they are from or to.
        self._delegations: dict[str, Sequence[Delegation]] = {}
        #: By workspace and item type.
        self._titles: dict[tuple[str, str], Titles] = {}
        self._rescheduled: dict[str, Schedule] = {}
        #: Goes up with every change that the act prepares.
        self.edition = 0
        self.events: list[EventRecord] = []
        self.postponed: list[Postponement] = []
        self.idempotency: IdempotencyRecord | None = None
        self.job_run: JobRun | None = None

    def renewed(self) -> UnitOfWork:
        """The same act's session and moment, with nothing prepared: what was read counts, what was changed does not."""
        fresh = UnitOfWork(self.session, self.now, self.environment, self._identity)
        fresh._read, fresh._items = dict(self._read), dict(self._read)
        fresh._searched = self._searched
        return fresh

    def titles(self, workspace: str, type: str) -> Titles:
        """What people know things by on items of a type; ids where the workspace's methods do not fit together."""
        found = self._titles.get((workspace, type))
        if found is None:
            try:
                catalog = self.catalog(workspace)
            except DefinitionError:
                catalog = None
            zone = self.workspace(workspace).calendar.zone
            # Not by a method of this unit, which keeps the titles: a circle would keep all that it has read.
            names = partial(self.environment.names.of, session=self.session)
            found = Titles(catalog, type, zone=zone, now=self.now, name_of=names)
            self._titles[workspace, type] = found
        return found

    def next_number(self, workspace: str) -> int:
        """A number for a new item; the same one in every attempt of the act, if it was drawn for good."""
        drawn = self._identity.numbers.setdefault(workspace, [])
        n = self._numbered.get(workspace, 0)
        self._numbered[workspace] = n + 1
        if n < len(drawn):
            return drawn[n]
        number = self.session.next_number(workspace)
        if self.session.draws_for_good:
            drawn.append(number)
        return number

    def note_failure(self, failure: BaseException) -> None:
        """Keep what has to be raised once the plugin's code that met it has returned, whatever it makes of it."""
        self._failure.met = failure

    def raise_failure(self) -> None:
        """Raise what the store failed with, if it did: the act has to be started again, or given up."""
        if self._failure.met is not None:
            raise self._failure.met

    # Reading

    def workspace(self, key: str) -> WorkspaceRecord:
        """A workspace as it stood when the act first looked at it."""
        found = self._workspaces.get(key)
        if found is None:
            found = self.session.workspace(key)
            if found is None:
                raise NotFoundError("workspace", key, self.session.workspace_keys())
            self._workspaces[key] = found
        return found

    def catalog(self, workspace: str) -> Catalog:
        """The rules of a workspace, resolved once an act."""
        found = self._catalogs.get(workspace)
        if found is None:
            found = self._catalogs[workspace] = self.environment.catalog_of(self.workspace(workspace))
        return found

    def item_type(self, record: ItemRecord) -> ItemType | None:
        """The item's type, or `None` if its method is not there."""
        return self.catalog(record.workspace).item_types.get(record.type)

    def own(self, ref: ItemRef) -> ItemRecord:
        """The item that the act is about."""
        record = self.item(ref)
        if record is None:
            raise NotFoundError("item", ref.key)
        return record

    def item(self, ref: ItemRef) -> ItemRecord | None:
        """An item as it stands in this act."""
        self._looked_at[ref] = None
        if ref in self._items:
            return self._items[ref]
        record = self.session.item(ref)
        if record is not None:
            self._read[ref] = self._items[ref] = record
        return record

    def items(self, refs: Iterable[ItemRef]) -> list[ItemRecord]:
        """Items as they stand in this act, read at once; what is not there is left out."""
        wanted = list(dict.fromkeys(refs))
        self._looked_at.update(dict.fromkeys(wanted))
        unread = [ref for ref in wanted if ref not in self._items]
        if unread:
            self.current(self.session.items(unread))
        return [self._items[ref] for ref in wanted if ref in self._items]

    def search(
        self,
        workspace: str,
        type: str,
        states: Sequence[str],
        where: Sequence[Condition],
        overlapping: tuple[datetime, datetime] | None,
    ) -> list[ItemRecord]:
        """What a search of the store finds, as it stands in this act; asked once, as what is seen first counts."""
        # As text, because `True` and `1` are the same to a dictionary.
        asked = repr((workspace, type, states, where, overlapping))
        found = self._searched.get(asked)
        if found is None:
            found = self.session.search(workspace, type, states, where, overlapping)
            self._searched[asked] = found
        return self.current(found)

    def delegations(self, actor: str) -> Sequence[Delegation]:
        """Delegations from somebody and to them."""
        if actor not in self._delegations:
            self._delegations[actor] = self.session.people.list_delegations(actor)
        return self._delegations[actor]

    def current(self, records: Sequence[ItemRecord]) -> list[ItemRecord]:
        """Records from a query, as they stand in this act."""
        return [self._adopt(record) for record in records]

    def _adopt(self, record: ItemRecord) -> ItemRecord:
        ref = ItemRef(record.workspace, record.number)
        self._looked_at[ref] = None
        if ref not in self._items:
            self._read[ref] = self._items[ref] = record
        return self._items[ref]

    def begin_move(self) -> None:
        """From here on another decision is taken: what it looks at is its own."""
        self._looked_at = {}

    def others_read(self, ref: ItemRef) -> dict[str, int]:
        """Versions of the other items that a move has looked at so far, by key.

        Of many the first ones, and under `...` how many they are in all.
        """
        others = [self._read[other] for other in self._looked_at if other != ref and other in self._read]
        kept = {record.key: record.version for record in others[:KEYS_KEPT]}
        return kept if len(others) <= KEYS_KEPT else kept | {"...": len(others)}

    def made_here(self, demand: Callable[[ItemRecord], bool]) -> list[ItemRecord]:
        """Items made or changed in this act that a query of the store cannot know of."""
        return [record for ref, record in self._items.items() if self._changed(ref) and demand(record)]

    def relinked(self, link_type: str) -> bool:
        """Whether links of a type were made or taken away in this act."""
        return any(
            record.links.get(link_type, ())
            != (old.links.get(link_type, ()) if (old := self._read.get(ref)) else ())
            for ref, record in self._items.items()
            if self._changed(ref)
        )

    def _changed(self, ref: ItemRef) -> bool:
        return ref in self._created or self._items[ref] is not self._read[ref]

    # Writing

    def add(self, record: ItemRecord) -> None:
        """A new item."""
        ref = ItemRef(record.workspace, record.number)
        self._items[ref] = record
        self._created.add(ref)
        self.edition += 1

    def put(self, record: ItemRecord) -> None:
        """An item with other content."""
        self._items[ItemRef(record.workspace, record.number)] = record
        self.edition += 1

    def record(
        self, record: ItemRecord, kind: str, actor: str, data: Mapping[str, Any], *, content: bool = True
    ) -> tuple[ItemRecord, EventRecord]:
        """Append an event to an item; `content` raises its version too."""
        item_type = self.item_type(record)
        typed = free_text(item_type.fields) if item_type is not None else frozenset()
        id = new_id() if self.events else self._identity.event
        event = make_event(record, kind, self.now, actor, data, id=id, free_text=typed)
        record = changed(
            record,
            seq=event.seq,
            head=event.hash,
            version=record.version + 1 if content else record.version,
            updated_at=self.now if content else record.updated_at,
        )
        self.put(record)
        self._recorded[ItemRef(record.workspace, record.number)] = record
        self.events.append(event)
        return record, event

    def as_recorded(self, record: ItemRecord) -> ItemRecord | None:
        """The item as its last event left it; `None` if it has none yet."""
        ref = ItemRef(record.workspace, record.number)
        return self._recorded.get(ref) or self._read.get(ref)

    def checkpoint(self) -> Checkpoint:
        """Where the act stands, to come back to."""
        return dict(self._items), set(self._created), dict(self._recorded), len(self.events)

    def back_to(self, kept: Checkpoint) -> None:
        """Forget what was changed since; what was read stays read."""
        items, created, recorded, events = kept
        self._items, self._created, self._recorded = {**self._read, **items}, created, recorded
        del self.events[events:]
        self.edition += 1

    def postpone(self, postponement: Postponement) -> None:
        """Look at what is due later."""
        self.postponed.append(postponement)

    def reschedule(self, record: ItemRecord) -> None:
        """Keep what the clock demands of an item that has not changed itself: rules or calendars have."""
        self._rescheduled[record.key] = self.schedule(record)

    def enclose(self, document: bytes, digest: str) -> None:
        """Keep a document when the act is written, if an item then has it as evidence."""
        self._documents[digest] = document

    def write(self) -> None:
        """Hand everything to the session, as one."""
        changes = self.changes()
        if changes:
            self._keep_documents([*changes.created, *(after for _, after in changes.updated)])
            self.session.write(changes)

    def _keep_documents(self, records: Sequence[ItemRecord]) -> None:
        if self._documents:
            wanted = {each.sha256 for record in records for each in record.evidence}
            for digest, document in self._documents.items():
                if digest in wanted:
                    self.environment.evidence.put(BytesIO(document))

    def changes(self) -> Changes:
        changes = Changes(
            events=list(self.events),
            schedules=dict(self._rescheduled),
            postponed=list(self.postponed),
            idempotency=self.idempotency,
            job_run=self.job_run,
        )
        hashes: set[str] = set()
        for ref, record in self._items.items():
            old = self._read.get(ref)
            if old is not None and old.seq == record.seq:
                if record is not old and record != old:
                    raise RuntimeError(f"{record.key} was changed without an event that says so")
                continue
            if old is None:
                changes.created.append(record)
            else:
                changes.updated.append((old, record))
            self._index(changes, old, record)
            self._place(changes, old, record)
            self._schedule(changes, old, record)
            item_type = self.item_type(record)
            if item_type is not None and record.definition not in hashes:
                definition = self.catalog(record.workspace).definition(record.type)
                if definition.hash == record.definition:
                    hashes.add(definition.hash)
                    changes.definitions.append(definition)
        return changes

    def _index(self, changes: Changes, old: ItemRecord | None, new: ItemRecord) -> None:
        item_type = self.item_type(new)
        if item_type is None or (old is not None and old.fields is new.fields):
            return
        after = index_values(item_type, new.fields)
        # A new item is indexed whole, empty fields too, so that a list sorted by one of them misses nothing.
        before = index_values(item_type, old.fields) if old is not None else dict.fromkeys(after)
        changed = {name: values for name, values in after.items() if values != before.get(name, ())}
        if changed:
            changes.indexed[new.key] = changed

    def _place(self, changes: Changes, old: ItemRecord | None, new: ItemRecord) -> None:
        item_type = self.item_type(new)
        if item_type is None or item_type.calendar is None or (old is not None and old.fields is new.fields):
            return
        zone = self.workspace(new.workspace).calendar.zone
        before = None if old is None else self.environment.derived.span(item_type, old.fields, zone)
        after = self.environment.derived.span(item_type, new.fields, zone)
        if after != before:
            changes.spans[new.key] = after

    def _schedule(self, changes: Changes, old: ItemRecord | None, new: ItemRecord) -> None:
        if not (new.timers or new.approvals or new.waivers):
            # Clocks, approvals and waivers never leave an item.
            return
        calendars = self.workspace(new.workspace).timetable
        demanded = self.environment.derived.rescheduled(old, new, self.item_type(new), calendars, self.now)
        if demanded is not None:
            changes.schedules[new.key] = demanded

    def schedule(self, record: ItemRecord) -> Schedule:
        """What the clock demands of an item as it stands now."""
        calendars = self.workspace(record.workspace).timetable
        return self.environment.derived.schedule(record, self.item_type(record), calendars, self.now)
