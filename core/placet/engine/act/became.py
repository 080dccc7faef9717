"""The state of an item as its events give it: one reading of an event, for who writes it and for who verifies it.

Most of what an event does to its item is said by members that people read: fields by `changes`, the state by
`to_state`, timers by `timers`. `stated` reads these. Whatever else became of the item (votes, links, waivers, acts that
duties count) is in the member `became`, as a JSON Patch on what `stated` returns. So the events of an item, read in
order, give all of its content, and `placet audit verify` compares that with the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any

from placet.definitions.pointers import pointer_of, steps
from placet.engine.act.patches import BECAME, EVENT, Operation, differences, patched
from placet.engine.act.questions import ConfirmationRecord
from placet.engine.act.records import ApprovalRound, ItemRecord, Waiver
from placet.engine.act.targets import timer_data

#: The parts of an item that follow from its events, in the order in which a patch changes them: copies come after what
#: they are copied from. Its key is that of the chain, and its last number and hash are the chain's end.
PARTS = (
    "fields", "title", "type", "state", "category", "version", "parent", "roles", "approvals", "confirmations", "asks",
    "waivers", "evidence", "links", "link_attributes", "acts", "edited", "timers", "created_at", "created_by",
    "updated_at", "state_since", "definition",
)  # fmt: skip
_parts = attrgetter(*PARTS)
#: Parts of which equal values are written alike: texts, and timers, all of whose numbers are whole. Elsewhere `1` is
#: equal to `True`.
_WRITTEN_ALIKE = frozenset(
    {"title", "type", "state", "category", "parent", "created_by", "definition", "timers"}
)
_EMPTY: Mapping[str, Any] = {
    "fields": {}, "category": None, "version": 0, "roles": {}, "approvals": (), "confirmations": (), "asks": (),
    "waivers": (), "evidence": (), "links": {}, "link_attributes": {}, "acts": {}, "edited": {}, "timers": {},
}  # fmt: skip

#: Members of a record that repeat values of the item's fields.
_COPIES = {ApprovalRound: "material", ConfirmationRecord: "material", Waiver: "content"}
#: Beginnings of the paths of such records in an item, and these members.
_REPEATING, _REPEATED = ("/approvals/", "/confirmations/", "/waivers/"), frozenset(_COPIES.values())


def stated(before: Mapping[str, Any] | None, event: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of an item after an event, but for what its `became` adds; `before` is `None` for its first event.

    It works on the JSON of a log and on an item's own values alike, and changes neither.
    """
    at, kind = event["at"], event["kind"]
    parts = dict(before) if before is not None else _begun(event)
    changes = event.get("changes") or {}
    if kind == "roles":
        held = {**parts["roles"], **{role: pair[1] for role, pair in changes.items()}}
        parts["roles"] = {role: people for role, people in held.items() if people}
    elif changes:
        names = [name for name in changes if name != "title"]
        parts["fields"] = {**parts["fields"], **{name: changes[name][1] for name in names}}
        parts["edited"] = {**parts["edited"], **dict.fromkeys(names, at)}
        if "title" in changes:
            parts["title"] = changes["title"][1]
    state = event.get("to_state")
    if state is not None and state != parts["state"]:
        parts["state"], parts["state_since"] = state, at
    if kind == "transition":
        act, people = f"transition:{event['transition']}", parts["acts"]
        there = people.get(act, ())
        if event["actor"] not in there:
            parts["acts"] = {**people, act: [*there, event["actor"]]}
    if event.get("timers"):
        parts["timers"] = _marked(parts["timers"], event["timers"], at)
    if event["version"] != parts["version"]:
        parts["version"], parts["updated_at"] = event["version"], at
    parts["definition"] = event.get("definition", "")
    return parts


def _begun(event: Mapping[str, Any]) -> dict[str, Any]:
    at = event["at"]
    return {
        **_EMPTY, "type": event.get("type"), "title": event.get("title"), "parent": event.get("parent"),
        "state": event.get("to_state"), "created_at": at, "created_by": event["actor"], "updated_at": at,
        "state_since": at,
    }  # fmt: skip


def _unmarked() -> dict[str, Any]:
    return {"marks": [], "fired": [], "turns": 0, "due_points": []}


