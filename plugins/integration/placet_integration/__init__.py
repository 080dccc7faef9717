"""Bridges between methods, as a method for Placet: they are active where both methods are switched on.

The bridges of two methods are in a file named after both, and a setting switches each bridge off; the communication
plan and the register of decisions are files of their own.
"""

from __future__ import annotations

from typing import Any

from placet import EffectContext, Extension, Method, hookimpl
from placet_integration import communication_plan, decision_register, governance_itil
from placet_integration.recurring_communications import JOBS
from placet_integration.settings import IntegrationSettings

#: The methods with bridges.
METHODS = ("governance", "itil")


@hookimpl
def placet_method() -> Method:
    """Bridges between methods, without item types of their own."""
    return Method(
        "integration",
        "Integration",
        settings=IntegrationSettings,
        extends=METHODS,
        jobs=JOBS,
        description="Bridges between two methods where both are switched on",
    )


@hookimpl
def placet_extend(catalog: Extension) -> None:
    """Add the bridges between methods that are both switched on."""
    if {"governance", "itil"} <= catalog.methods:
        governance_itil.extend(catalog)
        communication_plan.extend(catalog)
        decision_register.extend(catalog)


@hookimpl
def placet_effect(ctx: EffectContext, event: dict[str, Any]) -> None:
    """Apply the consequences of one method's transition for another, in the same transaction."""
    if {"governance", "itil"} <= set(ctx.workspace.methods):
        at = (ctx.item.type, event["transition"])
        governance_itil.follow(ctx, at)
        decision_register.follow(ctx, at, by=event["actor"])
        communication_plan.follow(ctx, at, from_state=event["from_state"])
