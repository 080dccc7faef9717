"""Agile as a method for Placet: Scrum, Kanban and the basics of SAFe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from placet import Extension, Method, hookimpl
from placet_agile.epic import EPIC_TYPE
from placet_agile.feature import FEATURE_TYPE
from placet_agile.impediment import IMPEDIMENT_TYPE
from placet_agile.improvement import IMPROVEMENT_TYPE
from placet_agile.increment import INCREMENT_TYPE
from placet_agile.links import LINK_TYPES
from placet_agile.metrics import METRICS
from placet_agile.notification_rules import NOTIFICATION_RULES
from placet_agile.pi_objective import PI_OBJECTIVE_TYPE
from placet_agile.product_goal import PRODUCT_GOAL_TYPE
from placet_agile.program_increment import PROGRAM_INCREMENT_TYPE
from placet_agile.roles import ROLES
from placet_agile.settings import AgileSettings
from placet_agile.sprint import SPRINT_TYPE
from placet_agile.story import BUG_TYPE, SECOND_PERSON, STORY_TYPE
from placet_agile.task import TASK_TYPE
from placet_agile.team import TEAM_TYPE
from placet_agile.teams.jobs import EXPECTATION

if TYPE_CHECKING:
    from fastapi import APIRouter


@hookimpl
def placet_method() -> Method:
    """Teams with their backlogs, sprints and boards, and the trains that they are part of."""
    return Method(
        "agile",
        "Agile",
        item_types=[
            TEAM_TYPE,
            PRODUCT_GOAL_TYPE,
            EPIC_TYPE,
            FEATURE_TYPE,
            STORY_TYPE,
            BUG_TYPE,
            TASK_TYPE,
            SPRINT_TYPE,
            INCREMENT_TYPE,
            IMPEDIMENT_TYPE,
            IMPROVEMENT_TYPE,
            PROGRAM_INCREMENT_TYPE,
            PI_OBJECTIVE_TYPE,
        ],
        roles=ROLES,
        link_types=LINK_TYPES,
        notification_rules=NOTIFICATION_RULES,
        jobs=[EXPECTATION],
        settings=AgileSettings,
        metrics=METRICS,
        requires=["governance"],
        description="Teams, backlogs, sprints, and boards whose limits hold everywhere",
    )


@hookimpl
def placet_extend(catalog: Extension) -> None:
    """Ask for a second person to finish an item, unless the workspace does without."""
    if catalog.settings.second_person_review:
        for item_type, duty in SECOND_PERSON.items():
            catalog.add_duty(item_type, duty)


@hookimpl
def placet_routes() -> APIRouter:
    """Boards, charts and forecasts under `/x/agile`."""
    from placet_agile.routes import router  # noqa: PLC0415  # only a server has routes

    return router
