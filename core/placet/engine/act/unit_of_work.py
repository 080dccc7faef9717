"""The unit of work: the reads of one act, and its changes before they are written.

Every change of an act passes through here, so that all are written at once, or shown and discarded (a dry run).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from placet.definitions.added_gates import AddedGate
from placet.definitions.copies import changed
from placet.definitions.items import ItemType
from placet.definitions.roles import SYSTEM
from placet.engine.act import became
from placet.engine.act.changes import Changes
from placet.engine.act.environment import Environment, Identity
from placet.engine.act.indexing import Values, changed_values
from placet.engine.act.input import declared
from placet.engine.act.journal import make_event, new_id
from placet.engine.act.patches import BECAME
from placet.engine.act.people import Actor, InstallationRecord
from placet.engine.act.reads import Reads
from placet.engine.act.records import (
    EventRecord,
    IdempotencyRecord,
    ItemRecord,
    ItemRef,
    JobRun,
    Postponement,
    Schedule,
)
from placet.engine.act.redaction import free_text
from placet.engine.act.regating import Kept, Regating
from placet.engine.act.session import Session
from placet.engine.act.writers import demand_writer

#: Items, items as of their last events, the number of events, and workspaces' new gates.
Savepoint = tuple[dict[ItemRef, ItemRecord], dict[ItemRef, ItemRecord], int, Kept]

_UNREAD = InstallationRecord()


class UnitOfWork(Reads):
    """One attempt of an act: a session, a moment, and the items as they will be."""

    def __init__(
        self,
        session: Session,
        now: datetime,
        environment: Environment,
        identity: Identity | None = None,
    ) -> None:
        super().__init__(session, now, environment)
        #: `None` for a look, and for an act of administration, which has one attempt.
        self._identity = identity
        self._numbered: dict[str, int] = {}
        #: Items as they were at the last event that this act appended to them.
        self._recorded: dict[ItemRef, ItemRecord] = {}
        self._regating = Regating()
        #: Documents that effects have attached, by digest: stored before the items that refer to them.
        self._documents: dict[str, bytes] = {}
        self._rescheduled: dict[str, Schedule] = {}
        #: Items of other workspaces on which the current move's effects did not write, in order.
        self.left_out: dict[str, None] = {}
        #: Increases with every change that the act prepares.
        self.edition = 0
        #: Who made the tokens of the people who act, by person, where that was somebody else.
        self._token_makers: dict[str, str] = {}
        self._acting: set[str] = set()
        #: People who only read, in every workspace.
        self._auditors: set[str] = set()
        #: Those of the actors who are not people.
        self._services: set[str] = set()
        self.events: list[EventRecord] = []
        self.postponed: list[Postponement] = []
        self.idempotency: IdempotencyRecord | None = None
        #: The end of the installation's history, as of the beginning of an act of administration.
        self.installation = _UNREAD
        self.job_run: JobRun | None = None

    def renewed(self) -> UnitOfWork:
        """A unit of work with the same session and moment and no changes; the reads still count."""
        fresh = UnitOfWork(self.session, self.now, self.environment, self._identity)
        fresh._read, fresh._items = dict(self._read), dict(self._read)
        fresh._searched, fresh._times = self._searched, self._times
        fresh._token_makers, fresh._auditors = self._token_makers, self._auditors
        fresh._services, fresh._acting = self._services, self._acting
        return fresh

    def asked_by(self, actor: Actor) -> None:
        """Note who acts: their events say who made their token, and an auditor's act writes nothing."""
        self._acting.add(actor.id)
        if actor.token_issued_by is not None:
            self._token_makers[actor.id] = actor.token_issued_by
        if actor.auditor:
            self._auditors.add(actor.id)
        if actor.kind == "service":
            self._services.add(actor.id)

    def is_acting(self, person: str) -> bool:
        """Whether somebody acts here, so that they are known and not switched off."""
        return person in self._acting

    def token_maker(self, person: str) -> str | None:
        """Who made the token with which somebody acts, if that keeps them from deciding; `None` if nothing does."""
        maker = self._token_makers.get(person)
        # Who may use the machine itself decides for anybody; the events say so.
        return None if maker == SYSTEM or self.environment.others_tokens_decide else maker

    def is_service(self, actor: str) -> bool:
        """Whether one of those who act is a service account, which decides nothing."""
        return actor in self._services

    def next_number(self, workspace: str) -> int:
        """A number for a new item; the same in every attempt of the act, if the store lets it keep numbers."""
        drawn = [] if self._identity is None else self._identity.numbers.setdefault(workspace, [])
        n = self._numbered.get(workspace, 0)
        self._numbered[workspace] = n + 1
        if n < len(drawn):
            return drawn[n]
        number = self.session.next_number(workspace)
        if self.session.draws_for_good:
            drawn.append(number)
        return number

    # Writing

    def add(self, record: ItemRecord) -> None:
        """Add a new item."""
        ref = ItemRef(record.workspace, record.number)
        self._items[ref] = record
        self._touched[ref] = None
        self.edition += 1

    def put(self, record: ItemRecord) -> None:
        """Replace an item by one with other content."""
        ref = ItemRef(record.workspace, record.number)
        self._items[ref] = record
        self._touched[ref] = None
        self.edition += 1

    def record(
        self, record: ItemRecord, kind: str, actor: str, data: Mapping[str, Any], *, content: bool = True
    ) -> tuple[ItemRecord, EventRecord]:
        """Append an event to an item; `content` increases its version too.

        Raises:
            ForbiddenError: the actor is an auditor, who writes nothing; a refusal of theirs is recorded nevertheless.
        """
        if kind != "refused":
            demand_writer(self, self.workspace(record.workspace), actor, self._auditors)
        if actor in self._token_makers:
            data = {**data, "token_issued_by": self._token_makers[actor]}
        ref, item_type = ItemRef(record.workspace, record.number), self.item_type(record)
        read = self._read.get(ref)
        typed = free_text(item_type.fields) if item_type is not None else frozenset()
        if item_type is not None and read is not None and read.fields is not record.fields:
            # The kind of value is unknown of a field that the type has lost: people may have typed what is cleared.
            typed |= read.fields.keys() - record.fields.keys() - declared(item_type.fields).keys()
        before = self._recorded.get(ref) or read
        if content:
            record = changed(record, version=record.version + 1, updated_at=self.now)
        data = {**data, "version": record.version}
        said = {**data, "kind": kind, "at": self.now, "actor": actor}
        data[BECAME] = became.became(before, record, said)
        id = new_id() if self.events or self._identity is None else self._identity.event
        event = make_event(record, kind, self.now, actor, data, id=id, free_text=typed)
        record = changed(record, seq=event.seq, head=event.hash)
        self._items[ref] = self._recorded[ref] = record
        self._touched[ref] = None
        self.edition += 1
        self.events.append(event)
        return record, event

    def as_recorded(self, record: ItemRecord) -> ItemRecord | None:
        """The item as of its last event; `None` if it has no event yet."""
        ref = ItemRef(record.workspace, record.number)
        return self._recorded.get(ref) or self._read.get(ref)

    def savepoint(self) -> Savepoint:
        """The present state of the act, for `back_to`."""
        return dict(self._items), dict(self._recorded), len(self.events), self._regating.kept()

    def back_to(self, kept: Savepoint) -> None:
        """Discard the changes since a savepoint; the reads stay."""
        items, recorded, events, gates = kept
        self._regating.back_to(gates)
        self._items, self._recorded = {**self._read, **items}, recorded
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

    @property
    def regates(self) -> bool:
        """Whether it changes the gates of a workspace, whose rules are others after it."""
        return bool(self._regating.kept())

    def write(self) -> None:
        """Pass all changes to the session at once."""
        changes = self.changes()
        if changes:
            if self._documents:
                self._keep_documents([*changes.created, *(after for _, after in changes.updated)])
            self.session.write(changes)

    def _keep_documents(self, records: Sequence[ItemRecord]) -> None:
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
        for ref in self._changed():
            record, old = self._items[ref], self._read.get(ref)
            if old is not None and old.seq == record.seq:
                if record != old:
                    raise RuntimeError(f"{record.key} was changed without an event that says so")
                continue
            if old is None:
                changes.created.append(record)
            else:
                changes.updated.append((old, record))
            item_type = self.item_type(record)
            if item_type is not None and (old is None or old.fields is not record.fields):
                self._index(changes, item_type, old, record)
                self._place(changes, item_type, old, record)
            self._schedule(changes, item_type, old, record)
            if item_type is not None and (record.workspace, record.definition) not in used:
                definition = self.catalog(record.workspace).definition(record.type)
                if definition.hash == record.definition:
                    used.add((record.workspace, definition.hash))
                    changes.definitions.append((record.workspace, definition))
        for before, after, event in self._regating.configured(self.workspace, self.now, self._token_makers):
            changes.workspaces.append((before, after))
            changes.events.append(event)
        return changes

    def _index(self, changes: Changes, item_type: ItemType, old: ItemRecord | None, new: ItemRecord) -> None:
        # All fields of a new item are indexed, even empty ones, so that a list sorted by one of them is complete.
        values = self.index_values(new) if old is None else self._reindexed(item_type, old, new)
        if values:
            changes.indexed[new.key] = dict(values)

    def _reindexed(self, item_type: ItemType, old: ItemRecord, new: ItemRecord) -> Values:
        unfit_before, unfit_now = self._unfit(item_type, old), self._unfit(item_type, new)
        return changed_values(item_type, old.fields, new.fields, unfit_before, unfit_now)

    def _place(self, changes: Changes, item_type: ItemType, old: ItemRecord | None, new: ItemRecord) -> None:
        if item_type.calendar is None:
            return
        zone = self.workspace(new.workspace).calendar.zone
        before = None if old is None else self.environment.derived.span(item_type, old.fields, zone)
        after = self.environment.derived.span(item_type, new.fields, zone)
        if after != before:
            changes.spans[new.key] = after

    def _schedule(
        self, changes: Changes, item_type: ItemType | None, old: ItemRecord | None, new: ItemRecord
    ) -> None:
        if not (new.timers or new.approvals or new.waivers or new.confirmations or new.asks):
            # None of these is ever removed from an item.
            return
        calendars = self.workspace(new.workspace).timetable
        demanded = self.environment.derived.rescheduled(old, new, item_type, calendars, self.now)
        if demanded is not None:
            changes.schedules[new.key] = demanded

    def schedule(self, record: ItemRecord) -> Schedule:
        """The schedule of an item as it is now."""
        calendars = self.workspace(record.workspace).timetable
        return self.environment.derived.schedule(record, self.item_type(record), calendars, self.now)
