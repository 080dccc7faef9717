"""What the API answers, as models for its documentation: the answers themselves are written by `shapes`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from placet.api.forms import ActorId, ItemKey, Scope, WorkspaceKey

Moment = AwareDatetime
Category = Literal["todo", "active", "waiting", "done", "cancelled"]
Mode = Literal["enforce", "warn", "observe"]
Outcome = Literal["met", "unmet", "unknown"]
Text = Annotated[str, Field(description="For people.")]
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


class ItemShape(SummaryShape):
    """An item with everything that its own rules look at."""

    version: Annotated[int, Field(ge=1)]
    fields: dict[str, Any]
    parent: ItemKey | None
    roles: dict[str, list[str]]
    approvals: list[ItemApprovalShape]
    timers: list[dict[str, Any]]
    evidence: list[EvidenceShape]
    waivers: list[WaiverShape]
    links: dict[str, list[ItemKey]]
    created_at: Moment
    created_by: str
    updated_at: Moment
    state_since: Moment
    definition: str


class NextShape(Shape):
    """An item's primary transition, and how much stands in its way."""

    name: str
    title: str
    to: str
    allowed: bool
    blockers: Annotated[int, Field(ge=0)]


class ListedItemShape(ItemShape):
    """An item in a list; `next` only with `include=next`."""

    next: NextShape | None = None


class ItemsShape(Shape):
    """A page of items."""

    items: list[ListedItemShape]
    next_cursor: str | None


class LinkShape(Shape):
    """One link of an item, seen from it."""

    link_type: str
    title: str
    direction: Literal["out", "in"]
    key: ItemKey
    type: str
    item_title: str
    state: str


class LinksShape(Shape):
    """An item's links in both directions."""

    links: list[LinkShape]


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
    transition: str | None
    from_state: str | None
    to_state: str | None
    changes: Annotated[dict[str, list[Any]], Field(description="Old and new value, by field.")]
    comment: str | None
    definition: str | None
    prev_hash: str
    hash: str


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


class MovedShape(Shape):
    """A transition that was made; in a dry run `event` is null."""

    item: ItemShape
    event: EventShape | None
    transitions: list[OutlookShape]


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
    item: ItemShape | None
    event: EventShape | None
    problem: dict[str, Any] | None


class BulkShape(Shape):
    """What became of each request, in their order."""

    moved: Annotated[int, Field(ge=0)]
    refused: Annotated[int, Field(ge=0)]
    results: list[BulkResultShape]


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
    timers: list[dict[str, Any]]


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


class CalendarShape(Shape):
    """When a workspace works."""

    zone: str
    weekdays: list[int]
    opens: str
    closes: str
    closed_days: list[str]


class WorkspaceShape(Shape):
    """A workspace with what it has decided."""

    key: WorkspaceKey
    name: str
    version: int
    methods: list[str]
    settings: dict[str, dict[str, Any]]
    gate_modes: dict[str, Mode]
    calendar: CalendarShape
    record_refusals: bool
    require_if_match: bool
    roles: dict[str, list[str]]
    created_at: Moment


class WorkspacesShape(Shape):
    """Workspaces."""

    workspaces: list[WorkspaceShape]


class RoleShape(Shape):
    """A role in a workspace with its holders; one whose method is gone has no title."""

    id: str
    title: str | None
    decides: str | None
    max_holders: int | None
    actors: list[str]


class RolesShape(Shape):
    """The roles of a workspace."""

    roles: list[RoleShape]


class ActorShape(Shape):
    """A person or a service account."""

    id: str
    name: str
    email: str | None
    kind: Literal["person", "service", "system"]
    admin: bool
    created_at: Moment | None


class ActorsShape(Shape):
    """A page of the people."""

    actors: list[ActorShape]
    next_cursor: str | None


class MeShape(ActorShape):
    """Who is asking, and as what."""

    scopes: list[Scope]
    workspaces: Annotated[dict[str, list[str]], Field(description="The roles held, by workspace.")]


class IssuedTokenShape(Shape):
    """A token; `token` is shown this once."""

    token: str
    id: str
    actor: ActorId
    name: str
    scopes: list[Scope]
    created_at: Moment
    expires_at: Moment | None


class DelegationShape(Shape):
    """One person's right to vote for another for a while."""

    id: str
    from_actor: str
    to_actor: str
    starts_at: Moment
    ends_at: Moment
    roles: list[str]
    workspace: str | None
    created_by: str
    created_at: Moment | None


class DelegationsShape(Shape):
    """Delegations."""

    delegations: list[DelegationShape]


class MethodShape(Shape):
    """An installed plugin, and whether it runs."""

    name: str
    distribution: str
    version: str
    title: str
    item_types: list[str]
    status: Literal["active", "failed"]
    error: str | None


class MethodsShape(Shape):
    """What is installed."""

    methods: list[MethodShape]


class LinkTypeShape(Shape):
    """A kind of link that an item of the type can have."""

    id: str
    title: str
    inverse: str
    sources: list[str]
    targets: list[str]
    cardinality: str


class ItemTypeShape(Shape):
    """An item type: its fields as JSON Schema, its workflow's id, and its link types."""

    id: str
    title: str
    description: str
    fields: JsonSchema
    workflow: str
    initial: str
    link_types: list[LinkTypeShape]
    indexed: list[str]
    computed: list[str]
    frozen_in: dict[str, list[str]]
    parents: list[str] | None
    creators: list[str]
    editors: list[str]
    approvals: list[dict[str, Any]]
    definition: str


class ItemTypesShape(Shape):
    """The item types of a workspace."""

    item_types: list[ItemTypeShape]


class WorkflowShape(Shape):
    """A workflow as the rules in force have it, or as they had it."""

    id: str
    title: str
    hash: str
    current: bool
    initial: str
    states: list[dict[str, Any]]
    transitions: list[dict[str, Any]]
    gates: list[dict[str, Any]]
    roles: list[dict[str, Any]]
    approvals: list[dict[str, Any]]
    duties: list[dict[str, Any]]
    timers: list[dict[str, Any]]
    settings: dict[str, Any]
    versions: dict[str, str]


class ClockShape(Shape):
    """Where the sandbox's clock stands."""

    now: Moment


class HealthShape(Shape):
    """The process runs."""

    status: Literal["ok"]


class ReadinessShape(Shape):
    """The database can be reached and has this program's schema."""

    status: Literal["ready"]
    sandbox: Annotated[bool, Field(description="Whether it runs on a clock of its own that can be moved.")]
    version: str
