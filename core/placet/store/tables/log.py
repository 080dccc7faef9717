"""The event log, and the tables that its events refer to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from placet.store.tables.columns import Document, LoggedMoment, Moment, Number, Sorted, metadata

events = Table(
    "events",
    metadata,
    Column("workspace", Sorted, nullable=False),
    #: 0 for the workspace's own history.
    Column("number", Number, nullable=False),
    Column("seq", Number, nullable=False),
    Column("id", String(36), nullable=False),
    Column("kind", String, nullable=False),
    Column("at", LoggedMoment, nullable=False),
    Column("actor", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    #: Drawn from the sequence `decisions` at the commit, so that acts are in the order in which they were decided; on
    #: SQLite the position. It is not hashed, as the body is made before.
    Column("decided", Number, nullable=False),
    PrimaryKeyConstraint("workspace", "number", "seq"),
    Index("ix_events_id", "id", unique=True),
)

#: Texts that people typed in an event, stored apart: they can be erased, and the chain holds. The row stays then.
event_texts = Table(
    "event_texts",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("number", Number, nullable=False),
    Column("seq", Number, nullable=False),
    #: Random, so that nobody finds an erased text by guessing; erased with it.
    Column("salt", String(32)),
    #: JSON as it was digested: texts by their places in the event.
    Column("document", Text),
    Column("erased_at", Moment),
    PrimaryKeyConstraint("workspace", "number", "seq"),
)

#: Positions of events in the log: 1..n without a gap. Events themselves are never updated, and this table has the
#: columns by which the log is filtered.
positions = Table(
    "positions",
    metadata,
    # An INTEGER on SQLite, which then gives the next number itself.
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("workspace", Sorted, nullable=False),
    Column("number", Number, nullable=False),
    Column("seq", Number, nullable=False),
    Column("kind", String, nullable=False),
    Column("actor", String, nullable=False),
    Index("ix_positions_event", "workspace", "number", "seq", unique=True),
    Index("ix_positions_workspace", "workspace", "position"),
    Index("ix_positions_kind", "workspace", "kind", "position"),
    Index("ix_positions_actor", "workspace", "actor", "position"),
)

#: Ids of events that have no position yet, on PostgreSQL: a mark is made with its event, and removed at its sealing.
unsealed = Table(
    "unsealed",
    metadata,
    Column("decided", Number, nullable=False),
    Column("event", String(36), nullable=False),
    PrimaryKeyConstraint("decided", "event"),
)

definitions = Table(
    "definitions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("document", Document, nullable=False),
)

#: The workspaces in which a definition was ever in force for an item: their people may read it.
definition_uses = Table(
    "definition_uses",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("hash", String(64), nullable=False),
    PrimaryKeyConstraint("workspace", "hash"),
)

#: Idempotency keys, each with its actor and event.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("actor", Sorted, nullable=False),
    Column("key", String, nullable=False),
    Column("request", String(64), nullable=False),
    Column("event", String(36), nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("actor", "key"),
    Index("ix_idempotency_keys_at", "at"),
)
