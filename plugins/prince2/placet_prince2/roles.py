"""The roles of a project, and the decisions of each.

Source: PRINCE2 7, practice Organizing. Everybody is appointed on one project, so that two projects have each their own
board; the business layer stands outside of projects. One person may be executive and senior user, executive and senior
supplier, or project and team manager; nobody stands for users and suppliers at once, who assures does not manage, and
who directs does not manage either.
"""

from __future__ import annotations

from placet import Appointment, Role
from placet_governance.roles import BUSINESS_LAYER
from placet_prince2.ids import PROJECT, WORK_PACKAGE

_ASSURANCE = "prince2.project_assurance"
_ON_PROJECT = (PROJECT,)

EXECUTIVE = Role(
    "prince2.executive",
    "Project executive",
    "what the board decides, and the business case",
    max_holders=1,
    held_on=_ON_PROJECT,
    on_item=Appointment([BUSINESS_LAYER], by_parties=True),
)
SENIOR_USER = Role(
    "prince2.senior_user",
    "Senior user of the project",
    "what users need and accept, on the board",
    held_on=_ON_PROJECT,
    on_item=Appointment([BUSINESS_LAYER, EXECUTIVE], by_parties=True),
)
SENIOR_SUPPLIER = Role(
    "prince2.senior_supplier",
    "Senior supplier",
    "what suppliers can deliver, on the board",
    held_on=_ON_PROJECT,
    on_item=Appointment([BUSINESS_LAYER, EXECUTIVE], by_parties=True),
    apart_from=["prince2.senior_user"],
)
PROJECT_MANAGER = Role(
    "prince2.project_manager",
    "Project manager of the project",
    "everything inside the tolerances of a stage",
    max_holders=1,
    held_on=_ON_PROJECT,
    on_item=Appointment([EXECUTIVE], by_parties=True),
    apart_from=["prince2.executive", "prince2.senior_user", "prince2.senior_supplier"],
)
TEAM_MANAGER = Role(
    "prince2.team_manager",
    "Team manager",
    "how a work package is done, inside its tolerances",
    max_holders=1,
    held_on=(WORK_PACKAGE,),
    through=("work_package",),
    # A project manager may lead the team too.
    on_item=Appointment([PROJECT_MANAGER], by_parties=True, themselves=True),
)
PROJECT_SUPPORT = Role(
    "prince2.project_support",
    "Project support",
    "nothing: keeps the registers",
    held_on=_ON_PROJECT,
    on_item=Appointment([PROJECT_MANAGER, EXECUTIVE], by_parties=True),
)
PROJECT_ASSURANCE = Role(
    _ASSURANCE,
    "Project assurance",
    "nothing: advises the board, independently of the project manager",
    held_on=_ON_PROJECT,
    on_item=Appointment([EXECUTIVE, SENIOR_USER, SENIOR_SUPPLIER], by_parties=True),
    apart_from=[PROJECT_MANAGER.id, TEAM_MANAGER.id, PROJECT_SUPPORT.id],
)
CHANGE_AUTHORITY = Role(
    "prince2.change_authority",
    "Change authority of the project",
    "issues up to its limit, inside the change budget",
    held_on=_ON_PROJECT,
    on_item=Appointment([EXECUTIVE], by_parties=True),
)

#: Everybody who can be named in a project besides the business layer.
ROLES = (
    EXECUTIVE,
    SENIOR_USER,
    SENIOR_SUPPLIER,
    PROJECT_MANAGER,
    TEAM_MANAGER,
    PROJECT_ASSURANCE,
    CHANGE_AUTHORITY,
    PROJECT_SUPPORT,
)
#: The project board: an interest each of business, users and suppliers.
BOARD = (EXECUTIVE, SENIOR_USER, SENIOR_SUPPLIER)
