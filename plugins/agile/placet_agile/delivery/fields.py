"""The fields of stories, bugs and tasks.

Source: the Scrum Guide, 2020, product backlog; the Kanban Guide, classes of service. Our choices: who agreed is a
confirmation by that person; the moment since which an item is blocked follows from the edit that blocked it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from placet import ActorId, AssigneeId, Fields, ItemKey, Line, Moment, Ref, Text
from placet_agile.ids import BUG, FEATURE, SPRINT, STORY, TEAM
from placet_agile.teams.fields import EntryId, each_once


class ServiceClass(StrEnum):
    """A class of service: how the wait for an item is weighed against others."""

    EXPEDITE = "expedite"
    FIXED_DATE = "fixed_date"
    STANDARD = "standard"
    INTANGIBLE = "intangible"


class StoryKind(StrEnum):
    """Kinds of stories."""

    USER = "user"
    ENABLER = "enabler"
    SPIKE = "spike"


class Severity(StrEnum):
    """The severity of a bug."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Disposition(StrEnum):
    """The further way of an item that its sprint did not finish."""

    TO_PRODUCT_BACKLOG = "to_product_backlog"
    TO_NEXT_SPRINT = "to_next_sprint"
    REMOVED = "removed"


class Criterion(BaseModel):
    """An acceptance criterion."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: EntryId
    text: Line
    met: bool = False


Criteria = Annotated[tuple[Criterion, ...], Field(max_length=50), AfterValidator(each_once)]
#: By the id of an entry of a definition, whether it holds.
Ticks = Annotated[Mapping[EntryId, bool], Field(max_length=100)]


class SplitOff(BaseModel):
    """The part of an item that becomes one of its own: its title, and the criteria that go with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[str, Field(min_length=1, max_length=200)]
    criteria: Annotated[tuple[EntryId, ...], Field(max_length=50)] = ()


class WorkFields(Fields):
    """An item of the backlog that flows over the board of its team."""

    team: Annotated[ItemKey, Ref(TEAM)]
    description: Text | None = None
    acceptance_criteria: Criteria = ()
    #: The size, on the team's scale.
    points: Annotated[Decimal, Field(ge=0, le=10_000)] | None = None
    #: Taken by the new estimate of an item that is ready or selected: its size from then on.
    estimate: Annotated[Decimal, Field(ge=0, le=10_000)] | None = None
    #: The size when its work began, or a smaller one since: with that it counts for the velocity once it is done.
    size_begun: Annotated[Decimal, Field(ge=0, le=10_000)] | None = None
    #: The place in the backlog that it was given; `rank` is that, or else the place at the end.
    position: Annotated[str, Field(max_length=1000)] | None = None
    #: Computed: texts in the order of the backlog.
    rank: str | None = None
    #: Taken by the move in the backlog: the item behind which it is put; empty for the top.
    after: Annotated[ItemKey, Ref(STORY, BUG)] | None = None
    class_of_service: ServiceClass = ServiceClass.STANDARD
    due_date: date | None = None
    assignee: AssigneeId | None = None
    #: Everybody who was its assignee in work.
    worked_by: Annotated[tuple[AssigneeId, ...], Field(max_length=100)] = ()
    sprint: Annotated[ItemKey, Ref(SPRINT)] | None = None
    #: It was selected while its sprint was running.
    added_after_start: bool = False
    dor_checks: Annotated[Ticks, Field(title="Definition of ready")] = Field(default_factory=dict)
    dod_checks: Annotated[Ticks, Field(title="Definition of done")] = Field(default_factory=dict)
    blocked: bool = False
    blocked_reason: Line | None = None
    #: The impediment that blocks it, or another item.
    blocked_by: Annotated[ItemKey, Ref()] | None = None
    #: Computed: the edit that blocked it.
    blocked_since: Moment | None = None
    #: The first time that it was selected, and started; and when it was done.
    selected_at: Moment | None = None
    started_at: Moment | None = None
    finished_at: Moment | None = None
    disposition: Disposition | None = None
    #: The reason to start it before another one that comes first.
    pull_override_reason: Line | None = None
    #: The people who agree to a change of the scope of the running sprint; each of them confirms it.
    scope_agreed_by: Annotated[tuple[ActorId, ...], Field(max_length=10)] = ()
    #: Whether that change endangers the goal of the sprint.
    goal_endangered: bool | None = None
    #: The product owner who accepts it, and confirms that.
    accepted_by: ActorId | None = None
    #: Taken by the split: the part that becomes an item of its own.
    split_off: SplitOff | None = None
    #: It was split, and not estimated since: its size is that of more than is left.
    split_since_estimate: bool = False
    #: The team to whose backlog it is offered, and the product owner of that team, who takes it by a confirmation.
    offered_to: Annotated[ItemKey, Ref(TEAM)] | None = None
    taken_by: ActorId | None = None

    @model_validator(mode="after")
    def _says_why(self) -> WorkFields:
        if self.blocked and not (self.blocked_reason or "").strip():
            raise ValueError("blocked without a blocked_reason: say what blocks it")
        if self.class_of_service is ServiceClass.FIXED_DATE and self.due_date is None:
            raise ValueError("class_of_service fixed_date without a due_date: give the date")
        return self


class StoryFields(WorkFields):
    """A story."""

    kind: StoryKind = StoryKind.USER


class BugFields(WorkFields):
    """A bug."""

    severity: Severity
    #: The version or place in which it was seen.
    found_in: Line | None = None
    #: The item that has the defect.
    defect_of: Annotated[ItemKey, Ref(STORY, BUG, FEATURE)] | None = None


class TaskFields(Fields):
    """A step of the plan for an item."""

    remaining_hours: Annotated[Decimal, Field(ge=0, le=10_000)] | None = None
    assignee: AssigneeId | None = None
