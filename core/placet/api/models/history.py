"""Models of events, and of their chain."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from placet.api.models.base import (
    ActorId,
    Answer,
    Body,
    Cursor,
    InWorkspace,
    Limit,
    Moment,
    Names,
    OfItem,
    Paged,
    Parameters,
    Several,
    Whole,
    WorkspaceKey,
)
from placet.engine.act.event_document import event_document
from placet.engine.act.records import EventRecord, EventText
from placet.engine.reports import thread


class HashedText(Answer):
    """The hashed parts of an event, byte for byte."""

    body: Annotated[str, Field(description="The JSON text whose SHA-256, after `prev_hash`, is `hash`.")]
    salt: Annotated[str | None, Field(description="The salt of the digest: it came before the texts.")]
    document: Annotated[str | None, Field(description="The JSON text of what people typed, by place.")]
    erased_at: Moment | None


class Message(Answer):
    """A sentence of the engine: its id and figures, for translation, and the sentence itself."""

    message_id: str
    params: dict[str, Any]
    message: str | None


class Material(Answer):
    """The subject of a vote."""

    version: Annotated[int, Field(ge=1, description="The item's version before the vote.")]
    of: Annotated[list[str], Field(description="Material fields, and kinds of evidence as `evidence:KIND`.")]
    digest: Annotated[
        str | None,
        Field(description="SHA-256, in hex, of their values as canonical JSON; null once it is erased."),
    ]


def _left_out(value: object) -> bool:
    return value is None


class Event(Answer):
    """An event; the members of its kind follow."""

    model_config = ConfigDict(extra="allow", frozen=True, from_attributes=False)

    id: str
    item: Annotated[str, Field(description="Key of the item or of the workspace itself, or `installation`.")]
    seq: Annotated[int, Field(ge=1)]
    kind: str
    at: Moment
    actor: str
    on_behalf_of: str | None
    caused_by: Annotated[
        str | None,
        Field(
            description="The timer, periodic job, link type, or key of the item whose effect caused it; `rules` for a "
            "field that is computed by other rules now; null for a person's act."
        ),
    ]
    transition: str | None
    from_state: str | None
    to_state: str | None
    roles: Annotated[
        list[str],
        Field(
            description="The roles by which the actor was allowed to make the transition or to vote; of a vote by "
            "delegation, those of the person it was cast for."
        ),
    ]
    changes: Annotated[dict[str, list[Any]], Field(description="Old and new value, by field.")]
    comment: str | None
    definition: Annotated[str | None, Field(description="Hash of the rules that decided.")]
    workspace_version: Annotated[
        int | None, Field(description="Version of the workspace's configuration that was in force.")
    ]
    erased: Annotated[list[str], Field(description="JSON pointers to erased parts, which are null here.")]
    prev_hash: str
    hash: str
    token_issued_by: Annotated[
        str | None,
        Field(
            description="Who made the token that the actor used, if somebody else did.", exclude_if=_left_out
        ),
    ] = None
    material: Annotated[
        Material | None, Field(description="Of a vote: its subject.", exclude_if=_left_out)
    ] = None
    voided: Annotated[
        dict[str, Message] | None,
        Field(description="Approvals that it voided, each with the reason.", exclude_if=_left_out),
    ] = None
    proof: Annotated[
        HashedText | None, Field(description="Only with `include=proof`.", exclude_if=_left_out)
    ] = None

    @classmethod
    def of(cls, record: EventRecord, *, proof: bool = False) -> Event:
        """An event for all readers; with `proof` also its hashed parts."""
        document = event_document(record)
        if proof:
            text = record.text or EventText(None, None)
            document["proof"] = {
                "body": record.body, "salt": text.salt, "document": text.document, "erased_at": text.erased_at,
            }  # fmt: skip
        return cls.model_validate(document)


class Events(Paged):
    """A page of events."""

    events: list[Event]


class Connection(Answer):
    """The first way by which an item of a thread was reached, from the item asked for on."""

    relation: Annotated[
        str, Field(description="Id of the link type, name of the field, `parent` or `child`.")
    ]
    of: Annotated[str, Field(description="Key of the item from which it was reached.")]
    outwards: Annotated[bool, Field(description="Whether the link starts at that item.")]


class ConnectedItem(Answer):
    """An item of a thread, as it is now."""

    key: str
    workspace: str
    type: str
    title: str
    state: str
    category: str
    connection: Annotated[Connection | None, Field(description="Null for the item asked for.")]

    @classmethod
    def of(cls, found: thread.ConnectedItem) -> ConnectedItem:
        """An item for its reader."""
        record, way = found
        return cls(
            key=record.key, workspace=record.workspace, type=record.type, title=record.title, state=record.state,
            category=record.category,
            connection=Connection(relation=way.relation, of=way.of, outwards=way.outwards) if way.relation else None,
        )  # fmt: skip


class Thread(Paged):
    """A page of the events of everything that is connected to an item."""

    events: list[Event]
    items: Annotated[list[ConnectedItem], Field(description="The items that this page's events are about.")]
    connected: Annotated[
        int, Field(ge=1, description="Connected items that you may see, this one among them.")
    ]
    hidden: Annotated[
        int,
        Field(
            ge=0,
            description="Items beside these that you may not see; what they lead to is not looked at, and not counted.",
        ),
    ]
    complete: Annotated[
        bool,
        Field(
            description="Whether that is all: not beyond 10,000 items, nor while fields that it goes by are brought "
            "up to date after a change of rules."
        ),
    ]

    @classmethod
    def of(cls, found: thread.Thread, *, proof: bool) -> Thread:
        """A thread for its reader; with `proof` also the hashed parts of each event."""
        return cls(
            events=[Event.of(each, proof=proof) for each in found.events],
            items=[ConnectedItem.of(each) for each in found.items],
            connected=found.connected,
            hidden=found.hidden,
            complete=found.complete,
            next_cursor=found.next_cursor,
        )


Proof = Annotated[
    Literal["proof"] | None,
    Field(description="Adds the hashed parts to each event, so that the chain can be recomputed."),
]

OfKinds = Annotated[
    Names,
    Several,
    Field(description="Kinds of events, such as `transition` or `comment`; all kinds if left out."),
]


class HistoryQuery(Parameters):
    """The beginning of a page of an item's history."""

    after: Annotated[int, Field(ge=0, lt=10**18, description="Number of the last known event."), Whole] = 0
    cursor: Annotated[
        int, Field(ge=0, lt=10**18, description="`next_cursor` of the previous page."), Whole
    ] = 0
    include: Proof = None
    limit: Limit = 100


