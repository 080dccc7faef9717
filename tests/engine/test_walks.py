"""Walks along links: everything that is reached, in one query, what an act itself has linked included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from shop import FIXER, OpenShop, Shop, replace_transition
from statements import sent

from placet import SAME, Effect, EffectContext, Transition

FOLLOWS = "shop.follows"
Walk = Callable[..., list[str]]


def opened(open_shop: OpenShop, url: str, *links: tuple[int, int]) -> tuple[Shop, Walk]:
    """A shop with six repairs of which some follow on others, and a walk from one of them in the course of a move."""
    asked: dict[str, Any] = {}
    found: list[str] = []

    def look(ctx: EffectContext) -> None:
        for target in asked.pop("linked", ()):
            ctx.link(FOLLOWS, target)
        found[:] = ctx.reachable(FOLLOWS, **asked)

    start = Transition("start", "wished", SAME, [FIXER], effects=[Effect("shop.look", look)])
    go = Transition("go", "wished", "bench", [FIXER])
    shop = open_shop(url, method=replace_transition(start, go))
    for _ in range(6):
        shop.wish()
    for source, target in links:
        shop.engine.items.link(shop["ben"], f"SHOP-{source}", FOLLOWS, f"SHOP-{target}")

    def walk(key: str, **said: Any) -> list[str]:
        asked.clear()
        asked.update(said)
        shop.move(key, "start", "ben")
        return list(found)

    return shop, walk


def opened_twice(open_shop: OpenShop, url: str, look: Callable[[EffectContext], None]) -> tuple[Shop, Shop]:
    """Two processes over a shop in which repair 1 follows on 2, and 2 on 3, and starting one of them looks."""
    start = Transition("start", "wished", SAME, [FIXER], effects=[Effect("shop.look", look)])
    method = replace_transition(start, Transition("go", "wished", "bench", [FIXER]))
    shop = open_shop(url, method=method)
    for _ in range(6):
        shop.wish()
    for source, target in ((1, 2), (2, 3)):
        shop.engine.items.link(shop["ben"], f"SHOP-{source}", FOLLOWS, f"SHOP-{target}")
    return shop, open_shop.again(url, method=method)


class TestAWalk:
    @pytest.mark.parametrize(
        ("start", "asked", "found"),
        [
            ("SHOP-1", {}, ["SHOP-2", "SHOP-3"]),
            ("SHOP-1", {"steps": 1}, ["SHOP-2"]),
            ("SHOP-3", {"inwards": True}, ["SHOP-1", "SHOP-2", "SHOP-4"]),
            ("SHOP-3", {"inwards": True, "steps": 1}, ["SHOP-2", "SHOP-4"]),
            ("SHOP-6", {}, []),
            ("SHOP-6", {"of": ["SHOP-1", "SHOP-4"]}, ["SHOP-2", "SHOP-3"]),
            ("SHOP-6", {"of": []}, []),
        ],
        ids=str,
    )
    def test_reaches_what_links_lead_to(
        self, open_shop: OpenShop, database_url: str, start: str, asked: dict[str, Any], found: list[str]
    ) -> None:
        """In so many steps at most, either way, without what it starts from."""
        _, walk = opened(open_shop, database_url, (1, 2), (2, 3), (4, 3))

        assert walk(start, **asked) == found

    def test_ends_in_a_circle(self, open_shop: OpenShop, database_url: str) -> None:
        """An item that follows on itself is reached once, and never from itself."""
        _, walk = opened(open_shop, database_url, (1, 2), (2, 3), (3, 1))

        assert walk("SHOP-1") == walk("SHOP-1", inwards=True) == ["SHOP-2", "SHOP-3"]

    @pytest.mark.parametrize(
        ("inwards", "found"), [(False, ["SHOP-1", "SHOP-2", "SHOP-3"]), (True, ["SHOP-5"])]
    )
    def test_goes_along_links_that_were_just_made(
        self, open_shop: OpenShop, sqlite_url: str, inwards: bool, found: list[str]
    ) -> None:
        """A link that an act has made counts in the same act."""
        _, walk = opened(open_shop, sqlite_url, (1, 2), (2, 3), (5, 6))

        assert walk("SHOP-6", linked=["SHOP-1"], inwards=inwards) == found

    def test_is_one_query_however_much_it_finds(self, open_shop: OpenShop, database_url: str) -> None:
        """Whether it leads to one item or through all of them."""
        shop, walk = opened(open_shop, database_url, (1, 2), (2, 3), (3, 4), (4, 5))
        walk("SHOP-6")

        with sent(shop.application.store) as statements:
            found = walk("SHOP-1")

        assert len(found) == 4
        assert len([statement for statement in statements if "links" in statement]) == 1


class TestAnActThatRestsOnAWalk:
    @pytest.mark.parametrize(
        ("meanwhile", "looks", "found"),
        [
            (
                lambda shop: shop.engine.items.link(shop["ben"], "SHOP-3", FOLLOWS, "SHOP-4"),
                2,
                ["SHOP-2", "SHOP-3", "SHOP-4"],
            ),
            (lambda shop: shop.engine.items.unlink(shop["ben"], "SHOP-2", FOLLOWS, "SHOP-3"), 2, ["SHOP-2"]),
            (
                lambda shop: shop.engine.items.edit(shop["ben"], "SHOP-3", title="Lamp"),
                1,
                ["SHOP-2", "SHOP-3"],
            ),
        ],
        ids=["linked", "unlinked", "edited"],
    )
    def test_is_decided_again_where_a_link_has_changed(
        self,
        open_shop: OpenShop,
        database_url: str,
        meanwhile: Callable[[Shop], object],
        looks: int,
        found: list[str],
    ) -> None:
        """And not where only an item on the way is another: a walk does not see that."""
        seen: list[list[str]] = []
        due: list[Callable[[Shop], object]] = []

        def look(ctx: EffectContext) -> None:
            seen.append(list(ctx.reachable(FOLLOWS)))
            while due:
                due.pop()(other)

        shop, other = opened_twice(open_shop, database_url, look)
        # The first one registers that there are such walks.
        shop.move("SHOP-5", "start", "ben")
        seen.clear()
        due.append(meanwhile)

        shop.move("SHOP-1", "start", "ben")

        assert (len(seen), seen[-1]) == (looks, found)
