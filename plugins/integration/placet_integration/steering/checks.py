"""The checks of objectives and of people's time, where they reach into projects and sprints.

Source: COBIT 2019, goals cascade, EDM02 Ensured benefits delivery and APO07 Managed human resources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from placet import CheckContext, ItemView, week_of
from placet_integration.findings import Found
from placet_integration.ids import ALLOCATED_TO, ALLOCATION, SERVES

_PURSUED = ("pursued", "achieved")
#: The messages about people's time, in projects as in sprints.
OVERLOAD = {
    "": (
        "{person:person} is promised more than 100 %: {weeks:and}",
        "reduce an allocation, or shift it to other weeks",
    )
}
#: All of somebody's working time.
_WHOLE = Decimal(100)
_WEEK = timedelta(weeks=1)
#: Weeks that one sentence names.
_SHOWN = 5


def alignment_score(ctx: CheckContext) -> float:
    """How well the item serves the objectives of the organization, 0 to 100; 0 for what serves none.

    Reads: its links `governance.serves` with their contributions, and the objectives that a project names as its own,
    each with a contribution of 1 where no link says otherwise.
    """
    from placet_governance.goals import cascade  # noqa: PLC0415  # installed where there are objectives

    served = {each.key: (each.link.contribution, each) for each in ctx.linked(SERVES)}
    for each in ctx.get_all(getattr(ctx.item.fields, "objective_links", ())):
        served.setdefault(each.key, (1, each))
    return cascade.alignment_score(
        (contribution, each.fields.priority or 0)
        for contribution, each in served.values()
        if each.state in _PURSUED
    )


def alignment_min(ctx: CheckContext) -> Iterable[Found]:
    """A project that is authorized serves the objectives of the organization well enough.

    Setting: `min_alignment`, 0 to 100.
    """
    score, least = alignment_score(ctx), ctx.settings.min_alignment
    if score < least:
        yield Found(figures={"score": f"{score:.1f}", "least": least})


def no_overload(ctx: CheckContext) -> Iterable[Found]:
    """Nobody who is allocated to it is promised beyond their working time in any week of its period.

    Reads: confirmed allocations of the item, and all others of the same people in those weeks.
    """
    period = _period(ctx)
    for person in dict.fromkeys(each.fields.person for each in _allocated(ctx)):
        over = [(week, total) for week, total in _promised(ctx, person, period) if total > _WHOLE]
        if over:
            weeks = [f"{total.normalize():f} % in week {week}" for week, total in over[:_SHOWN]]
            yield Found(figures={"person": person, "weeks": weeks})


def _allocated(ctx: CheckContext) -> list[ItemView]:
    """The confirmed allocations of the item: linked to it, or below it."""
    found = [*ctx.linking(ALLOCATED_TO), *ctx.children(ALLOCATION)]
    return [each for each in found if each.type == ALLOCATION and each.state == "confirmed"]


def _period(ctx: CheckContext) -> tuple[str, str]:
    """The first and the last week of the item, by its plan; without one, the week of today."""
    fields: Any = ctx.item.fields
    days = [_day(ctx, fields.planned_start), _day(ctx, fields.planned_end)]
    known = [day for day in days if day is not None]
    return week_of(min(known, default=ctx.today)), week_of(max(known, default=ctx.today))


def _day(ctx: CheckContext, at: date | datetime | None) -> date | None:
    return at.astimezone(ZoneInfo(ctx.workspace.calendar.zone)).date() if isinstance(at, datetime) else at


def monday(week: str) -> date:
    """The first day of a week."""
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


def _promised(ctx: CheckContext, person: str, period: tuple[str, str]) -> Iterator[tuple[str, Decimal]]:
    """The promised share of a person's time in each week of a period in which there is one, in percent."""
    first, last = period
    found = ctx.items(ALLOCATION, states=["confirmed"], person=person, week_to__ge=first, week_from__le=last)
    day = max(monday(first), min((monday(each.fields.week_from) for each in found), default=monday(last)))
    end = min(monday(last), max((monday(each.fields.week_to) for each in found), default=monday(first)))
    while day <= end:
        week = week_of(day)
        shares = (e.fields.percent for e in found if e.fields.week_from <= week <= e.fields.week_to)
        yield week, sum(shares, Decimal(0))
        day += _WEEK


def quarter_of(day: date) -> tuple[date, date]:
    """The first and the last day of the quarter of a day."""
    quarter = (day.month - 1) // 3
    first = date(day.year, 3 * quarter + 1, 1)
    after = date(day.year + (quarter + 1) // 4, 3 * ((quarter + 1) % 4) + 1, 1)
    return first, after - timedelta(days=1)
