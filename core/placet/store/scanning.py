"""Lists of items by fields whose index does not follow their definition yet: every item is read, and computed on.

Only for the time that the worker takes after a change of rules: the time of a page grows with the number of items.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from placet.engine.act.indexing import Values, ValuesOf, index_texts, meets
from placet.engine.act.queries import ItemQuery, Page
from placet.engine.act.records import ItemRecord
from placet.store import items
from placet.store.driver import Fetch
from placet.store.items import Place

#: Items that are read at a time.
_BATCH = 500


def page_of_scanned(
    fetch: Fetch, query: ItemQuery, read: Callable[[Any], ItemRecord], values_of: ValuesOf, *, sqlite: bool
) -> Page[ItemRecord]:
    """A page like `placet.store.items.page_of_items`, with the same cursors."""
    descending = query.sort.startswith("-")
    after = items.cursor_place(query)
    found = (
        (_order(place, descending=descending), record)
        for place, record in _placed(fetch, query, read, values_of, sqlite=sqlite)
        if after is None or _order(place, descending=descending) > _order(after, descending=descending)
    )
    rows = heapq.nsmallest(query.limit + 1, found, key=lambda each: each[0])
    shown = [record for _, record in rows[: query.limit]]
    cursor = None
    if len(rows) > query.limit:
        last = shown[-1]
        cursor = items.cursor_after(query, _place(query, last, values_of(last)))
    return Page(shown, cursor)


def number_of_scanned(
    fetch: Fetch, query: ItemQuery, read: Callable[[Any], ItemRecord], values_of: ValuesOf, *, sqlite: bool
) -> int:
    """The number of items on all pages of the query."""
    return sum(1 for _ in _placed(fetch, query, read, values_of, sqlite=sqlite))


def _placed(
    fetch: Fetch, query: ItemQuery, read: Callable[[Any], ItemRecord], values_of: ValuesOf, *, sqlite: bool
) -> Iterator[tuple[Place, ItemRecord]]:
    """The items of a query, each with its place in the list."""
    batch = replace(query, conditions=(), assignee=None, sort="key", limit=_BATCH, cursor=None)
    while True:
        page = items.page_of_items(fetch, batch, read, sqlite=sqlite)
        for record in page.rows:
            values = values_of(record)
            if _fits(query, record, values):
                yield _place(query, record, values), record
        if page.next_cursor is None:
            return
        batch = replace(batch, cursor=page.next_cursor)


def _fits(query: ItemQuery, record: ItemRecord, values: Values) -> bool:
    assigned = (
        query.assignee is None
        or query.assignee in values.get("assignee", ())
        or any(query.assignee in holders for holders in record.roles.values())
    )
    return assigned and all(meets(values, condition) for condition in query.conditions)


def _place(query: ItemQuery, record: ItemRecord, values: Values) -> Place:
    name = query.sort.removeprefix("-")
    value: str | datetime = ""
    lacking = False
    if name in {"created_at", "updated_at"}:
        value = getattr(record, name)
    elif name != "key":
        lacking = name not in values
        value = "" if lacking else index_texts(values[name])[0]
    return Place(lacking, value, record.workspace, record.number)


def _order(place: Place, *, descending: bool) -> tuple[Any, ...]:
    """A key that sorts places as the list does: items without the field come last in both directions."""
    parts = (place.value, place.workspace, place.number)
    return (place.lacking, *(_Reversed(part) for part in parts)) if descending else (place.lacking, *parts)


class _Reversed:
    """A value that sorts the other way round."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __lt__(self, other: _Reversed) -> bool:
        return bool(other._value < self._value)

    def __gt__(self, other: _Reversed) -> bool:
        return bool(other._value > self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reversed) and bool(other._value == self._value)

    __hash__ = None  # type: ignore[assignment]  # it is only compared
