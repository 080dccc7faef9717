"""Items that somebody took out of a control's scope, and that were then moved past it.

A scope goes by fields, and fields are edited: often rightly, and sometimes to be rid of the control. Our choice: a
change that leaves a scope is not stopped, as most of them correct a mistake; but each such move is in the population
of the control's tests, and always in its sample, so that somebody independent judges why. An empty field that is
filled in leaves nothing: the item was in scope for want of a value. Source: COBIT 2019, MEA02.01 and DSS06.03.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from placet import CheckContext, EventView, ItemView, JobContext
from placet_cobit.controls.executions import OUT_OF_SCOPE, Spell, in_force, judged, types_of

#: Kinds of events that change fields, computed ones included.
_CHANGING = (
    "edited", "transition", "linked", "unlinked", "evidence", "confirmed", "declined", "confirmation_taken_back",
    "confirmation_expired", "asked_again",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Departure:
    """A move out of a control's scope, of an item that had been in it."""

    control: str
    item: str
    event: str
    transition: str
    at: datetime
    #: The fields by which it left, and who changed them.
    fields: tuple[str, ...]
    by: tuple[str, ...]


def departures(
    ctx: CheckContext | JobContext, control: ItemView, since: datetime, until: datetime
) -> tuple[Departure, ...]:
    """The moves in the time [since, until) that a control did not judge, of items that had been in its scope."""
    spells = list(in_force(ctx, control, until))
    found: list[Departure] = []
    for type in types_of(spells):
        out = list(_out_of_scope(ctx, control, type, since, until))
        changes = _changes(ctx, type, [event for event, _ in out], until)
        for event, checks in out:
            left = _left(checks, _scopes_of(spells, event), changes[event.key], event.at)
            if left is not None:
                made = event.data["transition"]
                found.append(Departure(control.key, event.key, event.id, made, event.at, *left))
    return tuple(sorted(found, key=lambda each: (each.at, each.event)))


def _out_of_scope(
    ctx: CheckContext | JobContext, control: ItemView, type: str, since: datetime, until: datetime
) -> Iterator[tuple[EventView, list[Mapping[str, Any]]]]:
    """The moves that no gate of the control judged, each with its checks that did not run for want of scope."""
    for event in ctx.events(type, since=since, until=until):
        checks = judged(control.key, event)
        if checks and all(OUT_OF_SCOPE in each.get("read", {}) for each in checks):
            yield event, checks


def _changes(
    ctx: CheckContext | JobContext, type: str, events: Iterable[EventView], until: datetime
) -> Mapping[str, list[EventView]]:
    """By item: the events that have changed its fields, of those items that these events are about."""
    keys = {event.key for event in events}
    made = [item.created_at for key in keys if (item := ctx.get(key)) is not None]
    found: defaultdict[str, list[EventView]] = defaultdict(list)
    if made:
        for event in ctx.events(type, kinds=_CHANGING, since=min(made), until=until, of=sorted(keys)):
            if event.data.get("changes"):
                found[event.key].append(event)
    return found


def _scopes_of(spells: Iterable[Spell], event: EventView) -> Mapping[str, Mapping[str, Any]]:
    version = event.data["workspace_version"]
    return next((spell.scopes for spell in spells if spell.covers(version)), {})


def _left(
    checks: Iterable[Mapping[str, Any]],
    scopes: Mapping[str, Mapping[str, Any]],
    changes: Iterable[EventView],
    at: datetime,
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The fields by which an item left a scope, and who changed them; `None` for one that was never in it."""
    before = [event for event in changes if event.at <= at]
    for check in checks:
        scope, fields = scopes.get(check["gate"], {}), tuple(check["read"][OUT_OF_SCOPE])
        by = {
            field: [
                event.actor
                for event in before
                if field in event.data["changes"] and holds(scope.get(field), event.data["changes"][field][0])
            ]
            for field in fields
        }
        if all(by.values()):
            return fields, tuple(dict.fromkeys(person for people in by.values() for person in people))
    return None


def holds(wanted: Any, value: Any) -> bool:
    """Whether a stored value of a field is in scope, an empty one left out."""
    if wanted is None or value in (None, "", [], ()):
        return False
    if isinstance(wanted, Mapping):
        least, most = wanted.get("at_least"), wanted.get("at_most")
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return False
        return (least is None or number >= Decimal(str(least))) and (
            most is None or number <= Decimal(str(most))
        )
    return any(each in wanted for each in (value if isinstance(value, list | tuple) else [value]))
