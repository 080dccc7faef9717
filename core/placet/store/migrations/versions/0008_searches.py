"""Where items stand, in a narrow table of its own: an item that moves leaves the indexes of all items as they are."""

import sqlalchemy as sa
from alembic import op

from placet.store import tables

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table from the items that there are."""
    op.create_table(
        "item_states",
        sa.Column("workspace", tables.Sorted, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("updated_at", tables.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "number"],
            ["items.workspace", "items.number"],
            name=op.f("fk_item_states_workspace_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "number", name=op.f("pk_item_states")),
    )
    op.execute(
        "INSERT INTO item_states (workspace, number, type, state, updated_at)"
        " SELECT workspace, number, type, state, updated_at FROM items"
    )
    op.create_index(
        "ix_item_states_state", "item_states", ["workspace", "type", "state", "number"], unique=False
    )
    op.create_index(
        "ix_item_states_updated", "item_states", ["workspace", "updated_at", "number"], unique=False
    )
    op.create_index("ix_items_type", "items", ["workspace", "type", "number"], unique=False)
    op.drop_index("ix_items_type_state", table_name="items")
    op.drop_index("ix_items_updated", table_name="items")
