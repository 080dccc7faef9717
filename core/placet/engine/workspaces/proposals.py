"""Governed changes of rules: proposed by one person, decided by a second, and applied exactly as proposed.

Source: four-eyes principle for changes of controls. Our choices: a proposal holds for seven days, and only on the rules
that it was made on; who proposed it may withdraw it, and does not decide on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from placet.definitions.document import content_hash, plain
from placet.definitions.verdicts import BlockedError, worded
from placet.engine.act.access import seen_workspace, visible_workspaces
from placet.engine.act.input import COMMENT_LIMIT, clean_text
from placet.engine.act.journal import new_id
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.proposals import WINDOWS, Proposal, ProposalStatus, may_decide, needed
from placet.engine.act.queries import Page
from placet.engine.act.recorder import append_to_workspace
from placet.engine.act.runner import ActRunner
from placet.engine.act.sources import SOURCES, added, set_values
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.workspaces.changing import Change, ConfigurationWriter
from placet.engine.workspaces.configuration import configuration, proposed
from placet.engine.workspaces.deciders import demand_second
from placet.errors import ForbiddenError, InvalidError, NotFoundError

#: Elapsed time in which a proposal has to be decided.
PROPOSAL_HOLDS = timedelta(days=7)

_DECISIONS = {
    "approve": ProposalStatus.APPLIED,
    "reject": ProposalStatus.REJECTED,
    "withdraw": ProposalStatus.WITHDRAWN,
}


#: Declares windows of a proposal, for the one who proposed them; returns their keys.
Declare = Callable[[UnitOfWork, WorkspaceRecord, Sequence[Mapping[str, Any]], Actor], list[str]]


class Proposals:
    """Verbs of proposals. The first argument of each is the actor."""

    def __init__(self, acts: ActRunner, writer: ConfigurationWriter, declare: Declare) -> None:
        self._acts = acts
        self._writer = writer
        self._declare = declare

    def find(
        self, actor: Actor, workspace: str, *, after: str | None = None, limit: int = 50
    ) -> Page[Proposal]:
        """The proposals of a workspace, decided ones too, the newest first."""

        def see(work: UnitOfWork) -> Page[Proposal]:
            place = seen_workspace(work, actor, workspace)
            page = work.session.proposals.page(place.key, after, limit)
            return Page([as_of_now(work, place, each) for each in page.rows], page.next_cursor)

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
            BlockedError: the actor proposed it, it is no longer open, or the rules have changed since it was made.
            ForbiddenError: the actor is not a person who may decide it, or somebody else made the token.
            NotFoundError: the workspace or the proposal.
        """
        if decision not in _DECISIONS:
            raise InvalidError.unknown("/decision", "decision", decision[:50], _DECISIONS)
        self._acts.demand_in_person(actor, "decide on a change of rules")
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)

        def do(work: UnitOfWork) -> Proposal:
            place = seen_workspace(work, actor, workspace)
            found = work.session.proposals.proposal(place.key, id)
            if found is None:
                raise NotFoundError(f"proposal of {place.key}", id[:100])
            _demand_right(place, found, actor, decision)
            _demand_open(work, as_of_now(work, place, found), decision)
            closed = replace(found, status=_DECISIONS[decision], decided_by=actor.id, decided_at=work.now)
            work.session.proposals.decide(closed)
            rows = set_values("proposals", id, status=closed.status, decided_by=actor.id, decided_at=work.now)
            about = {
                "proposal": {"id": id, "digest": found.digest, "by": found.proposed_by, "decision": decision},
                "comment": said,
            }
            if decision == "approve" and WINDOWS in found.changes:
                proposer = work.session.people.actor(found.proposed_by)
                if proposer is None:
                    raise NotFoundError("actor", found.proposed_by)
                made = self._declare(work, place, found.changes[WINDOWS][1], proposer)
                append_to_workspace(
                    work, place, place, "proposal_decided", actor, {**about, "windows": made}, rows
                )
            elif decision == "approve":
                what = proposed(found.changes)
                change = self._writer.checked(work, place, what, force=found.force)
                if digest_of(place, change.changes, force=found.force) != found.digest:
                    _demand_open(work, replace(found, status=ProposalStatus.STALE), decision)
                self._writer.save(work, change, actor, about, rows)
            else:
                append_to_workspace(work, place, place, "proposal_decided", actor, about, rows)
            return closed

        return self._acts.administer("decide_proposal", do, configures=[workspace])


