"""JSON in the form that columns and statements take."""

from __future__ import annotations

from typing import Any

import orjson


def dumps(value: Any) -> str:
    """A value as JSON; moments in UTC end with `Z`."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z).decode()
