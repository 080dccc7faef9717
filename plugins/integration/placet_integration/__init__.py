"""Bridges between methods, as a method for Placet: they are active where both methods are switched on.

The bridges of two methods are in a file named after both, which begins with their table, and a setting switches each
off; the communication plan and the register of decisions are files of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from placet import CheckContext, EffectContext, Extension, Method, Verdict, hookimpl
from placet_integration import (
    agile_itil,
    cobit_governance,
    cobit_prince2,
    communication_plan,
    decision_register,
    effort_log,
    governance_agile,
    governance_itil,
    governance_prince2,
    intake,
    prince2_agile,
    prince2_itil,
    role_training,
    warnings,
)
from placet_integration import metrics as figures
from placet_integration.bridges import follows_of
from placet_integration.links import LINK_TYPES
from placet_integration.recurring_communications import JOBS
from placet_integration.release import live
from placet_integration.settings import IntegrationSettings

if TYPE_CHECKING:
    from placet.demo import Script, Stage

#: The methods with bridges.
METHODS = ("agile", "cobit", "governance", "itil", "prince2")
PAIRS = (
    prince2_agile.PAIR,
    prince2_itil.PAIR,
    agile_itil.PAIR,
    governance_prince2.PAIR,
    governance_agile.PAIR,
    cobit_prince2.PAIR,
    cobit_governance.PAIR,
)
_FOLLOWS = follows_of(PAIRS)


@hookimpl
def placet_method() -> Method:
    """Bridges between methods, without item types of their own."""
    return Method(
        "integration",
        "Integration",
        link_types=LINK_TYPES,
        metrics=figures.METRICS,
        settings=IntegrationSettings,
        extends=METHODS,
        jobs=JOBS,
        description="Bridges between two methods where both are switched on",
    )


@hookimpl
def placet_extend(catalog: Extension) -> None:
    """Add the bridges between methods that are both switched on, here or in workspaces that this one works with."""
    for pair in PAIRS:
        if pair.joins(catalog.methods, catalog.settings.linked_methods):
            pair.extend(catalog)
    figures.extend(catalog)
    live.extend(catalog)
    effort_log.extend(catalog)
    warnings.extend(catalog)
    if "governance" in catalog.methods:
        intake.extend(catalog)
        role_training.extend(catalog)
        communication_plan.extend(catalog)
    if {"governance", "itil"} <= catalog.methods:
        governance_itil.extend(catalog)


@hookimpl
def placet_check(ctx: CheckContext) -> Verdict | None:
    """People act in roles that require training once they are trained."""
    return role_training.trained(ctx) if "governance" in ctx.workspace.methods else None


@hookimpl
def placet_appoint(ctx: CheckContext, role: str, person: str) -> Verdict | None:
    """People are given roles that require training once they are trained."""
    return role_training.appointable(ctx, role, person) if "governance" in ctx.workspace.methods else None


@hookimpl
def placet_demo(stage: Stage) -> Script | None:
    """A project under all methods, from its mandate to a stage that controls stop."""
    from placet_integration.demo import perform  # noqa: PLC0415  # only loaded for a demonstration

    return perform(stage)


@hookimpl
def placet_effect(ctx: EffectContext, event: dict[str, Any]) -> None:
    """Apply the consequences of one method's transition for another, in the same transaction."""
    at = (ctx.item.type, event["transition"])
    for pair, follow in _FOLLOWS.get(at, ()):
        settings = ctx.settings
        if getattr(settings, follow.setting) and pair.joins(ctx.workspace.methods, settings.linked_methods):
            follow.does(ctx)
    if "governance" in ctx.workspace.methods:
        decision_register.follow(ctx, at, by=event["actor"])
        communication_plan.follow(ctx, at, from_state=event["from_state"])
    if {"governance", "itil"} <= set(ctx.workspace.methods):
        governance_itil.follow(ctx, at)
