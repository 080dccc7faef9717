"""What joins two methods where both are switched on, as a method for Placet: what this plugin contributes.

Bridges are in a file named after the two methods that they join, and a setting switches each off; the communication
plan is a file of its own.
"""

from __future__ import annotations

from typing import Any

from placet import EffectContext, Extension, Method, hookimpl
from placet_integration import communication_plan, governance_itil
from placet_integration.settings import IntegrationSettings

#: The methods that there are bridges between.
METHODS = ("governance", "itil")


@hookimpl
def placet_method() -> Method:
    """Bridges between methods; it brings no item types of its own."""
    return Method(
        "integration",
        "Integration",
        settings=IntegrationSettings,
        extends=METHODS,
        description="What joins two methods where both are switched on",
    )


@hookimpl
def placet_extend(catalog: Extension) -> None:
    """Bridges are built between methods that are both there."""
    if {"governance", "itil"} <= catalog.methods:
        governance_itil.extend(catalog)
        communication_plan.extend(catalog)


@hookimpl
def placet_effect(ctx: EffectContext, event: dict[str, Any]) -> None:
    """What a transition of one method means for another, in the same transaction."""
    if {"governance", "itil"} <= set(ctx.workspace.methods):
        at = (ctx.item.type, event["transition"])
        governance_itil.follow(ctx, at, by=event["actor"])
        communication_plan.follow(ctx, at)
