"""Which bridges are built, and the figures that they go by."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from placet import Settings


class IntegrationSettings(Settings):
    """The settings of the method `integration`."""

    #: A change with an outage begins when those whom it hits were told.
    bridge_communication_sent: bool = True
    #: Business days between telling them and the planned start.
    outage_notice: Annotated[int, Field(ge=0, le=60)] = 2
    #: A closed problem leaves a lesson behind.
    bridge_problem_lesson: bool = True
    #: The owner of a service weighs and makes improvements.
    bridge_service_improvement: bool = True
    #: The IT director lives with a known error that is a high risk.
    bridge_error_risk: bool = True
    #: Score (1-25) from which on a risk is a high one.
    error_risk_from: Annotated[int, Field(ge=1, le=25)] = 15
    #: Decisions of changes, incidents and problems are kept in the register of decisions.
    decision_log: bool = True
