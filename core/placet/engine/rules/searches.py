"""Searches of checks by state, indexed fields and time: for the items, or only for when they take place.

A search finds what the store has, as this act leaves it. The store's index has the time of an item that does not recur;
the occurrences of one that does follow from its rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from placet.definitions.agenda import CalendarEntry
from placet.definitions.items import ItemType
from placet.definitions.readonly import read_only_dict
from placet.engine.act.lenient import defaults
from placet.engine.act.people import WorkspaceRecord
from placet.engine.act.queries import Condition, TimeRow
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.rules.conditions import holds, is_exact
from placet.engine.rules.spans import Time, times
from placet.errors import DefinitionError, nearest

_NOTHING: Mapping[str, Any] = read_only_dict({})
_place = attrgetter("workspace", "number")


#: An occurrence: start, number, end, and the stored fields of its item, where they were read.
_Found = tuple[datetime, int, datetime, Mapping[str, Any] | None]


class Occasion(NamedTuple):
    """One occurrence of an item; see `TimeView`."""

    key: str
    start: datetime
    end: datetime
    stored: Mapping[str, Any]
    #: The fields that were asked for, with the values of those that were never given.
    asked: Mapping[str, Any]

    @property
    def fields(self) -> Mapping[str, Any]:
        # Made where it is read: most occurrences of a schedule are only looked at for their times.
        found: Mapping[str, Any] = read_only_dict(
            {name: self.stored.get(name, given) for name, given in self.asked.items()}
        )
        return found


@dataclass(frozen=True, slots=True)
class Search:
    """A search for items of one type in a workspace, within an act."""

    unit: UnitOfWork
    workspace: WorkspaceRecord
    item_type: ItemType
    states: Sequence[str]
    where: Sequence[Condition]
    overlapping: tuple[datetime, datetime] | None

    def records(self) -> list[ItemRecord]:
        """The items, in order of key."""
        by, at = self._as_stored()
        stored = self.unit.stored(self.workspace.key, self.item_type.id, self.states, by, at)
        as_found = by == self.where and at is self.overlapping
        # Asked of something that was found alone: most searches of checks find nothing.
        exact = (
            bool(stored) and as_found and at is None and all(is_exact(each, self.item_type) for each in by)
        )
        return as_left(self.unit, stored, lambda record: self._fits(record, as_found=as_found), exact=exact)

    def _as_stored(self) -> tuple[Sequence[Condition], tuple[datetime, datetime] | None]:
        """The conditions and the time, as far as the stored values of the items can answer them."""
        computed, entry = self.item_type.computed_fields, self.item_type.calendar
        if self.unit.is_computed(self.workspace.key, self.item_type):
            return self.where, self.overlapping
        # The stored values of these fields are not those of the rules in force: the items themselves are read.
        by = [condition for condition in self.where if condition.field not in computed]
        return by, None if entry is not None and computed & set(entry.fields) else self.overlapping

    def _is_of_type(self, record: ItemRecord) -> bool:
        return record.workspace == self.workspace.key and record.type == self.item_type.id

    def _fits(self, record: ItemRecord, *, as_found: bool) -> bool:
        if not self._is_of_type(record):
            return False
        now = record if as_found else self.unit.as_computed(record)
        return (
            (not self.states or now.state in self.states)
            and all(holds(each, self.item_type, now) for each in self.where)
            and (
                self.overlapping is None
                or self.item_type.calendar is None
                or next(self._times_of(now.fields, self.item_type.calendar, self.overlapping), None)
                is not None
            )
        )

    def _times_of(
        self, fields: Mapping[str, Any], entry: CalendarEntry, time: tuple[datetime, datetime]
    ) -> Iterator[Time]:
        return times(entry, fields, self.workspace.calendar.zone, after=time[0], before=time[1])

    def occasions(
        self, entry: CalendarEntry, time: tuple[datetime, datetime], names: Sequence[str]
    ) -> list[Occasion]:
        """The occurrences of the items in the time, with some stored fields, in order of start and number.

        Raises:
            DefinitionError: a field does not exist.
        """
        known = self.item_type.fields.model_fields
        for name in names:
            if name not in known:
                raise DefinitionError(
                    f"a check reads the times of {self.item_type.id} with {name}, which is not one of its fields"
                    f"{nearest(name, known)}"
                )
        rows, records = self._timed(entry, time, names)
        after, before = time
        # Written out in one expression: there are thousands of rows, and none of those that do not recur costs a call.
        # As `overlaps` has it, since rows may lie beside the time.
        rule = entry.rrule
        found: list[_Found] = [
            (row.starts, row.number, row.ends, row.fields)
            for row in rows
            if row.starts < before
            and (row.ends > after or row.starts == row.ends >= after)
            and (rule is None or row.fields is None or not row.fields.get(rule))
        ]
        if rule is not None:
            for row in rows:
                if row.fields and row.fields.get(rule):
                    found += self._recurring(entry, row, time)
        found += [
            (start, record.number, end, record.fields)
            for record in records
            for start, end in self._times_of(record.fields, entry, time)
        ]
        found.sort(key=itemgetter(0, 1))
        place, given, new = self.workspace.key, defaults(self.item_type.fields), tuple.__new__
        read = {name: given.get(name) for name in names}
        return [
            new(Occasion, (f"{place}-{number}", start, end, fields or _NOTHING, read))
            for start, number, end, fields in found
        ]

    def _recurring(self, entry: CalendarEntry, row: TimeRow, time: tuple[datetime, datetime]) -> list[_Found]:
        """The occurrences of an item in a time, as far as it has any: it may not have begun, or be over."""
        if row.starts >= time[1] or row.ends < time[0] or row.fields is None:
            return []
        return [
            (start, row.number, end, row.fields) for start, end in self._times_of(row.fields, entry, time)
        ]

    def _timed(
        self, entry: CalendarEntry, time: tuple[datetime, datetime], names: Sequence[str]
    ) -> tuple[Sequence[TimeRow], Sequence[ItemRecord]]:
        """The items with their times: as the store has them, or read in full, where that does not follow the rules."""
        place, type = self.workspace.key, self.item_type.id
        read = {*(condition.field for condition in self.where), *names, *entry.fields}
        computed = self.item_type.computed_fields.isdisjoint(read) or self.unit.is_computed(
            place, self.item_type
        )
        if not (computed and self.unit.is_indexed(place, type)):
            return (), [self.unit.as_computed(record) for record in self.records()]
        whole = bool(names) or entry.rrule is not None
        rows = self.unit.times(place, type, self.states, self.where, time, whole=whole)
        changed = {record.number: record for record in self.unit.made_here(self._is_of_type)}
        here = [record for record in changed.values() if self._fits(record, as_found=True)]
        return [row for row in rows if row.number not in changed] if changed else rows, here


def as_left(
    unit: UnitOfWork,
    stored: Sequence[ItemRecord],
    fits: Callable[[ItemRecord], bool],
    *,
    exact: bool = False,
) -> list[ItemRecord]:
    """Stored items that still fit in this act, and those that fit only by changes of this act, in order of key.

    `exact`: the store finds what fits and nothing else, so that only items which this act has otherwise are judged.
    """
    here = unit.current(stored)
    if not here:
        kept = here
    elif exact:
        kept = [now for now, then in zip(here, stored, strict=True) if now is then or fits(now)]
    else:
        kept = [now for now in here if fits(now)]
    made = unit.made_here(fits)
    if not made:
        return kept
    return sorted({_place(record): record for record in (*kept, *made)}.values(), key=_place)
