"""Queries of webhooks and deliveries, as administrators see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from placet.engine.act.deliveries import Attempt, Delivery, DeliveryQuery, Webhook
from placet.engine.act.ports import MovedError
from placet.engine.act.queries import Page
from placet.store import cursors
from placet.store.log import last_position
from placet.store.rows import record_of
from placet.store.statements import insert_or_ignore
from placet.store.tables import deliveries, subscribers, webhooks


class SqlDeliveries:
    """Implements `placet.engine.act.session.Deliveries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save_webhook(self, webhook: Webhook) -> None:
        """Save a new webhook, which gets the events after the current end of the log."""
        self._connection.execute(insert(webhooks), asdict(webhook) | {"kinds": list(webhook.kinds)})
        self._connection.execute(
            insert(subscribers), new_subscriber(webhook.subscriber, last_position(self._connection))
        )

    def save_secret(self, webhook: Webhook) -> None:
        names = ("secret", "former_secret", "former_until")
        values = {name: getattr(webhook, name) for name in names}
        self._connection.execute(update(webhooks).where(webhooks.c.id == webhook.id).values(values))

    def webhook(self, id: str) -> Webhook | None:
        row = self._connection.execute(select(webhooks).where(webhooks.c.id == id)).first()
        return None if row is None else _webhook(row)

    def webhooks(self) -> list[Webhook]:
        """All webhooks, the oldest first."""
        return [_webhook(row) for row in self._connection.execute(select(webhooks).order_by(webhooks.c.id))]

    def delete_webhook(self, webhook: Webhook) -> None:
        """Delete a webhook, its position in the log, and its deliveries."""
        # First the subscriber, which a worker has to move before it makes deliveries: it makes none after this, and the
        # existing ones are deleted below.
        self._connection.execute(delete(subscribers).where(subscribers.c.name == webhook.subscriber))
        self._connection.execute(delete(webhooks).where(webhooks.c.id == webhook.id))
        self._connection.execute(delete(deliveries).where(deliveries.c.subscriber == webhook.subscriber))

    def delivery(self, id: str) -> Delivery | None:
        row = self._connection.execute(select(deliveries).where(deliveries.c.id == id)).first()
        return None if row is None else delivery(row)

    def list_deliveries(self, query: DeliveryQuery) -> Page[Delivery]:
        """A page of deliveries: those of the newest event first, those of one event in order of id."""
        of = cursors.fingerprint("deliveries", query.subscriber, query.status)
        statement = select(deliveries)
        if query.subscriber is not None:
            statement = statement.where(deliveries.c.subscriber == query.subscriber)
        if query.status is not None:
            statement = statement.where(deliveries.c.status == query.status)
        if query.cursor is not None:
            position, id = cursors.decode(query.cursor, of, (int, str))
            behind = (deliveries.c.position == position) & (deliveries.c.id > id)
            statement = statement.where((deliveries.c.position < position) | behind)
        ordered = statement.order_by(deliveries.c.position.desc(), deliveries.c.id).limit(query.limit + 1)
        found = self._connection.execute(ordered).all()
        rows = [delivery(row) for row in found[: query.limit]]
        further = len(found) > query.limit
        return Page(rows, cursors.encode(of, [rows[-1].position, rows[-1].id]) if further else None)

    def retry_delivery(self, old: Delivery) -> Delivery:
        """Restart the schedule of a delivery. Raises `MovedError` if it has changed since it was read."""
        new = replace(old, status="pending", tries=0, run=old.run + 1, next_at=datetime.now(UTC))
        changed = (
            update(deliveries)
            .where(deliveries.c.id == old.id, deliveries.c.run == old.run, deliveries.c.task.is_(None))
            .values(status=new.status, tries=new.tries, run=new.run, next_at=new.next_at)
        )
        if self._connection.execute(changed).rowcount != 1:
            raise MovedError([f"delivery:{old.id}"], ["delivery"])
        return new

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        add(self._connection, deliveries)


def new_subscriber(name: str, position: int) -> dict[str, Any]:
    """The row of a subscriber that gets the events after a position."""
    return {"name": name, "position": position, "failures": 0, "rests": 0, "rests_until": None}


def add(connection: Connection, made: Sequence[Delivery]) -> None:
    """Insert new deliveries; existing ones stay as they are."""
    if made:
        rows = [asdict(each) | {"attempts": [asdict(a) for a in each.attempts]} for each in made]
        connection.execute(insert_or_ignore(connection, deliveries), rows)


def delivery(row: Any) -> Delivery:
    """The delivery of a row."""
    return record_of(Delivery, row, attempts=tuple(_attempt(each) for each in row.attempts))


def _attempt(kept: dict[str, Any]) -> Attempt:
    return Attempt(datetime.fromisoformat(kept["at"]), kept["seconds"], kept["status"], kept["error"])


def _webhook(row: Any) -> Webhook:
    return record_of(Webhook, row, kinds=tuple(row.kinds))
