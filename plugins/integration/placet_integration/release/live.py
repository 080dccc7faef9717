"""The items that a change has put live: those that it implemented when its work was done, no later ones."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from placet import EffectContext, Extension, ItemKey, Ref, effect
from placet_integration.ids import CHANGE, IMPLEMENTS

_DONE = ("complete_implementation", "finish_backout", "recover")
_STATES = (
    "new", "assess", "authorize", "scheduled", "implement", "backing_out", "failed", "review", "closed", "rejected",
    "cancelled",
)  # fmt: skip
_Keys = Annotated[tuple[Annotated[ItemKey, Ref()], ...], Field(max_length=1000, title="Put live")]


@effect("integration")
def note_live(ctx: EffectContext) -> None:
    """Keep the items that the change implements now."""
    ctx.set(put_live=list(ctx.item.links.get(IMPLEMENTS, ())))


def extend(catalog: Extension) -> None:
    """Let changes keep that, for every method whose items they implement."""
    if "itil" not in catalog.methods:
        return
    catalog.add_field(CHANGE, "put_live", _Keys, (), frozen_in=_STATES)
    for transition in _DONE:
        catalog.add_effect(CHANGE, transition, note_live)
