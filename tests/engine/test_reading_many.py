"""Searches of checks and effects among many items: each is looked at once, and not again by every later search."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from calls import Calls
from shop import FIXER, OpenShop, Shop, replace_transition

from placet import SAME, Effect, EffectContext, Transition
from placet.testing.bulk import fill

FEW, MANY, LATER = 20, 220, 40


def costs(open_shop: OpenShop, url: str, look: Callable[[EffectContext], None]) -> tuple[int, int]:
    """The Python calls of a move whose effect reads, among a few items and among many."""
    start = Transition("start", "wished", SAME, [FIXER], effects=[Effect("shop.look", look)])
    go = Transition("go", "wished", "bench", [FIXER])
    shop = open_shop(url, method=replace_transition(start, go))
    template = shop.wish(fault="dark").key
    fill(shop.application, template, ({} for _ in range(FEW)))
    few = calls(shop)
    fill(shop.application, template, ({} for _ in range(MANY - FEW)))
    return few, calls(shop)


def calls(shop: Shop) -> int:
    item = shop.wish(fault="bright")
    shop.engine.transition(shop["ben"], item.key, "start", dry_run=True)
    with Calls() as counted:
        shop.engine.transition(shop["ben"], item.key, "start", dry_run=True)
    return counted.number


def test_an_item_that_a_search_finds_costs_few_calls(open_shop: OpenShop, sqlite_url: str) -> None:
    def look(ctx: EffectContext) -> None:
        ctx.items("shop.repair", fault="dark")

    few, many = costs(open_shop, sqlite_url, look)

    assert many - few <= 11 * (MANY - FEW), (few, many)


def test_a_later_search_does_not_look_at_all_that_was_read(open_shop: OpenShop, sqlite_url: str) -> None:
    """Forty searches that find nothing, after one that has found all."""

    def look(ctx: EffectContext) -> None:
        ctx.items("shop.repair", fault="dark")
        for n in range(LATER):
            ctx.items("shop.repair", fault=f"none {n}")

    few, many = costs(open_shop, sqlite_url, look)

    assert many - few <= 11 * (MANY - FEW), (few, many)


def test_a_search_by_a_long_text_finds_that_text_alone(open_shop: OpenShop, sqlite_url: str) -> None:
    """The index has the beginnings of texts, and both begin alike."""
    found: list[str] = []
    long = "dark " * 50

    def look(ctx: EffectContext) -> None:
        found[:] = [each.fields.fault for each in ctx.items("shop.repair", fault=f"{long}one")]

    start = Transition("start", "wished", SAME, [FIXER], effects=[Effect("shop.look", look)])
    go = Transition("go", "wished", "bench", [FIXER])
    shop = open_shop(sqlite_url, method=replace_transition(start, go))
    for end in ("one", "two"):
        shop.wish(fault=f"{long}{end}")

    shop.move(shop.wish(), "start", "ben")

    assert found == [f"{long}one"]


@pytest.mark.parametrize("bound", ["", "a"])
def test_a_bound_finds_no_item_without_a_value(open_shop: OpenShop, sqlite_url: str, bound: str) -> None:
    """The index has an empty text for it, which is not less than another one."""
    found: list[str] = []

    def look(ctx: EffectContext) -> None:
        found[:] = [each.key for each in ctx.items("shop.repair", fault__ge=bound)]

    start = Transition("start", "wished", SAME, [FIXER], effects=[Effect("shop.look", look)])
    go = Transition("go", "wished", "bench", [FIXER])
    shop = open_shop(sqlite_url, method=replace_transition(start, go))
    with_fault, without = shop.wish(fault="dark"), shop.wish(fault=None)

    shop.move(without, "start", "ben")

    assert found == [with_fault.key]
