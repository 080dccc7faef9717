"""The agenda of a workspace: what takes place when, and windows declared or taken over from another calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from placet.definitions.agenda import CalendarEntry
from placet.definitions.document import plain
from placet.definitions.items import ItemType
from placet.engine.act.records import Actor, ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.verbs import ItemVerbs
from placet.engine.items.writer import Hand
from placet.engine.rules.recurrence import FOREVER
from placet.engine.rules.spans import rule_of, times, written
from placet.errors import Fault, InvalidError, NotFoundError

#: Windows that one act declares; an act is one transaction.
WINDOWS_LIMIT = 500


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One item of a calendar; with a rule it comes again."""

    item: ItemRecord
    kind: str
    #: Moments, or dates of whole days.
    start: datetime | date
    end: datetime | date | None
    rrule: str | None
    window: bool


@dataclass(frozen=True, slots=True)
class WindowWish:
    """A window to be declared."""

    title: str
    start: datetime
    end: datetime
    kind: str | None = None
    rrule: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    #: Where it stands in what was sent.
    pointer: str = ""


class AgendaVerbs(ItemVerbs):
    """What calendars show, and what is declared in them."""

    def agenda(self, asker: Actor, workspace: str, *, since: datetime) -> list[AgendaLine]:
        """Everything in a workspace that takes place at a time and is not over by a moment, each item once."""

        def see(work: UnitOfWork) -> list[AgendaLine]:
            place = self.seen_workspace(work, asker, workspace)
            lines = _lines(work, place.key, since, FOREVER, windows_only=False)
            return sorted((line for line, _ in lines), key=lambda line: (str(line.start), line.item.key))

        return self.look(see)

    def windows(
        self, asker: Actor, workspace: str, after: datetime, before: datetime, *, kind: str | None = None
    ) -> list[tuple[AgendaLine, datetime, datetime]]:
        """Each time in [after, before) at which a window comes about, in order, in UTC."""

        def see(work: UnitOfWork) -> list[tuple[AgendaLine, datetime, datetime]]:
            place = self.seen_workspace(work, asker, workspace)
            zone = place.calendar.zone
            found = [
                (line, *time)
                for line, entry in _lines(work, place.key, after, before, windows_only=True)
                if kind in {None, line.kind}
                for time in times(entry, line.item.fields, zone, after=after, before=before)
            ]
            return sorted(found, key=lambda each: (each[1], each[0].item.key))

        return self.look(see)

    def declare_windows(
        self, asker: Actor, workspace: str, wishes: Sequence[WindowWish], *, type: str | None = None
    ) -> list[ItemRecord]:
        """Declare windows, all of them or none.

        Raises:
            ForbiddenError: the asker holds no role that may.
            InvalidError: with pointers into what was sent.
            NotFoundError: the workspace, or nothing in it is a window.
        """
        if len(wishes) > WINDOWS_LIMIT:
            raise InvalidError.at(
                "", f"{len(wishes)} windows at once are too many: send {WINDOWS_LIMIT} at most"
            )

        def do(work: UnitOfWork) -> list[ItemRecord]:
            place = self.seen_workspace(work, asker, workspace)
            item_type, entry = _window_type(work, place.key, type)
            self.demand_creator(asker, place, item_type)
            hand = Hand(work)
            made = [_declared(hand, place.key, item_type, entry, wish, asker) for wish in wishes]
            work.write()
            return made

        return self.act("declare_windows", do)


def _lines(
    work: UnitOfWork, workspace: str, after: datetime, before: datetime, *, windows_only: bool
) -> Iterator[tuple[AgendaLine, CalendarEntry]]:
    """What may take place in [after, before), in the states in which it does: one search an item type."""
    for item_type in work.catalog(workspace).item_types.values():
        entry = item_type.calendar
        if entry is not None and (entry.window or not windows_only):
            for record in work.session.search(workspace, item_type.id, entry.states, (), (after, before)):
                yield _line(record, item_type, entry), entry


def _line(record: ItemRecord, item_type: ItemType, entry: CalendarEntry) -> AgendaLine:
    fields = record.fields
    kind = None if entry.kind is None else fields.get(entry.kind)
    end = None if entry.end is None else fields.get(entry.end)
    return AgendaLine(
        item=record,
        kind=str(kind or item_type.title.lower()),
        start=written(fields[entry.start]),
        end=None if end is None else written(end),
        rrule=rule_of(entry, fields),
        window=entry.window,
    )


def _window_type(work: UnitOfWork, workspace: str, type: str | None) -> tuple[ItemType, CalendarEntry]:
    item_types = work.catalog(workspace).item_types
    found = {
        t.id: (t, t.calendar) for t in item_types.values() if t.calendar is not None and t.calendar.window
    }
    if not found:
        raise NotFoundError("windows: no method that has them is switched on in", workspace)
    if type is None and len(found) > 1:
        raise InvalidError.at("/type", f"there are several kinds of windows here: say {' or '.join(found)}")
    if type is not None and type not in found:
        raise InvalidError.unknown("/type", "type of window", type[:100], found)
    return found[type or next(iter(found))]


def _declared(
    hand: Hand, workspace: str, item_type: ItemType, entry: CalendarEntry, wish: WindowWish, asker: Actor
) -> ItemRecord:
    told = {
        entry.start: wish.start.isoformat(),
        entry.end: wish.end.isoformat(),
        entry.rrule: wish.rrule,
        entry.kind: wish.kind,
    }
    said = {name: value for name, value in told.items() if name is not None and value is not None}
    fields = {**plain(entry.defaults), **wish.fields, **said}
    if wish.rrule is not None and entry.rrule is None:
        raise InvalidError.at(f"{wish.pointer}/rrule", f"a {item_type.id} does not come again")
    try:
        return hand.create(workspace, item_type.id, wish.title, fields, actor=asker.id)
    except InvalidError as error:
        own = {f"/fields/{name}": f"/{word}" for name, word in _words(entry).items()}
        faults = [
            Fault(wish.pointer + own.get(fault.pointer, fault.pointer), fault.message)
            for fault in error.faults
        ]
        raise InvalidError(faults) from None


def _words(entry: CalendarEntry) -> dict[str, str]:
    """The fields of a window by what everybody calls them."""
    named = {entry.start: "start", entry.end: "end", entry.rrule: "rrule", entry.kind: "kind"}
    return {name: word for name, word in named.items() if name is not None}
