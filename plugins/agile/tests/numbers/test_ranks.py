"""Ranks keep the order of a backlog, and never run out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet import InvalidError
from placet_agile.numbers import ranks

#: For each move of a backlog: the place among the items that are there, from 0 to 1.
PLACES = st.lists(st.floats(0, 1), max_size=60)


def put(backlog: list[str], place: int) -> None:
    """Put an item at a place of a backlog."""
    low = backlog[place - 1] if place else None
    high = backlog[place] if place < len(backlog) else None
    backlog.insert(place, ranks.between(low, high))


class TestOrder:
    @settings(max_examples=50, deadline=None)
    @given(PLACES)
    def test_a_rank_lies_between_its_neighbors_wherever_an_item_is_put(self, places: list[float]) -> None:
        """Each item is where it was put."""
        backlog: list[str] = []
        for place in places:
            put(backlog, round(place * len(backlog)))

        assert backlog == sorted(set(backlog))
        for rank in backlog:
            ranks.demand_rank(rank)

    @pytest.mark.parametrize("place", [0, 1, -2], ids=["at the top", "below the top", "above the bottom"])
    def test_hundreds_of_items_go_into_one_place(self, place: int) -> None:
        """No place is ever full."""
        backlog = [ranks.first(), ranks.between(ranks.first(), None)]
        for _ in range(300):
            put(backlog, place % len(backlog))

        assert backlog == sorted(set(backlog))

    @pytest.mark.parametrize("end", ["top", "bottom"])
    def test_items_at_the_ends_have_short_ranks(self, end: str) -> None:
        """Five thousand items, one after the other, have ranks of up to four characters."""
        backlog = [ranks.first()]
        rank = ranks.first()
        for _ in range(5_000):
            rank = ranks.between(None, rank) if end == "top" else ranks.between(rank, None)
            backlog.append(rank)

        assert backlog == sorted(set(backlog), reverse=end == "top")
        assert max(map(len, backlog)) == 4

    def test_the_numbers_end_and_the_ranks_do_not(self) -> None:
        """After the greatest number, and before the smallest, there are fractions."""
        greatest, smallest = "z" * 19, "0" * 18 + "1"
        backlog = [smallest, greatest]
        for _ in range(100):
            put(backlog, 0)
            put(backlog, len(backlog))

        assert backlog == sorted(set(backlog))

    @settings(max_examples=30, deadline=None)
    @given(st.permutations(range(30)))
    def test_a_rank_does_not_end_in_zero_as_a_fraction(self, order: list[int]) -> None:
        """A fraction in its shortest form leaves a place before it."""
        backlog: list[str] = [ranks.first()]
        for place in order:
            put(backlog, place % len(backlog))
        for n in range(len(backlog)):
            put(backlog, n)
        assert backlog == sorted(set(backlog))


class TestRefusals:
    @pytest.mark.parametrize(("low", "high"), [("i5", "i5"), ("i6", "i5"), ("i5i", "i5")])
    def test_nothing_lies_between_equal_ranks_or_against_the_order(self, low: str, high: str) -> None:
        """A rank between two equal ones does not exist."""
        with pytest.raises(InvalidError, match=f'no rank lies between "{low}" and "{high}"') as refusal:
            ranks.between(low, high)
        assert refusal.value.faults[0].pointer == "/fields/rank"

    @pytest.mark.parametrize("text", ["", "I0", "i", "j1", "i0-", "i ", "ä0", "i\n", "i0\n"])
    def test_a_text_of_another_form_is_not_a_rank(self, text: str) -> None:
        """The first character gives the number of digits."""
        with pytest.raises(InvalidError, match="is not a rank"):
            ranks.between(text, None)

    @pytest.mark.parametrize("text", ["i50", "i5i0", "0" * 19])
    def test_a_rank_that_leaves_no_place_before_it_is_refused(self, text: str) -> None:
        """`i50` and `i5` would be neighbors without a place between them."""
        with pytest.raises(InvalidError, match="as it ends in 0"):
            ranks.between(None, text)
