"""Statements of acts go past the execution of SQLAlchemy, which costs more than the rest of an act.

So do those of the worker that looks for due work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from shop import FIXER, START, Shop
from sqlalchemy import event

from placet import Decision
from placet.engine.engine import SYSTEM_ACTOR


@contextmanager
def executed(shop: Shop) -> Iterator[list[str]]:
    """The statements that SQLAlchemy executes meanwhile."""
    noted: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        noted.append(statement)

    engine = shop.application.store.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)


def move(shop: Shop) -> Callable[[], object]:
    item = shop.wish(fault="dark", hours=2)
    return lambda: shop.move(item, "start", "ben")


def vote_for_another(shop: Shop) -> Callable[[], object]:
    item, decision = shop.offered(), Decision("approve")
    shop.engine.delegations.create(
        shop["cid"], from_actor="cid", to_actor="mia", starts_at=START, ends_at=START + timedelta(days=9)
    )
    vote = shop.engine.approvals.vote
    return lambda: vote(shop["mia"], item.key, "shop.agreement", decision, on_behalf_of="cid")


def appoint(shop: Shop) -> Callable[[], object]:
    item = shop.wish()
    return lambda: shop.engine.items.set_role(SYSTEM_ACTOR, item.key, FIXER.id, ["ben", "bea"])


def look_for_due_work(shop: Shop) -> Callable[[], object]:
    return lambda: shop.engine.timers.due(shop.clock.now())


@pytest.mark.parametrize("prepare", [move, vote_for_another, appoint, look_for_due_work])
def test_an_act_is_executed_by_the_driver_alone(
    any_shop: Shop, prepare: Callable[[Shop], Callable[[], object]]
) -> None:
    """From its second time on; the first one registers its searches, and stores the rules in force."""
    prepare(any_shop)()
    act = prepare(any_shop)

    with executed(any_shop) as statements:
        act()

    assert statements == []
