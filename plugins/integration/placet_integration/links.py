"""The links from items of one method to items of another that no method alone can have.

Links of the methods themselves join too: `itil.implements` leads from a change to what it puts into operation,
`governance.serves` to an objective, `governance.enables` from a training. Link types may name item types of methods
that are off here, as links lead to other workspaces.
"""

from __future__ import annotations

from placet import Cardinality, EffectContext, LinkType, Trace, effect
from placet_integration.ids import (
    BUG,
    DELIVERS,
    DEPENDS_ON,
    FEATURE,
    INITIATIVE,
    ISSUE,
    PRODUCT,
    RAISED_FROM,
    SPRINT,
    STAGE,
    STORY,
    TIMEBOX_OF,
    WORK_PACKAGE,
)

#: Gates read these links: who removes one gives a reason of at least so many characters.
_REASON = 10


@effect("integration")
def keep_promise(ctx: EffectContext) -> None:
    """Keep what the item was to deliver: nobody gets rid of a promise by removing a link."""
    kept = getattr(ctx.item.fields, "promised", None)
    target = ctx.sent["target"]
    if kept is not None and target not in kept:
        ctx.set(promised=[*kept, target])


@effect("integration")
def keep_stage(ctx: EffectContext) -> None:
    """Keep the stage of the sprint: its boundary waits for the sprint until that is part of another stage."""
    if hasattr(ctx.item.fields, "stage"):
        ctx.set(stage=ctx.sent["target"])


LINK_TYPES = (
    LinkType(
        DELIVERS,
        "delivers",
        sources=(SPRINT, STORY, BUG, FEATURE),
        targets=(WORK_PACKAGE, PRODUCT),
        inverse="delivered by",
        effects=(keep_promise,),
        removal_reason=_REASON,
        trace=Trace.BOTH,
    ),
    LinkType(
        TIMEBOX_OF,
        "timebox of",
        sources=(SPRINT,),
        targets=(STAGE,),
        cardinality=Cardinality.MANY_TO_ONE,
        inverse="has timebox",
        effects=(keep_stage,),
        removal_reason=_REASON,
        # The other sprints of the stage are another matter.
        trace=Trace.TARGET,
    ),
    LinkType(DEPENDS_ON, "depends on", inverse="needed by", acyclic=True, trace=Trace.BOTH),
    LinkType(
        RAISED_FROM,
        "raised from",
        sources=(ISSUE, INITIATIVE),
        cardinality=Cardinality.MANY_TO_ONE,
        inverse="led to",
        removal_reason=_REASON,
        trace=Trace.BOTH,
    ),
)
