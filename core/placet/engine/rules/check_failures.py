"""The failure of a check in words: what went wrong, the nearest name, and the author's line."""

from __future__ import annotations

import inspect
import re

from pydantic import BaseModel

from placet.definitions.places import line_in
from placet.definitions.verdicts import blocked, passed, unknown
from placet.engine.act.deadline import Overrun
from placet.engine.act.plugin_calls import PluginError
from placet.errors import Some, nearest

_UNKNOWN_ARGUMENT = re.compile(r"(\w+)\(\) got an unexpected keyword argument '(\w+)'")
#: The functions that make verdicts.
_VERDICTS = {function.__name__: function for function in (blocked, passed, unknown)}


def in_words(failure: PluginError) -> str:
    """The failure, with the nearest name where a wrong one was used, and with its line in the plugin."""
    if failure.error is None or isinstance(failure.error, Overrun):
        return str(failure)
    line = line_in(failure.error)
    return f"{failure}{_nearest(failure.error)}{f' ({line})' if line else ''}"


def _nearest(error: BaseException) -> str:
    if isinstance(error, AttributeError) and error.name and error.obj is not None:
        whole: object = error.obj
        if isinstance(whole, BaseModel):
            return nearest(error.name, type(whole).model_fields)
        # Not `dir(whole)`, which may be the plugin's code, and fail too.
        names = dict.fromkeys([*dir(type(whole)), *getattr(whole, "__dict__", ())])
        return nearest(error.name, Some(name for name in names if not name.startswith("_")))
    found = _UNKNOWN_ARGUMENT.search(str(error)) if isinstance(error, TypeError) else None
    if found is not None and found[1] in _VERDICTS:
        return nearest(found[2], inspect.signature(_VERDICTS[found[1]]).parameters)
    return ""
