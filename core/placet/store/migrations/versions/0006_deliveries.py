"""What the worker goes by: receivers, deliveries, webhooks, and who works."""

import sqlalchemy as sa
from alembic import op

from placet.store import tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "receivers",
        sa.Column("name", tables.Sorted, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("rests_until", tables.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_receivers")),
    )
    op.create_table(
        "deliveries",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("receiver", tables.Sorted, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("handed", sa.Boolean(), nullable=False),
        sa.Column("next_at", tables.Moment(), nullable=False),
        sa.Column("attempts", tables.Document, nullable=False),
        sa.Column("created_at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "event", "receiver", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_id", "deliveries", ["id"], unique=True)
    op.create_index("ix_deliveries_next", "deliveries", ["status", "next_at"], unique=False)
    op.create_index("ix_deliveries_position", "deliveries", ["receiver", "position"], unique=False)
    op.create_index("ix_deliveries_receiver", "deliveries", ["receiver", "status", "position"], unique=False)
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kinds", tables.Document, nullable=False),
        sa.Column("workspace", tables.Sorted, nullable=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_by", tables.Sorted, nullable=False),
        sa.Column("created_at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("seen_at", tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
