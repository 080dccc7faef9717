"""The fields of a change, a change model, a configuration item and a window.

Source: ITIL 4, practices Change enablement and Service configuration management; the answers to the risk questions are
scored in `risk.py`. Fields without a default are required to make the item; the gates ask for all others.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from placet import (
    ActorId,
    AssigneeId,
    Fields,
    ItemKey,
    Line,
    Moment,
    Pattern,
    RecurrenceRule,
    Ref,
    Text,
    last_end,
)
from placet_itil_change.changes.risk import DataClass, RiskClass
from placet_itil_change.ids import CHANGE, CHANGE_MODEL, INCIDENT
from placet_itil_change.shared_fields import ConfigurationItemKeys, without_doubles

_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _plannable(moment: datetime) -> datetime:
    if not _FIRST <= moment < _LAST:
        raise ValueError(f"lies outside the years {_FIRST.year} to {_LAST.year - 1}: check the year")
    return moment


#: A moment for plans.
Planned = Annotated[Moment, AfterValidator(_plannable)]
#: An answer to a question about likelihood, from 1 (harmless) to 5.
Answer = Annotated[int, Field(ge=1, le=5)]
#: Minutes, up to a year.
Minutes = Annotated[int, Field(ge=0, le=527_040)]
#: `all`, or the key of a configuration item, which stands for that item and everything below it.
ScopeMember = Annotated[
    str,
    Pattern(
        r"all|[A-Z][A-Z0-9_]{0,19}-[1-9][0-9]{0,17}",
        "all, or the key of a configuration item, such as OPS-12",
    ),
    Ref(),
]
Scope = Annotated[
    tuple[ScopeMember, ...],
    Field(max_length=200),
    BeforeValidator(lambda given: [given] if isinstance(given, str) else given),
    AfterValidator(without_doubles),
]
Steps = Annotated[tuple[Line, ...], Field(max_length=200)]


class ChangeType(StrEnum):
    """The three ways in which a change is authorized."""

    STANDARD = "standard"
    NORMAL = "normal"
    EMERGENCY = "emergency"


def kind_of(type: ChangeType) -> str:
    """A type in a sentence: `a normal change`, `an emergency`."""
    return "an emergency" if type is ChangeType.EMERGENCY else f"a {type.value} change"


class Reason(StrEnum):
    """The reason for a change."""

    BUSINESS = "business"
    FIX = "fix"
    SECURITY = "security"
    MAINTENANCE = "maintenance"
    RELEASE = "release"


class Environment(StrEnum):
    """The environment that an item belongs to; the first one counts most."""

    PRODUCTION = "production"
    STAGING = "staging"
    TEST = "test"
    DEVELOPMENT = "development"


class ChangeOutcome(StrEnum):
    """The outcome of a change."""

    SUCCESSFUL = "successful"
    SUCCESSFUL_WITH_ISSUES = "successful_with_issues"
    BACKED_OUT = "backed_out"
    FAILED = "failed"
    NOT_IMPLEMENTED = "not_implemented"


class Acknowledgement(BaseModel):
    """The acknowledgement of a change that collides with this one, and who agreed to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    change: Annotated[ItemKey, Ref(CHANGE)]
    agreed_by: ActorId


