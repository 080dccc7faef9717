"""Delegations: one person may vote for another for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from placet.engine.act.access import seen_workspace
from placet.engine.act.installation import note
from placet.engine.act.journal import new_id
from placet.engine.act.people import Actor, Delegation
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import Fault, ForbiddenError, InvalidError


class Delegations:
    """Who votes for whom. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts

    def create(
        self,
        actor: Actor,
        *,
        from_actor: str,
        to_actor: str,
        starts_at: datetime,
        ends_at: datetime,
        roles: Sequence[str] = (),
        workspace: str | None = None,
    ) -> Delegation:
        """Delegate one's own vote for a while; administrators may delegate the votes of others."""
        if actor.id != from_actor and not actor.admin:
            raise ForbiddenError(
                f"{actor.id} may not delegate for {from_actor}", needs=["administrator", from_actor]
            )
        _demand_fitting(from_actor, to_actor, starts_at, ends_at)

        def do(work: UnitOfWork) -> Delegation:
            for pointer, person in (("/from_actor", from_actor), ("/to_actor", to_actor)):
                if work.session.people.actor(person) is None:
                    raise InvalidError.unknown(
                        pointer, "actor", person[:100], work.session.people.actor_ids(person, 1000)
                    )
            if workspace is not None:
                seen_workspace(work, actor, workspace)
            if roles:
                _demand_roles(work, [workspace] if workspace else work.session.workspace_keys(), roles)
            made = Delegation(
                new_id(),
                from_actor,
                to_actor,
                starts_at,
                ends_at,
                tuple(roles),
                workspace,
                actor.id,
                work.now,
            )
            work.session.people.save_delegation(made)
            about = {
                "delegation": made.id,
                "from_actor": from_actor,
                "to_actor": to_actor,
                "roles": list(roles),
            }
            until = {"starts_at": starts_at, "ends_at": ends_at, "workspace": workspace}
            note(work, "delegated", actor, {**about, **until})
            return made

        # A delegation belongs to no workspace: its effect there follows from the roles of the person who gave it.
        return self._acts.administer("delegate", do)

    def find(self, actor: Actor) -> list[Delegation]:
        """Delegations from and to the actor; administrators see all."""
        return self._acts.look(
            lambda work: list(work.session.people.list_delegations(None if actor.admin else actor.id))
        )


def _demand_roles(work: UnitOfWork, places: Sequence[str], roles: Sequence[str]) -> None:
    known = {role for place in places for role in work.catalog(place).roles}
    for n, role in enumerate(roles):
        if role not in known:
            raise InvalidError.unknown(f"/roles/{n}", "role", role[:100], known)


def _demand_fitting(from_actor: str, to_actor: str, starts_at: datetime, ends_at: datetime) -> None:
    faults = []
    if ends_at <= starts_at:
        faults.append(Fault("/ends_at", "is not after starts_at"))
    if from_actor == to_actor:
        faults.append(Fault("/to_actor", "is the person who delegates"))
    if faults:
        raise InvalidError(faults)
