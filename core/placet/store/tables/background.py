"""The tables of the worker. No check reads them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from placet.store.tables.columns import Document, Moment, Number, Sorted, metadata

#: Subscribers to events, how far each has got, and whether it rests after failures.
subscribers = Table(
    "subscribers",
    metadata,
    Column("name", Sorted, primary_key=True),
    #: Position of the last event of which it is certain whether the subscriber gets it.
    Column("position", Number, nullable=False),
    #: Failures since the last success.
    Column("failures", Integer, nullable=False),
    #: Number of rests since the last success.
    Column("rests", Integer, nullable=False),
    Column("rests_until", Moment),
)

#: One event for one subscriber.
deliveries = Table(
    "deliveries",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("event", String(36), nullable=False),
    Column("subscriber", Sorted, nullable=False),
    Column("id", String(36), nullable=False),
    Column("item", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("position", Number, nullable=False),
    Column("status", String(9), nullable=False),
    #: Attempts of the present schedule, which a retry by hand begins anew.
    Column("tries", Integer, nullable=False),
    #: Incremented with every attempt and every postponement.
    Column("run", Integer, nullable=False),
    #: The task that makes the next attempt, once there is one.
    Column("task", String(36)),
    #: When the worker has to act on it next: to attempt it, to check its task, or to delete it; when it became dead.
    Column("next_at", Moment, nullable=False),
    #: The last attempts, each `{at, seconds, status, error}`.
    Column("attempts", Document, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "event", "subscriber"),
    Index("ix_deliveries_id", "id", unique=True),
    Index("ix_deliveries_next", "status", "next_at"),
    Index("ix_deliveries_subscriber", "subscriber", "status", "position"),
    Index("ix_deliveries_position", "subscriber", "position"),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("url", String, nullable=False),
    Column("kinds", Document, nullable=False),
    #: Only events of this workspace; of all if empty.
    Column("workspace", Sorted),
    #: Encrypted.
    Column("secret", Text, nullable=False),
    Column("created_by", Sorted, nullable=False),
    Column("created_at", Moment, nullable=False),
    #: When its address answered that it is gone for good.
    Column("gone_at", Moment),
    #: Encrypted: the secret before the last rotation, which signs too until a moment.
    Column("former_secret", Text),
    Column("former_until", Moment),
)

#: Worker processes, and the last heartbeat of each.
workers = Table(
    "workers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("seen_at", Moment, nullable=False),
)
