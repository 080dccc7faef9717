"""New demand, and what kind of work it becomes: a project, an operational change, or a request.

Demand is entered as an improvement of governance. Six questions separate temporary work from ongoing operations:

    project               at least three of six hold
    operational change    one or two of them, or none where nothing in the catalog can be asked for
    request               none of them, and the catalog has an entry that can be asked for

Another class than the rule's is a decision of its own (right `classify_work`), which the demand names.

Source: COBIT 2019, APO05 Managed portfolio and BAI01 Managed programs; the questions and their figures are ours.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from placet import CheckContext, Computed, Extension, ItemKey, Ref
from placet_integration.ids import ALLOCATED_TO, ALLOCATION, DECISION, INITIATIVE, REQUEST_MODEL

_RECORDS = "governance.records"
_RIGHT = "classify_work"


class WorkClass(StrEnum):
    """The kind of work that demand becomes."""

    PROJECT = "project"
    OPERATIONAL_CHANGE = "operational_change"
    REQUEST = "request"


class Thresholds(BaseModel):
    """The figures above which demand is temporary work."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Organizational units that change how they work.
    units: Annotated[int, Field(ge=0, le=10_000)] = 1
    #: Days.
    duration_days: Annotated[int, Field(ge=0, le=10_000)] = 60
    #: Person-days.
    effort_days: Annotated[int, Field(ge=0, le=1_000_000)] = 40
    #: In the workspace's currency.
    cost: Annotated[int, Field(ge=0, le=1_000_000_000)] = 25_000
    #: The inherent score of its risk (1-25) from which on it counts.
    risk_from: Annotated[int, Field(ge=1, le=26)] = 9
    #: Questions that hold, from which on it is a project.
    project_from: Annotated[int, Field(ge=1, le=6)] = 3


class Share(StrEnum):
    """A purpose of people's time."""

    RUN = "run"
    PROJECT = "project"
    IMPROVE = "improve"


_Count = Annotated[int, Field(ge=0, le=1_000_000)]
#: The questions, as fields of the demand.
_QUESTIONS: dict[str, Any] = {
    "in_catalogue": Annotated[bool, Field(title="Outcome in the service catalog")],
    "units_changing": Annotated[_Count, Field(title="Units that change how they work")],
    "duration_days": Annotated[_Count, Field(title="Duration (days)")],
    "effort_days": Annotated[Decimal, Field(ge=0, le=1_000_000, title="Effort (person-days)")],
    "cost_estimate": Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)],
    "inherent_risk": Annotated[int, Field(ge=1, le=25, title="Inherent risk (1-25)")],
}


def questions_that_hold(fields: Any, limits: Thresholds) -> int:
    """The number of questions that hold for the demand; one without an answer does not."""
    held = (
        fields.in_catalogue is False,
        (fields.units_changing or 0) > limits.units,
        (fields.duration_days or 0) > limits.duration_days,
        (fields.effort_days or 0) > limits.effort_days,
        (fields.cost_estimate or 0) > limits.cost,
        (fields.inherent_risk or 0) >= limits.risk_from,
    )
    return sum(held)


def work_class(ctx: CheckContext) -> WorkClass | None:
    """The class of the demand; `None` until a question is answered. Setting: `classify_thresholds`."""
    fields, limits = ctx.item.fields, ctx.settings.classify_thresholds
    decided = _decided(ctx)
    if decided is not None:
        return decided
    if all(getattr(fields, name) is None for name in _QUESTIONS):
        return None
    held = questions_that_hold(fields, limits)
    if held >= limits.project_from:
        return WorkClass.PROJECT
    offered = "itil" in ctx.workspace.methods and bool(ctx.items(REQUEST_MODEL, states=["published"]))
    return WorkClass.REQUEST if held == 0 and offered else WorkClass.OPERATIONAL_CHANGE


def _decided(ctx: CheckContext) -> WorkClass | None:
    """The class that a decision about this demand has chosen."""
    key = ctx.item.fields.class_decision
    decision = ctx.get(key) if key else None
    if decision is None or decision.state != "decided" or decision.fields.right != _RIGHT:
        return None
    if ctx.item.key not in decision.links.get(_RECORDS, ()):
        return None
    chosen = (decision.fields.chosen or "").strip().lower().replace(" ", "_")
    return WorkClass(chosen) if chosen in set(WorkClass) else None


def purpose(ctx: CheckContext) -> Share:
    """The purpose of an allocation, by the item that it is linked to or lies below; else it keeps things running."""
    linked = ctx.linked(ALLOCATED_TO)
    item = linked[0] if linked else ctx.parent()
    if item is None:
        return Share.RUN
    if item.type in (INITIATIVE, "agile.improvement"):
        return Share.IMPROVE
    return Share.PROJECT if item.type.partition(".")[0] in ("prince2", "agile") else Share.RUN


def extend(catalog: Extension) -> None:
    """The questions and the class of new demand, and what allocations are for."""
    for name, hint in _QUESTIONS.items():
        catalog.add_field(INITIATIVE, name, hint, frozen_in=["embedded", "dropped"])
    named = Annotated[ItemKey, Ref(DECISION)]
    catalog.add_field(INITIATIVE, "class_decision", named, frozen_in=["embedded", "dropped"])
    catalog.add_field(INITIATIVE, "work_class", WorkClass, indexed=True)
    catalog.add_computed(INITIATIVE, Computed("work_class", work_class))
    catalog.add_field(ALLOCATION, "purpose", Share, indexed=True)
    catalog.add_computed(ALLOCATION, Computed("purpose", purpose))
