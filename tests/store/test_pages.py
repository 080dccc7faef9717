"""Pages by keyset: complete, in order, and stable whatever happens in between."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import Shop

from placet.errors import MalformedError


def _read(shop: Shop, **asked: Any) -> list[str]:
    """The keys of all pages of three."""
    keys: list[str] = []
    cursor: str | None = None
    while True:
        page = shop.engine.reports.items(
            shop["ida"], shop.engine.reports.item_query(shop["ida"], limit=3, cursor=cursor, **asked)
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
        first = engine.reports.items(ida, engine.reports.item_query(ida, sort="hours", limit=2))
        any_shop.wish(hours=1)

        rest = engine.reports.items(
            ida, engine.reports.item_query(ida, sort="hours", limit=9, cursor=first.next_cursor)
        )

        assert [i.fields["hours"] for i in (*first.rows, *rest.rows)] == [10, 11, 12, 13]


class TestTitles:
    def test_are_searched_in_any_case(self, any_shop: Shop) -> None:
        """Also the letters that only other languages have."""
        for title in ("Ölofen", "ÖLKANNE", "Lampe", "Ofen mit öl"):
            any_shop.wish(title)

        assert _read(any_shop, q="öl") == ["SHOP-1", "SHOP-2", "SHOP-4"]
        assert _read(any_shop, q="OFEN") == ["SHOP-1", "SHOP-4"]

    def test_are_searched_as_written(self, any_shop: Shop) -> None:
        """A pattern of the database is a text like any other."""
        for title in ("100% wool", "100 wool", "a_b", "axb", "c\\d"):
            any_shop.wish(title)

        assert _read(any_shop, q="100%") == ["SHOP-1"]
        assert _read(any_shop, q="a_b") == ["SHOP-3"]
        assert _read(any_shop, q="\\") == ["SHOP-5"]


class TestPages:
    def test_together_are_the_list(self, any_shop: Shop) -> None:
        """Whatever is asked for, in whatever order and by pages of whatever size: nothing twice, nothing left out."""
        items = [any_shop.wish(f"t{n % 3}", hours=n % 4 or None, tags=[f"g{n % 2}"]) for n in range(12)]
        for item in items[::5]:
            any_shop.move(item, "drop", "ann", comment="no longer wanted")
        engine, ida = any_shop.engine, any_shop["ida"]

        @given(
            st.sampled_from(["key", "-key", "created_at", "-updated_at", "hours", "-hours"]),
            st.integers(1, 13),
            st.none() | st.sampled_from(["t1", "t", "x"]),
            st.none() | st.sampled_from(["wished", "dropped"]),
            st.none() | st.integers(1, 3),
        )
        def together(sort: str, limit: int, q: str | None, state: str | None, hours: int | None) -> None:
            asked: dict[str, Any] = {"sort": sort, "q": q, "states": [state] if state else []}
            asked["fields"] = {"hours": str(hours)} if hours else {}
            found, cursor = [], None
            while True:
                page = engine.reports.items(
                    ida, engine.reports.item_query(ida, limit=limit, cursor=cursor, **asked)
                )
                assert len(page.rows) <= limit
                found += [item.key for item in page.rows]
                cursor = page.next_cursor
                if cursor is None:
                    break

            fitting = [
                item.key
                for item in map(any_shop.item, items)
                if (q is None or q in item.title)
                and (state is None or item.state == state)
                and (hours is None or item.fields.get("hours") == hours)
            ]
            assert sorted(found) == sorted(fitting)

        together()


class TestCursors:
    @pytest.mark.parametrize("values", [["SHOP", 2**63], ["SHOP", -1], ["SH\0P", 1], ["SHOP"], ["SHOP", 1.0]])
    def test_that_were_taken_apart_are_refused(self, any_shop: Shop, values: list[Any]) -> None:
        """A forged cursor is refused, whatever the database would say to it."""
        any_shop.wish()
        any_shop.wish()
        engine, ida = any_shop.engine, any_shop["ida"]
        cursor = engine.reports.items(ida, engine.reports.item_query(ida, limit=1)).next_cursor
        assert cursor is not None
        of = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[0]
        forged = urlsafe_b64encode(orjson.dumps([of, *values])).decode()

        with pytest.raises(MalformedError, match="is not from this list"):
            engine.reports.items(ida, engine.reports.item_query(ida, cursor=forged.rstrip("=")))

    @pytest.mark.parametrize("cursor", ["x", "", "é", "bm9qc29u", "W10", "WyJhIiwxXQ"])
    def test_from_elsewhere_are_refused(self, shop: Shop, cursor: str) -> None:
        """A cursor is of use only where it comes from."""
        with pytest.raises(MalformedError, match="is not from this list"):
            shop.engine.reports.items(shop["ida"], shop.engine.reports.item_query(shop["ida"], cursor=cursor))

    def test_of_another_sort_or_filter_are_refused(self, any_shop: Shop) -> None:
        """It would skip rows."""
        for _ in range(3):
            any_shop.offered()
        engine, ida = any_shop.engine, any_shop["ida"]
        cursor = engine.reports.items(ida, engine.reports.item_query(ida, limit=1)).next_cursor
        pending = engine.approvals.find(ida, limit=1)

        for asked in ({"sort": "-key"}, {"states": ["bench"]}, {"q": "lamp"}, {"fields": {"hours": "2"}}):
            with pytest.raises(MalformedError):
                engine.reports.items(ida, engine.reports.item_query(ida, cursor=cursor, **asked))
        with pytest.raises(MalformedError):
            engine.approvals.find(ida, after=cursor)
        rest = engine.approvals.find(ida, after=pending.next_cursor)
        assert [line.item.key for line in (*pending.rows, *rest.rows)] == [
            key for n in (1, 2, 3) for key in [f"SHOP-{n}"] * 2
        ]
