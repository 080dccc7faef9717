"""The items of a sprint."""

from __future__ import annotations

from decimal import Decimal

from placet import CheckContext, ItemView
from placet_agile.delivery.board import ON_BOARD, work


def items_of(ctx: CheckContext) -> list[ItemView]:
    """The items of the sprint of the context: those that are selected or started, and those that are done."""
    return work(ctx, (*ON_BOARD, "done"), sprint=ctx.item.key)


def unfinished(ctx: CheckContext) -> list[ItemView]:
    """Those of them that are not done."""
    return work(ctx, ON_BOARD, sprint=ctx.item.key)


def points(items: list[ItemView]) -> Decimal:
    """The sum of their points; an item without an estimate counts nothing."""
    return sum((item.fields.points or Decimal() for item in items), Decimal())


def points_done(items: list[ItemView]) -> Decimal:
    """The points with which done items count: those when their work began, or fewer since."""
    sizes = [
        [size for size in (item.fields.size_begun, item.fields.points) if size is not None] for item in items
    ]
    return sum((min(each, default=Decimal()) for each in sizes), Decimal())
