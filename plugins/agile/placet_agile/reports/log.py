"""Histories from the log: what the events of items say about their states, points, sprints and blocks.

Figures and series are computed from these alone. Fields that a transition keeps for convenience, such as the moment of
the first start, are not read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from placet import Category, EventRecord
from placet.api import ItemRecord
from placet_agile.ids import STORY, WORK
from placet_agile.numbers.history import Course, Flow, ItemHistory, Stamp
from placet_agile.numbers.scope import Timebox
from placet_agile.reports.teams import Team
from placet_agile.story import workflow


def _flow() -> Flow:
    states = workflow(STORY).states
    return Flow(
        tuple(state.id for state in states if state.category is not Category.CANCELLED),
        frozenset(state.id for state in states if state.category is Category.ACTIVE),
        frozenset(state.id for state in states if state.category is Category.DONE),
    )


#: The flow of stories and bugs.
FLOW = _flow()


@dataclass(frozen=True, slots=True)
class SprintHistory:
    """A sprint that was started."""

    record: ItemRecord
    timebox: Timebox
    cancelled: bool

    @property
    def number(self) -> int:
        return int(self.record.fields["number"])


class _Stamps:
    """The places of events in the log.

    The changes that a sprint made to its items when it ended are part of that act, and none of them is before it. The
    log has these events one after the other, each naming the sprint as its cause.
    """

    def __init__(self, sprints: Iterable[SprintHistory]) -> None:
        self._ends = {sprint.record.key: sprint.timebox.ended for sprint in sprints}

    def of(self, event: EventRecord) -> Stamp:
        """The place of an event."""
        end = self._ends.get(str(event.data.get("caused_by")))
        return end if end is not None and end.at == event.at else _stamp(event)


def _stamp(event: EventRecord) -> Stamp:
    return Stamp(event.at, event.decided)


def _changes(events: Iterable[EventRecord], field: str, stamps: _Stamps) -> Iterator[tuple[Stamp, Any]]:
    """The new values of a field."""
    for event in events:
        # An event about a role has its holders in the same member.
        changes = {} if "role" in event.data else event.data.get("changes", {})
        if field in changes:
            yield stamps.of(event), changes[field][1]


def _item_history(record: ItemRecord, events: Sequence[EventRecord], stamps: _Stamps) -> ItemHistory:
    """An item through time, by its events."""
    states = tuple(
        (stamps.of(event), str(event.data["to_state"]))
        for event in events
        if event.kind != "refused" and event.data.get("to_state") is not None
    )
    points = (
        (stamp, None if value is None else Decimal(str(value)))
        for stamp, value in _changes(events, "points", stamps)
    )
    blocked = ((stamp, bool(value)) for stamp, value in _changes(events, "blocked", stamps))
    return ItemHistory(
        record.key,
        record.created_at,
        Course(None, states),
        Course(None, tuple(points)),
        Course(None, tuple(_changes(events, "sprint", stamps))),
        Course(initial=False, changes=tuple(blocked)),
        str(record.fields.get("class_of_service", "standard")),
    )


def histories(team: Team, sprints: Iterable[SprintHistory] = ()) -> list[ItemHistory]:
    """All stories and bugs of a team through time, as some sprints saw them."""
    records = [
        record
        for type in WORK
        for record in team.engine.reports.search(team.actor, team.key, type, team=team.key)
    ]
    events = _events(team, records)
    stamps = _Stamps(sprints)
    return [_item_history(record, events[record.key], stamps) for record in records]


def sprint_histories(team: Team, records: Sequence[ItemRecord]) -> list[SprintHistory]:
    """Those of some sprints that were started, in the order in which they are given."""
    events = _events(team, records)
    found = (_sprint_history(record, events[record.key]) for record in records)
    return [sprint for sprint in found if sprint is not None]


def _events(team: Team, records: Sequence[ItemRecord]) -> Mapping[str, list[EventRecord]]:
    found: defaultdict[str, list[EventRecord]] = defaultdict(list)
    for event in team.engine.event_log.of_items(team.actor, [record.key for record in records]):
        found[event.key].append(event)
    return found


def _sprint_history(record: ItemRecord, events: Sequence[EventRecord]) -> SprintHistory | None:
    moves = [event for event in events if event.kind == "transition"]
    started = next((event for event in moves if event.data["transition"] == "start_sprint"), None)
    ended = next((event for event in moves if event.data["transition"] in {"close", "cancel"}), None)
    if started is None:
        return None
    return SprintHistory(
        record,
        Timebox(
            record.key,
            _stamp(started),
            _moment(record.fields.get("planned_end")) or started.at,
            None if ended is None else _stamp(ended),
        ),
        ended is not None and ended.data["transition"] == "cancel",
    )


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None
