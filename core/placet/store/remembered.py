"""A cache of items as they were last read: unchanged rows are not parsed again."""

from __future__ import annotations

from typing import Any

from placet.engine.act.records import ItemRecord
from placet.store.rows import item_record

#: Items in the cache at once, of some kilobytes each.
_KEPT = 4096


class RememberedItems:
    """The last row of each item, with its record. Whole rows are compared, so no record is ever stale."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], tuple[Any, ItemRecord]] = {}

    def record(self, row: Any) -> ItemRecord:
        """The record of a row; the identical object for the same row."""
        key = row.workspace, row.number
        known = self._known.get(key)
        if known is not None and known[0] == row:
            return known[1]
        record = item_record(row)
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[key] = row, record
        return record
