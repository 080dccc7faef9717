"""Access checks: every verb begins here, with the unit of work that it reads through."""

from __future__ import annotations

from collections.abc import Sequence

from placet.definitions.roles import AUDITOR
from placet.engine.act.input import parse_key
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import (
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PreconditionRequiredError,
    StaleError,
)

#: The versions of an item that an act may meet: one, several, or `None` where its author names none.
Expected = int | Sequence[int] | None
#: Every version: its author does not care which one, but says so.
ANY_VERSION = range(10**18)


def seen_item(work: UnitOfWork, actor: Actor, key: str) -> ItemRecord:
    """The item. Raises `NotFoundError` if it does not exist or the actor may not see it."""
    work.asked_by(actor)
    ref = parse_key(key)
    try:
        record = work.own(ref)
    except NotFoundError:
        raise NotFoundError("item", key) from None
    if not may_see(work, actor, record):
        raise NotFoundError("item", key)
    return record


def seen_workspace(work: UnitOfWork, actor: Actor, key: str) -> WorkspaceRecord:
    """The workspace. Raises `NotFoundError` with the names of those that the actor can see."""
    work.asked_by(actor)
    found = work.session.workspace(key)
    if found is None or not in_workspace(actor, found):
        raise NotFoundError("workspace", key[:100], visible_workspaces(work, actor) or ())
    return found


def visible_workspaces(work: UnitOfWork, actor: Actor) -> tuple[str, ...]:
    """The keys of the workspaces that the actor belongs to."""
    keys = work.session.workspace_keys()
    found = (work.session.workspace(key) for key in keys)
    return tuple(w.key for w in found if w is not None and in_workspace(actor, w))


def reach(work: UnitOfWork, actor: Actor) -> tuple[str, ...]:
    """The workspaces in which the actor sees everything: as a member, or by a delegation."""
    lent = {
        place
        for place in work.session.workspace_keys()
        if sees_for_others(work, actor, work.workspace(place))
    }
    return tuple(sorted(lent.union(visible_workspaces(work, actor))))


def places(work: UnitOfWork, actor: Actor, workspace: str | None) -> tuple[str, ...]:
    """The keys of all workspaces that the actor can see, or of one. Raises `NotFoundError`."""
    if workspace is not None:
        return (seen_workspace(work, actor, workspace).key,)
    return visible_workspaces(work, actor)


def demand_admin(actor: Actor, what: str) -> None:
    """Raises `ForbiddenError` if the actor is not an administrator; `what` is the subject of the message."""
    if not actor.admin:
        raise ForbiddenError(
            f"{what} is for administrators, and {actor.id} is not one", needs=["administrator"]
        )


def demand_auditor(actor: Actor, what: str) -> None:
    """Raises `ForbiddenError` if the actor is neither an administrator nor an auditor of the whole installation."""
    if not (actor.admin or actor.auditor):
        raise ForbiddenError(
            f"{what} is for administrators and auditors, and {actor.id} is neither",
            needs=["administrator", AUDITOR],
        )


def demand_version(work: UnitOfWork, record: ItemRecord, expected: Expected) -> None:
    """Raises `StaleError`, or `PreconditionRequiredError` where the workspace requires a version."""
    if expected is None:
        if work.workspace(record.workspace).require_if_match:
            raise PreconditionRequiredError(record.key)
        return
    versions = (expected,) if isinstance(expected, int) else expected
    if record.version not in versions:
        raise StaleError(record.key, expected=versions, current=record.version)


def known_people(
    work: UnitOfWork, actors: Sequence[str], role: str, max_holders: int | None
) -> tuple[str, ...]:
    """The actor ids without duplicates. Raises `InvalidError` if one is unknown, or for more than the role takes."""
    people = tuple(dict.fromkeys(actors))
    known = work.session.people.actors(people)
    for n, person in enumerate(people):
        if person not in known:
            near = work.session.people.actor_ids(person, 1000)
            raise InvalidError.unknown(f"/actors/{n}", "actor", person[:100], near)
        if known[person].deactivated_at is not None:
            raise InvalidError.at(f"/actors/{n}", f"{person} is switched off: reactivate them first")
        if known[person].auditor:
            raise InvalidError.at(
                f"/actors/{n}", f"{person} is an auditor of all workspaces, and writes nothing"
            )
    if max_holders is not None and len(people) > max_holders:
        raise InvalidError.at("/actors", f"{role} takes {max_holders} holder(s) at most, not {len(people)}")
    return people


def in_workspace(actor: Actor, workspace: WorkspaceRecord) -> bool:
    """Whether the actor belongs to a workspace: by a role there, as an administrator, or as an auditor of all."""
    return actor.admin or actor.auditor or _holds_a_role(actor.id, workspace)


def _holds_a_role(person: str, place: WorkspaceRecord | ItemRecord) -> bool:
    return any(person in people for people in place.roles.values())


def lenders(work: UnitOfWork, actor: Actor, workspace: str) -> tuple[str, ...]:
    """The people who have delegated their votes in a workspace to the actor, by delegations in force."""
    return tuple(
        d.from_actor
        for d in work.delegations(actor.id)
        if d.to_actor == actor.id and d.workspace in {None, workspace} and d.holds(work.now)
    )


def sees_for_others(work: UnitOfWork, actor: Actor, workspace: WorkspaceRecord) -> bool:
    """Whether a person with a role in the workspace has delegated their vote to the actor."""
    return any(_holds_a_role(giver, workspace) for giver in lenders(work, actor, workspace.key))


def may_see(work: UnitOfWork, actor: Actor, record: ItemRecord) -> bool:
    """Whether the actor may see an item: by a role in its workspace or on the item, or by a delegation.

    A delegation shows only items that the person who gave it may see.
    """
    workspace = work.workspace(record.workspace)
    if in_workspace(actor, workspace) or _holds_a_role(actor.id, record):
        return True
    givers = lenders(work, actor, workspace.key)
    return any(_holds_a_role(giver, workspace) or _holds_a_role(giver, record) for giver in givers)


def ref_of(record: ItemRecord) -> ItemRef:
    """The item's key in its two parts."""
    return ItemRef(record.workspace, record.number)
