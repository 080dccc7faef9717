"""Clocks of items, what is due, and the occurrences of periodic jobs."""

import sqlalchemy as sa
from alembic import op

from placet.store import tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables. Items that are there have no clock: clocks start with what happens from here on."""
    op.create_table(
        "timers",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("timer", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due_at", tables.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "number", "timer", name=op.f("pk_timers")),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_timers_workspace_number"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_timers_status", "timers", ["workspace", "status", "due_at", "number"], unique=False)
    op.create_table(
        "dues",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("workspace", "number", "subject", name=op.f("pk_dues")),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_dues_workspace_number"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_dues_at", "dues", ["at", "workspace", "number", "subject"], unique=False)
    op.create_table(
        "job_runs",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("due_at", tables.Moment(), nullable=False),
        sa.Column("at", tables.Moment(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "job", name=op.f("pk_job_runs")),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.key"], name=op.f("fk_job_runs_workspace")),
    )