def propose(work: UnitOfWork, change: Change, actor: Actor, *, force: bool) -> Proposal:
    """Keep a change until a second person has decided it. Raises `BlockedError` where nobody could."""
    place = change.old
    demand_second(work, place, actor.id)
    proposal = Proposal(
        id=new_id(),
        workspace=place.key,
        proposed_by=actor.id,
        proposed_at=work.now,
        expires_at=work.now + PROPOSAL_HOLDS,
        version=place.version,
        digest=digest_of(place, change.changes, force=force),
        changes=change.changes,
        force=force,
    )
    work.session.proposals.add(proposal)
    about: dict[str, Any] = {
        "id": proposal.id,
        "digest": proposal.digest,
        "changes": change.changes,
        "expires_at": proposal.expires_at,
        "force": force,
    }
    row = added("proposals", {name: getattr(proposal, name) for name in SOURCES["proposals"]})
    append_to_workspace(work, place, place, "change_proposed", actor, {"proposal": about}, [row])
    return replace(proposal, needs=needed(place))


def propose_windows(
    work: UnitOfWork, place: WorkspaceRecord, windows: Sequence[Mapping[str, Any]], actor: Actor
) -> Proposal:
    """Keep windows until a second person has decided that they are declared. Raises as `propose`."""
    return propose(work, Change(place, place, {WINDOWS: [[], windows]}), actor, force=False)


def digest_of(place: WorkspaceRecord, changes: Mapping[str, Sequence[Any]], *, force: bool) -> str:
    """The digest of a proposal: of the rules in force, of its changes, and of whether it may strand items."""
    return content_hash({
        "workspace": place.key, "on": configuration(place), "changes": plain(changes), "force": force
    })  # fmt: skip


def to_decide(work: UnitOfWork, actor: Actor) -> tuple[Proposal, ...]:
    """The proposals that wait for a decision which an actor may take."""
    places = {key: work.workspace(key) for key in visible_workspaces(work, actor)}
    able = [key for key, place in places.items() if may_decide(place, actor)]
    waiting = work.session.proposals.waiting(able, work.now) if able else ()
    found = (as_of_now(work, places[p.workspace], p) for p in waiting if p.proposed_by != actor.id)
    return tuple(each for each in found if each.status is ProposalStatus.OPEN)


def as_of_now(work: UnitOfWork, place: WorkspaceRecord, proposal: Proposal) -> Proposal:
    """A proposal with its status now: an open one expires with time, and is stale once the rules have changed."""
    status = proposal.status
    if status is ProposalStatus.OPEN and proposal.expires_at <= work.now:
        status = ProposalStatus.EXPIRED
    elif status is ProposalStatus.OPEN:
        digest = digest_of(place, proposal.changes, force=proposal.force)
        status = status if digest == proposal.digest else ProposalStatus.STALE
    return replace(proposal, status=status, needs=needed(place) if status is ProposalStatus.OPEN else ())


def _demand_right(place: WorkspaceRecord, proposal: Proposal, actor: Actor, decision: str) -> None:
    own = actor.id == proposal.proposed_by
    if decision == "withdraw":
        if not own:
            raise ForbiddenError(
                f"{proposal.proposed_by} made this proposal and can withdraw it: reject it instead",
                needs=[proposal.proposed_by],
            )
    elif own:
        raise BlockedError(place.key, decision, [worded(
            "{actor:person} proposed this change, and does not decide on it",
            "leave it to a second person, or withdraw it",
            {"actor": actor.id}, who=needed(place), message_id="proposal.own", gate="segregation",
            check="proposal.second_person", source="core",
        )])  # fmt: skip
    elif not may_decide(place, actor):
        raise ForbiddenError(
            f"a change of rules in {place.key} is decided by a person who is one of: {', '.join(needed(place))}",
            needs=needed(place),
        )


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


def _demand_open(work: UnitOfWork, proposal: Proposal, decision: str) -> None:
    """Raises `BlockedError` unless it waits for a decision. A stale one can still be rejected or withdrawn."""
    stale = proposal.status is ProposalStatus.STALE
    if proposal.status is ProposalStatus.OPEN or (stale and decision != "approve"):
        return
    message, remedy = _CLOSED[proposal.status]
    params = {
        "actor": proposal.decided_by or "",
        "until": proposal.expires_at,
        "version": proposal.version,
    }
    raise BlockedError(proposal.workspace, decision, [worded(
        message, remedy, params, wording=work.titles(proposal.workspace, ""), message_id=f"proposal.{proposal.status}",
        gate="proposal", check=f"proposal.{proposal.status}", source="core",
    )])  # fmt: skip
