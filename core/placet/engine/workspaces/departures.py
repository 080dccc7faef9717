"""People leave and come back: an actor is switched off in one step, on again, or erased."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from placet.engine.act.access import demand_admin
from placet.engine.act.input import COMMENT_LIMIT, clean_text
from placet.engine.act.installation import note
from placet.engine.act.patches import Operation
from placet.engine.act.people import INSTALLATION, Actor, WorkspaceRecord
from placet.engine.act.proposals import Proposal
from placet.engine.act.recorder import append_to_workspace
from placet.engine.act.runner import ActRunner
from placet.engine.act.sources import ended_rows, set_values
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.workspaces.erasure import Erased, KeptComment, erase_comments
from placet.engine.workspaces.leftovers import Departure, GivenUp, note_departure, votes_of, waiting_for
from placet.engine.workspaces.offices import propose_erasure_of
from placet.engine.workspaces.standing import (
    demand_another_administrator,
    demand_in_use,
    known_actor,
    roles_in,
    workspaces_of,
)
from placet.errors import ConflictError


class Departures:
    """Switching actors off and on, and erasing their data. The first argument of each verb is the actor."""

    def __init__(
        self, acts: ActRunner, forget_tokens: Callable[[], None], *, two_administrators: bool = False
    ) -> None:
        self._acts = acts
        self._two_administrators = two_administrators
        #: Makes this process look up every token again.
        self._forget_tokens = forget_tokens

    def deactivate(self, actor: Actor, person: str, *, comment: str = "") -> Departure:
        """Switch an actor off: their tokens, invitations and delegations end, and they hold no role any more.

        History keeps their name, and their votes count as before. Items that waited for them get an event, which
        notifies people who can name somebody else.

        Returns:
            Everything that ended, the roles that are vacant now, the votes that still count, and what waited for them.

        Raises:
            ConflictError: they are switched off already, are the actor, or nobody would be left to administer.
            ForbiddenError, NotFoundError
        """
        demand_admin(actor, "switching actors off")
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)
        waiting = self._acts.look(lambda unit: waiting_for(unit, person))
        held = self._acts.look(lambda unit: [place.key for place in workspaces_of(unit, person)])

        done = self._acts.administer(
            "deactivate_actor", lambda unit: _switched_off(unit, actor, person, said), configures=held
        )
        self._forget_tokens()
        noted = tuple(note_departure(self._acts, actor, person, each) for each in waiting)
        self._acts.store.settle()
        votes = self._acts.look(lambda unit: votes_of(unit, person))
        return replace(done, waiting=noted, votes=votes)

    def reactivate(self, actor: Actor, person: str) -> Actor:
        """Switch an actor on again. A token comes by an invitation; offices, roles and delegations are given anew.

        Raises:
            ConflictError: they are not switched off, or they were erased.
            ForbiddenError, NotFoundError
        """
        demand_admin(actor, "switching actors on")

        def do(unit: UnitOfWork) -> Actor:
            found = known_actor(unit, person)
            if found.deactivated_at is None:
                raise ConflictError(f"{found.name} is not switched off: there is nothing to do")
            if found.erased_at is not None:
                erased = unit.titles(INSTALLATION, "").moment(found.erased_at)
                raise ConflictError(f"{person} was erased on {erased}: add them under another id")
            # An office is given anew, like a role: who gives it is in the history.
            back = replace(found, deactivated_at=None, admin=False, auditor=False)
            unit.session.people.change_actor(back)
            rows = set_values("actors", person, deactivated_at=None, admin=False, auditor=False)
            note(unit, "actor_reactivated", actor, {"person": person}, rows)
            return back

        return self._acts.administer("reactivate_actor", do)

    def erase(self, actor: Actor, person: str, *, comments: bool = False) -> Erased | Proposal:
        """Erase a person's name and address, and on request what they wrote in comments; this cannot be undone.

        Their id stays in the history, and every chain still verifies. Their preferences and the names of their tokens
        are erased too.

        Returns:
            The record of what was erased; or, where two administrators erase a person, the proposal.

        Raises:
            BlockedError: no other administrator could decide on it.
            ConflictError: they are still in use: switch them off first.
            ForbiddenError, NotFoundError
        """
        demand_admin(actor, "erasing a person's data")

        def do(unit: UnitOfWork) -> Actor | Proposal:
            found = _demand_left(unit, person)
            if self._two_administrators:
                return propose_erasure_of(unit, found, actor, comments=comments)
            return _erased(unit, found, actor, {"comments": comments}, ())

        gone = self._acts.administer("erase_actor", do)
        if isinstance(gone, Proposal):
            return gone
        try:
            return Erased(gone, *self.erase_comments(actor, person)) if comments else Erased(gone)
        finally:
            # Whatever became of the comments, name and address are erased.
            self._acts.store.overwrite_erased()

    def erased(
        self,
        unit: UnitOfWork,
        actor: Actor,
        what: Mapping[str, Any],
        about: Mapping[str, Any],
        rows: Sequence[Operation],
    ) -> None:
        """Erase a person as proposed, in the transaction of the decision; `about` and `rows` are of its event."""
        found = _demand_left(unit, what["person"])
        _erased(unit, found, actor, {"comments": what["comments"], **about}, rows)

    def erase_comments(self, actor: Actor, person: str) -> tuple[int, tuple[KeptComment, ...]]:
        """Erase the comments of somebody; returns how many events were erased, and which keep a comment."""
        return erase_comments(self._acts, actor, person)


def _demand_left(unit: UnitOfWork, person: str) -> Actor:
    found = known_actor(unit, person)
    if found.deactivated_at is None:
        raise ConflictError(f"{found.name} is still in use: switch them off first")
    return found


def _erased(
    unit: UnitOfWork, found: Actor, actor: Actor, about: Mapping[str, Any], rows: Sequence[Operation]
) -> Actor:
    gone = replace(found, name=found.id, email=None, erased_at=found.erased_at or unit.now)
    unit.session.people.erase_person(gone)
    values = set_values("actors", found.id, erased_at=gone.erased_at)
    note(unit, "actor_erased", actor, {"person": found.id, **about}, [*values, *rows])
    return gone


def _switched_off(unit: UnitOfWork, actor: Actor, person: str, said: str) -> Departure:
    """Switch an actor off in an act; items that waited for them are noted after it."""
    found = known_actor(unit, person)
    demand_in_use(unit, found)
    if person == actor.id:
        raise ConflictError(f"{found.name} cannot switch themselves off: ask another administrator")
    if found.admin:
        demand_another_administrator(unit, found)
    gone = replace(found, deactivated_at=unit.now)
    unit.session.people.change_actor(gone)
    invitations = unit.session.people.end_invitations(person, unit.now)
    tokens = tuple(unit.session.people.end_tokens(person, unit.now))
    delegations = tuple(unit.session.people.end_delegations(person, unit.now, actor.id))
    places = workspaces_of(unit, person)
    roles = tuple(each for place in places for each in _given_up(unit, place, person, actor))
    ended = {"tokens": list(tokens), "delegations": [each.id for each in delegations]}
    given_up = [{"workspace": each.workspace, "role": each.role} for each in roles]
    data = {"person": person, "ended": ended, "given_up": given_up, "comment": said}
    rows = [
        *set_values("actors", person, deactivated_at=unit.now),
        *ended_rows("tokens", tokens, unit.now),
        *ended_rows("invitations", invitations, unit.now),
        *(
            row
            for each in delegations
            for row in set_values("delegations", each.id, revoked_at=unit.now, revoked_by=actor.id)
        ),
    ]
    note(unit, "actor_deactivated", actor, data, rows)
    return Departure(gone, tokens, delegations, roles)


def _given_up(unit: UnitOfWork, place: WorkspaceRecord, person: str, actor: Actor) -> list[GivenUp]:
    """Take a person's roles in a workspace from them, each with an event of its history."""
    found = []
    for role in roles_in(place, person):
        before = place.roles[role]
        after = tuple(each for each in before if each != person)
        roles = {name: people for name, people in {**place.roles, role: after}.items() if people}
        data = {"role": role, "changes": {role: [list(before), list(after)]}}
        place = append_to_workspace(unit, place, replace(place, roles=roles), "roles", actor, data)
        found.append(GivenUp(place.key, role, vacant=not after))
    return found
