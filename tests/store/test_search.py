"""Values as they are searched and sorted: text in the order of what it stands for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import FIXER, OpenShop, Shop, replace_transition

from placet import SAME, Check, CheckContext, Gate, Transition, Verdict, passed
from placet.engine.act.sorting import VALUE_LIMIT, sortable


class TestOrder:
    @given(st.floats(allow_nan=False), st.floats(allow_nan=False))
    def test_of_numbers_is_kept(self, one: float, other: float) -> None:
        """Negative, fractional and infinite ones included; the two zeros are one."""
        assert (sortable(one) < sortable(other)) == (one < other)
        assert (sortable(one) == sortable(other)) == (one == other)

    @given(st.integers(-(2**53), 2**53), st.floats(-1e15, 1e15))
    def test_of_whole_numbers_and_fractions_is_one(self, whole: int, fraction: float) -> None:
        """A field may hold either."""
        assert (sortable(whole) < sortable(fraction)) == (whole < fraction)

    @given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
    def test_of_moments_is_kept(self, one: datetime, other: datetime) -> None:
        """Whether or not they have a fraction of a second, in every year."""
        written = [each.isoformat().replace("+00:00", "Z") for each in (one, other)]

        assert (sortable(written[0]) < sortable(written[1])) == (one < other)

    @given(st.text(max_size=VALUE_LIMIT, alphabet=st.characters(codec="utf-8")))
    def test_of_text_is_its_own(self, value: str) -> None:
        """Short texts are kept as they are."""
        assert sortable(value) == value or value.endswith("Z")

    @pytest.mark.parametrize("text", ["2026-02-31T10:00:00Z", "2026-99-99T99:99:99Z", "2026-01-01T00:00:60Z"])
    def test_of_what_only_looks_like_a_moment_is_that_of_text(self, shop: Shop, text: str) -> None:
        """Nobody's remark breaks the index."""
        assert sortable(text) == text
        assert shop.wish(fault=text).fields["fault"] == text

    def test_of_yes_and_no(self) -> None:
        """No comes first."""
        assert sortable(False) < sortable(True)


class TestBounds:
    @pytest.mark.parametrize(
        ("where", "found"),
        [
            ({"hours": 2}, [2]),
            ({"hours__lt": 2}, [1]),
            ({"hours__le": 2}, [1, 2]),
            ({"hours__gt": 2}, [3]),
            ({"hours__ge": 2}, [2, 3]),
            ({"tags__has": "t2"}, [2]),
            ({"due__lt": datetime(2026, 1, 2, 0, 0, 0, 500, UTC)}, [1, 2]),
            ({"due__ge": datetime(2026, 1, 2, 0, 0, 0, 500, UTC)}, [3]),
            ({"hours__lt": 2, "express": True}, []),
            ({"hours__any": [3, 1, 7]}, [1, 3]),
            ({"tags__any": ["t2", "t3", "t9"]}, [2, 3]),
            ({"tags__any": ["t1", "t2"], "hours__gt": 1}, [2]),
            ({"deposit": Decimal(60)}, [2]),
            ({"deposit": 60}, [2]),
            ({"deposit__any": [Decimal("60.00"), 9]}, [1, 2]),
            ({"deposit__lt": Decimal("60.0")}, [1]),
            ({"deposit__ge": 60}, [2, 3]),
        ],
        ids=str,
    )
    def test_find_the_same_in_the_database_and_in_the_act(
        self, open_shop: OpenShop, database_url: str, where: dict[str, Any], found: list[int]
    ) -> None:
        """A check finds items by bounds on indexed fields, also those that the same act has changed."""
        seen: list[list[int]] = []

        def look(ctx: CheckContext) -> Verdict:
            seen.append([item.fields.hours for item in ctx.items("shop.repair", states=["wished"], **where)])
            return passed()

        gate = Gate("shop.look", "Look", Check("shop.look_check", look))
        start = Transition("start", "wished", SAME, [FIXER], [gate])
        ask = Transition("go", "wished", "bench", [FIXER])
        shop = open_shop(database_url, method=replace_transition(start, ask))
        items = [
            shop.wish(
                hours=n,
                tags=[f"t{n}"],
                deposit=["9", "60.0", "100"][n - 1],
                due=f"2026-01-0{n}T00:00:00Z",
                express=n == 3,
            )
            for n in (1, 2, 3)
        ]
        empty = shop.wish()

        shop.move(empty, "start", "ben")

        assert seen[0] == found
        assert len(items) == 3


class TestNothing:
    @pytest.mark.parametrize(
        "where",
        [{"hours": None}, {"tags__has": None}, {"hours__any": []}, {"hours__any": [None]}, {"due__lt": None}],
        ids=str,
    )
    def test_finds_nothing(self, open_shop: OpenShop, sqlite_url: str, where: dict[str, Any]) -> None:
        """A check that looks for the value of an empty field finds no item, not even those without a value."""
        seen: list[int] = []

        def look(ctx: CheckContext) -> Verdict:
            seen.append(len(ctx.items("shop.repair", **where)))
            return passed()

        gate = Gate("shop.look", "Look", Check("shop.look_check", look))
        start = Transition("start", "wished", SAME, [FIXER], [gate])
        ask = Transition("go", "wished", "bench", [FIXER])
        shop = open_shop(sqlite_url, method=replace_transition(start, ask))

        shop.move(shop.wish(), "start", "ben")

        assert seen[0] == 0
