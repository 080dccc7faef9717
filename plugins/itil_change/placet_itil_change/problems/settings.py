"""The settings of problems, each with its default and unit.

ITIL prescribes no figures: these defaults are what service desks commonly agree on.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from placet import Settings


class ProblemSettings(Settings):
    """Of problems."""

    #: Incidents with the same category and a common item that make a problem...
    proactive_incidents: Annotated[int, Field(ge=2, le=1000)] = 3
    #: ...within this elapsed time.
    proactive_period: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=366))] = timedelta(
        days=30
    )
    #: Days until the review of an accepted known error, at most.
    acceptance_max: Annotated[int, Field(ge=1, le=3650)] = 365
    #: Business days between two looks at a known error that is not being fixed.
    known_error_review: Annotated[int, Field(ge=1, le=260)] = 20
