"""Stored parts of items that depend on their workspace's rules and calendars, written again when these change."""

from __future__ import annotations

from collections.abc import Mapping

from placet.catalog.catalog import Catalog
from placet.definitions.document import method_of
from placet.definitions.items import json_schema
from placet.definitions.verdicts import Blocker
from placet.engine.act.access import ref_of
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.progress import COMPUTED, INDEX, SCHEDULE, form_of
from placet.engine.act.records import Progress
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.misfits import counted
from placet.engine.rules.spans import depends_on_zone, span_in

#: Items that are processed together.
_BATCH = 500


def misfitting(unit: UnitOfWork, place: str, before: Catalog, after: Catalog) -> list[Blocker]:
    """The blockers of a change of rules under which stored values would not fit any more, or be known to no rule."""
    found = []
    for type, item_type in after.item_types.items():
        old = before.item_types.get(type)
        if old is not None and json_schema(old.fields) != json_schema(item_type.fields):
            known = {(each.field, each.kind) for each in counted(unit, place, old)}
            found += [
                each for each in counted(unit, place, item_type) if (each.field, each.kind) not in known
            ]
    return [
        Blocker(
            message=f"{each} under these rules",
            remedy="send force to go on: the values are kept and shown, and only what reads them asks for others",
            message_id=f"workspace.{each.kind}",
            params={"type": each.type, "field": each.field, "items": each.items},
            gate="workspace",
            check=f"workspace.{each.kind}",
            source=method_of(each.type),
        )
        for each in found
    ]


def behind(unit: UnitOfWork, place: str, catalog: Catalog) -> list[Progress]:
    """The parts of a workspace that do not follow the definitions in force, each with how far it is."""
    known = {(state.type, state.part): state for state in unit.session.upkeep.progress(place)}
    found = []
    numbers: Mapping[str, int] | None = None
    for type in catalog.item_types:
        for part, definition in _followed(catalog, type):
            state = known.get((type, part))
            if state is None or state.definition != definition:
                numbers = unit.session.upkeep.numbers(place) if numbers is None else numbers
                total = numbers.get(type, 0)
                found.append(Progress(place, type, part, definition, 0, 0, total, finished=False))
            elif not state.finished:
                found.append(state)
    return found


def _followed(catalog: Catalog, type: str) -> list[tuple[str, str]]:
    """The parts of an item type, each with the hash of what it follows from."""
    item_type = catalog.item_types[type]
    parts = {INDEX: True, COMPUTED: bool(item_type.computed), SCHEDULE: bool(item_type.timers)}
    return [(part, form_of(catalog, type, part)) for part, there in parts.items() if there]


def begin_upkeep(unit: UnitOfWork, place: str, catalog: Catalog) -> None:
    """Note which values have to be brought up to date from now on; those of types without items are.

    Noted with the change of rules itself: items that are written before the worker begins would otherwise be missed if
    the rules were changed back before it.
    """
    for state in behind(unit, place, catalog):
        unit.session.upkeep.save(state._replace(finished=not state.total))


def set_schedules(unit: UnitOfWork, place: WorkspaceRecord, catalog: Catalog) -> None:
    """Write the schedules of items by the calendars and rules that are in force from now on."""
    derived, after = unit.environment.derived, 0
    while batch := unit.session.timers.timed(place.key, after, _BATCH):
        for record in batch:
            item_type = catalog.item_types.get(record.type)
            demanded = derived.schedule(record, item_type, place.timetable, unit.now)
            unit.session.timers.save_schedule(ref_of(record), demanded)
        after = batch[-1].number


def set_spans(unit: UnitOfWork, place: WorkspaceRecord, catalog: Catalog) -> None:
    """Write the times of items that take place on whole days or in local time, after a change of the zone."""
    zone = place.calendar.zone
    for item_type in catalog.item_types.values():
        entry, after = item_type.calendar, 0
        while entry is not None and (batch := unit.session.placed(place.key, item_type.id, after, _BATCH)):
            unit.session.save_spans(
                {
                    record.key: span_in(item_type, record.fields, zone)
                    for record in batch
                    if depends_on_zone(entry, record.fields)
                }
            )
            after = batch[-1].number
