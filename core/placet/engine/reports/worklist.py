"""The worklist of one person: votes, items that they can move, blockers that name them, waivers to review, timers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from placet.definitions.verdicts import Blocker
from placet.engine.act.access import visible_workspaces
from placet.engine.act.people import Actor
from placet.engine.act.proposals import Proposal
from placet.engine.act.queries import ItemQuery
from placet.engine.act.records import ItemRecord, Waiver
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.approvals.views import ApprovalView
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import people_of
from placet.engine.rules.previews import TransitionPreview, previews
from placet.engine.timers.readings import Reading
from placet.engine.timers.views import TimerView, timer_views
from placet.engine.workspaces.proposals import to_decide

#: So many open items are evaluated; for a person with more, a list is the better tool.
LIMIT = 200
#: A timer is shown to the people who can move its item from this share of its time on, or so long before its end.
_LATE = 0.75
_SOON = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorklistItem:
    """An item that somebody can move now."""

    item: ItemRecord
    transitions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorklistCheck:
    """A blocker that names somebody as the one who can clear it."""

    item: ItemRecord
    transition: str
    blocker: Blocker


@dataclass(frozen=True, slots=True)
class Worklist:
    """The worklist of one person."""

    approvals: tuple[ApprovalView, ...]
    items: tuple[WorklistItem, ...]
    checks: tuple[WorklistCheck, ...]
    #: Waivers that the person granted and that nobody has reviewed.
    reviews: tuple[tuple[ItemRecord, Waiver], ...]
    #: Timers that are nearly or already due, on items that the person can move.
    timers: tuple[TimerView, ...]
    #: Changes of rules on which the person may decide.
    proposals: tuple[Proposal, ...]


def worklist(work: UnitOfWork, actor: Actor, votes: tuple[ApprovalView, ...]) -> Worklist:
    """The worklist of one person, whose pending votes are given."""
    open_items = ItemQuery(
        visible_workspaces(work, actor),
        category=("todo", "active", "waiting"),
        sort="-updated_at",
        limit=LIMIT,
    )
    items: list[WorklistItem] = []
    checks: list[WorklistCheck] = []
    reviews: list[tuple[ItemRecord, Waiver]] = []
    for record in work.current(work.session.list_items(open_items).rows):
        found = previews(work, record, actor)
        allowed = tuple(each.name for each in found if each.allowed)
        if allowed:
            items.append(WorklistItem(record, allowed))
        checks += [check for each in found for check in _to_clear(work, record, actor, each)]
        reviews += [
            (record, w) for w in record.waivers if w.decided_by == actor.id and _to_review(w, work.now)
        ]
    timers = tuple(
        view
        for each in items
        for view in timer_views(work, each.item)
        if _about_to_end(view.reading, work.now)
    )
    return Worklist(votes, tuple(items), tuple(checks), tuple(reviews), timers, to_decide(work, actor))


def _to_clear(
    work: UnitOfWork, record: ItemRecord, actor: Actor, preview: TransitionPreview
) -> Iterator[WorklistCheck]:
    for blocker in preview.blockers:
        if blocker.gate != "role" and actor.id in people_of(blocker.who, Context(work, record, actor.id)):
            yield WorklistCheck(record, preview.name, blocker)


def _about_to_end(reading: Reading, now: datetime) -> bool:
    """Whether a timer that runs has used three quarters of its time, or is due within a day."""
    if reading.stopped_at is not None or reading.due_at is None or reading.allowance is None:
        return False
    return reading.elapsed >= reading.allowance * _LATE or reading.due_at - now <= _SOON


def _to_review(waiver: Waiver, now: datetime) -> bool:
    return bool(waiver.granted) and waiver.reviewed_by is None and now >= waiver.expires_at
