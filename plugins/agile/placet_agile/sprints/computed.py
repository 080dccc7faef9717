"""The fields of a sprint that follow from others.

Source: the Scrum Guide, 2020: events have a timebox.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from placet import CheckContext, Computed
from placet_agile.numbers.sprints import MONTH, overrun
from placet_agile.sprints.fields import SprintFields
from placet_agile.sprints.settings import Scaling

_WEEK = timedelta(weeks=1)
_TENTH = Decimal("0.1")


def overrun_minutes(ctx: CheckContext) -> Decimal | None:
    """The minutes by which its events exceeded their timeboxes. Setting: `timebox_scaling`."""
    fields: SprintFields = ctx.item.fields
    if fields.planned_start is None or fields.planned_end is None:
        return None
    linear = ctx.settings.timebox_scaling is Scaling.LINEAR
    lasts = fields.planned_end - fields.planned_start
    weeks = (
        Fraction(lasts // timedelta(minutes=1), _WEEK // timedelta(minutes=1)) if linear else Fraction(MONTH)
    )
    found = overrun(((each.kind.value, each.minutes) for each in fields.events), weeks)
    return (Decimal(found.numerator) / found.denominator).quantize(_TENTH)


SPRINT_COMPUTED = (Computed("overrun_minutes", overrun_minutes),)
