"""The changes of an act, as rows of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from placet.engine.act.changes import Changes
from placet.engine.act.indexing import index_texts
from placet.engine.act.input import parse_key
from placet.engine.act.queries import ItemSpan
from placet.engine.act.records import ItemRecord
from placet.store import rows
from placet.store.derived_tables import follow
from placet.store.spans import span_row

Rows = list[dict[str, Any]]


def written(changes: Changes) -> dict[str, Any]:
    """The rows that an act changes: new rows by table, `updated` items, and deleted rows by their keys."""
    act: dict[str, Any] = {}
    _items(act, changes)
    made = {record.key for record in changes.created}
    _follow(act, changes)
    _index(act, changes, made)
    _place(act, changes.spans, made)
    _schedule(act, changes, made)
    if changes.events:
        act["events"] = [rows.event_row(event) for event in changes.events]
    texts = [row for row in map(rows.text_row, changes.events) if row is not None]
    if texts:
        act["event_texts"] = texts
    return act | _beside(changes)


def _items(act: dict[str, Any], changes: Changes) -> None:
    if changes.created:
        act["items"] = [rows.item_row(record) for record in changes.created]
        act["item_states"] = [_standing(record) | {"type": record.type} for record in changes.created]
    if changes.updated:
        act["updated"] = [rows.item_row(record) for _, record in changes.updated]
    stands = [
        _standing(new)
        for old, new in changes.updated
        if (old.state, old.updated_at) != (new.state, new.updated_at)
    ]
    if stands:
        act["stands"] = stands


def _follow(act: dict[str, Any], changes: Changes) -> None:
    gone: dict[str, Rows] = {}
    for before, after in [*((None, record) for record in changes.created), *changes.updated]:
        for table, less, more in follow(before, after):
            if less:
                gone.setdefault(table, []).extend(less)
            if more:
                act.setdefault(table, []).extend(more)
    if gone:
        act["gone"] = gone


def _standing(record: ItemRecord) -> dict[str, Any]:
    """The state of an item, as a row for searches."""
    return {
        "workspace": record.workspace,
        "number": record.number,
        "state": record.state,
        "updated_at": record.updated_at,
    }


def _beside(changes: Changes) -> dict[str, Rows]:
    """Rows that an act writes besides items and events."""
    act: dict[str, Rows] = {}
    if changes.postponed:
        act["postponed"] = [
            {
                **each.ref._asdict(),
                "subject": each.subject,
                "tries": each.tries,
                "was": each.was,
                "at": each.until,
            }
            for each in changes.postponed
        ]
    if changes.job_run is not None:
        act["job_runs"] = [asdict(changes.job_run)]
    if changes.workspaces:
        act["workspaces"] = [rows.workspace_row(new) for _, new in changes.workspaces]
    if changes.idempotency is not None:
        act["idempotency_keys"] = [asdict(changes.idempotency)]
    return act


def _index(act: dict[str, Any], changes: Changes, made: set[str]) -> None:
    for key, fields in changes.indexed.items():
        ref = parse_key(key)._asdict()
        for field_name, values in fields.items():
            if key not in made:
                act.setdefault("unindexed", []).append({**ref, "field": field_name})
            act.setdefault("item_values", []).extend(
                {**ref, "field": field_name, "value": text} for text in index_texts(values)
            )


def _place(act: dict[str, Any], spans: Mapping[str, ItemSpan | None], made: set[str]) -> None:
    for key, span in spans.items():
        ref = parse_key(key)._asdict()
        if key not in made:
            act.setdefault("gone", {}).setdefault("item_spans", []).append(ref)
        if span is not None:
            act.setdefault("item_spans", []).append({**ref, **span_row(span)})


def _schedule(act: dict[str, Any], changes: Changes, made: set[str]) -> None:
    """The due work of items, and their timers without those that are as they were: an act seldom changes more than one.

    An item keeps all of its timers, so that their rows are replaced, and none is left over.
    """
    if not changes.schedules:
        return
    kept = {
        (new.key, id)
        for old, new in changes.updated
        for id, timer in new.timers.items()
        if timer is old.timers.get(id)
    }
    for key, schedule in changes.schedules.items():
        ref = parse_key(key)
        if key not in made:
            act.setdefault("rescheduled", []).append(ref._asdict())
        timers = [row for row in rows.timer_rows(ref, schedule) if (key, row["timer"]) not in kept]
        for table, more in (("timers", timers), ("dues", rows.due_rows(ref, schedule))):
            if more:
                act.setdefault(table, []).extend(more)
