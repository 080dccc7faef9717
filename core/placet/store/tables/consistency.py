"""Tables that acts compare at their commit besides items: counters on which searches depend."""

from __future__ import annotations

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, String, Table

from placet.store.tables.columns import Number, Sorted, metadata

#: Counters on which searches depend, by hash of their names: they hold no data, and so have no workspace. On PostgreSQL
#: all of them exist from the beginning, to be locked; on SQLite a counter is made when it is first counted.
guards = Table(
    "guards",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("count", Number, nullable=False),
    postgresql_with={"fillfactor": 50},
)

#: Families of searches for which writers count guards; those of links and children, which may lead from one workspace
#: to another, belong to all of them, under the empty name.
families = Table(
    "families",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("kind", String, nullable=False),
    Column("type", String, nullable=False),
    #: Names of fields, separated by blanks.
    Column("fields", String, nullable=False),
    PrimaryKeyConstraint("workspace", "kind", "type", "fields"),
)
