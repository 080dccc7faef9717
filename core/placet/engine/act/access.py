"""Access checks: every verb begins here, with the unit of work that it reads through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from placet.definitions.context import ApprovalStatus, ConfirmationStatus
from placet.definitions.items import Ref
from placet.definitions.marks import marked_fields
from placet.definitions.roles import AUDITOR, SYSTEM, Role
from placet.definitions.wording import entitled, number_of
from placet.engine.act.holders import holders_of, roles_on
from placet.engine.act.input import parse_key, values_of
from placet.engine.act.people import Actor, Delegation, WorkspaceRecord
from placet.engine.act.queries import Elsewhere
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
#: Items with pending votes that are read at a time.
_PAGE = 200


def seen_item(unit: UnitOfWork, actor: Actor, key: str) -> ItemRecord:
    """The item, to act on. Raises `NotFoundError` if it does not exist or the actor does not see it by a role."""
    unit.asked_by(actor)
    return _item(unit, key, lambda record: sees(unit, actor, record))


def shown_item(unit: UnitOfWork, actor: Actor, key: str) -> ItemRecord:
    """The item, to read it: what a delegated vote is about is shown too. Raises `NotFoundError`."""
    unit.asked_by(actor)
    return _item(unit, key, lambda record: may_see(unit, actor, record))


def _item(unit: UnitOfWork, key: str, visible: Callable[[ItemRecord], bool]) -> ItemRecord:
    ref = parse_key(key)
    try:
        record = unit.own(ref)
    except NotFoundError:
        raise NotFoundError("item", key) from None
    if not visible(record):
        raise NotFoundError("item", key)
    return record


def seen_workspace(unit: UnitOfWork, actor: Actor, key: str) -> WorkspaceRecord:
    """The workspace. Raises `NotFoundError` with the names of those that the actor can see."""
    unit.asked_by(actor)
    found = unit.session.workspace(key)
    if found is None or not in_workspace(actor, found):
        raise NotFoundError("workspace", key[:100], visible_workspaces(unit, actor) or ())
    return found


def visible_workspaces(unit: UnitOfWork, actor: Actor) -> tuple[str, ...]:
    """The keys of the workspaces that the actor belongs to."""
    keys = unit.session.workspace_keys()
    found = (unit.session.workspace(key) for key in keys)
    return tuple(w.key for w in found if w is not None and in_workspace(actor, w))


def places(unit: UnitOfWork, actor: Actor, workspace: str | None) -> tuple[str, ...]:
    """The keys of all workspaces that the actor can see, or of one. Raises `NotFoundError`."""
    if workspace is not None:
        return (seen_workspace(unit, actor, workspace).key,)
    return visible_workspaces(unit, actor)


def elsewhere(unit: UnitOfWork, actor: Actor, workspace: str | None = None) -> Elsewhere | None:
    """The workspaces to which the actor does not belong and in which they see single items; `None` if there are none.

    `workspace` leaves only that one.
    """
    if actor.admin or actor.auditor:
        return None
    asked = None if workspace is None else unit.session.workspace(workspace)
    if asked is not None and in_workspace(actor, asked):
        return None
    keys = tuple(
        key
        for key in unit.session.item_places(actor.id)
        if workspace in {None, key} and not in_workspace(actor, unit.workspace(key))
    )
    if not keys:
        return None
    roles = [role for key in keys for role in unit.catalog(key).roles.values() if role.held_on]
    through = dict.fromkeys(name for role in roles for name in role.through)
    return Elsewhere(actor.id, keys, tuple(dict.fromkeys(role.id for role in roles)), tuple(through))


def item_places(
    unit: UnitOfWork, actor: Actor, workspace: str | None
) -> tuple[tuple[str, ...], Elsewhere | None]:
    """The workspaces of which the actor sees all items, and those of which they see some; all, or only one.

    Raises:
        NotFoundError: the workspace, also where the actor sees nothing in it.
    """
    some = elsewhere(unit, actor, workspace)
    if workspace is not None and some is not None:
        return (), some
    return places(unit, actor, workspace), some


def known_workspace(unit: UnitOfWork, actor: Actor, key: str) -> WorkspaceRecord:
    """A workspace to which the actor belongs, or in which they see items, to read its rules. Raises `NotFoundError`."""
    if elsewhere(unit, actor, key) is not None:
        return unit.workspace(key)
    return seen_workspace(unit, actor, key)


def demand_admin(actor: Actor, what: str) -> None:
    """Raises `ForbiddenError` if the actor is not an administrator; `what` is the subject of the message."""
    if not actor.admin:
        raise ForbiddenError(
            f"{what} is for administrators, and {actor.name} is not one", needs=["administrator"]
        )


def demand_auditor(actor: Actor, what: str) -> None:
    """Raises `ForbiddenError` if the actor is neither an administrator nor an auditor of the whole installation."""
    if not (actor.admin or actor.auditor):
        raise ForbiddenError(
            f"{what} is for administrators and auditors, and {actor.name} is neither",
            needs=["administrator", AUDITOR],
        )


def demand_version(unit: UnitOfWork, record: ItemRecord, expected: Expected) -> None:
    """Raises `StaleError`, or `PreconditionRequiredError` where the workspace requires a version."""
    if expected is None:
        if unit.workspace(record.workspace).require_if_match:
            raise PreconditionRequiredError(record.key)
        return
    versions = (expected,) if isinstance(expected, int) else expected
    if record.version not in versions:
        raise StaleError(record.key, expected=versions, current=record.version)


def demand_version_read(unit: UnitOfWork, record: ItemRecord, expected: Expected) -> None:
    """As `demand_version`, for a decision: where a version is required, it is the one that was read.

    Any version, or several, would say that its author does not know on what they decide.
    """
    required = unit.workspace(record.workspace).require_if_match
    if required and expected is not None and not isinstance(expected, int) and len(expected) != 1:
        raise PreconditionRequiredError(record.key, named=None if expected == ANY_VERSION else len(expected))
    demand_version(unit, record, expected)


def known_people(unit: UnitOfWork, actors: Sequence[str], role: Role) -> tuple[str, ...]:
    """The actor ids without duplicates. Raises `InvalidError` if one is unknown, or for more than the role takes."""
    people = tuple(dict.fromkeys(actors))
    known = unit.session.people.actors(people)
    for n, person in enumerate(people):
        if person not in known:
            near = unit.session.people.actor_ids(person, 1000)
            raise InvalidError.unknown(f"/actors/{n}", "actor", person[:100], near)
        if known[person].deactivated_at is not None:
            raise InvalidError.at(
                f"/actors/{n}", f"{known[person].name} is switched off: reactivate them first"
            )
        if known[person].auditor:
            raise InvalidError.at(
                f"/actors/{n}", f"{known[person].name} is an auditor of all workspaces, and writes nothing"
            )
    most = role.max_holders
    if most is not None and len(people) > most:
        raise InvalidError.at(
            "/actors",
            f"{entitled(role.title, role.id)} takes {number_of(most, 'holder')} at most, not {len(people)}",
        )
    return people


def in_workspace(actor: Actor, workspace: WorkspaceRecord) -> bool:
    """Whether the actor belongs to a workspace: by a role there, as an administrator, or as an auditor of all."""
    return actor.admin or actor.auditor or workspace.has(actor.id)


def delegated(unit: UnitOfWork, actor: str, workspace: str) -> Iterator[Delegation]:
    """Delegations to somebody that are in force in a workspace."""
    place = unit.workspace(workspace)
    for delegation in unit.delegations(actor):
        if delegation.to_actor == actor and delegation.counts_in(place, unit.now):
            yield delegation


def sees(unit: UnitOfWork, actor: Actor, record: ItemRecord) -> bool:
    """Whether the actor sees an item: by a role in its workspace or on the item, as administrator, or as auditor."""
    return actor.admin or actor.auditor or has_part(unit, actor.id, record)


def has_part(unit: UnitOfWork, person: str, record: ItemRecord) -> bool:
    """Whether somebody holds a role in the item's workspace, on the item, or on one above it."""
    return unit.workspace(record.workspace).has(person) or bool(roles_on(unit, person, record))


