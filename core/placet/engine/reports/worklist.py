"""The worklist of one person: what they can decide, do or unblock, first what is due first, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from placet.definitions.states import Category
from placet.definitions.verdicts import Blocker
from placet.definitions.wording import rendered
from placet.engine.act.access import elsewhere, sees, visible_workspaces
from placet.engine.act.people import Actor
from placet.engine.act.proposals import Proposal
from placet.engine.act.queries import ItemQuery
from placet.engine.act.questions import AskRecord, AskStatus, ConfirmationRecord
from placet.engine.act.records import ItemRecord, Waiver
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.asks import ABOUT_THE_PERSON, standing
from placet.engine.approvals.views import ApprovalView
from placet.engine.reports.clearing import Clearing
from placet.engine.reports.reading_ahead import read_ahead
from placet.engine.reports.urgency import Due, due_of
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import roles_held
from placet.engine.rules.previews import TransitionPreview, previews_now
from placet.engine.timers.readings import Reading
from placet.engine.timers.views import TimerView, timer_views
from placet.engine.workspaces.offices import offices_to_decide
from placet.engine.workspaces.proposing import to_decide

#: So many open items are evaluated; for a person with more, a list is the better tool.
LIMIT = 200
#: A timer is shown to the people who can move its item from this share of its time on, or so long before its end.
_LATE = 0.75
_SOON = timedelta(days=1)


class _Entry(Protocol):
    @property
    def due_at(self) -> datetime | None: ...


Entry = TypeVar("Entry", bound=_Entry)


@dataclass(frozen=True, slots=True)
class WorklistVote:
    """A vote that is asked of somebody."""

    approval: ApprovalView
    reason: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorklistConfirmation:
    """Something that somebody is named for, and asked to confirm."""

    item: ItemRecord
    confirmation: ConfirmationRecord
    reason: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorklistItem:
    """An item that somebody can move now, at most after filling in what the transition asks for."""

    item: ItemRecord
    transitions: tuple[str, ...]
    reason: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorklistCheck:
    """A blocker that somebody can clear, and the transitions of the item that it stops."""

    item: ItemRecord
    unblocks: tuple[str, ...]
    blocker: Blocker
    reason: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorklistWaiver:
    """A waiver that somebody can decide on, or has to review."""

    item: ItemRecord
    waiver: Waiver
    reason: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorklistTimer:
    """A timer that is nearly or already due, on an item that somebody can move."""

    timer: TimerView
    reason: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Worklist:
    """The worklist of one person; in each list, first what is due first, and then what changed last."""

    approvals: tuple[WorklistVote, ...]
    #: Confirmations that the person is asked for.
    confirmations: tuple[WorklistConfirmation, ...]
    items: tuple[WorklistItem, ...]
    checks: tuple[WorklistCheck, ...]
    #: Waivers that others ask for, and the person can grant.
    waivers: tuple[WorklistWaiver, ...]
    #: Waivers that the person granted, that have ended, and that nobody has reviewed.
    reviews: tuple[WorklistWaiver, ...]
    timers: tuple[WorklistTimer, ...]
    #: Changes of rules on which the person may decide.
    proposals: tuple[Proposal, ...]
    #: Whether all open items that the person sees were evaluated, or only the first `LIMIT`.
    complete: bool


def worklist(
    unit: UnitOfWork,
    actor: Actor,
    votes: tuple[ApprovalView, ...],
    confirmations: Sequence[tuple[ItemRecord, ConfirmationRecord]],
) -> Worklist:
    """The worklist of one person, whose pending votes and confirmations are given."""
    records, complete = _open_items(unit, actor)
    read_ahead(unit, records)
    seen = [_Seen(unit, record, actor) for record in records]
    movable = sorted((each for each in seen if each.allowed), key=lambda each: each.abandons)
    return Worklist(
        approvals=_by_due(_vote(unit, view) for view in votes),
        confirmations=_by_due(_confirmation(unit, *each) for each in confirmations),
        items=_by_due(each.moves() for each in movable),
        checks=_by_due(check for each in seen for check in each.checks()),
        waivers=_by_due(waiver for each in seen for waiver in each.waivers()),
        reviews=_by_due(review for each in seen for review in each.reviews()),
        timers=_by_due(timer for each in movable if not each.abandons for timer in each.timers()),
        proposals=(*to_decide(unit, actor), *offices_to_decide(unit, actor)),
        complete=complete,
    )


def _open_items(unit: UnitOfWork, actor: Actor) -> tuple[Sequence[ItemRecord], bool]:
    """The open items that somebody sees: those about which they are asked, then their own, then those changed last."""

    def page(assignee: str | None) -> Any:
        query = ItemQuery(
            visible_workspaces(unit, actor),
            category=("todo", "active", "waiting"),
            assignee=assignee,
            sort="-updated_at",
            limit=LIMIT,
            elsewhere=elsewhere(unit, actor),
        )
        return unit.session.list_items(query)

    recent = page(None)
    complete = recent.next_cursor is None
    own = () if complete else page(actor.id).rows
    asked = [record for record in unit.session.pending_asks(actor.id) if sees(unit, actor, record)]
    mine = (record for record in (*own, *recent.rows) if sees(unit, actor, record))
    found = {record.key: record for record in unit.current([*asked, *mine])}
    return list(found.values())[:LIMIT], complete


class _Seen:
    """An open item as one person finds it."""

    def __init__(self, unit: UnitOfWork, record: ItemRecord, actor: Actor) -> None:
        self._unit = unit
        self._record = record
        self._actor = actor
        self._item_type = unit.item_type(record)
        self._previews = previews_now(unit, record, actor)
        self._ctx = Context(unit, record, actor.id)
        self._due = due_of(unit, record)
        self.allowed = tuple(each for each in self._previews if each.allowed)
        #: Requests of others to clear a check, by check.
        self._asked = {
            each.check: each
            for each in record.asks
            if each.actor == actor.id and each.status_at(unit.now) is AskStatus.PENDING
        }
        #: Whether the person can only end it unfinished. That waits for nobody, so it is due at no time.
        self.abandons = all(map(self._abandons, self.allowed))

    def moves(self) -> WorklistItem:
        """The item with the transitions that the person can make."""
        names = [each.name for each in self.allowed]
        roles = list(dict.fromkeys(role for each in self.allowed for role in self._roles(each)))
        words = self._words("you can {moves:transition or} as {roles:role and}", moves=names, roles=roles)
        due = None if self.abandons else self._due
        asked = [each for check, each in self._asked.items() if check in ABOUT_THE_PERSON]
        if asked:
            words = f"{self._request(asked[0])}: {words}"
            return WorklistItem(self._record, tuple(names), words, asked[0].expires_at)
        return WorklistItem(self._record, tuple(names), _reason(due, words), _at(due))

    def checks(self) -> Iterator[WorklistCheck]:
        """The blockers that the person can clear, each once."""
        if self._item_type is None:
            return
        yield from self._requests()
        clearing = Clearing(self._unit, self._record, self._actor, self._item_type)
        found: dict[tuple[str, str], tuple[Blocker, list[str]]] = {}
        for each in self._previews:
            for blocker in clearing.mine(each):
                if blocker.check in self._asked:
                    continue
                found.setdefault((blocker.check, blocker.message), (blocker, []))[1].append(each.name)
        for blocker, moves in found.values():
            words = self._words("to make way for {moves:transition and}", moves=moves)
            reason = _reason(self._due, f"{words}, {blocker.remedy}")
            yield WorklistCheck(self._record, tuple(moves), blocker, reason, _at(self._due))

    def _requests(self) -> Iterator[WorklistCheck]:
        """The checks that others ask the person to clear, as long as they block a transition."""
        for asked in self._asked.values():
            found: dict[str, tuple[Blocker, list[str]]] = {}
            if asked.check not in ABOUT_THE_PERSON:
                for move, blocker in standing(self._unit, self._record, self._actor.id, asked.check):
                    found.setdefault(blocker.message, (blocker, []))[1].append(move.name)
            for blocker, moves in found.values():
                reason = f"{self._request(asked)}: {blocker.remedy}"
                yield WorklistCheck(self._record, tuple(moves), blocker, reason, asked.expires_at)

    def _request(self, asked: AskRecord) -> str:
        template = "{person:person} asks you to clear {check:check} until {end:moment}"
        return self._words(template, person=asked.asked_by, check=asked.check, end=asked.expires_at)

    def waivers(self) -> Iterator[WorklistWaiver]:
        """The waivers that others ask for, and the person can decide on."""
        for waiver in self._record.waivers:
            if waiver.granted is None and waiver.asked_by != self._actor.id and self._may_waive(waiver):
                words = "{person:person} asks to pass {gate:gate} until {end:moment}"
                yield self._waiver(waiver, words, person=waiver.asked_by)

    def reviews(self) -> Iterator[WorklistWaiver]:
        """The waivers that the person granted and has to review."""
        for waiver in self._record.waivers:
            over = waiver.granted and waiver.reviewed_by is None and self._unit.now >= waiver.expires_at
            if over and waiver.decided_by == self._actor.id and self._may_waive(waiver):
                yield self._waiver(waiver, "you let {gate:gate} be passed until {end:moment}: review it")

    def timers(self) -> Iterator[WorklistTimer]:
        """The timers that have used three quarters of their time, or are due within a day."""
        for view in timer_views(self._unit, self._record):
            if _about_to_end(view.reading, self._unit.now):
                past = view.reading.due_at is not None and view.reading.due_at <= self._unit.now
                template = "overdue since {at:moment}" if past else "due on {at:moment}"
                words = self._words(template, at=view.reading.due_at)
                yield WorklistTimer(view, words, view.reading.due_at)

    def _waiver(self, waiver: Waiver, template: str, **params: Any) -> WorklistWaiver:
        words = self._words(template, gate=waiver.gate, end=waiver.expires_at, **params)
        return WorklistWaiver(self._record, waiver, words, waiver.expires_at)

    def _may_waive(self, waiver: Waiver) -> bool:
        transitions = self._item_type.workflow.transitions if self._item_type is not None else ()
        gates = {gate.id: gate.waived_by for t in transitions for gate in t.gates}
        return self._ctx.holds(self._actor.id, *gates.get(waiver.gate, ()))

    def _roles(self, preview: TransitionPreview) -> list[str]:
        transition = self._item_type.workflow.transition(preview.name) if self._item_type else None
        return roles_held(self._ctx, transition) if transition is not None else []

    def _abandons(self, preview: TransitionPreview) -> bool:
        state = self._item_type.workflow.state(preview.to) if self._item_type is not None else None
        return state is not None and state.category is Category.CANCELLED

    def _words(self, template: str, **params: Any) -> str:
        return rendered(template, params, self._ctx.titles)


def _vote(unit: UnitOfWork, view: ApprovalView) -> WorklistVote:
    return WorklistVote(view, f"your vote is asked for: {view.summary}", _at(due_of(unit, view.item)))


def _confirmation(unit: UnitOfWork, item: ItemRecord, asked: ConfirmationRecord) -> WorklistConfirmation:
    what = unit.titles(item.workspace, item.type).confirmation(asked.confirmation)
    words = f"you are named in it, and asked to confirm: {what}"
    return WorklistConfirmation(item, asked, words, asked.expires_at or _at(due_of(unit, item)))


def _at(due: Due | None) -> datetime | None:
    return None if due is None else due.at


def _reason(due: Due | None, words: str) -> str:
    return words if due is None else f"{due.words}: {words}"


def _by_due(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """First what is due first; what is never due stays behind, in its order."""
    found = list(entries)
    timed = [(each.due_at, n) for n, each in enumerate(found) if each.due_at is not None]
    return (*(found[n] for _, n in sorted(timed)), *(each for each in found if each.due_at is None))


def _about_to_end(reading: Reading, now: datetime) -> bool:
    """Whether a timer that runs has used three quarters of its time, or is due within a day."""
    if reading.stopped_at is not None or reading.due_at is None or reading.allowance is None:
        return False
    return reading.elapsed >= reading.allowance * _LATE or reading.due_at - now <= _SOON
