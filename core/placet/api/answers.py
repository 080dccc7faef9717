"""What the API answers, as models for its documentation: the answers themselves are written by `shapes`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from placet.api.forms import ItemKey, WorkspaceKey

Moment = AwareDatetime
Category = Literal["todo", "active", "waiting", "done", "cancelled"]
Mode = Literal["enforce", "warn", "observe"]
Outcome = Literal["met", "unmet", "unknown"]
JsonSchema = dict[str, Any]


class Shape(BaseModel):
    """Base of every answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ActionShape(Shape):
    """Something to be offered as a button."""

    kind: str
    title: str
    href: str
    fields: list[str]


class BlockerShape(Shape):
    """One thing that stands in the way of a transition."""

    gate: str
    check: str
    verdict: Outcome
    mode: Mode
    message: str
    remedy: str
    source: str
    who: list[str]
    earliest: Moment | None
    message_id: str
    params: dict[str, Any]
    actions: list[ActionShape]


class VoteShape(Shape):
    """One person's decision."""

    actor: str
    decision: Literal["approve", "reject", "abstain"]
    at: Moment
    on_behalf_of: str | None
    comment: str | None


class ItemApprovalShape(Shape):
    """The latest round of one approval."""

    approval: str
    title: str
    round: Annotated[int, Field(ge=1)]
    status: str
    asked_at: Moment
    expires_at: Moment | None
    asked: list[str]
    missing: list[str]
    summary: str
    votes: list[VoteShape]


class SummaryShape(Shape):
    """What names an item."""

    key: ItemKey
    workspace: WorkspaceKey
    type: str
    title: str
    state: str
    category: Category


class ApprovalShape(ItemApprovalShape):
    """The latest round of one approval of an item."""

    item: SummaryShape


class ApprovalsShape(Shape):
    """A page of what waits for a decision."""

    approvals: list[ApprovalShape]
    next_cursor: str | None


class EvidenceShape(Shape):
    """A proof, without its bytes."""

    id: str
    kind: str
    name: str
    at: Moment
    actor: str
    sha256: str | None
    url: str | None
    media_type: str
    size: Annotated[int, Field(ge=0, description="Bytes; 0 for a reference.")]
    valid_until: Moment | None


class EvidenceListShape(Shape):
    """An item's proofs."""

    evidence: list[EvidenceShape]


class WaiverShape(Shape):
    """A way through a gate, decided by a second person."""

    id: str
    gate: str
    reason: str
    asked_by: str
    asked_at: Moment
    expires_at: Moment
    granted: bool | None
    decided_by: str | None
    decided_at: Moment | None
    comment: str
    reviewed_by: str | None
    reviewed_at: Moment | None
    review: str


class StretchShape(Shape):
    """A stretch of a clock's life, what of it counted, and why the rest did not."""

    from_: Annotated[Moment, Field(alias="from")]
    to: Moment
    counted: timedelta
    reason: str


class TimerShape(Shape):
    """A clock of an item, read now. Times are working time where the clock runs by a calendar."""

    timer: str
    title: str
    item: ItemKey
    status: Literal["running", "paused", "met", "breached"]
    started_at: Moment
    stopped_at: Moment | None
    due_at: Moment | None
    breached_at: Moment | None
    elapsed: timedelta
    remaining: timedelta | None


class TimerLineShape(TimerShape):
    """The same in a list, with the sum line by line where it was asked for."""

    explanation: list[StretchShape] = []


class TimersShape(Shape):
    """A page of timers."""

    timers: list[TimerLineShape]
    next_cursor: str | None


class RowShape(SummaryShape):
    """An item as it is kept."""

    version: Annotated[int, Field(ge=1)]
    fields: dict[str, Any]
    parent: ItemKey | None
    roles: dict[str, list[str]]
    evidence: list[EvidenceShape]
    waivers: list[WaiverShape]
    links: dict[str, list[ItemKey]]
    created_at: Moment
    created_by: str
    updated_at: Moment
    state_since: Moment
    definition: str


