"""A day is that of a workspace: rules compare dates with `ctx.today`, and never with the date of a moment in UTC."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: The rules of methods, and the checks that come with the core. Demonstrations choose their own days.
RULES = [
    *(path for path in ROOT.glob("plugins/*/placet_*/**/*.py") if "demo" not in path.parts),
    *ROOT.glob("core/placet/engine/rules/*.py"),
    ROOT / "core/placet/definitions/stock.py",
]
#: The clock of the machine.
MACHINE = {"date.today", "datetime.today", "datetime.now", "datetime.utcnow"}


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """The calls in a module by which a day would be taken from elsewhere than the workspace."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            if (node.func.attr == "date" and not _in_a_zone(node.func.value)) or called in MACHINE:
                yield called, node.lineno


def _in_a_zone(moment: ast.expr) -> bool:
    """Whether a moment was brought into a zone of its own just before, other than UTC."""
    return (
        isinstance(moment, ast.Call)
        and isinstance(moment.func, ast.Attribute)
        and moment.func.attr == "astimezone"
        and [ast.unparse(each) for each in moment.args] not in ([], ["UTC"])
    )


class TestRules:
    @pytest.mark.parametrize("path", RULES, ids=lambda path: path.relative_to(ROOT).as_posix())
    def test_take_no_day_from_a_moment(self, path: Path) -> None:
        """`ctx.today` is the day of the workspace, and `ctx.workspace.calendar.day_of(moment)` that of a moment."""
        assert [f"{path.name}:{line}: {call}" for call, line in calls(path)] == []
