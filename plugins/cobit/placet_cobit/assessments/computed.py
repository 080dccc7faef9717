"""The computed fields of assessments, tests and monitors: the control, its people, and the day of the conclusion."""

from __future__ import annotations

from datetime import date, timedelta

from placet import CheckContext, Computed
from placet_cobit.assessments.fields import AssessmentFields
from placet_cobit.controls.about import control_of
from placet_cobit.controls.design import design_in_force


def control(ctx: CheckContext) -> str | None:
    """The control that is tested: the parent, or its control."""
    above = ctx.parent()
    return above.fields.control if above is not None else None


def parent_control(ctx: CheckContext) -> str | None:
    """The control above it."""
    return ctx.item.parent


def control_owner(ctx: CheckContext) -> str | None:
    """The owner of the control."""
    found = control_of(ctx)
    return design_in_force(found).control_owner if found is not None else None


def control_performer(ctx: CheckContext) -> str | None:
    """Who operates the control."""
    found = control_of(ctx)
    return design_in_force(found).control_performer if found is not None else None


def due_on(ctx: CheckContext) -> date:
    """The day by which it is concluded. Setting: `assessment_days`."""
    fields: AssessmentFields = ctx.item.fields
    return fields.period_end + timedelta(days=ctx.settings.assessment_days)


ASSESSMENT_COMPUTED = (
    Computed("control", parent_control),
    Computed("control_owner", control_owner),
    Computed("control_performer", control_performer),
    Computed("due_on", due_on),
)
TEST_COMPUTED = (Computed("control", control),)
