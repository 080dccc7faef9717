"""Values of fields in exports: the kind of each, and its text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from placet_process_mining.log import Entry, Log

STRING, INTEGER, FLOAT, BOOLEAN, TIME = "string", "integer", "float", "boolean", "time"
_KINDS = {"integer": INTEGER, "number": FLOAT, "boolean": BOOLEAN}


class Kinds:
    """The kind of every field, from the definition under which an event was made."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._known: dict[str, dict[str, str]] = {}

    def of(self, entry: Entry) -> dict[str, str]:
        """By the field's name; `None` if the definition is unknown."""
        hash = entry.event.data.get("definition", "")
        if hash not in self._known:
            found = self._log.definition(hash) or {"fields": {}}
            properties = found["fields"].get("properties", {})
            self._known[hash] = {name: _kind(schema) for name, schema in properties.items()}
        return self._known[hash]


def _kind(schema: Mapping[str, Any]) -> str:
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    if len(options) != 1:
        return STRING
    if options[0].get("format") == "date-time":
        return TIME
    return _KINDS.get(options[0].get("type", ""), STRING)


def text(value: Any) -> str:
    """A value as text; lists and the like as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
