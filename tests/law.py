"""The law of the log, checked after everything that could break it."""

from __future__ import annotations

from itertools import pairwise

from placet.engine.act.records import EventRecord, ItemRecord
from placet.engine.engine import SYSTEM_ACTOR, Engine

#: Rows of a page, small enough that paging is part of what is checked.
_PAGE = 50


def assert_law(engine: Engine) -> None:
    """What must hold at any moment, whatever happened before.

    Per item the events are numbered from 1 without gap and their states follow from each other; the audit verifies; the
    log read from the beginning is the union of the histories; what an item says of itself is what its log says.
    """
    audit = engine.reports.verify(SYSTEM_ACTOR)
    assert audit.ok, audit.first_bad
    log = _log(engine)
    assert len({event.id for event in log}) == len(log)
    told: dict[str, list[EventRecord]] = {}
    for event in log:
        told.setdefault(event.key, []).append(event)
    items = _items(engine)
    assert {item.key for item in items} == {key for key, events in told.items() if events[0].number}
    for item in items:
        _assert_history(item, told[item.key])
        assert [e.id for e in _history(engine, item.key)] == [e.id for e in told[item.key]]


def _assert_history(item: ItemRecord, events: list[EventRecord]) -> None:
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert (events[-1].seq, events[-1].hash) == (item.seq, item.head)
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(events))
    states = [event.data["to_state"] for event in events if "to_state" in event.data]
    left = [event.data["from_state"] for event in events if event.kind == "transition"]
    assert left == states[:-1]
    assert states[-1] == item.state
    fields: dict[str, object] = {}
    for event in events:
        if event.kind in {"created", "edited", "transition"}:
            changes = event.data.get("changes", {})
            fields |= {name: new for name, (_, new) in changes.items() if name != "title"}
    assert {name: value for name, value in fields.items() if value is not None} == item.fields


def _log(engine: Engine) -> list[EventRecord]:
    found: list[EventRecord] = []
    after: str | None = None
    while True:
        page = engine.event_log.events(engine.event_log.query(SYSTEM_ACTOR, after=after, limit=_PAGE))
        if not page.rows:
            return found
        found += page.rows
        after = page.next_cursor


def _items(engine: Engine) -> list[ItemRecord]:
    found: list[ItemRecord] = []
    cursor: str | None = None
    while True:
        page = engine.reports.items(
            SYSTEM_ACTOR, engine.reports.item_query(SYSTEM_ACTOR, limit=_PAGE, cursor=cursor)
        )
        found += page.rows
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


def _history(engine: Engine, key: str) -> list[EventRecord]:
    found: list[EventRecord] = []
    while True:
        page = engine.event_log.history(SYSTEM_ACTOR, key, after=len(found), limit=_PAGE)
        found += page.rows
        if page.next_cursor is None:
            return found
