"""The money that projects have spent, from their stages and packages.

Source: COBIT 2019, APO05 Managed portfolio and APO06 Managed budget and costs. A stage costs what it says itself, and
never less than its packages together.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from placet import Consequence, EffectContext, Extension, ItemView, effect
from placet_integration.ids import PROJECT, STAGE, WORK_PACKAGE

_STATES = (
    "mandated", "starting_up", "initiating", "delivering", "in_exception", "closing", "closed", "closed_prematurely",
    "rejected",
)  # fmt: skip
_Spent = Annotated[Decimal, Field(ge=0)]


@effect("integration")
def note_spending(ctx: EffectContext) -> None:
    """Keep what the project has spent by now, in its currency."""
    key = ctx.item.fields.project
    project = ctx.get(key) if key else None
    if project is None:
        return
    packages = ctx.items(WORK_PACKAGE, project=key)
    total = Decimal(0)
    for stage in ctx.items(STAGE, project=key):
        total += max(_cost([stage]), _cost(each for each in packages if each.fields.stage == stage.key))
    if total != project.fields.spent:
        ctx.set_on(project.key, spent=total)


def _cost(items: Iterable[ItemView]) -> Decimal:
    costs = (each.fields.actual_cost for each in items)
    return sum((cost for cost in costs if cost is not None), Decimal(0))


_FOLLOWED = {STAGE: "integration.stage_spending", WORK_PACKAGE: "integration.package_spending"}


def extend(catalog: Extension) -> None:
    """Let projects keep it; nobody types it."""
    if "prince2" in catalog.methods:
        catalog.add_field(PROJECT, "spent", _Spent, frozen_in=_STATES)
        for type, id in _FOLLOWED.items():
            catalog.add_consequence(type, Consequence(id, ["actual_cost"], [note_spending]))
