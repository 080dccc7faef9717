"""Things that somebody leaves behind: votes that still count, and items that wait for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from placet.definitions.context import ApprovalStatus, ConfirmationStatus, Decision
from placet.engine.act.people import Actor, Delegation
from placet.engine.act.queries import EventQuery, ItemQuery
from placet.engine.act.questions import AskStatus
from placet.engine.act.recorder import append
from placet.engine.act.records import ItemRecord, ItemRef
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.views import approval_views
from placet.errors import PlacetError

#: Items and events read at a time.
_BATCH = 500
_OPEN = ("todo", "active", "waiting")
#: Rounds whose votes still count.
_COUNTING = frozenset({ApprovalStatus.PENDING, ApprovalStatus.GRANTED})


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A role in a workspace that somebody held."""

    workspace: str
    role: str
    #: Whether nobody else holds it.
    vacant: bool


@dataclass(frozen=True, slots=True)
class StandingVote:
    """A vote of somebody that still counts, in a round of an item that is not closed."""

    item: str
    approval: str
    decision: Decision
    at: datetime
    #: `pending` or `granted`.
    status: ApprovalStatus
    #: The person for whom they voted by delegation.
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open item that waited for somebody."""

    item: str
    #: Approvals that asked for their vote.
    approvals: tuple[str, ...] = ()
    #: Confirmations that they were asked for.
    confirmations: tuple[str, ...] = ()
    #: Checks that they were asked to clear.
    asks: tuple[str, ...] = ()
    #: Roles that they held on the item itself.
    roles: tuple[str, ...] = ()
    #: Whether it names them as its assignee.
    assigned: bool = False
    #: Whether its history has an event about it, which notifies others; `False` where its rules failed.
    noted: bool = False


@dataclass(frozen=True, slots=True)
class Departure:
    """The things that ended when somebody was switched off, and those that are left to do."""

    actor: Actor
    #: Ids of the tokens that ended.
    tokens: tuple[str, ...]
    delegations: tuple[Delegation, ...]
    roles: tuple[GivenUp, ...]
    votes: tuple[StandingVote, ...] = ()
    waiting: tuple[Waiting, ...] = ()


def waiting_for(unit: UnitOfWork, person: str) -> tuple[Waiting, ...]:
    """The open items of all workspaces that wait for somebody, in order of key."""
    places = tuple(unit.session.workspace_keys())
    found: dict[str, Waiting] = {}
    for record in _pending(unit, places):
        asked = [
            view.approval
            for view in approval_views(unit, record)
            if view.status is ApprovalStatus.PENDING and person in view.missing
        ]
        if asked:
            found[record.key] = Waiting(record.key, tuple(asked))
    for record in _theirs(unit, places, person):
        roles = tuple(role for role, people in record.roles.items() if person in people)
        known = found.get(record.key, Waiting(record.key))
        assigned = record.fields.get("assignee") == person
        found[record.key] = replace(known, roles=roles, assigned=assigned)
    for record in unit.session.pending_confirmations(person):
        open_ones = (c for c in record.confirmations if c.status_at(unit.now) is ConfirmationStatus.PENDING)
        named = tuple(each.confirmation for each in open_ones if each.actor == person)
        found[record.key] = replace(found.get(record.key, Waiting(record.key)), confirmations=named)
    for record in unit.session.pending_asks(person):
        checks = tuple(a.check for a in record.asks if a.actor == person and a.status is AskStatus.PENDING)
        found[record.key] = replace(found.get(record.key, Waiting(record.key)), asks=checks)
    return tuple(found[key] for key in sorted(found))


def _pending(unit: UnitOfWork, places: tuple[str, ...]) -> Iterator[ItemRecord]:
    after: str | None = None
    while True:
        page = unit.session.pending_approvals(places, None, after, _BATCH)
        yield from page.rows
        after = page.next_cursor
        if after is None:
            return


def _theirs(unit: UnitOfWork, places: tuple[str, ...], person: str) -> Iterator[ItemRecord]:
    cursor: str | None = None
    while places:
        query = ItemQuery(places, category=_OPEN, assignee=person, limit=_BATCH, cursor=cursor)
        page = unit.session.list_items(query)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


def note_departure(acts: ActRunner, actor: Actor, person: str, left: Waiting) -> Waiting:
    """Record on an item that the person for whom it waited has left, and take their roles on it from them."""

    def do(unit: UnitOfWork) -> None:
        record = unit.own(_ref(left.item))
        changes = {
            role: [list(people), [each for each in people if each != person]]
            for role, people in record.roles.items()
            if person in people
        }
        kept = {
            role: tuple(changes[role][1]) if role in changes else people
            for role, people in record.roles.items()
        }
        after = replace(record, roles={role: people for role, people in kept.items() if people})
        data = {
            "person": person,
            "approvals": list(left.approvals),
            "confirmations": list(left.confirmations),
            "asks": list(left.asks),
            "assigned": left.assigned,
            "changes": changes,
        }
        append(unit, after if changes else record, "person_left", actor.id, data, content=bool(changes))
        unit.write()

    try:
        acts.act("note_departure", do)
    except PlacetError:
        # The rules of one item must not keep somebody from being switched off: it is listed as not noted.
        return left
    return replace(left, noted=True)


def votes_of(unit: UnitOfWork, person: str) -> tuple[StandingVote, ...]:
    """The votes of somebody, or for them by delegation, that still count."""
    refs = dict.fromkeys(_voted_on(unit, person))
    found = []
    for record in unit.items(refs):
        if record.category not in _OPEN:
            continue
        for view in approval_views(unit, record):
            counted = {vote.seat: vote for vote in view.votes}.values()
            if view.status in _COUNTING:
                found += [
                    StandingVote(
                        record.key, view.approval, vote.decision, vote.at, view.status, vote.on_behalf_of
                    )
                    for vote in counted
                    if person in {vote.actor, vote.on_behalf_of}
                ]
    return tuple(sorted(found, key=lambda each: (each.item, each.approval)))


def _voted_on(unit: UnitOfWork, person: str) -> Iterator[ItemRef]:
    after: str | None = None
    while True:
        query = EventQuery(None, actor=person, kinds=("voted",), after=after, limit=_BATCH)
        page = unit.session.log.list_events(query)
        yield from (ItemRef(each.event.workspace, each.event.number) for each in page.rows)
        if len(page.rows) < _BATCH:
            return
        after = page.next_cursor


def _ref(key: str) -> ItemRef:
    workspace, _, number = key.rpartition("-")
    return ItemRef(workspace, int(number))
