"""Timers that run while the code of their method is replaced: they are due by the rules in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shop import CUSTOMER, OpenShop, Shop, with_repair

from placet import Threshold, Timer, elapsed
from placet.definitions.method import Method

LATER = datetime(2040, 1, 1, tzinfo=UTC)


def shop_with(*thresholds: Threshold) -> Method:
    """The shop, where a repair waits for three days at most."""
    timer = Timer(
        "shop.wait", "Wait", ("create",), ("hand_over",), target=elapsed(days=3), thresholds=thresholds
    )
    return with_repair(timers=[timer])


def caught_up(shop: Shop) -> Shop:
    """The shop, once the worker has come."""
    while shop.engine.upkeep.catch_up():
        pass
    return shop


class TestATimerThatRuns:
    def test_gets_the_thresholds_that_its_rules_have_now(
        self, open_shop: OpenShop, database_url: str
    ) -> None:
        """Nobody touches the item, and whom the new threshold is to notify is notified all the same."""
        before = open_shop(database_url, method=shop_with())
        item = before.wish()
        assert list(before.engine.timers.due(LATER)) == []

        shop = caught_up(
            open_shop.again(database_url, method=shop_with(Threshold(100, notifies=[CUSTOMER.id])))
        )

        assert shop.engine.reports.verify(before["ida"]).ok
        assert [due.at for due in shop.engine.timers.due(LATER)] == [item.created_at + timedelta(days=3)]

    def test_is_not_a_finding_until_the_worker_has_come(self, open_shop: OpenShop, database_url: str) -> None:
        """It is due by the former rules until then, and verification knows that."""
        before = open_shop(database_url, method=shop_with())
        before.wish()

        shop = open_shop.again(database_url, method=shop_with(Threshold(100, notifies=[CUSTOMER.id])))

        assert shop.engine.reports.verify(before["ida"]).ok

    def test_loses_those_that_its_rules_no_longer_have(self, open_shop: OpenShop, database_url: str) -> None:
        """Nothing is due that would do nothing."""
        before = open_shop(database_url, method=shop_with(Threshold(100, notifies=[CUSTOMER.id])))
        before.wish()

        shop = caught_up(open_shop.again(database_url, method=shop_with()))

        assert list(shop.engine.timers.due(LATER)) == []
