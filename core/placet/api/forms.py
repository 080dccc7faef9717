"""What clients send: bodies and query parameters as frozen models, exact enough to be a contract."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from placet.definitions.calendar import BusinessCalendar, calendar_of
from placet.definitions.context import Decision
from placet.definitions.items import Moment
from placet.definitions.verdicts import GateMode
from placet.engine.act.input import COMMENT_LIMIT, TITLE_LIMIT
from placet.engine.act.notices import Digest
from placet.engine.act.people import NotificationChoice
from placet.engine.transitions import BULK_LIMIT

# Without C0 (tab, line feed and carriage return are text), DEL and C1.
_CLEAN = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
TEXT_PATTERN = f"^{_CLEAN}*$"
WORD_PATTERN = rf"^{_CLEAN}*[^\s\x00-\x1f\x7f-\x9f]{_CLEAN}*$"
KEY_PATTERN = "^[A-Z][A-Z0-9_]{0,19}-[1-9][0-9]{0,17}$"
WORKSPACE_PATTERN = "^[A-Z][A-Z0-9_]{0,19}$"
ACTOR_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$"
#: Ids of what methods define: `itil.change`; bare names of states and transitions; ids made by the house.
NAME_PATTERN = "^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,199}$"
FIELD_PATTERN = "^[A-Za-z_][A-Za-z0-9_]{0,99}$"
SHA256_PATTERN = "^[0-9a-f]{64}$"
_TIME_OF_DAY = r"[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
DAY_OR_TIME_PATTERN = f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({_TIME_OF_DAY})?$"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
#: Most items of one list in a request.
_LIST_LIMIT = 100
#: Rows of a page: by default, and at most.
PAGE, PAGE_LIMIT = 50, 500


def _rfc3339(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _MOMENT.fullmatch(value):
        raise ValueError("is no moment in RFC 3339 with its zone, such as 2026-03-02T09:00:00Z")
    return datetime.fromisoformat(value.upper())


def _whole(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise ValueError("is no whole number")
    return int(value)


def _flag(value: object) -> object:
    if value not in {"true", "false"}:
        raise ValueError('is neither "true" nor "false"')
    return value == "true"


ItemKey = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]
WorkspaceKey = Annotated[str, StringConstraints(pattern=WORKSPACE_PATTERN)]
ActorId = Annotated[str, StringConstraints(pattern=ACTOR_PATTERN)]
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
Comment = Annotated[str, StringConstraints(max_length=COMMENT_LIMIT, pattern=TEXT_PATTERN)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=COMMENT_LIMIT, pattern=WORD_PATTERN)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=TITLE_LIMIT, pattern=WORD_PATTERN)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=WORD_PATTERN)]
Time = Annotated[Moment, BeforeValidator(_rfc3339), WithJsonSchema({"type": "string", "format": "date-time"})]
Values = Annotated[
    dict[Annotated[str, StringConstraints(pattern=FIELD_PATTERN)], Any],
    WithJsonSchema(
        {"type": "object", "propertyNames": {"pattern": FIELD_PATTERN}, "additionalProperties": True}
    ),
]
MethodSettings = Annotated[dict[str, Values], Field(max_length=_LIST_LIMIT)]
Scope = Literal["read", "write", "admin"]


class Form(BaseModel):
    """Base of every body: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @property
    def weight(self) -> int:
        """For how many requests it counts."""
        return 1


