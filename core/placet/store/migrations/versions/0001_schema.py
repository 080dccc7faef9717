"""The schema."""

import sqlalchemy as sa
from alembic import op

from placet.store import commit_function
from placet.store.guards import COUNTERS
from placet.store.tables import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915  # one for each table, read as a list
    """Make all tables."""
    op.create_table(
        "actors",
        sa.Column("id", columns.Sorted, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actors")),
    )
    op.create_table(
        "counters",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_counters")),
    )
    op.create_table(
        "definitions",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("document", columns.Document, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_definitions")),
    )
    op.create_table(
        "delegations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("from_actor", columns.Sorted, nullable=False),
        sa.Column("to_actor", columns.Sorted, nullable=False),
        sa.Column("starts_at", columns.Moment(), nullable=False),
        sa.Column("ends_at", columns.Moment(), nullable=False),
        sa.Column("roles", columns.Document, nullable=False),
        sa.Column("workspace", columns.Sorted, nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_index("ix_delegations_from", "delegations", ["from_actor"], unique=False)
    op.create_index("ix_delegations_to", "delegations", ["to_actor"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("subscriber", columns.Sorted, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(length=36), nullable=True),
        sa.Column("next_at", columns.Moment(), nullable=False),
        sa.Column("attempts", columns.Document, nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "event", "subscriber", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_id", "deliveries", ["id"], unique=True)
    op.create_index("ix_deliveries_next", "deliveries", ["status", "next_at"], unique=False)
    op.create_index("ix_deliveries_position", "deliveries", ["subscriber", "position"], unique=False)
    op.create_index(
        "ix_deliveries_subscriber", "deliveries", ["subscriber", "status", "position"], unique=False
    )
    op.create_table(
        "event_texts",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("erased_at", columns.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "number", "seq", name=op.f("pk_event_texts")),
    )
    op.create_table(
        "events",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "number", "seq", name=op.f("pk_events")),
    )
    op.create_index("ix_events_id", "events", ["id"], unique=True)
    op.create_table(
        "families",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("fields", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "kind", "type", "fields", name=op.f("pk_families")),
    )
    op.create_table(
        "guards",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guards")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("actor", columns.Sorted, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_at", "idempotency_keys", ["at"], unique=False)
    op.create_table(
        "installation",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation")),
    )
    op.create_table(
        "positions",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_positions")),
    )
    op.create_index("ix_positions_actor", "positions", ["workspace", "actor", "position"], unique=False)
    op.create_index("ix_positions_event", "positions", ["workspace", "number", "seq"], unique=True)
    op.create_index("ix_positions_kind", "positions", ["workspace", "kind", "position"], unique=False)
    op.create_index("ix_positions_workspace", "positions", ["workspace", "position"], unique=False)
    op.create_table(
        "subscribers",
        sa.Column("name", columns.Sorted, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("rests_until", columns.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_subscribers")),
    )
    op.create_table(
        "unsealed",
        sa.Column("decided", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("decided", "event", name=op.f("pk_unsealed")),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kinds", columns.Document, nullable=False),
        sa.Column("workspace", columns.Sorted, nullable=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_by", columns.Sorted, nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("gone_at", columns.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("seen_at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "workspaces",
        sa.Column("key", columns.Sorted, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("configuration", columns.Document, nullable=False),
        sa.Column("families", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_workspaces")),
    )
    op.create_table(
        "items",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("parent_workspace", columns.Sorted, nullable=True),
        sa.Column("parent_number", sa.BigInteger(), nullable=True),
        sa.Column("fields", columns.Document, nullable=False),
        sa.Column("body", columns.Document, nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.Column("state_since", columns.Moment(), nullable=False),
        sa.Column("definition", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.key"], name=op.f("fk_items_workspace")),
        sa.PrimaryKeyConstraint("workspace", "number", name=op.f("pk_items")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_items_created", "items", ["workspace", "created_at", "number"], unique=False)
    op.create_index("ix_items_parent", "items", ["parent_workspace", "parent_number"], unique=False)
    op.create_index("ix_items_type", "items", ["workspace", "type", "number"], unique=False)
    op.create_table(
        "job_runs",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("due_at", columns.Moment(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.key"], name=op.f("fk_job_runs_workspace")),
        sa.PrimaryKeyConstraint("workspace", "job", name=op.f("pk_job_runs")),
    )
    op.create_table(
        "preferences",
        sa.Column("actor", columns.Sorted, nullable=False),
        sa.Column("body", columns.Document, nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name=op.f("fk_preferences_actor")),
        sa.PrimaryKeyConstraint("actor", name=op.f("pk_preferences")),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("actor", columns.Sorted, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scopes", columns.Document, nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.Column("expires_at", columns.Moment(), nullable=True),
        sa.Column("revoked_at", columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name=op.f("fk_tokens_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
    )
    op.create_index("ix_tokens_digest", "tokens", ["digest"], unique=True)
    op.create_table(
        "dues",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_dues_workspace_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "number", "subject", name=op.f("pk_dues")),
    )
    op.create_index("ix_dues_at", "dues", ["at", "workspace", "number", "subject"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("workspace", columns.Sorted, nullable=False),
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
        sa.Column("workspace", columns.Sorted, nullable=False),
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
        "item_spans",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("starts", columns.Moment(), nullable=False),
        sa.Column("ends", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_item_spans_workspace_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "number", name=op.f("pk_item_spans")),
    )
    op.create_index(
        "ix_item_spans_starts",
        "item_spans",
        ["workspace", "type", "length", "starts", "ends", "number"],
        unique=False,
    )
    op.create_table(
        "item_states",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("updated_at", columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_item_states_workspace_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "number", name=op.f("pk_item_states")),
    )
    op.create_index(
        "ix_item_states_state", "item_states", ["workspace", "type", "state", "number"], unique=False
    )
    op.create_index(
        "ix_item_states_updated", "item_states", ["workspace", "updated_at", "number"], unique=False
    )
    op.create_table(
        "item_values",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", columns.Sorted, nullable=False),
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
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("link_type", sa.String(), nullable=False),
        sa.Column("target_workspace", columns.Sorted, nullable=False),
        sa.Column("target_number", sa.BigInteger(), nullable=False),
        sa.Column("attributes", columns.Document, nullable=False),
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
        "notifications",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("actor", columns.Sorted, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", columns.Moment(), nullable=False),
        sa.Column("why", columns.Document, nullable=False),
        sa.Column("read_at", columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_notifications_workspace_number"),
        ),
        sa.PrimaryKeyConstraint("workspace", "event", "actor", name=op.f("pk_notifications")),
    )
    op.create_index("ix_notifications_actor", "notifications", ["actor", "id"], unique=False)
    op.create_index("ix_notifications_event", "notifications", ["event", "actor"], unique=False)
    op.create_table(
        "pending_approvals",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_pending_approvals_workspace_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "number", name=op.f("pk_pending_approvals")),
    )
    op.create_table(
        "timers",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("timer", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due_at", columns.Moment(), nullable=True),
        sa.Column("spent", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_timers_workspace_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "number", "timer", name=op.f("pk_timers")),
    )
    op.create_index("ix_timers_status", "timers", ["workspace", "status", "due_at", "number"], unique=False)
    op.create_table(
        "sendings",
        sa.Column("workspace", columns.Sorted, nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("actor", columns.Sorted, nullable=False),
        sa.Column("channel", sa.String(length=36), nullable=False),
        sa.Column("due_at", columns.Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", columns.Moment(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace", "event", "actor"],
            ["notifications.workspace", "notifications.event", "notifications.actor"],
            name=op.f("fk_sendings_workspace_event_actor"),
        ),
        sa.PrimaryKeyConstraint("workspace", "event", "actor", "channel", name=op.f("pk_sendings")),
    )
    op.create_index("ix_sendings_actor", "sendings", ["actor", "channel", "due_at"], unique=False)
    op.create_index("ix_sendings_due", "sendings", ["due_at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        every = sa.func.generate_series(0, COUNTERS - 1).column_valued("n")
        op.execute(
            sa.table("guards", sa.column("id"), sa.column("count"))
            .insert()
            .from_select(["id", "count"], sa.select(every, sa.literal_column("0")))
        )
        for statement in commit_function.DEFINITIONS:
            op.execute(statement)
        op.execute("ALTER TABLE events ALTER COLUMN decided SET DEFAULT nextval('decisions')")
