"""Erasing the comments of one person, in events and in the items that have a copy; the chains stay valid."""

from __future__ import annotations

from dataclasses import dataclass, replace

from placet.engine.act.access import ref_of
from placet.engine.act.people import Actor
from placet.engine.act.proposals import ERASURE
from placet.engine.act.recorder import append
from placet.engine.act.records import EventRecord, ItemRecord, ItemRef, SealedEvent
from placet.engine.act.runner import ActRunner
from placet.engine.act.texts import places_of
from placet.engine.act.unit_of_work import UnitOfWork

#: Events read at a time.
_BATCH = 500
#: Places in events of the words by which somebody explains themselves.
_SAID = frozenset({"/comment", "/waiver/reason", "/waiver/comment", "/waiver/review"})
#: May go with them: the item keeps what its approvals are bound to.
_BESIDE = frozenset({"/material/digest"})


@dataclass(frozen=True, slots=True)
class Erased:
    """The result of erasing a person."""

    actor: Actor
    #: Events whose comments were erased.
    events: int = 0
    #: Events of theirs with a comment that stays: one digest covers it and the content of the item, or two people erase
    #: in its workspace.
    kept: int = 0


def erase_comments(acts: ActRunner, actor: Actor, person: str) -> tuple[int, int]:
    """Erase the comments of a person; returns how many events were erased, and how many keep a comment.

    An event's texts have one digest, so that they are erased together: an event that also changed fields keeps its
    comment, and an administrator decides about it by itself. So does one of a workspace in which two people erase.
    """
    acts.store.settle()
    erased = kept = after = 0
    while True:
        batch = acts.look(lambda work, since=after: work.session.log.typed_by(person, since, _BATCH))  # type: ignore[misc]  # the default binds the loop's value
        for sealed in batch:
            places = set(places_of(sealed.event.body))
            if not places & _SAID or not sealed.event.number:
                continue
            if places <= _SAID | _BESIDE and _erase(acts, actor, sealed):
                erased += 1
            else:
                kept += 1
        if len(batch) < _BATCH:
            return erased, kept
        after = batch[-1].position


def _erase(acts: ActRunner, actor: Actor, sealed: SealedEvent) -> bool:
    """Erase the texts of an event; `False` where its workspace has that done by two people."""
    event = sealed.event

    def do(work: UnitOfWork) -> bool:
        if ERASURE in work.workspace(event.workspace).governed:
            return False
        record = work.own(ItemRef(event.workspace, event.number))
        if work.session.log.erase_text(ref_of(record), event.seq, work.now):
            data = {"event": event.id, "places": places_of(event.body)}
            append(work, _without_words(record, event), "erased", actor.id, data, content=False)
            work.write()
        return True

    return acts.administer("erase_comments", do)


def _without_words(record: ItemRecord, event: EventRecord) -> ItemRecord:
    """The item without its copies of what was said in an event: in votes and waivers."""
    approvals = tuple(
        replace(
            round,
            votes=tuple(
                replace(vote, comment=None) if (vote.actor, vote.at) == (event.actor, event.at) else vote
                for vote in round.votes
            ),
        )
        for round in record.approvals
    )
    waivers = tuple(
        replace(
            waiver,
            reason="" if (waiver.asked_by, waiver.asked_at) == (event.actor, event.at) else waiver.reason,
            comment=""
            if (waiver.decided_by, waiver.decided_at) == (event.actor, event.at)
            else waiver.comment,
            review=""
            if (waiver.reviewed_by, waiver.reviewed_at) == (event.actor, event.at)
            else waiver.review,
        )
        for waiver in record.waivers
    )
    return replace(record, approvals=approvals, waivers=waivers)