def demand_visible(unit: UnitOfWork, person: str, pointer: str, key: str) -> ItemRecord:
    """An item that somebody refers to. Raises `InvalidError` where it does not exist, or they do not see it.

    The message is the same in both cases. A reference that `system` sets follows from rules, and is not checked.
    """
    try:
        found = unit.item(parse_key(key))
    except NotFoundError:
        found = None
    if found is None or not (person == SYSTEM or has_part(unit, person, found) or _administers(unit, person)):
        raise InvalidError.at(pointer, f'there is no item "{key[:100]}"')
    return found


def _administers(unit: UnitOfWork, person: str) -> bool:
    actor = unit.session.people.actor(person)
    return actor is not None and actor.admin


def may_see(unit: UnitOfWork, actor: Actor, record: ItemRecord) -> bool:
    """Whether the actor may read an item: by a role, to confirm something on it, or for a vote delegated to them."""
    return (
        sees(unit, actor, record)
        or asked_to_confirm(record, actor.id)
        or _subject_of_a_delegated_vote(unit, actor, record)
    )


def asked_to_confirm(record: ItemRecord, person: str) -> bool:
    """Whether somebody is named on an item and asked to confirm something: who confirms it has to see it."""
    return any(
        each.actor == person and each.status is ConfirmationStatus.PENDING for each in record.confirmations
    )


