"""Every public name, with the first line of its documentation."""

from __future__ import annotations

import ast
import re

from generate.markdown import code, table
from generate.sources import described, source_of

_TITLE_OR_NAME = re.compile(r'#\s*(?P<title>.+)|"(?P<name>\w+)"')


def groups(module: str) -> dict[str, list[str]]:
    """The names of a module in the order of its `__all__`, under the comments that stand in it."""
    source = source_of(module)
    listed = next(
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    found: dict[str, list[str]] = {}
    title = ""
    for part in _TITLE_OR_NAME.finditer(ast.get_source_segment(source, listed) or ""):
        title = part["title"] or title
        if part["name"]:
            found.setdefault(title, []).append(part["name"])
    return found


def listing(module: str) -> str:
    """Tables of the names of a module, one under each of its headings."""
    parts = []
    for title, names in groups(module).items():
        rows = [(code(name), described(module, name)) for name in names]
        parts.append((f"### {title}\n\n" if title else "") + table(["name", "what it is"], rows))
    return "\n".join(parts)
