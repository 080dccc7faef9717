"""What the engine knows of the world, as frozen values: items, events, workspaces, people.

A work item is one aggregate: everything that its rules look at (fields, role holders, approvals, waivers, evidence,
links, who did what) is one record that is loaded and compared-and-set as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from placet.definitions.context import ApprovalStatus, Decision
from placet.definitions.readonly import sealed
from placet.definitions.timers import Span


class ItemRef(NamedTuple):
    """The two parts of a key such as `OPS-12`."""

    workspace: str
    number: int

    @property
    def key(self) -> str:
        return f"{self.workspace}-{self.number}"


class NewLink(NamedTuple):
    """A link to be made."""

    type: str
    target: str
    #: Fields of the link type's model; `None` says nothing.
    attributes: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence of the engine's own: its id in `placet.engine.act.messages`, and its parameters."""

    id: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's decision in a round of an approval."""

    actor: str
    decision: Decision
    at: datetime
    #: Whose vote it is where somebody voted by delegation.
    on_behalf_of: str | None = None
    comment: str | None = None
    #: The roles asked for that the voter (or the person voted for) held at that moment.
    roles: tuple[str, ...] = ()

    @property
    def seat(self) -> str:
        """Whose vote it is."""
        return self.on_behalf_of or self.actor


@dataclass(frozen=True, slots=True)
class BallotRecord:
    """One ballot as it was asked: definitions may change later, what was asked does not."""

    roles: tuple[str, ...]
    #: `{"kind", "value", "of_votes", "minimum_votes", "weights"}`.
    quorum: Mapping[str, Any]
    veto: tuple[str, ...] = ()
    veto_actors: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    including: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sealed(self, "quorum")


@dataclass(frozen=True, slots=True)
class ApprovalRound:
    """One asking of an approval."""

    approval: str
    round: int
    #: As of the last vote or voiding; it is expired from `expires_at` on, whether or not that has been recorded.
    status: ApprovalStatus
    asked_at: datetime
    #: The state in which it was asked; it reopens only there.
    state: str
    ballots: tuple[BallotRecord, ...]
    ordered: bool = False
    expires_at: datetime | None = None
    #: What was approved: values of the material fields, and digests of material evidence under `evidence:KIND`.
    material: Mapping[str, Any] = field(default_factory=dict)
    votes: tuple[Vote, ...] = ()
    #: Why it ended without a decision, if it did.
    reason: Message | None = None

    def __post_init__(self) -> None:
        sealed(self, "material")

    @property
    def open(self) -> bool:
        """Whether it waits for votes or is granted: what can still be taken back, or expire."""
        return self.status in {ApprovalStatus.PENDING, ApprovalStatus.GRANTED}


@dataclass(frozen=True, slots=True)
class Waiver:
    """A way through one gate of one item, decided by a second person."""

    id: str
    gate: str
    reason: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    #: `None` while it waits; then whether it was granted.
    granted: bool | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    comment: str = ""
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    review: str = ""
    #: Whether its end has been recorded.
    ended: bool = False

    def holds(self, now: datetime) -> bool:
        """Whether it opens its gate at a moment."""
        return self.granted is True and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Evidence:
    """Proof attached to an item: bytes by their SHA-256, or a reference to something elsewhere."""

    id: str
    kind: str
    name: str
    at: datetime
    actor: str
    sha256: str | None = None
    url: str | None = None
    media_type: str = "application/octet-stream"
    #: Bytes.
    size: int = 0
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that happened to a timer; kept in the event that caused it."""

    at: datetime
    #: `start`, `stop`, `pause`, `continue`, `resume`, `target`, `repeat`.
    what: str
    #: Why: the transition, the state, the field that changed.
    reason: str = ""
    #: What the timer runs for from here on: a span, a moment, or nothing that is known.
    target: Span | datetime | None = None
    #: With `resume`: percent of the target that is granted at least.
    grace: int = 0


@dataclass(frozen=True, slots=True)
class DueTransition:
    """A transition that a timer demanded and the rules refused so far."""

    transition: str
    #: From when on it is tried again.
    since: datetime
    #: The gates and checks that stood in its way, so that only news is recorded.
    refused_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimerRecord:
    """A timer of an item. Only what happened to it is kept: what it reads follows from that."""

    marks: tuple[Mark, ...]
    #: Thresholds that were passed and acted on, by label, in the present turn.
    fired: tuple[str, ...] = ()
    #: How often it has come due and begun again.
    turns: int = 0
    due_transition: DueTransition | None = None

    @property
    def target(self) -> Span | datetime | None:
        """What it runs for at present."""
        return next((m.target for m in reversed(self.marks) if m.what in {"start", "target", "repeat"}), None)

    @property
    def running(self) -> bool:
        """Whether it has started and not stopped; paused ones count."""
        return next(m.what != "stop" for m in reversed(self.marks))

    @property
    def paused(self) -> bool:
        last = next((m.what for m in reversed(self.marks) if m.what != "target"), "")
        return last == "pause"


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A timer as lists show it: what can be told without reading it at a moment."""

    timer: str
    #: `running`, `paused`, `met` or `breached`.
    status: str
    due_at: datetime | None
    #: Time that counted, once it has stopped.
    spent: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """What falls due on one item: its timers as lists show them, and when it has to be looked at."""

    timers: tuple[TimerRow, ...] = ()
    #: (subject, moment): `timer:ID`, `approval:ID`, `waiver:ID`.
    dues: tuple[tuple[str, datetime], ...] = ()


