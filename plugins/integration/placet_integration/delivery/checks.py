"""The checks of projects with agile delivery.

Source: PRINCE2 Agile, fixing and flexing; PRINCE2 7, practices Progress and Issues; the Scrum Guide, 2020.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from placet import CheckContext, ItemView, plain_number
from placet_integration.delivery.covering import Covering
from placet_integration.findings import Found, named, standings
from placet_integration.ids import (
    DELIVERS,
    PRODUCT,
    SPRINT,
    STAGE,
    TIMEBOX_OF,
)

_PRODUCT_OWNER, _SCRUM_MASTER, _DEVELOPER = "agile.product_owner", "agile.scrum_master", "agile.developer"
#: States of a sprint in which it is over.
_OVER = ("closed", "cancelled")
#: States of an item of a backlog in which it is done, or not wanted any more.
_DONE, _DROPPED = ("done",), ("removed", "rejected")
#: States of a product whose description is agreed.
_AGREED = ("baselined", "in_development", "in_review", "approved", "handed_over")


def is_agile(package: ItemView) -> bool:
    """Whether a team does the package with Scrum or Kanban."""
    return package.fields.delivery_method in ("scrum", "kanban")


def time_cost_fixed(ctx: CheckContext) -> Iterable[Found]:
    """A package for an agile team fixes time and cost: their upper tolerances are 0, and scope has a lower one.

    Reads: `delivery_method`, `tolerances`.
    """
    if not is_agile(ctx.item):
        return
    limits = {each.aspect.value: each for each in ctx.item.fields.tolerances}
    above = {name: limits[name].upper if name in limits else 0 for name in ("time", "cost")}
    below = limits["scope"].lower if "scope" in limits else 0
    if any(above.values()) or not below:
        yield Found(
            figures={
                "time": plain_number(above["time"]),
                "cost": plain_number(above["cost"]),
                "scope": plain_number(below),
            }
        )


def team_ready(ctx: CheckContext) -> Iterable[Found]:
    """A package for an agile team names a team that has a product owner, developers and, in Scrum, a scrum master.

    Reads: `delivery_method`, `team`, and the people of the team.
    """
    if not is_agile(ctx.item):
        return
    team = ctx.get(ctx.item.fields.team) if ctx.item.fields.team else None
    if team is None:
        yield Found()
        return
    needed = [_PRODUCT_OWNER, _DEVELOPER]
    if ctx.item.fields.delivery_method == "scrum":
        needed.append(_SCRUM_MASTER)
    vacant = [role for role in needed if not ctx.holders(role)]
    if vacant:
        yield Found("vacant", {"team": named(ctx, team), "roles": vacant})


def stage_active(ctx: CheckContext) -> Iterable[Found]:
    """A sprint that is part of a stage starts while the stage is active, and lies inside the stage and its tolerance.

    Reads: the stage of the sprint, with its planned start and the last day inside its tolerance for time.
    """
    for stage in ctx.linked(TIMEBOX_OF):
        if stage.state != "active":
            yield from standings(ctx, [stage])
            continue
        first, last = stage.fields.planned_start, stage.fields.latest_end or stage.fields.planned_end
        start, end = (
            _day(ctx, ctx.item.fields.planned_start),
            _day(ctx, ctx.item.fields.planned_end, last=True),
        )
        early = first is not None and start is not None and start < first
        late = last is not None and end is not None and end > last
        if not early and not late:
            continue
        if stage.workspace != ctx.workspace.key:
            yield Found("elsewhere", {"keys": [stage.key], "open": 1})
            continue
        yield Found(
            "outside",
            {
                "start": start, "end": end, "stage": named(ctx, stage), "first": first or start,
                "last": last or end,
            },
        )  # fmt: skip


def _day(ctx: CheckContext, at: datetime | None, *, last: bool = False) -> date | None:
    """The day of a moment in the workspace's zone; what ends at midnight ends with the day before."""
    if at is None:
        return None
    moment = at - timedelta(microseconds=1) if last else at
    return moment.astimezone(ZoneInfo(ctx.workspace.calendar.zone)).date()


def no_open_sprint(ctx: CheckContext) -> Iterable[Found]:
    """Every sprint of the stage is closed or cancelled before its boundary begins."""
    linked = [each for each in ctx.linking(TIMEBOX_OF) if each.type == SPRINT]
    found = {each.key: each for each in linked}
    found |= {each.key: each for each in _once_of(ctx)}
    yield from standings(ctx, [each for each in found.values() if each.state not in _OVER])


def _once_of(ctx: CheckContext) -> Sequence[ItemView]:
    """Sprints of this workspace that were part of the stage and are of no other: a link that was removed hides none."""
    if "agile" not in ctx.workspace.methods:
        return ()
    return ctx.items(SPRINT, states=["draft", "planned", "running", "closing"], stage=ctx.item.key)


def delivering(ctx: CheckContext, keys: Iterable[str]) -> list[ItemView]:
    """Stories, bugs and features that deliver any of these items, each once."""
    sources = ctx.reachable(DELIVERS, of=list(keys), inwards=True, steps=1)
    return [each for each in ctx.get_all(sources) if each.type != SPRINT]


def musts_done(ctx: CheckContext) -> Iterable[Found]:
    """Every story that delivers the package or its products is done or removed; none of a must product is removed."""
    products = ctx.get_all(ctx.item.fields.products)
    musts = {each.key for each in products if each.fields.moscow == "must" and each.state in _AGREED}
    stories = delivering(ctx, [ctx.item.key, *(each.key for each in products)])
    open_ones = [each for each in stories if each.state not in (*_DONE, *_DROPPED)]
    dropped = {
        each.key: (each, musts.intersection(each.links.get(DELIVERS, ())))
        for each in stories
        if each.state in _DROPPED and musts.intersection(each.links.get(DELIVERS, ()))
    }
    covering = Covering(ctx, dropped, [each for each in products if each.key in musts])
    lost = [story for story, promised in dropped.values() if not covering.covers(story, promised)]
    yield from standings(ctx, open_ones)
    if lost:
        yield from standings(ctx, lost, "must")


def baseline_kept(ctx: CheckContext) -> Iterable[Found]:
    """A story that delivers a must product is removed only where an approved issue changes that baseline.

    Reads: what the story delivers, or was once linked to deliver; decided issues that name the product, or affect it or
    the story.
    """
    promised = dict.fromkeys((*ctx.item.links.get(DELIVERS, ()), *getattr(ctx.item.fields, "promised", ())))
    targets = [each for each in ctx.get_all(promised) if each.type == PRODUCT]
    kept = {each.key for each in targets if each.fields.moscow == "must" and each.state in _AGREED}
    musts = [each for each in targets if each.key in kept]
    covering = Covering(ctx, [ctx.item.key], musts)
    open_ones = [each for each in musts if not covering.covers(ctx.item, {each.key})]
    here = [named(ctx, each) for each in open_ones if each.workspace == ctx.workspace.key]
    if here:
        yield Found(figures={"products": here})
    yield from standings(ctx, [each for each in open_ones if each.workspace != ctx.workspace.key])


def stage_of(ctx: CheckContext) -> ItemView | None:
    """The stage that the sprint is a timebox of."""
    return next((each for each in ctx.linked(TIMEBOX_OF) if each.type == STAGE), None)
