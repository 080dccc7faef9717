"""What checks read holds at commit: no two decisions that each were right, and together are wrong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from law import assert_law
from shop import Shop

from placet.errors import BlockedError, BusyError


def _try(shop: Shop, start: Barrier, key: str, transition: str, by: str) -> bool:
    start.wait()
    try:
        shop.engine.transition(shop[by], key, transition, comment="for a reason that is long enough")
    except (BlockedError, BusyError):
        return False
    return True


class TestCollisions:
    def test_two_do_not_take_the_place_that_each_found_free(self, any_shop: Shop) -> None:
        """One express repair is on the bench at a time, whoever starts at the same moment."""
        with ThreadPoolExecutor(2) as pool:
            for _ in range(8):
                pair = [any_shop.wish(fault="dark", hours=1, express=True) for _ in range(2)]
                start = Barrier(2)

                tries = [
                    pool.submit(_try, any_shop, start, item.key, "start", who)
                    for item, who in zip(pair, ("ben", "bea"), strict=True)
                ]
                assert sum(each.result() for each in tries) <= 1

                busy = [any_shop.item(item) for item in pair]
                assert [item.state for item in busy].count("bench") <= 1
                for item in busy:
                    any_shop.move(item, "drop", "ann", comment="to make room for others")
        assert_law(any_shop.engine)


class TestChildren:
    def test_none_is_opened_while_the_parent_moves_on(self, any_shop: Shop) -> None:
        """A repair is not tested while a part for it is being ordered at the same moment."""
        with ThreadPoolExecutor(2) as pool:
            for _ in range(8):
                item = any_shop.on_bench()
                start = Barrier(2)

                test = pool.submit(_try, any_shop, start, item.key, "test", "ben")
                order = pool.submit(_order, any_shop, start, item.key)
                tested, ordered = test.result(), order.result()

                children = any_shop.engine.children(any_shop["ben"], item.key)
                assert ordered == bool(children)
                log = any_shop.engine.events(any_shop.engine.event_query(any_shop["ida"], limit=1000)).rows
                mine = [
                    e.kind if e.number == item.number else "part"
                    for e in log
                    if e.key in {item.key, *(c.key for c in children)}
                    and (e.data.get("transition") == "test" or e.data.get("parent") == item.key)
                    and e.kind != "refused"
                ]
                if tested and ordered:
                    assert mine == ["transition", "part"]
        assert_law(any_shop.engine)


def _order(shop: Shop, start: Barrier, key: str) -> bool:
    start.wait()
    try:
        shop.engine.create(
            shop["bea"], workspace="SHOP", type="shop.part", title="P", fields={"maker": "A"}, parent=key
        )
    except BusyError:
        return False
    return True
