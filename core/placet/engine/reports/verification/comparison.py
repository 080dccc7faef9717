"""Comparing what is stored with what events say, both as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import orjson

from placet.definitions.pointers import pointer_of

#: Characters of a value that a finding shows.
_SHOWN = 60


class Unknown(Enum):
    """A value that nobody knows any more."""

    #: Its text was erased, so that any value fits.
    ERASED = "erased"


def differing(stored: Any, stated: Any, path: tuple[str | int, ...] = ()) -> Iterator[str]:
    """A sentence for each difference of two JSON values."""
    if stated is Unknown.ERASED:
        return
    if isinstance(stored, Mapping) and isinstance(stated, Mapping):
        for name in sorted(stored.keys() | stated.keys()):
            if name not in stated:
                yield f"{_at((*path, name))} is there, and its events do not say so"
            elif name not in stored:
                if stated[name] is not Unknown.ERASED:
                    yield f"{_at((*path, name))} is missing"
            else:
                yield from differing(stored[name], stated[name], (*path, name))
    elif isinstance(stored, list) and isinstance(stated, list) and len(stored) == len(stated):
        for n, each in enumerate(stored):
            yield from differing(each, stated[n], (*path, n))
    elif isinstance(stored, bool) is not isinstance(stated, bool) or stored != stated:
        yield f"{_at(path)} is {_short(stored)}, and its events say {_short(stated)}"


def _at(path: tuple[str | int, ...]) -> str:
    return pointer_of(path)[1:]


def _short(value: Any) -> str:
    text = orjson.dumps(value, default=lambda unknown: unknown.value, option=orjson.OPT_UTC_Z).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
