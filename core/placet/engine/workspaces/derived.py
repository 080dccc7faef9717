"""Stored parts of items that depend on their workspace's rules and calendars, written again when these change."""

from __future__ import annotations

from placet.catalog.catalog import Catalog
from placet.engine.act.access import ref_of
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.spans import depends_on_zone, span_in

#: Items that are processed together.
_BATCH = 500


def set_schedules(work: UnitOfWork, place: WorkspaceRecord, catalog: Catalog) -> None:
    """Write the schedules of items by the calendars and rules that are in force from now on."""
    derived, after = work.environment.derived, 0
    while batch := work.session.timers.on_the_clock(place.key, after, _BATCH):
        for record in batch:
            item_type = catalog.item_types.get(record.type)
            demanded = derived.schedule(record, item_type, place.timetable, work.now)
            work.session.timers.save_schedule(ref_of(record), demanded)
        after = batch[-1].number


def set_spans(work: UnitOfWork, place: WorkspaceRecord, catalog: Catalog) -> None:
    """Write the times of items that take place on whole days or in local time, after a change of the zone."""
    zone = place.calendar.zone
    for item_type in catalog.item_types.values():
        entry, after = item_type.calendar, 0
        while entry is not None and (batch := work.session.placed(place.key, item_type.id, after, _BATCH)):
            work.session.save_spans(
                {
                    record.key: span_in(item_type, record.fields, zone)
                    for record in batch
                    if depends_on_zone(entry, record.fields)
                }
            )
            after = batch[-1].number
