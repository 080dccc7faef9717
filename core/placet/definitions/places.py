"""The place at which an author wrote a definition, as `file:line`, where faults are to be mended."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from traceback import walk_tb
from types import FrameType
from typing import Any, TypeVar

from pydantic import BaseModel

from placet.errors import DefinitionError

#: Packages whose frames are skipped on the way from the call to its author.
_BETWEEN = frozenset(
    {"placet", "dataclasses", "functools", "contextlib", "enum", "importlib", "pluggy", "pydantic", "typing"}
)

#: The place of what is made now, where that is not written in Python; empty where it is.
_written: ContextVar[str] = ContextVar("written", default="")


class Written:
    """A definition with an id, and the place at which it was written."""

    __slots__ = ("place",)

    place: str


WrittenT = TypeVar("WrittenT", bound=Written)


def place_of(part: object) -> str:
    """The place of a part of a definition, or of a class or function; empty where it is unknown."""
    code = getattr(part, "__code__", None)
    if code is not None:
        return f"{code.co_filename}:{code.co_firstlineno}"
    return str(getattr(part, "place", ""))


def place_of_field(model: type[BaseModel], name: str) -> str:
    """The line on which a field is declared; empty where the source of its class is missing."""
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


@contextmanager
def written_at(place: str) -> Iterator[None]:
    """Give the definitions that are made meanwhile the place `file:line`: for those that are read from a file.

    Raises:
        DefinitionError: as it was raised inside, with the place, if it had none.
    """
    token = _written.set(place)
    try:
        yield
    except DefinitionError as error:
        if error.place:
            raise
        raise DefinitionError(f"{error} ({place})", place) from error
    finally:
        _written.reset(token)


def author() -> str:
    """The line that is calling Placet now, or the place that `written_at` gives."""
    if given := _written.get():
        return given
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # every other way to the caller reads source files
    while frame is not None and _between(frame):
        frame = frame.f_back
    return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


def place_in(error: BaseException) -> str:
    """The author's line at which an error was raised."""
    theirs = [(frame, line) for frame, line in walk_tb(error.__traceback__) if not _between(frame)]
    return f"{theirs[-1][0].f_code.co_filename}:{theirs[-1][1]}" if theirs else ""


def line_in(error: BaseException) -> str:
    """The same, with the file as its package has it, `placet_acme/checks.py:12`: for sentences that people read."""
    theirs = [(frame, line) for frame, line in walk_tb(error.__traceback__) if not _between(frame)]
    if not theirs:
        return ""
    frame, line = theirs[-1]
    file = Path(frame.f_code.co_filename)
    inside = str(frame.f_globals.get("__name__", "")).count(".") + (file.stem == "__init__")
    return f"{'/'.join(file.parts[-inside - 1 :])}:{line}"


def _between(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _BETWEEN


def changed(part: WrittenT, **changes: Any) -> WrittenT:
    """A part with other values, which keeps its place."""
    # Every part is a dataclass, which cannot be expressed to the type checker, as the base class is not one.
    return instead_of(part, replace(part, **changes))  # type: ignore[type-var]  # see above


def instead_of(part: WrittenT, made: WrittenT) -> WrittenT:
    """A new part, with the place of the one that it was made of."""
    object.__setattr__(made, "place", place_of(part))
    return made
