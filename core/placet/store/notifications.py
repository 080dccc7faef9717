"""Queries of notifications, of people's preferences, and of messages to be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from placet.engine.act.deliveries import NOTIFICATIONS
from placet.engine.act.notifications import Channel, Digest, NotificationRecord, Preferences, Why
from placet.engine.act.queries import ChannelState, Claim, InboxQuery, Page
from placet.engine.act.records import Message
from placet.store import cursors
from placet.store.statements import insert_into, insert_or_ignore
from placet.store.tables import (
    actors,
    items,
    notifications,
    preferences,
    sendings,
    subscribers,
    workspaces,
)
from placet.store.visibility import parameters, seen_elsewhere

#: Most notifications in one message; the next message has the rest.
_AT_ONCE = 500

_NOTIFICATIONS = (
    select(
        notifications,
        # The installation is not a workspace, and is called as its history is.
        func.coalesce(items.c.title, workspaces.c.name, notifications.c.workspace).label("title"),
        func.coalesce(items.c.type, "").label("type"),
    )
    .outerjoin(workspaces, workspaces.c.key == notifications.c.workspace)
    .outerjoin(
        items, and_(items.c.workspace == notifications.c.workspace, items.c.number == notifications.c.number)
    )
)


class SqlNotifications:
    """Implements `placet.engine.act.session.Notifications`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"

    def notified(self, events: Iterable[str]) -> frozenset[tuple[str, str]]:
        statement = select(notifications.c.event, notifications.c.actor).where(
            notifications.c.event.in_(list(events))
        )
        return frozenset((row.event, row.actor) for row in self._connection.execute(statement))

    def advance(self, since: int, until: int) -> bool:
        moved = update(subscribers).where(
            subscribers.c.name == NOTIFICATIONS, subscribers.c.position == since
        )
        return self._connection.execute(moved.values(position=until)).rowcount == 1

    def add(self, made: Sequence[NotificationRecord]) -> tuple[NotificationRecord, ...]:
        if not made:
            return ()
        added = insert_or_ignore(self._connection, notifications).returning(notifications.c.id)
        new = set(self._connection.scalars(added, [_row(notification) for notification in made]))
        return tuple(notification for notification in made if notification.id in new)

    def send(self, to_send: Sequence[tuple[NotificationRecord, str, datetime]]) -> None:
        rows = [
            {
                "workspace": notification.workspace,
                "event": notification.event,
                "actor": notification.actor,
                "channel": channel,
                "due_at": due_at,
                "attempts": 0,
            }
            for notification, channel, due_at in to_send
        ]
        if rows:
            self._connection.execute(insert(sendings), rows)

    # The inbox

    def page(self, query: InboxQuery) -> Page[NotificationRecord]:
        of = cursors.fingerprint("inbox", query.actor, query.workspace, query.unread)
        statement = _asked_for(_NOTIFICATIONS, query, sqlite=self._sqlite)
        if query.unread:
            statement = statement.where(notifications.c.read_at.is_(None))
        if query.cursor is not None:
            [last] = cursors.decode(query.cursor, of, (str,))
            statement = statement.where(notifications.c.id < last)
        found = self._connection.execute(
            statement.order_by(notifications.c.id.desc()).limit(query.limit + 1)
        ).all()
        rows = [_notification(row) for row in found[: query.limit]]
        return Page(rows, cursors.encode(of, [rows[-1].id]) if len(found) > query.limit else None)

    def unread(self, query: InboxQuery) -> int:
        counted = _asked_for(select(func.count()).select_from(notifications), query, sqlite=self._sqlite)
        return self._connection.scalar(counted.where(notifications.c.read_at.is_(None))) or 0

    def notification(self, actor: str, id: str) -> NotificationRecord | None:
        statement = _NOTIFICATIONS.where(notifications.c.actor == actor, notifications.c.id == id)
        row = self._connection.execute(statement).first()
        return None if row is None else _notification(row)

    def mark_read(self, actor: str, id: str, at: datetime) -> datetime:
        marked = update(notifications).where(notifications.c.actor == actor, notifications.c.id == id)
        first = func.coalesce(notifications.c.read_at, literal(at, notifications.c.read_at.type))
        statement = marked.values(read_at=first).returning(notifications.c.read_at)
        read_at: datetime = self._connection.execute(statement).scalar_one()
        return read_at

    def mark_all_read(self, actor: str, at: datetime, *, until: str, workspace: str | None) -> int:
        statement = update(notifications).where(
            notifications.c.actor == actor, notifications.c.id <= until, notifications.c.read_at.is_(None)
        )
        if workspace is not None:
            statement = statement.where(notifications.c.workspace == workspace)
        return self._connection.execute(statement.values(read_at=at)).rowcount

    # Preferences

    def preferences(self, actors: Iterable[str]) -> Mapping[str, Preferences]:
        wanted = list(actors)
        if not wanted:
            return {}
        rows = self._connection.execute(select(preferences).where(preferences.c.actor.in_(wanted)))
        return {row.actor: _preferences(row.actor, row.body) for row in rows}

    def lock_preferences(self, actor: str) -> None:
        # The person's own row, since there may be no preferences yet; rows that refer to it need not wait.
        self._connection.execute(
            select(actors.c.id).where(actors.c.id == actor).with_for_update(key_share=True)
        )

    def prefer(self, wanted: Preferences) -> None:
        values = {"actor": wanted.actor, "body": _body(wanted)}
        kept = insert_into(self._connection, preferences).values(values)
        self._connection.execute(
            kept.on_conflict_do_update(index_elements=[preferences.c.actor], set_={"body": values["body"]})
        )
        gone = and_(
            sendings.c.actor == wanted.actor,
            sendings.c.sent_at.is_(None),
            sendings.c.channel.not_in([channel.id for channel in wanted.channels]),
        )
        self._connection.execute(delete(sendings).where(gone))

    def channel_states(self, actor: str) -> Mapping[str, ChannelState]:
        statement = (
            select(
                sendings.c.channel,
                func.count(sendings.c.due_at).label("waiting"),
                func.count().label("open"),
                func.max(sendings.c.error).label("error"),
            )
            .where(sendings.c.actor == actor, sendings.c.sent_at.is_(None))
            .group_by(sendings.c.channel)
        )
        return {
            row.channel: ChannelState(row.waiting, row.open - row.waiting, row.error)
            for row in self._connection.execute(statement)
        }

    # Sending

    def due(self, now: datetime) -> bool:
        statement = select(sendings.c.event).where(sendings.c.due_at <= now).limit(1)
        return self._connection.execute(statement).first() is not None

    def claim(self, now: datetime, until: datetime) -> Claim | None:
        # Rows that another worker is claiming are locked and skipped; rows that it has claimed are no longer due.
        due = select(sendings).where(sendings.c.due_at <= now).with_for_update(skip_locked=True)
        first = self._connection.execute(due.order_by(sendings.c.due_at).limit(1)).first()
        if first is None:
            return None
        mine = _of(first.actor, first.channel)
        found = self._connection.execute(
            due.where(mine).order_by(sendings.c.due_at, sendings.c.event).limit(_AT_ONCE)
        ).all()
        events = tuple(row.event for row in found)
        self._connection.execute(
            update(sendings).where(mine, sendings.c.event.in_(events)).values(due_at=until)
        )
        return Claim(first.actor, first.channel, events, max(row.attempts for row in found))

    def close(
        self, actor: str, channel: str, events: Sequence[str], at: datetime, *, claimed_until: datetime
    ) -> None:
        self._connection.execute(
            _claimed(actor, channel, events, claimed_until).values(due_at=None, sent_at=at, error=None)
        )

    def postpone(
        self,
        actor: str,
        channel: str,
        events: Sequence[str],
        due_at: datetime | None,
        error: str,
        *,
        claimed_until: datetime,
    ) -> None:
        self._connection.execute(
            _claimed(actor, channel, events, claimed_until).values(
                due_at=due_at, attempts=sendings.c.attempts + 1, error=error
            )
        )


