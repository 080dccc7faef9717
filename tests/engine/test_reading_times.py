"""Checks and effects that read when items take place, without the items: as the act itself leaves them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from shop import FIXER, REPAIR, START, OpenShop, Shop, with_repair

from placet import SAME, CalendarEntry, Effect, EffectContext, TimeView, Transition, Workflow
from placet.errors import PlacetError


def day(n: int) -> datetime:
    return START + timedelta(days=n)


def opened(
    open_shop: OpenShop, url: str, look: Callable[[EffectContext], None], *, behind: bool = False
) -> Shop:
    """A shop in which the start of a repair does this; `behind`: the index of times does not follow the rules yet."""
    start = Transition("start", "wished", SAME, [FIXER], effects=[Effect("shop.look", look)])
    go = Transition("go", "wished", "bench", [FIXER])
    moves = [start if each.name == start.name else each for each in REPAIR.transitions]
    method = with_repair(
        calendar=CalendarEntry("due", None, ("wished", "bench")),
        workflow=Workflow(REPAIR.id, REPAIR.states, [*moves, go]),
    )
    shop = open_shop(url, method=method)
    while not behind and shop.engine.upkeep.catch_up():
        pass
    return shop


def reading(
    open_shop: OpenShop, url: str, *, moved: str | None = None, behind: bool = False, **said: Any
) -> list[TimeView]:
    """The times that the start of a repair reads of four, due on the days 1 to 4; it moves one to day 9 first."""
    found: list[TimeView] = []

    def look(ctx: EffectContext) -> None:
        if moved is not None:
            ctx.set_on(moved, due=day(9))
        found[:] = ctx.times("shop.repair", **said)

    shop = opened(open_shop, url, look, behind=behind)
    for n in range(1, 5):
        shop.wish(due=day(n).isoformat())
    shop.move("SHOP-1", "start", "ben")
    return found


class TestReadingTimes:
    @pytest.mark.parametrize("behind", [False, True])
    def test_finds_those_in_the_time_in_order(
        self, open_shop: OpenShop, database_url: str, *, behind: bool
    ) -> None:
        """From the first moment on, and before the last one; with the index of times and without."""
        found = reading(open_shop, database_url, behind=behind, overlapping=(day(2), day(4)))

        assert [(each.key, each.start, each.end) for each in found] == [
            ("SHOP-2", day(2), day(2)),
            ("SHOP-3", day(3), day(3)),
        ]

    @pytest.mark.parametrize(("time", "keys"), [((2, 5), ["SHOP-3", "SHOP-4"]), ((8, 10), ["SHOP-2"])])
    def test_follows_what_the_act_has_changed(
        self, open_shop: OpenShop, sqlite_url: str, time: tuple[int, int], keys: list[str]
    ) -> None:
        """An item that the act has moved is where it moved it."""
        found = reading(open_shop, sqlite_url, moved="SHOP-2", overlapping=(day(time[0]), day(time[1])))

        assert [each.key for each in found] == keys

    @pytest.mark.untraced
    def test_keeps_nothing_of_the_act_afterwards(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Thousands of rows would wait for the collector."""
        units: list[weakref.ref[Any]] = []

        def look(ctx: EffectContext) -> None:
            ctx.times("shop.repair", overlapping=(day(1), day(2)))
            units.append(weakref.ref(ctx.unit))  # type: ignore[attr-defined]  # of the engine's own context

        shop = opened(open_shop, sqlite_url, look)
        item = shop.wish(due=day(1).isoformat())
        gc.disable()
        try:
            shop.move(item, "start", "ben")
            left = {unit() for unit in units}
        finally:
            gc.enable()

        assert left == {None}

    def test_gives_the_fields_that_are_asked_for(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """As they are stored, and no others."""
        (found,) = reading(open_shop, sqlite_url, overlapping=(day(1), day(2)), fields=["due"])

        assert list(found.fields) == ["due"]
        assert datetime.fromisoformat(found.fields["due"]) == day(1)

    def test_of_a_field_that_there_is_not_is_refused(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A misspelt name is not read as empty."""
        with pytest.raises(PlacetError, match="dew, which is not one of its fields"):
            reading(open_shop, sqlite_url, overlapping=(day(1), day(2)), fields=["dew"])
