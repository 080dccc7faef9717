"""Offices of the installation, and the erasing of a person, by two administrators, where the installation is set so.

Source: four-eyes principle for those who administer. Our choices: to give an office takes two, to take one away takes
one, as switching somebody off does; and the command line of the machine makes the second administrator, and the next
one after all others have left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from placet.definitions.document import content_hash, plain
from placet.definitions.roles import SYSTEM
from placet.definitions.verdicts import BlockedError, worded
from placet.definitions.wording import listed
from placet.engine.act.access import demand_admin, demand_auditor
from placet.engine.act.input import COMMENT_LIMIT, clean_text
from placet.engine.act.installation import note
from placet.engine.act.journal import new_id
from placet.engine.act.patches import Operation
from placet.engine.act.people import INSTALLATION, Actor
from placet.engine.act.proposals import ADMINISTRATOR, ERASURE, OFFICES, Proposal, ProposalStatus
from placet.engine.act.queries import Page
from placet.engine.act.runner import ActRunner
from placet.engine.act.sources import SOURCES, added, set_values
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.workspaces.deciders import demand_proposer
from placet.engine.workspaces.proposing import PROPOSAL_HOLDS
from placet.engine.workspaces.standing import known_actor, roles_in, workspaces_of
from placet.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

#: Administrators who have to be there, so that one can decide on what another proposes.
ENOUGH = 2
_DECISIONS = {
    "approve": ProposalStatus.APPLIED,
    "reject": ProposalStatus.REJECTED,
    "withdraw": ProposalStatus.WITHDRAWN,
}
#: Erases a person in the transaction of the decision, with further members and rows of its event.
Erase = Callable[[UnitOfWork, Actor, Mapping[str, Any], Mapping[str, Any], Sequence[Operation]], None]


class Offices:
    """Verbs of the installation's proposals. The first argument of each is the actor."""

    def __init__(
        self,
        acts: ActRunner,
        erase: Erase,
        erase_comments: Callable[[Actor, str], object],
        forget_tokens: Callable[[], None],
    ) -> None:
        self._acts = acts
        self._erase = erase
        #: Each comment is an act of its own, after that of the decision.
        self._erase_comments = erase_comments
        self._forget_tokens = forget_tokens

    def find(self, actor: Actor, *, after: str | None = None, limit: int = 50) -> Page[Proposal]:
        """The proposals of the installation, decided ones too, the newest first; for administrators and auditors."""
        demand_auditor(actor, "reading the proposals of the installation")

        def see(unit: UnitOfWork) -> Page[Proposal]:
            page = unit.session.proposals.page(INSTALLATION, after, limit)
            return Page([as_of_now(unit, each) for each in page.rows], page.next_cursor)

        return self._acts.look(see)

    def decide(self, actor: Actor, id: str, decision: str, *, comment: str = "") -> Proposal:
        """Carry a proposal out or reject it, as another administrator, or withdraw one's own.

        Raises:
            BlockedError: the actor proposed it or would gain by it, or it is not open any more.
            ForbiddenError: the actor is not an administrator, or somebody else made the token.
            NotFoundError: the proposal.
        """
        if decision not in _DECISIONS:
            raise InvalidError.unknown("/decision", "decision", decision[:50], _DECISIONS)
        demand_admin(actor, "deciding on offices of the installation")
        self._acts.demand_in_person(actor, "decide on an office")
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)

        def do(unit: UnitOfWork) -> Proposal:
            found = unit.session.proposals.proposal(INSTALLATION, id)
            if found is None:
                raise NotFoundError("proposal of the installation", id[:100])
            _demand_second(unit, found, actor, decision)
            _demand_open(unit, as_of_now(unit, found), decision)
            closed = replace(found, status=_DECISIONS[decision], decided_by=actor.id, decided_at=unit.now)
            unit.session.proposals.decide(closed)
            rows = set_values(
                "proposals", id, status=closed.status.value, decided_by=actor.id, decided_at=unit.now
            )
            decided = {"id": id, "digest": found.digest, "by": found.proposed_by, "decision": decision}
            self._carry_out(unit, found, actor, {"proposal": decided, "comment": said}, rows, decision)
            return closed

        closed = self._acts.administer("decide_office", do)
        self._forget_tokens()
        what = closed.changes.get(ERASURE)
        if what is not None and closed.status is ProposalStatus.APPLIED:
            if what[1]["comments"]:
                self._erase_comments(actor, what[1]["person"])
            self._acts.store.overwrite_erased()
        return closed

    def _carry_out(
        self,
        unit: UnitOfWork,
        found: Proposal,
        actor: Actor,
        about: Mapping[str, Any],
        rows: Sequence[Operation],
        decision: str,
    ) -> None:
        if decision != "approve":
            note(unit, "proposal_decided", actor, about, rows)
        elif ERASURE in found.changes:
            self._erase(unit, actor, found.changes[ERASURE][1], about, rows)
        else:
            after = found.changes[OFFICES][1]
            old = known_actor(unit, after["person"])
            new = replace(old, admin=after["admin"], auditor=after["auditor"])
            if new.auditor and not old.auditor:
                demand_without_roles(unit, old)
            save_change(unit, old, new, actor, about, rows)


