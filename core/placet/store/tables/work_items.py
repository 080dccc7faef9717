"""Work items: `items` holds what decides; the tables after it are there to be searched, and follow from it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, String, Table

from placet.store.tables.columns import Document, Moment, Number, Sorted, metadata

counters = Table(
    "counters",
    metadata,
    Column("workspace", Sorted, primary_key=True),
    Column("last", Number, nullable=False),
)

items = Table(
    "items",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("number", Number, nullable=False),
    Column("type", String, nullable=False),
    Column("title", String, nullable=False),
    Column("state", String, nullable=False),
    Column("category", String, nullable=False),
    Column("version", Number, nullable=False),
    Column("seq", Number, nullable=False),
    Column("head", String(64), nullable=False),
    Column("parent_workspace", Sorted),
    Column("parent_number", Number),
    Column("fields", Document, nullable=False),
    #: Role holders, approvals, waivers, evidence, links, acts, and when fields were edited.
    Column("body", Document, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("state_since", Moment, nullable=False),
    Column("definition", String(64), nullable=False),
    PrimaryKeyConstraint("workspace", "number"),
    ForeignKeyConstraint(["workspace"], ["workspaces.key"]),
    # No index has what an ordinary act changes (state, version, updated_at): PostgreSQL then writes the new row beside
    # the old one and touches no index. The room for it is what the fill factor leaves.
    Index("ix_items_type", "workspace", "type", "number"),
    Index("ix_items_created", "workspace", "created_at", "number"),
    Index("ix_items_parent", "parent_workspace", "parent_number"),
    postgresql_with={"fillfactor": 70},
)


def _of_item(
    name: str, *columns: Column[Any], key: tuple[str, ...], indexes: tuple[Index, ...] = ()
) -> Table:
    """A table that follows from items and is there to be searched."""
    return Table(
        name,
        metadata,
        Column("workspace", Sorted, nullable=False),
        Column("number", Number, nullable=False),
        *columns,
        PrimaryKeyConstraint("workspace", "number", *key),
        ForeignKeyConstraint(
            ["workspace", "number"], ["items.workspace", "items.number"], ondelete="CASCADE"
        ),
        *indexes,
    )


#: Where items stand and when they changed last, by which they are found and sorted. Narrow, as every move writes it.
item_states = _of_item(
    "item_states",
    Column("type", String, nullable=False),
    Column("state", String, nullable=False),
    Column("updated_at", Moment, nullable=False),
    key=(),
    indexes=(
        Index("ix_item_states_state", "workspace", "type", "state", "number"),
        Index("ix_item_states_updated", "workspace", "updated_at", "number"),
    ),
)

#: When items take place, from the beginning of the first occurrence to the end of the last one.
item_spans = _of_item(
    "item_spans",
    Column("type", String, nullable=False),
    #: Which class of lengths it is of; see `placet.store.spans`.
    Column("length", Integer, nullable=False),
    Column("starts", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    key=(),
    indexes=(Index("ix_item_spans_starts", "workspace", "type", "length", "starts", "ends", "number"),),
)

#: Indexed fields, one row a value; a field without a value has one empty row, so that lists sorted by it are whole.
item_values = _of_item(
    "item_values",
    Column("field", String, nullable=False),
    Column("value", Sorted, nullable=False),
    key=("field", "value"),
    indexes=(Index("ix_item_values_search", "workspace", "field", "value", "number"),),
)

item_roles = _of_item(
    "item_roles",
    Column("role", String, nullable=False),
    Column("actor", String, nullable=False),
    key=("role", "actor"),
    indexes=(Index("ix_item_roles_actor", "actor", "workspace", "number"),),
)

links = _of_item(
    "links",
    Column("link_type", String, nullable=False),
    Column("target_workspace", Sorted, nullable=False),
    Column("target_number", Number, nullable=False),
    #: What is said of the link; empty where nothing is.
    Column("attributes", Document, nullable=False),
    key=("link_type", "target_workspace", "target_number"),
    indexes=(
        Index("ix_links_target", "target_workspace", "target_number", "link_type", "workspace", "number"),
    ),
)

evidence = _of_item(
    "evidence",
    Column("sha256", String(64), nullable=False),
    key=("sha256",),
    indexes=(Index("ix_evidence_sha256", "sha256"),),
)

#: Items on which a round of an approval is pending.
pending_approvals = _of_item("pending_approvals", key=())

#: Timers of items, as lists show them.
timers = _of_item(
    "timers",
    Column("timer", String, nullable=False),
    Column("status", String, nullable=False),
    Column("due_at", Moment),
    #: Microseconds that counted, of one that has stopped.
    Column("spent", Number),
    key=("timer",),
    indexes=(Index("ix_timers_status", "workspace", "status", "due_at", "number"),),
)

#: When an item has to be looked at: a timer comes to a point, an approval or a waiver ends.
dues = _of_item(
    "dues",
    Column("subject", String, nullable=False),
    Column("at", Moment, nullable=False),
    #: How often it was put off since.
    Column("tries", Integer, nullable=False, server_default="0"),
    key=("subject",),
    indexes=(Index("ix_dues_at", "at", "workspace", "number", "subject"),),
)

#: The latest occurrence of each periodic job.
job_runs = Table(
    "job_runs",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("job", String, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("at", Moment, nullable=False),
    Column("failure", String, nullable=False),
    PrimaryKeyConstraint("workspace", "job"),
    ForeignKeyConstraint(["workspace"], ["workspaces.key"]),
)
