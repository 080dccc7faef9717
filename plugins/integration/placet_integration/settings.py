"""The settings that switch bridges on and off, and their figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from placet import Settings

Template = Literal[
    "benefits_review",
    "change_schedule",
    "freeze",
    "known_error",
    "lessons_digest",
    "major_incident_update",
    "planned_outage",
    "rule_change",
]
Channel = Literal["mail", "portal", "chat", "call", "status_page", "calendar"]


class IntegrationSettings(Settings):
    """The settings of the method `integration`."""

    #: A change with an outage begins only when the affected users were notified.
    bridge_communication_sent: bool = True
    #: Roles of ITIL decide what the matrix of decision rights gives to them.
    bridge_deciders: bool = True
    #: Business days between notifying them and the planned start.
    outage_notice: Annotated[int, Field(ge=0, le=60)] = 2
    #: A closed problem leaves a lesson behind.
    bridge_problem_lesson: bool = True
    #: A change that was not a full success leaves a lesson behind, with what its review found.
    bridge_change_lesson: bool = True
    #: The owner of a service weighs and makes improvements.
    bridge_service_improvement: bool = True
    #: The IT director accepts a known error that is a high risk.
    bridge_error_risk: bool = True
    #: Score (1-25) from which on a risk is a high one.
    error_risk_from: Annotated[int, Field(ge=1, le=25)] = 15
    #: Readers of a communication may confirm it even if they only hold a role of ITIL.
    bridge_readers: bool = True
    #: Rows of the communication plan that are activated, each with its channel.
    communications: Mapping[Template, Channel] = Field(default_factory=dict)
    #: Decisions of changes, incidents and problems are kept in the register of decisions.
    decision_log: bool = True
