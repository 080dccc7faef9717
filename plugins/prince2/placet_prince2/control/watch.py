"""The watch on tolerances: their status whenever figures change, and an exception as soon as one is left.

Every edit, transition, effect and timer that changes a figure leads here in the same transaction, so that nobody has to
report a breach. A package outside its tolerance is an issue for the project manager; a stage or a project outside is an
exception for the level above.

Source: PRINCE2 7, principle Manage by exception, practice Progress.
"""

from __future__ import annotations

from datetime import datetime

from placet import (
    CheckContext,
    Consequence,
    Effect,
    EffectContext,
    Gate,
    ItemView,
    Verdict,
    check,
    effect,
    strictest,
)
from placet_governance.ids import BENEFIT, RISK
from placet_prince2.checking import demand
from placet_prince2.control.fields import StatusLine
from placet_prince2.control.status import found_statuses, line, spoken
from placet_prince2.ids import AFFECTS, EXCEPTION, ISSUE, PRODUCT, PROJECT, STAGE, WORK_PACKAGE
from placet_prince2.numbers.exceptions import breaches, merged
from placet_prince2.numbers.tolerances import Aspect, ToleranceStatus
from placet_prince2.roles import PROJECT_MANAGER

#: States in which a level answers for its tolerances.
ANSWERING = {
    STAGE: ("active", "in_exception", "boundary"),
    PROJECT: ("delivering", "in_exception"),
    WORK_PACKAGE: ("offered", "accepted", "in_progress"),
}
OPEN_EXCEPTION = ("raised", "reported", "replanning", "plan_submitted")
#: The figures that people report of cost, of time and, with a moment each, of the other aspects.
FORECAST = ("actual_cost", "estimate_to_complete", "forecast_end", "forecasts")
_BASELINE = ("planned_end", "budget", "tolerances")
#: The aspects of the levels above it that an item can change. The others are as they were, and are not read again:
#: otherwise a forecast of a package would wait for everybody who works on a product or a risk of the stage.
_REACHES = {
    WORK_PACKAGE: (Aspect.TIME, Aspect.COST),
    STAGE: (Aspect.TIME, Aspect.COST),
    PRODUCT: (Aspect.SCOPE, Aspect.QUALITY),
    RISK: (Aspect.RISK,),
    BENEFIT: (Aspect.BENEFITS,),
}


def open_exception(ctx: CheckContext, subject: str) -> ItemView | None:
    """The exception of a stage or project that is not decided yet; there is one at most."""
    return next(iter(ctx.items(EXCEPTION, states=OPEN_EXCEPTION, subject=subject)), None)


def forecast_last(subject: ItemView) -> datetime | None:
    """When the newest forecast of an item was made, of whichever aspect; `None` where there is none."""
    fields = subject.fields
    own = (
        [fields.forecast_at]
        if subject.type == PROJECT
        else [fields.cost_forecast_at, fields.time_forecast_at]
    )
    made = [*(each.as_of for each in fields.forecasts), *(each for each in own if each is not None)]
    return max(made, default=None)


@effect("prince2")
def date_cost(ctx: EffectContext) -> None:
    """Keep when the cost was forecast."""
    # A transition for forecasts has done so before the consequence follows.
    if ctx.item.fields.cost_forecast_at != ctx.now:
        ctx.set(cost_forecast_at=ctx.now)


@effect("prince2")
def date_time(ctx: EffectContext) -> None:
    """Keep when the time was forecast."""
    if ctx.item.fields.time_forecast_at != ctx.now:
        ctx.set(time_forecast_at=ctx.now)


@effect("prince2")
def date_forecasts(ctx: EffectContext) -> None:
    """Keep when cost was forecast, and when time; a forecast without any figure confirms both as they stand.

    A forecast of one aspect says nothing about another one, and the actual cost nothing about what is still to come.
    """
    if not ctx.sent or "estimate_to_complete" in ctx.sent:
        date_cost.run(ctx)
    if not ctx.sent or "forecast_end" in ctx.sent:
        date_time.run(ctx)


@effect("prince2")
def date_any_forecast(ctx: EffectContext) -> None:
    """Keep when any forecast was made: the cost and the time of a project are those of its stages."""
    ctx.set(forecast_at=ctx.now)


@effect("prince2")
def watch(ctx: EffectContext) -> None:
    """Compute the tolerances of the item and the levels above it, and raise what has to be decided."""
    place = ctx.item.fields
    keys = [ctx.item.key] if ctx.item.type in ANSWERING else []
    package = getattr(place, "work_package", None)
    levels = [*keys, package, getattr(place, "stage", None), getattr(place, "project", None)]
    for key in dict.fromkeys(key for key in levels if key is not None):
        subject = ctx.get(key)
        if subject is not None:
            _judge(ctx, subject)


