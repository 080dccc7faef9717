"""Readings of recorded events by checks, as they hold at the commit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

from placet.definitions.copies import changed
from placet.definitions.items import ItemType
from placet.definitions.readonly import read_only
from placet.engine.act.event_document import shown
from placet.engine.act.input import parse_key
from placet.engine.act.queries import TypeHistory
from placet.engine.act.records import EventRecord
from placet.engine.act.unit_of_work import UnitOfWork

#: Kinds of events that change their item, so that it is known by the time of its last change.
_CONTENT = frozenset({"created", "edited", "transition"})


def events(
    unit: UnitOfWork,
    workspace: str,
    item_type: ItemType,
    kinds: Iterable[str],
    time: tuple[datetime, datetime],
    of: Iterable[str] | None,
) -> list[EventRecord]:
    """The events of a workspace's items of a type in a time, in order of time; `of`: of some of them, by key."""
    wanted = tuple(dict.fromkeys(kinds))
    numbers: list[int] = []
    states: tuple[str, ...] = ()
    if of is not None:
        # The items hold the reading, and so they are read before their histories.
        records = unit.items(parse_key(key) for key in of)
        numbers = [
            each.number for each in records if (each.workspace, each.type) == (workspace, item_type.id)
        ]
        if not (numbers and wanted):
            return []
    elif not _CONTENT.issuperset(wanted):
        # A refusal or a comment changes nothing of its item, and so it may be younger than the last change.
        states = tuple(state.id for state in item_type.workflow.states if not state.category.final)
    found = unit.session.events_of(
        TypeHistory(workspace, item_type.id, wanted, *time, standing=states, numbers=tuple(numbers))
    )
    # With the counters of its guard, the store returns what it finds by item.
    in_order = sorted(found, key=attrgetter("at", "id"))
    return [changed(each, data=read_only(shown(each))) for each in in_order]
