"""Every hook: its signature, when it is called, and an implementation."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

from generate.markdown import block
from generate.sources import function_in, source_of

_ROOT = Path(__file__).parents[2]
_EXAMPLE = re.compile(r"\s*Example: `(?P<path>[^`]+)`\.?")
#: The beginning of a part of a hook's description.
_PART = re.compile(r"^(?P<name>[A-Z][a-z]+(?: [a-z]+)*(?:, [^:]*)?): ?", re.MULTILINE)


def specifications() -> dict[str, ast.FunctionDef]:
    """The hooks in the order in which a plugin meets them."""
    return {
        node.name: node
        for node in ast.parse(source_of("placet.hooks")).body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(d) == "hookspec" for d in node.decorator_list)
    }


def reference() -> str:
    """A section for each hook."""
    return "\n".join(_section(hook) for hook in specifications().values())


def _section(hook: ast.FunctionDef) -> str:
    text = inspect.cleandoc(ast.get_docstring(hook) or "")
    example = _EXAMPLE.search(text)
    head, _, parts = _EXAMPLE.sub("", text).partition("\nCalled: ")
    lines = [f"## `{hook.name}`", "", head.strip(), "", block(_signature(hook)), _parts(f"Called: {parts}")]
    if example is not None:
        path = example["path"]
        lines += [
            "",
            f"In use, in [`{path}`](../../{path}):",
            "",
            block(function_in(_ROOT / path, hook.name)),
        ]
    return "\n".join(lines)


def _signature(hook: ast.FunctionDef) -> str:
    returns = f" -> {ast.unparse(hook.returns)}" if hook.returns else ""
    return f"def {hook.name}({ast.unparse(hook.args)}){returns}: ..."


def _parts(text: str) -> str:
    """`Called: once` as an item of a list, with the lines that belong to it."""
    return (
        _PART.sub(lambda part: f"- **{part['name']}**: ", text.strip())
        .replace("\n", "\n  ")
        .replace("\n  - ", "\n- ")
    )