def _claimed(actor: str, channel: str, events: Sequence[str], until: datetime) -> Any:
    """An update of sendings whose claim still holds; sendings that another worker has claimed since do not change."""
    mine = _of(actor, channel), sendings.c.event.in_(list(events)), sendings.c.due_at == until
    return update(sendings).where(*mine)


def _of(actor: str, channel: str) -> ColumnElement[bool]:
    return and_(sendings.c.actor == actor, sendings.c.channel == channel)


def _asked_for(statement: Select[Any], query: InboxQuery, *, sqlite: bool) -> Select[Any]:
    inside: ColumnElement[bool] = notifications.c.workspace.in_(query.workspaces)
    if query.elsewhere is not None:
        seen = seen_elsewhere(sqlite=sqlite).params(parameters(query.elsewhere))
        inside = or_(inside, tuple_(notifications.c.workspace, notifications.c.number).in_(seen))
    statement = statement.where(notifications.c.actor == query.actor, inside)
    if query.workspace is not None:
        statement = statement.where(notifications.c.workspace == query.workspace)
    if query.events is not None:
        statement = statement.where(notifications.c.event.in_(query.events))
    return statement


def _row(notification: NotificationRecord) -> dict[str, Any]:
    return {
        "workspace": notification.workspace,
        "event": notification.event,
        "actor": notification.actor,
        "id": notification.id,
        # Null refers to no item.
        "number": notification.number or None,
        "at": notification.at,
        "why": [[why.rule, why.reason.id, why.reason.params] for why in notification.why],
        "read_at": notification.read_at,
    }


def _notification(row: Any) -> NotificationRecord:
    return NotificationRecord(
        id=row.id,
        actor=row.actor,
        event=row.event,
        workspace=row.workspace,
        number=row.number or 0,
        at=row.at,
        read_at=row.read_at,
        title=row.title,
        type=row.type,
        why=tuple(Why(rule, Message(id, params)) for rule, id, params in row.why),
    )


def _body(wanted: Preferences) -> dict[str, Any]:
    return {
        "muted": list(wanted.muted),
        "channels": [
            {"id": each.id, "digest": each.digest.value, "shown": each.shown, "sealed": each.sealed}
            for each in wanted.channels
        ],
        "zone": wanted.zone,
        "digest_at": wanted.digest_at.isoformat(),
    }


def _preferences(actor: str, body: Mapping[str, Any]) -> Preferences:
    return Preferences(
        actor=actor,
        muted=tuple(body["muted"]),
        channels=tuple(
            Channel(each["id"], Digest(each["digest"]), each["shown"], each["sealed"])
            for each in body["channels"]
        ),
        zone=body["zone"],
        digest_at=time.fromisoformat(body["digest_at"]),
    )
