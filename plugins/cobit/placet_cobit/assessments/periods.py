"""The periods of the assessments of one control: they do not overlap, and leave no day out.

A sample is not drawn again until it is clean, and no bad days lie between two samples. Our choice: the days of a
cancelled assessment are as untested as those of none. Source: COBIT 2019, MEA02.03 and MEA04.06.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from placet import CheckContext, ItemView
from placet_cobit.assessments.fields import AssessmentFields
from placet_cobit.controls.design import design_in_force
from placet_cobit.ids import ASSESSMENT, CONTROL
from placet_cobit.operating.periods import next_end

_DAY = timedelta(days=1)
#: So that what happened at this moment counts.
_MOMENT = timedelta(microseconds=1)
_PLANNED = "planned"
_DRAWN = ("evidence_requested", "testing", "under_review", "concluded")


def tested_every(control: ItemView) -> str:
    """How often a control is tested, by its design in force; by default every year, with a high risk every quarter."""
    design = design_in_force(control)
    if design.test_frequency is not None:
        return str(design.test_frequency.value)
    return "quarterly" if design.high_risk else "annual"


def latest_end(control: ItemView, start: date) -> date:
    """The last day of the two test periods from a day on. An assessment has no more: a test is put off once."""
    frequency = tested_every(control)
    return next_end(next_end(start, frequency) + _DAY, frequency)


def _overlapping(ctx: CheckContext, control: ItemView, states: tuple[str, ...]) -> list[ItemView]:
    """The other assessments of the control that have a day of this one's period, and a sample."""
    fields: AssessmentFields = ctx.item.fields
    found = ctx.items(
        ASSESSMENT,
        states=states,
        control=control.key,
        period_start__le=fields.period_end,
        period_end__ge=fields.period_start,
    )
    return [each for each in found if each.key != ctx.item.key and each.fields.seed is not None]


def drawn_over(ctx: CheckContext, control: ItemView) -> list[ItemView]:
    """Those whose sample counts."""
    return _overlapping(ctx, control, _DRAWN)


def drawn_from(ctx: CheckContext, control: ItemView, day: date) -> list[ItemView]:
    """The assessments of a day and later ones, with a sample that counts."""
    found = ctx.items(ASSESSMENT, states=_DRAWN, control=control.key, period_end__ge=day)
    return [each for each in found if each.fields.seed is not None]


def seed_of(ctx: CheckContext, control: ItemView) -> str:
    """The seed of the drawing: that of the first cancelled assessment of these days, and else the item's own key."""
    cancelled = [
        (each.fields.evidence_requested_at, each.key, each.fields.seed)
        for each in _overlapping(ctx, control, ("cancelled",))
    ]
    return str(min(cancelled)[2]) if cancelled else ctx.item.key


def untested_before(ctx: CheckContext, control: ItemView, day: date) -> list[tuple[date, date]]:
    """The spells of days, first and last, that no sample has, from the control's first activation until a day.

    The day itself is not one of them, and neither are the days of the item's own period once it is concluded.
    """
    begun = _first_activation(ctx, control)
    if begun is None:
        return []
    return list(_gaps(_day_of(ctx, begun), day, _covered(ctx, control, _DRAWN)))


def unplanned_before(ctx: CheckContext, control: ItemView, day: date) -> list[tuple[date, date]]:
    """The spells of days until a day that no sample has and no planned assessment: the item's own period has its days.

    They begin with the control's first activation, and today where it was never in force.
    """
    begun = _first_activation(ctx, control)
    first = ctx.today if begun is None else _day_of(ctx, begun)
    return list(_gaps(first, day, _covered(ctx, control, (_PLANNED, *_DRAWN))))


def last_planned(ctx: CheckContext, control: ItemView) -> date:
    """The first day of the last assessment that is planned, the item's own among them."""
    planned = ctx.items(ASSESSMENT, states=[_PLANNED], control=control.key)
    own: AssessmentFields = ctx.item.fields
    others = [each.fields.period_start for each in planned if each.key != ctx.item.key]
    last: date = max([own.period_start, *others])
    return last


def _covered(ctx: CheckContext, control: ItemView, states: tuple[str, ...]) -> list[tuple[date, date]]:
    """The periods of the control's assessments in some states: those that are planned, and those with a sample."""
    found = ctx.items(ASSESSMENT, states=states, control=control.key)
    others = [each for each in found if each.key != ctx.item.key]
    return [
        (each.fields.period_start, each.fields.period_end)
        for each in (*others, ctx.item)
        if each.state in states and (each.state == _PLANNED or each.fields.seed is not None)
    ]


def _day_of(ctx: CheckContext, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(ctx.workspace.calendar.zone)).date()


def _first_activation(ctx: CheckContext, control: ItemView) -> datetime | None:
    """When the control came into force for the first time; `None` where it never did."""
    events = ctx.events(CONTROL, since=control.created_at, until=ctx.now + _MOMENT, of=[control.key])
    activated = (event.at for event in events if event.data["transition"] == "activate")
    return min(activated, default=None)


def _gaps(first: date, day: date, tested: Iterable[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    """The spells of days from a first one until before a day that lie in none of some periods."""
    for start, end in sorted(tested):
        if first < min(start, day):
            yield first, min(start, day) - _DAY
        first = max(first, end + _DAY)
    if first < day:
        yield first, day - _DAY
