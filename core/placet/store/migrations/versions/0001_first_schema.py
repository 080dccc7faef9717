"""The first schema."""

import sqlalchemy as sa
from alembic import op

from placet.store import tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "actors",
        sa.Column("id", tables.Sorted, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("created_at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actors")),
    )
    op.create_table(
        "answers",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_created", "answers", ["created_at"], unique=False)
    op.create_table(
        "counters",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_counters")),
    )
    op.create_table(
        "definitions",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("document", tables.Document, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_definitions")),
    )
    op.create_table(
        "delegations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("from_actor", tables.Sorted, nullable=False),
        sa.Column("to_actor", tables.Sorted, nullable=False),
        sa.Column("starts_at", tables.Moment(), nullable=False),
        sa.Column("ends_at", tables.Moment(), nullable=False),
        sa.Column("roles", tables.Document, nullable=False),
        sa.Column("workspace", tables.Sorted, nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_index("ix_delegations_workspace", "delegations", ["workspace"], unique=False)
    op.create_table(
        "events",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("commit_order", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "number", "seq", name=op.f("pk_events")),
    )
    op.create_index("ix_events_actor", "events", ["actor", "commit_order"], unique=False)
    op.create_index(
        "ix_events_commit_order", "events", ["commit_order", "workspace", "number", "seq"], unique=False
    )
    op.create_index("ix_events_id", "events", ["id"], unique=True)
    op.create_table(
        "installation",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation")),
    )
    op.create_table(
        "workspaces",
        sa.Column("key", tables.Sorted, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("configuration", tables.Document, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("created_at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_workspaces")),
    )
    op.create_table(
        "items",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("parent_workspace", tables.Sorted, nullable=True),
        sa.Column("parent_number", sa.BigInteger(), nullable=True),
        sa.Column("fields", tables.Document, nullable=False),
        sa.Column("body", tables.Document, nullable=False),
        sa.Column("created_at", tables.Moment(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("updated_at", tables.Moment(), nullable=False),
        sa.Column("state_since", tables.Moment(), nullable=False),
        sa.Column("definition", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.key"], name=op.f("fk_items_workspace")),
        sa.PrimaryKeyConstraint("workspace", "number", name=op.f("pk_items")),
    )
    op.create_index("ix_items_created", "items", ["workspace", "created_at", "number"], unique=False)
    op.create_index("ix_items_parent", "items", ["parent_workspace", "parent_number"], unique=False)
    op.create_index("ix_items_type_state", "items", ["workspace", "type", "state", "number"], unique=False)
    op.create_index("ix_items_updated", "items", ["workspace", "updated_at", "number"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("actor", tables.Sorted, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scopes", tables.Document, nullable=False),
        sa.Column("created_at", tables.Moment(), nullable=False),
        sa.Column("expires_at", tables.Moment(), nullable=True),
        sa.Column("revoked_at", tables.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name=op.f("fk_tokens_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
    )
    op.create_index("ix_tokens_digest", "tokens", ["digest"], unique=True)
    op.create_table(
        "evidence",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_evidence_workspace_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "number", "sha256", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_sha256", "evidence", ["sha256"], unique=False)
    op.create_table(
        "item_roles",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_item_roles_workspace_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "number", "role", "actor", name=op.f("pk_item_roles")),
    )
    op.create_index("ix_item_roles_actor", "item_roles", ["actor", "workspace", "number"], unique=False)
    op.create_table(
        "item_values",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", tables.Sorted, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_item_values_workspace_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "number", "field", "value", name=op.f("pk_item_values")),
    )
    op.create_index(
        "ix_item_values_search", "item_values", ["workspace", "field", "value", "number"], unique=False
    )
    op.create_table(
        "links",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("link_type", sa.String(), nullable=False),
        sa.Column("target_workspace", tables.Sorted, nullable=False),
        sa.Column("target_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_links_workspace_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace", "number", "link_type", "target_workspace", "target_number", name=op.f("pk_links")
        ),
    )
    op.create_index(
        "ix_links_target",
        "links",
        ["target_workspace", "target_number", "link_type", "workspace", "number"],
        unique=False,
    )
    op.create_table(
        "pending_approvals",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_pending_approvals_workspace_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "number", name=op.f("pk_pending_approvals")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Written by the database, so that it is the transaction's own number and nobody else's.
        op.execute(
            "ALTER TABLE events ALTER COLUMN commit_order SET DEFAULT (pg_current_xact_id()::text)::bigint"
        )
