"""The cover of a suspension: what works in the place of a control that gates nothing for a while.

Source: COBIT 2019, MEA02 Managed system of internal control.
"""

from __future__ import annotations

from datetime import date

from placet import CheckContext, ItemView, JobContext
from placet_cobit.controls.design import design_in_force, in_force
from placet_cobit.controls.fields import ControlFields
from placet_cobit.ids import ACCEPTANCE, CONTROL
from placet_cobit.validity import covers


def objective_of(control: ItemView) -> str:
    """The objective of a control, by its practice: BAI06."""
    return str(design_in_force(control).practice_id).partition(".")[0]


def named_in_place(control: ItemView) -> list[str]:
    """The items that it names in its place: controls, and an accepted risk."""
    fields: ControlFields = control.fields
    return [*fields.compensating_controls, *([fields.accepted_risk] if fields.accepted_risk else ())]


def compensating(ctx: CheckContext | JobContext, control: ItemView) -> list[str]:
    """The controls that it names in its place, and that are in force for the same objective."""
    fields: ControlFields = control.fields
    named = [(key, ctx.get(key)) for key in fields.compensating_controls]
    return [key for key, other in named if other is not None and _covers(control, other)]


def _covers(control: ItemView, other: ItemView) -> bool:
    same = other.type == CONTROL and objective_of(other) == objective_of(control)
    return same and other.key != control.key and in_force(other)


def risk_accepted(ctx: CheckContext | JobContext, control: ItemView, today: date, until: date) -> bool:
    """Whether the risk that it names is accepted from today until a day."""
    key = control.fields.accepted_risk
    found = ctx.get(key) if key else None
    if found is None or found.type != ACCEPTANCE or found.state != "approved":
        return False
    accepted = found.fields
    return accepted.control == control.key and covers(accepted.valid_from, accepted.valid_until, today, until)


def is_covered(ctx: CheckContext | JobContext, control: ItemView) -> bool:
    """Whether something works in the place of a suspended control today."""
    return bool(compensating(ctx, control)) or risk_accepted(ctx, control, ctx.today, ctx.today)
