"""Work items: decisions are taken on `items`; the tables after it serve searches, and follow from it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
)

from placet.store.tables.columns import Document, ItemDocument, Moment, Number, Sorted, metadata

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
    Column("fields", ItemDocument, nullable=False),
    #: Role holders, approvals, confirmations, asks, waivers, evidence, links, acts, and when fields were edited.
    Column("body", ItemDocument, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("state_since", Moment, nullable=False),
    Column("definition", String(64), nullable=False),
    PrimaryKeyConstraint("workspace", "number"),
    ForeignKeyConstraint(["workspace"], ["workspaces.key"]),
    # No index contains the columns that an ordinary act changes (state, version, updated_at): PostgreSQL then writes
    # the new row beside the old one, in the room that the fill factor leaves, and updates no index.
    Index("ix_items_type", "workspace", "type", "number"),
    Index("ix_items_created", "workspace", "created_at", "number"),
    Index("ix_items_parent", "parent_workspace", "parent_number"),
    postgresql_with={"fillfactor": 70},
)


def _of_item(
    name: str, *columns: Column[Any], key: tuple[str, ...], indexes: tuple[Index, ...] = ()
) -> Table:
    """A table that follows from items, for searches."""
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


#: States of items and their last change, for searching and sorting. Narrow, as every move writes it.
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
    #: Its class of lengths; see `placet.store.spans`.
    Column("length", Integer, nullable=False),
    Column("starts", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    key=(),
    indexes=(Index("ix_item_spans_starts", "workspace", "type", "length", "starts", "ends", "number"),),
)

#: Indexed fields, one row for each value; a field without a value has one empty row, so that lists sorted by it are
#: complete.
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
    #: The link's attributes; empty where it has none.
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

#: People who are asked to confirm something on an item.
pending_confirmations = _of_item(
    "pending_confirmations",
    Column("confirmation", String, nullable=False),
    Column("actor", String, nullable=False),
    key=("confirmation", "actor"),
    indexes=(Index("ix_pending_confirmations_actor", "actor", "workspace", "number"),),
)

#: People who are asked to clear a check of an item.
pending_asks = _of_item(
    "pending_asks",
    Column("check_id", String, nullable=False),
    Column("actor", String, nullable=False),
    key=("check_id", "actor"),
    indexes=(Index("ix_pending_asks_actor", "actor", "workspace", "number"),),
)

#: Timers of items, as lists show them.
timers = _of_item(
    "timers",
    Column("timer", String, nullable=False),
    Column("status", String, nullable=False),
    Column("due_at", Moment),
    #: Microseconds that counted, for a timer that has stopped.
    Column("spent", Number),
    key=("timer",),
    indexes=(Index("ix_timers_status", "workspace", "status", "due_at", "number"),),
)

#: Due work of items: a timer reaches a threshold, an approval, a waiver or a confirmation expires.
dues = _of_item(
    "dues",
    Column("subject", String, nullable=False),
    Column("at", Moment, nullable=False),
    #: How often it was put off.
    Column("tries", Integer, nullable=False, server_default="0"),
    key=("subject",),
    indexes=(Index("ix_dues_at", "at", "workspace", "number", "subject"),),
)

#: How far indexed and computed values of existing items follow the definition of their type.
progress = Table(
    "progress",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("type", String, nullable=False),
    Column("part", String(8), nullable=False),
    #: Hash of what the values follow from.
    Column("definition", String(64), nullable=False),
    Column("after", Number, nullable=False),
    Column("done", Number, nullable=False),
    Column("total", Number, nullable=False),
    Column("finished", Boolean, nullable=False),
    PrimaryKeyConstraint("workspace", "type", "part"),
    ForeignKeyConstraint(["workspace"], ["workspaces.key"]),
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
