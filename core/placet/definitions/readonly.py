"""Read-only values for plugins: dictionaries, lists and sets that can be read as usual, and refuse writes.

A check that changed its input would change stored values, or the input of the next check, without an event. A copy
(`dict(value)`, `value.copy()`, `copy.deepcopy(value)`) belongs to the author and can be changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

ModelT = TypeVar("ModelT", bound=BaseModel)

_FIXED = (str, int, float, bool, NoneType, datetime, date, time, timedelta, Decimal, UUID, bytes, Enum,
          AwareDatetime)  # fmt: skip


def _refuse(self: Any, *_: object, **__: object) -> NoReturn:
    kind = type(self).__mro__[1].__name__
    raise TypeError(
        f"this {kind} is read-only, like all values that plugins are given: change a copy of it, and have an effect "
        "set fields with ctx.set"
    )


class ReadOnlyDict(dict[Any, Any]):
    """A dictionary that cannot be written to, nor can its nested values. Copies are plain."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[dict[Any, Any]], tuple[dict[Any, Any]]]:
        return dict, (dict(self),)


class ReadOnlyList(list[Any]):
    """A list that cannot be written to, nor can its nested values. Copies are plain."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __reduce__(self) -> tuple[type[list[Any]], tuple[list[Any]]]:
        return list, (list(self),)


class ReadOnlySet(set[Any]):
    """A set that cannot be written to. Copies are plain."""

    __slots__ = ()
    __iand__ = __ior__ = __isub__ = __ixor__ = add = clear = difference_update = discard = _refuse
    intersection_update = pop = remove = symmetric_difference_update = update = _refuse

    def __reduce__(self) -> tuple[type[set[Any]], tuple[set[Any]]]:
        return set, (set(self),)


_NOTHING = ReadOnlyDict()


def read_only_dict(value: Any) -> Any:
    """A plain dictionary with read-only content; any other value as it is."""
    if type(value) is not dict:
        return value
    if not value:
        return _NOTHING
    made = ReadOnlyDict(value)
    if _HOLDING.keys().isdisjoint(map(type, value.values())):
        return made
    for key, item in value.items():
        made_of = _HOLDING.get(type(item))
        # Tuples of ids, as an item has for each act and role, are as they should be.
        if made_of is not None and not (type(item) is tuple and _SIMPLE.issuperset(map(type, item))):
            dict.__setitem__(made, key, made_of(item))
    return made


#: Values without content, as most members of lists are.
_SIMPLE = frozenset({str, int, float, bool, NoneType, datetime})


def _read_only_list(value: list[Any]) -> list[Any]:
    return ReadOnlyList(value if _SIMPLE.issuperset(map(type, value)) else map(read_only, value))


def _read_only_tuple(value: tuple[Any, ...]) -> tuple[Any, ...]:
    return value if _SIMPLE.issuperset(map(type, value)) else tuple(map(read_only, value))


_HOLDING: Mapping[type, Callable[[Any], Any]] = {
    dict: read_only_dict,
    list: _read_only_list,
    tuple: _read_only_tuple,
    set: ReadOnlySet,
}


def read_only(value: Any) -> Any:
    """A value with read-only content: dictionaries, lists, tuples, sets, and models of Pydantic."""
    made = _HOLDING.get(type(value))
    if made is not None:
        return made(value)
    return read_only_model(value) if isinstance(value, BaseModel) else value


def read_only_model(model: ModelT) -> ModelT:
    """A frozen model whose fields are made read-only too; in place, as nobody else has the model yet."""
    values = vars(model)
    for name in _holding_fields(type(model)):
        # A stored field that does not fit its type has no value, and most of the others are empty.
        value = values.get(name)
        if value is not None and value is not _EMPTY:
            values[name] = read_only(value)
    return model


#: The one empty tuple.
_EMPTY = ()


@lru_cache(maxsize=1024)
def _holding_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """The fields of a model whose values can contain others."""
    return tuple(name for name, info in model.model_fields.items() if not _is_fixed(info.annotation))


def _is_fixed(annotation: Any) -> bool:
    """Whether values of a type are immutable."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _is_fixed(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return all(map(_is_fixed, get_args(annotation)))
    return origin is Literal or (isinstance(annotation, type) and issubclass(annotation, _FIXED))


def sealed(record: object, *names: str) -> None:
    """Make mappings of a frozen record read-only too, as checks are given records that others share."""
    for name in names:
        value = getattr(record, name)
        if type(value) is dict:
            object.__setattr__(record, name, read_only_dict(value))
