"""Every workflow as its table, compared whole: who changes a rule changes it here too, where a reader sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from placet.testing import workflow_table
from placet_cobit import placet_method

#: Each workflow as text, in a file of its own.
TABLES = Path(__file__).parent / "tables"
ITEM_TYPES = {item_type.id: item_type for item_type in placet_method().item_types}


class TestTheTables:
    @pytest.mark.parametrize("item_type", ITEM_TYPES)
    def test_are_those_of_the_method(self, item_type: str) -> None:
        """States; moves with who may, under which gates, with what effect; gates with their checks; frozen fields."""
        written = (TABLES / f"{item_type}.txt").read_text(encoding="utf-8")

        assert workflow_table(ITEM_TYPES[item_type]) == written

    def test_are_all_written_down(self) -> None:
        assert {path.stem for path in TABLES.iterdir()} == set(ITEM_TYPES)
