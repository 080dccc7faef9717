"""COBIT 2019 as a method for Placet: objectives, controls that gate other methods, and their assurance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from placet import CheckContext, Extension, Method, Verdict, hookimpl
from placet_cobit.capability_assessment import RATING_TYPE
from placet_cobit.control import CONTROL_TYPE
from placet_cobit.control_assessment import ASSESSMENT_TYPE
from placet_cobit.control_test import TEST_TYPE
from placet_cobit.controls import own_approvals, regulated, user_acceptance
from placet_cobit.controls.notification_rules import NOTIFICATION_RULES as CONTROL_NOTIFICATION_RULES
from placet_cobit.controls.offers import OFFERED_CHECKS
from placet_cobit.finding import FINDING_TYPE
from placet_cobit.findings import stuck, trail, uncovered
from placet_cobit.governance_objective import OBJECTIVE_TYPE
from placet_cobit.links import LINK_TYPES
from placet_cobit.metrics import METRICS
from placet_cobit.monitor import MONITOR_TYPE
from placet_cobit.notification_rules import NOTIFICATION_RULES
from placet_cobit.objectives.timers import NOTIFICATION_RULES as OBJECTIVE_NOTIFICATION_RULES
from placet_cobit.remediation_action import REMEDIATION_TYPE
from placet_cobit.risk_acceptance import ACCEPTANCE_TYPE
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
        item_types=[
            OBJECTIVE_TYPE,
            CONTROL_TYPE,
            ASSESSMENT_TYPE,
            TEST_TYPE,
            FINDING_TYPE,
            REMEDIATION_TYPE,
            ACCEPTANCE_TYPE,
            RATING_TYPE,
            MONITOR_TYPE,
        ],
        roles=ROLES,
        link_types=LINK_TYPES,
        metrics=METRICS,
        notification_rules=[
            *OBJECTIVE_NOTIFICATION_RULES,
            *CONTROL_NOTIFICATION_RULES,
            *NOTIFICATION_RULES,
        ],
        offered_checks=OFFERED_CHECKS,
        jobs=[stuck.JOB, trail.JOB, uncovered.JOB],
        settings=CobitSettings,
        requires=["governance"],
        extends=["agile", "itil", "prince2"],
        description="Objectives, controls that gate other methods, and the assurance that they work",
    )


@hookimpl
def placet_extend(catalog: Extension) -> None:
    """Users accept the tests of changes in person; stories are marked as regulated, by those who approve them then."""
    user_acceptance.extend(catalog)
    regulated.extend(catalog)


@hookimpl
def placet_check(ctx: CheckContext) -> Verdict | None:
    """Duties are segregated in the approvals of controls and of accepted risks."""
    return own_approvals.independently_approved(ctx)


@hookimpl
def placet_routes() -> APIRouter:
    """The scorecard, the state of every control, seeding, and what controls can be bound to, under `/x/cobit`."""
    from placet_cobit.routes import router  # noqa: PLC0415  # only a server has routes

    return router


@hookimpl
def placet_commands() -> typer.Typer:
    """`placet cobit seed`."""
    from placet_cobit.seeding.commands import app  # noqa: PLC0415  # a server has no commands

    return app
