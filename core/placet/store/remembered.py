"""A cache of items as they were last read or written: unchanged rows are not parsed again."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from placet.engine.act.records import ItemRecord
from placet.store.json import dumps
from placet.store.rows import item_record
from placet.store.tables import items

#: Items in the cache at once, of some kilobytes each.
_KEPT = 4096
_NAMES = [column.name for column in items.c]
_values = itemgetter(*_NAMES)
_DOCUMENTS = ("fields", "body")
#: Every query of items ends with all of their columns and the version of their workspace; counters may come before.
_WIDTH = len(_NAMES) + 1


class RememberedItems:
    """The last row of each item, with its record. Whole rows are compared, so no record is ever stale."""

    def __init__(self) -> None:
        #: A row as it is read, or as it was written.
        self._known: dict[tuple[str, int], tuple[tuple[Any, ...] | Mapping[str, Any], ItemRecord]] = {}

    def record(self, row: Any) -> ItemRecord:
        """The record of a row; the identical object for the same row."""
        key = row.workspace, row.number
        read = tuple(row[-_WIDTH:])
        known = self._known.get(key)
        if known is not None:
            kept, record = known
            if not isinstance(kept, tuple):
                kept = _as_read(kept, record)
            if kept == read:
                self._known[key] = read, record
                return record
        record = item_record(row)
        self._keep(key, read, record)
        return record

    def wrote(self, row: Mapping[str, Any], record: ItemRecord) -> None:
        """Keep an item as it was written, where the database returns documents as they were written: on SQLite."""
        self._keep((record.workspace, record.number), row, record)

    def _keep(
        self, key: tuple[str, int], row: tuple[Any, ...] | Mapping[str, Any], record: ItemRecord
    ) -> None:
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[key] = row, record


def _as_read(row: Mapping[str, Any], record: ItemRecord) -> tuple[Any, ...]:
    """A written row in the form in which it is read."""
    values = {**row, **{name: dumps(row[name]) for name in _DOCUMENTS}}
    return *_values(values), record.workspace_version
