"""Changes of JSON documents, as JSON Patch (RFC 6902) writes them: `add`, `remove`, `replace`, `copy`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from operator import getitem
from typing import Any

from placet.definitions.pointers import pointer_of, steps

#: The member of an event that holds the changes of its item, its workspace or the installation.
BECAME = "became"
#: The name under which these changes copy from their own event.
EVENT = "event"
#: One operation.
Operation = dict[str, Any]
_Path = tuple[str | int, ...]
#: Types of values without parts.
_SIMPLE = frozenset({str, int, float, bool, type(None), datetime})
_LISTS = (list, tuple)
#: A dictionary is recognized at once, and any other mapping by its abstract class.
_MAPPINGS = (dict, Mapping)


def differences(before: Any, after: Any, path: _Path = ()) -> Iterator[Operation]:
    """The operations that lead from one value to another: JSON values, or frozen records that are written as such.

    Lists are compared place by place, as histories grow at their ends. Parts that are the same object, as most parts of
    an item are after an act, are not entered.
    """
    if before is after:
        return
    if type(before) in _SIMPLE:
        alike = False
    elif isinstance(before, _LISTS):
        alike = isinstance(after, _LISTS) and len(before) <= len(after)
    elif isinstance(before, _MAPPINGS):
        alike = isinstance(after, _MAPPINGS)
    else:
        alike = is_dataclass(before) and type(before) is type(after)
    if alike:
        yield from _within_both(before, after, path)
    elif type(before) is not type(after) or before != after:
        yield {"op": "replace", "path": pointer_of(path), "value": after}


def _within_both(before: Any, after: Any, path: _Path) -> Iterator[Operation]:
    """The operations on the parts of two mappings, lists or records."""
    if isinstance(before, _LISTS):
        yield from _at(range(len(before)), getitem, before, after, path)
        for n in range(len(before), len(after)):
            yield {"op": "add", "path": pointer_of((*path, n)), "value": after[n]}
    elif isinstance(before, _MAPPINGS):
        yield from _members(before, after, path)
    else:
        kind: Any = type(before)
        yield from _at(_names(kind), getattr, before, after, path)


def _at(places: Iterable[Any], read: Any, before: Any, after: Any, path: _Path) -> Iterator[Operation]:
    """The operations on parts that both have at some places."""
    for place in places:
        was, now = read(before, place), read(after, place)
        if was is not now:
            yield from differences(was, now, (*path, place))


def _members(before: Mapping[str, Any], after: Mapping[str, Any], path: _Path) -> Iterator[Operation]:
    for name in before:
        if name not in after:
            yield {"op": "remove", "path": pointer_of((*path, name))}
    for name, value in after.items():
        if name not in before:
            yield {"op": "add", "path": pointer_of((*path, name)), "value": value}
        elif before[name] is not value:
            yield from differences(before[name], value, (*path, name))


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def patched(document: Any, operations: Iterable[Mapping[str, Any]]) -> Any:
    """A document with operations applied. It is changed where they lead, and copied nowhere else.

    Raises:
        LookupError, TypeError, ValueError: an operation does not fit the document, as somebody tampered with either.
    """
    for each in operations:
        path = steps(each["path"])
        holder = document
        for step in path[:-1]:
            holder = _within(holder, step)
        if each["op"] == "remove":
            del holder[_place(holder, path[-1])]
        elif each["op"] == "copy":
            _put(holder, path[-1], deepcopy(_found(document, steps(each["from"]))), insert=True)
        else:
            _put(holder, path[-1], each["value"], insert=each["op"] == "add")
    return document


def _found(document: Any, path: Iterable[str]) -> Any:
    for step in path:
        document = _within(document, step)
    return document


def _within(holder: Any, step: str) -> Any:
    return holder[_place(holder, step)]


def _place(holder: Any, step: str) -> Any:
    return int(step) if isinstance(holder, list) else step


def _put(holder: Any, step: str, value: Any, *, insert: bool) -> None:
    if not isinstance(holder, list):
        holder[step] = value
    elif insert:
        holder.insert(int(step), value)
    else:
        holder[int(step)] = value
