"""What holds after every concurrency and every kill test, whatever happened before.

Each acknowledged write is there, once; each other one is there wholly or not at all; the events of an item are numbered
1..n and their states follow from each other; the audit verifies; the feed read from its beginning equals the union
of the histories; there are as many effects as events that cause them; what is searched agrees with the items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from placet.engine.act.records import EventRecord, ItemRecord
from placet.engine.engine import SYSTEM_ACTOR, Engine

#: Less than what tests write, so that reading the feed turns pages.
_PAGE = 97


def assert_law(engine: Engine, acknowledged: Iterable[str] = ()) -> None:
    """Hold everything that is stored against the law.

    Args:
        engine: over the database, with nobody writing.
        acknowledged: ids of the events that writers were told of.
    """
    items = all_items(engine)
    histories = {item.key: history(engine, item.key) for item in items}
    for item in items:
        _assert_history_leads_to(item, histories[item.key])
    audit = engine.reports.verify(SYSTEM_ACTOR)
    assert audit.ok, audit.first_bad
    told = feed(engine)
    _assert_feed_is_the_union(told, histories)
    counted = Counter(event.id for event in told)
    lost = [id for id in acknowledged if counted[id] != 1]
    assert lost == [], f"acknowledged, and not there once: {lost}"
    _assert_effects_match_their_causes(items, histories)
    _assert_searches_find_the_items(engine, items)


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
    assert [event.seq for event in events] == list(range(1, len(events) + 1)), item.key
    assert item.seq == len(events), item.key
    assert events[0].kind == "created", item.key
    state = events[0].data["to_state"]
    fields = {name: new for name, (_, new) in events[0].data.get("changes", {}).items()}
    for event in events[1:]:
        if event.kind == "transition":
            assert event.data["from_state"] == state, f"{item.key} {event.seq}: does not follow from {state}"
            state = event.data["to_state"]
        if event.kind in {"transition", "edited"}:
            for name, (old, new) in event.data.get("changes", {}).items():
                if name != "title":
                    assert fields.get(name) == old, f"{item.key} {event.seq}: {name} was {fields.get(name)}"
                    fields[name] = new
    assert item.state == state, item.key
    assert {name: value for name, value in item.fields.items() if fields.get(name) != value} == {}, item.key


def _assert_feed_is_the_union(told: list[EventRecord], histories: dict[str, list[EventRecord]]) -> None:
    of_items = [event for event in told if event.number]
    expected = Counter(event.id for events in histories.values() for event in events)
    assert Counter(event.id for event in of_items) == expected
    last: Counter[str] = Counter()
    for event in told:
        assert event.seq == last[event.key] + 1, (
            f"the feed tells {event.key} {event.seq} after {last[event.key]}"
        )
        last[event.key] = event.seq


def _assert_effects_match_their_causes(
    items: list[ItemRecord], histories: dict[str, list[EventRecord]]
) -> None:
    """A report of a package leaves one note below it, and counts one on its stage."""
    reports = {
        item.key: sum(event.data.get("transition") == "report" and event.kind == "transition"
                      for event in histories[item.key])
        for item in items
        if item.type == "works.package"
    }  # fmt: skip
    notes = Counter(item.parent for item in items if item.type == "works.note")
    assert notes == Counter({key: count for key, count in reports.items() if count})
    stages = Counter({item.key: 0 for item in items if item.type == "works.stage"})
    for item in items:
        if item.type == "works.package" and item.parent is not None:
            stages[item.parent] += reports[item.key]
    counted = {item.key: item.fields["reports"] for item in items if item.type == "works.stage"}
    assert counted == dict(stages)


def _assert_searches_find_the_items(engine: Engine, items: list[ItemRecord]) -> None:
    families: dict[str, list[str]] = {}
    for item in items:
        if item.parent is not None:
            families.setdefault(item.parent, []).append(item.key)
    for parent, children in families.items():
        assert {child.key for child in engine.items.children(SYSTEM_ACTOR, parent)} == set(children)
    for crane in {item.fields["crane"] for item in items if item.type == "works.booking"}:
        query = engine.reports.item_query(
            SYSTEM_ACTOR, type="works.booking", fields={"crane": crane}, limit=500
        )
        found = {item.key for item in engine.reports.items(SYSTEM_ACTOR, query).rows}
        assert found == {
            item.key for item in items if item.type == "works.booking" and item.fields["crane"] == crane
        }
    for type, state in {(item.type, item.state) for item in items}:
        query = engine.reports.item_query(
            SYSTEM_ACTOR, type=type, states=[state], sort="-updated_at", limit=500
        )
        assert [(item.key, item.updated_at) for item in engine.reports.items(SYSTEM_ACTOR, query).rows] == [
            (item.key, item.updated_at)
            for item in sorted(items, key=lambda i: (i.updated_at, i.workspace, i.number), reverse=True)
            if (item.type, item.state) == (type, state)
        ][:500]