def _marked(timers: Mapping[str, Any], marks: Any, at: Any) -> dict[str, Any]:
    """Timers in JSON with further marks, as an event writes them."""
    found = dict(timers)
    for mark in marks:
        entry = {
            "at": mark.get("at", at), "what": mark["mark"], "reason": mark["reason"], "target": mark.get("target"),
            "grace": mark.get("grace", 0),
        }  # fmt: skip
        timer = found.get(mark["timer"])
        if timer is None or mark["mark"] == "start":
            timer = _unmarked()
        elif mark["mark"] == "repeat":
            timer = {**_unmarked(), "turns": timer["turns"] + 1, **_still_overtaken(timer)}
        found[mark["timer"]] = {**timer, "marks": [*timer["marks"], entry]}
    return found


def _still_overtaken(timer: Mapping[str, Any]) -> dict[str, Any]:
    """The points of which a timer has notified nobody, when it begins again."""
    overtaken = timer.get("overtaken")
    return {} if overtaken is None else {"overtaken": {**overtaken, "turns": overtaken["turns"] + 1}}


def became(before: ItemRecord | None, after: ItemRecord, event: Mapping[str, Any]) -> list[Operation]:
    """The changes of an item at an event, beyond those that the event's other members state."""
    old, new = (None if before is None else _values(before)), _values(after)
    if before is None or after.timers is not before.timers:
        old, new = _with_timers(before, old, after, new)
    expected = stated(old, event)
    found: list[Operation] = []
    for name in PARTS:
        value, stated_value = new[name], expected[name]
        if value is not stated_value and not (name in _WRITTEN_ALIKE and value == stated_value):
            found += differences(stated_value, value, (name,))
    return [each for operation in found for each in _copied(operation, after)] if found else found


def _values(record: ItemRecord) -> dict[str, Any]:
    """The parts of an item."""
    return dict(zip(PARTS, _parts(record), strict=True))


def _with_timers(
    before: ItemRecord | None, old: dict[str, Any] | None, after: ItemRecord, new: dict[str, Any]
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """The parts with their timers in JSON; the same object where a timer has not changed."""
    known: Mapping[str, Any] = {} if before is None else before.timers
    as_json = {name: timer_data(each) for name, each in known.items()}
    now = {
        name: as_json[name] if each is known.get(name) else timer_data(each)
        for name, each in after.timers.items()
    }
    return (None if old is None else {**old, "timers": as_json}), {**new, "timers": now}


def _copied(operation: Operation, record: ItemRecord) -> Iterator[Operation]:
    """An operation; for a record that repeats values of fields, with copies of these in place of another text.

    So a text that somebody typed is in the event in which they typed it, and is erased there.
    """
    value: Any = operation.get("value")
    name = _COPIES.get(type(value))
    if name is None:
        source = None
        if operation["path"].startswith(_REPEATING):
            source = _source_within(operation["path"], value, record)
        yield operation if source is None else {"op": "copy", "from": source, "path": operation["path"]}
        return
    kept: Mapping[str, Any] = getattr(value, name)
    own = {each: _source(each, given, record) for each, given in kept.items()}
    plain = {each: kept[each] for each, source in own.items() if source is None}
    yield {**operation, "value": replace(value, **{name: plain})}
    for each, source in own.items():
        if source is not None:
            yield {"op": "copy", "from": source, "path": f"{operation['path']}{pointer_of((name, each))}"}


def _source_within(path: str, value: Any, record: ItemRecord) -> str | None:
    """Where the item has a value that such a record gets as one more of those that it repeats."""
    match steps(path):
        case [_, _, holder, name] if holder in _REPEATED:
            return _source(name, value, record)
    return None


def _source(name: str, value: Any, record: ItemRecord) -> str | None:
    """Where the item has a value of its own by that name; `None` for another value, or one that says little."""
    if not isinstance(value, str | list | dict) or not value:
        return None
    if name == "title" and value == record.title:
        return "/title"
    return pointer_of(("fields", name)) if record.fields.get(name) == value else None


def replayed(before: dict[str, Any] | None, event: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of an item after an event of the log, in JSON; `before` may be changed.

    Raises:
        LookupError, TypeError, ValueError: the event does not fit, as somebody tampered with it.
    """
    parts: dict[str, Any] = stated(before, event)
    operations = event.get(BECAME)
    if before is None:
        parts |= {name: [] for name, value in _EMPTY.items() if value == ()}
        parts |= {name: dict(parts[name]) for name, value in _EMPTY.items() if value == {}}
    if operations:
        parts[EVENT] = event
        patched(parts, operations)
        del parts[EVENT]
    return parts
