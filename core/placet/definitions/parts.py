"""The parts of definitions, of the kind that they have to be: what is none is refused where it is written down.

Met later, it would be a failure of the linter, of the server's start, or of everybody who moves an item.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from placet.errors import DefinitionError

T = TypeVar("T")


def texts(whose: str, part: str, values: Iterable[object]) -> tuple[str, ...]:
    """Ids or names as text. Raises `DefinitionError` for one text, which would be taken for a list of its letters."""
    if isinstance(values, str):
        raise DefinitionError(
            f'{whose}: {part} takes a list, and was given the text "{values}": write ["{values}"]'
        )
    return tuple(map(str, values))


def all_of(kind: type[T], whose: str, part: str, values: Iterable[T], instead: str) -> tuple[T, ...]:
    """The values, each of one kind. Raises `DefinitionError` that says where the other was made."""
    found = tuple(values)
    for value in found:
        if not isinstance(value, kind):
            raise DefinitionError(
                f"{whose}: {part} take a {kind.__name__}, and one is {_described(value)}: {instead}"
            )
    return found


def _described(value: Any) -> str:
    code = getattr(value, "__code__", None)
    if code is not None:
        return f"the function {value.__qualname__} ({code.co_filename}:{code.co_firstlineno})"
    id = getattr(value, "id", None)
    return f"the {type(value).__name__} {id}" if id is not None else repr(value)[:100]
