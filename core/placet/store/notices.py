"""Queries of notices, of how people want to be told, and of what is to be sent."""

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
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from placet.engine.ports import ChannelState, InboxQuery, Page
from placet.engine.records import Channel, Digest, Message, NoticeRecord, Preferences, Why
from placet.store import cursors
from placet.store.tables import item_roles, items, notices, preferences, sendings

#: Notices that go out in one message at most; the rest comes with the next.
_AT_ONCE = 500

_NOTICES = select(notices, items.c.title, items.c.type).join(
    items, and_(items.c.workspace == notices.c.workspace, items.c.number == notices.c.number)
)


class SqlNotices:
    """Implements `placet.engine.ports.Notices`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def told(self, event: str) -> frozenset[str]:
        return frozenset(self._connection.scalars(select(notices.c.actor).where(notices.c.event == event)))

    def add(
        self, made: Sequence[NoticeRecord], to_send: Sequence[tuple[NoticeRecord, str, datetime]]
    ) -> None:
        self._connection.execute(insert(notices), [_row(notice) for notice in made])
        if to_send:
            rows = [
                {
                    "workspace": notice.workspace,
                    "event": notice.event,
                    "actor": notice.actor,
                    "channel": channel,
                    "due_at": due_at,
                    "attempts": 0,
                }
                for notice, channel, due_at in to_send
            ]
            self._connection.execute(insert(sendings), rows)

    # The inbox

    def page(self, query: InboxQuery) -> Page[NoticeRecord]:
        of = cursors.fingerprint("inbox", query.actor, query.workspace, query.unread)
        statement = _asked_for(_NOTICES, query)
        if query.unread:
            statement = statement.where(notices.c.read_at.is_(None))
        if query.cursor is not None:
            [last] = cursors.decode(query.cursor, of, (str,))
            statement = statement.where(notices.c.id < last)
        found = self._connection.execute(statement.order_by(notices.c.id.desc()).limit(query.limit + 1)).all()
        rows = [_notice(row) for row in found[: query.limit]]
        return Page(rows, cursors.encode(of, [rows[-1].id]) if len(found) > query.limit else None)

    def unread(self, query: InboxQuery) -> int:
        counted = _asked_for(select(func.count()).select_from(notices), query)
        return self._connection.scalar(counted.where(notices.c.read_at.is_(None))) or 0

    def notice(self, actor: str, id: str) -> NoticeRecord | None:
        statement = _NOTICES.where(notices.c.actor == actor, notices.c.id == id)
        row = self._connection.execute(statement).first()
        return None if row is None else _notice(row)

    def mark_read(self, actor: str, at: datetime, *, ids: Sequence[str]) -> None:
        self._connection.execute(
            update(notices).where(notices.c.actor == actor, notices.c.id.in_(ids)).values(read_at=at)
        )

    def mark_all_read(self, actor: str, at: datetime, *, until: str, workspace: str | None) -> int:
        statement = update(notices).where(
            notices.c.actor == actor, notices.c.id <= until, notices.c.read_at.is_(None)
        )
        if workspace is not None:
            statement = statement.where(notices.c.workspace == workspace)
        return self._connection.execute(statement.values(read_at=at)).rowcount

    # How people want to be told

    def preferences(self, actors: Iterable[str]) -> Mapping[str, Preferences]:
        wanted = list(actors)
        if not wanted:
            return {}
        rows = self._connection.execute(select(preferences).where(preferences.c.actor.in_(wanted)))
        return {row.actor: _preferences(row.actor, row.body) for row in rows}

    def prefer(self, wanted: Preferences) -> None:
        self._connection.execute(delete(preferences).where(preferences.c.actor == wanted.actor))
        self._connection.execute(insert(preferences), {"actor": wanted.actor, "body": _body(wanted)})
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

    # What is to be sent

    def due(self, now: datetime) -> tuple[str, str] | None:
        statement = select(sendings.c.actor, sendings.c.channel).where(sendings.c.due_at <= now)
        row = self._connection.execute(statement.order_by(sendings.c.due_at).limit(1)).first()
        return None if row is None else (row.actor, row.channel)

    def claim(self, actor: str, channel: str, now: datetime, until: datetime) -> tuple[tuple[str, ...], int]:
        mine = _of(actor, channel)
        found = self._connection.execute(
            select(sendings.c.event, sendings.c.attempts)
            .where(mine, sendings.c.due_at <= now)
            .order_by(sendings.c.due_at, sendings.c.event)
            .limit(_AT_ONCE)
        ).all()
        events = tuple(row.event for row in found)
        self._connection.execute(
            update(sendings).where(mine, sendings.c.event.in_(events)).values(due_at=until)
        )
        return events, max(row.attempts for row in found)

    def close(self, actor: str, channel: str, events: Sequence[str], at: datetime) -> None:
        self._connection.execute(
            update(sendings)
            .where(_of(actor, channel), sendings.c.event.in_(list(events)))
            .values(due_at=None, sent_at=at, error=None)
        )

    def postpone(
        self, actor: str, channel: str, events: Sequence[str], due_at: datetime | None, error: str
    ) -> None:
        self._connection.execute(
            update(sendings)
            .where(_of(actor, channel), sendings.c.event.in_(list(events)))
            .values(due_at=due_at, attempts=sendings.c.attempts + 1, error=error)
        )


def _of(actor: str, channel: str) -> ColumnElement[bool]:
    return and_(sendings.c.actor == actor, sendings.c.channel == channel)


def _asked_for(statement: Select[Any], query: InboxQuery) -> Select[Any]:
    held = exists(
        select(1).where(
            item_roles.c.workspace == notices.c.workspace,
            item_roles.c.number == notices.c.number,
            item_roles.c.actor == query.actor,
        )
    )
    statement = statement.where(
        notices.c.actor == query.actor, or_(notices.c.workspace.in_(query.workspaces), held)
    )
    if query.workspace is not None:
        statement = statement.where(notices.c.workspace == query.workspace)
    if query.events is not None:
        statement = statement.where(notices.c.event.in_(query.events))
    return statement


def _row(notice: NoticeRecord) -> dict[str, Any]:
    return {
        "workspace": notice.workspace,
        "event": notice.event,
        "actor": notice.actor,
        "id": notice.id,
        "number": notice.number,
        "at": notice.at,
        "why": [[why.rule, why.reason.id, why.reason.params] for why in notice.why],
        "read_at": notice.read_at,
    }


def _notice(row: Any) -> NoticeRecord:
    return NoticeRecord(
        id=row.id,
        actor=row.actor,
        event=row.event,
        workspace=row.workspace,
        number=row.number,
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
