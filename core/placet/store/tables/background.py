"""What the worker goes by. No check reads it."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from placet.store.tables.columns import Document, Moment, Number, Sorted, metadata

#: Who is notified of events, as far as it was told, and whether it rests since it failed.
subscribers = Table(
    "subscribers",
    metadata,
    Column("name", Sorted, primary_key=True),
    #: Position of the last event of which it is certain whether it is told.
    Column("position", Number, nullable=False),
    #: Failures since the last success.
    Column("failures", Integer, nullable=False),
    #: Rests since the last success.
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
    #: Goes up with every attempt and every time that it is put off.
    Column("run", Integer, nullable=False),
    #: The task that makes the next attempt, once it was given to one.
    Column("task", String(36)),
    #: When the worker has to look at it next: to attempt it, to ask after its task, or to forget it; when it died.
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
    #: Only events of this one; all without.
    Column("workspace", Sorted),
    #: Encrypted.
    Column("secret", Text, nullable=False),
    Column("created_by", Sorted, nullable=False),
    Column("created_at", Moment, nullable=False),
    #: Since when its receiver is gone for good.
    Column("gone_at", Moment),
)

#: Processes that do the work, and when each was last heard of.
workers = Table(
    "workers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("seen_at", Moment, nullable=False),
)
