"""Proposals of changes: made on the rules in force, bound to these by a digest, and judged as of now.

Source: four-eyes principle for changes of controls. Our choices: a proposal holds for seven days, and only on the rules
that it was made on, and while who made it could make it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from placet.definitions.document import content_hash, plain
from placet.definitions.roles import SYSTEM
from placet.engine.act.access import visible_workspaces
from placet.engine.act.journal import new_id
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.proposals import (
    ERASURE,
    ROLES,
    WINDOWS,
    Proposal,
    ProposalStatus,
    gaining,
    may_decide,
    needed,
)
from placet.engine.act.recorder import append_to_workspace
from placet.engine.act.sources import SOURCES, added
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.workspaces.appointing import Appointment
from placet.engine.workspaces.changing import Change
from placet.engine.workspaces.configuration import configuration
from placet.engine.workspaces.deciders import demand_proposer, demand_second

#: Elapsed time in which a proposal has to be decided.
PROPOSAL_HOLDS = timedelta(days=7)


def propose(unit: UnitOfWork, change: Change, actor: Actor, *, force: bool) -> Proposal:
    """Keep a change until a second person has decided it.

    Raises:
        BlockedError: nobody could decide on it.
        ForbiddenError: nobody makes it in person.
    """
    place = change.old
    demand_proposer(unit, actor)
    proposal = Proposal(
        id=new_id(),
        workspace=place.key,
        proposed_by=actor.id,
        proposed_at=unit.now,
        expires_at=unit.now + PROPOSAL_HOLDS,
        version=place.version,
        digest=digest_of(place, change.changes, force=force),
        changes=change.changes,
        force=force,
    )
    demand_second(unit, place, actor.id, gaining(proposal))
    unit.session.proposals.add(proposal)
    about: dict[str, Any] = {
        "id": proposal.id,
        "digest": proposal.digest,
        "changes": change.changes,
        "expires_at": proposal.expires_at,
        "force": force,
    }
    row = added("proposals", {name: getattr(proposal, name) for name in SOURCES["proposals"]})
    append_to_workspace(unit, place, place, "change_proposed", actor, {"proposal": about}, [row])
    return replace(proposal, needs=needed(place))


def propose_windows(
    unit: UnitOfWork, place: WorkspaceRecord, windows: Sequence[Mapping[str, Any]], actor: Actor
) -> Proposal:
    """Keep windows until a second person has decided that they are declared. Raises as `propose`."""
    return propose(unit, Change(place, place, {WINDOWS: [[], windows]}), actor, force=False)


def propose_erasure(
    unit: UnitOfWork, place: WorkspaceRecord, texts: Sequence[Mapping[str, Any]], actor: Actor
) -> Proposal:
    """Keep the erasing of texts until a second person has decided on it. Raises as `propose`."""
    return propose(unit, Change(place, place, {ERASURE: [[], texts]}), actor, force=False)


def propose_appointment(unit: UnitOfWork, made: Appointment, actor: Actor) -> Proposal:
    """Keep an appointment until a second person has decided on it. Raises as `propose`."""
    before, after = ({role: pair[side] for role, pair in made.changes.items()} for side in (0, 1))
    return propose(unit, Change(made.place, made.place, {ROLES: [before, after]}), actor, force=False)


def digest_of(place: WorkspaceRecord, changes: Mapping[str, Sequence[Any]], *, force: bool) -> str:
    """The digest of a proposal: of the rules in force, of its changes, and of whether it may strand items.

    An appointment is made on the present holders of its role too.
    """
    on = configuration(place)
    if ROLES in changes:
        on["roles"] = {role: list(place.roles.get(role, ())) for role in changes[ROLES][0]}
    return content_hash({"workspace": place.key, "on": on, "changes": plain(changes), "force": force})


def to_decide(unit: UnitOfWork, actor: Actor) -> tuple[Proposal, ...]:
    """The proposals that wait for a decision which an actor may take."""
    places = {key: unit.workspace(key) for key in visible_workspaces(unit, actor)}
    able = [key for key, place in places.items() if may_decide(place, actor)]
    waiting = unit.session.proposals.waiting(able, unit.now) if able else ()
    theirs = (p for p in waiting if p.proposed_by != actor.id and actor.id not in gaining(p))
    found = (as_of_now(unit, places[p.workspace], p) for p in theirs)
    return tuple(each for each in found if each.status is ProposalStatus.OPEN)


def as_of_now(unit: UnitOfWork, place: WorkspaceRecord, proposal: Proposal) -> Proposal:
    """A proposal with its status now.

    An open one expires with time, and is stale once the rules have changed, or its proposer could not make it any more.
    """
    status = proposal.status
    if status is ProposalStatus.OPEN and proposal.expires_at <= unit.now:
        status = ProposalStatus.EXPIRED
    elif status is ProposalStatus.OPEN:
        digest = digest_of(place, proposal.changes, force=proposal.force)
        stands = digest == proposal.digest and may_still_propose(unit, proposal)
        status = status if stands else ProposalStatus.STALE
    return replace(proposal, status=status, needs=needed(place) if status is ProposalStatus.OPEN else ())


def may_still_propose(unit: UnitOfWork, proposal: Proposal) -> bool:
    """Whether who made a proposal is in use, and an administrator where it takes one."""
    if proposal.proposed_by == SYSTEM:
        return True
    person = unit.session.people.actor(proposal.proposed_by)
    in_use = person is not None and person.deactivated_at is None
    return person is not None and in_use and (person.admin or WINDOWS in proposal.changes)
