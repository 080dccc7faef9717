"""The fields of goals and benefits that follow from others."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from placet import CheckContext, Computed
from placet_governance.goals import cascade
from placet_governance.goals.fields import BenefitFields, InitiativeFields
from placet_governance.ids import SERVES

_PURSUED = ("pursued", "achieved")


def priority(ctx: CheckContext) -> int:
    """Setting: `eg_importance`."""
    return cascade.priority(ctx.item.fields.enterprise_goals, ctx.settings.eg_importance)


def alignment_score(ctx: CheckContext) -> float:
    """Over the objectives that an item serves and that are pursued: 100 where all of them matter most."""
    served = [
        (objective.link.contribution, objective.fields.priority or 0)
        for objective in ctx.linked(SERVES)
        if objective.state in _PURSUED
    ]
    return cascade.alignment_score(served)


def rank(ctx: CheckContext) -> float | None:
    """Value for effort."""
    fields: InitiativeFields = ctx.item.fields
    if fields.value_score is None or fields.effort_score is None:
        return None
    return fields.value_score / fields.effort_score


def improvement(baseline: Decimal | None, target: Decimal | None, value: Decimal | None) -> Decimal | None:
    """How much better a value is than the baseline, in the direction of the target."""
    if baseline is None or target is None or value is None:
        return None
    return value - baseline if target >= baseline else baseline - value


def improved(ctx: CheckContext) -> Decimal | None:
    """The improvement that has been reached."""
    fields: BenefitFields = ctx.item.fields
    return improvement(fields.baseline, fields.target_value, fields.actual_value)


def to_improve(ctx: CheckContext) -> Decimal | None:
    """The improvement that was aimed at."""
    fields: BenefitFields = ctx.item.fields
    return improvement(fields.baseline, fields.target_value, fields.target_value)


def next_measure(ctx: CheckContext) -> date | None:
    """The first date after the last measurement."""
    fields: BenefitFields = ctx.item.fields
    later = [day for day in fields.measure_dates if fields.measured_on is None or day > fields.measured_on]
    return min(later, default=None)


OBJECTIVE_COMPUTED = (Computed("priority", priority),)
BENEFIT_COMPUTED = (
    Computed("improvement", improved),
    Computed("target_improvement", to_improve),
    Computed("next_measure", next_measure),
)
INITIATIVE_COMPUTED = (Computed("rank", rank), Computed("alignment_score", alignment_score))
