"""Administration: workspaces, people with their tokens, and the installation itself."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
)

from placet.store.tables.columns import Document, Moment, Number, Sorted, metadata

workspaces = Table(
    "workspaces",
    metadata,
    Column("key", Sorted, primary_key=True),
    Column("name", String, nullable=False),
    Column("version", Number, nullable=False),
    #: Methods, settings, gate modes, calendar, switches, and role holders.
    Column("configuration", Document, nullable=False),
    #: Goes up when a family of searches is registered for its writers; see `placet.engine.act.guards`.
    Column("families", Number, nullable=False, server_default="0"),
    Column("seq", Number, nullable=False),
    Column("head", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
)

#: Changes of a workspace's rules that wait, or waited, for a second person.
proposals = Table(
    "proposals",
    metadata,
    #: Its key, or `installation`.
    Column("workspace", Sorted, nullable=False),
    Column("id", String(36), nullable=False),
    Column("proposed_by", Sorted, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    #: Version of the workspace on which it was made.
    Column("version", Number, nullable=False),
    Column("digest", String(64), nullable=False),
    #: `{part: [before, after]}`.
    Column("changes", Document, nullable=False),
    Column("force", Boolean, nullable=False),
    Column("status", String, nullable=False),
    Column("decided_by", Sorted),
    Column("decided_at", Moment),
    PrimaryKeyConstraint("workspace", "id"),
    Index("ix_proposals_status", "workspace", "status", "id"),
)

actors = Table(
    "actors",
    metadata,
    Column("id", Sorted, primary_key=True),
    Column("name", String, nullable=False),
    Column("email", String),
    Column("kind", String, nullable=False),
    Column("admin", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("auditor", Boolean, nullable=False),
    Column("deactivated_at", Moment),
    Column("erased_at", Moment),
    #: Makes ids differ by more than case, also where two processes give them at once. All are ASCII.
    Column("folded", Sorted, Computed("lower(id)", persisted=True), nullable=False),
    Index("ix_actors_name", "name"),
    Index("ix_actors_folded", "folded", unique=True),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("actor", Sorted, nullable=False),
    Column("name", String, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("scopes", Document, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
    #: Who made it for somebody else.
    Column("issued_by", String),
    ForeignKeyConstraint(["actor"], ["actors.id"]),
    Index("ix_tokens_digest", "digest", unique=True),
    Index("ix_tokens_actor", "actor"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("actor", Sorted, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    ForeignKeyConstraint(["actor"], ["actors.id"]),
    Index("ix_invitations_digest", "digest", unique=True),
    Index("ix_invitations_actor", "actor"),
)

delegations = Table(
    "delegations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("from_actor", Sorted, nullable=False),
    Column("to_actor", Sorted, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("roles", Document, nullable=False),
    Column("workspace", Sorted),
    Column("created_by", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("revoked_by", String),
    Index("ix_delegations_from", "from_actor"),
    Index("ix_delegations_to", "to_actor"),
)

#: Facts about the installation, such as that it is a sandbox.
installation = Table(
    "installation",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
