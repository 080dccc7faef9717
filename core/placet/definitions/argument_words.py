"""Types and values of arguments in words, for refusals: "it takes a whole number, and was given the text ..."."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from types import FunctionType, MethodType, NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from placet.definitions.places import Written, place_of

_NAMES: Mapping[Any, str] = {
    str: "text", int: "a whole number", float: "a number", bool: "True or False", NoneType: "None", None: "None",
    Any: "anything",
}  # fmt: skip


def named(hint: Any) -> str:
    """A type in words, as in "it takes ..."."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return named(inner[0])
    if origin in {Union, UnionType}:
        *others, last = dict.fromkeys(map(named, options(inner)))
        return f"{', '.join(others)} or {last}" if others else last
    if origin is type:
        return f"a class made from {inner[0].__name__}"
    if origin is Callable or hint is Callable:
        return "a function"
    if isinstance(origin, type):
        return "a dictionary" if issubclass(origin, Mapping) else "a list"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return "one of " + ", ".join(f'"{member.value}"' for member in hint)
    if hint in _NAMES:
        return _NAMES[hint]
    name = str(getattr(hint, "__name__", hint))
    return f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"


def described(value: Any) -> str:
    """A value in words, with the place of a definition."""
    if isinstance(value, str):
        return f'the text "{value:.100}"'
    place = place_of(value)
    where = f" ({place})" if place else ""
    if isinstance(value, FunctionType | MethodType):
        return f"the function {value.__qualname__}{where}"
    id = getattr(value, "id", getattr(value, "name", None))
    if isinstance(value, Written) and isinstance(id, str):
        return f"the {words(type(value))} {id}{where}"
    return repr(value)[:100]


def words(kind: type) -> str:
    """`item type` for `ItemType`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()


def kind_of(value: object) -> str:
    """`function`, or the name of the value's class."""
    return "function" if isinstance(value, FunctionType | MethodType) else type(value).__name__


def options(inner: Iterable[Any]) -> list[Any]:
    """The function for a union. A text beside an enumeration is the value of a member."""
    enumerated = any(isinstance(each, type) and issubclass(each, Enum) for each in inner)
    return [each for each in inner if not (enumerated and each is str)]
