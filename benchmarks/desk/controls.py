"""The default controls of COBIT put in force in a workspace, by the people whom they need."""

from __future__ import annotations

from placet.app import Application
from placet.definitions.context import Decision
from placet.engine.act.people import Actor
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet_cobit.controls.defaults import shipped_controls
from placet_cobit.objectives.tables import shipped_table
from placet_cobit.seeding.seeds import seed_controls, seed_objectives

_TYPE, _APPROVAL = "cobit.control", "cobit.control_approval"
#: Who owns a control, who performs it, and the two who vote on it, of whom the first activates it.
_ROLES = (
    "cobit.control_owner",
    "cobit.control_performer",
    "cobit.control_reviewer",
    "governance.process_owner",
)
_MOST = 200


def attach(application: Application, workspace: str) -> None:
    """Seed the default controls of a workspace, and activate each, so that its gates judge other items."""
    engine = application.engine
    people = [_holder(engine, workspace, role) for role in _ROLES]
    seed_objectives(engine, SYSTEM_ACTOR, workspace, shipped_table())
    seed_controls(engine, SYSTEM_ACTOR, workspace, shipped_controls())
    query = engine.reports.item_query(SYSTEM_ACTOR, workspace=workspace, type=_TYPE, limit=_MOST)
    for control in engine.reports.items(SYSTEM_ACTOR, query).rows:
        _activate(engine, control.key, people)


def _holder(engine: Engine, workspace: str, role: str) -> Actor:
    """A new person who holds a role, and is named after it."""
    person = role.partition(".")[2]
    made = engine.people.add(SYSTEM_ACTOR, id=person, name=person.title())
    engine.workspaces.assign(SYSTEM_ACTOR, workspace, role, [person])
    return made


def _activate(engine: Engine, control: str, people: list[Actor]) -> None:
    owner, performer, *voters = people
    named = {"control_owner": owner.id, "control_performer": performer.id}
    engine.items.edit(owner, control, fields=named)
    engine.transition(owner, control, "propose_control")
    for voter in voters:
        engine.approvals.vote(voter, control, _APPROVAL, Decision.APPROVE)
    engine.transition(voters[0], control, "activate")
