"""The settings of an installation, and those of each method in a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_json

from generate.markdown import code, table
from generate.methods import method_named
from generate.sources import fields_of
from generate.spans import length
from placet.settings import Settings

#: The units for a number of bytes.
_MEBIBYTE = 1024 * 1024


def installation() -> str:
    """The settings of an installation, each by its variable."""
    return _listing(Settings, "variable", lambda name: f"PLACET_{name.upper()}")


def of_method(id: str) -> str:
    """The settings of a method."""
    return _listing(method_named(id).settings, "setting", str)


def _listing(kind: type[BaseModel], head: str, spelled: Any) -> str:
    notes = fields_of(kind)
    rows = [
        (code(spelled(name)), notes.get(name, ""), default(info)) for name, info in kind.model_fields.items()
    ]
    return table([head, "meaning", "default"], rows)


def default(info: FieldInfo) -> str:
    """A default as people write it."""
    value = info.get_default(call_default_factory=True)
    match value:
        case _ if value in (None, (), "", {}):
            return "none"
        case timedelta():
            return f"{code(_json(value))} ({length(value)})"
        case int() if value and value % _MEBIBYTE == 0:
            return f"{code(str(value))} ({value // _MEBIBYTE} MiB)"
        case Mapping():
            return _by_key({str(key): _spelled(each) for key, each in value.items()})
        case tuple() | list():
            return "\n".join(_lines(value))
        case _:
            return code(_json(value))


def _json(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return to_json(value, timedelta_mode="iso8601").decode().strip('"')


def _by_key(values: Mapping[str, str]) -> str:
    """Each on a line, or once if all are alike."""
    keys = list(values)
    if len(keys) > 1 and len(set(values.values())) == 1:
        return f"{code(keys[0])} to {code(keys[-1])}: {values[keys[0]]} each"
    return "\n".join(f"{code(key)}: {value}" for key, value in values.items())


def _spelled(value: Any) -> str:
    """A value within another."""
    match value:
        case timedelta():
            return length(value)
        case BaseModel():
            members = {name: getattr(value, name) for name in type(value).model_fields}
            return ", ".join(f"{name} {_spelled(each)}" for name, each in members.items())
        case Mapping():
            return ", ".join(f"{_spelled(key)}: {_spelled(each)}" for key, each in value.items())
        case _:
            return code(_json(value))


def _lines(values: Iterable[Any]) -> Iterable[str]:
    """Values side by side; those that contain others are each on a line."""
    found = list(values)
    if any(isinstance(each, tuple | list | Mapping) for each in found):
        return [", ".join(_spelled(part) for part in each) for each in found]
    return [code(", ".join(_json(each) for each in found))]