@effect("prince2")
def watch_own(ctx: EffectContext) -> None:
    """Compute the tolerances of the item alone: no level above it sees a difference."""
    subject = ctx.get(ctx.item.key)
    if subject is not None:
        _judge(ctx, subject)


@effect("prince2")
def watch_package(ctx: EffectContext) -> None:
    """Compute the tolerances of the package and, once a team has been offered it, those of the levels above it."""
    (watch_own if ctx.item.state == "draft" else watch).run(ctx)


def _judge(ctx: EffectContext, subject: ItemView) -> None:
    own = subject.key == ctx.item.key
    reached = Aspect if own else _REACHES.get(ctx.item.type, Aspect)
    tolerances = [each for each in subject.fields.tolerances if each.aspect in reached]
    found = found_statuses(ctx, subject, tolerances)
    before: tuple[StatusLine, ...] = subject.fields.statuses
    lines = _in_order(subject, [*(each for each in before if each.aspect not in reached), *map(line, found)])
    if lines != before:
        ctx.set_on(subject.key, statuses=lines)
    if subject.state not in ANSWERING[subject.type]:
        return
    if subject.type == WORK_PACKAGE:
        was_outside = any(each.breached for each in before)
        if not was_outside and any(each.breached for each in lines):
            _raise_issue(ctx, subject, lines)
        return
    _raise_exception(ctx, subject, found)


def _in_order(subject: ItemView, lines: list[StatusLine]) -> tuple[StatusLine, ...]:
    """In the order of the tolerances."""
    known = {each.measure: each for each in lines}
    return tuple(known[each.measure] for each in subject.fields.tolerances if each.measure in known)


def _raise_exception(ctx: EffectContext, subject: ItemView, found: list[ToleranceStatus]) -> None:
    new = breaches(found, subject.fields.accepted_breaches)
    if not new:
        return
    known = open_exception(ctx, subject.key)
    if known is not None:
        together = merged(known.fields.breaches, new)
        if together != known.fields.breaches:
            ctx.set_on(known.key, breaches=together)
        return
    ctx.create(
        EXCEPTION,
        f"Forecast outside tolerance: {', '.join(spoken(each) for each in new)}"[:200],
        parent=subject.key,
        breaches=new,
    )


def _raise_issue(ctx: EffectContext, package: ItemView, lines: tuple[StatusLine, ...]) -> None:
    said = ", ".join(spoken(each) for each in lines if each.breached)
    issue = ctx.create(
        ISSUE,
        f"{package.title}: forecast outside its tolerance"[:200],
        parent=package.fields.project,
        kind="problem_concern",
        description=f"The work package {package.key} is forecast outside its tolerance: {said}.",
        severity=3,
    )
    ctx.link(AFFECTS, package.key, source=issue)


@check("prince2")
def forecast_units(ctx: CheckContext) -> Verdict:
    """Every forecast is one of a tolerance of the item, in its unit, and made by now: nothing hides in another unit."""
    units = {each.measure: each.unit for each in ctx.item.fields.tolerances}
    given = ctx.item.fields.forecasts
    strange = [str(each.measure) for each in given if each.measure not in units]
    other = [
        f"{each.measure} in {each.unit} and not in {units[each.measure]}"
        for each in given
        if each.measure in units and each.unit not in {None, units[each.measure]}
    ]
    early = [str(each.measure) for each in given if each.as_of > ctx.now]
    return strictest([
        demand(not strange, "no tolerance is set for {measures:and}", "name the measure as its tolerance does",
               [PROJECT_MANAGER], measures=strange),
        demand(not other, "forecast in another unit than the tolerance: {measures:and}",
               "give it in the unit of the tolerance", [PROJECT_MANAGER], measures=other),
        demand(not early, "the forecast of {measures:and} is dated after now", "give the moment at which it was made",
               [PROJECT_MANAGER], measures=early),
    ])  # fmt: skip


FORECASTS_FIT = Gate("prince2.forecasts_fit", "Forecasts in the units of the tolerances", forecast_units)


def watched(id: str, *fields: str, moves: bool = False) -> Consequence:
    """A consequence that watches the tolerances after a change of some fields."""
    return Consequence(f"prince2.{id}", fields, [watch], moves=moves)


def forecast_watched(id: str, *, by: Effect = watch, moves: bool) -> tuple[Consequence, ...]:
    """The consequences of a new forecast, and of a new baseline."""
    return (
        Consequence(f"prince2.{id}_cost_dated", ["estimate_to_complete"], [date_cost]),
        Consequence(f"prince2.{id}_time_dated", ["forecast_end"], [date_time]),
        Consequence(f"prince2.{id}", (*FORECAST, *_BASELINE), [by], moves=moves),
    )
