"""Copies of frozen records with other values in some fields, of which an act makes dozens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

RecordT = TypeVar("RecordT")


def changed(record: RecordT, **values: Any) -> RecordT:
    """As `dataclasses.replace`, at a third of its cost, as it does not inspect the fields each time.

    For records of several fields, all of them arguments of their constructor. Raises `KeyError` for an unknown field.
    """
    kind: Any = type(record)
    places, read = _layout(kind)
    parts = list(read(record))
    for name, value in values.items():
        parts[places[name]] = value
    copy: RecordT = kind(*parts)
    return copy


def stamped(record: RecordT, **values: Any) -> RecordT:
    """As `changed`, past the constructor: for values that it need not check, as it has checked those of the record."""
    kind: Any = type(record)
    places, read = _layout(kind)
    copy: RecordT = object.__new__(kind)
    for name, value in (dict(zip(places, read(record), strict=True)) | values).items():
        object.__setattr__(copy, name, value)
    return copy


@lru_cache(maxsize=256)
def _layout(kind: type[Any]) -> tuple[Mapping[str, int], Callable[[Any], tuple[Any, ...]]]:
    """The index of each field, and a function that reads them all."""
    names = [each.name for each in fields(kind)]
    return {name: n for n, name in enumerate(names)}, attrgetter(*names)
