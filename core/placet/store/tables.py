"""The tables. The workspace comes first in every key, so that they can be partitioned or sharded as they are.

`items` holds what decides; the tables after it are there to be searched, and follow from it in the same transaction.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

#: Characters of a moment without its zone.
_WIDTH = 26


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, exact to the microsecond; text of fixed width where the database knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        # Not strftime, which writes the years before 1000 with fewer digits.
        moment = value if value.tzinfo is UTC else value.astimezone(UTC)
        return f"{moment.isoformat(timespec='microseconds')[:_WIDTH]}Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


#: What a moment of the log reads as that is none, because somebody tampered with it. No event is as old.
NO_MOMENT = datetime.min.replace(tzinfo=UTC)


class LoggedMoment(Moment):
    """A moment of the log, which has to be read whatever it has become, or verification could not say so."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        try:
            return super().process_result_value(value, dialect)
        except (TypeError, ValueError, OverflowError):
            return NO_MOMENT


Document = JSON().with_variant(JSONB(), "postgresql")
#: Text that sorts by its bytes everywhere: keyset pages and indexed values rely on it.
Sorted = String().with_variant(String(collation="C"), "postgresql")
Number = BigInteger()

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("key", Sorted, primary_key=True),
    Column("name", String, nullable=False),
    Column("version", Number, nullable=False),
    #: Methods, settings, gate modes, calendar, switches, and role holders.
    Column("configuration", Document, nullable=False),
    #: Goes up when a family of searches is registered for its writers; see `placet.engine.act.guards`.
    Column("families", Number, nullable=False, server_default="0"),
    Column("seq", Number, nullable=False),
    Column("head", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
)

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

#: Clocks of items, as lists show them.
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

#: When an item has to be looked at: a clock comes to a point, an approval or a waiver ends.
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
    Column("trouble", String, nullable=False),
    PrimaryKeyConstraint("workspace", "job"),
    ForeignKeyConstraint(["workspace"], ["workspaces.key"]),
)

