"""Delegations: one person may vote for another for a while.

A delegation gives the votes that are asked of its giver, and shows what they are about; it gives no other right. It is
given by the giver alone, from now on, with an end no later than the workspace allows, to somebody with a role there,
and both the giver and the taker can end it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from placet.engine.act.access import seen_workspace
from placet.engine.act.installation import note
from placet.engine.act.journal import new_id
from placet.engine.act.people import INSTALLATION, Actor, Delegation, WorkspaceRecord
from placet.engine.act.recorder import append_to_workspace
from placet.engine.act.runner import ActRunner
from placet.engine.act.sources import added, set_values
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError

#: A start so long ago counts as now: clocks differ, and requests take time.
_LEEWAY = timedelta(minutes=5)
#: Items on which a giver holds a role that are looked at for the workspaces of a delegation.
_ITEMS = 500


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
        ends_at: datetime,
        starts_at: datetime | None = None,
        roles: Sequence[str] = (),
        workspace: str | None = None,
    ) -> Delegation:
        """Delegate one's own vote for a while, from now or from a later moment on.

        Without a workspace it counts in each in which both hold a role. The history of these workspaces records it.

        Raises:
            ForbiddenError: it is somebody else's vote, also for an administrator, or somebody else made the token.
            InvalidError: it begins in the past, ends later than the workspace allows, the giver has no vote there, or
                the taker holds no role there.
        """
        if actor.id != from_actor:
            giver = self._acts.look(lambda unit: unit.titles(INSTALLATION, "").person(from_actor))
            raise ForbiddenError(
                f"{actor.name} may not delegate for {giver}: a delegation is given by the person whose vote it is",
                needs=[from_actor],
            )
        self._acts.demand_in_person(actor, "delegate a vote")

        def do(unit: UnitOfWork) -> Delegation:
            _demand_known(unit, to_actor)
            given = _places_of(unit, actor, workspace)
            _demand_roles(unit, given, roles)
            shared = [place for place in given if place.works_in(to_actor)]
            start = max(starts_at or unit.now, unit.now)
            made = Delegation(
                new_id(), from_actor, to_actor, start, ends_at, tuple(dict.fromkeys(roles)), workspace, actor.id,
                unit.now,
            )  # fmt: skip
            faults = [*_unfit_people(made, given, shared), *_unfit_time(unit, made, starts_at, shared)]
            if faults:
                raise InvalidError(faults)
            return _saved(unit, made, actor, shared)

        return self._acts.administer("delegate", do, configures=[workspace] if workspace else ())

    def revoke(self, actor: Actor, id: str) -> Delegation:
        """End a delegation now: the giver, the taker, or an administrator.

        Raises:
            ConflictError: it has ended already.
            NotFoundError: the actor neither gave nor has such a delegation.
        """

        def do(unit: UnitOfWork) -> Delegation:
            found = unit.session.people.delegation(id)
            if found is None or not (actor.admin or actor.id in {found.from_actor, found.to_actor}):
                raise NotFoundError("delegation", id[:100])
            if found.revoked_at is not None or found.ends_at <= unit.now:
                ended = found.revoked_at or found.ends_at
                raise ConflictError(
                    unit.titles(found.workspace or INSTALLATION, "").sentence(
                        "the delegation ended on {ended:moment}: there is nothing to revoke", ended=ended
                    )
                )
            ended_now = replace(found, revoked_at=unit.now, revoked_by=actor.id)
            unit.session.people.revoke_delegation(ended_now)
            for place in _recorded_in(unit, found):
                append_to_workspace(unit, place, place, "delegation_revoked", actor, _data(found))
            rows = set_values("delegations", id, revoked_at=unit.now, revoked_by=actor.id)
            note(unit, "delegation_revoked", actor, _data(found), rows)
            return ended_now

        return self._acts.administer("revoke_delegation", do)

    def find(self, actor: Actor) -> list[Delegation]:
        """Delegations from and to the actor, former ones too; administrators see all."""
        return self._acts.look(
            lambda unit: list(unit.session.people.list_delegations(None if actor.admin else actor.id))
        )


def _data(delegation: Delegation) -> dict[str, Any]:
    """A delegation as an event of a workspace names it."""
    return {
        "delegation": delegation.id,
        "from_actor": delegation.from_actor,
        "to_actor": delegation.to_actor,
        "starts_at": delegation.starts_at,
        "ends_at": delegation.ends_at,
        "roles": list(delegation.roles),
    }


def _saved(unit: UnitOfWork, made: Delegation, actor: Actor, shared: Iterable[WorkspaceRecord]) -> Delegation:
    """Write a delegation, and record it in the workspaces where it counts."""
    unit.session.people.save_delegation(made)
    for place in shared:
        append_to_workspace(unit, place, place, "delegated", actor, _data(made))
    note(unit, "delegated", actor, _data(made), [added("delegations", asdict(made))])
    return made


def _demand_known(unit: UnitOfWork, person: str) -> None:
    if unit.session.people.actor(person) is None:
        raise InvalidError.unknown(
            "/to_actor", "actor", person[:100], unit.session.people.actor_ids(person, 1000)
        )


def _places_of(unit: UnitOfWork, giver: Actor, workspace: str | None) -> list[WorkspaceRecord]:
    """The workspaces in which a giver has a role, or one has it on an item; only the named one, if one is named."""
    on_items = set(unit.session.item_places(giver.id))
    if workspace is not None and workspace not in on_items:
        seen_workspace(unit, giver, workspace)
    keys = [workspace] if workspace is not None else unit.session.workspace_keys()
    found = [unit.workspace(key) for key in keys]
    return [place for place in found if place.has(giver.id) or place.key in on_items]


def _recorded_in(unit: UnitOfWork, delegation: Delegation) -> list[WorkspaceRecord]:
    """The workspaces whose history records the end of a delegation: those of people who can still be its two."""
    keys = unit.session.workspace_keys() if delegation.workspace is None else [delegation.workspace]
    found = [unit.workspace(key) for key in keys]
    return [
        place
        for place in found
        if delegation.workspace is not None
        or (place.works_in(delegation.to_actor) and place.has(delegation.from_actor))
    ]


def _demand_roles(unit: UnitOfWork, places: Sequence[WorkspaceRecord], roles: Sequence[str]) -> None:
    known = {role for place in places for role in unit.catalog(place.key).roles} if roles else set()
    for n, role in enumerate(roles):
        if role not in known:
            raise InvalidError.unknown(f"/roles/{n}", "role", role[:100], known)


def _unfit_people(
    made: Delegation, given: Sequence[WorkspaceRecord], shared: Sequence[WorkspaceRecord]
) -> Iterator[Fault]:
    where = made.workspace or "any workspace"
    if made.from_actor == made.to_actor:
        yield Fault("/to_actor", "is the person who delegates")
    elif not given:
        yield Fault("/from_actor", f"holds no role in {where}, and has no vote to delegate")
    elif not shared:
        where = made.workspace or ", ".join(place.key for place in given)
        yield Fault("/to_actor", f"holds no role in {where}: a delegate takes part in the same workspace")


def _unfit_time(
    unit: UnitOfWork, made: Delegation, asked: datetime | None, shared: Sequence[WorkspaceRecord]
) -> Iterator[Fault]:
    now, titles = unit.now, unit.titles(made.workspace or INSTALLATION, "")
    if asked is not None and asked < now - _LEEWAY:
        message = "is in the past: it is {now:moment}, and a delegation counts from now on"
        yield Fault("/starts_at", titles.sentence(message, now=now))
    if made.ends_at <= made.starts_at:
        yield Fault("/ends_at", "is not after starts_at, or not after now")
        return
    longest = min(shared, key=lambda place: place.longest_delegation, default=None)
    # From now and not from its start: several that begin one after the other would lend a vote for ever.
    if longest is not None and made.ends_at - now > longest.longest_delegation:
        message = (
            "is later than {latest:moment}: in {place} a delegation ends within {days:count day} from now; give a "
            "later one later"
        )
        days = longest.longest_delegation / timedelta(days=1)
        latest = now + longest.longest_delegation
        yield Fault("/ends_at", titles.sentence(message, latest=latest, place=longest.key, days=days))
