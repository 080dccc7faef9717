"""Where people stand: whether they are in use, which roles they hold, and whether anybody else can administer."""

from __future__ import annotations

from collections.abc import Sequence

from placet.definitions.roles import AUDITOR
from placet.engine.act.people import INSTALLATION, Actor, WorkspaceRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import ConflictError, InvalidError, NotFoundError


def known_actor(unit: UnitOfWork, id: str) -> Actor:
    """An actor. Raises `NotFoundError` with the nearest ids, or with all where they are few."""
    found = unit.session.people.actor(id)
    if found is None:
        raise NotFoundError("actor", id[:100], unit.session.people.actor_ids(id, 1000))
    return found


def demand_in_use(unit: UnitOfWork, person: Actor) -> None:
    """Raises `ConflictError` for an actor who is switched off."""
    if person.deactivated_at is not None:
        since = unit.titles(INSTALLATION, "").moment(person.deactivated_at)
        raise ConflictError(f"{person.name} has been switched off since {since}: reactivate them first")


def demand_another_administrator(unit: UnitOfWork, person: Actor) -> None:
    """Raises `ConflictError` if nobody else administers the installation."""
    if set(unit.session.people.administrators()) <= {person.id}:
        raise ConflictError(
            f"{person.name} is the only administrator: make somebody else one first, so that somebody can administer"
        )


def roles_in(place: WorkspaceRecord, person: str) -> list[str]:
    """The roles that a person holds in a workspace."""
    return [role for role, people in place.roles.items() if person in people]


def workspaces_of(unit: UnitOfWork, person: str) -> list[WorkspaceRecord]:
    """The workspaces in which a person holds a role."""
    places = (unit.workspace(key) for key in unit.session.workspace_keys())
    return [place for place in places if roles_in(place, person)]


def demand_apart(unit: UnitOfWork, place: WorkspaceRecord, role: str, people: Sequence[str]) -> None:
    """Raises `InvalidError` for an auditor with another role: who writes in a workspace does not audit it."""
    for n, person in enumerate(people):
        others = [each for each in roles_in(place, person) if each != role]
        if others and (role == AUDITOR or AUDITOR in others):
            message = "{person:person} is {roles:role and} in {place}, and an auditor has no other role there"
            said = unit.titles(place.key, "").sentence(message, person=person, roles=others, place=place.key)
            raise InvalidError.at(f"/actors/{n}", said)