def _subject_of_a_delegated_vote(unit: UnitOfWork, actor: Actor, record: ItemRecord) -> bool:
    """Whether an item on which the actor votes for somebody refers to this one, which that person sees.

    The taker of a delegation has a role in its workspace, and sees the items voted on by that; what they refer to may
    lie in another workspace.
    """
    if not any(each.to_actor == actor.id for each in unit.delegations(actor.id)):
        return False
    for place in visible_workspaces(unit, actor):
        given = [each for each in delegated(unit, actor.id, place) if has_part(unit, each.from_actor, record)]
        if given and any(
            record.key in references_of(unit, item) and any(_asked_for(unit, item, each) for each in given)
            for item in _pending(unit, place)
        ):
            return True
    return False


def _pending(unit: UnitOfWork, place: str) -> Iterator[ItemRecord]:
    """The items of a workspace on which votes are pending."""
    cursor: str | None = None
    while True:
        page = unit.session.pending_approvals((place,), None, cursor, _PAGE)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


def _asked_for(unit: UnitOfWork, item: ItemRecord, delegation: Delegation) -> bool:
    """Whether a delegated vote is asked for on an item now."""
    giver = delegation.from_actor
    for round in item.approvals:
        if round.status is not ApprovalStatus.PENDING or not round.open:
            continue
        for ballot in round.ballots:
            asked = [r for r in (*ballot.roles, *ballot.veto) if giver in holders_of(r, item, unit)]
            if giver in (*ballot.actors, *ballot.veto_actors) or (asked and delegation.covers(asked)):
                return True
    return False


def references_of(unit: UnitOfWork, record: ItemRecord) -> frozenset[str]:
    """The keys of the items that an item refers to: in fields, by links, as its parent."""
    found = {key for keys in record.links.values() for key in keys}
    if record.parent is not None:
        found.add(record.parent)
    item_type = unit.item_type(record)
    for name, mark in marked_fields(item_type.fields) if item_type is not None else ():
        if isinstance(mark, Ref):
            found.update(value for _, value in values_of(record.fields, name))
    return frozenset(found)


def ref_of(record: ItemRecord) -> ItemRef:
    """The item's key in its two parts."""
    return ItemRef(record.workspace, record.number)