class ChangeFields(Fields):
    """One change."""

    type: ChangeType
    reason: Reason
    #: The model that a standard change follows; a normal change that tries it out counts towards its approval.
    model: Annotated[ItemKey, Ref(CHANGE_MODEL, trace=True)] | None = None
    #: The person on whose behalf a rule made it.
    initiator: AssigneeId | None = None
    #: The affected configuration items.
    cis: Annotated[ConfigurationItemKeys, Field(title="Configuration items")] = ()
    planned_start: Planned | None = None
    planned_end: Planned | None = None
    #: The last moment at which a back-out still ends in time. Computed: planned end less the longest back-out.
    point_of_no_return: Moment | None = None

    #: Minutes.
    planned_outage_min: Annotated[Minutes | None, Field(title="Planned outage (min)")] = None
    #: People.
    users_affected: Annotated[int, Field(ge=0, le=10_000_000_000)] | None = None
    data_class: DataClass | None = None
    #: Done before in this form: 1 ten times or more, 2 four to nine, 3 one to three, 4 first time here, 5 anywhere.
    novelty: Answer | None = None
    #: Components changed: 1 one, 2 two or three, 3 four to six, 4 seven to ten, 5 more.
    complexity: Answer | None = None
    #: Passed in: 1 a like-for-like environment, 2 a test environment; 3 partly, 4 minimal, 5 none.
    testing: Answer | None = None
    #: 1 automated and rehearsed, 2 written and rehearsed, 3 written, 4 partial, 5 none.
    backout: Annotated[Answer | None, Field(title="Back-out")] = None
    #: Computed: 1 for no failed or backed-out change on the same items in the period, up to 5 for four or more.
    history: Answer | None = None
    #: Computed.
    impact_score: Answer | None = None
    #: Computed.
    likelihood_score: Answer | None = None
    #: Computed: impact times likelihood.
    risk_score: Annotated[int, Field(ge=1, le=25)] | None = None
    #: Computed; of a standard change that of its model.
    risk_class: RiskClass | None = None
    #: Computed: the owners of items that are so critical that each can refuse the change alone.
    vetoing_owners: tuple[AssigneeId, ...] = ()
    #: Computed: the items that it delivers, by its links.
    delivers: Annotated[tuple[Annotated[ItemKey, Ref()], ...], Field(max_length=1000)] = ()

    implementation_plan: Text | None = None
    test_plan: Text | None = None
    backout_plan: Annotated[Text | None, Field(title="Back-out plan")] = None
    #: Minutes that the back-out takes at most.
    backout_max_min: Annotated[Minutes | None, Field(title="Longest back-out (min)")] = None

    implementer: AssigneeId | None = None
    #: Computed: the incident that it is raised from, by its link.
    incident: Annotated[ItemKey, Ref(INCIDENT)] | None = None
    #: The incident that an emergency was started for.
    started_for: Annotated[ItemKey, Ref(INCIDENT)] | None = None
    emergency_justification: Text | None = None
    #: Who authorized an emergency by voice, and confirms it.
    verbal_authorizer: ActorId | None = None
    #: Computed: begun on a spoken authorization, so that the records follow.
    retroactive: bool | None = None
    #: Computed: the spoken authorization was declined, or not confirmed in time, by the one who is named for it.
    unauthorized: bool | None = None
    #: Why the lead time may be shorter, and the earliest start and the class of risk for which this was accepted.
    short_notice: Text | None = None
    short_notice_start: Moment | None = None
    short_notice_class: RiskClass | None = None
    collision_ack: Annotated[
        tuple[Acknowledgement, ...], Field(max_length=50, title="Agreed collisions")
    ] = ()
    #: Collisions and windows that an emergency bypassed, for the review.
    passed_over: Annotated[tuple[Text, ...], Field(max_length=200)] = ()
    #: Freezes and blackouts that were declared over it after it was scheduled.
    held_up_by: Annotated[tuple[ItemKey, ...], Field(max_length=500)] = ()
    #: Emergencies that meet it in its items and at its time, and were not held up by it.
    bypassed_by: Annotated[tuple[ItemKey, ...], Field(max_length=500)] = ()

    actual_start: Moment | None = None
    actual_end: Moment | None = None
    #: When it went wrong, and when the service was restored.
    failed_at: Moment | None = None
    recovered_at: Moment | None = None
    #: By when a running back-out has to be finished.
    backout_due: Annotated[Moment | None, Field(title="Back-out due")] = None
    outcome: ChangeOutcome | None = None
    #: How the working of the service was verified.
    verification_note: Text | None = None
    #: Items whose records were confirmed, and whether no record had to change.
    confirmed_cis: Annotated[ConfigurationItemKeys, Field(title="Confirmed configuration items")] = ()
    no_data_change: Annotated[bool | None, Field(title="No record changed")] = None
    #: Whether it was the first to use its model after that was reinstated.
    first_after_reinstatement: bool | None = None

    #: Computed: whether a post-implementation review is required.
    pir_required: Annotated[bool | None, Field(title="Review required")] = None
    pir_reviewer: Annotated[ActorId | None, Field(title="Reviewer")] = None
    pir_findings: Annotated[Text | None, Field(title="Findings of the review")] = None
    pir_actions: Annotated[
        tuple[Annotated[ItemKey, Ref()], ...], Field(max_length=50, title="Actions from the review")
    ] = ()

    is_deployment: bool | None = None
    #: Computed: that of its items; production if one of them is in production, or none is named.
    environment: Environment | None = None
    first_commit_at: Moment | None = None
    unplanned_rework: bool | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> ChangeFields:
        if self.planned_start and self.planned_end and self.planned_end <= self.planned_start:
            raise ValueError(
                f"planned_end {self.planned_end:%Y-%m-%d %H:%M} UTC is not after planned_start"
                f" {self.planned_start:%Y-%m-%d %H:%M} UTC: send both anew"
            )
        return self


