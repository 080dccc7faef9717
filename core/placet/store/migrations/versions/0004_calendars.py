"""Several named calendars for each workspace, with versions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from placet.store import tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def upgrade() -> None:
    """What was the one calendar of a workspace is the first version of its default one."""
    workspaces = sa.table(
        "workspaces", sa.column("key", tables.Sorted), sa.column("configuration", tables.Document)
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(workspaces)).all():
        configuration = dict(row.configuration)
        configuration["calendars"] = {"default": [[None, _carried(configuration.pop("calendar"))]]}
        connection.execute(
            sa.update(workspaces).where(workspaces.c.key == row.key).values(configuration=configuration)
        )


def _carried(old: dict[str, Any]) -> dict[str, Any]:
    span = f"{old['opens'][:5]}-{old['closes'][:5]}"
    return {
        "zone": old["zone"],
        "hours": {_DAYS[day - 1]: [span] for day in old["weekdays"]},
        "closed_days": old["closed_days"],
        "extra_days": {},
        "country": "",
        "subdivision": "",
        "public_holidays": {},
        "hours_per_day": None,
    }
