"""Objects that an act has read do not outlive it.

A reference cycle among the objects of an act keeps all that it has read, until a full garbage collection, during which
everybody waits: at a busy desk that affected a seventh of the acts, with pauses of half a second.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import suppress

import pytest
from shop import Shop

from placet.definitions.verdicts import BlockedError
from placet.engine.act.unit_of_work import UnitOfWork
from placet.engine.act.watched_session import WatchedSession


def _refused(shop: Shop, key: str) -> None:
    with suppress(BlockedError):
        shop.engine.transition(shop["ann"], key, "offer")
        raise AssertionError("the transition was not refused")


OF_AN_ACT = {UnitOfWork, WatchedSession, BlockedError}
#: Acts by name: each creates a repair, or acts on one that is on the bench.
ACTS: dict[str, Callable[[Shop, str], object]] = {
    "create": lambda shop, _: shop.wish(hours=3, price=20.0),
    "edit": lambda shop, key: shop.engine.items.edit(shop["ben"], key, fields={"hours": 3, "price": 20.0}),
    "comment": lambda shop, key: shop.engine.items.comment(shop["ben"], key, "looked at"),
    "move": lambda shop, key: shop.move(key, "offer", "ben"),
    "refusal": _refused,
    "explain": lambda shop, key: shop.engine.explain(shop["ann"], key),
}


# A trace function makes frames keep their variables, and so a refusal the frames that it has come through.
@pytest.mark.untraced
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_act_leaves_no_reference_cycles(shop: Shop, act: Callable[[Shop, str], object]) -> None:
    act(shop, shop.on_bench().key)  # statements and catalogs are built once
    key = shop.on_bench().key
    gc.collect()
    gc.disable()
    try:
        act(shop, key)
        left = _collected()
    finally:
        gc.enable()

    assert left == []


def _collected() -> list[str]:
    """The units of work, sessions and refusals that only the collector frees: each holds all that its act has read.

    Caches of the process may let go of other objects at any time.
    """
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        return [type(each).__name__ for each in gc.garbage if type(each) in OF_AN_ACT]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
