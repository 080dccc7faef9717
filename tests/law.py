"""The law of the log: what must hold at any moment, whatever happened before. Checked after all that could break it.

Each acknowledged write is there, once; each other one is there wholly or not at all; the events of an item are numbered
1..n without gap, and their states and fields follow from each other and lead to what the item says of itself; the audit
verifies; the log read from its beginning is the union of the histories, in each item's own order; and what is searched
agrees with the items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from placet.engine.act.records import EventRecord, ItemRecord, Mark, TimerRecord
from placet.engine.act.targets import target_of
from placet.engine.engine import SYSTEM_ACTOR, Engine
from placet.engine.timers import readings

#: Rows of a page, small enough that turning pages is part of what is checked.
_PAGE = 50


def assert_law(engine: Engine, acknowledged: Iterable[str] = ()) -> None:
    """Check everything that is stored against the law.

    Args:
        engine: over the database, with nobody writing.
        acknowledged: ids of the events that were acknowledged to writers.
    """
    items = all_items(engine)
    histories = {item.key: history(engine, item.key) for item in items}
    for item in items:
        _assert_history_leads_to(item, histories[item.key])
    audit = engine.reports.verify(SYSTEM_ACTOR)
    assert audit.ok, audit.first_bad
    reported = feed(engine)
    _assert_feed_is_the_union(reported, histories)
    counted = Counter(event.id for event in reported)
    lost = [id for id in acknowledged if counted[id] != 1]
    assert lost == [], f"acknowledged, and not there once: {lost}"
    _assert_searches_find(engine, items)


def all_items(engine: Engine) -> list[ItemRecord]:
    """Every item there is."""
    found: list[ItemRecord] = []
    query = engine.reports.item_query(SYSTEM_ACTOR, limit=_PAGE)
    while True:
        page = engine.reports.items(SYSTEM_ACTOR, query)
        found += page.rows
        if page.next_cursor is None:
            return found
        query = replace(query, cursor=page.next_cursor)


def history(engine: Engine, key: str) -> list[EventRecord]:
    """Every event of an item, in its own order."""
    found: list[EventRecord] = []
    while True:
        page = engine.event_log.history(SYSTEM_ACTOR, key, after=found[-1].seq if found else 0, limit=_PAGE)
        found += page.rows
        if page.next_cursor is None:
            return found


def feed(engine: Engine) -> list[EventRecord]:
    """The whole log by position, of which there are 1..n."""
    found: list[EventRecord] = []
    query = engine.event_log.query(SYSTEM_ACTOR, limit=_PAGE)
    while True:
        page = engine.event_log.sealed(query)
        if not page.rows:
            return found
        for sealed in page.rows:
            found.append(sealed.event)
            assert sealed.position == len(found)
        query = replace(query, after=page.next_cursor)


def _assert_history_leads_to(item: ItemRecord, events: list[EventRecord]) -> None:
    key = item.key
    assert [event.seq for event in events] == list(range(1, len(events) + 1)), key
    assert (events[-1].seq, events[-1].hash) == (item.seq, item.head), key
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(events)), key
    assert events[0].kind == "created", key
    state, fields = events[0].data["to_state"], dict[str, object]()
    for event in events:
        if event.kind == "transition":
            assert event.data["from_state"] == state, f"{key} {event.seq}: does not follow from {state}"
        state = event.data.get("to_state", state)
        # A computed field follows evidence and votes too. Of roles, `changes` has the holders.
        if event.kind != "roles":
            for name, (old, new) in event.data.get("changes", {}).items():
                if name != "title":
                    assert fields.get(name) == old, f"{key} {event.seq}: {name} was {fields.get(name)}"
                    fields[name] = new
    assert item.state == state, key
    logged = {name: value for name, value in fields.items() if value is not None}
    differing = [name for name in {*logged, *item.fields} if logged.get(name) != item.fields.get(name)]
    assert {name: (logged.get(name), item.fields.get(name)) for name in differing} == {}, f"{key} {item.type}"


def _assert_feed_is_the_union(reported: list[EventRecord], histories: dict[str, list[EventRecord]]) -> None:
    of_items = Counter(event.id for event in reported if event.number)
    assert of_items == Counter(event.id for events in histories.values() for event in events)
    last: Counter[str] = Counter()
    for event in reported:
        assert event.seq == last[event.key] + 1, (
            f"the feed has {event.key} {event.seq} after {last[event.key]}"
        )
        last[event.key] = event.seq


def _assert_searches_find(engine: Engine, items: list[ItemRecord]) -> None:
    """By family, by each indexed field, and by type and state with those changed last in front."""
    families: dict[str, set[str]] = {}
    for item in items:
        if item.parent is not None:
            families.setdefault(item.parent, set()).add(item.key)
    for parent, children in families.items():
        assert {child.key for child in engine.items.children(SYSTEM_ACTOR, parent)} == children
    for workspace, type, state in {(item.workspace, item.type, item.state) for item in items}:
        query = engine.reports.item_query(
            SYSTEM_ACTOR, workspace=workspace, type=type, states=[state], sort="-updated_at", limit=500
        )
        there = [
            item for item in items if (item.workspace, item.type, item.state) == (workspace, type, state)
        ]
        there.sort(key=lambda item: (item.updated_at, item.number), reverse=True)
        assert [item.key for item in engine.reports.items(SYSTEM_ACTOR, query).rows] == [
            i.key for i in there
        ][:500]
    for workspace, type in {(item.workspace, item.type) for item in items}:
        indexed = engine.workspaces.catalog(SYSTEM_ACTOR, workspace).item_type(type).indexed
        of_type = [item for item in items if (item.workspace, item.type) == (workspace, type)]
        for name, value in {
            (name, item.fields[name])
            for item in of_type
            for name in indexed
            if isinstance(item.fields.get(name), str)
        }:
            query = engine.reports.item_query(
                SYSTEM_ACTOR, workspace=workspace, type=type, fields={name: value}, limit=500
            )
            found = {item.key for item in engine.reports.items(SYSTEM_ACTOR, query).rows}
            assert found == {item.key for item in of_type if item.fields.get(name) == value}, (name, value)


def timers_of(events: Iterable[EventRecord]) -> dict[str, TimerRecord]:
    """An item's timers, from nothing but what its events say of them."""
    found: dict[str, TimerRecord] = {}
    for event in events:
        for kept in event.data.get("timers", ()):
            at = datetime.fromisoformat(kept["at"]) if "at" in kept else event.at
            target = target_of(kept.get("target"))
            mark = Mark(at, kept["mark"], kept.get("reason", ""), target, kept.get("grace", 0))
            found[kept["timer"]] = readings.marked(found.get(kept["timer"]), mark)
    return found
