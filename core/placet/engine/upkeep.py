"""Upkeep: what is stored of existing items follows the definitions, after a change of rules or of a method's code.

That is their indexed and computed values, and when their timers are due.

The worker does it in batches. Each is one transaction with its position, so that it goes on where it was stopped, and
acts in the workspace wait for one batch at most. Until an index is complete, lists and searches read the items instead.
"""

from __future__ import annotations

import logging
from functools import partial

from placet.definitions.items import ItemType
from placet.definitions.roles import SYSTEM
from placet.engine.act.access import ref_of
from placet.engine.act.progress import COMPUTED, INDEX, SCHEDULE
from placet.engine.act.recorder import append, changed_fields
from placet.engine.act.records import ItemRecord
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.writer import ItemWriter
from placet.engine.rules.spans import span_in
from placet.engine.workspaces.derived import behind
from placet.errors import BusyError, PlacetError

_log = logging.getLogger(__name__)

#: Items of one batch, by part: a computation costs some milliseconds, for which acts in the workspace wait.
_BATCHES = {INDEX: 200, COMPUTED: 50, SCHEDULE: 200}


class Upkeep:
    """Brings values of existing items up to date."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts
        #: Versions of workspaces in which everything follows the definitions of this process.
        self._done: dict[str, int] = {}

    def catch_up(self) -> bool:
        """Bring one batch of each workspace up to date; returns whether there may be more."""
        versions = self._acts.look(lambda work: work.session.upkeep.versions())
        waiting = [key for key, version in versions.items() if self._done.get(key) != version]
        for key in waiting:
            if not (self._acts.look(partial(_is_behind, key=key)) and self._batch(key)):
                self._done[key] = versions[key]
        return bool(waiting)

    def _batch(self, key: str) -> bool:
        try:
            return self._acts.administer("catch_up", partial(_caught_up, key=key), configures=[key])
        except BusyError as failure:
            _log.warning("the values of items in %s are brought up to date later: %s", key, failure)
            return True


def _is_behind(work: UnitOfWork, key: str) -> bool:
    return bool(behind(work, key, work.catalog(key)))


def _caught_up(work: UnitOfWork, key: str) -> bool:
    """Bring one batch of a workspace up to date; returns whether there was one."""
    catalog = work.catalog(key)
    todo = behind(work, key, catalog)
    if not todo:
        return False
    state = todo[0]
    limit = _BATCHES[state.part]
    records = work.current(work.session.upkeep.batch(key, state.type, state.after, limit))
    item_type = catalog.item_type(state.type)
    if state.part == INDEX:
        _index(work, item_type, records)
    elif state.part == SCHEDULE:
        for record in records:
            work.session.timers.save_schedule(ref_of(record), work.schedule(record))
    else:
        for record in records:
            _compute(work, record)
        work.write()
    work.session.upkeep.save(
        state._replace(
            after=records[-1].number if records else state.after,
            done=state.done + len(records),
            finished=len(records) < limit,
        )
    )
    return True


def _index(work: UnitOfWork, item_type: ItemType, records: list[ItemRecord]) -> None:
    if not records:
        return
    zone = work.workspace(records[0].workspace).calendar.zone
    work.session.upkeep.index({ref_of(record): work.index_values(record) for record in records})
    work.session.save_spans({record.key: span_in(item_type, record.fields, zone) for record in records})


def _compute(work: UnitOfWork, record: ItemRecord) -> None:
    """Compute the fields of an item again; a change is an event of its own, and voids what rested on the old value."""
    kept = work.savepoint()
    try:
        after = ItemWriter(work).settled(record)
        changes = changed_fields(record, after)
        if changes or after.approvals is not record.approvals:
            append(work, after, "edited", SYSTEM, {"changes": changes, "caused_by": "rules"})
            return
    except PlacetError as failure:
        # Its next change will meet the same failure, and say so to the person who makes it.
        _log.error("%s keeps its computed fields: %s", record.key, failure)
    work.back_to(kept)