class Query(BaseModel):
    """Base of every set of query parameters; all of them are text to begin with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Parameters that begin so are collected in `fields`, by what follows.
    prefix: ClassVar[str] = ""


class NoForm(Form):
    """A request without a body."""


class NoQuery(Query):
    """A request without query parameters."""


_Whole = BeforeValidator(_whole)
Limit = Annotated[
    int, Field(ge=1, le=PAGE_LIMIT, description=f"Rows of the page, 1 to {PAGE_LIMIT}."), _Whole
]
Cursor = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000, pattern=r"^[\x21-\x7e]+$"),
    Field(description="`next_cursor` of the page before."),
]
Flag = Annotated[bool, BeforeValidator(_flag)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=TEXT_PATTERN)]


# Items


class LinkWish(Form):
    """A link to be made with an item."""

    type: Name
    target: ItemKey


class NewItem(Form):
    """An item to be made."""

    workspace: WorkspaceKey
    type: Name
    title: Title
    fields: Values = Field(default_factory=dict)
    parent: ItemKey | None = None
    links: Annotated[list[LinkWish], Field(max_length=_LIST_LIMIT)] = Field(default_factory=list)
    state: Annotated[
        Name | None,
        Field(description="A later state than the first, where the rules let such items begin there."),
    ] = None


class ItemPatch(Form):
    """A JSON Merge Patch of an item: `null` takes a field away."""

    title: Title | None = None
    fields: Values = Field(default_factory=dict)


class IncludeQuery(Query):
    """What is added to the items of a list."""

    include: Annotated[
        list[Literal["approvals", "timers", "next"]],
        Field(
            max_length=3,
            description="Adds to each item its approvals, its timers, or (`next`) its primary transition.",
        ),
    ] = Field(default_factory=list)


class ItemsQuery(Query):
    """Which items, in which order."""

    prefix: ClassVar[str] = "field."

    include: Annotated[
        list[Literal["approvals", "timers", "next", "total"]],
        Field(
            max_length=4,
            description="Adds to each item its approvals, its timers, or (`next`) its primary transition; and to "
            "the page (`total`) how many items all pages have together, which takes as long as reading them.",
        ),
    ] = Field(default_factory=list)

    workspace: WorkspaceKey | None = None
    type: Name | None = None
    state: Annotated[list[Name], Field(max_length=_LIST_LIMIT)] = Field(default_factory=list)
    category: Annotated[
        list[Literal["todo", "active", "waiting", "done", "cancelled"]], Field(max_length=5)
    ] = Field(default_factory=list)
    parent: ItemKey | None = None
    assignee: Annotated[ActorId | None, Field(description="Who stands on it; `me` for yourself.")] = None
    fields: dict[str, str] = Field(default_factory=dict, exclude=True)
    q: Annotated[Words | None, Field(description="Words that the title contains, in any case.")] = None
    sort: Annotated[
        str,
        StringConstraints(pattern="^-?[A-Za-z_][A-Za-z0-9_]{0,99}$"),
        Field(
            description="`key`, `created_at`, `updated_at` or an indexed field; `-` in front for descending."
        ),
    ] = "key"
    limit: Limit = PAGE
    cursor: Cursor | None = None


class Erasure(Form):
    """Why what was typed in an event is erased."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]


class CommentWish(Form):
    """Something to be said about an item."""

    text: Sentence


class Holders(Form):
    """Who shall hold a role; nobody takes it away from all."""

    actors: Annotated[list[ActorId], Field(max_length=_LIST_LIMIT)]


class Ask(Form):
    """Somebody to be asked to clear a blocker."""

    check: Name
    to: ActorId
    comment: Comment = ""


# Transitions


class ExplainQuery(Query):
    """How much to tell."""

    include: Annotated[Literal["met"] | None, Field(description="Adds every check with what it read.")] = None
    as_of: Annotated[Time | None, Field(description="Tell it for this moment instead of now.")] = None


class TransitionWish(Form):
    """A transition to be made."""

    transition: Name
    fields: Values = Field(default_factory=dict)
    comment: Comment = ""


class TransitionQuery(Query):
    """Whether it is meant."""

    dry_run: Annotated[Flag, Field(description="Tell what would happen, and write nothing.")] = False
    as_of: Annotated[Time | None, Field(description="With `dry_run`: at this moment instead of now.")] = None


class BulkWish(TransitionWish):
    """One transition of several."""

    key: ItemKey


class BulkRequest(Form):
    """Several transitions; `atomic` makes all of them or none."""

    requests: Annotated[list[BulkWish], Field(min_length=1, max_length=BULK_LIMIT)]
    atomic: bool = False

    @property
    def weight(self) -> int:
        """Each of them counts."""
        return len(self.requests)