#: Fields of a change that belong together: they are asked for, and frozen, together.
TIMES = ("planned_start", "planned_end")
#: When the work really began and ended.
REAL = ("actual_start", "actual_end")
PLANS = ("implementation_plan", "test_plan", "backout_plan", "backout_max_min")
DEPLOYMENT = ("is_deployment", "first_commit_at", "unplanned_rework")
REVIEW = ("pir_reviewer", "pir_findings", "pir_actions")


class ChangeModelFields(Fields):
    """A recipe for a change that is done often, authorized once."""

    steps: Steps = ()
    #: How its result is tested.
    test_plan: Text | None = None
    #: How it is reverted.
    backout_step: Annotated[Text | None, Field(title="Back-out step")] = None
    #: Minutes that the back-out takes at most.
    backout_max_min: Annotated[Minutes | None, Field(title="Longest back-out (min)")] = None
    risk_class: RiskClass | None = None
    #: The items it may be used on.
    cis_scope: Annotated[Scope, Field(title="Scope")] = ()
    #: Minutes of outage that a change of it may plan at most.
    max_outage_min: Annotated[Minutes | None, Field(title="Longest outage (min)")] = None
    valid_until: date | None = None
    #: The change after whose failure it was suspended.
    failed_change: Annotated[ItemKey, Ref(CHANGE)] | None = None
    #: Whether its next change is reviewed, because it was reinstated.
    review_next: bool | None = None


class ItemKind(StrEnum):
    """The kind of a configuration item."""

    SERVICE = "service"
    APPLICATION = "application"
    DATABASE = "database"
    SERVER = "server"
    NETWORK = "network"
    STORAGE = "storage"
    PLATFORM = "platform"
    FACILITY = "facility"
    DOCUMENT = "document"
    OTHER = "other"


class ConfigurationItemFields(Fields):
    """A component or a service."""

    kind: ItemKind
    environment: Environment = Environment.PRODUCTION
    #: 1 (nobody would notice) to 5 (the organization stands still).
    criticality: Annotated[int, Field(ge=1, le=5)]
    data_class: DataClass
    owner: AssigneeId
    #: Whether it is changed only in maintenance windows, except in emergencies.
    maintenance_only: bool = False
    #: Changes that are being implemented on it now.
    in_change: Annotated[tuple[Annotated[ItemKey, Ref(CHANGE)], ...], Field(max_length=200)] = ()


class WindowKind(StrEnum):
    """The kind of a window."""

    MAINTENANCE = "maintenance"
    FREEZE = "freeze"
    BLACKOUT = "blackout"


#: The fields of a window that can be amended while it is in force.
AMENDABLE = ("start", "end", "rrule", "scope")


class ChangeWindowFields(Fields):
    """A maintenance window, a freeze or a blackout."""

    kind: WindowKind
    start: Planned
    end: Planned
    #: How it recurs (RFC 5545), in the workspace's zone: `FREQ=WEEKLY;BYDAY=SU`.
    rrule: Annotated[RecurrenceRule | None, Field(title="Recurrence rule")] = None
    #: The items that it applies to.
    scope: Annotated[Scope, Field(min_length=1)]
    #: Other times, another rule or scope that it gets when it is amended; what is left out stays.
    new_start: Planned | None = None
    new_end: Planned | None = None
    new_rrule: Annotated[RecurrenceRule | None, Field(title="New recurrence rule")] = None
    new_scope: Annotated[Scope, Field(min_length=1)] | None = None
    #: Computed: the end of the last occurrence.
    until: Moment | None = None

    @model_validator(mode="after")
    def _can_come_about(self) -> ChangeWindowFields:
        if self.end <= self.start:
            raise ValueError(
                f"end {self.end:%Y-%m-%d %H:%M} UTC is not after start {self.start:%Y-%m-%d %H:%M} UTC"
            )
        last_end(self.start, self.end, self.rrule, "UTC")
        start, end = self.new_start or self.start, self.new_end or self.end
        if end <= start:
            raise ValueError(
                f"amended, its end {end:%Y-%m-%d %H:%M} UTC is not after its start {start:%Y-%m-%d %H:%M} UTC"
            )
        last_end(start, end, self.new_rrule or self.rrule, "UTC")
        return self

    @property
    def amendment(self) -> dict[str, Any]:
        """The fields that an amendment changes, with their new values."""
        new = {name: getattr(self, f"new_{name}") for name in AMENDABLE}
        return {name: value for name, value in new.items() if value not in (None, getattr(self, name))}