class Postponement(NamedTuple):
    """A subject of an item that is due and is looked at later."""

    ref: ItemRef
    subject: str
    #: How often it was put off before: two who put it off at once do it once.
    tries: int
    #: The moment at which it was found to be due: one that is due at another by now was done, and is not put off.
    was: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class JobRun:
    """One occurrence of a periodic job in one workspace; there is never a second one."""

    workspace: str
    job: str
    due_at: datetime
    at: datetime
    #: Why it could not be done; empty where it was.
    failure: str = ""


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """A work item with everything that its own rules look at."""

    workspace: str
    number: int
    type: str
    title: str
    state: str
    category: str
    #: Goes up with every change of content; what `ETag` and `If-Match` speak of.
    version: int
    #: Number of the item's last event; goes up with every event, refusals and comments included.
    seq: int
    #: Hash of the item's last event.
    head: str
    #: Field values as JSON.
    fields: Mapping[str, Any]
    created_at: datetime
    created_by: str
    updated_at: datetime
    state_since: datetime
    #: Hash of the definition that its last event was made under.
    definition: str
    parent: str | None = None
    #: The item's own role holders.
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    approvals: tuple[ApprovalRound, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    #: Keys by link type, of links that start here.
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: What is said of those links, as JSON, by link type and key; of those that have attributes.
    link_attributes: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    #: Who ever did what: `create`, `transition:NAME`, `vote:APPROVAL`, `named:FIELD`.
    acts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: When each field last got another value.
    edited: Mapping[str, datetime] = field(default_factory=dict)
    #: Timers by id, running and stopped.
    timers: Mapping[str, TimerRecord] = field(default_factory=dict)
    #: Version of the workspace's configuration that was in force when it was read.
    workspace_version: int = 0

    def __post_init__(self) -> None:
        # Spelled out: records are made a dozen times an act, mostly of parts that are read-only already.
        if type(self.fields) is dict:
            sealed(self, "fields")
        if (
            type(self.roles) is dict
            or type(self.links) is dict
            or type(self.link_attributes) is dict
            or type(self.acts) is dict
            or type(self.edited) is dict
            or type(self.timers) is dict
        ):
            sealed(self, "roles", "links", "link_attributes", "acts", "edited", "timers")

    @property
    def key(self) -> str:
        return f"{self.workspace}-{self.number}"

    def attributes_of(self, link_type: str, target: str) -> Mapping[str, Any]:
        """What is said of one of its links, as it is stored."""
        return self.link_attributes.get(link_type, {}).get(target, {})

    def round(self, approval: str) -> ApprovalRound | None:
        """The latest round of an approval."""
        return next((r for r in reversed(self.approvals) if r.approval == approval), None)


@dataclass(frozen=True, slots=True)
class EventText:
    """What people typed in an event, kept apart from it (`placet.engine.act.texts`); an erased one has neither."""

    #: Random, in hex.
    salt: str | None
    #: JSON as it was digested: texts by their places in the event.
    document: str | None
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One thing that happened to one item (or, with number 0, to the workspace itself)."""

    #: UUIDv7.
    id: str
    workspace: str
    number: int
    seq: int
    #: `created`, `edited`, `transition`, `refused`, `comment`, `linked`, `unlinked`, `evidence`, `voted`, ...
    kind: str
    at: datetime
    actor: str
    #: Hash of the item's previous event; empty for the first.
    prev_hash: str
    #: SHA-256 of the previous hash, a line feed, and the body.
    hash: str
    #: The canonical JSON that was hashed: all of the event except its hashes and its text.
    body: str
    #: The event as it is read: its body, with its text in its places.
    data: Mapping[str, Any]
    text: EventText | None = None
    #: Places (JSON pointers) of what was erased; null in `data`.
    erased: tuple[str, ...] = ()
    #: The number that its act drew as it committed; 0 before. Greater ones rest on what smaller ones did.
    decided: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        return f"{self.workspace}-{self.number}" if self.number else self.workspace


class SealedEvent(NamedTuple):
    """An event with its place in the log."""

    #: 1..n without a gap, and never another one. The events of one item stand in their own order.
    position: int
    #: The position as others are told it: good for `EventQuery.after`, until a backup is restored.
    cursor: str
    event: EventRecord


@dataclass(frozen=True, slots=True)
class IdempotencyRecord:
    """What was done under an idempotency key: kept with the event that it made, and for committed acts alone."""

    #: Whose key it is; others may use the same.
    actor: str
    key: str
    #: SHA-256 of the request: path and body.
    request: str
    #: Id of the event.
    event: str
    at: datetime
