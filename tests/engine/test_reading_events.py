"""Checks and effects that read what was recorded: the events of a type of items in a time, for the act to hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from calls import Calls
from shop import FIXER, START, OpenShop, Shop, replace_transition

from placet import SAME, Effect, EffectContext, EventView, Transition

Read = Callable[..., list[EventView]]


def opened(open_shop: OpenShop, url: str) -> tuple[Shop, Read]:
    """A shop in which starting a repair reads the log."""
    asked: dict[str, Any] = {}
    found: list[EventView] = []

    def look(ctx: EffectContext) -> None:
        found[:] = ctx.events("shop.repair", **asked)

    start = Transition("start", "wished", SAME, [FIXER], effects=[Effect("shop.look", look)])
    go = Transition("go", "wished", "bench", [FIXER])
    shop = open_shop(url, method=replace_transition(start, go))

    def read(**said: Any) -> list[EventView]:
        asked.clear()
        asked.update({"since": START, "until": START + timedelta(days=100)} | said)
        shop.move(shop.wish(), "start", "ben")
        return list(found)

    return shop, read


def hours(n: int) -> datetime:
    return START + timedelta(hours=n)


class TestReadingEvents:
    def test_finds_those_of_a_type_by_kind_and_time(self, open_shop: OpenShop, database_url: str) -> None:
        """From the first moment on, and before the last one; in order of time, with what each recorded."""
        shop, read = opened(open_shop, database_url)
        moved = []
        for _ in range(3):
            item = shop.wish()
            shop.clock.forward(hours=1)
            shop.move(item, "go", "ben")
            moved.append(item.key)

        found = read(since=hours(2), until=hours(3))
        made = read(kinds=["created"], since=START, until=hours(1))

        assert [(each.key, each.data["transition"]) for each in found] == [(moved[1], "go")]
        assert [each.key for each in made] == [moved[0]]

    def test_finds_refusals_of_items_that_have_not_changed_since(
        self, open_shop: OpenShop, database_url: str
    ) -> None:
        """A refusal changes nothing of its item."""
        shop, read = opened(open_shop, database_url)
        item = shop.wish()
        shop.clock.forward(hours=5)
        shop.refusal(item, "go", "ann")

        found = read(kinds=["refused"], since=hours(4))

        assert [(each.key, each.kind) for each in found] == [(item.key, "refused")]

    def test_finds_them_in_order_of_time(self, open_shop: OpenShop, database_url: str) -> None:
        """Whichever item is older."""
        shop, read = opened(open_shop, database_url)
        older, younger = shop.wish(), shop.wish()
        for item in (younger, older):
            shop.clock.forward(hours=1)
            shop.move(item, "go", "ben")

        assert [each.key for each in read()] == [younger.key, older.key]

    def test_finds_those_of_some_items_alone(self, open_shop: OpenShop, database_url: str) -> None:
        """By key; an item of another type and one that does not exist have none."""
        shop, read = opened(open_shop, database_url)
        one, two, other = shop.wish(), shop.wish(), shop.wish()
        for item in (two, other, one):
            shop.clock.forward(hours=1)
            shop.move(item, "go", "ben")

        found = read(of=[one.key, two.key, "SHOP-999"])

        assert [each.key for each in found] == [two.key, one.key]
        assert read(of=[]) == []

    def test_those_of_one_item_cost_as_much_among_many(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """The histories of the others are not read."""
        shop, read = opened(open_shop, sqlite_url)
        item = shop.wish()
        shop.move(item, "go", "ben")
        read(of=[item.key])
        with Calls() as alone:
            read(of=[item.key])
        for _ in range(20):
            shop.move(shop.wish(), "go", "ben")

        with Calls() as among:
            read(of=[item.key])

        assert among.number <= alone.number + 20, (alone.number, among.number)

    def test_is_refused_for_a_type_that_there_is_not(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """An empty list would hide the mistake."""

        def look(ctx: EffectContext) -> None:
            ctx.events("shop.repairs", since=START, until=START)

        start = Transition("start", "wished", SAME, [FIXER], effects=[Effect("shop.look", look)])
        shop = open_shop(
            sqlite_url, method=replace_transition(start, Transition("go", "wished", "bench", [FIXER]))
        )

        refusal = shop.refusal(shop.wish(), "start", "ben")

        assert 'there is no item type "shop.repairs"' in refusal.blockers[0].message

    def test_holds_at_the_commit(self, open_shop: OpenShop, database_url: str) -> None:
        """Somebody else's move in the meantime is seen: the act is decided again."""
        readings: list[int] = []
        met: list[Callable[[], object]] = []

        def look(ctx: EffectContext) -> None:
            readings.append(len(ctx.events("shop.repair", since=START, until=START + timedelta(days=1))))
            if met:
                met.pop()()

        start = Transition("start", "wished", SAME, [FIXER], effects=[Effect("shop.look", look)])
        method = replace_transition(start, Transition("go", "wished", "bench", [FIXER]))
        shop = open_shop(database_url, method=method)
        one, two = shop.wish(), shop.wish()
        shop.move(shop.wish(), "start", "ben")  # registers the search
        other = open_shop.again(database_url, method=method)
        met.append(lambda: [other.move(two, "go", "ben")])
        readings.clear()

        shop.move(one, "start", "ben")

        assert readings == [1, 2]

    def test_those_of_one_item_hold_at_the_commit_and_wait_for_no_others(
        self, open_shop: OpenShop, database_url: str
    ) -> None:
        """A move of that item is seen, and the act is decided again; a move of another one changes nothing."""
        readings: list[int] = []
        met: list[Callable[[], object]] = []
        until = START + timedelta(days=1)
        of: list[str] = []

        def look(ctx: EffectContext) -> None:
            readings.append(len(ctx.events("shop.repair", since=START, until=until, of=of)))
            if met:
                met.pop()()

        start = Transition("start", "wished", SAME, [FIXER], effects=[Effect("shop.look", look)])
        method = replace_transition(start, Transition("go", "wished", "bench", [FIXER]))
        shop = open_shop(database_url, method=method)
        one, two, three = shop.wish(), shop.wish(), shop.wish()
        of.append(two.key)
        other = open_shop.again(database_url, method=method)

        met.append(lambda: other.move(three, "go", "ben"))
        shop.move(one, "start", "ben")
        met.append(lambda: other.move(two, "go", "ben"))
        shop.move(one, "start", "ben")

        assert readings == [0, 0, 1]

    def test_values_are_read_only(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """As all that plugins are given."""
        shop, read = opened(open_shop, sqlite_url)
        shop.move(shop.wish(), "go", "ben")

        [event] = read()

        assert "became" not in event.data, "that is for verification"
        with pytest.raises(TypeError, match="read-only"):
            event.data["transition"] = "other"  # type: ignore[index]  # that is what is proven
