"""Statements of acts go past the execution of SQLAlchemy, which costs more than the rest of an act.

So do those of the worker that looks for due work and for deliveries, and the searches for what a person is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from shop import FIXER, START, Shop
from sqlalchemy import event

from placet import Decision
from placet.engine.act.deliveries import NOTIFICATIONS
from placet.engine.engine import SYSTEM_ACTOR
from placet.store.outbox import Outbox


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


def look_for_what_a_person_is_asked(shop: Shop) -> Callable[[], object]:
    def look() -> None:
        with shop.application.store.reading() as session:
            session.item_places("ben")
            session.pending_confirmations("ben")
            session.pending_asks("ben")

    return look


def look_for_deliveries(shop: Shop) -> Callable[[], object]:
    """All that a worker reads several times a second, whether or not there is anything to deliver."""
    outbox, now = Outbox(shop.application.store), datetime.now(UTC)
    outbox.subscribers([NOTIFICATIONS])
    shop.application.store.settle()

    def look() -> None:
        outbox.subscribers([NOTIFICATIONS])
        outbox.loads()
        assert outbox.events_after(0, 3)
        outbox.due(now, [NOTIFICATIONS], 3)
        outbox.lapsed(now, 3)
        outbox.due_cases(NOTIFICATIONS, now, 3)
        outbox.cases(NOTIFICATIONS, "a task")

    return look


@pytest.mark.parametrize(
    "prepare",
    [
        move,
        vote_for_another,
        appoint,
        look_for_due_work,
        look_for_what_a_person_is_asked,
        look_for_deliveries,
    ],
)
def test_an_act_is_executed_by_the_driver_alone(
    any_shop: Shop, prepare: Callable[[Shop], Callable[[], object]]
) -> None:
    """From its second time on; the first one registers its searches, and stores the rules in force."""
    prepare(any_shop)()
    act = prepare(any_shop)

    with executed(any_shop) as statements:
        act()

    assert statements == []
