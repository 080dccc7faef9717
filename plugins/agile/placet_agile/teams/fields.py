"""The fields of a team.

Source: the Scrum Guide, 2020; the Kanban Guide. Our choice: limits that a team does not set are those of its mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from placet import ActorId, AssigneeId, Fields, Line, Pattern, Text


class Mode(StrEnum):
    """How a team works."""

    SCRUM = "scrum"
    KANBAN = "kanban"
    SCRUMBAN = "scrumban"


class Column(StrEnum):
    """A column of the board that can have a limit: the state of the items in it."""

    SELECTED = "selected"
    IN_PROGRESS = "in_progress"
    IN_REVIEW = "in_review"


#: The id of an item of a definition of ready or done.
EntryId = Annotated[
    str, Pattern(r"[a-z][a-z0-9_]{0,49}", "small letters, digits and underscores, such as code_reviewed")
]


class Member(BaseModel):
    """A person of the team, with the time for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    actor: AssigneeId
    #: Hours.
    capacity_hours_per_week: Annotated[Decimal, Field(ge=0, le=168)] = Decimal(40)


class ReadyItem(BaseModel):
    """One item of a definition of ready."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: EntryId
    text: Line


class DoneItem(ReadyItem):
    """One item of a definition of done; with a kind of evidence, it counts once such evidence is attached."""

    evidence_kind: Line | None = None


def _people_once(members: tuple[Member, ...]) -> tuple[Member, ...]:
    people = [each.actor for each in members]
    twice = sorted({person for person in people if people.count(person) > 1})
    if twice:
        raise ValueError(f"has {', '.join(twice)} twice: give each person once, with all the hours")
    return members


class _Entry(Protocol):
    @property
    def id(self) -> str: ...


Entry = TypeVar("Entry", bound=_Entry)


def each_once(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Entries with an id of their own each. Raises `ValueError` with those that are there twice."""
    ids = [each.id for each in entries]
    twice = sorted({id for id in ids if ids.count(id) > 1})
    if twice:
        raise ValueError(f"has {', '.join(twice)} twice: give each entry an id of its own")
    return entries


def _rising(scale: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    if list(scale) != sorted(set(scale)):
        raise ValueError("is not in rising order: write each size once, the smallest first")
    return scale


#: The entries of a definition of ready or done, each once.
Definition = Annotated[tuple[Entry, ...], Field(max_length=50), AfterValidator(each_once)]
Limit = Annotated[int, Field(ge=1, le=1000)]
#: By column, the most items in it; `null` for no limit.
WipLimits = Mapping[Column, Limit | None]
Slots = Annotated[int, Field(ge=0, le=10)]
Points = Annotated[Decimal, Field(ge=0, le=10_000)]

#: Usual entries of a definition of ready.
READY = (
    ReadyItem(id="value", text="Its value is clear"),
    ReadyItem(id="acceptance_criteria", text="Its acceptance criteria are agreed"),
    ReadyItem(id="estimate", text="It is estimated"),
    ReadyItem(id="no_open_dependency", text="It waits for nothing outside the team"),
    ReadyItem(id="small_enough", text="It fits into a sprint"),
)
#: A usual scale of story points.
SCALE = tuple(map(Decimal, (0, 1, 2, 3, 5, 8, 13, 20, 40, 100)))


class Proposal(BaseModel):
    """Another working agreement; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Mode | None = None
    dod: Annotated[Definition[DoneItem], Field(min_length=1)] | None = None
    dor: Definition[ReadyItem] | None = None
    wip_limits: WipLimits | None = None
    person_limit: Limit | None = None
    expedite_limit: Limit | None = None
    intangible_min_slots: Slots | None = None
    max_ready_points: Points | None = None

    @property
    def changes(self) -> dict[str, Any]:
        """The fields that it changes."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in given.items() if value is not None}


class TeamFields(Fields):
    """A team, its agreements and its limits."""

    #: The way in which it works; empty: that of the workspace.
    mode: Mode | None = None
    members: Annotated[tuple[Member, ...], Field(max_length=100), AfterValidator(_people_once)]
    #: The definition of done.
    dod: Annotated[Definition[DoneItem], Field(min_length=1, title="Definition of done")]
    #: The definition of ready.
    dor: Annotated[Definition[ReadyItem], Field(title="Definition of ready")] = READY
    #: The sizes that an item can have, in points.
    point_scale: Annotated[
        tuple[Points, ...], Field(min_length=1, max_length=50), AfterValidator(_rising)
    ] = SCALE
    #: The largest size of an item that is ready, in points.
    max_ready_points: Points = Decimal(8)
    #: By column, the most items in it; `null` for no limit. Empty: as is usual for its mode.
    wip_limits: Annotated[WipLimits | None, Field(title="Limits of the columns")] = None
    #: The most items that one person has in work; `null`: as is usual for its mode.
    person_limit: Limit | None = None
    #: The most items of class expedite in work.
    expedite_limit: Limit = 1
    #: So many of the last ten items pulled are of class intangible; otherwise such an item is next.
    intangible_min_slots: Slots = 1
    #: The service level expectation: so many percent of its items are done...
    sle_percent: Annotated[int, Field(ge=1, le=100, title="Service level expectation (%)")] = 85
    #: ...within so many days. It is computed each week once 11 items were done within 90 days.
    sle_days: Annotated[int, Field(ge=1, le=1000, title="Service level expectation (days)")] | None = None
    #: How people reach it, and how it works.
    agreements: Text | None = None
    #: The change of the working agreement that the team decides on, and who has proposed it.
    proposal: Proposal | None = None
    proposed_by: ActorId | None = None