def offices_to_decide(unit: UnitOfWork, actor: Actor) -> tuple[Proposal, ...]:
    """The proposals of the installation that wait for a decision which an actor may take."""
    if not actor.admin or actor.kind != "person":
        return ()
    found = (as_of_now(unit, each) for each in unit.session.proposals.waiting((INSTALLATION,), unit.now))
    return tuple(
        each
        for each in found
        if each.status is ProposalStatus.OPEN
        and each.proposed_by != actor.id
        and all(after["person"] != actor.id for _, after in each.changes.values())
    )


def gives_office(old: Actor, new: Actor) -> bool:
    """Whether a change gives somebody an office of the installation."""
    return (new.admin and not old.admin) or (new.auditor and not old.auditor)


def made_by_machine(unit: UnitOfWork, actor: Actor) -> bool:
    """Whether the machine's command line acts while there are too few administrators to decide."""
    return actor.id == SYSTEM and len(unit.session.people.administrators()) < ENOUGH


def demand_machine(unit: UnitOfWork, actor: Actor, person: str) -> None:
    """Raises `ForbiddenError` for a new actor with an office, which takes somebody else's decision."""
    if not made_by_machine(unit, actor):
        raise ForbiddenError(
            f"two administrators give an office: add {person} without it, and propose it then by changing {person}",
            needs=[ADMINISTRATOR],
        )


def propose_office(unit: UnitOfWork, old: Actor, new: Actor, actor: Actor) -> Proposal:
    """Keep the giving of an office until another administrator has decided on it.

    Raises:
        BlockedError: no other administrator could decide on it.
        InvalidError: it changes more than the office.
    """
    if (new.name, new.email) != (old.name, old.email):
        raise InvalidError.at("", "two administrators give an office: send it without name and email")
    before, after = ({"person": a.id, "admin": a.admin, "auditor": a.auditor} for a in (old, new))
    return _propose(unit, {OFFICES: [before, after]}, actor, gaining=new.id)


def propose_erasure_of(unit: UnitOfWork, person: Actor, actor: Actor, *, comments: bool) -> Proposal:
    """Keep the erasing of a person until another administrator has decided on it. Raises `BlockedError`."""
    return _propose(unit, {ERASURE: [None, {"person": person.id, "comments": comments}]}, actor)


def save_change(
    unit: UnitOfWork,
    old: Actor,
    new: Actor,
    actor: Actor,
    about: Mapping[str, Any] | None = None,
    rows: Sequence[Operation] = (),
) -> None:
    """Save an actor with an event; `about` are further members of it, and `rows` the changes of proposals it keeps."""
    unit.session.people.change_actor(new)
    members = _changed_members(old, new)
    offices = {member: pair[1] for member, pair in members["changes"].items()}
    given = set_values("actors", new.id, **offices)
    note(unit, "actor_changed", actor, {"person": new.id, **members, **(about or {})}, [*given, *rows])


def as_of_now(unit: UnitOfWork, proposal: Proposal) -> Proposal:
    """A proposal with its status now: an open one expires, and is stale once its person or proposer has changed."""
    status = proposal.status
    if status is ProposalStatus.OPEN and proposal.expires_at <= unit.now:
        status = ProposalStatus.EXPIRED
    elif status is ProposalStatus.OPEN:
        by = unit.session.people.actor(proposal.proposed_by)
        may = proposal.proposed_by == SYSTEM or (by is not None and by.admin and by.deactivated_at is None)
        stands = may and _digest_of(unit, proposal.changes) == proposal.digest
        status = status if stands else ProposalStatus.STALE
    return replace(proposal, status=status, needs=(ADMINISTRATOR,) if status is ProposalStatus.OPEN else ())


