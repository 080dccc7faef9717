"""Appointments to roles of a workspace: fit ones alone, and with a second person where they are governed.

Source: four-eyes principle for appointing those who decide. Our choices: where anything is governed, nobody alone makes
somebody a second person; and who would gain a role does not decide on that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from placet.definitions.roles import AUDITOR, AUDITOR_ROLE
from placet.definitions.wording import entitled
from placet.engine.act.access import known_people
from placet.engine.act.patches import Operation
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.proposals import ROLES
from placet.engine.act.recorder import append_to_workspace
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.appointments import demand_appointable
from placet.engine.workspaces.deciders import demand_governed
from placet.engine.workspaces.standing import demand_apart
from placet.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError


@dataclass(frozen=True, slots=True)
class Appointment:
    """The holders of a role in a workspace, before and after."""

    place: WorkspaceRecord
    role: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def gaining(self) -> tuple[str, ...]:
        """The people who do not hold it yet."""
        return tuple(person for person in self.after if person not in self.before)

    @property
    def changes(self) -> dict[str, list[list[str]]]:
        """`{role: [before, after]}`."""
        return {self.role: [list(self.before), list(self.after)]}

    @property
    def new(self) -> WorkspaceRecord:
        """The workspace with it."""
        held = {**self.place.roles, self.role: self.after}
        return replace(self.place, roles={name: holders for name, holders in held.items() if holders})


def appointment(unit: UnitOfWork, place: WorkspaceRecord, role: str, actors: Sequence[str]) -> Appointment:
    """An appointment that may be made.

    Raises:
        BlockedError: a method has something against it, or too few people would be left who decide on changes of rules.
        InvalidError, NotFoundError: the role or person does not exist, or somebody may not hold it.
    """
    made = Appointment(place, role, place.roles.get(role, ()), _fit_holders(unit, place, role, actors))
    if place.governed and role in place.governed_by and not set(made.before) <= set(made.after):
        demand_governed(unit, made.new)
    demand_appointable(unit, place, role, made.gaining)
    return made


def governs(place: WorkspaceRecord, role: str) -> bool:
    """Whether nobody alone changes the holders of a role: roles are governed, or its holders govern."""
    return ROLES in place.governed or bool(place.governed and role in place.governed_by)


def demand_another(unit: UnitOfWork, actor: Actor, made: Appointment) -> None:
    """Raises `ForbiddenError` for an administrator who gives themselves a role, where another one could do it."""
    others = [person for person in unit.session.people.administrators() if person != actor.id]
    if actor.id in made.gaining and actor.kind != "system" and others:
        raise ForbiddenError(
            unit.titles(made.place.key, "").sentence(
                "nobody gives themselves a role: {others:person or} can give {actor:person} the role {role:role}",
                others=others, actor=actor.id, role=made.role,
            ),
            needs=others,
        )  # fmt: skip


def demand_as_read(unit: UnitOfWork, made: Appointment, expected: Sequence[str]) -> None:
    """Raises `ConflictError` where the holders of the role are not the expected ones."""
    if tuple(expected) != made.before:
        raise ConflictError(
            unit.titles(made.place.key, "").sentence(
                "meanwhile the role {role:role} in {place} was given to {people:person and}: read its holders and "
                "repeat the request",
                role=made.role, place=made.place.key, people=made.before or "nobody",
            )
        )  # fmt: skip


def save_appointment(
    unit: UnitOfWork,
    made: Appointment,
    actor: Actor,
    about: Mapping[str, Any] | None = None,
    rows: Sequence[Operation] = (),
) -> WorkspaceRecord:
    """Save an appointment; `about` are further members of its event, and `rows` the changes of proposals it keeps."""
    data = {"role": made.role, "changes": made.changes, **(about or {})}
    return append_to_workspace(unit, made.place, made.new, "roles", actor, data, rows)


def _fit_holders(
    unit: UnitOfWork, place: WorkspaceRecord, role: str, actors: Sequence[str]
) -> tuple[str, ...]:
    """The people who are to hold a role of a workspace, who exist and may."""
    known = {**unit.catalog(place.key).roles, AUDITOR: AUDITOR_ROLE}
    if role not in known:
        raise NotFoundError("role", role[:100], known)
    if actors and known[role].held_on:
        message = "{role} is held on {types:a type or}, not in a workspace: appoint somebody there"
        named = {"role": entitled(known[role].title, role), "types": list(known[role].held_on)}
        raise InvalidError.at("/role", unit.titles(place.key, "").sentence(message, **named))
    people = known_people(unit, actors, known[role])
    demand_apart(unit, place, role, people)
    return people
