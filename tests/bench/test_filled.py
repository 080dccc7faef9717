"""The items that the benchmarks write past Placet are such as Placet writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest
from law import all_items, assert_law, history

from benchmarks.applications import BODY
from benchmarks.desk.filling import MULTIPLIED, fill
from benchmarks.desk.flow import CIS
from benchmarks.desk.pattern import SIZE
from benchmarks.desk.site import FIRST_NUMBER, WORKSPACE, Site, prepare
from placet.app import Application
from placet.definitions.document import content_hash
from placet.engine.act.records import ItemRecord
from placet.store.rows import item_row

_AT = datetime(2026, 1, 5, tzinfo=UTC)
#: Copies of the pattern, of two weeks, and all items with those of the desk itself.
_COPIES = 12
_ITEMS = CIS + SIZE + _COPIES * SIZE


def test_an_inserted_item_has_every_part_that_is_read_back() -> None:
    """A part that items get later would be missing there, and every comparison would end in an error."""
    item = ItemRecord(
        workspace="BENCH", number=1, type="bench.task", title="Task", state="ready", category="todo", version=1, seq=1,
        head="", fields={}, created_at=_AT, created_by="ada", updated_at=_AT, state_since=_AT, definition="",
    )  # fmt: skip
    assert BODY.keys() == item_row(item)["body"].keys()


@pytest.fixture(scope="module")
def desk(new_postgresql: Callable[[str, str], str]) -> Site:
    """A filled desk. Nobody writes to it."""
    site = prepare(new_postgresql("template0", "filled_desk"), crowd=0)
    fill(site, _ITEMS)
    return site


@pytest.fixture
def application(desk: Site) -> Iterator[Application]:
    with closing(desk.application()) as application:
        yield application


class TestAFilledDesk:
    def test_is_one_that_the_engine_could_have_made(self, application: Application) -> None:
        """Chains, histories, positions and searches hold, and verification replays every item."""
        assert_law(application.engine)

    def test_has_as_many_items_as_were_asked_for(self, application: Application) -> None:
        assert len(all_items(application.engine)) == _ITEMS

    def test_has_the_rows_of_the_pattern_for_each_copy_in_every_table(self, desk: Site) -> None:
        """Copies are searched, timed and due as their pattern is; a row of one of them is missing nowhere."""
        pattern = range(FIRST_NUMBER + CIS + 1, FIRST_NUMBER + CIS + 1 + SIZE)
        with psycopg.connect(desk.url) as connection:
            for table in MULTIPLIED:
                rows = connection.execute(f"SELECT number FROM {table.name} WHERE workspace = '{WORKSPACE}'")  # noqa: S608  # our own names
                numbers = [number for (number,) in rows.fetchall()]
                made = Counter(number - pattern[0] for number in numbers if number in pattern)
                copied = Counter(number % SIZE for number in numbers if number > pattern[-1])
                assert copied == {place: _COPIES * count for place, count in made.items()}, table.name

    def test_has_votes_on_what_each_copy_holds(self, application: Application) -> None:
        """The digest of a vote is that of the copy's own material."""
        changes = [item for item in all_items(application.engine) if item.type == "itil.change"]

        for change in changes:
            (vote,) = (each for each in history(application.engine, change.key) if each.kind == "voted")
            assert vote.data["material"]["digest"] == content_hash(change.approvals[0].material), change.key
