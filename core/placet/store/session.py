"""One transaction's view of the store: what the engine's `Session` asks for, over one connection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from placet.catalog.catalog import Definition
from placet.engine.input import parse_key
from placet.engine.ports import (
    Changes,
    Condition,
    EventQuery,
    FigureQuery,
    FigureRow,
    ItemQuery,
    LostError,
    NeedsIsolation,
    Page,
    SealedEvent,
    TimerQuery,
)
from placet.engine.records import (
    Actor,
    Answer,
    Delegation,
    EventRecord,
    ItemRecord,
    ItemRef,
    Schedule,
    Token,
    WorkspaceRecord,
)
from placet.engine.telling import Delivery, DeliveryQuery, Webhook
from placet.errors import ConflictError
from placet.store import administration, deliveries, figures, log, queries, rows, schedules
from placet.store import statements as sql
from placet.store.failures import Failure, failure_of
from placet.store.following import follow
from placet.store.notices import SqlNotices
from placet.store.tables import answers, definitions, items, workspaces

if TYPE_CHECKING:
    from placet.store.database import SqlStore


class SqlSession:
    """Implements `placet.engine.ports.Session`."""

    def __init__(
        self, store: SqlStore, connection: Connection, *, isolated: bool, lasting: bool = True
    ) -> None:
        self._store = store
        self._lasting = lasting
        self._connection = connection
        self.isolated = isolated
        self.notices = SqlNotices(connection)
        # asyncpg's transactions begin with SQLAlchemy's first statement: what is given to the driver would precede it.
        self._direct = store.direct if store.sqlite or not isolated else None
        #: Hashes of definitions that are stored if this transaction is.
        self.stored_definitions: set[str] = set()
        #: Whether there are new events if this transaction is stored.
        self.appended = False
        #: Whether workspaces as seen here may never come to be: another act may be the one that makes their version.
        self._administered = False
        #: Versions of workspaces as seen in this session.
        self._versions: dict[str, int] = {}
        #: Where rows were found, for the way past SQLAlchemy.
        self._places: dict[ItemRef, Any] = {}

    # Items

    def item(self, ref: ItemRef) -> ItemRecord | None:
        if self._direct is not None:
            row = self._direct.item(self._connection, ref)
            if row is None:
                return None
            self._places[ref] = row.place
            return self._read(row)
        found = self._connection.execute(
            sql.LOAD_ITEM, {"workspace": ref.workspace, "number": ref.number}
        ).first()
        return None if found is None else self._read(found)

    def _read(self, row: Any) -> ItemRecord:
        record = rows.item_record(row)
        self._versions[record.workspace] = record.workspace_version
        return record

    def _all(self, statement: Any, parameters: Mapping[str, Any]) -> list[ItemRecord]:
        return [self._read(row) for row in self._connection.execute(statement, parameters)]

    def items(self, refs: Iterable[ItemRef]) -> Sequence[ItemRecord]:
        found = (self.item(ref) for ref in refs)
        return [record for record in found if record is not None]

    def children(self, ref: ItemRef, type: str | None) -> Sequence[ItemRecord]:
        return self._all(*queries.children(ref, type))

    def linking(self, link_type: str, ref: ItemRef) -> Sequence[ItemRecord]:
        return self._all(*queries.linking(link_type, ref))

    def search(
        self, workspace: str, type: str, states: Sequence[str], where: Sequence[Condition]
    ) -> Sequence[ItemRecord]:
        return self._all(*queries.search(workspace, type, states, where))

    def list_items(self, query: ItemQuery) -> Page[ItemRecord]:
        return queries.page_of_items(self._connection, query, self._read)

    def pending_approvals(
        self, workspaces: tuple[str, ...] | None, ref: ItemRef | None, after: str | None, limit: int
    ) -> Page[ItemRecord]:
        if ref is not None:
            record = self.item(ref)
            return Page([] if record is None else [record], None)
        return queries.page_of_pending(self._connection, workspaces, after, limit, self._read)

    def states_in_use(self, workspace: str) -> Sequence[tuple[str, str, int]]:
        statement = (
            select(items.c.type, items.c.state, func.count())
            .where(items.c.workspace == workspace)
            .group_by(items.c.type, items.c.state)
            .order_by(items.c.type, items.c.state)
        )
        return [(type, state, count) for type, state, count in self._connection.execute(statement)]

    def evidence_holders(self, sha256: str) -> Sequence[ItemRecord]:
        return self._all(queries.evidence_holders(sha256), {})

    def next_number(self, workspace: str) -> int:
        return self._store.next_number(self._connection, workspace, lasting=self._lasting)

    # Writing

    def write(self, changes: Changes) -> None:
        for definition in changes.definitions:
            self._define(definition)
        if _is_plain(changes) and self._is_short(changes):
            self._write_move(changes)
        elif self.isolated:
            self._write_each(changes)
        else:
            raise NeedsIsolation

    def _is_short(self, changes: Changes) -> bool:
        """Whether the short way is open: outside a transaction, or past SQLAlchemy for what was read so."""
        if self._direct is None:
            return not self.isolated
        old, _ = changes.updated[0]
        return ItemRef(old.workspace, old.number) in self._places

    def _define(self, definition: Definition) -> None:
        if self._store.knows(definition.hash):
            return
        there = self._connection.scalar(
            select(definitions.c.hash).where(definitions.c.hash == definition.hash)
        )
        if there is None:
            values = {"hash": definition.hash, "document": definition.document}
            self._connection.execute(self._store.insert_or_ignore(definitions), values)
        self.stored_definitions.add(definition.hash)

    def _write_move(self, changes: Changes) -> None:
        old, new = changes.updated[0]
        values = sql.prefixed("i", rows.item_row(new)) | sql.prefixed("e", rows.event_row(changes.events[0]))
        values |= {"old_seq": old.seq, "workspace_version": old.workspace_version}
        answered = changes.answer is not None
        if changes.answer is not None:
            values |= sql.prefixed("a", _answer_row(changes.answer))
        if self._direct is not None:
            values["place"] = self._places[ItemRef(old.workspace, old.number)]
            self._direct.move(self._connection, values, answered=answered)
            self.appended = True
            return
        statement = sql.MOVE_IN_ONE_ANSWERED if answered else sql.MOVE_IN_ONE
        if self._connection.execute(statement, values).first() is None:
            raise LostError
        self.appended = True

    def _append(self, events: Sequence[EventRecord]) -> None:
        log.append(self._connection, events)
        self.appended = self.appended or bool(events)

    def _write_each(self, changes: Changes) -> None:
        if changes.created:
            self._connection.execute(insert(items), [rows.item_row(record) for record in changes.created])
        for old, new in changes.updated:
            values = sql.prefixed("i", rows.item_row(new)) | {"old_seq": old.seq}
            if self._connection.execute(sql.UPDATE_ITEM, values).rowcount != 1:
                raise LostError
        for old_record, record in [*((None, made) for made in changes.created), *changes.updated]:
            for statement, parameters in follow(old_record, record):
                self._connection.execute(statement, parameters)
        queries.index(self._connection, changes.indexed, {record.key for record in changes.created})
        made = {record.key for record in changes.created}
        for key, schedule in changes.schedules.items():
            schedules.save(self._connection, parse_key(key), schedule, new=key in made)
        if changes.job_run is not None:
            schedules.save_run(self._connection, changes.job_run)
        self._append(changes.events)
        if changes.answer is not None:
            self._connection.execute(sql.INSERT_ANSWER, _answer_row(changes.answer))

    # Workspaces

    def workspace(self, key: str) -> WorkspaceRecord | None:
        version = self._versions.get(key)
        if version is None:
            version = self._connection.scalar(select(workspaces.c.version).where(workspaces.c.key == key))
            if version is None:
                return None
            self._versions[key] = version
        known = self._store.known_workspace(key, version)
        if known is None:
            known = administration.load_workspace(self._connection, key)
            if not self._administered:
                self._store.know_workspace(known)
            self._versions[key] = known.version
        return known

    def workspace_keys(self) -> Sequence[str]:
        return list(self._connection.scalars(select(workspaces.c.key).order_by(workspaces.c.key)))

    def save_workspace(
        self, old: WorkspaceRecord | None, new: WorkspaceRecord, events: Sequence[EventRecord]
    ) -> None:
        row = rows.workspace_row(new)
        self._administered = True
        if old is None:
            self._unique(
                lambda: self._connection.execute(insert(workspaces), row), f'workspace key "{new.key}"'
            )
        else:
            statement = update(workspaces).where(
                workspaces.c.key == old.key, workspaces.c.version == old.version
            )
            if self._connection.execute(statement.values(row)).rowcount != 1:
                raise LostError
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
        return schedules.page(self._connection, query, now, self._read)

    def due(self, before: datetime, limit: int) -> Sequence[tuple[ItemRef, str, datetime]]:
        return schedules.due(self._connection, before, limit)

    def next_due(self) -> datetime | None:
        return schedules.first_due(self._connection)

    def postpone(self, ref: ItemRef, subject: str, until: datetime) -> None:
        schedules.postpone(self._connection, ref, subject, until)

    def tries(self, ref: ItemRef, subject: str) -> int:
        return schedules.tries(self._connection, ref, subject)

    def on_the_clock(self, workspace: str, after: int, limit: int) -> Sequence[ItemRecord]:
        return [self._read(row) for row in schedules.on_the_clock(self._connection, workspace, after, limit)]

    def save_schedule(self, ref: ItemRef, schedule: Schedule) -> None:
        schedules.save(self._connection, ref, schedule, new=False)

    def last_runs(self, workspace: str) -> Mapping[str, datetime]:
        return schedules.last_runs(self._connection, workspace)

    # People

    def actor(self, id: str) -> Actor | None:
        return administration.load_actor(self._connection, id)

    def actors(self, ids: Iterable[str]) -> Mapping[str, Actor]:
        return administration.load_actors(self._connection, ids)

    def actor_ids(self, like: str, limit: int) -> Sequence[str]:
        return administration.actor_ids(self._connection, like, limit)

    def list_actors(self, after: str | None, limit: int) -> Page[Actor]:
        return administration.page_of_actors(self._connection, after, limit)

    def save_actor(self, actor: Actor) -> None:
        self._unique(lambda: administration.save_actor(self._connection, actor), f'actor id "{actor.id}"')

    def token(self, digest: str) -> tuple[Token, Actor] | None:
        return administration.load_token(self._connection, digest)

    def token_by_id(self, id: str) -> Token | None:
        return administration.load_token_by_id(self._connection, id)

    def save_token(self, token: Token) -> None:
        administration.save_token(self._connection, token)

    def revoke_token(self, id: str, at: datetime) -> None:
        administration.revoke_token(self._connection, id, at)

    def save_delegation(self, delegation: Delegation) -> None:
        self._administered = True
        administration.save_delegation(self._connection, delegation)
        self._versions.clear()

    def list_delegations(self, actor: str | None) -> Sequence[Delegation]:
        return administration.list_delegations(self._connection, actor)

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

    def retry_delivery(self, delivery: Delivery) -> Delivery:
        return deliveries.retry_delivery(self._connection, delivery)

    # The log

    def answer(self, key: str) -> Answer | None:
        row = self._connection.execute(select(answers).where(answers.c.key == key)).first()
        return None if row is None else Answer(row.key, row.request, row.status, row.body, row.created_at)

    def event(self, id: str) -> EventRecord | None:
        return log.event(self._connection, id)

    def history(self, ref: ItemRef, after_seq: int, limit: int) -> Sequence[EventRecord]:
        return log.history(self._connection, ref, after_seq, limit)

    def histories(self, workspace: str, after: tuple[int, int], limit: int) -> Sequence[EventRecord]:
        return log.histories(self._connection, workspace, after, limit)

    def list_events(self, query: EventQuery) -> Page[SealedEvent]:
        return log.page(self._connection, query)

    def events_after(self, position: int, limit: int) -> Sequence[SealedEvent]:
        return log.events_after(self._connection, position, limit)

    def last_position(self) -> int:
        return log.last_position(self._connection)

    def figure(self, query: FigureQuery) -> Sequence[FigureRow]:
        return figures.rows(self._connection, query)

    def definition(self, hash: str) -> Definition | None:
        row = self._connection.execute(select(definitions).where(definitions.c.hash == hash)).first()
        return None if row is None else Definition(row.hash, row.document)


def _is_plain(changes: Changes) -> bool:
    """One item with one event, and nothing that is searched has changed."""
    alone = len(changes.updated) == len(changes.events) == 1
    searched = changes.created or changes.indexed or changes.schedules or changes.job_run
    return alone and not searched and not follow(*changes.updated[0])


def _answer_row(answer: Answer) -> dict[str, Any]:
    return {
        "key": answer.key,
        "request": answer.request,
        "status": answer.status,
        "body": answer.body,
        "created_at": answer.created_at,
    }
