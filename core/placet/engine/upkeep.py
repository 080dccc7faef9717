"""Upkeep: what is stored of existing items follows the definitions, after a change of rules or of a method's code.

That is their indexed and computed values, and when their timers are due.

The worker does it in batches. Each is one transaction with its position, so that it goes on where it was stopped, and
acts in the workspace wait for one batch at most, which ends when its time is over, however many items it has come to.
Until an index is complete, lists and searches read the items instead.

A part that fails, such as the index of one type where a method's code cannot read an item, holds up no other: it is
named in the log with the item, and tried again item by item after a pause that grows.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from placet.catalog.catalog import Catalog
from placet.catalog.composition import one_line
from placet.definitions.document import method_of
from placet.definitions.items import ItemType
from placet.definitions.roles import SYSTEM
from placet.engine.act.access import ref_of
from placet.engine.act.indexing import Values
from placet.engine.act.progress import COMPUTED, INDEX, SCHEDULE, WORDS
from placet.engine.act.queries import ItemSpan
from placet.engine.act.recorder import append, changed_fields
from placet.engine.act.records import ItemRecord, ItemRef, Progress
from placet.engine.act.runner import ActRunner
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.items.writer import ItemWriter
from placet.engine.rules.spans import span_in
from placet.engine.workspaces.derived import behind
from placet.errors import BusyError, PlacetError, UnavailableError

_log = logging.getLogger(__name__)

#: Items that are read at once.
_AT_ONCE = 50
#: Seconds after which a batch ends with the item that it has come to. Its commit takes about as long again.
_LONGEST = 0.05
#: The pause after a failure, which doubles with each one in a row, and the longest.
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=1)


class _Part(NamedTuple):
    """A part of a type's values in a workspace, under one definition: another one is tried at once."""

    workspace: str
    type: str
    part: str
    definition: str


class _Failed(NamedTuple):
    """How often a part has failed in a row, and the moment from which it is tried again."""

    times: int
    again_at: datetime


class Upkeep:
    """Brings values of existing items up to date."""

    def __init__(self, acts: ActRunner) -> None:
        self._acts = acts
        #: Seconds for which a batch works on items: acts in the workspace wait meanwhile, and on SQLite all acts.
        self.longest = _LONGEST
        #: Versions of workspaces in which everything follows the definitions of this process.
        self._done: dict[str, int] = {}
        self._failed: dict[_Part, _Failed] = {}

    def catch_up(self) -> bool:
        """Bring one batch of each workspace up to date; returns whether there may be more to do now."""
        versions = self._acts.look(lambda unit: unit.session.upkeep.versions())
        busy = False
        for key in [key for key, version in versions.items() if self._done.get(key) != version]:
            parts = self._acts.look(partial(_parts_behind, key=key))
            if parts:
                busy = self._step(key, parts) or busy
            else:
                self._done[key] = versions[key]
        return busy

    def _step(self, key: str, parts: Sequence[_Part]) -> bool:
        """Bring some values of a workspace up to date; returns whether anything was to be done now."""
        now = self._acts.clock.now()
        sound = [part for part in parts if part not in self._failed]
        alone = [part for part in parts if part in self._failed and self._failed[part].again_at <= now]
        try:
            if sound:
                # From now on, as the workspace is locked here: a batch that waited for its lock has held up nobody.
                self._batch(key, lambda unit: _caught_up(unit, key, sound, time.monotonic() + self.longest))
        except UnavailableError:
            raise
        except BusyError as failure:
            _log.warning("the values of items in %s are brought up to date later: %s", key, failure)
        except Exception as failure:  # noqa: BLE001  # the part that failed is found, named and logged below
            _log.info(
                "a batch of %s was rolled back, and its parts are tried alone: %s", key, one_line(failure)
            )
            alone += sound
        for part in alone:
            self._try_alone(part, now)
        return bool(sound or alone)

    def _batch(self, key: str, do: Callable[[UnitOfWork], object]) -> None:
        self._acts.administer("catch_up", do, configures=[key])

    def _try_alone(self, part: _Part, now: datetime) -> None:
        """Bring the next item of a part up to date; where that fails, the part rests while others go on."""
        try:
            self._batch(part.workspace, lambda unit: _caught_up(unit, part.workspace, [part], until=0.0))
        except UnavailableError:
            raise
        except BusyError as failure:
            _log.warning("%s of %s are brought up to date later: %s", WORDS[part.part], part.type, failure)
        except Exception:  # noqa: BLE001  # in the log, and it must not stop the other parts
            # Read first: if the database has gone, that is the failure, and no part's.
            stands_at = self._acts.look(partial(_next_key, part=part))
            times = self._failed[part].times + 1 if part in self._failed else 1
            pause = min(_FIRST_PAUSE * 2 ** min(times - 1, 10), _LONGEST_PAUSE)
            self._failed[part] = _Failed(times, now + pause)
            _log.exception(
                "%s of %s (method %s) cannot be brought up to date at %s, and are tried again in %d s; those of other "
                "types go on",
                WORDS[part.part], part.type, method_of(part.type), stands_at, pause.total_seconds(),
            )  # fmt: skip
        else:
            self._failed.pop(part, None)


def _part_of(state: Progress) -> _Part:
    return _Part(state.workspace, state.type, state.part, state.definition)


def _parts_behind(unit: UnitOfWork, key: str) -> list[_Part]:
    return [_part_of(state) for state in behind(unit, key, unit.catalog(key))]


def _next_key(unit: UnitOfWork, part: _Part) -> str:
    """The key of the item at which a part stands; its workspace where nothing is left."""
    states = behind(unit, part.workspace, unit.catalog(part.workspace))
    after = next((state.after for state in states if _part_of(state) == part), 0)
    records = unit.session.upkeep.batch(part.workspace, part.type, after, 1)
    return records[0].key if records else part.workspace


def _caught_up(unit: UnitOfWork, key: str, parts: Collection[_Part], until: float) -> None:
    """Bring parts of a workspace up to date until a moment of `time.monotonic`."""
    catalog = unit.catalog(key)
    todo = deque(state for state in behind(unit, key, catalog) if _part_of(state) in parts)
    while todo:
        state = _continued(unit, catalog, todo.popleft(), until)
        unit.session.upkeep.save(state)
        if not state.finished:
            todo.appendleft(state)
        if time.monotonic() >= until:
            break
    unit.write()


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