class ItemShape(RowShape):
    """An item with everything that its own rules look at."""

    approvals: list[ItemApprovalShape]
    timers: list[TimerShape]


class NextShape(Shape):
    """An item's primary transition, and how much stands in its way."""

    name: str
    title: str
    to: str
    allowed: bool
    blockers: Annotated[int, Field(ge=0)]


class ListedItemShape(RowShape):
    """An item in a list; the last three only where `include` names them."""

    approvals: list[ItemApprovalShape] | None = None
    timers: list[TimerShape] | None = None
    next: NextShape | None = None


class ItemsShape(Shape):
    """A page of items; `total` only where `include` names it."""

    items: list[ListedItemShape]
    next_cursor: str | None
    total: Annotated[int | None, Field(ge=0, description="How many items all pages have together.")] = None


class LinkShape(Shape):
    """One link of an item, seen from it."""

    link_type: str
    title: str
    direction: Literal["out", "in"]
    key: ItemKey
    type: str
    item_title: str
    state: str
    attributes: Annotated[
        dict[str, Any], Field(description="What is said of the link; empty where nothing is.")
    ]


class LinksShape(Shape):
    """An item's links in both directions."""

    links: list[LinkShape]


class ProofShape(Shape):
    """What was hashed of an event, byte for byte."""

    body: Annotated[str, Field(description="The JSON text whose SHA-256, behind `prev_hash`, is `hash`.")]
    salt: Annotated[str | None, Field(description="What stood before the texts when they were digested.")]
    document: Annotated[str | None, Field(description="The JSON text of what people typed, by place.")]
    erased_at: Moment | None


class MessageShape(Shape):
    """A sentence of the engine's own: its id and figures, to translate it by, and how it reads."""

    message_id: str
    params: dict[str, Any]
    message: str | None


class MaterialShape(Shape):
    """What a vote was given for."""

    version: Annotated[int, Field(ge=1, description="The item's version as the vote found it.")]
    of: Annotated[list[str], Field(description="Material fields, and kinds of evidence as `evidence:KIND`.")]
    digest: Annotated[
        str | None,
        Field(description="SHA-256, in hex, of their values as canonical JSON; null once it is erased."),
    ]


