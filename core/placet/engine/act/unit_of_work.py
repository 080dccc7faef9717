"""The unit of work: the reads of one act, and its changes before they are written.

Every change of an act passes through here, so that all are written at once, or shown and discarded (a dry run).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any, cast

from placet.catalog.catalog import Catalog
from placet.definitions.added_gates import AddedGate
from placet.definitions.copies import changed
from placet.definitions.items import ItemType
from placet.definitions.roles import SYSTEM
from placet.engine.act import became
from placet.engine.act.changes import Changes
from placet.engine.act.environment import Environment, Identity
from placet.engine.act.following import COMPUTED, INDEX, up_to_date
from placet.engine.act.indexing import Values, changed_values, index_values, meets
from placet.engine.act.input import declared
from placet.engine.act.journal import make_event, new_id
from placet.engine.act.lenient import unfit
from placet.engine.act.people import Actor, Delegation, WorkspaceRecord
from placet.engine.act.queries import Condition
from placet.engine.act.records import (
    EventRecord,
    IdempotencyRecord,
    ItemRecord,
    ItemRef,
    JobRun,
    Postponement,
    Schedule,
)
from placet.engine.act.regating import Kept, Regating
from placet.engine.act.session import Session
from placet.engine.act.texts import free_text
from placet.engine.act.titles import Titles
from placet.engine.act.watched_session import Failure, WatchedSession
from placet.engine.act.writers import demand_writer
from placet.errors import DefinitionError, NotFoundError

#: The most items that an event lists as read by its move, with their versions.
KEYS_KEPT = 50
#: Items, the new ones among them, items as of their last events, the number of events, and workspaces' new gates.
Savepoint = tuple[dict[ItemRef, ItemRecord], set[ItemRef], dict[ItemRef, ItemRecord], int, Kept]


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
        #: Items that the current move has read, in order.
        self._looked_at: dict[ItemRef, None] = {}
        self._read: dict[ItemRef, ItemRecord] = {}
        self._items: dict[ItemRef, ItemRecord] = {}
        self._created: set[ItemRef] = set()
        #: Items as they were at the last event that this act appended to them.
        self._recorded: dict[ItemRef, ItemRecord] = {}
        self._workspaces: dict[str, WorkspaceRecord] = {}
        self._regating = Regating()
        self._catalogs: dict[str, Catalog] = {}
        #: Documents that effects have attached, by digest: stored before the items that refer to them.
        self._documents: dict[str, bytes] = {}
        #: Results of searches in the store, by query.
        self._searched: dict[str, Sequence[ItemRecord]] = {}
        #: By the person whom they are from or to.
        self._delegations: dict[str, Sequence[Delegation]] = {}
        #: By workspace and item type.
        self._titles: dict[tuple[str, str], Titles] = {}
        #: Parts of item types whose values do not follow the rules in force yet, by workspace, type and part.
        self._behind: set[tuple[str, str, str]] = set()
        #: Items that were computed again for this act, from what; and those for which that is under way.
        self._computed: dict[ItemRef, tuple[ItemRecord, ItemRecord]] = {}
        self._computing: set[ItemRef] = set()
        self._rescheduled: dict[str, Schedule] = {}
        #: Items of other workspaces on which the current move's effects did not write, in order.
        self.left_out: dict[str, None] = {}
        #: Increases with every change that the act prepares.
        self.edition = 0
        #: Who made the tokens of the people who act, by person, where that was somebody else.
        self._token_makers: dict[str, str] = {}
        #: People who only read, in every workspace.
        self._auditors: set[str] = set()
        #: Those of the actors who are not people.
        self._services: set[str] = set()
        self.events: list[EventRecord] = []
        self.postponed: list[Postponement] = []
        self.idempotency: IdempotencyRecord | None = None
        self.job_run: JobRun | None = None

    def renewed(self) -> UnitOfWork:
        """A unit of work with the same session and moment and no changes; the reads still count."""
        fresh = UnitOfWork(self.session, self.now, self.environment, self._identity)
        fresh._read, fresh._items = dict(self._read), dict(self._read)
        fresh._searched = self._searched
        fresh._token_makers, fresh._auditors = self._token_makers, self._auditors
        fresh._services = self._services
        return fresh

    def asked_by(self, actor: Actor) -> None:
        """Note who acts: their events say who made their token, and an auditor's act writes nothing."""
        if actor.token_issued_by is not None:
            self._token_makers[actor.id] = actor.token_issued_by
        if actor.auditor:
            self._auditors.add(actor.id)
        if actor.kind == "service":
            self._services.add(actor.id)

    def token_maker(self, person: str) -> str | None:
        """Who made the token with which somebody acts, if that keeps them from deciding; `None` if nothing does."""
        maker = self._token_makers.get(person)
        # Who may use the machine itself decides for anybody; the events say so.
        return None if maker == SYSTEM or self.environment.others_tokens_decide else maker

    def is_service(self, actor: str) -> bool:
        """Whether one of those who act is a service account, which decides nothing."""
        return actor in self._services

    def titles(self, workspace: str, type: str) -> Titles:
        """Names and titles for items of a type; ids if the workspace's methods do not fit together."""
        found = self._titles.get((workspace, type))
        if found is None:
            try:
                catalog = self.catalog(workspace)
            except DefinitionError:
                catalog = None
            zone = self.workspace(workspace).calendar.zone
            # Not a method of this unit, which keeps the titles: a reference cycle would keep all reads in memory.
            names = partial(self.environment.names.of, session=self.session)
            found = Titles(catalog, type, zone=zone, now=self.now, name_of=names)
            self._titles[workspace, type] = found
        return found

    def next_number(self, workspace: str) -> int:
        """A number for a new item; the same in every attempt of the act, if the store lets it keep numbers."""
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
        """Keep a failure, to raise it when the plugin's code returns, even if that code caught it."""
        self._failure.met = failure

    def raise_failure(self) -> None:
        """Raise the failure of the store, if there is one: the act has to start again, or to fail."""
        if self._failure.met is not None:
            raise self._failure.met

    # Reading

    def workspace(self, key: str) -> WorkspaceRecord:
        """A workspace as the act first read it."""
        if key in self._workspaces:
            return self._workspaces[key]
        found = self.session.workspace(key)
        if found is None:
            raise NotFoundError("workspace", key, self.session.workspace_keys())
        self._workspaces[key] = found
        return found

    def catalog(self, workspace: str) -> Catalog:
        """The rules of a workspace, resolved once in an act."""
        if workspace not in self._catalogs:
            self._catalogs[workspace] = self.environment.catalog_of(self.workspace(workspace))
        return self._catalogs[workspace]

    def item_type(self, record: ItemRecord) -> ItemType | None:
        """The item's type, or `None` if its method is missing."""
        return self.catalog(record.workspace).item_types.get(record.type)

    def own(self, ref: ItemRef) -> ItemRecord:
        """The item that the act is about."""
        record = self.item(ref)
        if record is None:
            raise NotFoundError("item", ref.key)
        return record

    def item(self, ref: ItemRef) -> ItemRecord | None:
        """An item with the changes of this act."""
        self._looked_at[ref] = None
        if ref in self._items:
            return self._items[ref]
        record = self.session.item(ref)
        if record is not None:
            self._read[ref] = self._items[ref] = record
        return record

    def items(self, refs: Iterable[ItemRef]) -> list[ItemRecord]:
        """Items with the changes of this act, read at once; those that do not exist are left out."""
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
        """The results of a search in the store, with the changes of this act; read once, as the first read counts."""
        # As text, because `True` and `1` are the same key in a dictionary.
        asked = repr((workspace, type, states, where, overlapping))
        found = self._searched.get(asked)
        if found is None:
            if (where or overlapping is not None) and not self.is_indexed(workspace, type):
                every = self.session.search(workspace, type, states, (), None)
                found = [r for r in every if all(meets(self.index_values(r), each) for each in where)]
            else:
                found = self.session.search(workspace, type, states, where, overlapping)
            self._searched[asked] = found
        return self.current(found)

    def is_indexed(self, workspace: str, type: str) -> bool:
        """Whether the index of a type's items follows its definition: after a change of rules it takes a while."""
        return self.follows(workspace, type, INDEX)

    def follows(self, workspace: str, type: str, part: str) -> bool:
        """Whether a part of the values of a type's items is up to date: `INDEX`, `COMPUTED` or `SCHEDULE`."""
        version = self.workspace(workspace).version
        known = self.environment.following.get(workspace)
        if known is not None and known[0] == version and (type, part) in known[1]:
            return True
        if (workspace, type, part) in self._behind:
            return False
        found = up_to_date(self.catalog(workspace), self.session.upkeep.progress(workspace))
        self.environment.following[workspace] = version, frozenset(found)
        if (type, part) not in found:
            self._behind.add((workspace, type, part))
        return (type, part) in found

    def is_computed(self, workspace: str, item_type: ItemType) -> bool:
        """Whether the stored values of a type's computed fields follow from the rules in force."""
        return not item_type.computed or self.follows(workspace, item_type.id, COMPUTED)

    def as_computed(self, record: ItemRecord) -> ItemRecord:
        """An item for what others read of it: after a change of rules it is computed again, until the worker has come.

        Raises:
            PluginError: a field cannot be computed, so that its value is not known.
        """
        item_type, ref = self.item_type(record), ItemRef(record.workspace, record.number)
        if item_type is None or self.is_computed(record.workspace, item_type) or ref in self._computing:
            # Where items compute from each other in a circle, each is read as it is stored.
            return record
        before, found = self._computed.get(ref, (None, record))
        if before is not record:
            self._computing.add(ref)
            try:
                found = self.environment.derived.computed(self, record, item_type)
            finally:
                self._computing.discard(ref)
            self._computed[ref] = record, found
        return found

    def index_values(self, record: ItemRecord) -> Values:
        """The indexed values of an item by the definition in force; none if its method is missing."""
        item_type = self.item_type(record)
        if item_type is None or not item_type.indexed:
            return {}
        return index_values(item_type, record.fields, self._unfit(item_type, record))

    def _unfit(self, item_type: ItemType, record: ItemRecord) -> Collection[str]:
        """The stored fields of an item that do not fit its type."""
        return unfit(self.typed.of(item_type.fields, record.fields, record.key))

    def delegations(self, actor: str) -> Sequence[Delegation]:
        """Delegations from a person and to them."""
        if actor not in self._delegations:
            self._delegations[actor] = self.session.people.list_delegations(actor)
        return self._delegations[actor]

    def current(self, records: Sequence[ItemRecord]) -> list[ItemRecord]:
        """Records from a query, with the changes of this act."""
        return [self._adopt(record) for record in records]

    def _adopt(self, record: ItemRecord) -> ItemRecord:
        ref = ItemRef(record.workspace, record.number)
        self._looked_at[ref] = None
        if ref not in self._items:
            self._read[ref] = self._items[ref] = record
        return self._items[ref]

    def begin_move(self) -> None:
        """Begin another decision, which has its own list of items that it reads."""
        self._looked_at = {}

    def others_read(self, ref: ItemRef) -> dict[str, int]:
        """Versions of the other items that a move has read so far, by key.

        Of many items it has the first ones, and under `...` the total number.
        """
        others = [self._read[other] for other in self._looked_at if other != ref and other in self._read]
        kept = {record.key: record.version for record in others[:KEYS_KEPT]}
        return kept if len(others) <= KEYS_KEPT else kept | {"...": len(others)}

    def made_here(self, fits: Callable[[ItemRecord], bool]) -> list[ItemRecord]:
        """Items made or changed in this act that fit; a query of the store does not see them."""
        # First those, as fitting may read further items.
        here = [record for ref, record in self._items.items() if self._changed(ref)]
        return [record for record in here if fits(record)]

    def relinked(self, link_type: str) -> bool:
        """Whether links of a type were made or removed in this act."""
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
        """Add a new item."""
        ref = ItemRef(record.workspace, record.number)
        self._items[ref] = record
        self._created.add(ref)
        self.edition += 1

    def put(self, record: ItemRecord) -> None:
        """Replace an item by one with other content."""
        self._items[ItemRef(record.workspace, record.number)] = record
        self.edition += 1

    def record(
        self, record: ItemRecord, kind: str, actor: str, data: Mapping[str, Any], *, content: bool = True
    ) -> tuple[ItemRecord, EventRecord]:
        """Append an event to an item; `content` increases its version too.

        Raises:
            ForbiddenError: the actor is an auditor, who writes nothing; a refusal of theirs is recorded nevertheless.
        """
        if kind != "refused":
            demand_writer(self.workspace(record.workspace), actor, self._auditors)
        if actor in self._token_makers:
            data = {**data, "token_issued_by": self._token_makers[actor]}
        item_type = self.item_type(record)
        typed = free_text(item_type.fields) if item_type is not None else frozenset()
        if item_type is not None and (gone := self._cleared(record) - declared(item_type.fields).keys()):
            # Nobody knows what kind of value a field had that the type has lost: people may have typed it.
            typed |= gone
        before = self.as_recorded(record)
        if content:
            record = changed(record, version=record.version + 1, updated_at=self.now)
        data = {**data, "version": record.version}
        said = {**data, "kind": kind, "at": self.now, "actor": actor}
        data[became.MEMBER] = became.became(before, record, said)
        id = new_id() if self.events else self._identity.event
        event = make_event(record, kind, self.now, actor, data, id=id, free_text=typed)
        record = changed(record, seq=event.seq, head=event.hash)
        self.put(record)
        self._recorded[ItemRef(record.workspace, record.number)] = record
        self.events.append(event)
        return record, event

    def _cleared(self, record: ItemRecord) -> frozenset[str]:
        """The fields that an item had when it was read, and has no longer."""
        before = self._read.get(ItemRef(record.workspace, record.number))
        if before is None or before.fields is record.fields:
            return frozenset()
        return frozenset(before.fields.keys() - record.fields.keys())

    def as_recorded(self, record: ItemRecord) -> ItemRecord | None:
        """The item as of its last event; `None` if it has no event yet."""
        ref = ItemRef(record.workspace, record.number)
        return self._recorded.get(ref) or self._read.get(ref)

    def savepoint(self) -> Savepoint:
        """The present state of the act, for `back_to`."""
        return (
            dict(self._items), set(self._created), dict(self._recorded), len(self.events), self._regating.kept()
        )  # fmt: skip

    def back_to(self, kept: Savepoint) -> None:
        """Discard the changes since a savepoint; the reads stay."""
        items, created, recorded, events, gates = kept
        self._regating.back_to(gates)
        self._items, self._created, self._recorded = {**self._read, **items}, created, recorded
        del self.events[events:]
        self.edition += 1

    def postpone(self, postponement: Postponement) -> None:
        """Postpone a due subject."""
        self.postponed.append(postponement)

    def reschedule(self, record: ItemRecord) -> None:
        """Save the schedule of an unchanged item, after a change of rules or calendars."""
        self._rescheduled[record.key] = self.schedule(record)

    def enclose(self, document: bytes, digest: str) -> None:
        """Store a document when the act is written, if an item has it as evidence by then."""
        self._documents[digest] = document

    def set_gates(
        self, workspace: str, item: str, method: str, gates: Sequence[AddedGate], actor: str
    ) -> None:
        """Let the gates that a method adds for an item be these; see `Regating.set`.

        The act itself goes on under the rules that it has read.
        """
        self._regating.set(self.workspace(workspace), item, method, gates, actor)
        self.edition += 1

    def write(self) -> None:
        """Pass all changes to the session at once."""
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
            events=list(self.events), schedules=dict(self._rescheduled), postponed=list(self.postponed),
            idempotency=self.idempotency, job_run=self.job_run,
        )  # fmt: skip
        used: set[tuple[str, str]] = set()
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
            if item_type is not None and (record.workspace, record.definition) not in used:
                definition = self.catalog(record.workspace).definition(record.type)
                if definition.hash == record.definition:
                    used.add((record.workspace, definition.hash))
                    changes.definitions.append((record.workspace, definition))
        for before, after, event in self._regating.configured(self.workspace, self.now, self._token_makers):
            changes.workspaces.append((before, after))
            changes.events.append(event)
        return changes

    def _index(self, changes: Changes, old: ItemRecord | None, new: ItemRecord) -> None:
        item_type = self.item_type(new)
        if item_type is None or (old is not None and old.fields is new.fields):
            return
        # All fields of a new item are indexed, even empty ones, so that a list sorted by one of them is complete.
        values = self.index_values(new) if old is None else self._reindexed(item_type, old, new)
        if values:
            changes.indexed[new.key] = dict(values)

    def _reindexed(self, item_type: ItemType, old: ItemRecord, new: ItemRecord) -> Values:
        unfit_before, unfit_now = self._unfit(item_type, old), self._unfit(item_type, new)
        return changed_values(item_type, old.fields, new.fields, unfit_before, unfit_now)

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
        if not (new.timers or new.approvals or new.waivers or new.confirmations or new.asks):
            # None of these is ever removed from an item.
            return
        calendars = self.workspace(new.workspace).timetable
        demanded = self.environment.derived.rescheduled(old, new, self.item_type(new), calendars, self.now)
        if demanded is not None:
            changes.schedules[new.key] = demanded

    def schedule(self, record: ItemRecord) -> Schedule:
        """The schedule of an item as it is now."""
        calendars = self.workspace(record.workspace).timetable
        return self.environment.derived.schedule(record, self.item_type(record), calendars, self.now)
