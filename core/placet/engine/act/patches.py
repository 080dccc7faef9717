"""Changes of JSON documents, as JSON Patch (RFC 6902) writes them: `add`, `remove`, `replace`, `copy`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from placet.definitions.pointers import pointer_of, steps

#: The member of an event that holds the changes of its item, its workspace or the installation.
BECAME = "became"
#: The name under which these changes copy from their own event.
EVENT = "event"
#: One operation.
Operation = dict[str, Any]
_Path = tuple[str | int, ...]


def differences(before: Any, after: Any, path: _Path = ()) -> Iterator[Operation]:
    """The operations that lead from one value to another: JSON values, or frozen records that are written as such.

    Lists are compared place by place, as histories grow at their ends.
    """
    if before is after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _members(before, after, path)
    elif _is_record(before) and type(before) is type(after):
        kind: Any = type(before)
        for name in _names(kind):
            yield from differences(getattr(before, name), getattr(after, name), (*path, name))
    elif _is_list(before) and _is_list(after) and len(before) <= len(after):
        for n, each in enumerate(before):
            yield from differences(each, after[n], (*path, n))
        for n in range(len(before), len(after)):
            yield {"op": "add", "path": pointer_of((*path, n)), "value": after[n]}
    elif type(before) is not type(after) or before != after:
        yield {"op": "replace", "path": pointer_of(path), "value": after}


def _members(before: Mapping[str, Any], after: Mapping[str, Any], path: _Path) -> Iterator[Operation]:
    for name in before:
        if name not in after:
            yield {"op": "remove", "path": pointer_of((*path, name))}
    for name, value in after.items():
        if name in before:
            yield from differences(before[name], value, (*path, name))
        else:
            yield {"op": "add", "path": pointer_of((*path, name)), "value": value}


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_record(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)


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
