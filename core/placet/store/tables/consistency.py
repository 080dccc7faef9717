"""What acts compare at their commit besides items: counters of what searches depend on."""

from __future__ import annotations

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, String, Table

from placet.store.tables.columns import Number, Sorted, metadata

#: Counters of what searches depend on, by hash of their names: they hold no data, and so no workspace. On PostgreSQL
#: all of them are there from the beginning, to be locked; on SQLite one is made when it is first counted.
guards = Table(
    "guards",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("count", Number, nullable=False),
    postgresql_with={"fillfactor": 50},
)

#: Families of searches that writers count guards for; those of links and children, which may lead from one workspace to
#: another, belong to all of them, under the empty name.
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
