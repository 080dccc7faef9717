"""Refusals of changes to frozen fields: one way to change them that is open, and those who may go it."""

from __future__ import annotations

from typing import Any

import pytest
from shop import FIXER, MASTER, OpenShop, Shop, employ, replace_transition

from placet import Check, CheckContext, Gate, Transition, Verdict, blocked, passed
from placet.definitions.verdicts import BlockedError
from placet.engine.act.records import ItemRecord


def remedy(shop: Shop, item: ItemRecord, by: str, **fields: Any) -> str:
    """The remedy for the one reason for which an edit is refused."""
    with pytest.raises(BlockedError) as caught:
        shop.engine.items.edit(shop[by], item.key, fields=fields)
    (blocker,) = caught.value.blockers
    return blocker.remedy


def in_test(open_shop: OpenShop, url: str, *moves: Transition, **parts: Any) -> tuple[Shop, ItemRecord]:
    """A shop with further transitions, and a repair that is being tested, whose fault is frozen."""
    shop = open_shop(url, method=replace_transition(*moves, **parts))
    return shop, shop.move(shop.on_bench(), "test", "ben")


def gate(test: Any) -> Gate:
    return Gate("shop.odd", "Odd", Check("shop.odd_check", test, "The time has come"))


def never(ctx: CheckContext) -> Verdict:
    return blocked("not now", remedy="wait")


class TestTheWay:
    def test_names_the_role_where_many_may_go_it(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """Nobody reads a list of half the company."""
        shop, item = in_test(open_shop, sqlite_url)
        for name in ("fay", "flo"):
            employ(shop.engine, name, FIXER)

        assert remedy(shop, item, "mia", fault="dim") == "have a fixer use Rework first"

    @pytest.mark.parametrize(
        ("by", "said"),
        [
            ("mia", "use Reopen first"),
            ("ben", "use Rework first"),
            ("ann", "have Ben or Bea use Rework first"),
        ],
    )
    def test_is_the_actors_own_before_that_of_others(
        self, open_shop: OpenShop, sqlite_url: str, by: str, said: str
    ) -> None:
        """With people of that way alone: those of another one may not go it."""
        reopen = Transition("reopen", "testing", "bench", [MASTER])
        shop, item = in_test(open_shop, sqlite_url, reopen)

        assert remedy(shop, item, by, fault="dim") == said

    def test_is_none_that_nobody_gets_through(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """The remedy would only lead to the next refusal."""
        closed = Transition("rework", "testing", "bench", [FIXER], [gate(never)])
        shop, item = in_test(open_shop, sqlite_url, closed)

        assert remedy(shop, item, "ben", fault="dim") == "leave it out"

    def test_is_left_to_those_whom_its_gates_let_through(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A gate that looks at the actor is judged for each of them."""

        def own(ctx: CheckContext) -> Verdict:
            return passed() if ctx.actor == "bea" else never(ctx)

        shop, item = in_test(
            open_shop, sqlite_url, Transition("rework", "testing", "bench", [FIXER], [gate(own)])
        )

        assert remedy(shop, item, "ben", fault="dim") == "have Bea use Rework first"

    def test_is_judged_once_where_no_gate_looks_at_the_person(
        self, open_shop: OpenShop, sqlite_url: str
    ) -> None:
        """A role may have hundreds of holders."""
        judged: list[str] = []

        def open_to_all(ctx: CheckContext) -> Verdict:
            judged.append(ctx.item.key)
            return passed()

        open_way = Transition("rework", "testing", "bench", [FIXER], [gate(open_to_all)])
        shop, item = in_test(open_shop, sqlite_url, open_way)
        judged.clear()

        remedy(shop, item, "mia", fault="dim")

        assert judged == [item.key]

    def test_may_be_open_only_later(self, open_shop: OpenShop, sqlite_url: str) -> None:
        """A field that a later transition takes is recorded by that."""
        settle = Transition("settle", "bench", "bench", [FIXER], input=["price"])
        shop = open_shop(
            sqlite_url,
            method=replace_transition(
                settle, frozen_in={"wished": ["price"], "bench": ["price"], "testing": ["price"]}
            ),
        )

        assert remedy(shop, shop.wish(), "ann", price=4.0) == "wait: Settle records it later"
