"""Items that are written in bulk, as if they had been made one by one."""

from __future__ import annotations

from shop import Shop

from placet.engine.act.queries import ItemQuery
from placet.engine.engine import SYSTEM_ACTOR
from placet.testing.bulk import fill


class TestFilling:
    def test_makes_items_that_lists_and_searches_find(self, any_shop: Shop) -> None:
        """Each with its own fields, in the state that is asked for, and linked to what is named."""
        like, part = any_shop.wish(), any_shop.wish()

        keys = fill(
            any_shop.application, like.key, [{"fault": f"no. {n}"} for n in range(3)],
            links={"shop.replaces": [part.key]}, state="bench",
        )  # fmt: skip

        found = any_shop.engine.reports.items(SYSTEM_ACTOR, ItemQuery(("SHOP",), state=("bench",))).rows
        assert [(each.key, each.fields["fault"]) for each in found] == [
            (key, f"no. {n}") for n, key in enumerate(keys)
        ]
        assert {each.links["shop.replaces"] for each in found} == {(part.key,)}
