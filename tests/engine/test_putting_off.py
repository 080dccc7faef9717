"""Due work that could not be done is looked at later: once, and only while it is still due."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hotline import PLUGIN
from shop import OpenShop, Shop

from placet.engine.engine import SYSTEM_ACTOR
from placet.engine.timers.due import Due


@pytest.fixture
def hotline(open_shop: OpenShop, database_url: str) -> Shop:
    """A shop with a hotline, on either database."""
    return open_shop(database_url, PLUGIN, methods=("shop", "hotline"))


def first_due(shop: Shop) -> Due:
    """A call of the highest priority, whose resolution has come to its first point."""
    shop.engine.items.create(
        SYSTEM_ACTOR, workspace="SHOP", type="hotline.call", title="Fire", fields={"priority": "P1"}
    )
    shop.clock.forward(hours=2)
    return next(
        due for due in shop.engine.timers.due(shop.clock.now()) if due.subject == "timer:hotline.resolution"
    )


def moments(shop: Shop) -> list[datetime]:
    """When the resolution is due to be looked at."""
    found = shop.engine.timers.due(shop.clock.now() + timedelta(days=2))
    return [due.at for due in found if due.subject == "timer:hotline.resolution"]


class TestPuttingOff:
    def test_leaves_alone_what_was_done_after_all(self, hotline: Shop) -> None:
        """A call that took too long was given up, and comes to its commit before it is put off."""
        due = first_due(hotline)
        hotline.engine.timers.fire(due)
        after = moments(hotline)

        hotline.engine.timers.put_off(due, "it had not ended")

        assert moments(hotline) == after == [due.at + timedelta(hours=1)]

    def test_counts_once_for_one_moment(self, hotline: Shop) -> None:
        """Two workers have found the same thing due, and neither could do it."""
        due = first_due(hotline)

        hotline.engine.timers.put_off(due, "it failed")
        hotline.engine.timers.put_off(due, "it failed here too")

        assert moments(hotline) == [hotline.clock.now() + timedelta(minutes=15)]

    def test_takes_longer_each_time(self, hotline: Shop) -> None:
        """Work that is due again at its later moment is put off from there, for twice as long."""
        hotline.engine.timers.put_off(first_due(hotline), "it failed")
        hotline.clock.forward(minutes=15)
        [again] = [
            d
            for d in hotline.engine.timers.due(hotline.clock.now())
            if d.subject == "timer:hotline.resolution"
        ]

        hotline.engine.timers.put_off(again, "it failed again")

        assert moments(hotline) == [hotline.clock.now() + timedelta(minutes=30)]
