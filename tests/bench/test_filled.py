"""The items that the benchmarks write past Placet have the form of those that Placet writes."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.applications import BODY
from placet.engine.act.records import ItemRecord
from placet.store.rows import item_row

_AT = datetime(2026, 1, 5, tzinfo=UTC)


def test_an_inserted_item_has_every_part_that_is_read_back() -> None:
    """A part that items get later would be missing there, and every comparison would end in an error."""
    item = ItemRecord(
        workspace="BENCH", number=1, type="bench.task", title="Task", state="ready", category="todo", version=1, seq=1,
        head="", fields={}, created_at=_AT, created_by="ada", updated_at=_AT, state_since=_AT, definition="",
    )  # fmt: skip
    assert BODY.keys() == item_row(item)["body"].keys()
