"""Notifications, and their deliveries by channels."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, String, Table

from placet.store.tables.columns import Document, Moment, Number, Sorted, metadata

#: A notification: one event for one person.
notifications = Table(
    "notifications",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("event", String(36), nullable=False),
    Column("actor", Sorted, nullable=False),
    Column("id", String(36), nullable=False),
    #: The item's; null where the event is one of the workspace itself.
    Column("number", Number),
    Column("at", Moment, nullable=False),
    #: For each rule that notifies the person: its id, and the id and parameters of the reason.
    Column("why", Document, nullable=False),
    Column("read_at", Moment),
    PrimaryKeyConstraint("workspace", "event", "actor"),
    ForeignKeyConstraint(["workspace", "number"], ["items.workspace", "items.number"]),
    Index("ix_notifications_event", "event", "actor"),
    Index("ix_notifications_actor", "actor", "id"),
)

#: Deliveries of notifications, by channel: due, or finished as sent or given up.
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
    #: The error of the last attempt.
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
