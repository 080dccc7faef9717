"""COBIT 2019 as a method for Placet: objectives, controls that gate other methods, and their assurance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from placet import Method, hookimpl
from placet_cobit.control import CONTROL_TYPE
from placet_cobit.controls.offers import OFFERED_CHECKS
from placet_cobit.controls.timers import NOTIFICATION_RULES as CONTROL_NOTIFICATION_RULES
from placet_cobit.governance_objective import OBJECTIVE_TYPE
from placet_cobit.objectives.timers import NOTIFICATION_RULES as OBJECTIVE_NOTIFICATION_RULES
from placet_cobit.roles import ROLES
from placet_cobit.settings import CobitSettings

if TYPE_CHECKING:
    from fastapi import APIRouter


@hookimpl
def placet_method() -> Method:
    """Objectives, controls with evidence, their tests, findings and accepted risks."""
    return Method(
        "cobit",
        "COBIT",
        item_types=[OBJECTIVE_TYPE, CONTROL_TYPE],
        roles=ROLES,
        notification_rules=[*OBJECTIVE_NOTIFICATION_RULES, *CONTROL_NOTIFICATION_RULES],
        offered_checks=OFFERED_CHECKS,
        settings=CobitSettings,
        requires=["governance"],
        extends=["agile", "itil", "prince2"],
        description="Objectives, controls that gate other methods, and the assurance that they work",
    )


@hookimpl
def placet_routes() -> APIRouter:
    """Seeding, and the checks that controls can be bound to, under `/x/cobit`."""
    from placet_cobit.seeding.routes import router  # noqa: PLC0415  # only a server has routes

    return router


@hookimpl
def placet_commands() -> typer.Typer:
    """`placet cobit seed`."""
    from placet_cobit.seeding.commands import app  # noqa: PLC0415  # a server has no commands

    return app
