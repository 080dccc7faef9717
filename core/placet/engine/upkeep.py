"""Upkeep: what is stored of existing items follows the definitions, after a change of rules or of a method's code.

That is their indexed and computed values, and when their timers are due.

The worker does it in batches. Each is one transaction with its position, so that it goes on where it was stopped, and
acts in the workspace wait for one batch at most, which ends when its time is over, however many items it has come to.
Until an index is complete, lists and searches read the items instead.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial

from placet.catalog.catalog import Catalog
from placet.definitions.items import ItemType
from placet.definitions.roles import SYSTEM
from placet.engine.act.access import ref_of
from placet.engine.act.indexing import Values
from placet.engine.act.progress import COMPUTED, INDEX, SCHEDULE
from placet.engine.act.queries import ItemSpan
from placet.engine.act.recorder import append, changed_fields
from placet.engine.act.records import ItemRecord, ItemRef, Progress
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.writer import ItemWriter
from placet.engine.rules.spans import span_in
from placet.engine.workspaces.derived import behind
from placet.errors import BusyError, PlacetError

_log = logging.getLogger(__name__)

#: Items that are read at once.
_AT_ONCE = 50
#: Seconds after which a batch ends with the item that it has come to. Its commit takes about as long again.
_LONGEST = 0.05


class Upkeep:
    """Brings values of existing items up to date."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts
        #: Seconds for which a batch works on items: acts in the workspace wait meanwhile, and on SQLite all acts.
        self.longest = _LONGEST
        #: Versions of workspaces in which everything follows the definitions of this process.
        self._done: dict[str, int] = {}

    def catch_up(self) -> bool:
        """Bring one batch of each workspace up to date; returns whether there may be more."""
        versions = self._acts.look(lambda unit: unit.session.upkeep.versions())
        waiting = [key for key, version in versions.items() if self._done.get(key) != version]
        for key in waiting:
            if not (self._acts.look(partial(_is_behind, key=key)) and self._batch(key)):
                self._done[key] = versions[key]
        return bool(waiting)

    def _batch(self, key: str) -> bool:
        def do(unit: UnitOfWork) -> bool:
            # From now on, as the workspace is locked here: a batch that waited for its lock has held up nobody.
            return _caught_up(unit, key, time.monotonic() + self.longest)

        try:
            return self._acts.administer("catch_up", do, configures=[key])
        except BusyError as failure:
            _log.warning("the values of items in %s are brought up to date later: %s", key, failure)
            return True


def _is_behind(unit: UnitOfWork, key: str) -> bool:
    return bool(behind(unit, key, unit.catalog(key)))


def _caught_up(unit: UnitOfWork, key: str, until: float) -> bool:
    """Bring values of a workspace up to date until a moment of `time.monotonic`; returns whether there were any."""
    catalog = unit.catalog(key)
    todo = deque(behind(unit, key, catalog))
    found = bool(todo)
    while todo:
        state = _continued(unit, catalog, todo.popleft(), until)
        unit.session.upkeep.save(state)
        if not state.finished:
            todo.appendleft(state)
        if time.monotonic() >= until:
            break
    unit.write()
    return found


def _continued(unit: UnitOfWork, catalog: Catalog, state: Progress, until: float) -> Progress:
    """How far a part of a type is after its next items."""
    records = unit.current(unit.session.upkeep.batch(state.workspace, state.type, state.after, _AT_ONCE))
    done = _STEPS[state.part](unit, catalog.item_type(state.type), _in_time(records, until))
    return state._replace(
        after=records[done - 1].number if done else state.after,
        done=state.done + done,
        finished=done == len(records) < _AT_ONCE,
    )


def _in_time(records: Sequence[ItemRecord], until: float) -> Iterator[ItemRecord]:
    """Items as long as there is time for them, and the first in any case."""
    for n, record in enumerate(records):
        if n and time.monotonic() >= until:
            return
        yield record


# The steps: each brings one part of some items up to date, and returns of how many.


def _index(unit: UnitOfWork, item_type: ItemType, records: Iterator[ItemRecord]) -> int:
    values: dict[ItemRef, Values] = {}
    spans: dict[str, ItemSpan | None] = {}
    for record in records:
        values[ref_of(record)] = unit.index_values(record)
        spans[record.key] = span_in(item_type, record.fields, unit.workspace(record.workspace).calendar.zone)
    if values:
        unit.session.upkeep.index(values)
        unit.session.save_spans(spans)
    return len(values)


def _compute_all(unit: UnitOfWork, _: ItemType, records: Iterator[ItemRecord]) -> int:
    done = 0
    for record in records:
        _compute(unit, record)
        done += 1
    return done


def _schedule(unit: UnitOfWork, _: ItemType, records: Iterator[ItemRecord]) -> int:
    done = 0
    for record in records:
        unit.session.timers.save_schedule(ref_of(record), unit.schedule(record))
        done += 1
    return done


_STEPS = {INDEX: _index, COMPUTED: _compute_all, SCHEDULE: _schedule}


def _compute(unit: UnitOfWork, record: ItemRecord) -> None:
    """Compute the fields of an item again; a change is an event of its own, and voids what rested on the old value."""
    kept = unit.savepoint()
    try:
        after = ItemWriter(unit).settled(record)
        changes = changed_fields(record, after)
        if changes or after.approvals is not record.approvals:
            append(unit, after, "edited", SYSTEM, {"changes": changes, "caused_by": "rules"})
            return
    except PlacetError as failure:
        # Its next change will meet the same failure, and say so to the person who makes it.
        _log.error("%s keeps its computed fields: %s", record.key, failure)
    unit.back_to(kept)
