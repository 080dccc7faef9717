"""The engine's records, as frozen values: items with their approvals and timers, and events.

A work item is one aggregate: everything that its rules read (fields, role holders, approvals, waivers, evidence,
links, past acts) is one record, which is loaded and compared-and-set as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from placet.definitions.context import ApprovalStatus, Decision
from placet.definitions.readonly import sealed
from placet.definitions.timers import Span
from placet.engine.act.questions import AskRecord, ConfirmationRecord


class ItemRef(NamedTuple):
    """The two parts of a key such as `OPS-12`."""

    workspace: str
    number: int

    @property
    def key(self) -> str:
        return f"{self.workspace}-{self.number}"


class NewLink(NamedTuple):
    """A link to be created."""

    type: str
    target: str
    #: Fields of the link type's model; `None` for no attributes.
    attributes: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence of the engine: its id in `placet.engine.act.messages`, and its parameters."""

    id: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's decision in a round of an approval."""

    actor: str
    decision: Decision
    at: datetime
    #: The person for whom the voter voted by delegation.
    on_behalf_of: str | None = None
    comment: str | None = None
    #: The requested roles that the voter (or the person for whom they voted) held at that moment.
    roles: tuple[str, ...] = ()

    @property
    def seat(self) -> str:
        """The person for whom the vote counts."""
        return self.on_behalf_of or self.actor


@dataclass(frozen=True, slots=True)
class BallotRecord:
    """One ballot of a round; it does not change if the definition changes later."""

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
    """One request for an approval, with its votes."""

    approval: str
    round: int
    #: As of the last vote or voiding; the round is expired from `expires_at` on, even if that is not recorded yet.
    status: ApprovalStatus
    asked_at: datetime
    #: The state in which it was requested; it reopens only there.
    state: str
    ballots: tuple[BallotRecord, ...]
    ordered: bool = False
    #: One person's vote counts in every ballot in which they have a seat.
    combined: bool = False
    expires_at: datetime | None = None
    #: When those whose vote is missing are reminded; `None` once that is done.
    reminds_at: datetime | None = None
    #: The material: values of the material fields, and digests of material evidence under `evidence:KIND`.
    material: Mapping[str, Any] = field(default_factory=dict)
    votes: tuple[Vote, ...] = ()
    #: The reason, if it ended without a decision.
    reason: Message | None = None
    #: Hash of the definition, settings included, under which it was requested.
    rules: str = ""

    def __post_init__(self) -> None:
        sealed(self, "material")

    @property
    def open(self) -> bool:
        """Whether it waits for votes or is granted, so that it can still be withdrawn or expire."""
        return self.status in {ApprovalStatus.PENDING, ApprovalStatus.GRANTED}


@dataclass(frozen=True, slots=True)
class Waiver:
    """Permission to pass one gate of one item, decided by a second person."""

    id: str
    gate: str
    reason: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    #: `None` while it is undecided; then whether it was granted.
    granted: bool | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    comment: str = ""
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    review: str = ""
    #: Whether its expiry has been recorded.
    ended: bool = False
    #: The material content of the item when it was granted: it opens the gate for that, and for nothing else.
    content: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, now: datetime) -> bool:
        """Whether it opens its gate at a moment."""
        return self.granted is True and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence attached to an item: a file by its SHA-256, or a reference to a document elsewhere."""

    id: str
    kind: str
    name: str
    at: datetime
    actor: str
    sha256: str | None = None
    url: str | None = None
    media_type: str = "application/octet-stream"
    #: In bytes.
    size: int = 0
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One change of a timer, kept in the event that caused it."""

    at: datetime
    #: `start`, `stop`, `pause`, `continue`, `resume`, `target`, `repeat`.
    what: str
    #: The cause: the transition, the state, or the field that changed.
    reason: str = ""
    #: The timer's target from here on: a span, a moment, or `None` if it is not known.
    target: Span | datetime | None = None
    #: With `resume`: the least share of the target that remains, in percent.
    grace: int = 0


@dataclass(frozen=True, slots=True)
class DuePoint:
    """A threshold that a timer has reached, and whose effects or transition the rules have refused so far."""

    #: The threshold's label.
    point: str
    #: When it is tried again at the earliest.
    since: datetime
    #: The gates and checks that blocked it, so that only changes are recorded.
    refused_by: tuple[str, ...] = ()
    #: Number of refused attempts since the item last changed.
    tries: int = 0
    #: Whether its effects have run, so that only its transition is left.
    effects_ran: bool = False


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Points that a timer passed without notifying anybody, since it had passed a later one too."""

    #: Roles and people whom they would have notified; the later point notifies them.
    notifies: tuple[str, ...] = ()
    #: How often the timer was due meanwhile, and began again.
    turns: int = 0


@dataclass(frozen=True)
class TimerRecord:
    """A timer of an item. Only its changes are kept, from which its reading follows."""

    marks: tuple[Mark, ...]
    #: Labels of the thresholds that have fired since it last began.
    fired: tuple[str, ...] = ()
    #: How often it has been due and begun again.
    turns: int = 0
    #: The refused parts of its thresholds; each is tried by itself.
    due_points: tuple[DuePoint, ...] = ()
    #: The points of which nobody is notified yet, until a later one does it; `None` where there are none.
    overtaken: Overtaken | None = None

    @property
    def target(self) -> Span | datetime | None:
        """Its current target."""
        return next((m.target for m in reversed(self.marks) if m.what in {"start", "target", "repeat"}), None)

    @property
    def running(self) -> bool:
        """Whether it has started and not stopped; a paused timer counts as running."""
        return self.marks[-1].what != "stop"

    @property
    def paused(self) -> bool:
        for mark in reversed(self.marks):
            if mark.what != "target":
                return mark.what == "pause"
        return False


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A timer as lists show it, without reading it at a moment."""

    timer: str
    #: `running`, `paused`, `met` or `breached`.
    status: str
    due_at: datetime | None
    #: The time that counted, once it has stopped.
    spent: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """The schedule of an item: its timers as lists show them, and the moments at which something is due."""

    timers: tuple[TimerRow, ...] = ()
    #: (subject, moment): `timer:ID`, `approval:ID`, `waiver:ID`, `confirmation:ID:PERSON`, `ask:CHECK:PERSON`.
    dues: tuple[tuple[str, datetime], ...] = ()


