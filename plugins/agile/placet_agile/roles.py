"""The roles of a team and of the train that it may be part of, and the decisions of each.

Source: the Scrum Guide, 2020, Scrum team; SAFe, roles of the train. Our choices: the roles of a team are held on the
team, and its sprints, items and impediments inherit them, so that two teams in one workspace have each their own. An
agile coach forms teams: somebody has to name the first people of a team, who cannot name themselves.
"""

from __future__ import annotations

from placet import Appointment, Role
from placet_agile.ids import TEAM

COACH = Role("agile.coach", "Agile coach", "which teams there are, and who holds their roles")
STAKEHOLDER = Role("agile.stakeholder", "Stakeholder", "nothing; gives feedback and reports bugs")
PRODUCT_MANAGER = Role("agile.product_manager", "Product manager", "features, and their order")
RELEASE_TRAIN_ENGINEER = Role(
    "agile.release_train_engineer", "Release train engineer", "flow and events of the train", max_holders=1
)
SYSTEM_ARCHITECT = Role("agile.system_architect", "System architect", "enablers")
BUSINESS_OWNER = Role(
    "agile.business_owner", "Business owner", "business value of objectives, and whether an epic is worth it"
)

#: The fields by which items name their team, or the teams that work on them.
_THROUGH = ("team", "teams")


def _on_team(id: str, title: str, decides: str, *appointers: str, most: int | None = None) -> Role:
    by: list[Role | str] = [COACH, RELEASE_TRAIN_ENGINEER, *appointers]
    appointment = Appointment(by, by_parties=True)
    return Role(id, title, decides, most, held_on=[TEAM], through=_THROUGH, on_item=appointment)


PRODUCT_OWNER = _on_team(
    "agile.product_owner",
    "Product owner",
    "order of the backlog, the product goal, cancelling a sprint, removing items, release",
    most=1,
)
SCRUM_MASTER = _on_team("agile.scrum_master", "Scrum master", "impediments, facilitation", most=1)
FLOW_MANAGER = _on_team(
    "agile.flow_manager", "Flow manager", "limits and policies, together with the team", most=1
)
DEVELOPER = _on_team(
    "agile.developer",
    "Developer",
    "estimates, what is selected, the plan, the definition of done",
    SCRUM_MASTER.id,
    FLOW_MANAGER.id,
)

#: Everybody in a team.
TEAM_ROLES = (PRODUCT_OWNER, SCRUM_MASTER, FLOW_MANAGER, DEVELOPER)

ROLES = (
    COACH,
    STAKEHOLDER,
    PRODUCT_OWNER,
    SCRUM_MASTER,
    FLOW_MANAGER,
    DEVELOPER,
    PRODUCT_MANAGER,
    RELEASE_TRAIN_ENGINEER,
    SYSTEM_ARCHITECT,
    BUSINESS_OWNER,
)
