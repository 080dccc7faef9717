"""Examples of Hypothesis have no deadline: on a machine that others need too, each may take as long as it takes.

The core's tests run under a profile that says so. Those of a plugin stand alone, and say it themselves.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GIVEN = [
    path
    for path in sorted(ROOT.glob("plugins/*/tests/**/*.py"))
    if "import given" in path.read_text(encoding="utf-8")
]


def without(path: Path) -> list[str]:
    """The tests of a module that Hypothesis would fail when an example takes longer than its 200 ms."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    patient = {
        ast.unparse(target)
        for node in module.body
        if isinstance(node, ast.Assign) and "deadline=None" in ast.unparse(node.value)
        for target in node.targets
    }
    decorated = [
        (node.name, [ast.unparse(each) for each in node.decorator_list])
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef)
    ]
    return [
        name
        for name, decorators in decorated
        if any(each.startswith("given(") for each in decorators)
        and not any("deadline=None" in each or each in patient for each in decorators)
    ]


@pytest.mark.parametrize("path", GIVEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_example_of_a_plugin_has_one(path: Path) -> None:
    assert without(path) == []