class Postponement(NamedTuple):
    """A due subject of an item that is postponed."""

    ref: ItemRef
    subject: str
    #: Number of earlier postponements: two at the same time count once.
    tries: int
    #: When the subject was due as it was read; if that has changed, it was dealt with, and is not postponed.
    was: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class JobRun:
    """One occurrence of a periodic job in one workspace; each occurrence is done only once."""

    workspace: str
    job: str
    due_at: datetime
    at: datetime
    #: Reason of a failure; empty for a success.
    failure: str = ""


class Progress(NamedTuple):
    """How far the values of a type's items follow its definition."""

    workspace: str
    type: str
    #: The values: `index`, `computed` or `schedule`.
    part: str
    #: Hash of what they follow from.
    definition: str
    #: The number of the last item that is up to date.
    after: int
    #: Numbers of items: up to date, and in all when it began.
    done: int
    total: int
    finished: bool


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """A work item with everything that its rules read."""

    workspace: str
    number: int
    type: str
    title: str
    state: str
    category: str
    #: Increases with every change of content; the version in `ETag` and `If-Match`.
    version: int
    #: Number of the item's last event; increases with every event, including refusals and comments.
    seq: int
    #: Hash of the item's last event.
    head: str
    #: Field values as JSON.
    fields: Mapping[str, Any]
    created_at: datetime
    created_by: str
    updated_at: datetime
    state_since: datetime
    #: Hash of the definition that was in force at its last event.
    definition: str
    parent: str | None = None
    #: The item's own role holders.
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    approvals: tuple[ApprovalRound, ...] = ()
    confirmations: tuple[ConfirmationRecord, ...] = ()
    #: The latest request to each person for each check.
    asks: tuple[AskRecord, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    #: Keys of linked items by link type, for links that start here.
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Attributes of those links that have any, as JSON, by link type and key.
    link_attributes: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    #: Everybody who ever did an act, by the act as `Duty` writes it, without `named:FIELD`, which is in the field.
    acts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: When the value of each field last changed.
    edited: Mapping[str, datetime] = field(default_factory=dict)
    #: Timers by id, running and stopped.
    timers: Mapping[str, TimerRecord] = field(default_factory=dict)
    #: Version of the workspace's configuration when the item was read.
    workspace_version: int = 0

    def __post_init__(self) -> None:
        # Written out for speed: an act makes a dozen records, mostly from parts that are read-only already.
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
        """The stored attributes of one of its links."""
        return self.link_attributes.get(link_type, {}).get(target, {})

    def round(self, approval: str) -> ApprovalRound | None:
        """The latest round of an approval."""
        return next((r for r in reversed(self.approvals) if r.approval == approval), None)

    def confirmation(self, confirmation: str, person: str) -> ConfirmationRecord | None:
        """One person's confirmation."""
        return next(
            (c for c in self.confirmations if (c.confirmation, c.actor) == (confirmation, person)), None
        )

    def ask(self, check: str, person: str) -> AskRecord | None:
        """The latest request to one person to clear one check."""
        return next((a for a in self.asks if (a.check, a.actor) == (check, person)), None)


@dataclass(frozen=True, slots=True)
class EventText:
    """Text that people typed in an event, kept apart from it (see `placet.engine.act.texts`); erasure empties both."""

    #: Random, in hex.
    salt: str | None
    #: The JSON document that was digested: texts by their places in the event.
    document: str | None
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An event of an item (or, with number 0, of the workspace itself)."""

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
    #: The canonical JSON that was hashed: the whole event except its hashes and its text.
    body: str
    #: The readable event: its body with its texts in their places.
    data: Mapping[str, Any]
    text: EventText | None = None
    #: Places (JSON pointers) of erased texts; null in `data`.
    erased: tuple[str, ...] = ()
    #: The number that its act drew at its commit; 0 before. An act can depend only on acts with smaller numbers.
    decided: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        return f"{self.workspace}-{self.number}" if self.number else self.workspace


class SealedEvent(NamedTuple):
    """An event with its place in the log."""

    #: 1..n without a gap; it never changes. The events of one item keep their own order.
    position: int
    #: The position in the form for clients, valid for `EventQuery.after` until a backup is restored.
    cursor: str
    event: EventRecord


@dataclass(frozen=True, slots=True)
class IdempotencyRecord:
    """The act that was done under an idempotency key; stored with its event, and only for committed acts."""

    #: The owner of the key; others may use the same key.
    actor: str
    key: str
    #: SHA-256 of the request: path and body.
    request: str
    #: Id of the event.
    event: str
    at: datetime