class ThreadQuery(Parameters):
    """A page of a thread."""

    kind: OfKinds = Field(default_factory=list)
    cursor: Annotated[Cursor | None, Field(description="`next_cursor` of the previous page.")] = None
    include: Proof = None
    limit: Limit = 100


class EventsQuery(Parameters):
    """A selection of events of the log."""

    workspace: InWorkspace = None
    item: OfItem = None
    actor: Annotated[
        ActorId | None, Field(description="Id of the actor who caused the events; `me` for yourself.")
    ] = None
    kind: OfKinds = Field(default_factory=list)
    after: Annotated[Cursor | None, Field(description="`next_cursor` of the previous page.")] = None
    include: Proof = None
    limit: Limit = 100


class InstallationQuery(Parameters):
    """A selection of events of the installation's own history."""

    kind: OfKinds = Field(default_factory=list)
    after: Annotated[Cursor | None, Field(description="`next_cursor` of the previous page.")] = None
    include: Proof = None
    limit: Limit = 100


class Erasure(Body):
    """The reason for erasing the texts of an event."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]


class Finding(Answer):
    """Something that is not what the log says, or not what was hashed or signed."""

    key: Annotated[
        str,
        Field(
            serialization_alias="item",
            description="Key of the item or of the workspace, `installation`, or `log` for the log as a whole.",
        ),
    ]
    seq: Annotated[
        int, Field(ge=0, description="Number of the event, or of the last one for a stored value.")
    ]
    event: Annotated[str | None, Field(description="Id of the event; null for a stored value.")]
    reason: str
    place: Annotated[str, Field(description="The table, with its column where one can be named.")]


class Audit(Answer):
    """The result of a verification."""

    ok: bool
    events: Annotated[int, Field(ge=0, description="Number of events that were verified.")]
    first_bad: Finding | None
    findings: Annotated[list[Finding], Field(description="The first 100 findings.")]
    found: Annotated[int, Field(ge=0, description="Number of all findings.")]
    next_cursor: Annotated[
        str | None, Field(description="Where to go on, if `limit` stopped it; null once all is verified.")
    ]


class AuditQuery(Parameters):
    """The extent of a verification."""

    workspace: Annotated[WorkspaceKey | None, Field(description="All that you may see, if left out.")] = None
    after: Annotated[Cursor | None, Field(description="`next_cursor` of the part before.")] = None
    limit: Annotated[
        int | None,
        Field(
            ge=1,
            lt=10**18,
            description="Stop after about so many events and positions; verify all if left out.",
        ),
        Whole,
    ] = None


class Checkpoint(Answer):
    """A signed statement of how many events the log has, and which."""

    origin: Annotated[str, Field(description="Name of the log.")]
    size: Annotated[int, Field(ge=0, description="Number of events: those at the positions 1 to `size`.")]
    root: Annotated[
        str, Field(description="Root of the Merkle tree (RFC 9162) over their hashes, in base64.")
    ]
    time: Annotated[str, Field(description="When it was signed, in UTC.")]
    note: Annotated[
        str,
        Field(description="The signed text (C2SP tlog-checkpoint): keep it outside of this installation."),
    ]


class Checkpoints(Paged):
    """A page of checkpoints, the oldest first."""

    checkpoints: list[Checkpoint]


class CheckpointsQuery(Parameters):
    """The beginning of a page of checkpoints."""

    after: Annotated[Cursor | None, Field(description="`next_cursor` of the previous page.")] = None
    limit: Limit = 100


class AuditKey(Answer):
    """The public key of checkpoints."""

    key: Annotated[
        str, Field(description="NAME+ID+KEY, as C2SP signed-note writes it: keep it with checkpoints.")
    ]


class ProofQuery(Parameters):
    """Two sizes of the log."""

    old: Annotated[int, Field(ge=1, lt=10**18, description="Size of the older checkpoint."), Whole]
    new: Annotated[int, Field(ge=1, lt=10**18, description="Size of the newer checkpoint."), Whole]


class ConsistencyProof(Answer):
    """The proof that the log of a newer checkpoint continues that of an older one."""

    old_size: int
    new_size: int
    hashes: Annotated[list[str], Field(description="By RFC 9162, section 2.1.4.1, in base64.")]
