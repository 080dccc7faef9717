"""The fields of an incident.

Source: ITIL 4, practice Incident management. Fields without a default are required to make one; the gates ask for all
others.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from placet import ActorId, AssigneeId, Fields, ItemKey, Line, Moment, Ref, Text
from placet_itil_change.ids import PROBLEM
from placet_itil_change.incidents.priority import Level, Priority
from placet_itil_change.shared_fields import ConfigurationItemKeys
from placet_itil_change.waiting import PendingReason

#: Levels of support: 1 the service desk, 3 those who built it.
LEVELS = 3

#: Known errors that an incident shows.
KNOWN_ERRORS_SHOWN = 100


class Channel(StrEnum):
    """How an incident came in."""

    PORTAL = "portal"
    PHONE = "phone"
    MAIL = "mail"
    MONITORING = "monitoring"


class Major(StrEnum):
    """The status of a major incident."""

    NO = "no"
    #: It meets the criteria, and has not been declared.
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
    """Known facts about a problem that may be the cause."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    problem: Annotated[ItemKey, Ref(PROBLEM)]
    article: Text


class IncidentFields(Fields):
    """An unplanned interruption of a service, or a loss of its quality."""

    summary: Line
    symptoms: Text
    channel: Channel
    #: The affected user, if somebody else recorded it.
    requester: AssigneeId | None = None

    #: 1 extensive, 2 significant, 3 moderate, 4 minor.
    impact: Level | None = None
    #: 1 critical, 2 high, 3 medium, 4 low.
    urgency: Level | None = None
    #: Computed from both, unless an incident manager has set it or it is a declared major incident.
    priority: Priority | None = None
    #: The priority that an incident manager has set, with the reason in the history.
    priority_override: Priority | None = None
    category: Line | None = None
    #: The affected configuration items, or why none can be named.
    cis: Annotated[ConfigurationItemKeys, Field(title="Configuration items")] = ()
    no_item_reason: Annotated[Line | None, Field(title="Reason for naming no item")] = None
    #: People.
    users_affected: Annotated[int, Field(ge=0, le=10_000_000_000)] | None = None
    #: Whether an affected service does not work at all.
    service_down: bool | None = None
    #: Whether regulated data are exposed.
    regulated_data_exposed: bool | None = None

    #: 1 service desk, 2 specialists, 3 those who built it.
    support_level: Annotated[int, Field(ge=1, le=LEVELS)] = 1
    group: Line | None = None
    #: The group that takes over when it goes to the next level.
    next_group: Line | None = None
    assignee: AssigneeId | None = None

    pending_reason: PendingReason | None = None
    pending_until: Moment | None = None
    vendor_reference: Line | None = None

    #: Computed.
    major: Major | None = None
    major_declared_at: Moment | None = None
    major_stood_down_at: Moment | None = None
    #: The audience of an update, which is kept with it.
    update_audience: Line | None = None
    major_updates: Annotated[tuple[MajorUpdate, ...], Field(max_length=500)] = ()

    resolution_code: ResolutionCode | None = None
    resolution_notes: Text | None = None
    #: When the user confirmed that it works.
    confirmed_at: Moment | None = None
    #: The user's answer, from 1 to 5.
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    #: When somebody changed one of its items, where that was found out.
    item_changed_at: Annotated[Moment | None, Field(title="Item changed at")] = None
    #: Computed: no change on its items was being done at that moment.
    unauthorized: bool | None = None
    #: When the problem that caused it was closed, or a lesson was drawn of it, where a change had caused it.
    learnt_at: Moment | None = None
    #: Known facts about similar problems, as of its triage.
    known_errors: Annotated[tuple[KnownError, ...], Field(max_length=KNOWN_ERRORS_SHOWN)] = ()
    #: Computed: a change that caused it had ended less than a day before, or was still under way.
    soon_after_change: bool | None = None

    #: Who declared it major last.
    declared_by: ActorId | None = None
    #: Whose word its priority is, as of the last transition that rated it.
    rated_by: Annotated[tuple[ActorId, ...], Field(max_length=100)] = ()
    rated_at: Moment | None = None
    first_response_at: Moment | None = None
    resolved_at: Moment | None = None
    closed_at: Moment | None = None
    reopen_count: int = 0
    reassign_count: int = 0

    @model_validator(mode="after")
    def _moments_in_order(self) -> IncidentFields:
        """The moments of an incident from elsewhere may be given, and make no sense out of order."""
        given = {name: getattr(self, name) for name in ("first_response_at", "resolved_at", "closed_at")}
        known = [(name, moment) for name, moment in given.items() if moment is not None]
        for (first, before), (second, after) in pairwise(known):
            if after < before:
                raise ValueError(f"{second} lies before {first}: correct one of them")
        return self


#: Fields of an incident that belong together: they are asked for together.
CLASSIFICATION = ("impact", "urgency", "category", "cis", "no_item_reason", "group")
RESOLUTION_FIELDS = ("resolution_code", "resolution_notes")
