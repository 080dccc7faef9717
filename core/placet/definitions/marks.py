"""The marks of fields that refer to items or actors, read from their annotations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from placet.definitions.items import ActorRef, Fields, Ref


@lru_cache(maxsize=512)
def marked_fields(model: type[Fields]) -> tuple[tuple[str, Ref | ActorRef], ...]:
    """The fields of a model that refer to items or actors, including lists of them."""
    return tuple(
        (name, mark)
        for name, info in model.model_fields.items()
        for mark in _marks(Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation)
    )


def _marks(annotation: Any) -> Iterator[Ref | ActorRef]:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        yield from (mark for mark in metadata if isinstance(mark, Ref | ActorRef))
        yield from _marks(inner)
    elif origin in (list, tuple, set, frozenset, Union, UnionType):
        for part in get_args(annotation):
            if part is not NoneType:
                yield from _marks(part)


@lru_cache(maxsize=512)
def marked_members(model: type[Fields]) -> tuple[tuple[str, str, Ref | ActorRef], ...]:
    """(field, member, mark) for the members of a field's objects that refer to items or actors."""
    return tuple(
        (name, member, mark)
        for name, info in model.model_fields.items()
        for part in _objects(info.annotation)
        for member, inner in part.model_fields.items()
        for mark in _marks(
            Annotated[(inner.annotation, *inner.metadata)] if inner.metadata else inner.annotation
        )
    )


def _objects(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _objects(part)


@lru_cache(maxsize=512)
def traced_fields(model: type[Fields]) -> tuple[str, ...]:
    """The fields of a model whose items are part of the thread of its item."""
    return tuple(name for name, mark in marked_fields(model) if isinstance(mark, Ref) and mark.trace)
