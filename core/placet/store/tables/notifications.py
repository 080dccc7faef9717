"""Who was notified of what, and what of it goes out."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, String, Table

from placet.store.tables.columns import Document, Moment, Number, Sorted, metadata

#: One person notified of one event.
notifications = Table(
    "notifications",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("event", String(36), nullable=False),
    Column("actor", Sorted, nullable=False),
    Column("id", String(36), nullable=False),
    Column("number", Number, nullable=False),
    Column("at", Moment, nullable=False),
    #: Rule, and id and parameters of the reason, of each rule that tells them.
    Column("why", Document, nullable=False),
    Column("read_at", Moment),
    PrimaryKeyConstraint("workspace", "event", "actor"),
    ForeignKeyConstraint(["workspace", "number"], ["items.workspace", "items.number"]),
    Index("ix_notifications_event", "event", "actor"),
    Index("ix_notifications_actor", "actor", "id"),
)

#: What of it goes out by which channel: due, or for ever at rest, sent or given up.
sendings = Table(
    "sendings",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("event", String(36), nullable=False),
    Column("actor", Sorted, nullable=False),
    Column("channel", String(36), nullable=False),
    Column("due_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", Moment),
    #: What the last attempt failed with.
    Column("error", String),
    PrimaryKeyConstraint("workspace", "event", "actor", "channel"),
    ForeignKeyConstraint(
        ["workspace", "event", "actor"],
        ["notifications.workspace", "notifications.event", "notifications.actor"],
    ),
    Index("ix_sendings_due", "due_at"),
    Index("ix_sendings_actor", "actor", "channel", "due_at"),
)

#: How people want to be notified: muted rules and workspaces, channels, and when digests go out.
preferences = Table(
    "preferences",
    metadata,
    Column("actor", Sorted, primary_key=True),
    Column("body", Document, nullable=False),
    ForeignKeyConstraint(["actor"], ["actors.id"]),
)
