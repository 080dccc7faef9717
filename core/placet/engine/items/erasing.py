"""Erasing what people typed in an event of an item, for good: alone, or with a second person where that is governed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from placet.engine.act.access import demand_admin, ref_of, seen_item
from placet.engine.act.copied_words import without_words
from placet.engine.act.input import COMMENT_LIMIT, clean_text, parse_key
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.proposals import ERASURE, Proposal
from placet.engine.act.recorder import append
from placet.engine.act.records import EventRecord, ItemRecord
from placet.engine.act.runner import ActRunner
from placet.engine.act.texts import places_of
from placet.engine.act.unit_of_work import UnitOfWork
from placet.errors import ConflictError, NotFoundError

#: Keeps the erasing of texts until a second person has decided on it.
Propose = Callable[[UnitOfWork, WorkspaceRecord, Sequence[Mapping[str, Any]], Actor], Proposal]


class Erasing:
    """The verb of erasing. Its first argument is the actor."""

    def __init__(self, acts: ActRunner, propose: Propose) -> None:
        self._acts = acts
        self._propose = propose

    def erase_text(self, actor: Actor, key: str, event: str, *, reason: str) -> EventRecord | Proposal:
        """Erase for good what people typed in one event of an item; another event records who did so, where, and why.

        The item loses what it keeps of them in votes, waivers, confirmations and names of files. Its title and fields
        stay as they are: edit one that still has the text, which is an event of its own.

        Returns:
            The event that records it; or, where the workspace has texts erased by two people, the proposal.

        Raises:
            BlockedError: nobody could be the second person.
            ConflictError: the event has no typed text, or it was erased already.
            ForbiddenError: only administrators may erase.
            InvalidError: no reason is given.
            NotFoundError: no such item, or no such event of it.
        """
        demand_admin(actor, "erasing texts")
        said = clean_text(reason, "/reason", limit=COMMENT_LIMIT, empty=False)

        def do(unit: UnitOfWork) -> EventRecord | Proposal:
            record = seen_item(unit, actor, key)
            place = unit.workspace(record.workspace)
            if ERASURE not in place.governed:
                return _erased(unit, record, event, actor, said)
            _demand_typed(unit, record, event)
            texts = [{"item": record.key, "event": event, "reason": said}]
            return self._propose(unit, place, texts, actor)

        # In one transaction, so that no text is erased without the event that records it.
        done = self._acts.administer("erase_text", do)
        if isinstance(done, EventRecord):
            self._acts.store.overwrite_erased()
        return done


def erase(unit: UnitOfWork, _place: WorkspaceRecord, proposal: Proposal, decider: Actor) -> Mapping[str, Any]:
    """Erase the texts of a proposal; the events that record it are in the event of the decision."""
    texts = proposal.changes[ERASURE][1]
    records = (unit.own(parse_key(each["item"])) for each in texts)
    made = [
        _erased(unit, record, each["event"], decider, each["reason"], proposed_by=proposal.proposed_by)
        for record, each in zip(records, texts, strict=True)
    ]
    return {"erased": [event.id for event in made]}


def _demand_typed(unit: UnitOfWork, record: ItemRecord, event: str) -> EventRecord:
    """The event, which has text to erase."""
    found = unit.session.log.event(event)
    if found is None or found.key != record.key:
        raise NotFoundError(f"event of {record.key}", event[:100])
    if found.text is None:
        raise ConflictError(f"nobody typed anything in event {event}: there is nothing to erase")
    if found.text.erased_at is not None:
        raise ConflictError(f"the texts of event {event} are erased already")
    return found


def _erased(
    unit: UnitOfWork, record: ItemRecord, event: str, actor: Actor, said: str, **members: Any
) -> EventRecord:
    found = _demand_typed(unit, record, event)
    if not unit.session.log.erase_text(ref_of(record), found.seq, unit.now):
        raise ConflictError(f"the texts of event {event} are erased already")
    data = {"event": event, "places": places_of(found.body), "comment": said, **members}
    _, erasure = append(unit, without_words(record, found), "erased", actor.id, data, content=False)
    unit.write()
    return erasure
