"""Pages by keyset: complete, in order, and stable whatever happens in between."""

from __future__ import annotations

from typing import Any

import pytest
from shop import Shop

from placet.errors import MalformedError


def _read(shop: Shop, **asked: Any) -> list[str]:
    """The keys of all pages of three."""
    keys: list[str] = []
    cursor: str | None = None
    while True:
        page = shop.engine.items(
            shop["ida"], shop.engine.item_query(shop["ida"], limit=3, cursor=cursor, **asked)
        )
        keys += [item.key for item in page.rows]
        if page.next_cursor is None:
            return keys
        cursor = page.next_cursor


class TestSorts:
    def test_every_sort_is_complete_in_both_directions(self, any_shop: Shop) -> None:
        """Ties and empty values lose nothing and double nothing."""
        hours = [3, -1, None, 20, 3, None, 100, 0]
        for n, each in enumerate(hours):
            any_shop.clock.forward(minutes=n % 2)
            any_shop.wish(
                hours=each, price=None if each is None else each / 3, fault=f"f{n % 3}", express=n % 2 == 0
            )
        expected = [f"SHOP-{n}" for n in range(1, len(hours) + 1)]

        for sort in ("key", "created_at", "updated_at", "hours", "price", "fault", "express", "due"):
            up, down = _read(any_shop, sort=sort), _read(any_shop, sort=f"-{sort}")
            assert sorted(up) == expected
            assert down == up[::-1]
        by_hours = [any_shop.item(key).fields.get("hours") for key in _read(any_shop, sort="hours")]
        assert by_hours == [None, None, -1, 0, 3, 3, 20, 100]

    def test_what_is_made_in_between_moves_nothing(self, any_shop: Shop) -> None:
        """A page goes on behind the last row, not behind a number of rows."""
        for n in range(4):
            any_shop.wish(hours=10 + n)
        engine, ida = any_shop.engine, any_shop["ida"]
        first = engine.items(ida, engine.item_query(ida, sort="hours", limit=2))
        any_shop.wish(hours=1)

        rest = engine.items(ida, engine.item_query(ida, sort="hours", limit=9, cursor=first.next_cursor))

        assert [i.fields["hours"] for i in (*first.rows, *rest.rows)] == [10, 11, 12, 13]


class TestCursors:
    @pytest.mark.parametrize("cursor", ["x", "", "é", "bm9qc29u", "W10", "WyJhIiwxXQ"])
    def test_from_elsewhere_are_refused(self, shop: Shop, cursor: str) -> None:
        """A cursor is of use only where it comes from."""
        with pytest.raises(MalformedError, match="is not from this list"):
            shop.engine.items(shop["ida"], shop.engine.item_query(shop["ida"], cursor=cursor))

    def test_of_another_sort_or_filter_are_refused(self, any_shop: Shop) -> None:
        """It would skip rows."""
        for _ in range(3):
            any_shop.offered()
        engine, ida = any_shop.engine, any_shop["ida"]
        cursor = engine.items(ida, engine.item_query(ida, limit=1)).next_cursor
        pending = engine.approvals(ida, limit=1)

        for asked in ({"sort": "-key"}, {"states": ["bench"]}, {"q": "lamp"}, {"fields": {"hours": "2"}}):
            with pytest.raises(MalformedError):
                engine.items(ida, engine.item_query(ida, cursor=cursor, **asked))
        with pytest.raises(MalformedError):
            engine.approvals(ida, after=cursor)
        rest = engine.approvals(ida, after=pending.next_cursor)
        assert [line.item.key for line in (*pending.rows, *rest.rows)] == [
            key for n in (1, 2, 3) for key in [f"SHOP-{n}"] * 2
        ]
