"""Every workflow as its table, compared whole: who changes a rule changes it here too, where a reader sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from placet.testing import workflow_table
from placet_agile import placet_method

#: Each workflow as text, in a file of its own.
TABLES = Path(__file__).parent / "tables"
METHOD = placet_method()
ITEM_TYPES = {item_type.id: item_type for item_type in METHOD.item_types}


class TestTheTables:
    @pytest.mark.parametrize("item_type", ITEM_TYPES)
    def test_are_those_of_the_method(self, item_type: str) -> None:
        """States; moves with who may, under which gates, with what effect; gates with their checks; frozen fields."""
        written = (TABLES / f"{item_type}.txt").read_text(encoding="utf-8")

        assert workflow_table(ITEM_TYPES[item_type]) == written

    def test_are_all_written_down(self) -> None:
        assert {path.stem for path in TABLES.iterdir()} == set(ITEM_TYPES)

    def test_every_state_says_what_it_means(self) -> None:
        """A state that nobody can explain is one too many."""
        states = [state for each in ITEM_TYPES.values() for state in each.workflow.states]

        assert [state.id for state in states if not state.title or not state.meaning] == []
