"""Requests to clear a check: somebody is asked, reminded after half of the time, and others are notified at its end.

Source: service management practice: a task that waits has an owner and an escalation. Our choices: a request ends after
seven days unless it names another end, and as soon as the item no longer needs the check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from placet.definitions.copies import changed
from placet.definitions.items import ItemType
from placet.definitions.verdicts import Blocker
from placet.definitions.workflow import Transition
from placet.engine.act.access import seen_item, sees
from placet.engine.act.input import COMMENT_LIMIT, clean_text
from placet.engine.act.people import Actor
from placet.engine.act.questions import AskRecord, AskStatus
from placet.engine.act.recorder import append
from placet.engine.act.records import EventRecord, ItemRecord
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.context import Context
from placet.engine.rules.evaluation import evaluate
from placet.engine.rules.previews import Preview
from placet.engine.rules.refusals import refused
from placet.errors import ForbiddenError, InvalidError

#: Elapsed time until a request ends, unless it names another end, and the longest time to its end.
ASK_LASTS, LONGEST_ASK = timedelta(days=7), timedelta(days=366)
#: Blockers about the person who acts: they can be asked about too, by the name of their gate.
ABOUT_THE_PERSON = frozenset({"role", "segregation"})


class Asks:
    """Requests to people to clear a check of an item. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts

    def ask(
        self,
        actor: Actor,
        key: str,
        *,
        check: str,
        to: str,
        comment: str = "",
        expires_at: datetime | None = None,
    ) -> EventRecord:
        """Ask somebody who sees the item to clear a blocker, until a moment; a new request replaces the one before.

        Raises:
            InvalidError: no such check, nobody who could be asked, or an end that is past or too far ahead.
            NotFoundError: the item.
        """
        said = clean_text(comment, "/comment", limit=COMMENT_LIMIT)

        def do(unit: UnitOfWork) -> EventRecord:
            record = seen_item(unit, actor, key)
            _demand_check(unit, record, check)
            _demand_person(unit, record, to)
            end = _end(unit, record, expires_at)
            half = unit.now + (end - unit.now) / 2
            asked = AskRecord(check, to, actor.id, unit.now, end, reminds_at=half)
            data = {"check": check, "to": to, "comment": said, "expires_at": end}
            _, event = append(unit, with_ask(record, asked), "asked", actor.id, data, content=False)
            unit.write()
            return event

        return self._acts.act("ask", do)

    def end(self, actor: Actor, key: str, check: str, person: str) -> ItemRecord:
        """Take back a request that one has made, or decline one that is made to oneself; the other one is notified.

        Raises:
            BlockedError: nobody is asked for it now.
            ForbiddenError: the actor neither asked nor is asked.
            NotFoundError: the item.
        """

        def do(unit: UnitOfWork) -> ItemRecord:
            record = seen_item(unit, actor, key)
            asked = record.ask(check, person)
            if asked is None or asked.status_at(unit.now) is not AskStatus.PENDING:
                raise refused(
                    Context(unit, record, actor.id), "end a request", "ask",
                    "{person:person} is not asked to clear {check:check} now", "there is nothing to do",
                    person=person, check=check,
                )  # fmt: skip
            if actor.id not in {asked.asked_by, asked.actor}:
                raise ForbiddenError(
                    unit.titles(record.workspace, record.type).sentence(
                        "{by:person} asked {to:person} for this: one of them can end it, and {actor:person} cannot",
                        by=asked.asked_by, to=asked.actor, actor=actor.id,
                    ),
                    needs=[asked.asked_by, asked.actor],
                )  # fmt: skip
            status = AskStatus.WITHDRAWN if actor.id == asked.asked_by else AskStatus.DECLINED
            after = ended(unit, record, asked, status, actor.id)
            unit.write()
            return after

        return self._acts.act("ask", do)


def standing(
    unit: UnitOfWork, record: ItemRecord, person: str, check: str
) -> Iterator[tuple[Transition, Blocker]]:
    """Each transition from the item's state that a check stops, with the blocker, as it is for one person."""
    item_type = unit.item_type(record)
    ctx = Preview(unit, record, person)
    for transition in item_type.workflow.leaving(record.state) if item_type is not None else ():
        for blocker in evaluate(ctx.about(transition.name), transition).enforced:
            if check == (blocker.gate if check in ABOUT_THE_PERSON else blocker.check):
                yield transition, blocker


def followed(record: ItemRecord, item_type: ItemType, now: datetime) -> ItemRecord:
    """The item after a move, without requests for checks that no transition from its new state has."""
    pending = [each for each in record.asks if each.status is AskStatus.PENDING]
    leaving = item_type.workflow.leaving(record.state) if pending else ()
    ahead = {check.id for each in leaving for gate in each.gates for check in gate.checks}
    for each in pending:
        if not leaving or (each.check not in ahead and each.check in _checks_of(item_type)):
            record = with_ask(record, changed(each, status=AskStatus.CLEARED, ended_at=now))
    return record


def ended(
    unit: UnitOfWork, record: ItemRecord, asked: AskRecord, status: AskStatus, actor: str, **more: object
) -> ItemRecord:
    """The item with a request ended, and the event that records it."""
    over = replace(asked, status=status, ended_at=unit.now, reminds_at=None)
    data = {"check": asked.check, "person": asked.actor, "asked_by": asked.asked_by, **more}
    return append(unit, with_ask(record, over), f"ask_{status.value}", actor, data, content=False)[0]


def with_ask(record: ItemRecord, asked: AskRecord) -> ItemRecord:
    """The item with a request, in the place of the one before it."""
    others = (each for each in record.asks if (each.check, each.actor) != (asked.check, asked.actor))
    return changed(record, asks=(*others, asked))


def _checks_of(item_type: ItemType) -> set[str]:
    return {check.id for gate in item_type.gates for check in gate.checks}


def _demand_check(unit: UnitOfWork, record: ItemRecord, check: str) -> None:
    item_type = unit.item_type(record)
    known = set(ABOUT_THE_PERSON) if item_type is None else _checks_of(item_type) | ABOUT_THE_PERSON
    known |= {f"{method}.placet_check" for method, _ in unit.catalog(record.workspace).checks}
    if check not in known:
        what = unit.titles(record.workspace, record.type).sentence("check of {type:a type}", type=record.type)
        raise InvalidError.unknown("/check", what, check[:200], known)


def _demand_person(unit: UnitOfWork, record: ItemRecord, to: str) -> None:
    """Raises `InvalidError` for somebody who is not there, or who cannot see what they would be asked for."""
    found = unit.session.people.actor(to)
    if found is None:
        raise InvalidError.unknown("/to", "actor", to[:100], unit.session.people.actor_ids(to, 1000))
    if found.deactivated_at is not None:
        raise InvalidError.at("/to", f"{found.name} is switched off: ask somebody else")
    if not sees(unit, found, record):
        raise InvalidError.at(
            "/to",
            f"{found.name} has no role by which they see {record.key}: ask somebody who has one, or appoint them",
        )


def _end(unit: UnitOfWork, record: ItemRecord, wanted: datetime | None) -> datetime:
    now = unit.now
    if wanted is None:
        return now + ASK_LASTS
    if wanted <= now:
        titles = unit.titles(record.workspace, record.type)
        raise InvalidError.at("/expires_at", titles.sentence("is not after now, {now:moment}", now=now))
    if wanted - now > LONGEST_ASK:
        days = (wanted - now).days
        raise InvalidError.at(
            "/expires_at", f"is {days} days ahead, and somebody can be asked for {LONGEST_ASK.days} at most"
        )
    return wanted
