"""Notices, what of them is to be sent, and how people want to be told."""

import sqlalchemy as sa
from alembic import op

from placet.store import tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of notices."""
    op.create_table(
        "notices",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("actor", tables.Sorted, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("because", tables.Document, nullable=False),
        sa.Column("read_at", tables.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_notices_workspace_number"),
        ),
        sa.PrimaryKeyConstraint("workspace", "event", "actor", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_event", "notices", ["event", "actor"], unique=False)
    op.create_index("ix_notices_actor", "notices", ["actor", "id"], unique=False)
    op.create_table(
        "sendings",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("actor", tables.Sorted, nullable=False),
        sa.Column("channel", sa.String(length=36), nullable=False),
        sa.Column("due_at", tables.Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", tables.Moment(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace", "event", "actor"],
            ["notices.workspace", "notices.event", "notices.actor"],
            name=op.f("fk_sendings_workspace_event_actor"),
        ),
        sa.PrimaryKeyConstraint("workspace", "event", "actor", "channel", name=op.f("pk_sendings")),
    )
    op.create_index("ix_sendings_due", "sendings", ["due_at"], unique=False)
    op.create_index("ix_sendings_actor", "sendings", ["actor", "channel", "due_at"], unique=False)
    op.create_table(
        "preferences",
        sa.Column("actor", tables.Sorted, nullable=False),
        sa.Column("body", tables.Document, nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name=op.f("fk_preferences_actor")),
        sa.PrimaryKeyConstraint("actor", name=op.f("pk_preferences")),
    )