class EventShape(BaseModel):
    """One thing that happened; members of its kind follow."""

    model_config = ConfigDict(extra="allow", frozen=True)

    id: str
    item: Annotated[str, Field(description="Key of the item, or of the workspace itself.")]
    seq: Annotated[int, Field(ge=1)]
    kind: str
    at: Moment
    actor: str
    on_behalf_of: str | None
    caused_by: Annotated[
        str | None,
        Field(
            description="The timer, periodic job, link type, or key of the item whose effect caused it; null for a "
            "person's act."
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
    erased: Annotated[
        list[str], Field(description="JSON pointers of what was erased from it, which is null here.")
    ]
    prev_hash: str
    hash: str
    material: Annotated[MaterialShape | None, Field(description="Of a vote: what it was given for.")] = None
    voided: Annotated[
        dict[str, MessageShape] | None, Field(description="Approvals that it voided, each with why.")
    ] = None
    proof: Annotated[ProofShape | None, Field(description="Only with `include=proof`.")] = None


class EventsShape(Shape):
    """A page of events."""

    events: list[EventShape]
    next_cursor: str | None


class CheckShape(Shape):
    """One check with its verdict and what it read."""

    gate: str
    check: str
    title: str
    source: str
    mode: Mode
    verdict: Outcome
    read: dict[str, Any]


class OutlookShape(Shape):
    """One transition as it would be for the asking person."""

    name: str
    title: str
    to: str
    allowed: bool
    roles: list[str]
    blockers: list[BlockerShape]
    earliest: Moment | None
    waits_on: list[str]
    fields_schema: JsonSchema
    checks: Annotated[list[CheckShape], Field(description="Only with `include=met`.")] = Field(
        default_factory=list
    )


class ExplanationShape(Shape):
    """Every transition defined from an item's state."""

    key: ItemKey
    state: str
    version: int
    transitions: list[OutlookShape]


class MovedItemShape(RowShape):
    """An item that was moved, as it is after the commit.

    `approvals` and `timers` are null where it was moved and could not be looked at again; it is as committed then.
    """

    approvals: list[ItemApprovalShape] | None
    timers: list[TimerShape] | None


class MovedShape(Shape):
    """A transition that was made; in a dry run `event` is null.

    `event` is as committed. `item` and `transitions` come from one view after the commit, and may be newer.
    `transitions` are null where it was made and what can be done next could not be found out.
    """

    item: MovedItemShape
    event: EventShape | None
    transitions: list[OutlookShape] | None


class ProblemShape(BaseModel):
    """A problem (RFC 9457)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Annotated[str, Field(pattern="^/problems/[a-z-]+$", description="Leads to a page about it.")]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str


class BulkResultShape(Shape):
    """What became of one request of a bulk call: moved, or refused with a problem."""

    key: str
    status: Annotated[int, Field(ge=200, le=599)]
    item: MovedItemShape | None
    event: EventShape | None
    problem: dict[str, Any] | None


class BulkShape(Shape):
    """What became of each request, in their order."""

    moved: Annotated[int, Field(ge=0)]
    refused: Annotated[int, Field(ge=0)]
    results: list[BulkResultShape]


class OccurrenceShape(Shape):
    """A window as it comes about once."""

    item: ItemKey
    type: str
    title: str
    kind: str
    state: str
    start: Moment
    end: Moment
    rrule: str | None


class WindowsShape(Shape):
    """Windows in order of time."""

    windows: list[OccurrenceShape]


class ItemsMadeShape(Shape):
    """Items that were made together."""

    items: list[ItemShape]


class TurnItemShape(Shape):
    """An item that the asking person can move."""

    item: SummaryShape
    transitions: list[str]


class TurnCheckShape(Shape):
    """A blocker that names the asking person."""

    item: SummaryShape
    transition: str
    blocker: BlockerShape


class TurnReviewShape(Shape):
    """A waiver that has ended and that nobody has reviewed."""

    item: SummaryShape
    waiver: WaiverShape


class TurnShape(Shape):
    """What waits for the asking person."""

    approvals: list[ApprovalShape]
    items: list[TurnItemShape]
    checks: list[TurnCheckShape]
    reviews: list[TurnReviewShape]
    timers: list[TimerShape]


class FirstBadShape(Shape):
    """Where a chain breaks first."""

    item: str
    seq: int
    event: str | None
    reason: str


class AuditShape(Shape):
    """What verification found."""

    ok: bool
    events: Annotated[int, Field(ge=0)]
    first_bad: FirstBadShape | None


class OcelAttributeShape(Shape):
    """An attribute that events or objects of a type have."""

    name: str
    type: Literal["string", "integer", "float", "boolean", "time"]


class OcelTypeShape(Shape):
    """A type of events or objects."""

    name: str
    attributes: list[OcelAttributeShape]


class OcelValueShape(Shape):
    """A value of an event's attribute, as text."""

    name: str
    value: str


class OcelChangeShape(OcelValueShape):
    """A value that an object's attribute got, as text; `null` took it away."""

    time: Moment


class OcelRelationShape(Shape):
    """An object, and what it has to do with the event or object."""

    object_id: str = Field(alias="objectId")
    qualifier: str


class OcelEventShape(Shape):
    """An event."""

    id: str
    type: str
    time: Moment
    attributes: list[OcelValueShape]
    relationships: list[OcelRelationShape]


class OcelObjectShape(Shape):
    """An item, or an actor."""

    id: str
    type: str
    attributes: list[OcelChangeShape]
    relationships: list[OcelRelationShape]


class OcelShape(Shape):
    """A log in OCEL 2.0."""

    events: list[OcelEventShape]
    objects: list[OcelObjectShape]
    event_types: list[OcelTypeShape] = Field(alias="eventTypes")
    object_types: list[OcelTypeShape] = Field(alias="objectTypes")
