"""Erasing the comments of one person, in events and in the items that have a copy; every chain stays valid."""

from __future__ import annotations

from dataclasses import dataclass

from placet.engine.act.copied_words import without_words
from placet.engine.act.installation import note
from placet.engine.act.people import INSTALLATION, Actor
from placet.engine.act.proposals import ERASURE
from placet.engine.act.recorder import append, append_to_workspace
from placet.engine.act.records import EventRecord, ItemRef, SealedEvent
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
class KeptComment:
    """An event with a comment that was not erased with its author."""

    #: The item's key; that of the workspace, or `installation`, for an event of their own histories.
    key: str
    event: str


@dataclass(frozen=True, slots=True)
class Erased:
    """The result of erasing a person."""

    actor: Actor
    #: Events whose comments were erased.
    events: int = 0
    #: Events of theirs with a comment that stays: one digest covers it and the content of the item, or two people erase
    #: in its workspace.
    kept: tuple[KeptComment, ...] = ()


def erase_comments(acts: ActRunner, actor: Actor, person: str) -> tuple[int, tuple[KeptComment, ...]]:
    """Erase the comments of a person; returns how many events were erased, and which keep a comment.

    An event's texts have one digest, so that they are erased together: an event that also changed fields keeps its
    comment, and an administrator decides about it by itself. So does one of a workspace in which two people erase.
    """
    acts.store.settle()
    erased = after = 0
    kept: list[KeptComment] = []
    while True:
        batch = acts.look(lambda unit, since=after: unit.session.log.typed_by(person, since, _BATCH))  # type: ignore[misc]  # the default binds the loop's value
        for sealed in batch:
            places = set(places_of(sealed.event.body))
            if not places & _SAID:
                continue
            # A refusal changed nothing, and nothing rests on it.
            alone = places <= _SAID | _BESIDE or sealed.event.kind == "refused"
            if alone and _erase(acts, actor, sealed):
                erased += 1
            else:
                kept.append(KeptComment(sealed.event.key, sealed.event.id))
        if len(batch) < _BATCH:
            return erased, tuple(kept)
        after = batch[-1].position


def _erase(acts: ActRunner, actor: Actor, sealed: SealedEvent) -> bool:
    """Erase the texts of an event; `False` where its workspace has that done by two people."""
    event = sealed.event

    def do(unit: UnitOfWork) -> bool:
        if event.workspace != INSTALLATION and ERASURE in unit.workspace(event.workspace).governed:
            return False
        if unit.session.log.erase_text(ItemRef(event.workspace, event.number), event.seq, unit.now):
            _record(unit, event, actor)
        return True

    return acts.administer("erase_comments", do)


def _record(unit: UnitOfWork, event: EventRecord, actor: Actor) -> None:
    """Record an erasure where the erased event is: on the item, in the workspace, or in the installation."""
    data = {"event": event.id, "places": places_of(event.body)}
    if event.number:
        record = unit.own(ItemRef(event.workspace, event.number))
        append(unit, without_words(record, event), "erased", actor.id, data, content=False)
        unit.write()
    elif event.workspace == INSTALLATION:
        note(unit, "erased", actor, data)
    else:
        place = unit.workspace(event.workspace)
        append_to_workspace(unit, place, place, "erased", actor, data)