# Decisions


class DecisionWish(Form):
    """A vote."""

    decision: Annotated[Decision, Field(strict=False)]
    comment: Comment = ""
    on_behalf_of: ActorId | None = None


class ApprovalsQuery(Query):
    """Which approvals."""

    status: Literal["pending"] = "pending"
    actor: Annotated[ActorId | None, Field(description="Whose vote it waits for; `me` for yours.")] = None
    workspace: WorkspaceKey | None = None
    item: ItemKey | None = None
    limit: Limit = PAGE
    cursor: Cursor | None = None


class TimersQuery(Query):
    """Which timers."""

    workspace: WorkspaceKey | None = None
    item: ItemKey | None = None
    status: Literal["running", "paused", "met", "breached"] | None = None
    due_before: Time | None = None
    explain: Annotated[Flag, Field(description="Add the sum line by line.")] = False
    limit: Limit = PAGE
    cursor: Cursor | None = None


class WindowsQuery(Query):
    """Which windows."""

    since: Annotated[Time | None, Field(alias="from", description="Now, if left out.")] = None
    until: Annotated[Time | None, Field(alias="to", description="92 days later, if left out.")] = None
    kind: Words | None = None


class WindowsSentQuery(Query):
    """What the events of a calendar file are."""

    kind: Annotated[Words | None, Field(description="The kind of all windows of a calendar file.")] = None
    type: Annotated[Name | None, Field(description="Their item type, where there are several.")] = None


class WindowForm(Form):
    """A window to be declared."""

    title: Title
    start: Time
    end: Time
    kind: Words | None = None
    rrule: Annotated[str, StringConstraints(max_length=500, pattern=TEXT_PATTERN)] | None = None
    fields: Values = Field(default_factory=dict)
    type: Name | None = None


class WaiverWish(Form):
    """A way through a gate that is asked for."""

    gate: Name
    reason: Sentence
    expires_at: Time


class WaiverDecision(Form):
    """Whether the waiver is granted."""

    grant: bool
    comment: Comment = ""


class WaiverReview(Form):
    """What is thought of it afterwards."""

    review: Sentence


KIND_PATTERN = "^[a-z][a-z0-9_]{0,63}$"


class EvidenceParts(Form):
    """What a file of evidence is sent with."""

    kind: Annotated[str, StringConstraints(pattern=KIND_PATTERN)]
    name: Label | None = None
    valid_until: Time | None = None


class EvidenceReference(Form):
    """Proof that lies elsewhere."""

    kind: Annotated[str, StringConstraints(pattern=KIND_PATTERN)]
    url: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[\x21-\x7e]{1,1990}$")]
    name: Label | None = None
    sha256: Annotated[str, StringConstraints(pattern=SHA256_PATTERN)] | None = None
    valid_until: Time | None = None


# History


Proof = Annotated[
    Literal["proof"] | None,
    Field(description="Adds to each event what was hashed, so that the chain can be recomputed."),
]


class HistoryQuery(Query):
    """Where in an item's history to begin."""

    after: Annotated[int, Field(ge=0, lt=10**18, description="Number of the last event known."), _Whole] = 0
    cursor: Annotated[
        int, Field(ge=0, lt=10**18, description="`next_cursor` of the page before."), _Whole
    ] = 0
    include: Proof = None
    limit: Limit = 100


class EventsQuery(Query):
    """Which events of the log."""

    workspace: WorkspaceKey | None = None
    item: ItemKey | None = None
    actor: ActorId | None = None
    kind: Annotated[list[Name], Field(max_length=_LIST_LIMIT)] = Field(default_factory=list)
    after: Annotated[Cursor | None, Field(description="`next_cursor` of the page before.")] = None
    include: Proof = None
    limit: Limit = 100


class AuditQuery(Query):
    """What to verify; everything that you may see by default."""

    workspace: WorkspaceKey | None = None


class ExportQuery(Query):
    """In which form the log is wanted."""

    format: Annotated[
        Literal["ocel2", "ocel2-sqlite", "xes", "csv"], Field(description="The form of the export.")
    ] = "ocel2"


