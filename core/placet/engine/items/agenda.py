"""The agenda of a workspace: its entries in time, and windows declared here or imported from another calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from placet.definitions.agenda import CalendarEntry
from placet.definitions.document import method_of, plain
from placet.definitions.items import ItemType
from placet.definitions.roles import CREATE, SYSTEM
from placet.definitions.wording import with_article
from placet.engine.act.access import may_see, seen_workspace
from placet.engine.act.input import parse_key
from placet.engine.act.people import Actor, WorkspaceRecord
from placet.engine.act.plugin_calls import PluginError
from placet.engine.act.proposals import WINDOWS, Proposal
from placet.engine.act.records import ItemRecord
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.rights import demand_creator
from placet.engine.items.windows import WindowWish, demand_alone, document_of, wish_of
from placet.engine.items.writer import ItemWriter
from placet.engine.rules.context import Context
from placet.engine.rules.recurrence import FOREVER
from placet.engine.rules.refusals import plugin_failed
from placet.engine.rules.spans import given, rule_of, times
from placet.errors import Fault, InvalidError, NotFoundError

#: Windows that one act may declare; an act is one transaction.
WINDOWS_LIMIT = 500


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """One entry of a calendar; with a rule it recurs."""

    item: ItemRecord
    kind: str
    #: Moments, or dates of whole days.
    start: datetime | date
    end: datetime | date | None
    rrule: str | None
    window: bool


#: Keeps windows until a second person has decided that they are declared.
Propose = Callable[[UnitOfWork, WorkspaceRecord, Sequence[Mapping[str, Any]], Actor], Proposal]


class Agenda:
    """Entries of calendars, and windows declared in them. The first argument of each verb is the actor."""

    def __init__(self, acts: ActRunner, propose: Propose) -> None:
        self._acts = acts
        self._propose = propose

    def entries(self, actor: Actor, workspace: str, *, since: datetime) -> list[AgendaEntry]:
        """All items of a workspace that take place at a time and are not over by a moment, each once."""

        def see(unit: UnitOfWork) -> list[AgendaEntry]:
            place = seen_workspace(unit, actor, workspace)
            lines = _lines(unit, place.key, since, FOREVER, windows_only=False)
            return sorted((line for line, _ in lines), key=lambda line: (str(line.start), line.item.key))

        return self._acts.look(see)

    def windows(
        self, actor: Actor, workspace: str, after: datetime, before: datetime, *, kind: str | None = None
    ) -> list[tuple[AgendaEntry, datetime, datetime]]:
        """Each occurrence of a window in [after, before), in order, in UTC."""

        def see(unit: UnitOfWork) -> list[tuple[AgendaEntry, datetime, datetime]]:
            place = seen_workspace(unit, actor, workspace)
            zone = place.calendar.zone
            found = [
                (line, *time)
                for line, entry in _lines(unit, place.key, after, before, windows_only=True)
                if kind in {None, line.kind}
                for time in times(entry, line.item.fields, zone, after=after, before=before)
            ]
            return sorted(found, key=lambda each: (each[1], each[0].item.key))

        return self._acts.look(see)

    def declare_windows(
        self, actor: Actor, workspace: str, wishes: Sequence[WindowWish], *, type: str | None = None
    ) -> list[ItemRecord] | Proposal:
        """Declare windows, all of them or none.

        Returns:
            The windows; or, where the workspace has windows declared by two people, the proposal of all of them.

        Raises:
            BlockedError: a gate on the making of windows is not passed, or nobody could be the second person.
            ForbiddenError: the actor holds no role that may.
            InvalidError: with pointers into what was sent.
            NotFoundError: the workspace does not exist, or has no type of windows.
        """
        if len(wishes) > WINDOWS_LIMIT:
            raise InvalidError.at(
                "", f"{len(wishes)} windows at once are too many: send {WINDOWS_LIMIT} at most"
            )

        def do(unit: UnitOfWork) -> list[ItemRecord]:
            place = seen_workspace(unit, actor, workspace)
            demand_alone(unit, place, _window_type(unit, place.key, type)[0])
            made = _made(unit, actor, place, wishes, type)
            unit.write()
            return made

        def propose(unit: UnitOfWork) -> Proposal:
            place = seen_workspace(unit, actor, workspace)
            # Made, and not written: nothing is proposed that could not be declared.
            made = _made(unit, actor, place, wishes, type)
            documents = [document_of(wish, made[0].type) for wish in wishes]
            return self._propose(unit, place, documents, actor)

        if self._acts.look(lambda unit: WINDOWS in seen_workspace(unit, actor, workspace).governed):
            return self._acts.administer("propose_windows", propose, configures=[workspace])
        return self._acts.act("declare_windows", do)

    def preview_windows(
        self, actor: Actor, workspace: str, wishes: Sequence[WindowWish], *, type: str | None = None
    ) -> list[tuple[WindowWish, AgendaEntry]]:
        """Windows that are not declared yet, with each planned item that one would hold up; writes nothing.

        Items that the actor may not see are left out. Raises as `declare_windows`.
        """

        def see(unit: UnitOfWork) -> list[tuple[WindowWish, AgendaEntry]]:
            place = seen_workspace(unit, actor, workspace)
            made = _made(unit, actor, place, wishes, type)
            _, entry = _window_type(unit, place.key, type)
            return [
                (wish, line)
                for wish, window in zip(wishes, made, strict=True)
                for record in _held_up(unit, window, entry)
                if may_see(unit, actor, record)
                for line in _line_of(unit, record)
            ]

        return self._acts.look(see)


def declare(
    unit: UnitOfWork, place: WorkspaceRecord, proposal: Proposal, _decider: Actor
) -> Mapping[str, Any]:
    """Declare the windows of a proposal, for the one who proposed them; their keys are in the event of the decision."""
    proposer = unit.session.people.actor(proposal.proposed_by)
    if proposer is None:
        raise NotFoundError("actor", proposal.proposed_by)
    windows = proposal.changes[WINDOWS][1]
    made = _made(unit, proposer, place, [wish_of(each) for each in windows], windows[0]["type"])
    unit.write()
    return {"windows": [record.key for record in made]}


def _made(
    unit: UnitOfWork, actor: Actor, place: WorkspaceRecord, wishes: Sequence[WindowWish], type: str | None
) -> list[ItemRecord]:
    """Windows, declared in the unit of work."""
    item_type, entry = _window_type(unit, place.key, type)
    demand_creator(unit, actor, place, item_type)
    writer = ItemWriter(unit)
    return [_declared(writer, place.key, item_type, entry, wish, actor) for wish in wishes]


def _held_up(unit: UnitOfWork, window: ItemRecord, entry: CalendarEntry) -> list[ItemRecord]:
    """The items that a window holds up, as its method sees it. Raises `BlockedError` where the function failed."""
    if entry.holds_up is None:
        return []
    ctx, holds_up = Context(unit, window, SYSTEM), entry.holds_up
    ctx.speaks_for(method_of(window.type))
    try:
        keys = unit.plugins.call(window.type, ctx, lambda ctx: list(holds_up(ctx)))
    except PluginError as failure:
        raise plugin_failed(
            window.workspace, CREATE, "window", "looking for what it holds up", failure, ctx.titles
        ) from failure
    return unit.items(parse_key(key) for key in keys)


def _lines(
    unit: UnitOfWork, workspace: str, after: datetime, before: datetime, *, windows_only: bool
) -> Iterator[tuple[AgendaEntry, CalendarEntry]]:
    """Items that may take place in [after, before), in the states in which they do: one search for each item type."""
    for item_type in unit.catalog(workspace).item_types.values():
        entry = item_type.calendar
        if entry is not None and (entry.window or not windows_only):
            for record in unit.search(workspace, item_type.id, entry.states, (), (after, before)):
                line = _line(record, item_type, entry)
                if line is not None:
                    yield line, entry


def _line_of(unit: UnitOfWork, record: ItemRecord) -> Iterator[AgendaEntry]:
    item_type = unit.item_type(record)
    if item_type is not None and item_type.calendar is not None:
        line = _line(record, item_type, item_type.calendar)
        if line is not None:
            yield line


def _line(record: ItemRecord, item_type: ItemType, entry: CalendarEntry) -> AgendaEntry | None:
    """The entry of an item; `None` where its start is not a moment or a date any more."""
    fields = record.fields
    kind = None if entry.kind is None else fields.get(entry.kind)
    start = given(fields, entry.start)
    if start is None:
        return None
    return AgendaEntry(
        item=record,
        kind=str(kind or item_type.title.lower()),
        start=start,
        end=None if entry.end is None else given(fields, entry.end),
        rrule=rule_of(entry, fields),
        window=entry.window,
    )


def _window_type(unit: UnitOfWork, workspace: str, type: str | None) -> tuple[ItemType, CalendarEntry]:
    item_types = unit.catalog(workspace).item_types
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
    writer: ItemWriter,
    workspace: str,
    item_type: ItemType,
    entry: CalendarEntry,
    wish: WindowWish,
    actor: Actor,
) -> ItemRecord:
    given = {
        entry.start: wish.start.isoformat(),
        entry.end: wish.end.isoformat(),
        entry.rrule: wish.rrule,
        entry.kind: wish.kind,
    }
    said = {name: value for name, value in given.items() if name is not None and value is not None}
    fields = {**plain(entry.defaults), **wish.fields, **said}
    if wish.rrule is not None and entry.rrule is None:
        raise InvalidError.at(
            f"{wish.pointer}/rrule", f"{with_article(item_type.title.lower())} does not come again"
        )
    try:
        return writer.create(workspace, item_type.id, wish.title, fields, actor=actor.id)
    except InvalidError as error:
        own = {f"/fields/{name}": f"/{word}" for name, word in _words(entry).items()}
        faults = [
            Fault(wish.pointer + own.get(fault.pointer, fault.pointer), fault.message)
            for fault in error.faults
        ]
        raise InvalidError(faults) from None


def _words(entry: CalendarEntry) -> dict[str, str]:
    """The fields of a window by their common names."""
    named = {entry.start: "start", entry.end: "end", entry.rrule: "rrule", entry.kind: "kind"}
    return {name: word for name, word in named.items() if name is not None}
