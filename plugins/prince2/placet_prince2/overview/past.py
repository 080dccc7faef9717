"""Items as their events left them at a moment: made from the log alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from placet_prince2.overview.entries import Entry, Move


class Event(Protocol):
    """The parts of an event that are read."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


def entries_at(events: Iterable[Event], until: datetime) -> list[Entry]:
    """Every item that existed at a moment, as it was then; what happened at that moment counts.

    The events of one item have to be in their order; those of different items may be mixed.
    """
    found: dict[str, Entry] = {}
    for event in events:
        if event.at <= until:
            entry = found.get(event.key)
            after = (
                _made(event) if event.kind == "created" else None if entry is None else _then(entry, event)
            )
            if after is not None:
                found[event.key] = after
    return list(found.values())


def _made(event: Event) -> Entry:
    data = event.data
    return Entry(
        key=event.key,
        type=data["type"],
        title=data["title"] or "",
        state=data["to_state"],
        parent=data.get("parent"),
        fields=_changed({}, data),
        created_at=event.at,
        since=event.at,
    )


def _then(entry: Entry, event: Event) -> Entry:
    data = event.data
    if "role" in data:  # its changes are those of people
        return entry
    title = data.get("changes", {}).get("title", [None, None])[1]
    after = replace(entry, title=title or entry.title, fields=_changed(entry.fields, data))
    if event.kind != "transition":
        return after
    move = Move(event.at, data["transition"], data["to_state"], event.actor)
    since = entry.since if move.state == entry.state else event.at
    return replace(after, state=move.state, since=since, moves=(*entry.moves, move))


def _changed(fields: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    changes = data.get("changes") or {}
    return {**fields, **{name: pair[1] for name, pair in changes.items() if name != "title"}}
