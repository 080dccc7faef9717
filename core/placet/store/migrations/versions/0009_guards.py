"""Validated reads: guards, families, and no index on what acts change.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from placet.store import commit_function
from placet.store.guards import COUNTERS
from placet.store.tables import Moment, Number, Sorted

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema from the revision before to this one."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.add_column("workspaces", sa.Column("families", Number, nullable=False, server_default="0"))
    op.drop_table("answers")
    op.create_table(
        "idempotency_keys",
        sa.Column("actor", Sorted, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("event", sa.String(36), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_at", "idempotency_keys", ["at"])
    op.create_table(
        "guards",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("count", Number, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_guards"),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "families",
        sa.Column("workspace", Sorted, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("fields", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "kind", "type", "fields", name="pk_families"),
    )
    if postgresql:
        op.execute("ALTER TABLE items SET (fillfactor = 70)")
        every = sa.func.generate_series(0, COUNTERS - 1).column_valued("n")
        op.execute(
            sa.table("guards", sa.column("id"), sa.column("count"))
            .insert()
            .from_select(["id", "count"], sa.select(every, sa.literal_column("0")))
        )
        for statement in commit_function.DEFINITIONS:
            op.execute(statement)
