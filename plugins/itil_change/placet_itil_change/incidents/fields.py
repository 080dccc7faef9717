"""What is recorded about an incident.

Source: ITIL 4, practice Incident management. Whatever has no default is needed to make one; all else is asked for by
the gates.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from placet import ActorId, Fields, ItemKey, Line, Moment, Ref, Text
from placet_itil_change.ids import PROBLEM
from placet_itil_change.incidents.priority import Level, Priority
from placet_itil_change.shared_fields import ConfigurationItemKeys
from placet_itil_change.waiting import PendingReason

#: Levels of support: 1 the service desk, 3 those who built it.
LEVELS = 3


class Channel(StrEnum):
    """How an incident came in."""

    PORTAL = "portal"
    PHONE = "phone"
    MAIL = "mail"
    MONITORING = "monitoring"


class Major(StrEnum):
    """Whether an incident is a major one."""

    NO = "no"
    #: It meets the criteria, and nobody has declared it.
    CANDIDATE = "candidate"
    DECLARED = "declared"
    STOOD_DOWN = "stood_down"


class ResolutionCode(StrEnum):
    """How an incident was resolved."""

    FIXED = "fixed"
    WORKAROUND = "workaround"
    NO_FAULT = "no_fault"
    DUPLICATE = "duplicate"
    USER_ERROR = "user_error"
    CHANGE_REVERTED = "change_reverted"


class MajorUpdate(BaseModel):
    """An update to those who wait during a major incident."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: Moment
    text: Text
    audience: Line


class KnownError(BaseModel):
    """What is known of a problem that may be behind it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    problem: Annotated[ItemKey, Ref(PROBLEM)]
    article: Text


class IncidentFields(Fields):
    """An unplanned interruption of a service, or a loss of its quality."""

    summary: Line
    symptoms: Text
    channel: Channel
    #: Whose trouble it is, where somebody else recorded it.
    requester: ActorId | None = None

    #: 1 extensive, 2 significant, 3 moderate, 4 minor.
    impact: Level | None = None
    #: 1 critical, 2 high, 3 medium, 4 low.
    urgency: Level | None = None
    #: Computed from both, unless an incident manager said otherwise or it is a declared major incident.
    priority: Priority | None = None
    #: The priority that an incident manager chose, with the reason in the record.
    priority_override: Priority | None = None
    category: Line | None = None
    #: The configuration items that it is about, or why none can be named.
    cis: Annotated[ConfigurationItemKeys, Field(title="Configuration items")] = ()
    no_item_reason: Annotated[Line | None, Field(title="Reason for naming no item")] = None
    #: People.
    users_affected: Annotated[int, Field(ge=0, le=10_000_000_000)] | None = None
    #: A service that it is about does not work at all.
    service_down: bool | None = None
    #: Data under regulation are exposed.
    regulated_data_exposed: bool | None = None

    #: 1 service desk, 2 specialists, 3 those who built it.
    support_level: Annotated[int, Field(ge=1, le=LEVELS)] = 1
    group: Line | None = None
    #: The group that takes over when it goes to the next level.
    next_group: Line | None = None
    assignee: ActorId | None = None

    pending_reason: PendingReason | None = None
    pending_until: Moment | None = None
    vendor_reference: Line | None = None

    #: Computed.
    major: Major | None = None
    major_declared_at: Moment | None = None
    major_stood_down_at: Moment | None = None
    #: Who an update is for; kept with the update.
    update_audience: Line | None = None
    major_updates: Annotated[tuple[MajorUpdate, ...], Field(max_length=500)] = ()

    resolution_code: ResolutionCode | None = None
    resolution_notes: Text | None = None
    #: When the user said that it works.
    confirmed_at: Moment | None = None
    #: 1 to 5, as the user answered.
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    #: An item was changed without a change that allowed it.
    unauthorized_change: bool | None = None
    #: What the service desk can read about problems that look like it, as of its triage.
    known_errors: Annotated[tuple[KnownError, ...], Field(max_length=100)] = ()
    #: Computed: a change that caused it had ended less than a day before, or was still under way.
    soon_after_change: bool | None = None

    first_response_at: Moment | None = None
    resolved_at: Moment | None = None
    closed_at: Moment | None = None
    reopen_count: int = 0
    reassign_count: int = 0


#: Fields of an incident that belong together: they are asked for as one.
CLASSIFICATION = ("impact", "urgency", "category", "cis", "no_item_reason", "group")
RESOLUTION_FIELDS = ("resolution_code", "resolution_notes")
