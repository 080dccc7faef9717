"""The documentation in source files: docstrings, and the comments `#:` above names without one.

Read without importing, so that a name is described by the file that defines it.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

_MARK = "#:"


@cache
def source_of(module: str) -> str:
    """The text of a module. Raises `LookupError` if there is none."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise LookupError(f"the module {module} has no source")
    return Path(spec.origin).read_text()


def notes(source: str, body: Iterable[ast.stmt]) -> dict[str, str]:
    """The comment above each name with a value or a type; adjacent names share a comment."""
    lines, found = source.splitlines(), dict[str, str]()
    last_line, last_note = 0, ""
    for statement in body:
        names = _names_of(statement)
        above = _comment_above(lines, statement.lineno)
        note = above or (last_note if statement.lineno == last_line + 1 else "")
        found |= dict.fromkeys(names, note)
        last_line, last_note = statement.end_lineno or 0, note if names else ""
    return found


def _names_of(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case _:
            return []


def _comment_above(lines: list[str], number: int) -> str:
    found: list[str] = []
    for line in reversed(lines[: number - 1]):
        if not line.strip().startswith(_MARK):
            break
        found.insert(0, line.strip().removeprefix(_MARK).strip())
    return " ".join(found)


def fields_of(kind: type) -> Mapping[str, str]:
    """The comments above the fields of a class, and of its base classes."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if not each.__module__.startswith("placet"):
            continue
        source = dedent(inspect.getsource(each))
        (node,) = ast.parse(source).body
        assert isinstance(node, ast.ClassDef)  # noqa: S101  # the source of a class
        found |= notes(source, node.body)
    return found


def described(module: str, name: str) -> str:
    """The first line about a name that a module defines, or imports from where it is defined."""
    source = source_of(module)
    tree = ast.parse(source)
    for statement in tree.body:
        match statement:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef() if statement.name == name:
                return _first_line(statement)
            case _:
                pass
    comments = notes(source, tree.body)
    if name in comments:
        return comments[name].partition(". ")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and name in {alias.name for alias in node.names}:
            inner = f"{node.module}.{name}"
            return (
                _first_line(ast.parse(source_of(inner)))
                if _is_module(inner)
                else described(str(node.module), name)
            )
    return ""


def _first_line(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Module) -> str:
    return (ast.get_docstring(node) or "").partition("\n")[0]


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def function_in(path: Path, name: str) -> str:
    """The first function of a name in a file, with its decorators. Raises `LookupError` if there is none."""
    source = path.read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            return dedent("\n".join(source.splitlines()[first - 1 : node.end_lineno]))
    raise LookupError(f"{path} has no function {name}: name a file in the hook's `Example:` that has it")
