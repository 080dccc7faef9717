"""The fields of a request and of a request model.

Source: ITIL 4, practice Service request management: requests are agreed beforehand, with their form, their approval,
their tasks and their time.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from placet import AssigneeId, Fields, ItemKey, Line, Moment, Ref, Text
from placet_itil_change.changes.risk import DataClass
from placet_itil_change.ids import CHANGE_MODEL
from placet_itil_change.requests.forms import checked_schema
from placet_itil_change.waiting import PendingReason

#: An amount in the workspace's currency.
Money = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class ApprovalRule(StrEnum):
    """The approval rule of a request model."""

    #: By cost, with the limits of the settings.
    BY_COST = "by_cost"
    #: Line manager, budget owner and IT director, at any cost.
    EVERYBODY = "everybody"


class TaskTemplate(BaseModel):
    """A task for every request of a model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Line
    group: Line
    title: Line | None = None


class Task(TaskTemplate):
    """A task of one request."""

    done: bool = False
    by: AssigneeId | None = None
    at: Moment | None = None


def _distinct(tasks: tuple[Any, ...]) -> tuple[Any, ...]:
    ids = [task.id for task in tasks]
    twice = sorted({id for id in ids if ids.count(id) > 1})
    if twice:
        raise ValueError(f"the tasks {', '.join(twice)} are there twice: give each its own id")
    return tasks


class RequestModelFields(Fields):
    """An entry of the catalog."""

    description: Text | None = None
    #: The form that the user fills in, as a JSON Schema of an object.
    form_schema: Annotated[dict[str, JsonValue], AfterValidator(checked_schema)] | None = None
    approval_rule: ApprovalRule = ApprovalRule.BY_COST
    tasks: Annotated[tuple[TaskTemplate, ...], Field(max_length=100), AfterValidator(_distinct)] = ()
    #: Business hours from its approval until it is fulfilled.
    target_bh: Annotated[int, Field(ge=1, le=10_000, title="Target (business hours)")] = 40
    #: Requests without a cost need no approval.
    auto_approve: bool = False
    #: The model of a change that it requires.
    needs_change_model: Annotated[ItemKey, Ref(CHANGE_MODEL)] | None = None
    #: The owner of the budget that pays for it.
    budget_owner: AssigneeId | None = None
    #: The data to which it gives access, and their owner.
    data_class: DataClass | None = None
    resource_owner: AssigneeId | None = None


class ServiceRequestFields(Fields):
    """A service request."""

    form: Annotated[dict[str, JsonValue], Field(max_length=200)]
    #: The beneficiary.
    beneficiary: AssigneeId
    #: In the workspace's currency.
    cost: Money
    #: The line manager of the beneficiary, if the workspace's settings have none.
    line_manager: AssigneeId | None = None
    #: The budget owner, if the model has none.
    budget_owner: AssigneeId | None = None
    #: The round of its approval in which managers are asked too, because approvers did not answer in time.
    escalated_round: int | None = None
    tasks: Annotated[tuple[Task, ...], Field(max_length=100)] = ()
    #: The task that `complete_task` is about.
    task: Line | None = None

    pending_reason: PendingReason | None = None
    pending_until: Moment | None = None
    vendor_reference: Line | None = None

    #: The user's answer, from 1 to 5.
    satisfaction: Annotated[int, Field(ge=1, le=5)] | None = None
    approved_at: Moment | None = None
    fulfilled_at: Moment | None = None
    closed_at: Moment | None = None
