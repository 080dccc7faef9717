"""The settings of incidents, each with its default, unit and source.

ITIL prescribes no figures: these defaults are what service desks commonly agree on.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from placet import Settings
from placet_itil_change.incidents.priority import MATRIX, TARGETS, Matrix, Priority, Target
from placet_itil_change.waiting import PendingReason


class Strictness(StrEnum):
    """How closely incidents keep to the practice's own path."""

    STRICT = "strict"
    #: The additional ways of real desks are open too; see `practical.py`.
    PRACTICAL = "practical"


class MajorCriterion(StrEnum):
    """The criteria for a major incident."""

    PRIORITY_1 = "priority_1"
    USERS_AFFECTED = "users_affected"
    CRITICAL_SERVICE_DOWN = "critical_service_down"
    REGULATED_DATA_EXPOSED = "regulated_data_exposed"


class IncidentSettings(Settings):
    """Of incidents."""

    #: `strict` keeps to the practice; `practical` opens further ways, which the logs of real desks show.
    incident_strictness: Strictness = Strictness.STRICT

    #: Priority by impact (rows) and urgency (columns).
    priority_matrix: Matrix = MATRIX
    #: By priority: time to the first response and to the resolution, and which hours count.
    sla_targets: Mapping[Priority, Target] = Field(default_factory=lambda: dict(TARGETS))
    #: The priority whose targets apply to an incident until it has one of its own.
    untriaged_priority: Priority = Priority.P3
    #: Minutes in which a new incident is triaged, nights and holidays too, as it may be one of the gravest.
    triage_minutes: Annotated[int, Field(ge=1, le=10_080)] = 30
    #: The groups to which an incident is handed up when nobody has named one: that of level 2 and that of level 3.
    #: Empty: somebody has to name it, as nobody can guess it.
    level_groups: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=500)], ...], Field(max_length=2)
    ] = ()
    #: While an incident waits for one of these, its resolution timer is paused.
    sla_pause_reasons: tuple[PendingReason, ...] = (
        PendingReason.AWAITING_USER,
        PendingReason.AWAITING_CHANGE,
    )
    #: The least time, in percent of its target, that the resolution timer has when an incident is reopened.
    reopen_grace_percent: Annotated[int, Field(ge=0, le=100)] = 25
    #: Business days after the resolution in which the user may object.
    reopen_window: Annotated[int, Field(ge=0, le=60)] = 5
    #: Business days after which a resolved incident nobody objects to is closed.
    incident_autoclose: Annotated[int, Field(ge=1, le=60)] = 5

    #: The criteria for a major incident; one is enough.
    major_criteria: tuple[MajorCriterion, ...] = tuple(MajorCriterion)
    #: Affected users from which on an incident is a candidate.
    major_users_affected: Annotated[int, Field(ge=1)] = 500
    #: Minutes between two updates on a major incident.
    major_update_interval: Annotated[int, Field(ge=1, le=1440)] = 30
    #: The longest time in minutes between two updates with which it can be stood down.
    major_update_gap: Annotated[int, Field(ge=1, le=1440)] = 60

    #: Business days between two reminders of a user whose answer is awaited.
    user_reminder: Annotated[int, Field(ge=1, le=60)] = 2

    #: Business days between two looks at something that waits without a time at which it goes on.
    pending_review: Annotated[int, Field(ge=1, le=60)] = 5

    @model_validator(mode="after")
    def _every_priority_has_a_target(self) -> IncidentSettings:
        lacking = [priority.value for priority in Priority if priority not in self.sla_targets]
        if lacking:
            raise ValueError(f"sla_targets: give {', '.join(lacking)} a response, a resolution and a clock")
        return self
