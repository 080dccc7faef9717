"""The settings of requests, each with its default and unit.

ITIL prescribes no figures: these defaults are what public catalogs commonly use.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from placet import Settings


class RequestSettings(Settings):
    """Settings of service requests."""

    #: In the workspace's currency: below the first limit the line manager approves, below the second also the budget
    #: owner, and from there on also the IT director.
    request_limits: tuple[Decimal, Decimal] = (Decimal(1000), Decimal(10000))
    #: The line managers, by person: they approve requests, and are asked if an approver does not answer.
    line_managers: Mapping[str, str] = Field(default_factory=dict)
    #: Business hours after which the desk is notified of a request that cannot be routed.
    request_routing_hours: Annotated[int, Field(ge=1, le=400)] = 8
    #: Business days that approvers have; then their managers are asked, for as many days more.
    request_approval_days: Annotated[int, Field(ge=1, le=60)] = 5
    #: Business days after which a fulfilled request nobody objects to is closed.
    request_autoclose: Annotated[int, Field(ge=1, le=60)] = 3

    @model_validator(mode="after")
    def _limits_rise(self) -> RequestSettings:
        low, high = self.request_limits
        if not 0 <= low <= high:
            raise ValueError(f"request_limits {low}, {high}: write two rising amounts, such as 1000, 10000")
        return self
