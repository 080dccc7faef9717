"""Where an item stands: its project and its stage, which are fields, so that registers are searches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from placet import CheckContext, Computed, Fields, ItemKey, ItemView, Ref
from placet_prince2.ids import PROJECT, STAGE

ProjectKey = Annotated[ItemKey, Ref(PROJECT)]
StageKey = Annotated[ItemKey, Ref(STAGE)]


class PlacedFields(Fields):
    """Fields of everything in a project."""

    #: Computed: the project and the stage that it belongs to.
    project: ProjectKey | None = None
    stage: StageKey | None = None


def above(ctx: CheckContext) -> Iterator[ItemView]:
    """The items above this one, the nearest first."""
    item = ctx.parent()
    while item is not None:
        yield item
        item = ctx.get(item.parent) if item.parent else None


def _nearest(ctx: CheckContext, type: str) -> str | None:
    return next((item.key for item in above(ctx) if item.type == type), None)


def project_key(ctx: CheckContext) -> str | None:
    """The project that it belongs to."""
    return _nearest(ctx, PROJECT)


def stage_key(ctx: CheckContext) -> str | None:
    """The stage that it belongs to; `None` for what belongs to the project as a whole."""
    return _nearest(ctx, STAGE)


def project_of(ctx: CheckContext) -> ItemView | None:
    """The project of the item, as it is now; the item itself where it is one."""
    if ctx.item.type == PROJECT:
        return ctx.item
    key = ctx.item.fields.project
    return ctx.get(key) if key else None


def stage_of(ctx: CheckContext) -> ItemView | None:
    """The stage of the item, as it is now; the item itself where it is one."""
    if ctx.item.type == STAGE:
        return ctx.item
    key = ctx.item.fields.stage
    return ctx.get(key) if key else None


PLACE = (Computed("project", project_key), Computed("stage", stage_key))