def _changed_members(old: Actor, new: Actor) -> dict[str, Any]:
    """The changes of an actor for the event, without names and addresses, which can be erased."""
    personal = [member for member in ("name", "email") if getattr(old, member) != getattr(new, member)]
    offices = {
        member: [getattr(old, member), getattr(new, member)]
        for member in ("admin", "auditor")
        if getattr(old, member) != getattr(new, member)
    }
    return {"changed": personal, "changes": offices}


def demand_without_roles(unit: UnitOfWork, person: Actor) -> None:
    """Raises `ConflictError` for an auditor of all who holds a role: who writes does not audit."""
    held = [
        f"{unit.titles(place.key, '').role(role)} in {place.key}"
        for place in workspaces_of(unit, person.id)
        for role in roles_in(place, person.id)
    ]
    if held:
        raise ConflictError(
            f"{person.name} is {listed(held[:10], 'and')}, and an auditor writes nothing: take these roles from them "
            "first"
        )


def _propose(
    unit: UnitOfWork, changes: Mapping[str, Sequence[Any]], actor: Actor, *, gaining: str = ""
) -> Proposal:
    demand_proposer(unit, actor)
    others = [each for each in unit.session.people.administrators() if each not in {actor.id, gaining}]
    if not others:
        titles = unit.titles(INSTALLATION, "")
        raise BlockedError(INSTALLATION, "propose", [worded(
            "no administrator but {proposer:person} could decide on this",
            "make somebody an administrator with placet actor change ID --admin, on the machine of the database",
            {"proposer": actor.id}, wording=titles, who=(ADMINISTRATOR,), message_id="proposal.no_administrator",
            gate="proposal", check="proposal.second_person", source="core",
        )], wording=titles)  # fmt: skip
    proposal = Proposal(
        id=new_id(),
        workspace=INSTALLATION,
        proposed_by=actor.id,
        proposed_at=unit.now,
        expires_at=unit.now + PROPOSAL_HOLDS,
        version=0,
        digest=_digest_of(unit, changes),
        changes=changes,
    )
    unit.session.proposals.add(proposal)
    about = {
        "id": proposal.id,
        "digest": proposal.digest,
        "changes": changes,
        "expires_at": proposal.expires_at,
    }
    row = added("proposals", {name: getattr(proposal, name) for name in SOURCES["proposals"]})
    note(unit, "change_proposed", actor, {"proposal": about}, [row])
    return replace(proposal, needs=(ADMINISTRATOR,))


def _digest_of(unit: UnitOfWork, changes: Mapping[str, Sequence[Any]]) -> str:
    """The digest of a proposal: of its changes, and of what the person is now."""
    [(_, after)] = changes.values()
    person = known_actor(unit, after["person"])
    on = [person.admin, person.auditor, person.deactivated_at, person.erased_at]
    return content_hash({"installation": plain(on), "changes": plain(changes)})


def _demand_second(unit: UnitOfWork, proposal: Proposal, actor: Actor, decision: str) -> None:
    own = actor.id == proposal.proposed_by
    if decision == "withdraw" and not own:
        name = unit.titles(INSTALLATION, "").person(proposal.proposed_by)
        raise ForbiddenError(
            f"{name} made this proposal and can withdraw it: reject it instead", needs=[proposal.proposed_by]
        )
    [(_, after)] = proposal.changes.values()
    gains = decision == "approve" and actor.id == after["person"]
    if (own and decision != "withdraw") or gains:
        message = "{actor:person} proposed this, and does not decide on it" if own else (
            "this proposal is about {actor:person}, who does not decide on it"
        )  # fmt: skip
        titles = unit.titles(INSTALLATION, "")
        raise BlockedError(INSTALLATION, decision, [worded(
            message, "leave it to another administrator", {"actor": actor.id}, wording=titles, who=(ADMINISTRATOR,),
            message_id="proposal.own", gate="segregation", check="proposal.second_person", source="core",
        )], wording=titles)  # fmt: skip


def _demand_open(unit: UnitOfWork, proposal: Proposal, decision: str) -> None:
    """Raises `BlockedError` unless it waits for a decision. A stale one can still be rejected or withdrawn."""
    stale = proposal.status is ProposalStatus.STALE
    if proposal.status is ProposalStatus.OPEN or (stale and decision != "approve"):
        return
    message = "this proposal is {status}"
    if stale:
        message = "the person, or who proposed it, has changed since this proposal was made"
    raise BlockedError(INSTALLATION, decision, [worded(
        message, "propose it again, if it is still wanted", {"status": proposal.status.value},
        message_id=f"proposal.{proposal.status}", gate="proposal", check=f"proposal.{proposal.status}", source="core",
    )], wording=unit.titles(INSTALLATION, ""))  # fmt: skip
