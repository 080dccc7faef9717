"""Every workflow as its table, compared whole: who changes a rule changes it here too, where a reader sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from placet import Gate, ItemType
from placet_governance import placet_method

#: Each workflow as text, in a file of its own.
TABLES = Path(__file__).parent / "tables"
METHOD = placet_method()
ITEM_TYPES = {item_type.id: item_type for item_type in METHOD.item_types}


def short(ids: Iterable[str]) -> str:
    return ", ".join(id.removeprefix("governance.") for id in ids)


def table(item_type: ItemType) -> Iterator[str]:
    workflow = item_type.workflow
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
    yield "--"
    yield from frozen(item_type)


def line(gate: Gate) -> str:
    return f"{short([gate.id])}: {short(check.id for check in gate.checks)}"


def frozen(item_type: ItemType) -> Iterator[str]:
    """What cannot be edited: first what never can, as only transitions set it, then the rest state by state."""
    editable = [name for name in item_type.fields.model_fields if name not in item_type.computed_fields]
    by_state = {state.id: set(item_type.frozen_in.get(state.id, ())) for state in item_type.workflow.states}
    never = set(editable).intersection(*by_state.values())
    yield f"never edited: {', '.join(name for name in editable if name in never) or 'nothing'}"
    alike: dict[str, list[str]] = {}
    for state, names in by_state.items():
        rest = ", ".join(name for name in editable if name in names - never)
        alike.setdefault("everything" if names >= set(editable) else rest or "nothing", []).append(state)
    yield from (f"frozen in {', '.join(states)}: {names}" for names, states in alike.items())


class TestTheTables:
    @pytest.mark.parametrize("item_type", ITEM_TYPES)
    def test_are_those_of_the_method(self, item_type: str) -> None:
        """States; moves with who may, under which gates, with what effect; gates with their checks; frozen fields."""
        written = (TABLES / f"{item_type}.txt").read_text(encoding="utf-8")

        assert "\n".join(table(ITEM_TYPES[item_type])) + "\n" == written

    def test_are_all_written_down(self) -> None:
        assert {path.stem for path in TABLES.iterdir()} == set(ITEM_TYPES)

    def test_every_state_says_what_it_means(self) -> None:
        """A state that nobody can explain is one too many."""
        states = [state for each in ITEM_TYPES.values() for state in each.workflow.states]

        assert [state.id for state in states if not state.title or not state.meaning] == []
