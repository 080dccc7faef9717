"""PRINCE2 7 as a method for Placet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from placet import Extension, Method, hookimpl
from placet_prince2.exception import EXCEPTION_TYPE
from placet_prince2.issue import ISSUE_TYPE
from placet_prince2.links import LINK_TYPES
from placet_prince2.management_product import MANAGEMENT_PRODUCT_TYPE
from placet_prince2.metrics import METRICS
from placet_prince2.notification_rules import NOTIFICATION_RULES
from placet_prince2.product import PRODUCT_TYPE
from placet_prince2.project import PROJECT_TYPE
from placet_prince2.quality_activity import QUALITY_ACTIVITY_TYPE
from placet_prince2.report import REPORT_TYPE
from placet_prince2.roles import ROLES
from placet_prince2.settings import Prince2Settings
from placet_prince2.shared_types import extend
from placet_prince2.stage import STAGE_TYPE
from placet_prince2.work_package import WORK_PACKAGE_TYPE

if TYPE_CHECKING:
    from fastapi import APIRouter

    from placet.demo import Script, Stage


@hookimpl
def placet_method() -> Method:
    """PRINCE2 7: projects in stages, managed by exception, with products, their quality and change control."""
    return Method(
        "prince2",
        "PRINCE2 7",
        item_types=[
            PROJECT_TYPE,
            STAGE_TYPE,
            WORK_PACKAGE_TYPE,
            PRODUCT_TYPE,
            QUALITY_ACTIVITY_TYPE,
            MANAGEMENT_PRODUCT_TYPE,
            REPORT_TYPE,
            ISSUE_TYPE,
            EXCEPTION_TYPE,
        ],
        roles=ROLES,
        link_types=LINK_TYPES,
        metrics=METRICS,
        notification_rules=NOTIFICATION_RULES,
        settings=Prince2Settings,
        requires=["governance"],
        description="Projects in stages: management by exception, products and quality, issues and change control",
    )


@hookimpl
def placet_extend(catalog: Extension) -> None:
    """Let the people of projects act on risks, lessons and benefits, and watch tolerances as these change."""
    extend(catalog)


@hookimpl
def placet_routes() -> APIRouter:
    """`/x/prince2`: dashboards of projects, reports, and usual tolerances."""
    from placet_prince2.overview.routes import router  # noqa: PLC0415  # only a server has routes

    return router


@hookimpl
def placet_demo(stage: Stage) -> Script:
    """A project in its second stage, whose forecast cost waits for the answer of its board."""
    from placet_prince2.demo import perform  # noqa: PLC0415  # only loaded for a demonstration

    return perform(stage)
