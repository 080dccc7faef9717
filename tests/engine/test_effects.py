"""Effects that no transition brings: whatever they change, an event says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from shop import METHOD, OpenShop, Shop, with_repair

from placet import Effect, EffectContext, LinkType, Method, Threshold, Timer, effect, elapsed
from placet.definitions.context import ApprovalStatus
from placet.engine.act.input import parse_key
from placet.engine.act.records import ItemRecord
from placet.engine.act.unit_of_work import UnitOfWork


@effect("shop.ask_again")
def ask_again(ctx: EffectContext) -> None:
    """Another agreement is asked for."""
    ctx.ask("shop.agreement")


@effect("shop.take_back")
def take_back(ctx: EffectContext) -> None:
    """The agreement counts no more."""
    ctx.void("shop.agreement", "the customer is away")


def by_a_link(shop: Shop, item: ItemRecord) -> None:
    shop.engine.items.link(shop["ben"], item.key, "shop.replaces", shop.wish().key)


def by_a_clock(shop: Shop, item: ItemRecord) -> None:
    shop.clock.forward(hours=2)
    for due in shop.engine.timers.due(shop.clock.now()):
        if due.number == item.number:
            shop.engine.timers.fire(due)


def with_effect(run: Effect) -> Method:
    """The method with an effect on a link, and on a clock that runs from the making of an item."""
    links = [link if link.id != "shop.replaces" else LinkType(link.id, link.title, effects=(run,))
             for link in METHOD.link_types]  # fmt: skip
    patience = Timer(
        "shop.patience", "Patience", ("create",), (), elapsed(hours=1), (Threshold(100, effects=(run,)),)
    )
    method = with_repair(timers=[patience])
    table: dict[str, Any] = {name: getattr(method, name) for name in Method.__dataclass_fields__}
    return Method(**table | {"link_types": links})


@pytest.mark.parametrize("cause", [by_a_link, by_a_clock])
class TestAnEffectOfALinkOrAClock:
    def test_that_only_asks_for_an_approval_is_on_record(
        self, open_shop: OpenShop, database_url: str, cause: Any
    ) -> None:
        """The round is there to be voted on, and the history says that it was asked for."""
        shop = open_shop(database_url, method=with_effect(ask_again))
        item = shop.wish(fault="dark", hours=2)

        cause(shop, item)

        round = shop.item(item).round("shop.agreement")
        assert round is not None
        assert round.status is ApprovalStatus.PENDING
        said = shop.engine.event_log.history(shop["ida"], item.key).rows[-1]
        assert (said.kind, said.actor, said.data["asked"]) == ("edited", "system", ["shop.agreement"])

    def test_that_only_voids_one_is_on_record(
        self, open_shop: OpenShop, database_url: str, cause: Any
    ) -> None:
        shop = open_shop(database_url, method=with_effect(take_back))
        item = shop.offered()

        cause(shop, item)

        round = shop.item(item).round("shop.agreement")
        assert round is not None
        assert round.status is ApprovalStatus.VOIDED
        said = shop.engine.event_log.history(shop["ida"], item.key).rows[-1]
        assert (said.kind, list(said.data["voided"])) == ("edited", ["shop.agreement"])


class TestAChange:
    def test_without_an_event_is_an_error(self, shop: Shop) -> None:
        """It would be dropped without a word."""
        item = shop.wish()

        def change(work: UnitOfWork) -> None:
            work.put(replace(work.own(parse_key(item.key)), title="Another"))
            work.write()

        with pytest.raises(RuntimeError, match="SHOP-1 was changed without an event"):
            shop.engine._acts.act("change", change)
