"""A file in YAML as plain values, each with its line.

It is read as YAML 1.2 does: `on` and `no` are texts, and so are days and times. Aliases and tags are refused: a pack is
read by people, from top to bottom.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from placet.errors import DefinitionError

#: The way to a value: names of members, and numbers in lists.
Way = tuple[str | int, ...]
_CORE = "tag:yaml.org,2002:"
#: The characters of a number that a refusal shows.
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Document:
    """The values of a file, with their lines."""

    file: Path
    values: Any
    #: The line of each value, by its way.
    lines: Mapping[Way, int]

    def place(self, *way: str | int) -> str:
        """`file:line` of a value, or of the nearest part around it."""
        while way and way not in self.lines:
            way = way[:-1]
        return f"{self.file}:{self.lines.get(way, 1)}"


class _TagError(yaml.MarkedYAMLError):
    """A node has a tag."""


class _Loader(yaml.SafeLoader):
    """Composes nodes without tags; plain scalars are what YAML 1.2 takes them for."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  # as the library declares it

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        tag = getattr(event, "tag", None)  # an alias has none
        if tag is not None:
            raise _TagError(
                problem=f"the tag {tag} is unknown here: leave it out", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)


_Loader.add_implicit_resolver(f"{_CORE}bool", re.compile("^(true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver(f"{_CORE}null", re.compile("^(~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver(f"{_CORE}int", re.compile("^[-+]?[0-9]+$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    f"{_CORE}float",
    re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)


def _decimal(text: str) -> float:
    """A number with a point. Raises `ValueError` for one of which a double keeps only a part."""
    found = float(text)
    if Decimal(repr(found)) != Decimal(text):
        raise ValueError(f"it would be read as {found}")
    return found


_MEANINGS: Mapping[str, Callable[[str], Any]] = {
    "bool": lambda text: text == "true", "null": lambda _: None, "int": int, "float": _decimal, "str": str,
}  # fmt: skip


def read(file: Path) -> Document:
    """The values of a file.

    Raises:
        DefinitionError: it cannot be read, or is not such YAML; with its line.
    """
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{file} cannot be read: {error}", f"{file}:1") from error
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        kind = "" if isinstance(error, _TagError) else "it is not YAML, "
        raise _refused(file, line, f"{kind}{error.problem}") from error
    except yaml.YAMLError as error:
        raise _refused(file, 1, f"it is not YAML, {error}") from error
    if not isinstance(node, yaml.MappingNode):
        raise _refused(file, 1, "it holds no rules: begin with `id:`, `title:` and `requires:`")
    reader = _Reader(file)
    return Document(file, reader.value(node, ()), reader.lines)


def _refused(file: Path, line: int, why: str) -> DefinitionError:
    place = f"{file}:{line}"
    return DefinitionError(f"{place}: {why}", place)


class _Reader:
    """Reads nodes, and keeps the line of each value."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: set[int] = set()
        self.lines: dict[Way, int] = {}

    def value(self, node: yaml.Node, way: Way) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(way, line)
        if id(node) in self._seen:
            raise _refused(self._file, line, "it uses an alias: write the value out")
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._members(node, way)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, (*way, n)) for n, each in enumerate(node.value)]
        try:
            return _MEANINGS[node.tag.removeprefix(_CORE)](node.value)
        except (ValueError, ArithmeticError) as error:
            start = node.value if len(node.value) <= _SHOWN else f"{node.value[:_SHOWN]}..."
            raise _refused(
                self._file,
                line,
                f"the number {start} has too many digits ({error}): write a shorter one, or quote it",
            ) from error

    def _members(self, node: yaml.MappingNode, way: Way) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for key, inner in node.value:
            line, name = key.start_mark.line + 1, key.value
            if not isinstance(key, yaml.ScalarNode) or not isinstance(name, str):
                raise _refused(self._file, line, "a name has to be a text")
            if name in members:
                raise _refused(self._file, line, f'"{name}" is there twice: leave one of the two out')
            self.lines[*way, name] = line
            members[name] = self.value(inner, (*way, name))
        return members
