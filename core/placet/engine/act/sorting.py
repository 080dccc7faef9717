"""The one order of field values: by it checks compare, approvals go stale, and the store searches and sorts."""

from __future__ import annotations

import re
import struct
from datetime import UTC, datetime

from placet.engine.act.queries import Scalar

#: Longest indexed value, in characters; a longer text is searched by its beginning.
VALUE_LIMIT = 200
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z")


def sortable(value: Scalar) -> str:
    """A value as text that sorts as the value does; empty only for the empty text."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        # Adding zero makes one of the two zeros.
        (bits,) = struct.unpack(">Q", struct.pack(">d", float(value) + 0.0))
        return f"{bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63):016x}"
    if _MOMENT.fullmatch(value):
        return _moment(value)
    return value[:VALUE_LIMIT]


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        # A text that only looks like a moment, such as the 31st of February.
        return text
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