events = Table(
    "events",
    metadata,
    Column("workspace", Sorted, nullable=False),
    #: 0 for the workspace's own history.
    Column("number", Number, nullable=False),
    Column("seq", Number, nullable=False),
    Column("id", String(36), nullable=False),
    Column("kind", String, nullable=False),
    Column("at", LoggedMoment, nullable=False),
    Column("actor", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    #: Drawn from the sequence `decisions` as its act commits, so that acts are in the order in which they were
    #: decided; on SQLite the position. It is not hashed: the body is made before.
    Column("decided", Number, nullable=False),
    PrimaryKeyConstraint("workspace", "number", "seq"),
    Index("ix_events_id", "id", unique=True),
)

#: What people typed in an event, apart from it: it can be erased, and the chain holds. A row stays when it is.
event_texts = Table(
    "event_texts",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("number", Number, nullable=False),
    Column("seq", Number, nullable=False),
    #: Random, so that nobody finds an erased text by guessing; erased with it.
    Column("salt", String(32)),
    #: JSON as it was digested: texts by their places in the event.
    Column("document", Text),
    Column("erased_at", Moment),
    PrimaryKeyConstraint("workspace", "number", "seq"),
)

#: Where in the log an event stands: 1..n without a gap. Events themselves are never touched again, and this table has
#: what the log is narrowed by.
positions = Table(
    "positions",
    metadata,
    # An INTEGER on SQLite, which then gives the next number by itself.
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("workspace", Sorted, nullable=False),
    Column("number", Number, nullable=False),
    Column("seq", Number, nullable=False),
    Column("kind", String, nullable=False),
    Column("actor", String, nullable=False),
    Index("ix_positions_event", "workspace", "number", "seq", unique=True),
    Index("ix_positions_workspace", "workspace", "position"),
    Index("ix_positions_kind", "workspace", "kind", "position"),
    Index("ix_positions_actor", "workspace", "actor", "position"),
)

#: Ids of events that have no position yet, on PostgreSQL: a mark is made with its event, and goes with its sealing.
unsealed = Table(
    "unsealed",
    metadata,
    Column("decided", Number, nullable=False),
    Column("event", String(36), nullable=False),
    PrimaryKeyConstraint("decided", "event"),
)

definitions = Table(
    "definitions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("document", Document, nullable=False),
)

actors = Table(
    "actors",
    metadata,
    Column("id", Sorted, primary_key=True),
    Column("name", String, nullable=False),
    Column("email", String),
    Column("kind", String, nullable=False),
    Column("admin", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("actor", Sorted, nullable=False),
    Column("name", String, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("scopes", Document, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
    ForeignKeyConstraint(["actor"], ["actors.id"]),
    Index("ix_tokens_digest", "digest", unique=True),
)

delegations = Table(
    "delegations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("from_actor", Sorted, nullable=False),
    Column("to_actor", Sorted, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("roles", Document, nullable=False),
    Column("workspace", Sorted),
    Column("created_by", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_delegations_from", "from_actor"),
    Index("ix_delegations_to", "to_actor"),
)

#: One person told of one event.
notices = Table(
    "notices",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("event", String(36), nullable=False),
    Column("actor", Sorted, nullable=False),
    Column("id", String(36), nullable=False),
    Column("number", Number, nullable=False),
    Column("at", Moment, nullable=False),
    #: Rule, and id and parameters of the reason, of each rule that tells them.
    Column("why", Document, nullable=False),
    Column("read_at", Moment),
    PrimaryKeyConstraint("workspace", "event", "actor"),
    ForeignKeyConstraint(["workspace", "number"], ["items.workspace", "items.number"]),
    Index("ix_notices_event", "event", "actor"),
    Index("ix_notices_actor", "actor", "id"),
)

#: What of it goes out by which channel: due, or for ever at rest, sent or given up.
sendings = Table(
    "sendings",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("event", String(36), nullable=False),
    Column("actor", Sorted, nullable=False),
    Column("channel", String(36), nullable=False),
    Column("due_at", Moment),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", Moment),
    #: What the last attempt failed with.
    Column("error", String),
    PrimaryKeyConstraint("workspace", "event", "actor", "channel"),
    ForeignKeyConstraint(
        ["workspace", "event", "actor"], ["notices.workspace", "notices.event", "notices.actor"]
    ),
    Index("ix_sendings_due", "due_at"),
    Index("ix_sendings_actor", "actor", "channel", "due_at"),
)

#: How people want to be told: muted rules and workspaces, channels, and when digests go out.
preferences = Table(
    "preferences",
    metadata,
    Column("actor", Sorted, primary_key=True),
    Column("body", Document, nullable=False),
    ForeignKeyConstraint(["actor"], ["actors.id"]),
)

#: What was done under whose idempotency key.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("actor", Sorted, nullable=False),
    Column("key", String, nullable=False),
    Column("request", String(64), nullable=False),
    Column("event", String(36), nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("actor", "key"),
    Index("ix_idempotency_keys_at", "at"),
)

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

#: What an installation knows of itself, such as that it is a sandbox.
installation = Table(
    "installation",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

# What the worker goes by. No check reads it.

#: Whoever is told of events, as far as it was told, and whether it rests since it failed.
receivers = Table(
    "receivers",
    metadata,
    Column("name", Sorted, primary_key=True),
    #: Position of the last event of which it is certain whether it is told.
    Column("position", Number, nullable=False),
    #: Failures since the last success.
    Column("failures", Integer, nullable=False),
    #: Rests since the last success.
    Column("rests", Integer, nullable=False),
    Column("rests_until", Moment),
)

#: One event for one receiver.
deliveries = Table(
    "deliveries",
    metadata,
    Column("workspace", Sorted, nullable=False),
    Column("event", String(36), nullable=False),
    Column("receiver", Sorted, nullable=False),
    Column("id", String(36), nullable=False),
    Column("item", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("position", Number, nullable=False),
    Column("status", String(9), nullable=False),
    #: Attempts of the present schedule, which a retry by hand begins anew.
    Column("tries", Integer, nullable=False),
    #: Goes up with every attempt and every time that it is put off.
    Column("run", Integer, nullable=False),
    #: The task that makes the next attempt, once it was given to one.
    Column("task", String(36)),
    #: When the worker has to look at it next: to attempt it, to ask after its task, or to forget it; when it died.
    Column("next_at", Moment, nullable=False),
    #: The last attempts, each `{at, seconds, status, error}`.
    Column("attempts", Document, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "event", "receiver"),
    Index("ix_deliveries_id", "id", unique=True),
    Index("ix_deliveries_next", "status", "next_at"),
    Index("ix_deliveries_receiver", "receiver", "status", "position"),
    Index("ix_deliveries_position", "receiver", "position"),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("url", String, nullable=False),
    Column("kinds", Document, nullable=False),
    #: Only events of this one; all without.
    Column("workspace", Sorted),
    #: Encrypted.
    Column("secret", Text, nullable=False),
    Column("created_by", Sorted, nullable=False),
    Column("created_at", Moment, nullable=False),
    #: Since when its receiver is gone for good.
    Column("gone_at", Moment),
)

#: Processes that do the work, and when each was last heard of.
workers = Table(
    "workers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("seen_at", Moment, nullable=False),
)
