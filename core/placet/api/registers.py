"""What the API answers about workspaces, people, definitions and itself, as models for its documentation."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from placet.api.answers import JsonSchema, Mode, Moment, Shape
from placet.api.forms import ActorId, HoursText, Scope, Weekday, WorkspaceKey


class CalendarShape(Shape):
    """When a workspace works, in the version that is in force."""

    zone: str
    hours: dict[Weekday, list[HoursText]]
    closed_days: list[str]
    extra_days: dict[str, list[HoursText]]
    country: str
    subdivision: str
    hours_per_day: float | None
    #: The last public holiday that is known; save the calendar again to look up later ones.
    public_holidays_until: str | None
    #: From when on this version counts; `null` for the first.
    since: Moment | None


class NotificationChoiceShape(Shape):
    """What a workspace has decided about one notification rule."""

    off: bool
    to: list[str]


class WorkspaceShape(Shape):
    """A workspace with what it has decided."""

    key: WorkspaceKey
    name: str
    version: int
    methods: list[str]
    settings: dict[str, dict[str, Any]]
    gate_modes: dict[str, Mode]
    calendars: dict[str, CalendarShape]
    notification_rules: dict[str, NotificationChoiceShape]
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


class BecauseShape(Shape):
    """Why you are told: a rule, and the end of the sentence "You get this because ..."."""

    rule: str
    reason: str


class NotificationShape(Shape):
    """One thing that you are told."""

    id: str
    at: Moment
    workspace: str
    item: str
    title: str
    message: str
    because: list[BecauseShape]
    event: str
    read_at: Moment | None


class InboxShape(Shape):
    """A page of your notifications."""

    notifications: list[NotificationShape]
    unread: Annotated[int, Field(ge=0, description="Unread notifications in all.")]
    next_cursor: str | None


class ReadShape(Shape):
    """How many notifications were marked as read."""

    read: Annotated[int, Field(ge=0)]


class ChannelShape(Shape):
    """A channel, without its secrets, and how sending goes."""

    id: str
    url: str | None
    mail: Annotated[str | None, Field(description="Your own mail address, where the channel is that.")]
    digest: Literal["immediate", "daily", "weekly"]
    waiting: Annotated[int, Field(ge=0, description="Notifications that have not gone out yet.")]
    failed: Annotated[int, Field(ge=0, description="Notifications that were given up.")]
    error: Annotated[
        str | None, Field(description="What it last failed with, while something waits or failed.")
    ]


class PreferencesShape(Shape):
    """How you are told."""

    channels: list[ChannelShape]
    muted: list[str]
    zone: str | None
    digest_at: str


class NotificationRuleShape(Shape):
    """Who is notified of what. The rules `core.*` are about every item."""

    id: str
    title: str
    source: str
    item_type: str | None
    on: list[str]
    to: list[str]
    because: str | None
    off: bool
    also_to: Annotated[list[str], Field(description="Roles that the workspace notifies too.")]


class NotificationRulesShape(Shape):
    """The notification rules in force in a workspace."""

    notification_rules: list[NotificationRuleShape]


class MethodShape(Shape):
    """An installed plugin, and whether it runs."""

    name: str
    distribution: str
    version: str
    title: str
    method: Annotated[
        str | None,
        Field(description="Id of its method, as workspaces switch it on; null where it did not load."),
    ]
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
    attributes: Annotated[
        JsonSchema | None,
        Field(description="What is said of each link, as JSON Schema; null where nothing is."),
    ]


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


class ValueShape(Shape):
    """What a metric comes to, not rounded."""

    value: Annotated[
        float | None, Field(description="Null where the denominator is 0 or nothing was measured.")
    ]
    numerator: Annotated[
        float | None,
        Field(description="Items that meet the conditions, their number, or the sum; null for percentiles."),
    ]
    denominator: Annotated[
        float | None, Field(description="Items counted or measured, or days; null for counts and sums.")
    ]


class PeriodValueShape(ValueShape):
    """A metric in one step of a series; it ends before `to`."""

    since: Annotated[Moment, Field(alias="from")]
    until: Annotated[Moment, Field(alias="to")]


class GroupValueShape(ValueShape):
    """A metric of the items that have one value of the dimension; null where they have none."""

    group: str | float | bool | None


class ListedMetricShape(PeriodValueShape):
    """A metric with its definition and its value over a span."""

    id: str
    title: str
    source: Annotated[str, Field(description="The method that defines it.")]
    unit: str
    formula: str
    dimensions: list[str]


class MetricShape(ListedMetricShape):
    """A metric with its definition, its value over a span, and that in steps and by groups where asked for."""

    series: list[PeriodValueShape]
    groups: list[GroupValueShape]


class MetricsShape(Shape):
    """The metrics of a workspace."""

    metrics: list[ListedMetricShape]


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
