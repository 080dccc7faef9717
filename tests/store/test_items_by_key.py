"""Items by their keys: found by an index however many there are, and parsed only where they have changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from shop import OpenShop, Shop
from sqlalchemy import Connection, event

from placet.engine.act.access import ref_of
from placet.engine.act.records import ItemRecord
from placet.store.driver import Statement
from placet.store.remembered import RememberedItems
from placet.store.rows import item_record

FOLLOWS = "shop.follows"


@pytest.fixture
def read(shop: Shop) -> Callable[[Callable[[Any], object]], list[str]]:
    """The plans of the statements that a session sends meanwhile, with what they read step by step."""

    def plans(ask: Callable[[Any], object]) -> list[str]:
        store, sent = shop.application.store, list[tuple[str, Any]]()

        def fetched(_c: Connection, statement: Statement, values: dict[str, Any]) -> list[Any]:
            sent.append((statement.text, statement.given(values)))
            return fetch(_c, statement, values)

        def executed(_c: object, _k: object, text: str, parameters: Any, _x: object, _m: object) -> None:
            sent.append((text, parameters))

        fetch = store.driver.fetch
        event.listen(store.engine, "before_cursor_execute", executed)
        with pytest.MonkeyPatch.context() as patched, store.reading() as session:
            patched.setattr(store.driver, "fetch", fetched)
            ask(session)
        event.remove(store.engine, "before_cursor_execute", executed)
        with store.looking() as connection:
            driver: Any = connection.connection.driver_connection
            return [
                row[3]
                for text, parameters in sent
                for row in driver.execute(f"EXPLAIN QUERY PLAN {text}", parameters)
            ]

    return plans


class TestOnSQLite:
    @pytest.mark.parametrize(
        "ask",
        [
            lambda session, refs: session.items(refs),
            lambda session, refs: session.reachable(FOLLOWS, refs, inwards=False, steps=3),
            lambda session, refs: session.reachable(FOLLOWS, refs, inwards=True, steps=3),
            lambda session, refs: session.edges(refs, outwards=[FOLLOWS], inwards=[FOLLOWS], below=True),
            lambda session, refs: session.log.histories_of(refs),
            lambda session, refs: session.pending_asks("ann"),
        ],
        ids=["items", "outwards", "inwards", "edges", "histories", "asks"],
    )
    def test_are_found_by_an_index(
        self, shop: Shop, read: Callable[[Callable[[Any], object]], list[str]], ask: Callable[..., object]
    ) -> None:
        """No table, and no workspace, is read from its beginning to its end."""
        refs = [ref_of(shop.wish()), ref_of(shop.wish())]

        plan = read(lambda session: ask(session, refs))

        assert plan
        for table in ("items", "here", "links", "events"):
            assert not [step for step in plan if step.startswith(f"SCAN {table}")]
            assert not [
                step for step in plan if step.startswith(f"SEARCH {table} ") and "(workspace=?)" in step
            ]

    def test_a_commit_compares_what_it_read_by_an_index(self, shop: Shop) -> None:
        """An act in a large workspace costs no more than one in a small workspace."""
        item, store = shop.wish(), shop.application.store
        comparison = store.comparison._current
        asked = {"places": '["SHOP"]', "ids": "[1]", "refs": f'[["SHOP", {item.number}]]'}

        with store.looking() as connection:
            driver: Any = connection.connection.driver_connection
            plan = driver.execute(f"EXPLAIN QUERY PLAN {comparison.text}", comparison.given(asked)).fetchall()

        steps = [row[3] for row in plan]
        assert [step for step in steps if step.startswith("SEARCH here ") and "number=?" in step]
        assert [step for step in steps if step.startswith("SEARCH items ")] == [
            "SEARCH items USING INTEGER PRIMARY KEY (rowid=?)"
        ]

    def test_an_item_that_was_written_is_not_parsed_again(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The next act reads the item that one has written: the same object, equal to what parsing would give."""
        item = shop.on_bench()
        parsed: list[ItemRecord] = []
        kept, known = RememberedItems.record, list[ItemRecord]()

        def read(self: RememberedItems, row: Any) -> ItemRecord:
            found = kept(self, row)
            known.append(found)
            parsed.append(item_record(row))
            return found

        monkeypatch.setattr(RememberedItems, "record", read)
        moved = shop.engine.transition(shop["ben"], item.key, "offer")
        shop.engine.items.get(shop["ben"], item.key)

        assert known[-1] is moved.item
        assert repr(parsed[-1]) == repr(moved.item)


class TestOnEither:
    def test_an_item_that_others_have_changed_is_parsed_again(
        self, open_shop: OpenShop, database_url: str
    ) -> None:
        """Whole rows are compared: what another process has written is never missed."""
        shop = open_shop(database_url)
        item = shop.wish(fault="dark")
        other = open_shop.again(database_url)
        assert other.item(item).fields["fault"] == "dark"

        shop.engine.items.edit(shop["ann"], item.key, fields={"fault": "loud"})

        assert other.item(item).fields["fault"] == "loud"
