"""What is recorded about a request and about a request model.

Source: ITIL 4, practice Service request management: requests are agreed beforehand, with their form, their approval,
their tasks and their time.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from placet import ActorId, Fields, ItemKey, Line, Moment, Ref, Text
from placet_itil_change.changes.risk import DataClass
from placet_itil_change.ids import CHANGE_MODEL
from placet_itil_change.requests.forms import checked_schema
from placet_itil_change.waiting import PendingReason

#: An amount in the workspace's currency.
Money = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class ApprovalRule(StrEnum):
    """Who approves requests of a model."""

    #: By what it costs, as the settings say.
    BY_COST = "by_cost"
    #: Line manager, budget owner and IT director, whatever it costs.
    EVERYBODY = "everybody"


class TaskTemplate(BaseModel):
    """Something that has to be done for every request of a model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Line
    group: Line
    title: Line | None = None


class Task(TaskTemplate):
    """Something to be done for one request."""

    done: bool = False
    by: ActorId | None = None
    at: Moment | None = None


def _distinct(tasks: tuple[Any, ...]) -> tuple[Any, ...]:
    ids = [task.id for task in tasks]
    twice = sorted({id for id in ids if ids.count(id) > 1})
    if twice:
        raise ValueError(f"the tasks {', '.join(twice)} are there twice: give each its own id")
    return tasks


class RequestModelFields(Fields):
    """An entry of the catalogue."""

    description: Text | None = None
    #: What the user fills in, as a JSON Schema of an object.
    form_schema: Annotated[dict[str, JsonValue], AfterValidator(checked_schema)] | None = None
    approval_rule: ApprovalRule = ApprovalRule.BY_COST
    tasks: Annotated[tuple[TaskTemplate, ...], Field(max_length=100), AfterValidator(_distinct)] = ()
    #: Business hours from its approval until it is fulfilled.
    target_bh: Annotated[int, Field(ge=1, le=10_000, title="Target (business hours)")] = 40
    #: What costs nothing needs nobody's approval.
    auto_approve: bool = False
    #: A change of this model has to be done for it.
    needs_change_model: Annotated[ItemKey, Ref(CHANGE_MODEL)] | None = None
    #: Who answers for the budget that pays for it.
    budget_owner: ActorId | None = None
    #: The data that it gives access to, and who answers for them.
    data_class: DataClass | None = None
    resource_owner: ActorId | None = None


class ServiceRequestFields(Fields):
    """What a user asks for."""

    form: Annotated[dict[str, JsonValue], Field(max_length=200)]
    #: Who gets it.
    beneficiary: ActorId
    #: In the workspace's currency.
    cost: Money
    #: Who answers for the beneficiary, where the workspace's settings do not say.
    line_manager: ActorId | None = None
    #: Who pays, where the model does not say.
    budget_owner: ActorId | None = None
    #: The round of its approval from which on managers are asked besides, as the approvers did not answer in time.
    escalated_round: int | None = None
    tasks: Annotated[tuple[Task, ...], Field(max_length=100)] = ()
    #: The task that `complete_task` is about.
    task: Line | None = None

    pending_reason: PendingReason | None = None
    pending_until: Moment | None = None
    vendor_reference: Line | None = None

    #: 1 to 5, as the user answered.
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    approved_at: Moment | None = None
    fulfilled_at: Moment | None = None
    closed_at: Moment | None = None