# Metrics


def _day_or_time(value: object) -> object:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    if isinstance(value, str) and not _MOMENT.fullmatch(value):
        raise ValueError("is neither a day, such as 2026-03-02, nor a moment in RFC 3339 with its zone")
    return _rfc3339(value)


DayOrTime = Annotated[
    datetime | date,
    BeforeValidator(_day_or_time),
    WithJsonSchema({"type": "string", "pattern": DAY_OR_TIME_PATTERN}),
]


class MetricsQuery(Query):
    """Over which span of time."""

    since: Annotated[
        DayOrTime | None,
        Field(
            alias="from",
            description="Its begin: a day in the workspace's zone, or a moment. By default 30 days before its end.",
        ),
    ] = None
    until: Annotated[
        DayOrTime | None,
        Field(
            alias="to",
            description="Its end, which no longer counts: a day, or a moment. By default the end of today.",
        ),
    ] = None


class MetricQuery(MetricsQuery):
    """Over which span of time, and how told."""

    by: Annotated[
        Literal["day", "week", "month"] | None, Field(description="Adds a series in such steps.")
    ] = None
    dimension: Annotated[
        Name | None, Field(description="Adds a value for each value of this dimension of the metric.")
    ] = None


# Workspaces


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
HoursText = Annotated[
    str, StringConstraints(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")
]
_Spans = Annotated[list[HoursText], Field(max_length=24)]


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'"{value[:50]}" is no time zone: take a name such as Europe/Vienna') from None
    return value


ZoneText = Annotated[str, StringConstraints(max_length=64, pattern="^[A-Za-z][A-Za-z0-9_+/-]*$")]
Zone = Annotated[ZoneText, AfterValidator(_zone)]
ClockTime = Annotated[str, StringConstraints(pattern="^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$")]


