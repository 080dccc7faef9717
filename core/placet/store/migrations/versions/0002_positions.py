"""The log by position: events that are there get theirs in the order in which they were read until now."""

import sqlalchemy as sa
from alembic import op

from placet.store import tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: In the order of commit, but no event of an item before its previous one.
_CARRIED = """
    INSERT INTO positions (position, workspace, number, seq, kind, actor)
    SELECT row_number() OVER (ORDER BY settled, workspace, number, seq), workspace, number, seq, kind, actor
    FROM (
        SELECT workspace, number, seq, kind, actor,
               max(commit_order) OVER (PARTITION BY workspace, number ORDER BY seq) AS settled
        FROM events
    ) AS ordered
"""


def upgrade() -> None:
    """Make the tables of positions and marks, fill them, and drop what they replace."""
    op.create_table(
        "positions",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False),
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_positions")),
    )
    op.create_table(
        "unsealed",
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_unsealed")),
    )
    op.execute(_CARRIED)
    op.create_index("ix_positions_event", "positions", ["workspace", "number", "seq"], unique=True)
    op.create_index("ix_positions_workspace", "positions", ["workspace", "position"], unique=False)
    op.create_index("ix_positions_kind", "positions", ["workspace", "kind", "position"], unique=False)
    op.create_index("ix_positions_actor", "positions", ["workspace", "actor", "position"], unique=False)
    op.drop_index("ix_events_actor", "events")
    op.drop_index("ix_events_commit_order", "events")
    op.execute("ALTER TABLE events DROP COLUMN commit_order")
