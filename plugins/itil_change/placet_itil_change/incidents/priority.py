"""Priority from impact and urgency, and the targets of each priority.

Source: ITIL 4, practice Incident management: incidents are prioritized by an agreed classification. The matrix and the
targets are those that service desks commonly agree on; both are settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Priority(StrEnum):
    """The priority of an incident or problem; P1 is the highest."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


#: 1 is the most, 4 the least.
Level = Annotated[int, Field(ge=1, le=4)]
_Row = tuple[Priority, Priority, Priority, Priority]
#: A row for each impact, a column for each urgency.
Matrix = tuple[_Row, _Row, _Row, _Row]

_P1, _P2, _P3, _P4 = Priority
# fmt: off
MATRIX: Matrix = (
    # urgency: critical  high  medium  low
    (_P1, _P1, _P2, _P3),  # extensive: the whole organization, or a service of criticality 5 is down
    (_P1, _P2, _P3, _P3),  # significant: a site or a department
    (_P2, _P3, _P3, _P4),  # moderate: a group, or there is a workaround
    (_P3, _P3, _P4, _P4),  # minor: one user
)
# fmt: on


class Hours(StrEnum):
    """The hours that count towards a target."""

    ALWAYS = "24x7"
    BUSINESS = "business"


class Target(BaseModel):
    """The targets of one priority, as time that counts."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_timedelta="iso8601")

    response: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=366))]
    resolution: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=366))]
    clock: Hours


TARGETS: Mapping[Priority, Target] = {
    _P1: Target(response=timedelta(minutes=15), resolution=timedelta(hours=4), clock=Hours.ALWAYS),
    _P2: Target(response=timedelta(minutes=30), resolution=timedelta(hours=8), clock=Hours.ALWAYS),
    _P3: Target(response=timedelta(hours=4), resolution=timedelta(hours=24), clock=Hours.BUSINESS),
    _P4: Target(response=timedelta(hours=8), resolution=timedelta(hours=40), clock=Hours.BUSINESS),
}


def priority(matrix: Matrix, impact: int | None, urgency: int | None) -> Priority | None:
    """The priority, or `None` until both are known."""
    return None if impact is None or urgency is None else matrix[impact - 1][urgency - 1]
