"""The public names can be used without looking behind them, and stay light."""

from __future__ import annotations

import ast
import builtins
import inspect
import subprocess
import sys
import typing
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import Any

import pytest

import placet

#: The rooms that plugins and their tests import from.
PUBLIC = ("placet", "placet.metrics", "placet.errors", "placet.demo", "placet.testing")
#: Made by Placet alone, so that nobody else has to know their parts.
GIVEN = {"Extension", "Registry", "Stage", "WorkspaceLog"}
#: Modules whose annotations say no more than a type of the language's own.
_LANGUAGE = (builtins, typing)


def rooms() -> Iterator[ModuleType]:
    yield from map(import_module, PUBLIC)


def names() -> dict[str, Any]:
    """Everything public, by its whole name."""
    return {f"{room.__name__}.{name}": getattr(room, name) for room in rooms() for name in room.__all__}


class Named:
    """A public name, and the annotations that somebody reads who uses it."""

    def __init__(self, name: str, value: Any) -> None:
        self.name, self._value = name.rpartition(".")[2], value

    def annotations(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Where it stands, how it is written, and the names that are known there."""
        value = self._value
        if isinstance(value, type):
            yield from self._of(value.__name__, value)
            for name, member in vars(value).items():
                if name.startswith("_") and (name != "__init__" or self.name in GIVEN):
                    continue
                yield from self._of(f"{value.__name__}.{name}", _function(member))
        elif inspect.isfunction(value):
            yield from self._of(self.name, inspect.unwrap(value))

    @staticmethod
    def _of(where: str, part: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        if not str(getattr(part, "__module__", "")).startswith("placet"):
            return
        known = vars(sys.modules[part.__module__])
        for name, written in inspect.get_annotations(part).items():
            if not name.startswith("_"):
                yield f"{where}({name})", str(written), known


def _function(member: Any) -> Any:
    found = member.fget if isinstance(member, property) else member
    if isinstance(found, cached_property):
        found = found.func
    found = getattr(found, "__func__", found)
    return inspect.unwrap(found) if inspect.isfunction(found) else None


def _types(written: str) -> Iterator[str]:
    """The names in an annotation, without what `Annotated` demands of the value."""
    waiting: list[ast.AST] = [ast.parse(written, mode="eval").body]
    while waiting:
        node = waiting.pop()
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and node.value.id == "Annotated"
        ):
            assert isinstance(node.slice, ast.Tuple)
            waiting.append(node.slice.elts[0])
        elif isinstance(node, ast.Name):
            yield node.id
        else:
            waiting.extend(ast.iter_child_nodes(node))


def _is_ours(name: str, known: Mapping[str, Any]) -> bool:
    """Whether a name in an annotation stands for something of Placet's."""
    if any(hasattr(module, name) for module in _LANGUAGE):
        return False
    value = known.get(name)
    if typing.get_origin(value) is typing.Annotated:
        # A name for a type with its demands is that type, for authors.
        value = typing.get_args(value)[0]
    if inspect.isclass(value):
        return value.__module__.startswith("placet")
    return not isinstance(value, typing.TypeVar | ModuleType | typing.ParamSpec)


def test_every_type_in_a_public_signature_is_public() -> None:
    """An author can write down what a function of theirs takes and answers."""
    public = names()
    values, called = {id(value) for value in public.values()}, {name.rpartition(".")[2] for name in public}
    hidden = {
        f"{type} in {where}"
        for name, value in public.items()
        for where, written, known in Named(name, value).annotations()
        for type in _types(written)
        # Names that only type checkers import are not there to be compared.
        if _is_ours(type, known) and (id(known[type]) not in values if type in known else type not in called)
    }

    assert sorted(hidden) == []


@pytest.mark.parametrize("room", [*PUBLIC, "placet.api", "placet.cli"])
def test_every_name_is_there_once(room: str) -> None:
    """Also those that are looked up only when somebody asks for them."""
    listed = import_module(room).__all__

    assert len(listed) == len(set(listed))
    assert [name for name in listed if not hasattr(import_module(room), name)] == []


def test_metrics_are_said_by_their_own_room() -> None:
    """Its words, such as `Items` or `Count`, mean nothing without it, so they are not among the others."""
    assert set(placet.metrics.__all__) & set(placet.__all__) == {"Condition"}


def test_the_version_is_that_of_the_distribution() -> None:
    assert placet.__version__ == version("placet")


def test_the_version_is_read_when_it_is_asked_for() -> None:
    """`import placet` reads no metadata for it; only what it imports may have done so."""
    code = "import placet; print('__version__' in vars(placet)); print(hasattr(placet, 'verison'))"

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.split() == ["False", "False"]
