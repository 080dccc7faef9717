"""The fields of a governance objective.

Source: COBIT 2019, its core model: objectives, practices and activities, and the responsibility charts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from placet import AssigneeId, Fields, Line, Text

#: A capability level; 0 where the purpose is not met.
Level = Annotated[int, Field(ge=0, le=5)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Activity(_Part):
    """One activity of a practice, of the capability level that it belongs to."""

    id: Line
    level: Annotated[Level, Field(ge=2)]
    text: Text


class Practice(_Part):
    """One practice of an objective."""

    id: Line
    label: Line
    activities: Annotated[tuple[Activity, ...], Field(max_length=100)] = ()


_Roles = Annotated[tuple[Line, ...], Field(max_length=20)]


class Raci(_Part):
    """The roles of a practice: accountable, responsible, consulted, informed."""

    A: _Roles = ()
    R: _Roles = ()
    C: _Roles = ()
    I: _Roles = ()  # noqa: E741  # the letter of the chart


class ObjectiveFields(Fields):
    """One of the 40 objectives."""

    #: BAI06.
    objective_id: Line
    name: Line
    #: The alignment goals that it mainly serves.
    primary_ag: Annotated[tuple[Line, ...], Field(title="Alignment goals", max_length=13)] = ()
    #: The kinds of items that it governs here.
    governs: Line | None = None
    practices: Annotated[tuple[Practice, ...], Field(max_length=99)] = ()
    target_level: Level | None = None
    #: Of its last approved rating.
    current_level: Level | None = None
    #: By practice. A practice without an entry is not governed by name.
    raci: Annotated[Mapping[Line, Raci], Field(title="RACI", max_length=99)] = Field(default_factory=dict)
    #: Who answers for it, and holds the accountable role.
    owner: AssigneeId | None = None
