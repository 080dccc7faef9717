"""How much time a stopped clock had counted, for figures."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. A clock that has stopped before tells its time when its item is written again."""
    op.add_column("timers", sa.Column("spent", sa.BigInteger(), nullable=True))
