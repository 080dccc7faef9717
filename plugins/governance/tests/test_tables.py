"""Every workflow as its table, compared whole: whoever changes a rule changes it here too, where a reader sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from placet import Gate, Workflow
from placet_governance import placet_method

#: Each workflow as text, in a file of its own.
TABLES = Path(__file__).parent / "tables"
METHOD = placet_method()
WORKFLOWS = {item_type.id: item_type.workflow for item_type in METHOD.item_types}


def short(ids: Iterable[str]) -> str:
    return ", ".join(id.removeprefix("governance.") for id in ids)


def table(workflow: Workflow) -> Iterator[str]:
    for state in workflow.states:
        yield f"{state.id} [{state.category.value}]"
    yield "--"
    for move in workflow.transitions:
        yield f"{move.name}: {short(move.sources)} -> {move.target}"
        yield f"  by {short(move.roles)}"
        parts = {"if": [gate.id for gate in move.gates], "then": [effect.id for effect in move.effects]}
        yield from (f"  {word} {short(ids)}" for word, ids in parts.items() if ids)
    yield "--"
    gates = {gate.id: gate for move in workflow.transitions for gate in move.gates}
    yield from map(line, gates.values())


def line(gate: Gate) -> str:
    return f"{short([gate.id])}: {short(check.id for check in gate.checks)}"


class TestTheTables:
    @pytest.mark.parametrize("item_type", WORKFLOWS)
    def test_are_those_of_the_method(self, item_type: str) -> None:
        """States; moves with who may, under which gates, with what effect; gates with their checks."""
        written = (TABLES / f"{item_type}.txt").read_text(encoding="utf-8")

        assert "\n".join(table(WORKFLOWS[item_type])) + "\n" == written

    def test_are_all_written_down(self) -> None:
        assert {path.stem for path in TABLES.iterdir()} == set(WORKFLOWS)

    def test_every_state_says_what_it_means(self) -> None:
        """A state that nobody can explain is one too many."""
        states = [state for workflow in WORKFLOWS.values() for state in workflow.states]

        assert [state.id for state in states if not state.title or not state.meaning] == []
