"""The one order of field values, for the comparisons of checks, for stale approvals, and for searches and sorting."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, get_args

from placet.definitions.items import Fields
from placet.engine.act.queries import Scalar

#: Length of the longest indexed value, in characters; a longer text is searched by its beginning.
VALUE_LIMIT = 200
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z")

#: The stored form of a decimal.
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?")


@lru_cache(maxsize=8192, typed=True)
def sortable(value: Scalar) -> str:
    """A text that sorts as the value does; empty only for the empty text."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        # Adding zero turns -0.0 into 0.0.
        (bits,) = struct.unpack(">Q", struct.pack(">d", float(value) + 0.0))
        return f"{bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63):016x}"
    if _MOMENT.fullmatch(value):
        return _moment(value)
    return value[:VALUE_LIMIT]


@lru_cache(maxsize=512)
def decimal_fields(model: type[Fields]) -> frozenset[str]:
    """The fields of a model that hold decimals or lists of them: they are kept as text, so that no digit is lost.

    Fields that may hold other text too are excluded.
    """
    kinds = {name: set(_kinds(info.annotation)) for name, info in model.model_fields.items()}
    return frozenset(name for name, found in kinds.items() if Decimal in found and str not in found)


def _kinds(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _kinds(part)


def as_compared(model: type[Fields], field: str, value: Any) -> Any:
    """A field's value, or a value to compare it with, in the form for `sortable`: a decimal as a number.

    So decimals differ only within the 15 digits of a 64-bit number, as all numbers do.
    """
    if isinstance(value, str) and field in decimal_fields(model):
        number = number_of(value)
        return value if number is None else number
    return value


def number_of(text: str) -> float | None:
    """The number that a text represents; `None` if it is not a number."""
    if _NUMBER.fullmatch(text) is None:
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        # The text only looks like a moment, such as 31 February.
        return text
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