class CalendarForm(Form):
    """When a workspace works. Hours that close before they open end on the next day."""

    zone: ZoneText = "UTC"
    hours: dict[Weekday, _Spans] = Field(
        default={day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        description="Spans of hours by weekday; a weekday without any is closed.",
    )
    closed_days: Annotated[list[date], Field(max_length=1000)] = Field(default_factory=list)
    extra_days: Annotated[dict[date, _Spans], Field(max_length=1000)] = Field(
        default_factory=dict, description="Days with hours of their own, whatever else they are."
    )
    country: Annotated[str, StringConstraints(pattern="^([A-Z]{2})?$")] = Field(
        default="", description="Its public holidays are closed: ISO 3166-1, such as AT."
    )
    subdivision: Annotated[str, StringConstraints(max_length=40, pattern="^[A-Za-z0-9 -]*$")] = Field(
        default="", description="Part of the country with holidays of its own, such as 9 for Vienna."
    )
    hours_per_day: Annotated[float, Field(gt=0, le=168)] | None = Field(
        default=None, description="What one business day is worth, if not the longest weekday."
    )

    def calendar(self) -> BusinessCalendar:
        """The calendar that is meant."""
        return calendar_of(self.model_dump(mode="json") | {"public_holidays": {}})


_Methods = Annotated[list[Name], Field(max_length=_LIST_LIMIT)]
_Calendars = Annotated[
    dict[Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,39}$")], CalendarForm],
    Field(max_length=50, description="By name; the one named default is there in any case."),
]


class NotificationChoiceForm(Form):
    """What a workspace decides about one notification rule."""

    off: bool = False
    to: Annotated[list[Name], Field(max_length=_LIST_LIMIT, description="Roles that are told besides.")] = (
        Field(default_factory=list)
    )


def choices(forms: Mapping[str, NotificationChoiceForm]) -> dict[str, NotificationChoice]:
    """The decisions about notification rules that are meant."""
    return {id: NotificationChoice(form.off, tuple(dict.fromkeys(form.to))) for id, form in forms.items()}


_NotificationRules = Annotated[
    dict[Annotated[str, StringConstraints(pattern=NAME_PATTERN)], NotificationChoiceForm],
    Field(max_length=1000),
]
_GateModes = Annotated[dict[str, Annotated[GateMode, Field(strict=False)]], Field(max_length=1000)]


class NewWorkspace(Form):
    """A workspace to be opened."""

    key: WorkspaceKey
    name: Label
    methods: _Methods = Field(default_factory=list)
    settings: MethodSettings = Field(default_factory=dict)
    gate_modes: _GateModes = Field(default_factory=dict)
    calendars: _Calendars = Field(default_factory=dict)
    notification_rules: _NotificationRules = Field(default_factory=dict)
    record_refusals: bool = True
    require_if_match: bool = False


class WorkspacePatch(Form):
    """What a workspace shall decide otherwise; settings are replaced method by method."""

    name: Label | None = None
    methods: _Methods | None = None
    settings: MethodSettings | None = None
    gate_modes: _GateModes | None = None
    calendars: _Calendars | None = None
    notification_rules: _NotificationRules | None = None
    record_refusals: bool | None = None
    require_if_match: bool | None = None
    force: bool = Field(default=False, description="Change methods even if items are stranded by it.")


class InboxQuery(Query):
    """Which notifications."""

    status: Literal["unread", "all"] = "unread"
    workspace: WorkspaceKey | None = None
    limit: Limit = PAGE
    cursor: Cursor | None = None


class ReadForm(Form):
    """What has been read."""

    until: Annotated[Name, Field(description="Id of the newest notification that was seen.")]
    workspace: WorkspaceKey | None = None


class ChannelForm(Form):
    """A channel: one that you have, by its id; a new one, by its url; or with neither, your own mail address."""

    id: Name | None = None
    url: Annotated[
        Annotated[
            str, StringConstraints(max_length=2000, pattern=r"^[a-z][a-z0-9]{1,19}://[\x21-\x7e]{1,1900}$")
        ]
        | None,
        Field(description="As apprise writes it; its secrets are kept encrypted and not shown again."),
    ] = None
    digest: Annotated[Digest, Field(strict=False)] = Digest.IMMEDIATE

    @model_validator(mode="after")
    def _one_of_both(self) -> ChannelForm:
        if self.id is not None and self.url is not None:
            raise ValueError("it has an id and a url: name a channel that you have, or give a new one")
        return self


class PreferencesForm(Form):
    """How you want to be told; what is left out is dropped."""

    channels: Annotated[list[ChannelForm], Field(max_length=10)] = Field(default_factory=list)
    muted: Annotated[
        list[Name],
        Field(
            max_length=_LIST_LIMIT, description="Ids of rules, and keys of workspaces, to hear nothing of."
        ),
    ] = Field(default_factory=list)
    zone: Annotated[Zone | None, Field(description="Of `digest_at`; the workspace's if left out.")] = None
    digest_at: ClockTime = "08:00"


class DefinitionQuery(Query):
    """Which version of a workflow, in which form."""

    format: Literal["json", "mermaid", "svg", "scxml"] | None = None
    hash: Annotated[str, StringConstraints(pattern=SHA256_PATTERN)] | None = None


# People


class NewActor(Form):
    """A person or a service account to be added."""

    id: ActorId
    name: Label
    email: (
        Annotated[
            str, StringConstraints(max_length=254, pattern=r"^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$")
        ]
        | None
    ) = None
    kind: Literal["person", "service"] = "person"
    admin: bool = False


class ActorsQuery(Query):
    """Which page of the people."""

    limit: Limit = PAGE
    cursor: ActorId | None = None


class NewToken(Form):
    """A token to be issued; its scopes are those of the asking token unless said otherwise."""

    name: Label
    expires_at: Time | None = None
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)] | None = None


class NewDelegation(Form):
    """A right to vote for somebody, for a while."""

    from_actor: ActorId
    to_actor: ActorId
    starts_at: Time
    ends_at: Time
    roles: Annotated[list[Name], Field(max_length=_LIST_LIMIT)] = Field(default_factory=list)
    workspace: WorkspaceKey | None = None


class ClockForm(Form):
    """Where the sandbox's clock shall stand."""

    now: Time
