"""Where an author wrote something down, as `file:line`: what is wrong with it is to be mended there."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import replace
from traceback import walk_tb
from types import FrameType
from typing import Any, TypeVar

from pydantic import BaseModel

#: Packages whose code stands between an author and what is called, and was written by neither.
_BETWEEN = frozenset(
    {"placet", "dataclasses", "functools", "contextlib", "enum", "importlib", "pluggy", "pydantic", "typing"}
)


class Written:
    """Something that an author wrote down and gave an id, with the place where it stands."""

    __slots__ = ("place",)

    place: str


WrittenT = TypeVar("WrittenT", bound=Written)


def place_of(part: object) -> str:
    """Where a part of a definition was written, or the class or function; empty where that is not known."""
    code = getattr(part, "__code__", None)
    if code is not None:
        return f"{code.co_filename}:{code.co_firstlineno}"
    return str(getattr(part, "place", ""))


def place_of_field(model: type[BaseModel], name: str) -> str:
    """The line on which a field is declared; empty where there is no source of its class."""
    for kind in model.__mro__:
        if name not in vars(kind).get("__annotations__", {}):
            continue
        try:
            lines, first = inspect.getsourcelines(kind)
            file = inspect.getsourcefile(kind)
        except (OSError, TypeError):
            return ""
        declared = re.compile(rf"\s+{re.escape(name)}\s*:")
        return next((f"{file}:{first + n}" for n, line in enumerate(lines) if declared.match(line)), "")
    return ""


def author() -> str:
    """The line that is calling Placet now."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # no other way to a caller reads no source
    while frame is not None and _between(frame):
        frame = frame.f_back
    return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


def place_in(error: BaseException) -> str:
    """The author's line on which an error came up."""
    theirs = [(frame, line) for frame, line in walk_tb(error.__traceback__) if not _between(frame)]
    return f"{theirs[-1][0].f_code.co_filename}:{theirs[-1][1]}" if theirs else ""


def _between(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _BETWEEN


def changed(part: WrittenT, **changes: Any) -> WrittenT:
    """A part with other values. It stands where it was written, who changes it."""
    # Every part is a dataclass, which the type checker cannot be told of a base class that is none.
    return instead_of(part, replace(part, **changes))  # type: ignore[type-var]


def instead_of(part: WrittenT, made: WrittenT) -> WrittenT:
    """What was made of a part, which stands where that was written."""
    object.__setattr__(made, "place", place_of(part))
    return made
