"""The schema, frozen: this revision always makes the same tables, however they change later."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

from placet.store import commit_function
from placet.store.guards import COUNTERS
from placet.store.tables import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT, LONG, ID, HASH, SALT, STATUS = (
    sa.String(),
    sa.Text(),
    sa.String(36),
    sa.String(64),
    sa.String(32),
    sa.String(9),
)
NUMBER, INTEGER, FLAG = sa.BigInteger(), sa.Integer(), sa.Boolean()
POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SORTED, DOCUMENT, MOMENT = columns.Sorted, columns.Document, columns.Moment()
#: A column's type, or its type with further options.
_Kind = TypeEngine[Any] | tuple[TypeEngine[Any], dict[str, Any]]


def upgrade() -> None:
    """Make all tables."""
    _administration()
    _items()
    _searched()
    _timers()
    _log()
    _compared()
    _notified()
    _background()
    if op.get_bind().dialect.name == "postgresql":
        every = sa.func.generate_series(0, COUNTERS - 1).column_valued("n")
        op.execute(
            sa.table("guards", sa.column("id"), sa.column("count"))
            .insert()
            .from_select(["id", "count"], sa.select(every, sa.literal_column("0")))
        )
        for statement in commit_function.DEFINITIONS:
            op.execute(statement)
        op.execute("ALTER TABLE events ALTER COLUMN decided SET DEFAULT nextval('decisions')")


def _optional(type: TypeEngine[Any]) -> _Kind:
    return type, {"nullable": True}


def _from_zero(type: TypeEngine[Any]) -> _Kind:
    return type, {"server_default": "0"}


def _numbered(type: TypeEngine[Any]) -> _Kind:
    """A key whose numbers we give, and not the database."""
    return type, {"autoincrement": False}


def _table(
    table: str,
    key: str,
    /,
    *,
    refers: tuple[str, str, str] | None = None,
    cascades: bool = False,
    fill: int | None = None,
    **kinds: Any,
) -> None:
    """Make a table from the columns of its key, its references (columns, table, columns there), and all columns."""
    made: list[sa.schema.SchemaItem] = []
    for name, kind in kinds.items():
        type, more = kind if isinstance(kind, tuple) else (kind, {})
        made.append(sa.Column(name, type, **{"nullable": False, **more}))
    if refers is not None:
        own, other, there = refers
        made.append(
            sa.ForeignKeyConstraint(
                own.split(),
                [f"{other}.{column}" for column in there.split()],
                name=op.f(f"fk_{table}_{own.replace(' ', '_')}"),
                ondelete="CASCADE" if cascades else None,
            )
        )
    made.append(sa.PrimaryKeyConstraint(*key.split(), name=op.f(f"pk_{table}")))
    how: dict[str, Any] = {} if fill is None else {"postgresql_with": {"fillfactor": fill}}
    op.create_table(table, *made, **how)


def _of_item(table: str, key: str, /, **kinds: Any) -> None:
    """Make a table whose rows follow from items, and are deleted with them."""
    of = ("workspace number", "items", "workspace number")
    _table(
        table, f"workspace number {key}", refers=of, cascades=True, workspace=SORTED, number=NUMBER, **kinds
    )


def _index(table: str, name: str, of: str, *, unique: bool = False) -> None:
    op.create_index(f"ix_{table}_{name}", table, of.split(), unique=unique)


# fmt: off
def _administration() -> None:
    """Workspaces, people with their tokens, and the installation."""
    _table("workspaces", "key",
        key=SORTED, name=TEXT, version=NUMBER, configuration=DOCUMENT, families=_from_zero(NUMBER),
        seq=NUMBER, head=HASH, created_at=MOMENT)
    _table("proposals", "workspace id",
        workspace=SORTED, id=ID, proposed_by=SORTED, proposed_at=MOMENT, expires_at=MOMENT, version=NUMBER,
        digest=HASH, changes=DOCUMENT, force=FLAG, status=TEXT, decided_by=_optional(SORTED),
        decided_at=_optional(MOMENT))
    _index("proposals", "status", "workspace status id")
    _table("actors", "id",
        id=SORTED, name=TEXT, email=_optional(TEXT), kind=TEXT, admin=FLAG, created_at=MOMENT,
        auditor=FLAG, deactivated_at=_optional(MOMENT), erased_at=_optional(MOMENT),
        folded=(SORTED, {"server_default": sa.Computed("lower(id)", persisted=True)}))
    _index("actors", "name", "name")
    _index("actors", "folded", "folded", unique=True)
    _table("tokens", "id", refers=("actor", "actors", "id"),
        id=ID, actor=SORTED, name=TEXT, digest=HASH, scopes=DOCUMENT, created_at=MOMENT,
        expires_at=_optional(MOMENT), revoked_at=_optional(MOMENT), issued_by=_optional(TEXT))
    _index("tokens", "digest", "digest", unique=True)
    _index("tokens", "actor", "actor")
    _table("invitations", "id", refers=("actor", "actors", "id"),
        id=ID, actor=SORTED, digest=HASH, created_by=TEXT, created_at=MOMENT, expires_at=MOMENT,
        ended_at=_optional(MOMENT))
    _index("invitations", "digest", "digest", unique=True)
    _index("invitations", "actor", "actor")
    _table("delegations", "id",
        id=ID, from_actor=SORTED, to_actor=SORTED, starts_at=MOMENT, ends_at=MOMENT, roles=DOCUMENT,
        workspace=_optional(SORTED), created_by=TEXT, created_at=MOMENT, revoked_at=_optional(MOMENT),
        revoked_by=_optional(TEXT))
    _index("delegations", "from", "from_actor")
    _index("delegations", "to", "to_actor")
    _table("installation", "name", name=TEXT, value=TEXT)


def _items() -> None:
    """Work items."""
    _table("counters", "workspace", workspace=SORTED, last=NUMBER)
    _table("items", "workspace number", refers=("workspace", "workspaces", "key"), fill=70,
        workspace=SORTED, number=NUMBER, type=TEXT, title=TEXT, state=TEXT, category=TEXT, version=NUMBER,
        seq=NUMBER, head=HASH, parent_workspace=_optional(SORTED), parent_number=_optional(NUMBER),
        fields=DOCUMENT, body=DOCUMENT, created_at=MOMENT, created_by=TEXT, updated_at=MOMENT,
        state_since=MOMENT, definition=HASH)
    _index("items", "created", "workspace created_at number")
    _index("items", "parent", "parent_workspace parent_number")
    _index("items", "type", "workspace type number")


def _searched() -> None:
    """Tables that follow from items, for searches."""
    _of_item("item_states", "", type=TEXT, state=TEXT, updated_at=MOMENT)
    _index("item_states", "state", "workspace type state number")
    _index("item_states", "updated", "workspace updated_at number")
    _of_item("item_spans", "", type=TEXT, length=INTEGER, starts=MOMENT, ends=MOMENT)
    _index("item_spans", "starts", "workspace type length starts ends number")
    _of_item("item_values", "field value", field=TEXT, value=SORTED)
    _index("item_values", "search", "workspace field value number")
    _of_item("item_roles", "role actor", role=TEXT, actor=TEXT)
    _index("item_roles", "actor", "actor workspace number")
    _of_item("links", "link_type target_workspace target_number",
        link_type=TEXT, target_workspace=SORTED, target_number=NUMBER, attributes=DOCUMENT)
    _index("links", "target", "target_workspace target_number link_type workspace number")
    _of_item("evidence", "sha256", sha256=HASH)
    _index("evidence", "sha256", "sha256")
    _of_item("pending_approvals", "")
    _of_item("pending_confirmations", "confirmation actor", confirmation=TEXT, actor=TEXT)
    _index("pending_confirmations", "actor", "actor workspace number")
    _of_item("pending_asks", "check_id actor", check_id=TEXT, actor=TEXT)
    _index("pending_asks", "actor", "actor workspace number")


def _timers() -> None:
    """Timers and due work."""
    _of_item("timers", "timer", timer=TEXT, status=TEXT, due_at=_optional(MOMENT), spent=_optional(NUMBER))
    _index("timers", "status", "workspace status due_at number")
    _of_item("dues", "subject", subject=TEXT, at=MOMENT, tries=_from_zero(INTEGER))
    _index("dues", "at", "at workspace number subject")
    _table("progress", "workspace type part", refers=("workspace", "workspaces", "key"),
        workspace=SORTED, type=TEXT, part=sa.String(8), definition=HASH, after=NUMBER, done=NUMBER, total=NUMBER,
        finished=FLAG)
    _table("job_runs", "workspace job", refers=("workspace", "workspaces", "key"),
        workspace=SORTED, job=TEXT, due_at=MOMENT, at=MOMENT, failure=TEXT)


def _log() -> None:
    """The event log, and the tables that its events refer to."""
    _table("events", "workspace number seq",
        workspace=SORTED, number=NUMBER, seq=NUMBER, id=ID, kind=TEXT, at=MOMENT, actor=TEXT, body=LONG,
        prev_hash=HASH, hash=HASH, decided=NUMBER)
    _index("events", "id", "id", unique=True)
    _table("event_texts", "workspace number seq",
        workspace=SORTED, number=NUMBER, seq=NUMBER, salt=_optional(SALT), document=_optional(LONG),
        erased_at=_optional(MOMENT))
    _table("positions", "position",
        position=_numbered(POSITION), workspace=SORTED, number=NUMBER, seq=NUMBER, kind=TEXT, actor=TEXT)
    _index("positions", "actor", "workspace actor position")
    _index("positions", "event", "workspace number seq", unique=True)
    _index("positions", "kind", "workspace kind position")
    _index("positions", "workspace", "workspace position")
    _table("unsealed", "decided event", decided=NUMBER, event=ID)
    _table("definitions", "hash", hash=HASH, document=DOCUMENT)
    _table("definition_uses", "workspace hash", workspace=SORTED, hash=HASH)
    _table("idempotency_keys", "actor key", actor=SORTED, key=TEXT, request=HASH, event=ID, at=MOMENT)
    _index("idempotency_keys", "at", "at")


def _compared() -> None:
    """Tables that acts compare at their commit besides items."""
    _table("guards", "id", fill=50, id=_numbered(INTEGER), count=NUMBER)
    _table("families", "workspace kind type fields", workspace=SORTED, kind=TEXT, type=TEXT, fields=TEXT)


def _notified() -> None:
    """Notifications, and their deliveries."""
    _table("notifications", "workspace event actor", refers=("workspace number", "items", "workspace number"),
        workspace=SORTED, event=ID, actor=SORTED, id=ID, number=_optional(NUMBER), at=MOMENT, why=DOCUMENT,
        read_at=_optional(MOMENT))
    _index("notifications", "actor", "actor id")
    _index("notifications", "event", "event actor")
    _table("sendings", "workspace event actor channel",
        refers=("workspace event actor", "notifications", "workspace event actor"),
        workspace=SORTED, event=ID, actor=SORTED, channel=ID, due_at=_optional(MOMENT), attempts=INTEGER,
        sent_at=_optional(MOMENT), error=_optional(TEXT))
    _index("sendings", "actor", "actor channel due_at")
    _index("sendings", "due", "due_at")
    _table("preferences", "actor", refers=("actor", "actors", "id"), actor=SORTED, body=DOCUMENT)


def _background() -> None:
    """The tables of the worker."""
    _table("subscribers", "name",
        name=SORTED, position=NUMBER, failures=INTEGER, rests=INTEGER, rests_until=_optional(MOMENT))
    _table("deliveries", "workspace event subscriber",
        workspace=SORTED, event=ID, subscriber=SORTED, id=ID, item=TEXT, kind=TEXT, position=NUMBER,
        status=STATUS, tries=INTEGER, run=INTEGER, task=_optional(ID), next_at=MOMENT, attempts=DOCUMENT,
        created_at=MOMENT)
    _index("deliveries", "id", "id", unique=True)
    _index("deliveries", "next", "status next_at")
    _index("deliveries", "position", "subscriber position")
    _index("deliveries", "subscriber", "subscriber status position")
    _table("webhooks", "id",
        id=ID, url=TEXT, kinds=DOCUMENT, workspace=_optional(SORTED), secret=LONG, created_by=SORTED,
        created_at=MOMENT, gone_at=_optional(MOMENT), former_secret=_optional(LONG), former_until=_optional(MOMENT))
    _table("workers", "id", id=ID, seen_at=MOMENT)
# fmt: on
