"""Governed changes: proposed by one person, decided by a second, and carried out exactly as proposed.

Source: four-eyes principle for changes of controls. Our choice: who proposed a change may withdraw it, and does not
decide on it; nor does who would get a role by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from placet.definitions.verdicts import BlockedError, worded
from placet.engine.act.access import seen_workspace
from placet.engine.act.input import COMMENT_LIMIT, clean_text
from placet.engine.act.patches import Operation
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.proposals import (
    ERASURE,
    ROLES,
    Proposal,
    ProposalStatus,
    gaining,
    may_decide,
    needed,
)
from placet.engine.act.queries import Page
from placet.engine.act.recorder import append_to_workspace
from placet.engine.act.runner import ActRunner
from placet.engine.act.sources import set_values
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.workspaces.appointing import appointment, save_appointment
from placet.engine.workspaces.changing import ConfigurationWriter
from placet.engine.workspaces.configuration import proposed
from placet.engine.workspaces.proposing import as_of_now, digest_of, may_still_propose
from placet.errors import ForbiddenError, InvalidError, NotFoundError

_DECISIONS = {
    "approve": ProposalStatus.APPLIED,
    "reject": ProposalStatus.REJECTED,
    "withdraw": ProposalStatus.WITHDRAWN,
}


#: Carries out a proposed act that changes no configuration; returns members for the event of the decision.
CarryOut = Callable[[UnitOfWork, WorkspaceRecord, Proposal, Actor], Mapping[str, Any]]


class Proposals:
    """Verbs of proposals. The first argument of each is the actor."""

    def __init__(
        self, acts: ActRunner, writer: ConfigurationWriter, carried_out: Mapping[str, CarryOut]
    ) -> None:
        """Take what carries out proposed acts, by the part of a proposal that they are."""
        self._acts = acts
        self._writer = writer
        self._carried_out = carried_out

    def find(
        self, actor: Actor, workspace: str, *, after: str | None = None, limit: int = 50
    ) -> Page[Proposal]:
        """The proposals of a workspace, decided ones too, the newest first."""

        def see(unit: UnitOfWork) -> Page[Proposal]:
            place = seen_workspace(unit, actor, workspace)
            page = unit.session.proposals.page(place.key, after, limit)
            return Page([as_of_now(unit, place, each) for each in page.rows], page.next_cursor)

        return self._acts.look(see)

    def decide(self, actor: Actor, workspace: str, id: str, decision: str, *, comment: str = "") -> Proposal:
        """Apply a proposal or reject it, as a second person, or withdraw one's own.

        Args:
            actor: who decides it.
            workspace: its key.
            id: the proposal's id.
            decision: `approve`, `reject` or `withdraw`.
            comment: the reason, for the record.

        Raises:
            BlockedError: the actor proposed it, it is not open any more, or the rules have changed since it was made.
            ForbiddenError: the actor is not a person who may decide it, or somebody else made the token.
            NotFoundError: the workspace or the proposal.
        """
        if decision not in _DECISIONS:
            raise InvalidError.unknown("/decision", "decision", decision[:50], _DECISIONS)
        self._acts.demand_in_person(actor, "decide on a change of rules")
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)

        def do(unit: UnitOfWork) -> Proposal:
            place = seen_workspace(unit, actor, workspace)
            found = unit.session.proposals.proposal(place.key, id)
            if found is None:
                raise NotFoundError(f"proposal of {place.key}", id[:100])
            _demand_right(unit, place, found, actor, decision)
            _demand_open(unit, as_of_now(unit, place, found), decision)
            closed = replace(found, status=_DECISIONS[decision], decided_by=actor.id, decided_at=unit.now)
            unit.session.proposals.decide(closed)
            rows = set_values("proposals", id, status=closed.status, decided_by=actor.id, decided_at=unit.now)
            about = {
                "proposal": {"id": id, "digest": found.digest, "by": found.proposed_by, "decision": decision},
                "comment": said,
            }
            if decision == "approve":
                self._apply(unit, place, found, actor, about, rows)
            else:
                append_to_workspace(unit, place, place, "proposal_decided", actor, about, rows)
            return closed

        closed = self._acts.administer("decide_proposal", do, configures=[workspace])
        if ERASURE in closed.changes and closed.status is ProposalStatus.APPLIED:
            self._acts.store.overwrite_erased()
        return closed

    def _apply(
        self,
        unit: UnitOfWork,
        place: WorkspaceRecord,
        found: Proposal,
        actor: Actor,
        about: Mapping[str, Any],
        rows: list[Operation],
    ) -> None:
        """Do what was proposed, with the event that says so."""
        if ROLES in found.changes:
            [(role, people)] = found.changes[ROLES][1].items()
            save_appointment(unit, appointment(unit, place, role, people), actor, about, rows)
            return
        for part in found.changes.keys() & self._carried_out.keys():
            done = self._carried_out[part](unit, place, found, actor)
            append_to_workspace(unit, place, place, "proposal_decided", actor, {**about, **done}, rows)
            return
        change = self._writer.checked(unit, place, proposed(found.changes), force=found.force)
        if digest_of(place, change.changes, force=found.force) != found.digest:
            _demand_open(unit, replace(found, status=ProposalStatus.STALE), "approve")
        self._writer.save(unit, change, actor, about, rows)


def _demand_right(
    unit: UnitOfWork, place: WorkspaceRecord, proposal: Proposal, actor: Actor, decision: str
) -> None:
    own, titles = actor.id == proposal.proposed_by, unit.titles(place.key, "")
    if decision == "withdraw":
        if not own:
            name = titles.person(proposal.proposed_by)
            raise ForbiddenError(
                f"{name} made this proposal and can withdraw it: reject it instead",
                needs=[proposal.proposed_by],
            )
    elif own:
        raise BlockedError(place.key, decision, [worded(
            "{actor:person} proposed this change, and does not decide on it",
            "leave it to a second person, or withdraw it",
            {"actor": actor.id}, wording=titles, who=needed(place), message_id="proposal.own", gate="segregation",
            check="proposal.second_person", source="core",
        )], wording=titles)  # fmt: skip
    elif not may_decide(place, actor):
        raise ForbiddenError(
            titles.sentence(
                "{actor:person} may not decide on a change of rules in {place}, which is for the {roles:role or}",
                actor=actor.id, place=place.key, roles=needed(place),
            ),
            needs=needed(place),
        )  # fmt: skip
    elif decision == "approve" and actor.id in gaining(proposal):
        raise BlockedError(place.key, decision, [worded(
            "{actor:person} would hold {roles:role or} by this proposal, and does not decide on it",
            "leave it to another person who decides on changes of rules",
            {"actor": actor.id, "roles": sorted(proposal.changes[ROLES][1])},
            wording=titles, who=needed(place), message_id="proposal.gaining", gate="segregation",
            check="proposal.second_person", source="core",
        )], wording=titles)  # fmt: skip


#: Why a proposal that is not open cannot be decided, and the remedy.
_CLOSED = {
    ProposalStatus.APPLIED: (
        "{actor:person} approved this proposal, and it is in force",
        "there is nothing to do",
    ),
    ProposalStatus.REJECTED: ("{actor:person} rejected this proposal", "propose the change again"),
    ProposalStatus.WITHDRAWN: ("{actor:person} withdrew this proposal", "propose the change again"),
    ProposalStatus.EXPIRED: ("nobody decided this proposal until {until:moment}", "propose the change again"),
    ProposalStatus.STALE: (
        "the rules have changed since version {version}, on which this proposal was made",
        "propose the change again, on the rules in force",
    ),
}


#: Why a proposal is stale where other things have changed than the rules.
_HOLDERS_CHANGED = (
    "the rules, or who holds {roles:role or}, have changed since version {version}, on which this proposal was made",
    "propose the appointment again, with the holders that the role has now",
)
_NO_PROPOSER = (
    "{by:person}, who made this proposal, could not make it any more",
    "have an administrator propose the change again",
)


def _demand_open(unit: UnitOfWork, proposal: Proposal, decision: str) -> None:
    """Raises `BlockedError` unless it waits for a decision. A stale one can still be rejected or withdrawn."""
    stale = proposal.status is ProposalStatus.STALE
    if proposal.status is ProposalStatus.OPEN or (stale and decision != "approve"):
        return
    message, remedy = _CLOSED[proposal.status]
    if stale and not may_still_propose(unit, proposal):
        message, remedy = _NO_PROPOSER
    elif stale and ROLES in proposal.changes:
        message, remedy = _HOLDERS_CHANGED
    params = {
        "actor": proposal.decided_by or "",
        "by": proposal.proposed_by,
        "roles": sorted(proposal.changes.get(ROLES, ({}, {}))[1]),
        "until": proposal.expires_at,
        "version": proposal.version,
    }
    titles = unit.titles(proposal.workspace, "")
    raise BlockedError(proposal.workspace, decision, [worded(
        message, remedy, params, wording=titles, message_id=f"proposal.{proposal.status}",
        gate="proposal", check=f"proposal.{proposal.status}", source="core",
    )], wording=titles)  # fmt: skip
