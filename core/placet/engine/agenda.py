"""The agenda of a workspace: what takes place when, and windows declared or taken over from another calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from placet.definitions.agenda import CalendarEntry
from placet.definitions.document import plain
from placet.definitions.items import ItemType
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.hand import Hand
from placet.engine.input import validated
from placet.engine.items import ItemVerbs
from placet.engine.records import Actor, ItemRecord
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

    def agenda(self, asker: Actor, workspace: str, *, windows_only: bool = False) -> list[AgendaLine]:
        """Everything in a workspace that takes place at a time, in the states in which it does."""

        def see(work: UnitOfWork) -> list[AgendaLine]:
            place = self.seen_workspace(work, asker, workspace)
            lines = [
                line
                for item_type in work.catalog(place.key).item_types.values()
                if (entry := item_type.calendar) is not None and (entry.window or not windows_only)
                for record in work.session.search(place.key, item_type.id, entry.states, ())
                if (line := _line(record, item_type, entry)) is not None
            ]
            return sorted(lines, key=lambda line: (str(line.start), line.item.key))

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


def _line(record: ItemRecord, item_type: ItemType, entry: CalendarEntry) -> AgendaLine | None:
    fields = validated(item_type.fields, record.fields)
    start = getattr(fields, entry.start)
    if start is None:
        return None
    kind = None if entry.kind is None else record.fields.get(entry.kind)
    return AgendaLine(
        item=record,
        kind=str(kind or item_type.title.lower()),
        start=start,
        end=None if entry.end is None else getattr(fields, entry.end),
        rrule=None if entry.rrule is None else getattr(fields, entry.rrule),
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
